//! Staff prepare a ticket template: for themselves, or, where they may, for a team or for everybody.

use axum::extract::State;
use lambdesk_domain::{TicketTemplate, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::{
    templates::{Input, PATH},
    shelf,
    view::View,
};

/// Makes a ticket template.
pub const FUNCTION: Function =
    Function::http("answers-create-template", "POST", "/v1/ticket-templates", Access::Permission(Permission::TicketsUpdate))
        .summary("Make a ticket template")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<View<TicketTemplate>>(201)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    shelf::create(&app, &caller, (PATH, input), &key).await
}
