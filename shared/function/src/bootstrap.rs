//! The bootstrap of an area on AWS: picks its function by `_HANDLER` and serves it.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use lambdesk_platform::{App, Config};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::endpoint::{Endpoint, Service};

/// Runs the function that `_HANDLER` names. Owns the runtime and everything async, so that a `main` is one call and
/// costs nothing to recompile.
pub fn bootstrap(endpoints: Vec<Endpoint>) -> Result<(), String> {
    init_logs(true);
    let handler = handler_name();
    let names = || endpoints.iter().map(|endpoint| endpoint.function.name).collect::<Vec<_>>().join(", ");
    let endpoint = endpoints
        .iter()
        .find(|endpoint| endpoint.function.name == handler)
        .ok_or_else(|| format!("_HANDLER is {handler:?}; this bootstrap has {}", names()))?;
    let app = App::new(Config::from_environment()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(serve(endpoint, app)).map_err(|error| error.to_string())
}

async fn serve(endpoint: &Endpoint, app: App) -> Result<(), Error> {
    if let Some(router) = endpoint.router(app.clone()) {
        return lambda_http::run(router).await;
    }
    let Service::Worker(worker) = &endpoint.service else { return Err("an endpoint that serves nothing".into()) };
    let answer = |event: LambdaEvent<Value>| {
        let work = worker(app.clone(), event.payload);
        async move { work.await.map_err(Error::from) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

#[allow(clippy::disallowed_methods, reason = "the Lambda runtime names the function this way, before there is a configuration")]
fn handler_name() -> String {
    std::env::var("_HANDLER").unwrap_or_default()
}

/// Starts logging: JSON lines on AWS, plain lines for people. `RUST_LOG` narrows or widens it.
pub fn init_logs(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,dynoxide=error"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first.
    let _ = if json { logs.json().flatten_event(true).try_init() } else { logs.with_target(false).compact().try_init() };
}
