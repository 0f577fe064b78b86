//! What happens because time passes: a sweep finds what is due, a worker does it.

lambdesk_function::area! {
    sweep,
    worker,
}
