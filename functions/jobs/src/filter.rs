//! Which tickets, as a request's body says it: the filters of the list, and tags.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lambdesk_domain::{
    BrandId, Caller, CategoryId, ParseError, PersonId, Priority, Status, Tag,
    job::{AssigneeIs, TicketFilter},
    view::StatusValue,
};
use lambdesk_function::{Known, input};
use serde::Deserialize;

input! {
    /// Which tickets: those that fit all that is named, among those that you see and that are not deleted.
    pub(crate) struct JobFilterInput {
        /// In these statuses; `open` is all but resolved and closed.
        #[schema(value_type = Option<Vec<String>>)]
        status: Option<Vec<StatusValue>>,
        /// Of this priority.
        priority: Option<Priority>,
        /// Of this category.
        #[schema(value_type = Option<CategoryId>)]
        category: Known<CategoryId>,
        /// Of this assignee: `me`, `none`, or an id.
        #[schema(value_type = Option<String>)]
        assignee: Option<AssigneeChoice>,
        /// Of this brand.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// Of this requester.
        requester: Option<PersonId>,
        /// Changed at or after this time.
        #[schema(value_type = Option<String>, format = DateTime)]
        updated_since: Option<Timestamp>,
        /// With all of these tags.
        tags: Option<BTreeSet<Tag>>,
    }
}

impl JobFilterInput {
    /// What it means for this caller.
    pub(crate) fn filter(self, caller: &Caller) -> TicketFilter {
        let of = |asked: StatusValue| Status::ALL.iter().copied().filter(move |status| asked.holds(*status));
        TicketFilter {
            statuses: self.status.into_iter().flatten().flat_map(of).collect(),
            priority: self.priority,
            category: self.category.0,
            assignee: self.assignee.map(|assignee| match assignee {
                AssigneeChoice::None => AssigneeIs::Nobody,
                AssigneeChoice::Me => AssigneeIs::Person(caller.person),
                AssigneeChoice::Id(person) => AssigneeIs::Person(person),
            }),
            brand: self.brand.0,
            requester: self.requester,
            updated_since: self.updated_since,
            tags: self.tags.unwrap_or_default(),
        }
    }
}

/// An assignee, or nobody.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum AssigneeChoice {
    None,
    Me,
    Id(PersonId),
}

impl TryFrom<String> for AssigneeChoice {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "me" => Ok(Self::Me),
            _ => text.parse().map(Self::Id).map_err(|_| ParseError("must be \"me\", \"none\" or a person's id".to_owned())),
        }
    }
}
