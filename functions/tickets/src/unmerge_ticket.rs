//! It was not one matter after all: a merge is undone, within an hour.

use axum::extract::State;
use lambdesk_domain::{
    Context, Permission, Ticket, TicketRef,
    ticket::{TicketView, unmerge},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Need, Reply, SignedIn, TicketPath};
use lambdesk_platform::App;

use crate::{
    change::Request,
    pair::{Other, Pair, change_both},
};

/// Undoes a merge.
pub const FUNCTION: Function =
    Function::http("tickets-unmerge", "DELETE", "/v1/tickets/{ticket}/merge", Access::Permission(Permission::TicketsMerge))
        .summary("Undo the merge of a ticket within an hour")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).heeds_if_match().answers::<TicketView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
) -> Result<Reply, ApiError> {
    let key = Idempotent::none();
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let decide = |(source, target), pair: &Pair, ctx: &mut Context<'_>| unmerge(source, target, &pair.wrote, ctx);
    Box::pin(change_both(&request, &Target, decide, |change, desk| request.ticket_reply(change, desk))).await
}

/// The ticket that it was merged into; itself, which the rule refuses, where it was not.
struct Target;

impl Other for Target {
    async fn beside(&self, request: &Request<'_>, source: Ticket) -> Result<Pair, ApiError> {
        let desk = request.app.desk(request.caller);
        let (Some(target), Some(merge)) = (source.merged_into, &source.merge) else {
            return Ok(Pair::of(source.clone(), source));
        };
        let target = desk.ticket(&TicketRef::Id(target)).await?;
        let wrote = desk.authors_since(target.id, merge.at).await?;
        Ok(Pair { wrote, ..Pair::of(source, target) })
    }
}
