//! What a desk promises, whether it keeps it, and what happens because time passes: policies and calendars over HTTP; a sweep
//! finds what is due, a worker does it.

mod calendars;
mod policies;
mod purge;
mod send_scheduled;

lambdesk_function::area! {
    sweep,
    worker,
    sla_summary,
    upcoming_breaches,
    list_policies,
    create_policy,
    update_policy,
    delete_policy,
    list_calendars,
    create_calendar,
    update_calendar,
    delete_calendar,
    import_holidays,
    get_hours,
}
