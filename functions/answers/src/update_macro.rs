//! Whoever may changes a macro.

use axum::extract::State;
use lambdesk_domain::{Macro, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Merge, Need, PreparedPath, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{macros::Input, shelf, view::View};

/// Changes a macro.
pub const FUNCTION: Function =
    Function::http("answers-update-macro", "PATCH", "/v1/macros/{macro}", Access::Permission(Permission::TicketsUpdate))
        .summary("Change a macro (JSON Merge Patch)")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body_patches::<Input>().heeds_if_match().answers::<View<Macro>>(200)
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
