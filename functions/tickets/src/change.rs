//! The way of every change: load, see, decide, save, answer.

use futures_util::future::try_join_all;
use lambdesk_domain::{
    Caller, Change, Context, DomainError, EventKind, MessageId, PersonId, TenantConfig, Ticket, TicketId, TicketRef,
    ticket::{EventView, MessageView, TicketView},
};
use lambdesk_function::{ApiError, Idempotent, IfMatch, Reply, see_ticket};
use lambdesk_platform::App;
use lambdesk_store::{Attach, Save, StoreError};

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;
/// The newest messages that a stale answer says: with bodies of 64 KiB, escaped, still far below what Lambda answers.
const MOST_MESSAGES: usize = 10;
/// Changes that it tells at most, the newest.
const MOST_CHANGES: usize = 100;

/// Who changes which ticket, and what they know of it.
pub(crate) struct Request<'a> {
    pub(crate) app: &'a App,
    pub(crate) caller: &'a Caller,
    pub(crate) ticket: &'a TicketRef,
    pub(crate) if_match: &'a IfMatch,
    pub(crate) key: &'a Idempotent,
}

/// What a new message brings besides itself, to be saved with it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Brings<'a> {
    /// Its files.
    pub(crate) attachments: &'a [Attach],
    /// Whose draft it was, and on which ticket.
    pub(crate) draft: Option<(PersonId, TicketId)>,
}

/// Which ticket a change is made on.
#[derive(Debug, Clone, Copy)]
enum Where {
    /// The one that is named.
    Here,
    /// The one that goes on in its place.
    GoesOn,
}

impl Request<'_> {
    /// Decides on the ticket as it is and saves the outcome. Somebody else's change in between is decided on again,
    /// unless the caller named the version they know.
    pub(crate) async fn change(
        &self,
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        self.change_loaded(self.load().await?, decide, answer).await
    }

    /// The same, begun on a ticket that was loaded before.
    pub(crate) async fn change_loaded(
        &self,
        ticket: Ticket,
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        self.change_on((ticket, Brings::default()), Where::Here, decide, answer).await
    }

    /// Says something on a ticket that was loaded before, with what comes with it: on the one that goes on in its place, where it
    /// was merged.
    pub(crate) async fn say(
        &self,
        (ticket, brings): (Ticket, Brings<'_>),
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        self.change_on((ticket, brings), Where::GoesOn, decide, answer).await
    }

    /// The ticket on which an answer to this one stands.
    pub(crate) async fn to_answer(&self, ticket: Ticket) -> Result<Ticket, ApiError> {
        if ticket.merged_into.is_none() {
            return Ok(ticket);
        }
        let target = self.app.desk(self.caller).surviving(ticket.clone()).await?;
        Ok(ticket.answered_on(target, self.caller)?)
    }

    async fn change_on(
        &self,
        (mut ticket, brings): (Ticket, Brings<'_>),
        place: Where,
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
        answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        let desk = self.app.desk(self.caller);
        for _ in 0..TRIES {
            let config = desk.config_for(&ticket).await?;
            let change = self.app.act(self.caller, &config, |ctx| decide(ticket, ctx))?;
            let reply = answer(&change, &config)?;
            let Brings { attachments, draft } = brings;
            let answer = self.key.keep(&reply);
            let save = Save { attachments, draft, answer, ..Save::of(&change, &config, self.app.now()) };
            match desk.save(save).await {
                Ok(()) => return Ok(reply),
                Err(StoreError::Stale) => {
                    ticket = match place {
                        Where::Here => self.load().await?,
                        Where::GoesOn => self.to_answer(self.load().await?).await?,
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
    }

    /// The ticket, if it is there for the caller in a version that they know.
    pub(crate) async fn load(&self) -> Result<Ticket, ApiError> {
        let ticket = see_ticket(self.app, self.caller, self.ticket).await?;
        if self.if_match.accepts(ticket.version) {
            return Ok(ticket);
        }
        let changes = self.changes(&ticket).await?;
        // To whom nothing changed, the version they know is still the ticket as they see it: a note that a customer
        // cannot see must not refuse their answer, nor that the desk kept time meanwhile.
        let known = self.if_match.known().is_some_and(|known| known < ticket.version);
        if known && changes.is_empty() {
            return Ok(ticket);
        }
        let messages = self.said(&ticket, &changes).await?;
        Err(ApiError::stale(changes).with_messages(messages))
    }

    /// What changed since the version that the caller knows, as far as they may see it.
    async fn changes(&self, ticket: &Ticket) -> Result<Vec<EventView>, ApiError> {
        let known = self.if_match.known().unwrap_or(ticket.version);
        let since = self.app.desk(self.caller).events_since(ticket.id, known).await?;
        let told = since.iter().filter(|event| !event.is_background());
        let told: Vec<_> = told.filter_map(|event| EventView::of(event, self.caller)).collect();
        let newest = told.len().saturating_sub(MOST_CHANGES);
        Ok(told.into_iter().skip(newest).collect())
    }

    /// What was said with these changes, so that whoever writes an answer reads it before they send theirs.
    async fn said(&self, ticket: &Ticket, changes: &[EventView]) -> Result<Vec<MessageView>, ApiError> {
        let added = changes.iter().filter_map(|change| match &change.kind {
            EventKind::MessageAdded { message, .. } => Some(*message),
            _ => None,
        });
        let added: Vec<_> = added.collect();
        let newest = &added[added.len().saturating_sub(MOST_MESSAGES)..];
        let desk = self.app.desk(self.caller);
        let find = async |id: MessageId| match desk.message(ticket.id, id).await {
            // It was split off meanwhile.
            Err(StoreError::NotFound) => Ok(None),
            found => found.map(Some),
        };
        let messages = try_join_all(newest.iter().map(|id| find(*id))).await?;
        Ok(messages.iter().flatten().filter_map(|message| MessageView::of(message, self.caller)).collect())
    }

    /// The usual answer: the ticket as it is now.
    pub(crate) fn ticket_reply(&self, change: &Change, desk: &TenantConfig) -> Result<Reply, ApiError> {
        let view = TicketView::of(&change.after, self.caller, (desk, self.app.now()));
        Ok(Reply::ok(&view)?.etag(view.version))
    }
}
