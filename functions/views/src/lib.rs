//! Saved views: which tickets somebody wants to see, and how many there are; and the tags in use.

mod asked;
mod views;
mod walk;

lambdesk_function::area! {
    list_views,
    create_view,
    get_view,
    update_view,
    delete_view,
    view_tickets,
    view_counts,
    list_tags,
    count,
}
