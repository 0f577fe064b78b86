//! The desk beside the model.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    history::{self, moment},
    life::{Act, Deed, Face, Life, Metric, Outcome, Status, Told, whole_second},
    terms::Catalogue,
};

/// The moments between which a ticket was read, and before them the one by which all that was due has been done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) done_by: i64,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// All in which a ticket, read with its events, is not what the model says.
pub(super) fn differences(ticket: &Value, catalogue: &Catalogue, window: Window) -> Vec<String> {
    let acts = history::acts(ticket, false);
    let [early, late] = [window.from, window.to].map(|now| Life::until(now, &acts, catalogue));
    // What a later change finds to have passed before is told by the next sweep.
    let done: Vec<_> = acts.iter().filter(|act| act.at <= window.done_by).cloned().collect();
    let must = if done.is_empty() { Vec::new() } else { Life::until(window.done_by, &done, catalogue).told };
    let mut wrong = history::wrong_escalations(ticket, catalogue);
    let status = late.status.as_str();
    if ticket["status"] != status {
        wrong.push(format!("it is {}, not {status}", ticket["status"]));
    }
    let policy = catalogue.policy(late.terms);
    let terms = (&ticket["sla"]["policy"], &ticket["sla"]["policy_version"]);
    if terms != (&json!(policy.id), &json!(policy.version)) {
        wrong.push(format!("its terms are {terms:?}, not {} {}", policy.id, policy.version));
    }
    for metric in Metric::ALL {
        wrong.extend(wrong_clock(&ticket["sla"]["clocks"], metric, [early.face(metric), late.face(metric)]));
    }
    wrong.extend(wrong_told(&history::told(ticket), &must, &late.told));
    wrong.iter_mut().for_each(|wrong| *wrong = format!("{}: {wrong}", ticket["number"]));
    wrong
}

/// A clock that changes while it is read may show as before or as after.
fn wrong_clock(clocks: &Value, metric: Metric, [early, late]: [Option<Face>; 2]) -> Option<String> {
    let shown = clocks.as_array()?.iter().find(|clock| clock["metric"] == metric.as_str());
    let fits = match (shown, &early, &late) {
        (Some(shown), Some(early), Some(late)) => {
            [early, late].iter().any(|face| looks_like(shown, face)) && counts(shown, early, late)
        }
        // What is not promised any more may show how it ended, but does not go on.
        (Some(shown), _, None) => ["met", "breached"].iter().any(|state| shown["state"] == *state),
        (None, _, late) => late.is_none(),
        (Some(_), None, Some(_)) => true,
    };
    let expected = |face: Face| format!("{}, due {:?}, left {:?} ms", face.state, face.due_at.map(readable), face.remaining);
    (!fits).then(|| format!("{metric:?} shows {}, not {:?}", shown.unwrap_or(&Value::Null), late.map(expected)))
}

fn looks_like(shown: &Value, face: &Face) -> bool {
    let due_at = shown["due_at"].as_str().map(|_| whole_second(moment(shown, "due_at")));
    let is_due = match face.state {
        // The documents do not say what is due of a promise that was kept.
        "met" => true,
        // Nothing is due while a clock stands still, and one that is broken may.
        "breached" => due_at.is_none() && face.stands_still || due_at == face.due_at,
        _ => due_at == face.due_at,
    };
    shown["state"] == face.state && is_due
}

/// Whole seconds, rounded in whatever way.
fn counts(shown: &Value, early: &Face, late: &Face) -> bool {
    let left = |face: &Face, or: i64| face.remaining.map_or(or, |left| left.div_euclid(1000));
    let shown = shown["remaining_seconds"].as_i64().expect("a number");
    (left(late, i64::MIN)..=left(early, i64::MAX - 1) + 1).contains(&shown)
}

