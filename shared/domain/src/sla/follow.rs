//! What a change of a ticket means for its promises. Every change passes here once, so that no clock can be forgotten.

use jiff::Timestamp;

use super::{
    Clock, Metric, Owed, Passing, Policy, Promise, Stay,
    clock::{Course, has_passed},
};
use crate::{
    calendar::{BusinessHours, CalendarId},
    config::TenantConfig,
    event::Actor,
    message::{Message, MessageKind},
    ticket::{Context, Ticket},
};

/// Statuses that a ticket keeps of its past: far more than any has, and a bound.
const MOST_STAYS: usize = 300;

/// The first promise of a new ticket.
pub(crate) fn begin(ticket: &mut Ticket, ctx: &Context<'_>) {
    ticket.stays = vec![Stay { since: ticket.created_at, status: ticket.status }];
    ticket.promise = chosen(ticket, ctx.config, None);
    compute(ticket, ctx);
}

/// What follows from a change. Until now the ticket was as it was: what passed by then, passed under the terms of then.
pub(crate) fn follow(before: &Ticket, after: &mut Ticket, message: Option<&Message>, ctx: &Context<'_>) {
    pass(after, ctx.now);
    if after.stays.is_empty() {
        after.stays.push(Stay { since: before.created_at, status: before.status });
    }
    if before.status != after.status {
        after.stays.push(Stay { since: ctx.now, status: after.status });
        // The time of what is forgotten counts as that of the status it began with.
        while after.stays.len() > MOST_STAYS {
            after.stays.remove(1);
        }
    }
    wait(after, message, ctx.now);
    let otherwise = before.priority != after.priority || before.category != after.category || before.brand != after.brand;
    // A configuration that does not know the terms changes nothing of them; the next change catches up.
    if otherwise {
        let before = after.promise.take();
        after.promise = chosen(after, ctx.config, before);
    }
    compute(after, ctx);
}

/// Notes what has passed of the clocks that run.
pub(crate) fn pass(ticket: &mut Ticket, now: Timestamp) {
    let Some(promise) = &mut ticket.promise else { return };
    for (metric, clock) in &mut promise.clocks {
        if clock.running_since.is_none() {
            continue;
        }
        let passed = |at: Option<Timestamp>| at.filter(|at| has_passed(*at, now));
        let owe = |passing, at| owed(*metric, clock, passing, at, promise.version);
        let warned = passed(clock.warns_at).filter(|_| clock.warned_at.is_none());
        let breached = passed(clock.due_at).filter(|_| clock.breached_at.is_none());
        promise.owed.extend(warned.map(|at| owe(Passing::Warning, at)));
        promise.owed.extend(breached.map(|at| owe(Passing::Breach, at)));
        clock.warned_at = clock.warned_at.or(warned);
        clock.breached_at = clock.breached_at.or(breached);
    }
    promise.owed.sort_by_key(|owed| (owed.at, owed.metric, owed.passing));
}

fn owed(metric: Metric, clock: &Clock, passing: Passing, at: Timestamp, version: u32) -> Owed {
    Owed { metric, passing, at, due_at: clock.due_at, policy: clock.policy.clone(), version }
}

/// Who waits for whom. A note, what a machine wrote, and somebody whom nobody knows neither ask nor answer; staff who write on
/// their own request ask.
fn wait(ticket: &mut Ticket, message: Option<&Message>, now: Timestamp) {
    if !ticket.status.is_open() {
        ticket.waiting_since = None;
        return;
    }
    let counts = |message: &&Message| {
        let automatic = message.enclosed.mail.as_ref().is_some_and(|mail| mail.automatic);
        message.kind == MessageKind::Reply && !message.enclosed.pending && !automatic
    };
    let Some(message) = message.filter(counts) else { return };
    let is_answer = matches!(message.author, Actor::Staff { person } if person != ticket.requester);
    if is_answer {
        ticket.waiting_since = None;
    } else if !waits_for_the_first(ticket) {
        ticket.waiting_since.get_or_insert(now);
    }
}

/// Whether the customer still waits for the first answer: what they add meanwhile is part of the question. What was resolved
/// counts as answered.
fn waits_for_the_first(ticket: &Ticket) -> bool {
    let was_done = ticket.stays.iter().any(|stay| !stay.status.is_open());
    ticket.first_response_at.is_none() && !was_done
}

