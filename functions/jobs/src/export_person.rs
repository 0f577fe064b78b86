//! An admin has what is known about a customer written into a file, for them (GDPR, articles 15 and 20).

use axum::extract::State;
use lambdesk_domain::{JobKind, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};

use crate::{
    ask::ask,
    job::JobView,
    person::{PersonPath, customer},
};

/// Exports a customer.
pub const FUNCTION: Function =
    Function::http("jobs-export-person", "POST", "/v1/people/{person}/export", Access::Permission(Permission::SettingsManage))
        .summary("Write what is known about a customer into a file, in the background")
        .needs(&[Need::Get, Need::Put, Need::Send(QueueName::Jobs)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<JobView>(202)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PersonPath(id): PersonPath,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let person = customer(&app, &caller, id).await?.id;
    ask(&app, &caller, (JobKind::ExportPerson { person }, None), &key).await
}
