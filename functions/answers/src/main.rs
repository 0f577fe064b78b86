//! The bootstrap of all functions that prepare answers, macros and templates.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_answers::endpoint)
}
