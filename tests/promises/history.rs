//! What a ticket's history says: what was done to it, and what the desk told of its promises.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    life::{Act, Deed, Metric, Status, Told, whole_second},
    terms::{Catalogue, Matter, PRIORITIES},
};
use crate::support::text;

/// A moment of an answer, in milliseconds.
#[track_caller]
pub(super) fn moment(value: &Value, field: &str) -> i64 {
    text(value, field).parse::<Timestamp>().expect("a time").as_millisecond()
}

/// One change of a ticket: all events of one version.
struct Step<'a>(&'a [Value]);

impl<'a> Step<'a> {
    fn all(events: &'a [Value]) -> impl Iterator<Item = Self> {
        events.chunk_by(|one, next| one["version"] == next["version"]).map(Self)
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |event| event["type"] == kind)
    }

    fn actor(&self) -> &'a str {
        self.0[0]["actor"]["type"].as_str().expect("an actor")
    }

    fn status(&self) -> Option<Status> {
        self.of("ticket.status_changed").last().map(|event| Status::parse(&text(event, "to")))
    }

    fn field(&self, name: &str) -> Option<&'a Value> {
        self.of("ticket.field_changed").find(|event| event["field"] == name)
    }

    /// What was done, in words of the model. What the desk writes by itself is no deed, but its changes are.
    fn deeds(&self) -> Vec<Deed> {
        let message = self.of("ticket.message_added").next().filter(|_| self.actor() != "system");
        let mut deeds = Vec::new();
        match message.map(|message| (self.actor(), text(message, "kind"))) {
            Some(("customer", _)) => deeds.push(Deed::Ask),
            Some((_, kind)) if kind == "note" => deeds.push(Deed::Note(self.status())),
            Some(_) => deeds.push(Deed::Answer(self.status())),
            None if self.of("ticket.assigned").next().is_some() => deeds.push(Deed::Take),
            None => deeds.extend(self.status().map(Deed::Move)),
        }
        deeds.extend(self.field("priority").map(|event| Deed::Prioritise(text(event, "to"))));
        deeds.extend(self.field("category").map(|event| Deed::Categorise(event["to"].as_str().map(str::to_owned))));
        deeds
    }
}

/// The ticket's history, oldest first, of an answer with events.
fn events(ticket: &Value) -> &[Value] {
    assert_eq!(ticket["truncated"], Value::Null, "all of it");
    ticket["events"].as_array().expect("events")
}

/// What happened to the ticket; without what the desk did by itself, if so wanted.
pub(super) fn acts(ticket: &Value, by_people_alone: bool) -> Vec<Act> {
    let events = events(ticket);
    let opened = Act { at: moment(&events[0], "at"), deed: Deed::Open(matter_at_first(ticket, events)) };
    let later = Step::all(events).skip(1).filter(|step| !by_people_alone || step.actor() != "system");
    let later = later.flat_map(|step| step.deeds().into_iter().map(move |deed| Act { at: moment(&step.0[0], "at"), deed }));
    std::iter::once(opened).chain(later).collect()
}

/// What was changed first says what was before.
fn matter_at_first(ticket: &Value, events: &[Value]) -> Matter {
    let first = |name: &str| Step::all(events).find_map(|step| step.field(name)).map_or(&ticket[name], |event| &event["from"]);
    Matter {
        brand: text(ticket, "brand"),
        channel: text(ticket, "channel"),
        priority: first("priority").as_str().expect("a priority").to_owned(),
        category: first("category").as_str().map(str::to_owned),
    }
}

/// What the desk told, sorted.
pub(super) fn told(ticket: &Value) -> Vec<Told> {
    let one = |event: &Value| {
        let breach = match event["type"].as_str()? {
            "sla.warned" => false,
            "sla.breached" => true,
            _ => return None,
        };
        let metric = Metric::ALL.into_iter().find(|metric| event["metric"] == metric.as_str()).expect("a metric");
        Some(Told { breach, metric, policy: text(event, "policy"), at: whole_second(moment(event, "passed_at")) })
    };
    let mut told: Vec<_> = events(ticket).iter().filter_map(one).collect();
    told.sort();
    told
}

/// Late first answers that should have raised the priority and did not, or the other way round.
pub(super) fn wrong_escalations(ticket: &Value, catalogue: &Catalogue) -> Vec<String> {
    let events = events(ticket);
    let (mut priority, mut status) = (matter_at_first(ticket, events).priority, Status::New);
    let mut wrong = Vec::new();
    for step in Step::all(events) {
        let late = |event: &Value| event["metric"] == "first_response" && catalogue.raises(&text(event, "policy"));
        let raises = step.of("sla.breached").any(late) && !status.is_done();
        let to = step.field("priority").map_or(priority.clone(), |event| text(event, "to"));
        if step.actor() == "system" {
            let rank = |priority: &str| PRIORITIES.iter().position(|other| *other == priority).expect("a priority");
            let expected = PRIORITIES[(rank(&priority) + usize::from(raises)).min(PRIORITIES.len() - 1)];
            if expected != to {
                wrong.push(format!("{}: the desk left priority {priority} at {to}, not {expected}", ticket["number"]));
            }
        }
        status = step.status().unwrap_or(status);
        priority = to;
    }
    wrong
}
