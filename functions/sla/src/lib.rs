//! What a desk promises, whether it keeps it, and what happens because time passes.

lambdesk_function::area! {
    sweep,
    worker,
    sla_summary,
    upcoming_breaches,
}
