//! The file of an import is there: it begins.

use axum::extract::State;
use lambdesk_domain::{DomainError, Job, JobKind, Permission, job::Counts};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Need, Reply, SignedIn};
use lambdesk_platform::{App, BucketName, ObjectError, QueueName};
use lambdesk_store::import_key;

use crate::{
    ask::send_first,
    job::{JobPath, JobView, find},
    run::import::FILE,
};

/// Begins an import.
pub const FUNCTION: Function =
    Function::http("jobs-start-import", "POST", "/v1/imports/{job}/start", Access::Permission(Permission::SettingsManage))
        .summary("Begin an import whose file was uploaded")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Read(BucketName::Attachments), Need::Send(QueueName::Jobs)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<JobView>(202)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    JobPath(id): JobPath,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let (desk, now) = (app.desk(&caller), app.now());
    key.check(&desk, now).await?;
    let job = find(&app, id, &caller).await?.job;
    let JobKind::Import { .. } = job.kind else { return Err(ApiError::not_found()) };
    let begun = job.start(now)?;
    check_file(&app, &job).await?;
    let reply = Reply::begun(format!("/v1/jobs/{id}"), &JobView::of(begun.clone(), &Counts::new()))?;
    desk.start_job(&begun, key.keep(&reply), now).await?;
    send_first(&app, &begun).await;
    Ok(reply)
}

async fn check_file(app: &App, job: &Job) -> Result<(), ApiError> {
    match app.objects().info(BucketName::Attachments, &import_key(&job.tenant, job.id, FILE)).await {
        Ok(_) => Ok(()),
        Err(ObjectError::NotFound) => {
            let message = "The file was not uploaded yet: send it to the address that you were given.".to_owned();
            Err(DomainError::Rule { code: "file_missing", message }.into())
        }
        Err(error) => Err(error.into()),
    }
}
