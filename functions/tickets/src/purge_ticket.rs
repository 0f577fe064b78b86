//! An admin empties the bin of one ticket.

use axum::extract::State;
use lambdesk_domain::{Permission, ticket};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::{App, QueueName, SlaJob};

use crate::change::Request;

/// Erases a deleted ticket for good.
pub const FUNCTION: Function =
    Function::http("tickets-purge", "POST", "/v1/tickets/{ticket}/purge", Access::Permission(Permission::SettingsManage))
        .summary("Erase a deleted ticket for good, with its messages and files")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Sla)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers_nothing()
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    if_match: IfMatch,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &name, if_match: &if_match, key: &key };
    let ticket = request.load().await?;
    let id = ticket.id;
    let reply = request.change_loaded(ticket, ticket::purge, |_, _| Ok(Reply::no_content())).await?;
    // The rest goes without the caller. Should the job be lost, the sweep finds the ticket.
    let not_taken = app.queues().send(&[SlaJob::KeepTime { tenant: caller.tenant.clone(), ticket: id }]).await;
    if !not_taken.is_empty() {
        tracing::warn!(tenant = %caller.tenant, ticket = %id, "what is left of an erased ticket waits for the sweep");
    }
    Ok(reply)
}
