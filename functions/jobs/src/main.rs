//! The bootstrap of all functions of background jobs.

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(lambdesk_jobs::endpoint)
}
