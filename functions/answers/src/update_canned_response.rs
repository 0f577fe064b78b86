//! Whoever may changes a canned response.

use axum::extract::State;
use lambdesk_domain::{CannedResponse, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::{App, BucketName};

use crate::{canned::Input, shelf, view::View};

/// Changes a canned response.
pub const FUNCTION: Function =
    Function::http("answers-update-canned-response", "PATCH", "/v1/canned-responses/{canned}", Access::Permission(Permission::TicketsUpdate))
        .summary("Change a canned response (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Read(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<View<CannedResponse>>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PreparedPath(id): PreparedPath,
    if_match: IfMatch,
    patch: Merge,
) -> Result<Reply, ApiError> {
    shelf::update::<Input>(&app, &caller, (id, &patch), &if_match).await
}
