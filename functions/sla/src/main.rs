//! The bootstrap of all functions that act when a time has come.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_sla::endpoint)
}
