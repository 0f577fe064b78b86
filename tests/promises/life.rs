//! The model: what a ticket went through, and what follows from it for its promises. Written from the documents alone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::terms::{Catalogue, Matter, Terms};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Metric {
    FirstResponse,
    NextResponse,
    Resolution,
}

impl Metric {
    pub(super) const ALL: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
        }
    }
}

/// The statuses of this desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    New,
    InProgress,
    Pending,
    Resolved,
    Closed,
}

impl Status {
    const ALL: [Self; 5] = [Self::New, Self::InProgress, Self::Pending, Self::Resolved, Self::Closed];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Pending => "pending",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.as_str() == text).expect("a status of this desk")
    }

    pub(super) fn is_done(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

/// What somebody did with a ticket, or the desk by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    Open(Matter),
    /// The customer speaks.
    Ask,
    /// Staff answer, perhaps with a new status.
    Answer(Option<Status>),
    Note(Option<Status>),
    Move(Status),
    Take,
    Prioritise(String),
    Categorise(Option<String>),
}

/// A deed and its moment, in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    pub(super) at: i64,
    pub(super) deed: Deed,
}

/// A line that the history must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) breach: bool,
    pub(super) metric: Metric,
    pub(super) policy: String,
    /// When it passed.
    pub(super) at: i64,
}

/// A promise that ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    pub(super) day: Date,
    pub(super) brand: String,
    pub(super) policy: String,
    pub(super) metric: Metric,
    pub(super) kept: bool,
}

/// One clock; a ticket has one more for each time that its customer waits again.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub(super) metric: Metric,
    begun: i64,
    pub(super) stopped: Option<i64>,
    /// When it ended, by which terms, and whether in time.
    verdict: Option<(i64, Terms, bool)>,
    /// Whether other terms came after it had ended: nothing says by which its time is told then.
    of_the_past: bool,
    /// Whether it has warned, by whatever terms: once is enough.
    warned: bool,
}

/// Every moment stands for the whole second that it lies in: fractions do not count.
pub(super) fn whole_second(at: i64) -> i64 {
    at - at.rem_euclid(1000)
}

/// How a clock shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Face {
    pub(super) state: &'static str,
    pub(super) due_at: Option<i64>,
    /// Whether the ticket is in a status in which it does not run.
    pub(super) stands_still: bool,
    /// Milliseconds; nothing where other terms than today's have judged it.
    pub(super) remaining: Option<i64>,
}

/// A ticket as the model sees it.
pub(super) struct Life<'a> {
    catalogue: &'a Catalogue,
    now: i64,
    matter: Matter,
    pub(super) terms: Terms,
    pub(super) status: Status,
    taken: bool,
    stays: Vec<(Status, i64)>,
    clocks: Vec<Clock>,
    pub(super) told: Vec<Told>,
}

impl<'a> Life<'a> {
    /// What became of a ticket by a moment, or by the last thing that happened to it.
    pub(super) fn until(now: i64, acts: &[Act], catalogue: &'a Catalogue) -> Self {
        let (first, later) = acts.split_first().expect("it was opened");
        let Deed::Open(matter) = &first.deed else { panic!("it begins with {first:?}") };
        let mut life = Self::open(whole_second(first.at), matter, catalogue);
        for act in later {
            life.pass(whole_second(act.at));
            life.act(&act.deed);
        }
        life.pass(whole_second(now).max(life.now));
        life
    }

    fn open(at: i64, matter: &Matter, catalogue: &'a Catalogue) -> Self {
        let mut life = Self {
            catalogue,
            now: at,
            matter: matter.clone(),
            terms: catalogue.choose(matter, at),
            status: Status::New,
            taken: false,
            stays: vec![(Status::New, at)],
            clocks: Vec::new(),
            told: Vec::new(),
        };
        life.begin(Metric::FirstResponse);
        life.begin(Metric::Resolution);
        life
    }

    fn begin(&mut self, metric: Metric) {
        self.clocks.push(Clock { metric, begun: self.now, stopped: None, verdict: None, of_the_past: false, warned: false });
    }

    fn act(&mut self, deed: &Deed) {
        match deed {
            Deed::Open(_) => panic!("opened twice"),
            Deed::Ask => self.ask(),
            Deed::Answer(status) => {
                self.stop(Metric::FirstResponse);
                self.stop(Metric::NextResponse);
                status.iter().for_each(|status| self.enter(*status));
            }
            Deed::Note(status) => status.iter().for_each(|status| self.enter(*status)),
            Deed::Move(status) => self.enter(*status),
            Deed::Take => {
                self.taken = true;
                if self.status == Status::New {
                    self.enter(Status::InProgress);
                }
            }
            Deed::Prioritise(priority) => {
                self.matter.priority.clone_from(priority);
                self.choose_anew();
            }
            Deed::Categorise(category) => {
                self.matter.category.clone_from(category);
                self.choose_anew();
            }
        }
    }

    /// A customer's reply wakes the ticket, and waits for an answer, unless they wait already.
    fn ask(&mut self) {
        match self.status {
            Status::Pending | Status::Resolved if !self.taken => self.enter(Status::New),
            Status::Pending | Status::Resolved | Status::Closed => self.enter(Status::InProgress),
            Status::New | Status::InProgress => {}
        }
        let waits = |metric| self.clocks.iter().any(|clock| clock.metric == metric && clock.stopped.is_none());
        if !waits(Metric::FirstResponse) && !waits(Metric::NextResponse) {
            self.begin(Metric::NextResponse);
        }
    }