/// All that passed by the moment by which it had to be told must be there; what passed since may.
fn wrong_told(told: &[Told], must: &[Told], may: &[Told]) -> Vec<String> {
    let show = |told: &Told| format!("{told:?} at {}", readable(told.at));
    let missing = without(must, told).into_iter().map(|missing| format!("never told: {}", show(&missing)));
    let invented = without(told, may).into_iter().map(|invented| format!("told, or told again: {}", show(&invented)));
    missing.chain(invented).collect()
}

/// Those of the first that the second does not have, as often as they stand too often.
fn without<T: PartialEq + Clone>(these: &[T], those: &[T]) -> Vec<T> {
    let mut those = those.to_vec();
    let mut left = these.to_vec();
    left.retain(|this| those.iter().position(|that| that == this).map(|at| those.remove(at)).is_none());
    left
}

fn readable(at: i64) -> String {
    Timestamp::from_millisecond(at).expect("near").to_string()
}

/// What was acknowledged and is not in the history, and what is there and nobody asked for.
pub(super) fn lost_or_invented(ticket: &Value, acknowledged: &[Act]) -> Vec<String> {
    let done = history::acts(ticket, true);
    let mut lost = without(acknowledged, &done);
    // Where the desk itself closed it or raised its priority before, nothing was left to change.
    lost.retain(|act| !matches!(act.deed, Deed::Move(Status::Closed) | Deed::Prioritise(_)));
    let lost = lost.into_iter().map(|act| format!("{}: acknowledged and lost: {act:?}", ticket["number"]));
    let invented = without(&done, acknowledged).into_iter().map(|act| format!("{}: nobody asked for {act:?}", ticket["number"]));
    lost.chain(invented).collect()
}

/// What is wrong with the summary, counted anew from every ticket.
pub(super) fn wrong_summary(summary: &Value, tickets: &[Value], catalogue: &Catalogue, now: i64) -> Vec<String> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for ticket in tickets {
        outcomes.extend(Life::until(now, &history::acts(ticket, false), catalogue).outcomes());
    }
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: BTreeMap<String, (u64, u64)>, found: BTreeMap<String, (u64, u64)>| {
        let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
        for key in keys {
            let (model, desk) = (expected.get(key), found.get(key));
            if model != desk {
                wrong.push(format!("the summary {what} of {key}: (met, breached) is {desk:?}, the model counts {model:?}"));
            }
        }
    };
    let items = summary["items"].as_array().expect("items").iter();
    let name = |item: &Value| format!("{} {} {} {}", item["day"], item["brand"], item["policy"], item["metric"]).replace('"', "");
    let full = |o: &Outcome| format!("{} {} {} {}", o.day, o.brand, o.policy, o.metric.as_str());
    compare("items", count(&outcomes, full), items.map(|item| (name(item), ended(item))).collect());
    let total = BTreeMap::from([(String::new(), ended(&summary["total"]))]);
    compare("total", count(&outcomes, |_| String::new()), total);
    let by: [(&str, Key); 4] = [
        ("by_metric", |outcome| outcome.metric.as_str().to_owned()),
        ("by_policy", |outcome| outcome.policy.clone()),
        ("by_brand", |outcome| outcome.brand.clone()),
        ("by_day", |outcome| outcome.day.to_string()),
    ];
    for (field, key) in by {
        let found = summary[field].as_object().expect("an object").iter();
        compare(field, count(&outcomes, key), found.map(|(name, item)| (name.clone(), ended(item))).collect());
    }
    wrong
}

/// What outcomes are counted by.
type Key = fn(&Outcome) -> String;

fn ended(item: &Value) -> (u64, u64) {
    (item["met"].as_u64().expect("a number"), item["breached"].as_u64().expect("a number"))
}

fn count(outcomes: &[Outcome], key: impl Fn(&Outcome) -> String) -> BTreeMap<String, (u64, u64)> {
    let mut counted = BTreeMap::new();
    for outcome in outcomes {
        let (met, breached) = counted.entry(key(outcome)).or_insert((0, 0));
        *if outcome.kept { met } else { breached } += 1;
    }
    counted
}
