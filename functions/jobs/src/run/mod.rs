//! What a step does, a file a kind.

pub(crate) mod bulk;
mod erase_person;
pub(crate) mod export;
mod export_person;
pub(crate) mod import;
mod item;
mod person;
mod retag;
mod walk;

use std::{sync::Arc, time::Duration};

use lambdesk_domain::{
    Caller, Job, JobKind, TenantConfig, TenantId,
    job::{JobFile, JobProblem, Progress},
};
use lambdesk_function::{JobError, has_time_for};
use lambdesk_platform::{App, ObjectError};
use lambdesk_store::{Desk, JobPlan, StoreError};
use tokio::time::Instant;

/// Tickets of one bulk change at most.
pub(crate) const MOST_TICKETS: usize = 500;
/// Things that a step does at most, and how long it goes on to begin others: jobs of others wait meanwhile.
const MOST_ITEMS: usize = 50;
const STEP_TIME: Duration = Duration::from_secs(8);
/// What one thing may take.
const ITEM_TIME: Duration = Duration::from_secs(4);

/// A step of a job, for whoever does it.
pub(crate) struct Work<'a> {
    pub(crate) app: &'a App,
    pub(crate) desk: Desk<'a>,
    pub(crate) config: Arc<TenantConfig>,
    pub(crate) job: Job,
    /// Who asked for it, as they may act now; `None` where they may no longer.
    pub(crate) caller: Option<Caller>,
    begun: Instant,
}

/// What came of a step.
pub(crate) struct Stepped {
    pub(crate) progress: Progress,
    /// How many things there are, where that became known.
    pub(crate) total: Option<u64>,
    /// The plan, where it changed.
    pub(crate) plan: Option<JobPlan>,
    pub(crate) end: Option<End>,
}

/// How a job ends.
#[derive(Clone)]
pub(crate) enum End {
    Done(Option<JobFile>),
    Failed(JobProblem),
}

/// Why a step was not done.
pub(crate) enum Trouble {
    /// It can be tried again.
    Now(JobError),
    /// The job cannot go on.
    Ended(JobProblem),
}

impl Stepped {
    /// So far, and no end yet.
    pub(crate) fn at(progress: Progress) -> Self {
        Self { progress, total: None, plan: None, end: None }
    }

    /// Everything was tried.
    fn done(progress: Progress) -> Self {
        Self { end: Some(End::Done(None)), ..Self::at(progress) }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            // Sealed with a secret that is no longer the desk's.
            StoreError::InvalidCursor => Self::ended("interrupted", "The desk's secret was changed meanwhile. Ask for it again."),
            error => Self::Now(error.into()),
        }
    }
}

impl From<ObjectError> for Trouble {
    fn from(error: ObjectError) -> Self {
        Self::Now(error.into())
    }
}

impl Trouble {
    fn ended(code: &str, message: impl Into<String>) -> Self {
        Self::Ended(JobProblem { code: code.to_owned(), message: message.into() })
    }
}

impl<'a> Work<'a> {
    /// Reads who asked, as they are now, and the desk's settings.
    pub(crate) async fn begin(app: &'a App, tenant: &'a TenantId, job: Job) -> Result<Self, StoreError> {
        let desk = app.desk_of(tenant);
        let person = match desk.person(job.by.person).await {
            Err(StoreError::NotFound) => None,
            person => Some(person?),
        };
        let caller = job.acting(person.as_ref());
        Ok(Self { app, desk, config: desk.config().await?, job, caller, begun: Instant::now() })
    }

    /// Whether another thing may be begun.
    fn has_time(&self) -> bool {
        self.begun.elapsed() < STEP_TIME && has_time_for(ITEM_TIME)
    }

    /// Saves within a step, where earlier ones broke down; whether the job is still ours to go on with.
    async fn save_carefully(&mut self, progress: &Progress) -> Result<bool, StoreError> {
        if !self.job.is_careful() {
            return Ok(true);
        }
        // Careful to the end of the step: what comes next may be what breaks it down.
        let tries = 2;
        let after = self.job.clone().came_to(progress.clone(), self.app.now());
        match self.desk.save_job(&after, None).await {
            Ok(()) => {
                self.job = Job { tries, ..after };
                Ok(true)
            }
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Does a step.
pub(crate) async fn step(work: &mut Work<'_>) -> Result<Stepped, Trouble> {
    let Some(caller) = work.caller.clone() else {
        return Err(Trouble::ended("asker_may_not", "Who asked for this may no longer do it."));
    };
    match work.job.kind.clone() {
        JobKind::Bulk { changes, filter } => bulk::step(work, &caller, &changes, filter.as_ref()).await,
        JobKind::Retag { from, to } => retag::step(work, &caller, (&from, &to)).await,
        JobKind::Export { filter, what } => export::step(work, &caller, &filter, &what).await,
        JobKind::ErasePerson { person } => erase_person::step(work, person).await,
        JobKind::ExportPerson { person } => export_person::step(work, person).await,
        // On the heap: a dozen tickets at once are more than a small stack bears in a build without optimisation.
        JobKind::Import { what } => Box::pin(import::step(work, &caller, &what)).await,
    }
}

/// Erases the objects that a job needed until it was over. Doing it again does nothing.
pub(crate) async fn tidy(app: &App, job: &Job) -> Result<(), ObjectError> {
    match job.kind {
        JobKind::Export { .. } | JobKind::ExportPerson { .. } => export::tidy(app, job).await,
        JobKind::Import { .. } => import::tidy(app, job).await,
        JobKind::Bulk { .. } | JobKind::Retag { .. } | JobKind::ErasePerson { .. } => Ok(()),
    }
}

/// What breaks down again and again as a whole ends the job.
fn check_tries(work: &Work<'_>) -> Result<(), Trouble> {
    if work.job.gives_up() { Err(Trouble::ended("broke_down", "The desk could not do this, and gave up.")) } else { Ok(()) }
}
