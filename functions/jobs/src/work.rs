//! A background job goes on by one step: it is claimed, some of it is done, and what is left becomes another message.
//!
//! The message is acknowledged after the next one was sent. Whatever dies in between comes again, and what was done is not done
//! twice: see `lambdesk_domain::job`. Steps are short, so that jobs of others come in between.

use lambdesk_domain::{Job, JobState, TenantId, id::JobId, job::Message};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BackgroundJob, BucketName, QueueName};
use lambdesk_store::{
    StoreError,
    table::{CREATED, CUSTOMER, QUEUE},
};

use crate::run::{self, End, Stepped, Trouble, Work};

/// Works on jobs.
pub const FUNCTION: Function = Function::queue("jobs-work", QueueName::Jobs)
    .summary("Do a step of a background job: of a bulk change, a renamed tag, an export, an import, an erasure")
    .needs(&[
        Need::Get,
        Need::GetMany,
        Need::Query,
        Need::Put,
        Need::Update,
        Need::Delete,
        Need::Index(QUEUE),
        Need::Index(CREATED),
        Need::Index(CUSTOMER),
        Need::Send(QueueName::Jobs),
        Need::Read(BucketName::Attachments),
        Need::Write(BucketName::Attachments),
        Need::Erase(BucketName::Attachments),
        Need::Erase(BucketName::Mail),
    ]);

/// Tries to claim or to save a job that somebody stops meanwhile.
const TRIES: usize = 5;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, BackgroundJob::Step { tenant, id, step }: BackgroundJob) -> Result<(), JobError> {
    let Some(job) = claim(&app, &tenant, id, step).await? else { return Ok(()) };
    let stepped = match job.state {
        JobState::Stopping => Stepped::at(job.progress.clone()),
        _ => {
            let mut work = Work::begin(&app, &tenant, job.clone()).await?;
            match run::step(&mut work).await {
                Ok(stepped) => stepped,
                Err(Trouble::Ended(problem)) => {
                    Stepped { end: Some(End::Failed(problem)), ..Stepped::at(work.job.progress.clone()) }
                }
                Err(Trouble::Now(error)) => return Err(error),
            }
        }
    };
    let after = save(&app, &tenant, &job, stepped).await?;
    if after.state.is_over() {
        return Ok(run::tidy(&app, &after).await?);
    }
    let next = BackgroundJob::Step { tenant, id, step: Some(after.step) };
    if app.queues().send(&[next]).await.is_empty() {
        Ok(())
    } else {
        Err(JobError("the next step's message was not taken".to_owned()))
    }
}

/// Takes the next step of the job; `None` where there is none to take.
async fn claim(app: &App, tenant: &TenantId, id: JobId, step: Option<u32>) -> Result<Option<Job>, JobError> {
    let desk = app.desk_of(tenant);
    for _ in 0..TRIES {
        let job = match desk.job(id).await {
            // Forgotten, or gone with its desk.
            Err(StoreError::NotFound) => return Ok(None),
            job => job?,
        };
        if job.state.is_over() {
            // Whoever ended it may not have come to this.
            run::tidy(app, &job).await?;
            return Ok(None);
        }
        // The tenant stands in the message, and in the job: both are the desk's own words, and must be the same.
        if job.tenant != *tenant || job.by.tenant != *tenant || job.message(step, app.now()) == Message::Copy {
            return Ok(None);
        }
        let job = job.claim(app.now());
        match desk.save_job(&job, None).await {
            Ok(()) => return Ok(Some(job)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(JobError("the job kept changing".to_owned()))
}

/// Saves how far the job came, unless somebody else claimed it meanwhile: then the step was theirs, and this one is looked at
/// again later. That somebody wanted to stop it is no reason not to.
async fn save(app: &App, tenant: &TenantId, claimed: &Job, stepped: Stepped) -> Result<Job, JobError> {
    let desk = app.desk_of(tenant);
    let Stepped { progress, total, plan, end } = stepped;
    for _ in 0..TRIES {
        let now = app.now();
        let known = desk.job_with_counts(claimed.id).await?;
        if known.job.claims != claimed.claims {
            return Err(JobError("somebody else goes on with the job".to_owned()));
        }
        let mut after = known.job.moved_on(progress.clone(), known.counts, now);
        after.total = total.or(after.total);
        after = match end.clone() {
            None => after,
            Some(End::Done(file)) => Job { file, ..after.ended(JobState::Done, now) },
            Some(End::Failed(problem)) => Job { problem: Some(problem), ..after.ended(JobState::Failed, now) },
        };
        match desk.save_job(&after, plan.as_ref()).await {
            Ok(()) => return Ok(after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(JobError("the job kept changing".to_owned()))
}
