//! The bootstrap of an area on AWS: picks its function by `_HANDLER` and serves it.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use lambdesk_platform::{App, Config};
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    endpoint::{Endpoint, Service},
    function::Need,
};

#[cfg(not(panic = "unwind"))]
compile_error!("a panic is answered, and the process goes on: [profile.release] must say panic = \"unwind\"");

/// What an area has under a name, or the names that it has.
type Find = fn(&str) -> Result<Endpoint, &'static [&'static str]>;

/// Runs the function that `_HANDLER` names. Owns the runtime and everything async, so that a `main` is one call and
/// costs nothing to recompile.
pub fn bootstrap(find: Find) -> Result<(), String> {
    init_logs(true);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        match prepare(find) {
            Ok((endpoint, app)) => serve(&endpoint, app).await.map_err(|error| error.to_string()),
            Err(reason) => {
                report_init_error(&reason).await;
                Err(reason)
            }
        }
    })
}

/// The function and what it runs in; the error is for the operator.
fn prepare(find: Find) -> Result<(Endpoint, App), String> {
    let handler = variable("_HANDLER").unwrap_or_default();
    let endpoint = find(&handler).map_err(|names| format!("_HANDLER is {handler:?}; this bootstrap has {}", names.join(", ")))?;
    let config = Config::from_environment()?;
    let queues = endpoint.function.needs.iter().filter_map(|need| if let Need::Send(queue) = need { Some(*queue) } else { None });
    let missing: Vec<_> = queues
        .filter(|queue| !config.queue_urls.contains_key(queue))
        .map(|queue| format!("{} is not set", queue.variable()))
        .collect();
    if missing.is_empty() { Ok((endpoint, App::new(config))) } else { Err(missing.join("; ")) }
}

/// Tells Lambda why there is no function, which then says so to whoever invokes it, and not only that a process ended.
async fn report_init_error(reason: &str) {
    // Started by hand there is nobody to tell.
    if variable("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    const TYPE: &str = "Runtime.ConfigInvalid";
    let body = json!({ "errorType": TYPE, "errorMessage": reason, "stackTrace": [] });
    let request = lambda_runtime_api_client::build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", TYPE)
        .body(body.to_string().into());
    let reported = match request {
        Ok(request) => lambda_runtime_api_client::PooledClient::builder().build().call(request).await.map(drop),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = reported {
        tracing::warn!(error, "Lambda was not told why the function does not start");
    }
}

async fn serve(endpoint: &Endpoint, app: App) -> Result<(), Error> {
    if let Some(router) = endpoint.router(app.clone()) {
        return lambda_http::run(router).await;
    }
    let Service::Worker(worker) = &endpoint.service else { return Err("an endpoint that serves nothing".into()) };
    let answer = |event: LambdaEvent<Value>| {
        let work = worker(app.clone(), event.payload);
        async move { work.await.map_err(|error| Diagnostic { error_type: "WorkerError".to_owned(), error_message: error.0 }) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

#[allow(clippy::disallowed_methods, reason = "Lambda names the function and itself this way, before there is a configuration")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Starts logging: JSON lines on AWS, plain lines for people. `RUST_LOG` narrows or widens it, by level and target.
#[allow(clippy::disallowed_methods, reason = "logs start before there is a configuration")]
pub fn init_logs(json: bool) {
    // Targets and levels alone: a filter that also knows spans and fields brings a regular expression engine along.
    let asked = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse::<Targets>().ok());
    let filter = asked.unwrap_or_else(|| Targets::new().with_default(Level::INFO).with_target("dynoxide", Level::ERROR));
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first.
    let _ = if json {
        tracing_subscriber::registry().with(logs.json().flatten_event(true).with_filter(filter)).try_init()
    } else {
        tracing_subscriber::registry().with(logs.with_target(false).compact().with_filter(filter)).try_init()
    };
}
