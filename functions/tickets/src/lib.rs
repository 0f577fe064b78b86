//! Tickets over HTTP, from the first request to the rating, and what surrounds them: agents, figures, lists of words.

mod announce;
mod change;
mod enclose;
mod names;
mod open;
mod participants;
mod rows;

lambdesk_function::area! {
    remove_participant,
    set_participant,
    create_ticket,
    list_tickets,
    get_ticket,
    update_ticket,
    delete_ticket,
    restore_ticket,
    purge_ticket,
    add_message,
    list_messages,
    list_events,
    assign_ticket,
    unassign_ticket,
    transfer_ticket,
    snooze_ticket,
    unsnooze_ticket,
    rate_ticket,
    upload,
    upload_to_ticket,
    get_attachment,
    delete_attachment,
    check_file,
    list_agents,
    get_stats,
    get_meta,
    get_health,
}
