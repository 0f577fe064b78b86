//! The bootstrap of all ticket functions.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_tickets::endpoint)
}
