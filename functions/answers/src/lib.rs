//! What a desk prepares in advance: canned responses, macros, ticket templates; and what of it fits a ticket.

mod canned;
mod files;
mod macros;
mod shelf;
mod templates;
mod view;

lambdesk_function::area! {
    list_canned_responses,
    create_canned_response,
    get_canned_response,
    update_canned_response,
    delete_canned_response,
    use_canned_response,
    suggest_responses,
    list_macros,
    create_macro,
    get_macro,
    update_macro,
    delete_macro,
    list_templates,
    create_template,
    get_template,
    update_template,
    delete_template,
}
