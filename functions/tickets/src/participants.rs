//! The way of a change of who takes part: with it goes what the person wrote while nobody knew them.

use lambdesk_domain::{
    Caller, PersonId, Standing, TicketRef,
    ticket::{Admission, TicketView, admit as admit_to},
};
use lambdesk_function::{ApiError, Idempotent, IfMatch, Reply};
use lambdesk_platform::App;
use lambdesk_store::{Include, Save, StoreError};

use crate::change::Request;

/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;
/// Messages that are released at once: each is a write of the transaction.
const MOST_RELEASED: usize = 50;

/// Sets or ends somebody's part in a ticket.
pub(crate) async fn admit(
    (app, caller): (&App, &Caller),
    (name, person): (&TicketRef, PersonId),
    standing: Option<Standing>,
    (if_match, key): (&IfMatch, &Idempotent),
) -> Result<Reply, ApiError> {
    let desk = app.desk(caller);
    let config = desk.config().await?;
    let request = Request { app, caller, ticket: name, if_match, key };
    for _ in 0..TRIES {
        // Whether the caller may see it, and knows the version, is asked first.
        let ticket = request.load().await?;
        if standing.is_some() && !ticket.participants.contains_key(&person) {
            desk.person(person).await?;
        }
        let thread = desk.thread(&TicketRef::Id(ticket.id), Include { messages: true, events: false }).await?;
        let admission = app.act(caller, &config, |ctx| admit_to(thread.ticket, person, standing, &thread.messages, ctx))?;
        let Admission { change, mut released } = admission;
        released.truncate(MOST_RELEASED);
        let view = TicketView::of(&change.after, caller, (&config, app.now()));
        let reply = Reply::ok(&view)?.etag(view.version);
        let save = Save { rewritten: &released, answer: key.keep(&reply), ..Save::of(&change, &config, app.now()) };
        match desk.save(save).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
}
