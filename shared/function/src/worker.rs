//! Workers: functions on queues, on the table's stream, and the authorizer.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use aws_lambda_events::{
    dynamodb::{Event as StreamEvent, EventRecord},
    eventbridge::EventBridgeEvent,
    sqs::SqsEvent,
};
use futures_util::FutureExt as _;
use lambdesk_platform::{App, Job, Metric, ObjectError, count, counting};
use lambdesk_store::{Scope, StoreError, measure};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::time::Instant;

use crate::{
    endpoint::{Endpoint, Service},
    function::Function,
    line::{Line, Outcome},
    openapi,
};

/// When what is still running in a batch is given up: just before the worker's own 25 s, so that the answer is ours. No job
/// is begun after it, and one that must not be cut in two asks [`has_time_for`] before it begins.
const BATCH_LIMIT: Duration = Duration::from_secs(24);

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Whether the batch has so much time left. Outside of a batch there is time.
pub fn has_time_for(needed: Duration) -> bool {
    DEADLINE.try_with(|deadline| Instant::now() + needed <= *deadline).unwrap_or(true)
}

/// Why a worker could not take an event at all.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct WorkerError(pub String);

/// Why a job was not done. The queue brings it again, and in the end moves it to its dead letters.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct JobError(pub String);

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<ObjectError> for JobError {
    fn from(error: ObjectError) -> Self {
        Self(error.to_string())
    }
}

impl Function {
    /// Gives a function on a queue its handler of one job. The batch is answered message by message: one bad message
    /// never holds up or repeats its neighbours.
    pub fn on_jobs<J, H, F>(self, handle: H) -> Endpoint
    where
        J: Job,
        H: Fn(App, J) -> F + Send + Sync + Copy + 'static,
        F: Future<Output = Result<(), JobError>> + Send,
    {
        self.worker(move |app, event: SqsEvent| async move {
            let deadline = Instant::now() + BATCH_LIMIT;
            let mut failures = Vec::new();
            for message in event.records {
                let id = message.message_id.unwrap_or_default();
                let body = message.body.unwrap_or_default();
                let done = match serde_json::from_str(&body) {
                    Ok(_) if Instant::now() >= deadline => Err(JobError("no time was left".to_owned())),
                    Ok(job) => {
                        // The panic itself is in the log; its neighbours know nothing of it.
                        let work = AssertUnwindSafe(DEADLINE.scope(deadline, handle(app.clone(), job))).catch_unwind();
                        let panicked = || JobError("the job panicked".to_owned());
                        match tokio::time::timeout_at(deadline, work).await {
                            Ok(done) => done.unwrap_or_else(|_| Err(panicked())),
                            Err(_) => Err(JobError("no time was left".to_owned())),
                        }
                    }
                    Err(error) => Err(JobError(format!("not a job: {error}"))),
                };
                if let Err(error) = done {
                    tracing::warn!(function = self.name, message_id = id, %error, "job failed");
                    count(Metric::JobsFailed);
                    failures.push(json!({ "itemIdentifier": id }));
                }
            }
            Ok(json!({ "batchItemFailures": failures }))
        })
    }

    /// Gives a function on the table's stream its handler. It takes the whole batch and answers how many records, from
    /// the first, are done; the stream goes on from the first that is not.
    pub fn on_records<H, F>(self, handle: H) -> Endpoint
    where
        H: Fn(App, Vec<EventRecord>) -> F + Send + Sync + Copy + 'static,
        F: Future<Output = usize> + Send,
    {
        self.worker(move |app, event: StreamEvent| async move {
            let numbers: Vec<_> = event.records.iter().map(|record| record.change.sequence_number.clone()).collect();
            let done = handle(app, event.records).await;
            let failures: Vec<_> =
                numbers.into_iter().nth(done).map(|number| json!({ "itemIdentifier": number })).into_iter().collect();
            Ok(json!({ "batchItemFailures": failures }))
        })
    }

    /// Gives a function on a schedule its handler.
    pub fn on_schedule<H, F>(self, handle: H) -> Endpoint
    where
        H: Fn(App) -> F + Send + Sync + Copy + 'static,
        F: Future<Output = Result<(), JobError>> + Send,
    {
        // When it was planned says nothing: a run that comes late must do what is due by now.
        self.worker(move |app, _: EventBridgeEvent<Value>| async move {
            handle(app).await.map(|()| Value::Null).map_err(|error| WorkerError(error.0))
        })
    }

    /// Gives the authorizer its handler.
    pub fn on_authorization<E, R, H, F>(self, handle: H) -> Endpoint
    where
        E: DeserializeOwned + Send,
        R: Serialize,
        H: Fn(App, E) -> F + Send + Sync + Copy + 'static,
        F: Future<Output = R> + Send,
    {
        self.worker(move |app, event: E| async move {
            serde_json::to_value(handle(app, event).await).map_err(|error| WorkerError(error.to_string()))
        })
    }

    fn worker<E, H, F>(self, handle: H) -> Endpoint
    where
        E: DeserializeOwned + Send,
        H: Fn(App, E) -> F + Send + Sync + Copy + 'static,
        F: Future<Output = Result<Value, WorkerError>> + Send,
    {
        let scope = Scope::new(self.name, self.calls());
        let allowed = scope.clone();
        let service = Service::Worker(Arc::new(move |app, event| {
            let scope = allowed.clone();
            Box::pin(async move {
                let started = Instant::now();
                let work = async {
                    // Where it is wrong, and not what stands there: that goes to logs.
                    let event = serde_path_to_error::deserialize(event)
                        .map_err(|error| WorkerError(format!("unreadable event at {}", error.path())))?;
                    handle(app.clone(), event).await
                };
                let ((result, usage), counted) = counting(Box::pin(measure(scope.run(work)))).await;
                let error = result.as_ref().err().map(ToString::to_string);
                let line = Line {
                    function: self.name,
                    stage: app.config().stage.as_deref(),
                    now: app.now(),
                    duration: started.elapsed(),
                    usage,
                    counted,
                    trace_id: "",
                    outcome: Outcome::Event { error: error.as_deref() },
                };
                line.write();
                result
            })
        }));
        Endpoint { function: self, service, scope, operation: openapi::Operation::default() }
    }
}
