//! One ticket, with its conversation and history if asked for.

use axum::extract::State;
use lambdesk_domain::{
    Caller, ParseError, Permission, Ticket, TicketId,
    ticket::{EventView, MessageView, ScheduledView, TicketView},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;
use lambdesk_store::{Include, Thread};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Reads a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-get", "GET", "/v1/tickets/{ticket}", Access::Permission(Permission::TicketsRead))
        .summary("Read a ticket")
        .needs(&[Need::Get, Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<What>().answers::<Output>(200)
}

input! {
    /// What to include.
    pub(crate) struct What {
        /// `messages`, `events`, or both with a comma between.
        #[schema(value_type = Option<String>, example = "messages,events")]
        include: Option<IncludeList>,
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct IncludeList(Include);

impl TryFrom<String> for IncludeList {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        let mut include = Include::default();
        for part in text.split(',').map(str::trim) {
            match part {
                "messages" => include.messages = true,
                "events" => include.events = true,
                _ => return Err(ParseError("must be messages, events, or messages,events".to_owned())),
            }
        }
        Ok(Self(include))
    }
}

/// A ticket with what was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketWithThread)]
pub(crate) struct Output {
    #[serde(flatten)]
    ticket: TicketView,
    /// The conversation, oldest first; notes only for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<MessageView>>,
    /// With the messages, for staff alone: replies that are not sent yet, or could not be.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled: Option<Vec<ScheduledView>>,
    /// The history, oldest first; what is internal only for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<EventView>>,
    /// `true` where a very long thread's older entries were left out; the lists of messages and events have all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(name): TicketPath,
    Query(what): Query<What>,
) -> Result<Reply, ApiError> {
    let include = what.include.map_or(Include::default(), |list| list.0);
    let desk = app.desk(&caller);
    let thread = desk.thread(&name, include).await?;
    let there = desk.with_fate_of_target(thread.ticket).await?;
    let thread = desk.whole(Thread { ticket: caller.see(there)?, ..thread }, include).await?;
    let ticket = &thread.ticket;
    let config = desk.config_for(ticket).await?;
    let view = TicketView::of(ticket, &caller, (&config, app.now()));
    let view = TicketView { merged_into: seen_target(&app, &caller, ticket).await?, ..view };
    let version = ticket.version;
    let messages = thread.messages.iter().filter_map(|message| MessageView::of(message, &caller));
    let events = thread.events.iter().filter_map(|event| EventView::of(event, &caller));
    let scheduled = thread.scheduled.iter().map(ScheduledView::from);
    let output = Output {
        ticket: view,
        messages: include.messages.then(|| messages.collect()),
        scheduled: (include.messages && caller.may(Permission::TicketsNote)).then(|| scheduled.collect()),
        events: include.events.then(|| events.collect()),
        truncated: thread.truncated,
    };
    Ok(Reply::ok(&output)?.etag(version))
}

/// Where it went, for those who see that: staff, and customers who are on both.
async fn seen_target(app: &App, caller: &Caller, ticket: &Ticket) -> Result<Option<TicketId>, ApiError> {
    if ticket.merged_into.is_none() || caller.is_staff() {
        return Ok(ticket.merged_into);
    }
    let target = app.desk(caller).surviving(ticket.clone()).await?;
    Ok(caller.sees(&target).then_some(target.id))
}
