//! Asking for a job: it is written down, its first message is sent, and who asked is told where to watch it.

use lambdesk_domain::{Caller, DomainError, FieldError, Job, JobKind, id::JobId, job::Counts};
use lambdesk_function::{ApiError, Idempotent, Reply};
use lambdesk_platform::{App, BackgroundJob};
use lambdesk_store::{JobPlan, StoreError};

use crate::job::JobView;

/// Writes the job down and has it begun.
pub(crate) async fn ask(
    app: &App,
    caller: &Caller,
    (kind, plan): (JobKind, Option<JobPlan>),
    key: &Idempotent,
) -> Result<Reply, ApiError> {
    let (desk, now) = (app.desk(caller), app.now());
    let total = plan.as_ref().map(|plan| plan.tickets.len()).filter(|named| *named > 0).map(|named| named as u64);
    let job = Job::new(JobId(app.new_id()), kind, caller.clone(), total, now);
    check_asker(app, &job).await?;
    let reply = Reply::begun(format!("/v1/jobs/{}", job.id), &JobView::of(job.clone(), &Counts::new()))?;
    desk.add_job(&job, plan.as_ref(), key.keep(&reply), now).await?;
    send_first(app, &job).await;
    Ok(reply)
}

/// The worker will ask the same: whoever has no place at this desk would be told later, by a job that failed.
pub(crate) async fn check_asker(app: &App, job: &Job) -> Result<(), ApiError> {
    let person = match app.desk(&job.by).person(job.by.person).await {
        Err(StoreError::NotFound) => None,
        person => Some(person?),
    };
    if job.acting(person.as_ref()).is_none() {
        let field = FieldError::new("person", "not_allowed", "this desk does not know you as somebody who may do this");
        return Err(DomainError::Forbidden(vec![field]).into());
    }
    Ok(())
}

/// Sends the message of the job's first step.
pub(crate) async fn send_first(app: &App, job: &Job) {
    let first = BackgroundJob::Step { tenant: job.tenant.clone(), id: job.id, step: Some(job.step) };
    if !app.queues().send(&[first]).await.is_empty() {
        // The sweep sends it in two minutes.
        tracing::warn!(tenant = %job.tenant, job = %job.id, "a job's first message was not taken");
    }
}
