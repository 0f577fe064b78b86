//! Who calls: the authorizer, the caller's own view of themselves, and API keys.

mod bearer;
mod jwks;
mod token;

lambdesk_function::area! {
    authorizer,
    get_me,
    create_api_key,
    list_api_keys,
    revoke_api_key,
}
