//! The bootstrap of all event functions.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_events::endpoint)
}
