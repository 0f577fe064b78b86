//! What a tenant configures: statuses in use and their labels, categories, brands, windows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    attachment::AttachmentRules,
    calendar::{BusinessHours, Calendar, CalendarId},
    color::Color,
    error::{DomainError, FieldError},
    field::FieldDefinition,
    id::{BrandId, CategoryId, PersonId, PolicyId, TeamId, TenantId},
    number::NumberPattern,
    routing::Rule,
    sla::{Policy, Promise},
    team::Team,
    text::{EmailAddress, Name, Signature},
    ticket::Ticket,
    words::{Language, Priority, Status},
};

/// A tenant's configuration: everything that decides how its desk behaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantConfig {
    /// The tenant.
    pub id: TenantId,
    /// How it is called.
    pub name: Name,
    /// The brand of a ticket whose creator named none.
    pub default_brand: BrandId,
    /// The statuses in use, in the order of the workflow, with what this desk calls them.
    pub statuses: Vec<StatusLabel>,
    /// The priorities with what this desk calls them; all four are always in use.
    #[serde(default = "default_priorities")]
    pub priorities: Vec<PriorityLabel>,
    /// The priority of a ticket whose creator named none.
    #[serde(default = "default_priority")]
    pub default_priority: Priority,
    /// Its categories.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Days after closing in which a customer's reply reopens the ticket; later it opens a follow-up.
    #[serde(default = "default_reopen_window")]
    pub reopen_window_days: u16,
    /// Days of silence after which a resolved ticket closes by itself.
    #[serde(default)]
    pub auto_close_days: Option<u16>,
    /// Days that deleted tickets stay in the bin before they are erased; 0 is until an admin erases them.
    #[serde(default = "default_bin_days")]
    pub bin_days: u16,
    /// The hours (0 to 23, UTC) in which managers are told what nobody has.
    #[serde(default)]
    pub digest_hours: BTreeSet<i8>,
    /// Its brands.
    pub brands: Vec<Brand>,
    /// What it demands of files.
    #[serde(default)]
    pub attachments: AttachmentRules,
    /// Seconds (0 to 120) in which whoever replies can take it back; 0 is none.
    #[serde(default = "default_undo_seconds")]
    pub undo_seconds: u16,
    /// Minutes after which managers are told of a ticket that nobody has; a team may have its own.
    #[serde(default)]
    pub unassigned_minutes: Option<u32>,
    /// What it promises, in the newest versions, and in those that were read because tickets have them. This, calendars, teams,
    /// routing and fields stand in rows of their own.
    #[serde(default, skip_serializing)]
    pub policies: Vec<Policy>,
    /// When it works, in such versions too.
    #[serde(default, skip_serializing)]
    pub calendars: Vec<Calendar>,
    /// Its teams.
    #[serde(default, skip_serializing)]
    pub teams: Vec<Team>,
    /// Where its tickets go.
    #[serde(default, skip_serializing)]
    pub routing: Vec<Rule>,
    /// Fields of its own, also those erased.
    #[serde(default, skip_serializing)]
    pub fields: Vec<FieldDefinition>,
}

fn default_priorities() -> Vec<PriorityLabel> {
    let label = |priority, label: &str| PriorityLabel { priority, label: Name::parse(label).expect("a short word") };
    vec![
        label(Priority::Low, "Low"),
        label(Priority::Medium, "Medium"),
        label(Priority::High, "High"),
        label(Priority::Urgent, "Urgent"),
    ]
}

const fn default_priority() -> Priority {
    Priority::Medium
}

const fn default_language() -> Language {
    Language::En
}

const fn default_undo_seconds() -> u16 {
    10
}

/// The longest that a reply can be taken back.
const MAX_UNDO_SECONDS: u16 = 120;

const fn default_reopen_window() -> u16 {
    14
}

const fn default_bin_days() -> u16 {
    30
}

/// A status in use and its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusLabel {
    /// The status.
    pub status: Status,
    /// What this desk calls it.
    pub label: Name,
}

/// A priority and its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityLabel {
    /// The priority.
    pub priority: Priority,
    /// What this desk calls it.
    pub label: Name,
}

/// A category; a department is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Identifier, such as `billing`.
    pub id: CategoryId,
    /// What this desk calls it.
    pub label: Name,
    /// The category that it is part of.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Who gets new tickets of it.
    #[serde(default)]
    pub default_assignee: Option<PersonId>,
    /// The team that gets new tickets of it.
    #[serde(default)]
    pub default_team: Option<TeamId>,
}

/// A public face of the tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Identifier, such as `KA`.
    pub id: BrandId,
    /// How customers know it.
    pub name: Name,
    /// How its tickets are numbered.
    pub number_pattern: NumberPattern,
    /// The address its mails come from. Replies go to `reply+<token>@` the same domain.
    pub from: EmailAddress,
    /// Further addresses at which it is asked.
    #[serde(default)]
    pub addresses: Vec<EmailAddress>,
    /// The language of its mails, to people who chose none.
    #[serde(default = "default_language")]
    pub language: Language,
    /// What stands under replies of agents who have no signature of their own.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// Its colour, for its pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

