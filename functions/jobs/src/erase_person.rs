//! An admin erases a customer, who asked for that (GDPR, article 17).

use axum::extract::State;
use lambdesk_domain::{JobKind, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};

use crate::{
    ask::ask,
    job::JobView,
    person::{PersonPath, customer},
};

/// Erases a customer.
pub const FUNCTION: Function =
    Function::http("jobs-erase-person", "POST", "/v1/people/{person}/erase", Access::Permission(Permission::SettingsManage))
        .summary("Erase a customer with all that they said, in the background")
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
    ask(&app, &caller, (JobKind::ErasePerson { person }, None), &key).await
}
