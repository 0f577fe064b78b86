//! Whoever may changes a ticket template.

use axum::extract::State;
use lambdesk_domain::{TicketTemplate, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{templates::Input, shelf, view::View};

/// Changes a ticket template.
pub const FUNCTION: Function =
    Function::http("answers-update-template", "PATCH", "/v1/ticket-templates/{template}", Access::Permission(Permission::TicketsUpdate))
        .summary("Change a ticket template (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<View<TicketTemplate>>(200)
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
