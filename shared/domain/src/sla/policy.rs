//! What a desk promises, for which tickets.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Escalation;
use crate::{
    calendar::CalendarId,
    caller::Brands,
    config::TenantConfig,
    error::{FieldError, ParseError},
    id::{BrandId, CategoryId, OrganizationId, PersonId, PolicyId},
    person::Person,
    text::Name,
    words::{Channel, Priority, Status, word},
};

/// The longest promise: a year.
const MOST_MINUTES: u32 = 366 * 24 * 60;
/// Rules of escalation that a policy may have.
const MOST_ESCALATIONS: usize = 20;

word!(
    /// What is promised.
    Metric {
        /// From the opening to the first public answer by staff.
        FirstResponse = "first_response",
        /// From a customer's message, once there was a first answer, to the next public answer by staff.
        NextResponse = "next_response",
        /// From the opening until it is resolved.
        Resolution = "resolution",
    }
);

/// A policy. Changing it makes a new version; tickets that have an older one keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Identifier, such as `vip`.
    pub id: PolicyId,
    /// What this desk calls it.
    pub name: Name,
    /// Whether new tickets get it.
    #[serde(default = "yes")]
    pub active: bool,
    /// For which tickets.
    #[serde(default)]
    pub when: Scope,
    /// How long each may take.
    pub targets: Targets,
    /// Whose working hours count; around the clock where there is none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub calendar: Option<CalendarId>,
    /// In which statuses each clock stands still.
    #[serde(default)]
    pub pauses: Pauses,
    /// The share of the time, in percent, after which the desk warns.
    #[serde(default = "default_warning")]
    #[schema(minimum = 1, maximum = 99)]
    pub warn_percent: u8,
    /// What happens when it warns and when a promise is broken.
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// Grows by one with every change; also the ETag.
    #[serde(default = "first")]
    pub version: u32,
    /// Whether it was deleted: kept for the tickets that have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(ignore)]
    pub withdrawn: bool,
}

const fn yes() -> bool {
    true
}

const fn first() -> u32 {
    1
}

const fn default_warning() -> u8 {
    80
}

/// For which tickets a policy holds: for those that fit everything it names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Of this brand.
    #[serde(default)]
    pub brand: Option<BrandId>,
    /// Of this priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Of this category, or of one below it.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Of this company.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// That came this way.
    #[serde(default)]
    pub channel: Option<Channel>,
}

/// Minutes of working time, by metric; nothing is promised where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// To the first answer.
    #[serde(default)]
    pub first_response: Option<u32>,
    /// To each later answer.
    #[serde(default)]
    pub next_response: Option<u32>,
    /// Until it is resolved.
    #[serde(default)]
    pub resolution: Option<u32>,
}

impl Targets {
    /// Seconds of working time for this metric.
    pub fn seconds(&self, metric: Metric) -> Option<i64> {
        let minutes = match metric {
            Metric::FirstResponse => self.first_response,
            Metric::NextResponse => self.next_response,
            Metric::Resolution => self.resolution,
        };
        minutes.map(|minutes| i64::from(minutes) * 60)
    }
}

/// The open statuses in which a clock stands still. What is resolved or closed runs no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pauses {
    /// Of the first response.
    #[serde(default = "while_pending")]
    pub first_response: BTreeSet<Status>,
    /// Of the next response.
    #[serde(default = "while_pending")]
    pub next_response: BTreeSet<Status>,
    /// Of the resolution.
    #[serde(default = "while_pending")]
    pub resolution: BTreeSet<Status>,
}

fn while_pending() -> BTreeSet<Status> {
    BTreeSet::from([Status::Pending])
}

impl Default for Pauses {
    fn default() -> Self {
        Self { first_response: while_pending(), next_response: while_pending(), resolution: while_pending() }
    }
}

impl Pauses {
    /// Whether this metric's clock stands still in the status.
    pub fn holds(&self, metric: Metric, status: Status) -> bool {
        let statuses = match metric {
            Metric::FirstResponse => &self.first_response,
            Metric::NextResponse => &self.next_response,
            Metric::Resolution => &self.resolution,
        };
        statuses.contains(&status)
    }
}

impl Policy {
    /// All that is wrong with it on this desk.
    pub fn check(&self, config: &TenantConfig) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut unless = |holds: bool, path: &str, code: &'static str, message: &str| {
            if !holds {
                wrong.push(FieldError::new(path, code, message));
            }
        };
        let Scope { brand, priority: _, category, organization: _, channel: _ } = &self.when;
        unless(
            brand.as_ref().is_none_or(|id| config.brand(id).is_some()),
            "when.brand",
            "unknown_brand",
            "there is no such brand",
        );
        let known = category.as_ref().is_none_or(|id| config.category(id).is_some());
        unless(known, "when.category", "unknown_category", "there is no such category");
        let known = self.calendar.as_ref().is_none_or(|id| config.calendar(id).is_some());
        unless(known, "calendar", "unknown_calendar", "there is no such calendar");
        unless((1..=99).contains(&self.warn_percent), "warn_percent", "invalid", "must be 1 to 99");
        let promised = Metric::ALL.iter().filter(|metric| self.targets.seconds(**metric).is_some());
        unless(promised.count() > 0, "targets", "required", "must promise something");
        for metric in Metric::ALL {
            let fits = self.targets.seconds(*metric).is_none_or(|s| (60..=i64::from(MOST_MINUTES) * 60).contains(&s));
            unless(fits, &format!("targets.{metric}"), "invalid", "must be 1 to 527040 minutes");
            let done = Status::ALL.iter().find(|status| !status.is_open() && self.pauses.holds(*metric, **status));
            unless(done.is_none(), &format!("pauses.{metric}"), "invalid", "only open statuses pause a clock");
        }
        unless(self.escalations.len() <= MOST_ESCALATIONS, "escalations", "too_many", "must be at most 20");
        for (index, escalation) in self.escalations.iter().take(MOST_ESCALATIONS).enumerate() {
            wrong.extend(escalation.check(&format!("escalations[{index}]"), config));
        }
        wrong
    }

    /// Whom its rules give tickets to, as many as it may have.
    pub fn assignees(&self) -> BTreeSet<PersonId> {
        self.escalations.iter().take(MOST_ESCALATIONS).filter_map(|escalation| escalation.assignee).collect()
    }

    /// All that is wrong with whom its rules give tickets to, of the `people` who were found: somebody or a team that does not work
    /// for its brand, or that somebody who works for the brands `seen` does not know of. Teams that are not there at all
    /// [`check`](Self::check) names.
    pub fn check_targets(&self, seen: &Brands, people: &[Person], config: &TenantConfig) -> Vec<FieldError> {
        let serve = |brands: &Brands| seen.meet(brands) && self.when.brand.as_ref().is_none_or(|brand| brands.include(brand));
        let gets_them = |person: &&Person| person.role.is_staff() && serve(&person.brands);
        let mut wrong = Vec::new();
        for (i, escalation) in self.escalations.iter().take(MOST_ESCALATIONS).enumerate() {
            let team = escalation.team.as_ref().and_then(|id| config.team(id));
            if team.is_some_and(|team| !serve(&team.brands)) {
                wrong.push(FieldError::new(format!("escalations[{i}].team"), "unknown_team", "there is no such team"));
            }
            let Some(assignee) = escalation.assignee else { continue };
            if people.iter().find(|person| person.id == assignee).filter(gets_them).is_none() {
                wrong.push(FieldError::new(format!("escalations[{i}].assignee"), "unknown_person", "there is no such agent"));
            }
        }
        wrong
    }
}
