//! The way of a change of two tickets: load both, decide, save them in one transaction, answer.

use std::collections::BTreeSet;

use lambdesk_domain::{Change, Context, DomainError, PersonId, TenantConfig, Ticket, TicketRef};
use lambdesk_function::{ApiError, Reply, see_ticket};
use lambdesk_store::{Save, StoreError};

use crate::change::Request;

/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;

/// Two tickets, with what is known of them when a change is decided.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The ticket of the path.
    pub(crate) one: Ticket,
    /// The other.
    pub(crate) other: Ticket,
    /// Tickets that it was decided by: they must still be what they were when it is written.
    pub(crate) beside: Vec<Ticket>,
    /// Who wrote on the other lately.
    pub(crate) wrote: BTreeSet<PersonId>,
}

impl Pair {
    pub(crate) fn of(one: Ticket, other: Ticket) -> Self {
        Self { one, other, beside: Vec::new(), wrote: BTreeSet::new() }
    }

    fn tickets(&self) -> (Ticket, Ticket) {
        (self.one.clone(), self.other.clone())
    }
}

/// Which ticket is the other, and what has to be known beside it.
pub(crate) trait Other: Sync {
    /// Finds it, beside the ticket of the path.
    fn beside(&self, request: &Request<'_>, one: Ticket) -> impl Future<Output = Result<Pair, ApiError>> + Send;
}

/// The ticket that a path names: not there where the caller does not see it.
impl Other for TicketRef {
    async fn beside(&self, request: &Request<'_>, one: Ticket) -> Result<Pair, ApiError> {
        let other = see_ticket(request.app, request.caller, self).await?;
        Ok(Pair::of(one, other))
    }
}

/// Decides on both as they are and saves the outcome. Somebody else's change in between is decided on again, unless the caller
/// named the version of the first that they know.
pub(crate) async fn change_both(
    request: &Request<'_>,
    other: &impl Other,
    decide: impl Fn((Ticket, Ticket), &Pair, &mut Context<'_>) -> Result<(Change, Change), DomainError>,
    answer: impl Fn(&Change, &TenantConfig) -> Result<Reply, ApiError>,
) -> Result<Reply, ApiError> {
    let Request { app, caller, key, .. } = *request;
    let desk = app.desk(caller);
    for _ in 0..TRIES {
        let pair = other.beside(request, request.load().await?).await?;
        let config = desk.config_for_all(&[pair.one.clone(), pair.other.clone()]).await?;
        let (change, second) = app.act(caller, &config, |ctx| decide(pair.tickets(), &pair, ctx))?;
        let reply = answer(&change, &config)?;
        // What is written is on condition of its version already.
        let written = [change.after.id, second.after.id];
        let unchanged: Vec<_> = pair.beside.into_iter().filter(|ticket| !written.contains(&ticket.id)).collect();
        let with = [second];
        let save = Save { with: &with, unchanged: &unchanged, answer: key.keep(&reply), ..Save::of(&change, &config, app.now()) };
        match Box::pin(desk.save(save)).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the tickets kept changing".to_owned()).into())
}
