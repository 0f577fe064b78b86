//! Somebody erases a view. The tickets that are in it know nothing of it.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName, ViewsJob};
use lambdesk_store::StoreError;

use crate::views::{TRIES, ViewPath, find};

/// Erases a view.
pub const FUNCTION: Function =
    Function::http("views-delete", "DELETE", "/v1/views/{view}", Access::Permission(Permission::TicketsUpdate))
        .summary("Erase a view")
        .needs(&[Need::Get, Need::Put, Need::Delete, Need::Update, Need::Send(QueueName::Views)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    ViewPath(id): ViewPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let stamp = desk.view_stamp().await?;
        let (view, _) = find(&desk, id, &caller).await?;
        view.check_may_change(&caller)?;
        if !if_match.accepts(view.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        match desk.delete_view(&view, &stamp).await {
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                // Its loss is no failure: the next walk forgets what is left, too.
                app.queues().send(&[ViewsJob::Sweep { tenant: caller.tenant.clone() }]).await;
                return Ok(Reply::no_content());
            }
        }
    }
    Err(StoreError::Unavailable("the views kept changing".to_owned()).into())
}
