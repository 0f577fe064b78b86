//! Staff prepare a macro: for themselves, or, where they may, for a team or for everybody.

use axum::extract::State;
use lambdesk_domain::{Macro, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{
    macros::{Input, PATH},
    shelf,
    view::View,
};

/// Makes a macro.
pub const FUNCTION: Function =
    Function::http("answers-create-macro", "POST", "/v1/macros", Access::Permission(Permission::TicketsUpdate))
        .summary("Make a macro")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<View<Macro>>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    shelf::create(&app, &caller, (PATH, input), &key).await
}
