//! Tickets over HTTP, from the first request to the rating, and what surrounds them: agents, figures, lists of words.

mod announce;
mod begin;
mod change;
mod children;
mod custom_fields;
mod drafts;
mod enclose;
mod names;
mod open;
mod pair;
mod participants;
mod presence;
mod rows;
mod wait;

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
    merge_ticket,
    unmerge_ticket,
    split_ticket,
    link_tickets,
    unlink_tickets,
    list_duplicates,
    add_follower,
    remove_follower,
    rate_ticket,
    get_satisfaction,
    list_scheduled,
    cancel_scheduled,
    put_draft,
    get_draft,
    delete_draft,
    list_drafts,
    show_presence,
    list_presence,
    end_presence,
    upload,
    upload_to_ticket,
    get_attachment,
    delete_attachment,
    check_file,
    apply_macro,
    list_fields,
    create_field,
    update_field,
    delete_field,
    list_agents,
    get_stats,
    get_meta,
    get_health,
}
