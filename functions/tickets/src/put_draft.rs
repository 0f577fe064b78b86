//! What somebody has begun to write is kept, so that it is there on their next device.

use axum::extract::State;
use lambdesk_domain::{
    AttachmentId, Body, BodyFormat, Caller, Draft, FieldError, MessageKind, Permission, RawBody, Status, TicketId, draft::KEPT,
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Json, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::drafts::{check_known, find, reply};

/// Keeps a draft.
pub const FUNCTION: Function =
    Function::http("tickets-put-draft", "PUT", "/v1/tickets/{ticket}/draft", Access::Permission(Permission::TicketsReply))
        .summary("Keep your draft on a ticket")
        .needs(&[Need::Get, Need::Query, Need::Put]);

/// Tries of a draft that is written at once elsewhere, where the caller did not say which version they know.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<Draft>(200)
}

input! {
    /// A draft.
    pub(crate) struct Input {
        /// What it is to be.
        kind: MessageKind,
        /// What it says so far.
        body: RawBody,
        /// How the body is written; Markdown by default.
        body_format: Option<BodyFormat>,
        /// The status to move to when it is sent; staff only.
        status: Option<Status>,
        /// Files of yours that were uploaded for it, at most 20.
        attachments: Option<Vec<AttachmentId>>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let body = Body::new(input.body.clone(), input.body_format.unwrap_or(BodyFormat::Markdown))
        .map_err(|error| ApiError::invalid(vec![FieldError::new("body", "invalid", error.0)]))?;
    for _ in 0..TRIES {
        let (ticket, before) = find(&app, &caller, &name).await?;
        check_known(before.as_ref(), &if_match)?;
        let known = before.map(|before| before.version);
        let draft = draft(&app, &caller, (ticket, known), (&input, &body));
        draft.check(&caller)?;
        match app.desk(&caller).put_draft(&draft, known, app.now()).await {
            Ok(()) => return reply(&draft),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the draft kept changing".to_owned()).into())
}

fn draft(app: &App, caller: &Caller, (ticket, known): (TicketId, Option<u64>), (input, body): (&Input, &Body)) -> Draft {
    Draft {
        ticket,
        person: caller.person,
        kind: input.kind,
        body: body.source.clone(),
        body_format: body.format,
        status: input.status,
        attachments: input.attachments.clone().unwrap_or_default(),
        updated_at: app.now(),
        expires_at: app.now() + KEPT,
        version: known.unwrap_or_default() + 1,
    }
}