impl Brand {
    /// Every address at which it is asked.
    pub fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        std::iter::once(&self.from).chain(&self.addresses)
    }
}

impl TenantConfig {
    /// Whether this desk uses the status.
    pub fn uses(&self, status: Status) -> bool {
        self.statuses.iter().any(|entry| entry.status == status)
    }

    /// What this desk calls the status.
    pub fn status_label(&self, status: Status) -> &str {
        self.statuses.iter().find(|entry| entry.status == status).map_or(status.as_str(), |entry| entry.label.as_str())
    }

    /// The brand with this id.
    pub fn brand(&self, id: &BrandId) -> Option<&Brand> {
        self.brands.iter().find(|brand| brand.id == *id)
    }

    /// The category with this id.
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == *id)
    }

    /// A category and those that it is part of, from the inside out.
    pub fn lineage<'a>(&'a self, id: &CategoryId) -> impl Iterator<Item = &'a Category> {
        let innermost = self.category(id);
        let lineage = std::iter::successors(innermost, |category| self.category(category.parent.as_ref()?));
        // No longer than there are categories: a configuration whose categories go round in circles has been refused.
        lineage.take(self.categories.len())
    }

    /// The policies as they are now, without those that were withdrawn, in the order of their identifiers.
    pub fn current_policies(&self) -> impl Iterator<Item = &Policy> {
        let mut newest: BTreeMap<&PolicyId, &Policy> = BTreeMap::new();
        for policy in &self.policies {
            let known = newest.entry(&policy.id).or_insert(policy);
            if policy.version > known.version {
                *known = policy;
            }
        }
        newest.into_values().filter(|policy| !policy.withdrawn)
    }

    /// The policy as it is now.
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        self.policies.iter().filter(|policy| policy.id == *id).max_by_key(|policy| policy.version)
    }

    /// The policy as it was in this version.
    pub fn policy_version(&self, id: &PolicyId, version: u32) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == *id && policy.version == version)
    }

    /// The calendars as they are now, without those that were withdrawn, in the order of their identifiers.
    pub fn current_calendars(&self) -> impl Iterator<Item = &Calendar> {
        let ids: BTreeSet<_> = self.calendars.iter().map(|calendar| &calendar.id).collect();
        ids.into_iter().filter_map(|id| self.calendar(id))
    }

    /// The calendar as it is now; none where it was withdrawn.
    pub fn calendar(&self, id: &CalendarId) -> Option<&Calendar> {
        self.newest_calendar(id).filter(|calendar| !calendar.withdrawn)
    }

    /// The calendar in its newest version, which may say that it was withdrawn.
    pub fn newest_calendar(&self, id: &CalendarId) -> Option<&Calendar> {
        self.calendars.iter().filter(|calendar| calendar.id == *id).max_by_key(|calendar| calendar.version)
    }

    /// The working hours that count for a promise: those of its calendar in its version, or what comes nearest to it.
    pub fn hours_of(&self, promise: &Promise) -> BusinessHours<'_> {
        let Some((id, version)) = &promise.calendar else { return BusinessHours::Always };
        let exact = self.calendars.iter().find(|calendar| calendar.id == *id && calendar.version == *version);
        BusinessHours::from(exact.or_else(|| self.newest_calendar(id)))
    }

    /// Whether it is new enough for the versions that the ticket has: one that was read a while ago may not be.
    pub fn knows(&self, ticket: &Ticket) -> bool {
        let Some(promise) = &ticket.promise else { return true };
        let policy = self.policy(&promise.policy).is_some_and(|newest| newest.version >= promise.version);
        let of = |(id, version): &(CalendarId, u32)| self.newest_calendar(id).is_none_or(|newest| newest.version >= *version);
        policy && promise.calendar.as_ref().is_none_or(of)
    }

    /// Whether tickets find a team or an agent by themselves here.
    pub fn routes(&self) -> bool {
        let named = self.categories.iter().any(|category| category.default_assignee.is_some() || category.default_team.is_some());
        named || self.routing.iter().any(|rule| rule.active) || self.teams.iter().any(Team::gives_away)
    }

    /// The team with this id.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == *id)
    }

    /// Whether it says which custom fields its tickets have; otherwise they have any.
    pub fn defines_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// The custom field of this name, also one that was erased.
    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.id.as_str() == name)
    }

    /// All addresses at which it is asked, with the brand that each belongs to.
    pub fn addresses(&self) -> impl Iterator<Item = (&EmailAddress, &BrandId)> {
        self.brands.iter().flat_map(|brand| brand.addresses().map(|address| (address, &brand.id)))
    }

    /// What is wrong with the configuration, a sentence each; empty when a desk can run on it.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for required in [Status::New, Status::InProgress, Status::Closed] {
            if !self.uses(required) {
                problems.push(format!("statuses must include {required}"));
            }
        }
        if self.brand(&self.default_brand).is_none() {
            problems.push(format!("default_brand {} is not among the brands", self.default_brand));
        }
        if let Some(hour) = self.digest_hours.iter().find(|hour| !(0..24).contains(*hour)) {
            problems.push(format!("digest_hours holds {hour}; a day has the hours 0 to 23"));
        }
        if self.undo_seconds > MAX_UNDO_SECONDS {
            problems.push(format!("undo_seconds is {}; it is at most {MAX_UNDO_SECONDS}", self.undo_seconds));
        }
        for category in &self.categories {
            if category.parent.as_ref().is_some_and(|parent| self.category(parent).is_none()) {
                problems.push(format!("the parent of category {} does not exist", category.id));
            }
            if self.is_its_own_ancestor(category) {
                problems.push(format!("category {} is its own ancestor", category.id));
            }
        }
        let of =
            |what: String, wrong: Vec<FieldError>| wrong.into_iter().map(move |e| format!("{what}: {} {}", e.path, e.message));
        for policy in &self.policies {
            problems.extend(of(format!("policy {}", policy.id), policy.check(self)));
        }
        for calendar in &self.calendars {
            problems.extend(of(format!("calendar {}", calendar.id), calendar.check()));
        }
        for team in &self.teams {
            if let Err(DomainError::Invalid(wrong)) = team.check(self) {
                problems.extend(of(format!("team {}", team.id), wrong));
            }
        }
        for field in &self.fields {
            if let Err(DomainError::Invalid(wrong)) = field.check(self) {
                problems.extend(of(format!("field {}", field.id), wrong));
            }
        }
        problems.extend(duplicates("field", self.fields.iter().map(|field| field.id.as_str())));
        problems.extend(duplicates("team", self.teams.iter().map(|team| team.id.as_str())));
        problems.extend(duplicates("status", self.statuses.iter().map(|entry| entry.status.as_str())));
        problems.extend(duplicates("category", self.categories.iter().map(|category| category.id.as_str())));
        problems.extend(duplicates("number_pattern", self.brands.iter().map(|brand| brand.number_pattern.as_str())));
        problems.extend(duplicates("brand", self.brands.iter().map(|brand| brand.id.as_str())));
        problems
    }

    fn is_its_own_ancestor(&self, category: &Category) -> bool {
        let mut ancestor = category.parent.as_ref();
        for _ in 0..self.categories.len() {
            match ancestor {
                None => return false,
                Some(id) if *id == category.id => return true,
                Some(id) => ancestor = self.category(id).and_then(|parent| parent.parent.as_ref()),
            }
        }
        false
    }
}

