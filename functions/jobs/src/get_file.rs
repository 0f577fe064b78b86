//! The file that a background job made, for who asked for it: an address to get it from for a few minutes.

use std::time::Duration;

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{Caller, DomainError, Job, Permission, attachment::content_disposition};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::{App, BucketName};
use lambdesk_store::{StoreError, export_key};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    job::{JobPath, find},
    run::export::object_name,
};

/// Gives out a job's file.
pub const FUNCTION: Function =
    Function::http("jobs-get-file", "GET", "/v1/jobs/{job}/file", Access::Permission(Permission::TicketsBulk))
        .summary("Get an address to download a background job's file from")
        .needs(&[Need::Get, Need::Query, Need::Read(BucketName::Attachments)]);

/// How long the address is good.
const DOWNLOAD_TIME: Duration = Duration::from_secs(5 * 60);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<How>().answers::<Output>(200).answers_redirect()
}

input! {
    /// How it is to be answered.
    pub(crate) struct How {
        /// `true`: with 303 and the address in `Location`, for a link that a person follows.
        redirect: Option<YesNo>,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum YesNo {
    True,
    False,
}

/// A file as it can be had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobDownload)]
pub(crate) struct Output {
    /// Its name.
    name: String,
    /// Its type.
    content_type: String,
    /// Bytes.
    size: u64,
    /// The address, for GET. Whoever has it gets the file.
    url: String,
    /// When the address ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    JobPath(id): JobPath,
    Query(how): Query<How>,
) -> Result<Reply, ApiError> {
    let job = find(&app, id, &caller).await?.job;
    check_given(&app, &job, &caller).await?;
    let file = job.file.as_ref().filter(|file| app.now() < file.expires_at).ok_or_else(|| missing(&job))?;
    let key = export_key(&caller.tenant, id, &object_name(&job));
    let disposition = content_disposition(&file.name);
    let headers = (file.content_type.as_str(), disposition.as_str());
    let signed = app.objects().get_address(BucketName::Attachments, &key, headers, DOWNLOAD_TIME).await?;
    if how.redirect == Some(YesNo::True) {
        return Ok(Reply::see_other(signed.url));
    }
    let expires_at = app.now() + SignedDuration::try_from(DOWNLOAD_TIME).unwrap_or(SignedDuration::ZERO);
    let (name, content_type) = (file.name.clone(), file.content_type.clone());
    Reply::ok(&Output { name, content_type, size: file.size, url: signed.url, expires_at })
}

/// By what their credential says, and by what the desk knows of them now: the one may be older than the other.
async fn check_given(app: &App, job: &Job, caller: &Caller) -> Result<(), ApiError> {
    let person = match app.desk(caller).person(caller.person).await {
        Err(StoreError::NotFound) => return Err(ApiError::not_found()),
        person => person?,
    };
    let acting = job.acting(Some(&person));
    let still = acting.is_some_and(|acting| acting.role == job.by.role && acting.brands == job.by.brands);
    if still && job.gives_file_to(caller) { Ok(()) } else { Err(ApiError::not_found()) }
}

fn missing(job: &Job) -> ApiError {
    if job.state.is_over() {
        return ApiError::not_found();
    }
    let message = "This job is not done yet: its file is not there.".to_owned();
    DomainError::Rule { code: "job_not_done", message }.into()
}
