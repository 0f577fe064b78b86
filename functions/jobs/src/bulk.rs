//! A manager changes many tickets alike.

use std::collections::BTreeSet;

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{
    Body, BodyFormat, Caller, CategoryId, FieldError, JobKind, ParseError, Permission, PersonId, Priority, RawBody, Status, Tag, TeamId,
    TicketId,
    job::BulkChanges,
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Fields, FromFields, Function, Idempotent, Json, Known, Need, Patched, Reply, SignedIn, input,
};
use lambdesk_platform::{App, QueueName};
use lambdesk_store::JobPlan;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{ask::ask, filter::JobFilterInput, job::JobView, run::MOST_TICKETS};

/// Changes many tickets.
pub const FUNCTION: Function = Function::http("jobs-bulk", "POST", "/v1/bulk", Access::Permission(Permission::TicketsBulk))
    .summary("Change up to 500 tickets alike, in the background")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Jobs)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<JobView>(202)
}

/// Which tickets, and how: either `tickets` or `filter`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "a field may only be there to be documented")]
pub(crate) struct Input {
    /// The tickets' ids, 1 to 500.
    #[schema(min_items = 1, max_items = 500)]
    tickets: Option<Vec<TicketId>>,
    /// Which tickets; at most 500 may fit. They are looked for when the job begins.
    filter: Option<JobFilterInput>,
    /// How they are to be changed; at least one thing.
    changes: BulkChangesInput,
}

input! {
    /// How tickets are to be changed. Each is changed in one step, or not at all.
    pub(crate) struct BulkChangesInput {
        /// Where they are to stand.
        status: Option<Status>,
        /// How much they are to matter.
        priority: Option<Priority>,
        /// What kind of thing they are to be; null clears.
        #[schema(value_type = Option<CategoryId>)]
        category: Patched<Known<CategoryId>>,
        /// Who is to answer: `me` or an id; null takes them from whoever has them.
        #[schema(value_type = Option<String>)]
        assignee: Patched<AssigneeName>,
        /// Which team is to answer; null clears.
        #[schema(value_type = Option<TeamId>)]
        team: Patched<TeamId>,
        /// Tags to add.
        tags_add: Option<BTreeSet<Tag>>,
        /// Tags to take away.
        tags_remove: Option<BTreeSet<Tag>>,
        /// A note to leave on each, for staff.
        note: Option<RawBody>,
        /// How the note is written; Markdown by default.
        note_format: Option<BodyFormat>,
        /// Whether they go to the bin.
        delete: Option<bool>,
        /// Leave those that changed after this time as they are.
        #[schema(value_type = Option<String>, format = DateTime)]
        if_unchanged_since: Option<Timestamp>,
    }
}

/// An assignee as a caller names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum AssigneeName {
    Me,
    Id(PersonId),
}

impl TryFrom<String> for AssigneeName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        match text.as_str() {
            "me" => Ok(Self::Me),
            _ => text.parse().map(Self::Id).map_err(|_| ParseError("must be \"me\" or a person's id".to_owned())),
        }
    }
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let tickets = fields.take::<Option<Vec<TicketId>>>("tickets");
        let filter = fields.take_object::<JobFilterInput>("filter");
        let changes = fields.take_object::<BulkChangesInput>("changes");
        let mut wrong = Vec::new();
        if let (Some(tickets), Some(filter)) = (&tickets, &filter) {
            wrong.extend(wrong_choice(tickets.as_deref(), filter.is_some()));
        }
        if matches!(changes, Some(None)) {
            wrong.push(FieldError::new("changes", "required", "is required"));
        }
        fields.refuse(wrong);
        Some(Self { tickets: tickets?, filter: filter?, changes: changes??  })
    }
}

fn wrong_choice(tickets: Option<&[TicketId]>, filter: bool) -> Option<FieldError> {
    let wrong = |code, message: String| Some(FieldError::new("tickets", code, message));
    match tickets {
        None if !filter => wrong("required", "tickets or a filter is required".to_owned()),
        Some(_) if filter => wrong("not_allowed", "either tickets or a filter, not both".to_owned()),
        Some([]) => wrong("required", "must name at least one ticket".to_owned()),
        Some(tickets) if tickets.len() > MOST_TICKETS => wrong("too_many", format!("must be at most {MOST_TICKETS}")),
        _ => None,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(Input { tickets, filter, changes }): Json<Input>,
) -> Result<Reply, ApiError> {
    let (changes, note) = changes.read(&caller)?;
    let mut seen = BTreeSet::new();
    let tickets: Vec<_> = tickets.into_iter().flatten().filter(|ticket| seen.insert(*ticket)).collect();
    let filter = filter.map(|filter| filter.filter(&caller));
    ask(&app, &caller, (JobKind::Bulk { changes, filter }, Some(JobPlan { tickets, note })), &key).await
}

impl BulkChangesInput {
    /// The changes, and the note beside them.
    fn read(self, caller: &Caller) -> Result<(BulkChanges, Option<Body>), ApiError> {
        let mut wrong = Vec::new();
        let format = self.note_format.unwrap_or(BodyFormat::Markdown);
        let note = match self.note.map(|note| Body::new(note, format)).transpose() {
            Ok(note) => note,
            Err(error) => {
                wrong.push(FieldError::new("changes.note", "invalid", error.0));
                None
            }
        };
        let changes = BulkChanges {
            status: self.status,
            priority: self.priority,
            category: self.category.0.map(|category| category.and_then(|known| known.0)),
            assignee: self.assignee.0.map(|assignee| {
                assignee.map(|name| match name {
                    AssigneeName::Me => caller.person,
                    AssigneeName::Id(person) => person,
                })
            }),
            team: self.team.0,
            tags_add: self.tags_add.unwrap_or_default(),
            tags_remove: self.tags_remove.unwrap_or_default(),
            note: note.is_some(),
            delete: self.delete.unwrap_or(false),
            if_unchanged_since: self.if_unchanged_since,
        };
        if !changes.tags_add.is_disjoint(&changes.tags_remove) {
            wrong.push(FieldError::new("changes.tags_remove", "invalid", "must not name a tag that is to be added"));
        }
        if changes.is_empty() && wrong.is_empty() {
            wrong.push(FieldError::new("changes", "required", "must name at least one change"));
        }
        if wrong.is_empty() { Ok((changes, note)) } else { Err(ApiError::invalid(wrong)) }
    }
}
