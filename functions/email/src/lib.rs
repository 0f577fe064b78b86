//! Mail out: what the desk tells people about their tickets.

mod compose;

lambdesk_function::area! {
    send,
}
