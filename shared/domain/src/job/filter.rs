//! Which tickets a job is about, and the way through them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    config::TenantConfig,
    id::{BrandId, CategoryId, PersonId},
    text::Tag,
    ticket::Ticket,
    words::{Priority, Status},
};

/// Whose tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobFilterAssignee)]
pub enum AssigneeIs {
    /// Nobody's.
    Nobody,
    /// This agent's.
    Person(PersonId),
}

/// Which tickets; all that who asks sees, where nothing is named. Deleted ones are never among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JobFilter)]
pub struct TicketFilter {
    /// In these statuses; all where none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub statuses: BTreeSet<Status>,
    /// Of this priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Of this assignee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AssigneeIs>,
    /// Of this brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// Of this requester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<PersonId>,
    /// Changed at or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_since: Option<Timestamp>,
    /// With all of these tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
}

/// A part of the tickets that is read in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Of these brands.
    pub brands: Vec<BrandId>,
    /// In these statuses.
    pub statuses: Vec<Status>,
}

/// Where somebody is on the way through the tickets: what is left, and where in the first of it. Written down, so that a
/// change of the desk's brands or statuses meanwhile leads nobody astray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What is left, the one at hand first.
    pub stages: Vec<Stage>,
    /// Where in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl TicketFilter {
    /// The way through the tickets that this caller sees, stage by stage: a brand and a status each, whose tickets stand
    /// together; but one requester's are few, and stand together whatever their status.
    pub fn stages(&self, caller: &Caller, config: &TenantConfig) -> Vec<Stage> {
        let wanted = |brand: &&BrandId| caller.brands.include(brand) && self.brand.as_ref().is_none_or(|asked| asked == *brand);
        let brands: Vec<_> = config.brands.iter().map(|brand| &brand.id).filter(wanted).cloned().collect();
        let asked = |status: &Status| self.statuses.is_empty() || self.statuses.contains(status);
        // Also statuses that the desk no longer uses: tickets may stand in them.
        let statuses: Vec<_> = Status::ALL.iter().copied().filter(asked).collect();
        if self.requester.is_some() {
            return vec![Stage { brands, statuses }];
        }
        let of = |brand: BrandId| {
            statuses.iter().map(move |status| Stage { brands: vec![brand.clone()], statuses: vec![*status] }).collect::<Vec<_>>()
        };
        brands.into_iter().flat_map(of).collect()
    }

    /// Whether the ticket is meant, and there for the caller.
    pub fn matches(&self, ticket: &Ticket, caller: &Caller) -> bool {
        let Self { statuses, priority, category, assignee, brand, requester, updated_since, tags } = self;
        let assigned = assignee.is_none_or(|asked| match asked {
            AssigneeIs::Nobody => ticket.assignee.is_none(),
            AssigneeIs::Person(person) => ticket.assignee == Some(person),
        });
        caller.sees(ticket)
            && ticket.deleted_at.is_none()
            && (statuses.is_empty() || statuses.contains(&ticket.status))
            && priority.is_none_or(|asked| ticket.priority == asked)
            && category.as_ref().is_none_or(|asked| ticket.category.as_ref() == Some(asked))
            && assigned
            && brand.as_ref().is_none_or(|asked| ticket.brand == *asked)
            && requester.is_none_or(|asked| ticket.requester == asked)
            && updated_since.is_none_or(|since| ticket.updated_at >= since)
            && tags.is_subset(&ticket.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::Brands,
        ticket::tests::{Desk, carl, mia},
    };

    #[test]
    fn a_filter_means_what_each_of_its_parts_means_and_never_what_is_not_there() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        ticket.tags = ["vip", "fire"].map(|tag| Tag::parse(tag).expect("fits")).into();
        let mia = mia();
        let all = TicketFilter::default();
        let matches = |filter: TicketFilter| filter.matches(&ticket, &mia);
        assert!(matches(all.clone()));
        assert!(matches(TicketFilter { tags: ticket.tags.clone(), assignee: Some(AssigneeIs::Nobody), ..all.clone() }));
        assert!(matches(TicketFilter { requester: Some(carl().person), updated_since: Some(desk.now), ..all.clone() }));
        for no in [
            TicketFilter { statuses: [Status::Closed].into(), ..all.clone() },
            TicketFilter { priority: Some(Priority::Urgent), ..all.clone() },
            TicketFilter { category: CategoryId::parse("billing").ok(), ..all.clone() },
            TicketFilter { assignee: Some(AssigneeIs::Person(mia.person)), ..all.clone() },
            TicketFilter { brand: BrandId::parse("other").ok(), ..all.clone() },
            TicketFilter { requester: Some(mia.person), ..all.clone() },
            TicketFilter { updated_since: desk.now.checked_add(jiff::SignedDuration::from_secs(1)).ok(), ..all.clone() },
            TicketFilter { tags: Tag::parse("other").into_iter().collect(), ..all.clone() },
        ] {
            assert!(!matches(no.clone()), "{no:?}");
        }
        let limited = Caller { brands: Brands::Only(BrandId::parse("other").into_iter().collect()), ..mia.clone() };
        assert!(!all.matches(&ticket, &limited));
        assert!(all.stages(&limited, &desk.config).is_empty(), "nothing is even read");
        ticket.deleted_at = Some(desk.now);
        assert!(!all.matches(&ticket, &mia));
    }

    #[test]
    fn a_way_leads_through_each_brand_and_status_once() {
        let desk = Desk::new(Status::ALL);
        let filter = TicketFilter { statuses: [Status::New, Status::Closed].into(), ..TicketFilter::default() };
        let stages = filter.stages(&mia(), &desk.config);
        assert_eq!(stages.iter().map(|stage| stage.statuses[0]).collect::<Vec<_>>(), [Status::New, Status::Closed]);
        let one = TicketFilter { requester: Some(carl().person), ..filter };
        assert_eq!(one.stages(&mia(), &desk.config).len(), 1);
    }
}
