//! Somebody answers, or staff leave a note. A customer's late answer to a closed ticket opens a follow-up.

use axum::extract::State;
use lambdesk_domain::{
    Body, BodyFormat, Caller, Change, Channel, Context, FieldError, MessageKind, Permission, RawBody, Status,
    ticket::{self, MessageView, NewMessage, NewTicket},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;

use crate::{change::Request, open::open};

/// Adds a message.
pub const FUNCTION: Function =
    Function::http("tickets-reply", "POST", "/v1/tickets/{ticket}/messages", Access::Permission(Permission::TicketsReply))
        .summary("Reply to a ticket, or leave a note on it")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<MessageView>(201)
}

input! {
    /// A message.
    pub(crate) struct Input {
        /// `reply` is public, `note` is for staff.
        kind: MessageKind,
        /// What it says.
        body: RawBody,
        /// How the body is written; Markdown by default.
        body_format: Option<BodyFormat>,
        /// The status to move to in the same step; staff only.
        status: Option<Status>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    if_match: IfMatch,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &name, if_match: &if_match, key: &key };
    let body = Body::new(input.body, input.body_format.unwrap_or(BodyFormat::Markdown))
        .map_err(|error| ApiError::invalid(vec![FieldError::new("body", "invalid", error.0)]))?;
    let new = NewMessage { kind: input.kind, body, channel: Channel::Api, status: input.status };
    let config = app.desk(&caller).config().await?;
    let ticket = request.load().await?;
    if new.kind == MessageKind::Reply && app.act(&caller, &config, |ctx| ticket::opens_follow_up(&ticket, ctx)) {
        let new = NewTicket::follow_up(&ticket, new.body, &config);
        let opened = open(&app, &caller, &config, (new, None), &key, |change| answer(change, &caller)).await?;
        return opened.ok_or_else(|| ApiError::internal("a follow-up introduced a person"));
    }
    let add = |ticket, ctx: &mut Context<'_>| ticket::add_message(ticket, new.clone(), ctx);
    request.change_loaded(ticket, add, |change| answer(change, &caller)).await
}

fn answer(change: &Change, caller: &Caller) -> Result<Reply, ApiError> {
    let view = change.message.as_ref().and_then(|message| MessageView::of(message, caller));
    let view = view.ok_or_else(|| ApiError::internal("a message that its author does not see"))?;
    Ok(Reply::created(format!("/v1/tickets/{}/messages", view.ticket), &view)?.etag(change.after.version))
}
