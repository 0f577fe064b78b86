//! The bootstrap of all functions that decide where tickets go.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_automation::endpoint)
}
