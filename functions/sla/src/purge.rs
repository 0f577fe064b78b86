//! What is left of a ticket that was erased: its messages go, with their files and the mails that they came by; of its history
//! the words. The ticket says by then that it is erased, so nobody can bring it back in the middle; a run that is cut off is begun
//! again by the next sweep, and finds less.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use lambdesk_domain::{Message, Ticket, TicketId, TicketRef, ticket::purge_merged};
use lambdesk_function::{JobError, erase_enclosed};
use lambdesk_platform::App;
use lambdesk_store::{Desk, Remains, Save, StoreError};

/// How many things are erased at once.
const AT_ONCE: usize = 8;
/// Tries on a ticket that keeps changing.
const TRIES: usize = 6;

/// Erases all of it, and takes the ticket out of what is due. What was merged into it is told to go as well: it is due from then on.
pub(crate) async fn erase_remains(app: &App, desk: &Desk<'_>, ticket: TicketId) -> Result<(), JobError> {
    let stripped = desk.ticket(&TicketRef::Id(ticket)).await?;
    for merged in &stripped.merged {
        purge_source(app, desk, *merged).await?;
    }
    erase_drafts(desk, &stripped).await?;
    let mut from = None;
    loop {
        let page = desk.remains(ticket, from).await?;
        stream::iter(page.items)
            .map(|remains| erase(app, desk, ticket, remains))
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        match page.next {
            None => return Ok(desk.forget_due(ticket).await?),
            next => from = next,
        }
    }
}

/// What anybody had begun to write on it: staff, who asked, and who took part.
async fn erase_drafts(desk: &Desk<'_>, ticket: &Ticket) -> Result<(), JobError> {
    let staff = desk.staff().await?.into_iter().map(|person| person.id);
    let people = staff.chain([ticket.requester]).chain(ticket.authors.iter()).collect();
    Ok(desk.erase_drafts_on(ticket.id, &people).await?)
}

async fn purge_source(app: &App, desk: &Desk<'_>, id: TicketId) -> Result<(), JobError> {
    for _ in 0..TRIES {
        let source = match desk.ticket(&TicketRef::Id(id)).await {
            Err(StoreError::NotFound) => return Ok(()),
            source => source?,
        };
        let config = desk.config_for(&source).await?;
        let change = app.act_alone(&config, |ctx| purge_merged(source, ctx));
        match desk.save(Save::of(&change, &config, app.now())).await {
            Err(StoreError::Stale) => {}
            saved => return Ok(saved?),
        }
    }
    Err(JobError("a ticket that was merged kept changing".to_owned()))
}

async fn erase(app: &App, desk: &Desk<'_>, ticket: TicketId, remains: Remains) -> Result<(), JobError> {
    match remains {
        Remains::Message(message) => erase_message(app, desk, &message).await,
        Remains::Event(event) => Ok(desk.rewrite_event(&event).await?),
        Remains::Scheduled(scheduled) => {
            erase_enclosed(app, desk, &scheduled.enclosed).await?;
            Ok(desk.erase_scheduled(&scheduled).await?)
        }
        Remains::Row(sort) => Ok(desk.erase_beside(ticket, &sort).await?),
    }
}

/// The message last: it is what its files and its mail are found by, should this fail in between.
async fn erase_message(app: &App, desk: &Desk<'_>, message: &Message) -> Result<(), JobError> {
    erase_enclosed(app, desk, &message.enclosed).await?;
    Ok(desk.erase_message(message).await?)
}
