//! Lambda's Runtime API (2018-06-01): what a function's process asks for its events, and tells what came of them.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use lambdesk_platform::{Clock as _, SystemClock};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// What a function has for an event: longer than any of the desk's, so that a test sees which takes too long.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The API, for one process.
pub(crate) struct RuntimeApi {
    /// `host:port`, as `AWS_LAMBDA_RUNTIME_API` names it.
    pub(crate) address: String,
    events: mpsc::UnboundedSender<Invocation>,
    shared: Arc<Shared>,
    given: AtomicUsize,
    server: JoinHandle<()>,
}

struct Shared {
    function: String,
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    waiting: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
    /// When the process first asked for an event.
    asked: watch::Sender<Option<Instant>>,
    init_error: Mutex<Option<Failure>>,
}

struct Invocation {
    id: String,
    event: Bytes,
}

/// What came of an event: the answer, or an error.
pub(crate) type Outcome = Result<Bytes, Failure>;

/// What the process says when something failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// `Lambda-Runtime-Function-Error-Type`.
    pub(crate) kind: String,
    /// `errorType` and `errorMessage`.
    pub(crate) body: Value,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.body)
    }
}

impl RuntimeApi {
    /// Serves it on a free port.
    pub(crate) async fn start(function: &str) -> Result<Self, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?.to_string();
        let (events, taken) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            function: function.to_owned(),
            events: tokio::sync::Mutex::new(taken),
            waiting: Mutex::default(),
            asked: watch::Sender::default(),
            init_error: Mutex::default(),
        });
        let routes = Router::new()
            .route("/invocation/next", get(next))
            .route("/invocation/{id}/response", post(response))
            .route("/invocation/{id}/error", post(error))
            .route("/init/error", post(init_error))
            .layer(DefaultBodyLimit::disable())
            .with_state(shared.clone());
        // Held back answers would be measured as the function's.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let served = axum::serve(listener, Router::new().nest("/2018-06-01/runtime", routes));
        // It ends with this value; nobody asks any more what became of it.
        let server = tokio::spawn(async move { drop(served.await) });
        Ok(Self { address, events, shared, given: AtomicUsize::new(0), server })
    }

    /// Waits until the process asks for its first event, and says when that was.
    pub(crate) async fn asked(&self) -> Instant {
        let mut seen = self.shared.asked.subscribe();
        let asked = seen.wait_for(Option::is_some).await.ok().and_then(|asked| *asked);
        asked.expect("the sender lives as long as this borrows it")
    }

    /// What the process said if it cannot start.
    pub(crate) fn init_error(&self) -> Option<Failure> {
        self.shared.init_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives the process an event, and waits for what comes of it.
    pub(crate) async fn invoke(&self, event: impl Into<Bytes>) -> Outcome {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let id = format!("8476a536-e9f4-11e8-9739-{number:012x}");
        let (outcome, came) = oneshot::channel();
        self.shared.waiting().insert(id.clone(), outcome);
        let gone = |what: &str| Failure { kind: "Runtime.Gone".to_owned(), body: Value::from(what) };
        self.events.send(Invocation { id, event: event.into() }).map_err(|_| gone("nobody takes events"))?;
        came.await.map_err(|_| gone("nobody tells what came of it"))?
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<Outcome>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every event has one outcome; Lambda refuses a second one, and those of events that it never gave.
    fn settle(&self, id: &str, outcome: Outcome) -> Response {
        match self.waiting().remove(id).map(|waiting| waiting.send(outcome)) {
            Some(Ok(())) => accepted(),
            _ => (StatusCode::BAD_REQUEST, r#"{"errorType":"InvalidRequestID"}"#).into_response(),
        }
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.asked.send_if_modified(|asked| asked.is_none() && asked.replace(Instant::now()).is_none());
    // A process asks for one event at a time; the next waits here for as long as it takes.
    let Some(Invocation { id, event }) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = SystemClock.now().as_millisecond() + i64::try_from(TIME_LIMIT.as_millis()).unwrap_or(i64::MAX);
    let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{}", shared.function);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    shared.settle(&id, Ok(body))
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    shared.settle(&id, Err(failure(&headers, &body)))
}

async fn init_error(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    *shared.init_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure(&headers, &body));
    accepted()
}

fn failure(headers: &HeaderMap, body: &[u8]) -> Failure {
    let kind = headers.get("lambda-runtime-function-error-type").and_then(|kind| kind.to_str().ok());
    // What is no JSON is kept as a text: no test takes that for an error's shape.
    let body = serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)));
    Failure { kind: kind.unwrap_or_default().to_owned(), body }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
}
