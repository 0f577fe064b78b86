//! The way of every change: load, see, decide, save, answer.

use lambdesk_domain::{
    Caller, Change, Context, DomainError, TenantConfig, Ticket, TicketRef,
    ticket::{EventView, TicketView},
};
use lambdesk_function::{ApiError, Idempotent, IfMatch, Reply};
use lambdesk_platform::App;
use lambdesk_store::{Attach, Save, StoreError};

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

/// Who changes which ticket, and what they know of it.
pub(crate) struct Request<'a> {
    pub(crate) app: &'a App,
    pub(crate) caller: &'a Caller,
    pub(crate) ticket: &'a TicketRef,
    pub(crate) if_match: &'a IfMatch,
    pub(crate) key: &'a Idempotent,
}

impl Request<'_> {
    /// Decides on the ticket as it is and saves the outcome. Somebody else's change in between is decided on again,
    /// unless the caller named the version they know.
    pub(crate) async fn change(
        &self,
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        self.change_loaded((self.load().await?, &[]), decide, answer).await
    }

    /// The same, begun on a ticket that was loaded before, with the files that its new message brings.
    pub(crate) async fn change_loaded(
        &self,
        (mut ticket, attachments): (Ticket, &[Attach]),
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        let desk = self.app.desk(self.caller);
        for _ in 0..TRIES {
            let config = desk.config_for(&ticket).await?;
            let change = self.app.act(self.caller, &config, |ctx| decide(ticket, ctx))?;
            let reply = answer(&change, &config)?;
            let save = Save { attachments, answer: self.key.keep(&reply), ..Save::of(&change, &config, self.app.now()) };
            match desk.save(save).await {
                Ok(()) => return Ok(reply),
                Err(StoreError::Stale) => ticket = self.load().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
    }

    /// The ticket, if it is there for the caller in a version that they know.
    pub(crate) async fn load(&self) -> Result<Ticket, ApiError> {
        let ticket = self.app.desk(self.caller).ticket(self.ticket).await?;
        let ticket = self.caller.see(ticket)?;
        if self.if_match.accepts(ticket.version) {
            return Ok(ticket);
        }
        let changes = self.changes(&ticket).await?;
        // To whom nothing changed, the version they know is still the ticket as they see it: a note that a customer
        // cannot see must not refuse their answer, nor that the desk kept time meanwhile.
        let known = self.if_match.known().is_some_and(|known| known < ticket.version);
        if known && changes.is_empty() { Ok(ticket) } else { Err(ApiError::stale(changes)) }
    }

    /// What changed since the version that the caller knows, as far as they may see it.
    async fn changes(&self, ticket: &Ticket) -> Result<Vec<EventView>, ApiError> {
        let known = self.if_match.known().unwrap_or(ticket.version);
        let since = self.app.desk(self.caller).events_since(ticket.id, known).await?;
        let told = since.iter().filter(|event| !event.is_background());
        Ok(told.filter_map(|event| EventView::of(event, self.caller)).collect())
    }

    /// The usual answer: the ticket as it is now.
    pub(crate) fn ticket_reply(&self, change: &Change, desk: &TenantConfig) -> Result<Reply, ApiError> {
        let view = TicketView::of(&change.after, self.caller, (desk, self.app.now()));
        Ok(Reply::ok(&view)?.etag(view.version))
    }
}
