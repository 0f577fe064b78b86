//! What this desk promises: said once, and told to the desk and to the model in the form of each.

use lambdesk_domain::TenantConfig;
use serde_json::{Value, json};

use super::{
    hours::{Door, Hours, Minutes},
    life::{Metric, Status},
};

const CALENDAR: &str = "door";
/// The brand beside the desk's own.
pub(super) const OTHER_BRAND: &str = "other";
/// The priorities, lowest first.
pub(super) const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];
/// The categories; one of them is part of another.
pub(super) const CATEGORIES: [&str; 4] = ["technical", "outage", "billing", "general"];

/// The category that another one is part of.
fn parent(category: &str) -> Option<&'static str> {
    (category == "outage").then_some("technical")
}

/// One promise in one version.
#[derive(Default)]
pub(super) struct Policy {
    pub(super) id: &'static str,
    pub(super) version: u32,
    brand: Option<&'static str>,
    priority: Option<&'static str>,
    category: Option<&'static str>,
    channel: Option<&'static str>,
    by_door: bool,
    warn_percent: i64,
    /// Minutes to the first answer, to a next one, to the resolution.
    targets: [Option<i64>; 3],
    /// Where each of these waits for the customer.
    waits: [bool; 3],
    /// Whether a late first answer raises the priority.
    pub(super) raises: bool,
}

/// What of a ticket decides what is promised about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matter {
    pub(super) brand: String,
    pub(super) priority: String,
    pub(super) category: Option<String>,
    pub(super) channel: String,
}

impl Policy {
    pub(super) fn target(&self, metric: Metric) -> Option<i64> {
        Some(self.targets[metric as usize]? * 60_000)
    }

    pub(super) fn warning(&self, metric: Metric) -> Option<i64> {
        Some(self.target(metric)? * self.warn_percent / 100)
    }

    /// Whether this clock goes on in the status.
    pub(super) fn runs(&self, metric: Metric, status: Status) -> bool {
        match status {
            Status::New | Status::InProgress => true,
            Status::Pending => !self.waits[metric as usize],
            Status::Resolved | Status::Closed => false,
        }
    }

    fn fits(&self, matter: &Matter) -> bool {
        let same = |wanted: Option<&str>, is: &str| wanted.is_none_or(|wanted| wanted == is);
        let category = matter.category.as_deref();
        same(self.brand, &matter.brand)
            && same(self.priority, &matter.priority)
            && same(self.channel, &matter.channel)
            && self.category.is_none_or(|wanted| category == Some(wanted) || category.and_then(parent) == Some(wanted))
    }

    /// Category before channel before brand before priority.
    fn closeness(&self) -> [bool; 4] {
        [self.category.is_some(), self.channel.is_some(), self.brand.is_some(), self.priority.is_some()]
    }

    fn written(&self) -> Value {
        let waits = |waits: bool| if waits { json!(["pending"]) } else { json!([]) };
        let mut policy = json!({
            "id": self.id, "name": self.id, "version": self.version, "warn_percent": self.warn_percent,
            "when": { "brand": self.brand, "priority": self.priority, "category": self.category, "channel": self.channel },
            "targets": { "first_response": self.targets[0], "next_response": self.targets[1], "resolution": self.targets[2] },
            "pauses": {
                "first_response": waits(self.waits[0]),
                "next_response": waits(self.waits[1]),
                "resolution": waits(self.waits[2]),
            },
        });
        if self.by_door {
            policy["calendar"] = json!(CALENDAR);
        }
        if self.raises {
            policy["escalations"] =
                json!([{ "on": "breach", "metric": "first_response", "raise_priority": true, "note": "Nobody answered." }]);
        }
        policy
    }
}

/// A policy and the calendar that goes with it, both by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    policy: usize,
    edition: usize,
}

/// All that was ever promised, in two editions: the second one holds from a moment on.
pub(super) struct Catalogue {
    policies: Vec<Policy>,
    doors: Vec<Door>,
    hours: Vec<Hours>,
    always: Hours,
    second_from: Option<i64>,
}

