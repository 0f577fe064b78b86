//! The bootstrap of all functions of saved views.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_views::endpoint)
}
