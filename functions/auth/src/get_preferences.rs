//! Which mails do I get, and how do they look?

use axum::extract::State;
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;

use crate::preferences::{PreferencesView, reply};

/// Reads the caller's preferences.
pub const FUNCTION: Function = Function::http("auth-preferences", "GET", "/v1/me/preferences", Access::SignedIn)
    .summary("Read which mails the caller wants, and how")
    .needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<PreferencesView>(200)
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    reply(&app.desk(&caller).person(caller.person).await?)
}
