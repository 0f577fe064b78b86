//! The way out of the table: every change's events go to the queues of those who act on them.

lambdesk_function::area! {
    fan_out,
}
