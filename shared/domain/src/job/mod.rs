//! Background jobs: work that is too long for one request, done in steps by a worker, with progress, a result for each
//! thing, and an end that somebody can bring about.
//!
//! A job is worked on in *steps*. A step claims the job, does some of it and saves how far it came, on condition that nobody
//! claimed the job in between. What a step does to one thing is written together with its [`JobItem`], once; so a step that is
//! done again, or by two at once, does nothing twice.

mod filter;
mod item;
mod kind;
mod progress;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{
    filter::{AssigneeIs, Cursor, Stage, TicketFilter},
    item::{JobItem, Outcome},
    kind::{BulkChanges, Column, ExportFormat, ExportWhat, ImportFormat, ImportWhat, JobKind, MAX_IMPORT_BYTES},
    progress::{Progress, Reading, Upload, Within},
};
use crate::{
    caller::Caller,
    error::{DomainError, ParseError},
    id::{JobId, TenantId},
    person::Person,
    role::Permission,
    words::word,
};

/// How long a job and its results are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long a file that a job made can be had.
pub const FILE_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);
/// After so long without a step a job's message is taken for lost, and another is sent.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(120);
/// So long after a step began or ended a message that is not the job's next is taken for a copy: longer than a step takes, and less than a
/// message stays away.
const COPY_WITHIN: SignedDuration = SignedDuration::from_secs(20);
/// Steps that may break down at the same thing before that thing is given up.
const TRIES: u32 = 2;

word!(
    /// Where a job stands.
    JobState {
        /// It waits for its file, and for who says that it is there.
        Waiting = "waiting",
        /// Nobody has begun it.
        Queued = "queued",
        /// It is worked on.
        Running = "running",
        /// Somebody asked to stop it; nothing more is begun.
        Stopping = "stopping",
        /// It was stopped. What was done stays done.
        Stopped = "stopped",
        /// Everything was tried; the counts say what came of it.
        Done = "done",
        /// It could not be done; `problem` says why.
        Failed = "failed",
    }
);

impl JobState {
    /// Whether nothing more will happen.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Done | Self::Failed)
    }
}

/// How many things ended how.
pub type Counts = BTreeMap<Outcome, u64>;

/// Work in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Identifier (UUIDv7: sorts by when it was asked for).
    pub id: JobId,
    /// Whose desk.
    pub tenant: TenantId,
    /// What it does.
    #[serde(flatten)]
    pub kind: JobKind,
    /// Who asked for it, as they were then. What they may now is asked at each step: see [`Job::acting`].
    pub by: Caller,
    /// Where it stands.
    pub state: JobState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// How many things it is about, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What came of them, as of the last step. The exact figures are counted beside it.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub counts: Counts,
    /// How far it came.
    #[serde(default)]
    pub progress: Progress,
    /// Why it could not be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<JobProblem>,
    /// The file that it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<JobFile>,
    /// Steps that ended. A message on the queue names the step that it is for.
    pub step: u32,
    /// Steps that began. Each has a number of its own.
    pub claims: u32,
    /// Steps that began and broke down where it stands now.
    pub tries: u32,
    /// When a step last began or ended.
    pub moved_at: Timestamp,
    /// Grows by one with every change; the optimistic lock.
    pub version: u64,
}

/// Why a job could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobProblem {
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A file that a job made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobFile {
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Until when it can be had.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// What a message on the queue is to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Its next step.
    Next,
    /// A copy of one that was taken already, or one too many: nothing is to be done.
    Copy,
}

impl Job {
    /// A job that nobody has begun.
    pub fn new(id: JobId, kind: JobKind, by: Caller, total: Option<u64>, now: Timestamp) -> Self {
        Self {
            id,
            tenant: by.tenant.clone(),
            kind,
            by,
            state: JobState::Queued,
            created_at: now,
            started_at: None,
            finished_at: None,
            total,
            counts: Counts::new(),
            progress: Progress { listed: total.is_some(), ..Progress::default() },
            problem: None,
            file: None,
            step: 0,
            claims: 0,
            tries: 0,
            moved_at: now,
            version: 1,
        }
    }

