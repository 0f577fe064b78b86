//! Fields of a ticket change: status along the workflow, priority, category, assignee, team, tags, custom fields.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use lambdesk_domain::{
    Caller, CategoryId, FieldError, Permission, Priority, ResolutionNote, Status, Subject, Tag, TeamId,
    ticket::{self, TicketPatch, TicketView},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Known, Need, Patched, Reply, SignedIn, TicketPath, input,
};
use lambdesk_platform::App;
use serde_json::Value;

use crate::{change::Request, names::AssigneeName};

/// Changes a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-update", "PATCH", "/v1/tickets/{ticket}", Access::Permission(Permission::TicketsRead))
        .summary("Change a ticket (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(200)
}

input! {
    /// What changes: absent leaves, null clears. Customers may set `status`, to close or reopen.
    pub(crate) struct Input {
        /// What it is about.
        #[schema(value_type = Subject, required = false)]
        subject: Patched<Subject>,
        /// Where it stands.
        #[schema(value_type = Status, required = false)]
        status: Patched<Status>,
        /// How much it matters.
        #[schema(value_type = Priority, required = false)]
        priority: Patched<Priority>,
        /// What kind of thing it is.
        #[schema(value_type = Option<CategoryId>)]
        category: Patched<Known<CategoryId>>,
        /// Who answers: `me` or an id.
        #[schema(value_type = Option<String>)]
        assignee: Patched<AssigneeName>,
        /// Which team answers.
        #[schema(value_type = Option<TeamId>)]
        team: Patched<TeamId>,
        /// All tags.
        #[schema(value_type = Option<BTreeSet<Tag>>)]
        tags: Patched<BTreeSet<Tag>>,
        /// Custom fields to set, or to clear with null.
        #[schema(value_type = Option<Object>)]
        fields: Patched<BTreeMap<String, Value>>,
        /// How it was solved.
        #[schema(value_type = Option<ResolutionNote>)]
        resolution_note: Patched<ResolutionNote>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let patch = patch(&app, &caller, input).await?;
    request.change(|ticket, ctx| ticket::update(ticket, patch.clone(), ctx), |change, desk| request.ticket_reply(change, desk)).await
}

/// A field that every ticket has cannot be cleared.
fn never_null<T>(name: &str, Patched(value): Patched<T>, nulls: &mut Vec<FieldError>) -> Option<T> {
    if matches!(value, Some(None)) {
        nulls.push(FieldError::new(name, "required", "must not be null"));
    }
    value.flatten()
}

async fn patch(app: &App, caller: &Caller, input: Input) -> Result<TicketPatch, ApiError> {
    let assignee = match input.assignee.0 {
        None => None,
        Some(None) => Some(None),
        Some(Some(name)) => Some(Some(name.find(app, caller).await?)),
    };
    let mut nulls = Vec::new();
    let (subject, status, priority) =
        (never_null("subject", input.subject, &mut nulls), never_null("status", input.status, &mut nulls), never_null("priority", input.priority, &mut nulls));
    if !nulls.is_empty() {
        return Err(ApiError::invalid(nulls));
    }
    Ok(TicketPatch {
        subject,
        status,
        priority,
        category: input.category.0.map(|category| category.and_then(|known| known.0)),
        assignee,
        team: input.team.0,
        tags: input.tags.0.map(Option::unwrap_or_default),
        clear_fields: input.fields.0 == Some(None),
        fields: input.fields.0.flatten().unwrap_or_default(),
        resolution_note: input.resolution_note.0,
    })
}
