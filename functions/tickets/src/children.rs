//! The parts of a greater matter, closed with it: one by one, each with an outcome of its own.

use lambdesk_domain::{
    Caller, Status, Ticket, TicketId, TicketNumber, TicketRef,
    ticket::{TicketPatch, update},
};
use lambdesk_function::{ApiError, Idempotent, IfMatch, Reply};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::change::Request;

/// What became of one of a ticket's children.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosedChild {
    /// Which.
    ticket: TicketId,
    /// What people call it.
    number: TicketNumber,
    /// Whether it is closed now.
    closed: bool,
    /// Why it is not, as a word for programs.
    reason: Option<String>,
}

/// Closes those that the caller sees and may close. Asked again, it goes on where it was cut off: what is closed stays so.
pub(crate) async fn close_children(app: &App, caller: &Caller, parent: &Ticket) -> Vec<ClosedChild> {
    let seen = parent.children().filter_map(|child| parent.links.get_key_value(&child));
    let mut outcomes = Vec::new();
    for (child, linked) in seen.filter(|(_, linked)| caller.brands.include(&linked.brand)) {
        let reason = match close(app, caller, *child).await {
            Ok(_) => None,
            Err(ApiError::Failed(failure)) => Some(failure.code.to_owned()),
            Err(ApiError::Answered(_)) => None,
        };
        let number = linked.number.clone();
        outcomes.push(ClosedChild { ticket: *child, number, closed: reason.is_none(), reason });
    }
    outcomes
}

async fn close(app: &App, caller: &Caller, child: TicketId) -> Result<Reply, ApiError> {
    let (ticket, key) = (TicketRef::Id(child), Idempotent::none());
    let request = Request { app, caller, ticket: &ticket, if_match: &IfMatch::Any, key: &key };
    let patch = TicketPatch { status: Some(Status::Closed), ..TicketPatch::default() };
    request.change(|ticket, ctx| update(ticket, patch.clone(), ctx), |_, _| Ok(Reply::no_content())).await
}