    /// What is resolved counts as answered; what is open again is not resolved.
    fn enter(&mut self, status: Status) {
        let was_done = self.status.is_done();
        self.status = status;
        self.stays.push((status, self.now));
        if status.is_done() {
            Metric::ALL.into_iter().for_each(|metric| self.stop(metric));
        } else if was_done {
            for clock in self.clocks.iter_mut().filter(|clock| clock.metric == Metric::Resolution) {
                clock.stopped = None;
                clock.verdict = clock.verdict.filter(|(_, _, kept)| !kept);
            }
        }
    }

    fn stop(&mut self, metric: Metric) {
        let (now, terms) = (self.now, self.terms);
        let promised = self.catalogue.policy(terms).target(metric).is_some();
        for clock in self.clocks.iter_mut().filter(|clock| clock.metric == metric && clock.stopped.is_none()) {
            clock.stopped = Some(now);
            if promised && clock.verdict.is_none() {
                clock.verdict = Some((now, terms, true));
            }
        }
    }

    /// Other terms hold for all that has not ended, from its beginning.
    fn choose_anew(&mut self) {
        let before = self.terms;
        self.terms = self.catalogue.choose(&self.matter, self.now);
        let otherwise = before != self.terms;
        self.clocks.iter_mut().filter(|clock| clock.verdict.is_some()).for_each(|clock| clock.of_the_past |= otherwise);
        self.pass(self.now);
    }

    /// Time goes on to a moment: clocks warn and end.
    fn pass(&mut self, now: i64) {
        let policy = self.catalogue.policy(self.terms);
        let told = |breach, metric, at| Told { breach, metric, policy: policy.id.to_owned(), at };
        let mut clocks = std::mem::take(&mut self.clocks);
        for clock in clocks.iter_mut().filter(|clock| clock.stopped.is_none() && clock.verdict.is_none()) {
            let moment = |goal: Option<i64>| self.moment(clock, goal?);
            let (warning, due) = (moment(policy.warning(clock.metric)), moment(policy.target(clock.metric)));
            if let Some(at) = warning.filter(|at| *at < now && !clock.warned) {
                clock.warned = true;
                self.told.push(told(false, clock.metric, at));
            }
            // A promise is kept up to and including the moment in which its time ends.
            if let Some(at) = due.filter(|at| *at < now) {
                clock.verdict = Some((at, self.terms, false));
                self.told.push(told(true, clock.metric, at));
            }
        }
        self.clocks = clocks;
        self.now = now;
    }

    /// The stretches of time in which the clock ran by today's terms; the last has no end.
    fn runs(&self, clock: &Clock) -> Vec<(i64, Option<i64>)> {
        let policy = self.catalogue.policy(self.terms);
        let ends = self.stays[1..].iter().map(|(_, at)| Some(*at)).chain([None]);
        let stays = self.stays.iter().zip(ends).filter(|((status, _), _)| policy.runs(clock.metric, *status));
        let runs = stays.map(|((_, from), to)| ((*from).max(clock.begun), to));
        runs.filter(|(from, to)| to.is_none_or(|to| *from < to)).collect()
    }

    /// When the clock will have counted so much; nothing while it stands still before.
    fn moment(&self, clock: &Clock, goal: i64) -> Option<i64> {
        let hours = self.catalogue.hours(self.terms);
        let mut left = goal;
        for (from, to) in self.runs(clock) {
            let at = hours.after(from, left);
            match to {
                // What ends in that very moment has not taken longer: it goes on with nothing left.
                Some(to) if to <= at => left -= hours.between(from, to),
                _ => return Some(at),
            }
        }
        None
    }

    fn counted(&self, clock: &Clock) -> i64 {
        let hours = self.catalogue.hours(self.terms);
        let end = clock.stopped.unwrap_or(self.now);
        let runs = self.runs(clock).into_iter().map(|(from, to)| (from.min(end), to.unwrap_or(end).min(end)));
        runs.map(|(from, to)| hours.between(from, to)).sum()
    }

    /// How the ticket's clock for something that is promised shows now; nothing before it has begun.
    pub(super) fn face(&self, metric: Metric) -> Option<Face> {
        let policy = self.catalogue.policy(self.terms);
        let target = policy.target(metric)?;
        let clock = self.clocks.iter().rev().find(|clock| clock.metric == metric)?;
        let remaining = (!clock.of_the_past || clock.verdict.is_none()).then(|| target - self.counted(clock));
        let (state, due_at) = match clock.verdict {
            Some((at, _, false)) => ("breached", Some(at)),
            Some(_) => ("met", None),
            None if clock.stopped.is_some() => return None,
            None if !policy.runs(metric, self.status) => ("paused", None),
            None => ("running", self.moment(clock, target)),
        };
        let stands_still = !policy.runs(metric, self.status);
        Some(Face { state, due_at, stands_still, remaining })
    }

    /// What the figures must hold about it.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.clocks.iter().filter_map(|clock| {
            let (at, terms, kept) = clock.verdict?;
            let day = Timestamp::from_millisecond(at).expect("near").to_zoned(TimeZone::UTC).date();
            let policy = self.catalogue.policy(terms).id.to_owned();
            Some(Outcome { day, brand: self.matter.brand.clone(), policy, metric: clock.metric, kept })
        })
    }
}
