//! Somebody is about to open a ticket, and has a file for it.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::{App, BucketName};

use crate::announce::{Input, Upload, announce};

/// Announces an upload for a ticket that is yet to be opened.
pub const FUNCTION: Function =
    Function::http("tickets-upload", "POST", "/v1/attachments", Access::Permission(Permission::TicketsCreate))
        .summary("Announce a file for a ticket that is yet to be opened, and get an address to upload it to")
        .needs(&[Need::Get, Need::Put, Need::Update, Need::Query, Need::Write(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Upload>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    announce(&app, &caller, (None, 0), &input, &key).await
}
