//! Functions that go wrong on purpose, served as the desk's are.

#![allow(clippy::panic, reason = "that is what they are for")]

use axum::response::Response;
use lambdesk_function::{Access, Endpoint, Function, JobError};
use lambdesk_platform::{App, EmailJob, QueueName};

fn main() -> Result<(), String> {
    lambdesk_function::bootstrap(find)
}

fn find(name: &str) -> Result<Endpoint, &'static [&'static str]> {
    match name {
        "trouble-request" => Ok(Function::http("trouble-request", "GET", "/v1/health", Access::Open).serve(answer)),
        "trouble-worker" => Ok(Function::queue("trouble-worker", QueueName::Email).on_jobs(work)),
        _ => Err(&["trouble-request", "trouble-worker"]),
    }
}

async fn answer() -> Response {
    panic!("a request, on purpose")
}

async fn work(_: App, _: EmailJob) -> Result<(), JobError> {
    panic!("a job, on purpose")
}
