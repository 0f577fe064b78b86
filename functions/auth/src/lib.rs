//! Who calls: the authorizer, the caller's own view of themselves, API keys, and who changed what.

mod bearer;
mod jwks;
mod preferences;
mod token;

lambdesk_function::area! {
    authorizer,
    get_me,
    get_preferences,
    update_preferences,
    create_api_key,
    list_api_keys,
    revoke_api_key,
    list_audit,
}