/// The policy that the ticket gets now, with the clocks and debts of the one that it had. Nothing is promised of what began in
/// another desk: its time would have gone before it came.
fn chosen(ticket: &Ticket, config: &TenantConfig, before: Option<Promise>) -> Option<Promise> {
    if ticket.imported.is_some() {
        return before;
    }
    let Some((policy, because)) = config.policy_for(ticket) else {
        // Nothing is promised any more; what has ended stays known, what was owed is still told.
        return before.map(|promise| Promise { version: 0, calendar: None, because: Vec::new(), ..promise });
    };
    // Also one that was withdrawn: hours that nobody keeps up are nearer to what was meant than none.
    let calendar = policy.calendar.as_ref().and_then(|id| config.newest_calendar(id));
    let (clocks, owed) = before.map_or_else(Default::default, |promise| (promise.clocks, promise.owed));
    Some(Promise {
        policy: policy.id.clone(),
        version: policy.version,
        calendar: calendar.map(|calendar| (calendar.id.clone(), calendar.version)),
        because,
        clocks,
        owed,
    })
}

/// The policy and the calendar in the versions that the promise has.
fn terms<'a>(promise: &Promise, config: &'a TenantConfig) -> Option<(&'a Policy, BusinessHours<'a>)> {
    let policy = config.policy_version(&promise.policy, promise.version)?;
    let exact = |(id, version): &(CalendarId, u32)| config.calendars.iter().any(|c| c.id == *id && c.version == *version);
    promise.calendar.as_ref().is_none_or(exact).then(|| (policy, config.hours_of(promise)))
}

/// Computes the clocks from what the ticket went through.
fn compute(ticket: &mut Ticket, ctx: &Context<'_>) {
    let Some(mut promise) = ticket.promise.take() else { return };
    let terms = terms(&promise, ctx.config);
    // Terms that nobody here knows are left as they are.
    if terms.is_some() || promise.version == 0 {
        for metric in Metric::ALL {
            let known = promise.clocks.get(metric);
            if let Some(clock) = clock(ticket, *metric, terms, known, ctx.now) {
                let newly = newly_passed(*metric, known, &clock, promise.version);
                promise.owed.extend(newly);
                promise.clocks.insert(*metric, clock);
            }
        }
        promise.owed.sort_by_key(|owed| (owed.at, owed.metric, owed.passing));
    }
    ticket.promise = Some(promise);
}

/// One clock as it is to be; `None` where it stays as it is, or nothing was ever promised.
fn clock(
    ticket: &Ticket,
    metric: Metric,
    terms: Option<(&Policy, BusinessHours<'_>)>,
    known: Option<&Clock>,
    now: Timestamp,
) -> Option<Clock> {
    let done_since = done_since(&ticket.stays);
    let (started_at, stopped_at) = match metric {
        Metric::FirstResponse => (ticket.created_at, ticket.first_response_at.or(done_since)),
        Metric::Resolution => (ticket.created_at, done_since),
        Metric::NextResponse => match (ticket.waiting_since, known.filter(|clock| clock.stopped_at.is_none())) {
            (Some(since), _) => (since, None),
            (None, Some(running)) => (running.started_at, Some(now)),
            (None, None) => return None,
        },
    };
    let known = known.filter(|known| known.started_at == started_at);
    // What has ended was judged by the policy of its time; only a resolution is taken back.
    let taken_back = metric == Metric::Resolution && stopped_at.is_none();
    if known.is_some_and(|known| known.stopped_at.is_some()) && !taken_back {
        return None;
    }
    let course = terms.map(|(policy, hours)| Course { metric, policy, hours, stays: &ticket.stays, started_at, stopped_at, now });
    if let Some(broken) = known.filter(|known| known.breached_at.is_some()) {
        return Some(broken.broken(stopped_at, course.as_ref()));
    }
    match course.as_ref().and_then(|course| Some((course, course.policy.targets.seconds(metric)?))) {
        Some((course, target)) => Some(Clock::compute(course, target, known)),
        None => known.map(Clock::withdrawn),
    }
}

/// Since when the ticket is resolved or closed, if it is.
fn done_since(stays: &[Stay]) -> Option<Timestamp> {
    let done = stays.iter().rev().take_while(|stay| !stay.status.is_open());
    done.last().map(|stay| stay.since)
}

/// What other terms find to have passed already.
fn newly_passed(metric: Metric, known: Option<&Clock>, clock: &Clock, version: u32) -> Vec<Owed> {
    let known = known.filter(|known| known.started_at == clock.started_at);
    let newly = |now: Option<Timestamp>, before: Option<Timestamp>| now.filter(|_| before.is_none());
    let warned = newly(clock.warned_at, known.and_then(|known| known.warned_at));
    let breached = newly(clock.breached_at, known.and_then(|known| known.breached_at));
    let warned = warned.map(|at| owed(metric, clock, Passing::Warning, at, version));
    warned.into_iter().chain(breached.map(|at| owed(metric, clock, Passing::Breach, at, version))).collect()
}
