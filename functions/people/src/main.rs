//! The bootstrap of all functions that say who works, in which team, and how much.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_people::endpoint)
}
