//! Staff prepare a canned response: for themselves, or, where they may, for a team or for everybody.

use axum::extract::State;
use lambdesk_domain::{CannedResponse, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::{App, BucketName};

use crate::{
    canned::{Input, PATH},
    shelf,
    view::View,
};

/// Makes a canned response.
pub const FUNCTION: Function =
    Function::http("answers-create-canned-response", "POST", "/v1/canned-responses", Access::Permission(Permission::TicketsUpdate))
        .summary("Make a canned response")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Read(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<View<CannedResponse>>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    shelf::create(&app, &caller, (PATH, input), &key).await
}
