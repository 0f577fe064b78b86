//! What is left of a ticket that was erased: its messages go, with their files and the mails that they came by; of its history
//! the words. The ticket says by then that it is erased, so nobody can bring it back in the middle; a run that is cut off is begun
//! again by the next sweep, and finds less.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use lambdesk_domain::{Message, TicketId};
use lambdesk_function::{JobError, erase_enclosed};
use lambdesk_platform::App;
use lambdesk_store::{Desk, Remains};

/// How many things are erased at once.
const AT_ONCE: usize = 8;

/// Erases all of it, and takes the ticket out of what is due.
pub(crate) async fn erase_remains(app: &App, desk: &Desk<'_>, ticket: TicketId) -> Result<(), JobError> {
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
