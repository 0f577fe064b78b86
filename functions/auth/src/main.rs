//! The bootstrap of all sign-in functions.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_auth::endpoint)
}
