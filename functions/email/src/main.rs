//! The bootstrap of all mail functions.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_email::endpoint)
}
