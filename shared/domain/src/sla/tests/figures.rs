//! Figures and what is told, under any sequence of what can happen: compared with a recount that remembers every clock there
//! ever was.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    event::Event,
    ticket::{delete, restore},
};

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Answer,
    Ask,
    Note,
    Move(Status),
    Prioritise(Priority),
    Sweep,
    DeleteAndRestore,
}

fn step() -> impl Strategy<Value = Step> {
    let statuses = vec![Status::InProgress, Status::Pending, Status::Resolved, Status::Closed];
    prop_oneof![
        3 => (1i64..700).prop_map(Step::Wait),
        1 => Just(Step::Answer),
        2 => Just(Step::Ask),
        1 => Just(Step::Note),
        2 => proptest::sample::select(statuses).prop_map(Step::Move),
        2 => proptest::sample::select(Priority::ALL.to_vec()).prop_map(Step::Prioritise),
        2 => Just(Step::Sweep),
        1 => Just(Step::DeleteAndRestore),
    ]
}

fn policies() -> Vec<Value> {
    let of = |priority: &str, targets: Value| {
        json!({ "id": priority, "name": priority, "when": { "priority": priority }, "targets": targets, "calendar": "office",
                "escalations": [{ "on": "breach", "metric": "first_response", "raise_priority": true }] })
    };
    vec![
        of("medium", json!({ "first_response": 60, "next_response": 90, "resolution": 480 })),
        of("high", json!({ "resolution": 240 })),
        of("urgent", json!({ "first_response": 10, "next_response": 20 })),
    ]
}

/// Every clock that there ever was, as it was last seen.
type Clocks = BTreeMap<(Metric, Timestamp), Clock>;

fn remember(clocks: &mut Clocks, ticket: &Ticket) {
    for (metric, clock) in ticket.promise.iter().flat_map(|promise| &promise.clocks) {
        clocks.insert((*metric, clock.started_at), clock.clone());
    }
}

fn counted(clocks: &Clocks) -> BTreeMap<(Metric, Outcome), i64> {
    let mut counted = BTreeMap::new();
    for ((metric, _), clock) in clocks {
        let outcome = match clock.state() {
            ClockState::Breached => Outcome::Breached,
            ClockState::Met => Outcome::Met,
            ClockState::Running | ClockState::Paused => continue,
        };
        *counted.entry((*metric, outcome)).or_default() += 1;
    }
    counted
}

fn take(desk: &mut Desk, ticket: &Ticket, step: &Step) -> Vec<Change> {
    let ticket = ticket.clone();
    let done = match step {
        Step::Wait(minutes) => {
            wait(desk, *minutes);
            return Vec::new();
        }
        Step::Answer => desk.reply(&ada(), &ticket, None),
        Step::Ask => desk.reply(&carl(), &ticket, None),
        Step::Note => desk.say(&ada(), &ticket, MessageKind::Note, None),
        Step::Move(status) => desk.status(&ada(), &ticket, *status),
        Step::Prioritise(priority) => {
            let patch = TicketPatch { priority: Some(*priority), ..TicketPatch::default() };
            desk.act(&ada(), |ctx| ticket::update(ticket, patch, ctx))
        }
        Step::Sweep => Ok(desk.act_alone(|ctx| keep_time(ticket, &[], ctx))),
        Step::DeleteAndRestore => {
            let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers");
            let restored = desk.act(&mia(), |ctx| restore(deleted.after.clone(), ctx)).expect("hers");
            return vec![deleted, restored];
        }
    };
    done.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_figures_are_those_of_a_recount_and_everything_is_told_once(steps in proptest::collection::vec(step(), 1..40)) {
        let mut desk = desk(&policies());
        let mut ticket = desk.open(&carl());
        let (mut clocks, mut figures) = (Clocks::new(), BTreeMap::new());
        let mut told: BTreeMap<(Metric, Timestamp, &str), u32> = BTreeMap::new();
        remember(&mut clocks, &ticket);
        for step in steps.iter().chain([&Step::Sweep, &Step::Sweep]) {
            for change in take(&mut desk, &ticket, step) {
                for (tally, delta) in tally(&change) {
                    *figures.entry((tally.metric, tally.outcome)).or_insert(0) += delta;
                }
                for event in &change.events {
                    if let Some((name, metric, moment)) = told_of(event) {
                        *told.entry((metric, moment, name)).or_default() += 1;
                    }
                }
                remember(&mut clocks, &change.after);
                ticket = change.after;
            }
        }
        figures.retain(|_, count| *count != 0);
        prop_assert_eq!(figures, counted(&clocks));
        prop_assert!(told.values().all(|times| *times == 1), "{:?}", told);
        // Everything that passed is told, unless what is owed waits for the next sweep.
        let owed = ticket.promise.iter().flat_map(|promise| &promise.owed).filter(|owed| owed.passing == Passing::Breach).count();
        let breaches = told.keys().filter(|(.., name)| *name == "sla.breached").count();
        let broken = clocks.values().filter(|clock| clock.breached_at.is_some()).count();
        prop_assert_eq!(breaches + owed, broken);
    }
}

fn told_of(event: &Event) -> Option<(&'static str, Metric, Timestamp)> {
    match &event.kind {
        EventKind::SlaWarned { metric, passed_at, .. } => Some(("sla.warned", *metric, *passed_at)),
        EventKind::SlaBreached { metric, passed_at, .. } => Some(("sla.breached", *metric, *passed_at)),
        _ => None,
    }
}