impl Catalogue {
    /// With the hours of both editions, looked at between two moments.
    pub(super) fn new(doors: [Door; 2], (from, to): (i64, i64)) -> Self {
        let hours = doors.iter().map(|door| Hours::Door(Minutes::of(door, from, to))).collect();
        Self { policies: policies(), doors: doors.into(), hours, always: Hours::Always, second_from: None }
    }

    /// From now on the second edition holds.
    pub(super) fn begin_second(&mut self, at: i64) {
        self.second_from = Some(at);
    }

    pub(super) fn policy(&self, terms: Terms) -> &Policy {
        &self.policies[terms.policy]
    }

    pub(super) fn hours(&self, terms: Terms) -> &Hours {
        if self.policy(terms).by_door { &self.hours[terms.edition] } else { &self.always }
    }

    /// The terms for a ticket of which something changed at this moment.
    pub(super) fn choose(&self, matter: &Matter, at: i64) -> Terms {
        let edition = usize::from(self.second_from.is_some_and(|from| at > from));
        let known = |policy: &Policy| policy.version as usize <= edition + 1;
        let fitting = self.policies.iter().enumerate().filter(|(_, policy)| known(policy) && policy.fits(matter));
        let best = fitting.max_by_key(|(_, policy)| (policy.closeness(), policy.version));
        Terms { policy: best.expect("one holds for all").0, edition }
    }

    /// Whether a late first answer raises the priority, by this policy.
    pub(super) fn raises(&self, id: &str) -> bool {
        self.policies.iter().any(|policy| policy.id == id && policy.raises)
    }

    /// Tells the desk as much as holds now.
    pub(super) fn configure(&self, config: &mut TenantConfig, edition: usize) {
        let mut brand = serde_json::to_value(&config.brands[0]).expect("JSON");
        for (field, value) in
            [("id", OTHER_BRAND), ("name", "Other"), ("number_pattern", "OTHER-{year}-{seq:5}"), ("from", "help@other.eur.test")]
        {
            brand[field] = json!(value);
        }
        config.brands.truncate(1);
        config.brands.push(serde_json::from_value(brand).expect("a brand"));
        config.categories.retain(|category| category.id.as_str() != "outage");
        let outage = json!({ "id": "outage", "label": "Outage", "parent": parent("outage") });
        config.categories.push(serde_json::from_value(outage).expect("a category"));
        config.auto_close_days = Some(2);
        let known = self.policies.iter().filter(|policy| policy.version as usize <= edition + 1);
        config.policies = known.map(|policy| serde_json::from_value(policy.written()).expect("a policy")).collect();
        let calendars = self.doors.iter().zip(1..).take(edition + 1).map(|(door, version)| door.calendar(version));
        config.calendars = calendars.map(|calendar| serde_json::from_value(calendar).expect("a calendar")).collect();
        let problems = config.problems();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

fn policies() -> Vec<Policy> {
    let each = |first, next, resolution| [Some(first), Some(next), Some(resolution)];
    let by_door = || Policy { version: 1, by_door: true, warn_percent: 80, waits: [true; 3], ..Policy::default() };
    vec![
        Policy { id: "rest", targets: each(360, 480, 1800), raises: true, ..by_door() },
        // As long as the morning: what was opened in the night ends with it.
        Policy { id: "medium", priority: Some("medium"), targets: each(210, 120, 960), ..by_door() },
        Policy { id: "medium", version: 2, priority: Some("medium"), targets: each(90, 150, 720), warn_percent: 50, ..by_door() },
        Policy { id: "high", priority: Some("high"), targets: each(60, 90, 480), warn_percent: 50, ..by_door() },
        Policy {
            id: "urgent",
            priority: Some("urgent"),
            targets: each(15, 20, 240),
            by_door: false,
            waits: [true, true, false],
            ..by_door()
        },
        Policy {
            id: "other-urgent",
            brand: Some(OTHER_BRAND),
            priority: Some("urgent"),
            targets: each(10, 10, 120),
            by_door: false,
            ..by_door()
        },
        Policy {
            id: "technical",
            category: Some("technical"),
            targets: each(30, 45, 300),
            warn_percent: 50,
            waits: [true, false, true],
            ..by_door()
        },
        Policy { id: "phone", channel: Some("phone"), targets: [Some(45), None, Some(600)], ..by_door() },
    ]
}
