//! Tickets over HTTP, from the first request to the rating, and what surrounds them: agents, figures, lists of words.

mod change;
mod names;
mod open;
mod rows;

lambdesk_function::area! {
    create_ticket,
    list_tickets,
    get_ticket,
    update_ticket,
    delete_ticket,
    restore_ticket,
    add_message,
    list_messages,
    list_events,
    assign_ticket,
    unassign_ticket,
    rate_ticket,
    list_agents,
    get_stats,
    get_meta,
    get_health,
}
