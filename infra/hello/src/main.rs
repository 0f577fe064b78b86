//! The smallest function: one route, and nothing that it needs. What a bootstrap of the desk takes beyond it is the desk's.

use axum::{Router, routing::get};
use lambda_http::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(Router::new().route("/", get(async || "hello"))).await
}
