//! Somebody answers, or staff leave a note. A customer's late answer to a closed ticket opens a follow-up; what staff answer may
//! wait, so that it can be taken back.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{
    AttachmentId, Body, BodyFormat, Caller, Change, Channel, Context, FieldError, MessageKind, Permission, PersonId, RawBody,
    Status, Ticket, mention,
    ticket::{self, Delay, MessageView, NewMessage, NewTicket, ScheduledView},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input,
};
use lambdesk_platform::{App, BucketName, QueueName};
use lambdesk_store::table::QUEUE;

use crate::{
    change::{Brings, Request},
    enclose::{Files, enclose},
    open::open,
    wait::wait,
};

/// Adds a message.
pub const FUNCTION: Function =
    Function::http("tickets-reply", "POST", "/v1/tickets/{ticket}/messages", Access::Permission(Permission::TicketsReply))
        .summary("Reply to a ticket, or leave a note on it")
        .needs(&[
            Need::Get,
            Need::Query,
            Need::Put,
            Need::Update,
            Need::Delete,
            Need::Check,
            Need::Index(QUEUE),
            Need::Read(BucketName::Attachments),
            Need::Send(QueueName::Sla),
        ]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<MessageView>(201).answers::<ScheduledView>(202)
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
        /// Files of yours that were uploaded for this ticket, at most 20.
        attachments: Option<Vec<AttachmentId>>,
        /// Whether it can be taken back for the desk's `undo_seconds` (10 by default), and is sent only then; staff only.
        undo: Option<bool>,
        /// Sends it at this time, within the next year; staff only.
        #[schema(value_type = Option<String>, format = DateTime)]
        send_at: Option<Timestamp>,
        /// With `send_at`: keeps it back where the customer writes before.
        unless_answered: Option<bool>,
        /// Whether the caller's draft on this ticket is done with.
        draft: Option<bool>,
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
    let config = app.desk(&caller).config().await?;
    let ticket = request.load().await?;
    let delay = Delay {
        undo: input.undo.unwrap_or_default(),
        send_at: input.send_at,
        unless_answered: input.unless_answered.unwrap_or_default(),
    };
    // Of the ticket that is named, also where the answer stands on another.
    let draft = input.draft.unwrap_or_default().then_some((caller.person, ticket.id));
    let Files { enclosed, claims } = enclose(&app, &caller, input.attachments.as_ref(), Some(ticket.id)).await?;
    let ticket = request.to_answer(ticket).await?;
    let mut new = NewMessage { kind: input.kind, body, channel: Channel::Api, status: input.status, enclosed };
    if new.kind == MessageKind::Reply && app.act(&caller, &config, |ctx| ticket::opens_follow_up(&ticket, ctx)) {
        let new = NewTicket { enclosed: new.enclosed, ..NewTicket::follow_up(&ticket, new.body, &config) };
        let opened = open(&app, &caller, &config, (new, None, &claims), &key, |change| answer(change, &caller)).await?;
        if let Some((person, ticket)) = draft {
            app.desk(&caller).forget_draft(person, ticket).await?;
        }
        return opened.ok_or_else(|| ApiError::internal("a follow-up introduced a person"));
    }
    let brings = Brings { attachments: &claims, draft };
    if let Some(reply) = wait(&request, (&ticket, &config), (&new, delay), brings).await? {
        return Ok(reply);
    }
    new.enclosed.mentions = mentions(&app, &caller, &new, &ticket).await?;
    let add = |ticket, ctx: &mut Context<'_>| ticket::add_message(ticket, new.clone(), ctx);
    request.say((ticket, brings), add, |change, _| answer(change, &caller)).await
}

/// Whom a note names. Of most, that it names nobody shows without asking who there is.
async fn mentions(app: &App, caller: &Caller, new: &NewMessage, on: &Ticket) -> Result<Vec<PersonId>, ApiError> {
    let text = &new.body.text;
    if new.kind != MessageKind::Note || !caller.may(Permission::TicketsNote) || !mention::may_mention(text) {
        return Ok(Vec::new());
    }
    Ok(mention::mentioned(text, &app.desk(caller).staff().await?, &on.brand))
}

fn answer(change: &Change, caller: &Caller) -> Result<Reply, ApiError> {
    let view = change.message.as_ref().and_then(|message| MessageView::of(message, caller));
    let view = view.ok_or_else(|| ApiError::internal("a message that its author does not see"))?;
    Ok(Reply::created(format!("/v1/tickets/{}/messages", view.ticket), &view)?.etag(change.after.version))
}
