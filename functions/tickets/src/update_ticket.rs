//! Fields of a ticket change: status along the workflow, priority, category, assignee, team, tags, custom fields.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use lambdesk_domain::{
    Caller, CategoryId, Context, DomainError, FieldError, Permission, Priority, ResolutionNote, Status, Subject, Tag, TeamId,
    ticket::{self, TicketPatch, TicketView},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Known, Need, Patched, Reply, SignedIn, TicketPath, input,
};
use lambdesk_platform::App;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    change::Request,
    children::{ClosedChild, close_children},
    names::AssigneeName,
};

/// Changes a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-update", "PATCH", "/v1/tickets/{ticket}", Access::Permission(Permission::TicketsRead))
        .summary("Change a ticket (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<Output>(200)
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
        /// With `status: closed`, `true` closes its children too, as far as they may be closed; staff only.
        close_children: Option<bool>,
    }
}

/// The ticket as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpdatedTicket)]
pub(crate) struct Output {
    #[serde(flatten)]
    ticket: TicketView,
    /// What became of its children, where these were to be closed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<ClosedChild>>,
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
    let with_children = with_children(&caller, &input)?;
    let patch = patch(&app, &caller, input).await?;
    let change = |ticket, ctx: &mut Context<'_>| ticket::update(ticket, patch.clone(), ctx);
    let reply = request.change(change, |change, desk| request.ticket_reply(change, desk)).await?;
    if !with_children {
        return Ok(reply);
    }
    // The parent is closed; its parts follow one by one, and the answer says of each what became of it.
    let parent = caller.see(app.desk(&caller).ticket(&ticket).await?)?;
    let children = Some(close_children(&app, &caller, &parent).await);
    let config = app.desk(&caller).config_for(&parent).await?;
    let ticket = TicketView::of(&parent, &caller, (&config, app.now()));
    Ok(Reply::ok(&Output { ticket, children })?.etag(parent.version))
}

/// Whether its children are to be closed too.
fn with_children(caller: &Caller, input: &Input) -> Result<bool, ApiError> {
    if input.close_children != Some(true) {
        return Ok(false);
    }
    if !caller.may(Permission::TicketsUpdate) {
        let forbidden = FieldError::new("close_children", "not_allowed", "only staff may set this");
        return Err(DomainError::Forbidden(vec![forbidden]).into());
    }
    if !matches!(input.status, Patched(Some(Some(Status::Closed)))) {
        let wrong = FieldError::new("close_children", "invalid", "goes with the status closed alone");
        return Err(ApiError::invalid(vec![wrong]));
    }
    Ok(true)
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
