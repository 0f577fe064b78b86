//! Somebody is about to say something on a ticket, and has a file for it.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, TicketPath, see_ticket};
use lambdesk_platform::{App, BucketName};

use crate::announce::{Input, Upload, announce};

/// Announces an upload for a message on a ticket.
pub const FUNCTION: Function = Function::http(
    "tickets-upload-to-ticket",
    "POST",
    "/v1/tickets/{ticket}/attachments",
    Access::Permission(Permission::TicketsReply),
)
.summary("Announce a file for a message on this ticket, and get an address to upload it to")
.needs(&[Need::Get, Need::Put, Need::Update, Need::Query, Need::Write(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Upload>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let ticket = see_ticket(&app, &caller, &name).await?;
    announce(&app, &caller, (Some(ticket.id), ticket.attached_bytes), &input, &key).await
}
