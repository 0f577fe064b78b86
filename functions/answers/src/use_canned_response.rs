//! An agent gets a canned response for a ticket: with its values, in the language of whoever asked.

use axum::extract::State;
use lambdesk_domain::{
    Attachment, BodyFormat, Caller, CannedResponse, DomainError, Language, Permission, Prepared, Ticket,
    id::PreparedId,
    prepared::{
        Shortcut, Values,
        placeholder::{Reader, render},
        variant,
    },
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Function, Idempotent, Need, PreparedForTicket, Reply, SignedIn, all_prepared, count_use, known_person,
    see_ticket,
};
use lambdesk_platform::{App, BucketName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::files::{LeftOut, offer};

/// Writes a canned response for a ticket.
pub const FUNCTION: Function = Function::http(
    "answers-use-canned-response",
    "POST",
    "/v1/tickets/{ticket}/canned-responses/{canned}",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("Get a canned response for a ticket, with its values, in the requester's language")
.needs(&[
    Need::Get,
    Need::Query,
    Need::Put,
    Need::Update,
    Need::Read(BucketName::Attachments),
    Need::ReadTags(BucketName::Attachments),
    Need::Write(BucketName::Attachments),
]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Output>(200)
}

/// A canned response for a ticket: to be looked over and sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CannedResponseForTicket)]
pub(crate) struct Output {
    /// The response that was used: the one that was named, or the same in the requester's language.
    canned_response: PreparedId,
    /// Its shortcut.
    shortcut: Shortcut,
    /// Its language.
    language: Option<Language>,
    /// The text.
    body: String,
    /// How `body` is written: Markdown.
    body_format: BodyFormat,
    /// Copies of its files, yours for a day: `attachments` of your next message on this ticket may name them.
    attachments: Vec<Attachment>,
    /// Files of it that cannot be had now: nobody has looked at them yet, or what was found forbids it.
    left_out: Vec<LeftOut>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PreparedForTicket(ticket, id): PreparedForTicket,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let ticket = see_ticket(&app, &caller, &ticket).await?;
    let all: Vec<_> = all_prepared::<CannedResponse>(&app, &caller).await?.into_iter().map(|kept| kept.prepared).collect();
    let named = all.iter().find(|canned| canned.id == id).ok_or_else(ApiError::not_found)?;
    if !named.serves(&ticket.brand) {
        return Err(DomainError::Rule { code: "other_brand", message: "This response is for other brands.".to_owned() }.into());
    }
    let (canned, mut output) = written(&app, &caller, (named, &all), &ticket).await?;
    // Copies of before are enough.
    key.check(&app.desk(&caller), app.now()).await?;
    (output.attachments, output.left_out) = offer(&app, &caller, &canned.content.attachments, &ticket).await?;
    let reply = Reply::ok(&output)?;
    app.desk(&caller).keep_answer(key.keep(&reply), app.now()).await?;
    count_use(&app, &caller, canned, ticket.category.as_ref()).await;
    Ok(reply)
}

/// The response in the requester's language, with the values of the ticket.
async fn written<'a>(
    app: &App,
    caller: &Caller,
    (named, all): (&'a Prepared<CannedResponse>, &'a [Prepared<CannedResponse>]),
    ticket: &Ticket,
) -> Result<(&'a Prepared<CannedResponse>, Output), ApiError> {
    let config = app.desk(caller).config().await?;
    let requester = known_person(app, caller, ticket.requester).await?;
    let agent = known_person(app, caller, caller.person).await?;
    let theirs = requester.as_ref().and_then(|person| person.language);
    let language = theirs.or_else(|| config.brand(&ticket.brand).map(|brand| brand.language));
    let canned = language.map_or(named, |language| variant(named, all.iter(), (&ticket.brand, language)));
    let values = Values { config: &config, ticket, requester: requester.as_ref(), agent: agent.as_ref() };
    let CannedResponse { shortcut, body, language, .. } = canned.content.clone();
    let body = render(&body, Reader::Customer, &values);
    let body_format = BodyFormat::Markdown;
    let (attachments, left_out) = Default::default();
    Ok((canned, Output { canned_response: canned.id, shortcut, language, body, body_format, attachments, left_out }))
}