fn duplicates<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.filter(|name| !seen.insert(*name)).map(|name| format!("{what} {name} stands twice")).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn config(statuses: &[Status]) -> TenantConfig {
        let name = |text: &str| Name::parse(text).expect("fits");
        TenantConfig {
            id: TenantId::parse("demo").expect("fits"),
            name: name("Demo"),
            default_brand: BrandId::parse("demo").expect("fits"),
            statuses: statuses.iter().map(|status| StatusLabel { status: *status, label: name(status.as_str()) }).collect(),
            priorities: default_priorities(),
            default_priority: Priority::Medium,
            categories: ["billing", "technical"]
                .map(|id| Category {
                    id: CategoryId::parse(id).expect("fits"),
                    label: name(id),
                    parent: None,
                    default_assignee: None,
                    default_team: None,
                })
                .to_vec(),
            reopen_window_days: 14,
            auto_close_days: Some(7),
            bin_days: 30,
            digest_hours: BTreeSet::new(),
            brands: vec![Brand {
                id: BrandId::parse("demo").expect("fits"),
                name: name("Demo"),
                number_pattern: NumberPattern::parse("DEMO-{year}-{seq:4}").expect("fits"),
                from: EmailAddress::parse("help@demo.test").expect("fits"),
                addresses: Vec::new(),
                language: Language::En,
                signature: None,
                color: None,
            }],
            attachments: AttachmentRules::default(),
            undo_seconds: default_undo_seconds(),
            unassigned_minutes: None,
            policies: Vec::new(),
            calendars: Vec::new(),
            teams: Vec::new(),
            routing: Vec::new(),
            fields: Vec::new(),
        }
    }

    #[test]
    fn a_configuration_names_all_that_is_wrong_with_it() {
        let mut broken = config(&[Status::New, Status::New]);
        broken.default_brand = BrandId::parse("gone").expect("fits");
        broken.categories[0].parent = Some(broken.categories[1].id.clone());
        broken.categories[1].parent = Some(broken.categories[0].id.clone());
        let problems = broken.problems().join("; ");
        for part in ["include in_progress", "include closed", "gone is not among", "own ancestor", "status new stands twice"] {
            assert!(problems.contains(part), "{part} is missing in {problems}");
        }
        assert_eq!(config(Status::ALL).problems(), Vec::<String>::new());
    }
}
