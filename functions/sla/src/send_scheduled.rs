//! A reply whose time has come is sent in its author's name, once; or it stays, and its author is told why.

use std::time::Duration;

use jiff::SignedDuration;
use lambdesk_domain::{
    Caller, DomainError, MessageId, TenantId, TicketId, TicketRef,
    ticket::{self, Scheduled},
};
use lambdesk_function::JobError;
use lambdesk_platform::App;
use lambdesk_store::{Desk, Ended, Save, StoreError};

/// Tries on a ticket that keeps changing.
const TRIES: usize = 6;
/// How much too early a job may come: clocks differ. It waits that long; one that comes earlier is not the one that was meant.
const EARLY: SignedDuration = SignedDuration::from_secs(3);

/// Sends the reply, if it still waits and its time has come. Of several jobs for the same one sends it: the end of its row is part
/// of the transaction.
pub(crate) async fn send(app: &App, tenant: &TenantId, (ticket, id): (TicketId, MessageId)) -> Result<(), JobError> {
    let desk = app.desk_of(tenant);
    for _ in 0..TRIES {
        let scheduled = match desk.scheduled(ticket, id).await {
            // Sent, or taken back.
            Err(StoreError::NotFound) => return Ok(()),
            found => found?,
        };
        if scheduled.failed.is_some() || !is_due(app, &scheduled).await {
            return Ok(());
        }
        match send_now(app, desk, &scheduled).await {
            Err(StoreError::Stale) => {}
            done => return Ok(done?),
        }
    }
    Err(JobError("the ticket kept changing".to_owned()))
}

async fn is_due(app: &App, scheduled: &Scheduled) -> bool {
    let left = scheduled.send_at.duration_since(app.now());
    if left > EARLY {
        return false;
    }
    // None is left where its time has come.
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
    true
}

async fn send_now(app: &App, desk: Desk<'_>, scheduled: &Scheduled) -> Result<(), StoreError> {
    let ticket = match desk.ticket(&TicketRef::Id(scheduled.ticket)).await {
        Err(StoreError::NotFound) => return desk.erase_scheduled(scheduled).await,
        found => found?,
    };
    let config = desk.config_for(&ticket).await?;
    let since =
        if scheduled.unless_answered { desk.events_since(ticket.id, scheduled.ticket_version).await? } else { Vec::new() };
    let sent = match author(desk, scheduled).await? {
        Some(author) => app.act(&author, &config, |ctx| ticket::send(ticket.clone(), scheduled, &since, ctx)),
        None => Err(DomainError::Forbidden(Vec::new())),
    };
    match sent {
        Ok(change) => {
            let ended = Some(Ended::Sent(scheduled));
            desk.save(Save { ended, ..Save::of(&change, &config, app.now()) }).await
        }
        Err(why) => {
            let (change, given_up) = app.act_alone(&config, |ctx| ticket::give_up(ticket, scheduled, &why, ctx));
            let ended = Some(Ended::GivenUp(scheduled, &given_up));
            desk.save(Save { ended, ..Save::of(&change, &config, app.now()) }).await
        }
    }
}

/// The author with what they may do by now; none where they are gone. Of an API key no more than it was given.
async fn author(desk: Desk<'_>, scheduled: &Scheduled) -> Result<Option<Caller>, StoreError> {
    match desk.person(scheduled.author).await {
        Ok(person) => Ok(Some(Caller { scopes: scheduled.scopes.clone(), ..Caller::of(&person, desk.tenant()) })),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
