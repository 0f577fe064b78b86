//! A job as its asker sees it, and how it is found.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use jiff::Timestamp;
use lambdesk_domain::{
    Caller, Job, JobKind, JobState, PersonId,
    id::JobId,
    job::{Counts, JobFile, JobProblem, Outcome},
};
use lambdesk_function::{ApiError, Limit, input};
use lambdesk_platform::App;
use lambdesk_store::{JobWithCounts, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

/// A background job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// Identifier.
    id: JobId,
    /// What it does.
    #[serde(flatten)]
    kind: JobKind,
    /// Where it stands.
    state: JobState,
    /// Who asked for it.
    asked_by: PersonId,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// When it and its results are forgotten.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// How many things it is about; null where that is not known.
    total: Option<u64>,
    /// How many of them were tried.
    done: u64,
    /// What came of them. In lists it is as of the last step.
    counts: CountsView,
    /// Why it could not be done.
    problem: Option<JobProblem>,
    /// The file that it made.
    file: Option<JobFile>,
}

/// How many things ended how.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobCounts)]
pub(crate) struct CountsView {
    /// Changed, or made.
    changed: u64,
    /// Were so already.
    unchanged: u64,
    /// Were left as others made them meanwhile.
    conflict: u64,
    /// A rule stands against it.
    refused: u64,
    /// Are not there.
    not_found: u64,
    /// The desk could not do it.
    failed: u64,
}

impl JobView {
    /// The job with these counts.
    pub(crate) fn of(job: Job, counts: &Counts) -> Self {
        let read = job.progress.import.as_ref().map(|reading| &reading.counts);
        let in_file = |outcome| read.and_then(|read| read.get(&outcome)).copied().unwrap_or(0);
        let count = |outcome| counts.get(&outcome).copied().unwrap_or(0) + in_file(outcome);
        let written = job.progress.upload.as_ref().map_or(0, |upload| upload.tickets);
        let expires_at = job.expires_at();
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            asked_by: job.by.person,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            expires_at,
            total: job.total,
            done: counts.values().chain(read.into_iter().flat_map(Counts::values)).sum::<u64>() + written,
            counts: CountsView {
                changed: count(Outcome::Changed),
                unchanged: count(Outcome::Unchanged),
                conflict: count(Outcome::Conflict),
                refused: count(Outcome::Refused),
                not_found: count(Outcome::NotFound),
                failed: count(Outcome::Failed),
            },
            problem: job.problem,
            file: job.file,
        }
    }
}

/// A `{job}` in a path. What is no id names nothing.
pub(crate) struct JobPath(pub(crate) JobId);

impl<S: Send + Sync> FromRequestParts<S> for JobPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The job with its figures of this moment, if it is there for the caller.
pub(crate) async fn find(app: &App, id: JobId, caller: &Caller) -> Result<JobWithCounts, ApiError> {
    let found = app.desk(caller).job_with_counts(id).await?;
    if found.job.is_there_for(caller, app.now()) { Ok(found) } else { Err(ApiError::not_found()) }
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Items<T> {
    /// The items; a page may hold fewer than asked for before the end.
    pub(crate) items: Vec<T>,
    /// Where to go on; null at the end.
    pub(crate) next_cursor: Option<String>,
}

input! {
    /// Which page.
    pub(crate) struct PageQuery {
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

impl PageQuery {
    pub(crate) fn request(self, viewer: PersonId) -> PageRequest {
        PageRequest { limit: self.limit.unwrap_or_default().get(), cursor: self.cursor, viewer }
    }
}