    /// A job that waits for a file.
    pub fn waiting(id: JobId, kind: JobKind, by: Caller, now: Timestamp) -> Self {
        Self { state: JobState::Waiting, ..Self::new(id, kind, by, None, now) }
    }

    /// The file is there.
    pub fn start(&self, now: Timestamp) -> Result<Self, DomainError> {
        if self.state != JobState::Waiting {
            return Err(DomainError::rule("job_begun", "This job was begun already."));
        }
        Ok(Self { state: JobState::Queued, moved_at: now, version: self.version + 1, ..self.clone() })
    }

    /// When it and its results are forgotten.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at + KEPT
    }

    /// When its message is taken for lost, unless a step comes before.
    pub fn lost_at(&self) -> Option<Timestamp> {
        (!self.state.is_over() && self.state != JobState::Waiting).then(|| self.moved_at + LOST_AFTER)
    }

    /// Whether the job is there for this caller: their own, and for who runs the desk all of it.
    pub fn is_there_for(&self, caller: &Caller, now: Timestamp) -> bool {
        let theirs = self.by.person == caller.person || caller.may(Permission::SettingsManage);
        self.tenant == caller.tenant && theirs && now < self.expires_at()
    }

    /// Whether its file is there for this caller: who asked for it, and may still see all that is in it.
    pub fn gives_file_to(&self, caller: &Caller) -> bool {
        let still = self.by.person == caller.person && caller.role >= self.by.role && self.by.brands.are_within(&caller.brands);
        still && caller.may(self.kind.permission())
    }

    /// The one who asked, with what they could do then and still can: `None` where they are gone, or may no longer do such a
    /// thing.
    pub fn acting(&self, person: Option<&Person>) -> Option<Caller> {
        let person = person.filter(|person| person.id == self.by.person)?;
        let caller =
            Caller { role: self.by.role.min(person.role), brands: self.by.brands.within(&person.brands), ..self.by.clone() };
        caller.may(self.kind.permission()).then_some(caller)
    }

    /// What a message for this step is; one without a step was sent because the last was taken for lost.
    pub fn message(&self, step: Option<u32>, now: Timestamp) -> Message {
        let is_next = step == Some(self.step);
        let is_lost = now.duration_since(self.moved_at) > COPY_WITHIN;
        let may_run = !self.state.is_over() && self.state != JobState::Waiting;
        if may_run && (is_next || is_lost) { Message::Next } else { Message::Copy }
    }

    /// Begins a step.
    #[must_use]
    pub fn claim(mut self, now: Timestamp) -> Self {
        if self.state == JobState::Queued {
            self.state = JobState::Running;
        }
        self.started_at.get_or_insert(now);
        self.claims += 1;
        self.tries += 1;
        self.moved_at = now;
        self.version += 1;
        self
    }

    /// Whether earlier steps broke down here: then it goes on one thing at a time, and saves after each.
    pub fn is_careful(&self) -> bool {
        self.tries > 1
    }

    /// Whether the thing that it stands at broke down too many steps, and is given up.
    pub fn gives_up(&self) -> bool {
        self.tries > 1 + TRIES
    }

    /// Within a step: it came so far, whatever happens next.
    #[must_use]
    pub fn came_to(mut self, progress: Progress, now: Timestamp) -> Self {
        self.progress = progress;
        self.tries = 1;
        self.moved_at = now;
        self.version += 1;
        self
    }

    /// Ends a step. One that was to be stopped is stopped with it.
    #[must_use]
    pub fn moved_on(mut self, progress: Progress, counts: Counts, now: Timestamp) -> Self {
        self.progress = progress;
        self.counts = counts;
        self.step += 1;
        self.tries = 0;
        self.moved_at = now;
        self.version += 1;
        if self.state == JobState::Stopping { self.ended(JobState::Stopped, now) } else { self }
    }

    /// Ends the job; where somebody wanted to stop it and it was not done by then, as stopped.
    #[must_use]
    pub fn ended(mut self, state: JobState, now: Timestamp) -> Self {
        self.state = state;
        self.finished_at = Some(now);
        self
    }

    /// The job without the file that it made, which is erased.
    #[must_use]
    pub fn without_file(mut self) -> Self {
        self.file = None;
        self.version += 1;
        self
    }

    /// Asks to stop. Asking again changes nothing.
    pub fn stop(&self) -> Result<Self, DomainError> {
        let mut after = self.clone();
        match self.state {
            JobState::Waiting | JobState::Queued | JobState::Running => {
                after.state = JobState::Stopping;
                after.version += 1;
                Ok(after)
            }
            JobState::Stopping => Ok(after),
            JobState::Stopped | JobState::Done | JobState::Failed => {
                Err(DomainError::rule("job_is_over", "This job is over: there is nothing to stop."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        caller::Brands,
        id::BrandId,
        role::Role,
        text::{EmailAddress, Tag},
        ticket::tests::{ada, mia},
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    fn job(by: Caller) -> Job {
        let tag = |text: &str| Tag::parse(text).expect("fits");
        let kind = JobKind::Retag { from: tag("a"), to: tag("b") };
        Job::new(JobId(uuid::Uuid::from_u128(9)), kind, by, None, NOW)
    }

    fn person(of: &Caller) -> Person {
        let mut person = Person::from_address(of.person, EmailAddress::parse("x@demo.test").expect("fits"), NOW);
        (person.role, person.brands) = (of.role, of.brands.clone());
        person
    }

    fn brands(names: &[&str]) -> Brands {
        Brands::Only(names.iter().map(|name| BrandId::parse(name).expect("fits")).collect::<BTreeSet<_>>())
    }

    #[test]
    fn who_was_demoted_limited_or_removed_acts_no_more_than_they_may() {
        let job = job(mia());
        let mut now = person(&mia());
        assert_eq!(job.acting(Some(&now)), Some(mia()));
        now.brands = brands(&["ka"]);
        assert_eq!(job.acting(Some(&now)).expect("still a manager").brands, brands(&["ka"]));
        now.role = Role::Admin;
        assert_eq!(job.acting(Some(&now)).expect("more than before").role, Role::Manager, "not more than they asked as");
        for role in [Role::Agent, Role::Customer] {
            now.role = role;
            assert_eq!(job.acting(Some(&now)), None);
        }
        assert_eq!(job.acting(None), None);
        assert_eq!(job.acting(Some(&person(&ada()))), None, "somebody else");
        let mut scoped = job.clone();
        scoped.by.scopes = Some([Permission::TicketsRead].into());
        assert_eq!(scoped.acting(Some(&person(&mia()))), None, "a key that may not");
    }

    #[test]
    fn a_job_is_its_askers_and_its_file_only_while_they_see_all_of_it() {
        let mut job = job(mia());
        assert!(job.is_there_for(&mia(), NOW) && !job.is_there_for(&ada(), NOW));
        assert!(!job.is_there_for(&mia(), NOW + KEPT), "forgotten");
        let admin = Caller { role: Role::Admin, ..ada() };
        assert!(job.is_there_for(&admin, NOW) && !job.gives_file_to(&admin));
        assert!(job.gives_file_to(&mia()));
        assert!(!job.gives_file_to(&Caller { brands: brands(&["ka"]), ..mia() }), "others' brands are in it");
        assert!(!job.gives_file_to(&Caller { role: Role::Agent, ..mia() }));
        job.by.brands = brands(&["ka"]);
        assert!(job.gives_file_to(&Caller { brands: brands(&["ka", "ol"]), ..mia() }));
        assert!(!job.gives_file_to(&Caller { brands: brands(&["ol"]), ..mia() }));
        job.tenant = TenantId::parse("other").expect("fits");
        assert!(!job.is_there_for(&mia(), NOW));
    }

    #[test]
    fn copies_of_messages_do_nothing_and_lost_ones_are_made_up_for() {
        let job = job(mia());
        assert_eq!(job.message(Some(0), NOW), Message::Next);
        let claimed = job.claim(after(1));
        assert_eq!((claimed.state, claimed.claims, claimed.tries), (JobState::Running, 1, 1));
        assert_eq!(claimed.message(Some(0), after(9)), Message::Next, "its worker may have died");
        assert_eq!(claimed.message(None, after(9)), Message::Copy, "somebody is at it");
        let moved = claimed.moved_on(Progress::default(), Counts::new(), after(3));
        assert_eq!((moved.step, moved.tries), (1, 0));
        assert_eq!(moved.message(Some(0), after(4)), Message::Copy);
        assert_eq!(moved.message(Some(1), after(4)), Message::Next);
        for step in [Some(0), None] {
            assert_eq!(moved.message(step, after(60)), Message::Next, "the message of step 1 was lost");
        }
        assert_eq!(moved.lost_at(), Some(after(123)));
        let over = moved.ended(JobState::Done, after(5));
        assert_eq!((over.message(Some(1), after(99)), over.lost_at()), (Message::Copy, None));
    }

    #[test]
    fn what_breaks_down_again_and_again_is_given_up_by_itself() {
        let mut job = job(mia());
        let mut looks = Vec::new();
        for _ in 0..4 {
            job = job.claim(NOW);
            looks.push((job.is_careful(), job.gives_up()));
        }
        assert_eq!(looks, [(false, false), (true, false), (true, false), (true, true)]);
        let further = job.came_to(Progress { position: 1, ..Progress::default() }, NOW);
        assert!(!further.gives_up(), "the next thing has its own tries");
        assert!(further.claim(NOW).is_careful());
    }

    #[test]
    fn a_job_that_waits_for_its_file_is_begun_once() {
        let retag = job(mia());
        let waiting = Job::waiting(retag.id, retag.kind, mia(), NOW);
        assert_eq!((waiting.lost_at(), waiting.message(None, after(999))), (None, Message::Copy), "nobody begins it by mistake");
        let begun = waiting.start(after(60)).expect("it waits");
        assert_eq!((begun.state, begun.message(Some(0), after(60)), begun.version), (JobState::Queued, Message::Next, 2));
        assert!(matches!(begun.start(NOW), Err(DomainError::Rule { code: "job_begun", .. })));
        let stopping = waiting.stop().expect("unless it is stopped");
        assert!(stopping.start(NOW).is_err() && stopping.lost_at().is_some());
    }

    #[test]
    fn stopping_ends_with_the_step() {
        let running = job(mia()).claim(NOW);
        let stopping = running.stop().expect("it runs");
        assert_eq!(stopping.stop().expect("again"), stopping);
        let stopped = stopping.moved_on(Progress::default(), Counts::new(), after(2));
        assert_eq!((stopped.state, stopped.finished_at), (JobState::Stopped, Some(after(2))));
        assert!(matches!(stopped.stop(), Err(DomainError::Rule { code: "job_is_over", .. })));
        let queued = job(mia()).stop().expect("before it began");
        assert_eq!(queued.claim(NOW).state, JobState::Stopping);
    }

    #[test]
    fn a_job_reads_as_it_was_written() {
        let mut job = job(mia()).claim(NOW);
        job.progress.upload = Some(Upload { parts: vec![(3, "x".to_owned())], ..Upload::default() });
        job.counts.insert(Outcome::Changed, 3);
        let written = serde_json::to_value(&job).expect("plain data");
        assert_eq!((&written["kind"], &written["from"]), (&"retag".into(), &"a".into()));
        assert_eq!(serde_json::from_value::<Job>(written).expect("reads"), job);
    }
}
