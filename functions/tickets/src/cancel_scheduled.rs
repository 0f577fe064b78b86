//! A reply is taken back before it is sent, or after it could not be.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use lambdesk_domain::{Caller, MessageId, Permission, Ticket, TicketRef, ticket::ScheduledView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn, see_ticket};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

/// Takes a waiting reply back.
pub const FUNCTION: Function = Function::http(
    "tickets-cancel-scheduled",
    "DELETE",
    "/v1/tickets/{ticket}/scheduled/{message}",
    Access::Permission(Permission::TicketsNote),
)
.summary("Take a reply back that is not sent yet; its author, or a manager")
.needs(&[Need::Get, Need::Update, Need::Delete]);

/// Tries on a reply that keeps changing.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<ScheduledView>(200)
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((ticket, message)): Path<(String, String)>,
) -> Result<Reply, ApiError> {
    let name = TicketRef::parse(&ticket).ok_or_else(ApiError::not_found)?;
    let id: MessageId = message.parse().map_err(|_| ApiError::not_found())?;
    let desk = app.desk(&caller);
    let ticket = see_ticket(&app, &caller, &name).await?;
    for _ in 0..TRIES {
        let scheduled = match desk.scheduled(ticket.id, id).await {
            Err(StoreError::NotFound) => return Err(missing(&app, &caller, &ticket, id).await?),
            found => found?,
        };
        if scheduled.author != caller.person && !caller.may(Permission::TicketsAssign) {
            let detail = "Only who wrote it, or a manager, takes it back.";
            return Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", detail));
        }
        match desk.take_back(&scheduled, app.now()).await {
            Ok(()) => return Reply::ok(&ScheduledView::from(&scheduled)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the reply kept changing".to_owned()).into())
}

/// Whoever came too late is told so.
async fn missing(app: &App, caller: &Caller, ticket: &Ticket, id: MessageId) -> Result<ApiError, StoreError> {
    match app.desk(caller).message(ticket.id, id).await {
        Ok(_) => Ok(ApiError::new(StatusCode::CONFLICT, "sent_already", "It was sent already.")),
        Err(StoreError::NotFound) => Ok(ApiError::not_found()),
        Err(error) => Err(error),
    }
}
