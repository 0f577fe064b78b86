//! The way of a change of who takes part: with it goes what the person wrote while nobody knew whether they belong here.

use lambdesk_domain::{
    Caller, Message, PersonId, Standing, Ticket, TicketRef,
    ticket::{Admission, TicketView, admit as admit_to},
};
use lambdesk_function::{ApiError, Idempotent, IfMatch, Reply};
use lambdesk_platform::App;
use lambdesk_store::{Desk, PageRequest, Save, StoreError};

use crate::change::Request;

/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;
/// Messages that are looked at, and released, at once: each is a write of the transaction, which has 100 at most. A page of them
/// is 1 MB at most, and a transaction 4 MB.
const PAGE: i32 = 50;

/// Sets or ends somebody's part in a ticket. What they wrote is released slice by slice; where it is cut off in between, doing it
/// again goes on.
pub(crate) async fn admit(
    (app, caller): (&App, &Caller),
    (name, person): (&TicketRef, PersonId),
    standing: Option<Standing>,
    (if_match, key): (&IfMatch, &Idempotent),
) -> Result<Reply, ApiError> {
    let desk = app.desk(caller);
    let request = Request { app, caller, ticket: name, if_match, key };
    // Whether the caller may see it, and knows the version, is asked first.
    let mut ticket = request.load().await?;
    if standing.is_some() && !ticket.participants.contains_key(&person) {
        desk.person(person).await?;
    }
    let admitting = Admitting { request: &request, desk, person, standing };
    let mut waiting =
        Waiting { desk, ticket: ticket.clone(), author: person, reader: caller.person, next: standing.map(|_| None) };
    let mut slice = waiting.slice().await?;
    let mut is_first = true;
    loop {
        let following = waiting.slice().await?;
        let is_last = following.is_empty();
        let (changed, reply) = admitting.save(ticket, slice, (is_first, is_last)).await?;
        if is_last {
            return Ok(reply);
        }
        (ticket, slice, is_first) = (changed, following, false);
    }
}

struct Admitting<'a> {
    request: &'a Request<'a>,
    desk: Desk<'a>,
    person: PersonId,
    standing: Option<Standing>,
}

impl Admitting<'_> {
    /// Saves the change with the messages of one slice; the answer is kept with the last.
    async fn save(
        &self,
        mut ticket: Ticket,
        mut slice: Vec<Message>,
        (is_first, is_last): (bool, bool),
    ) -> Result<(Ticket, Reply), ApiError> {
        let Request { app, caller, key, .. } = *self.request;
        for _ in 0..TRIES {
            let id = ticket.id;
            let config = self.desk.config_for(&ticket).await?;
            let admission = app.act(caller, &config, |ctx| admit_to(ticket, self.person, self.standing, &slice, ctx))?;
            let Admission { change, released } = admission;
            let view = TicketView::of(&change.after, caller, (&config, app.now()));
            let reply = Reply::ok(&view)?.etag(view.version);
            let answer = if is_last { key.keep(&reply) } else { None };
            let save = Save { rewritten: &released, answer, ..Save::of(&change, &config, app.now()) };
            match self.desk.save(save).await {
                Ok(()) => return Ok((change.after, reply)),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
            // What was done before is part of this change, and no reason to refuse the rest of it.
            let now = if is_first { self.request.load().await? } else { self.desk.ticket(&TicketRef::Id(id)).await? };
            ticket = caller.see(now)?;
            for message in &mut slice {
                *message = self.desk.message(message.ticket, message.id).await?;
            }
        }
        Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
    }
}

/// What somebody wrote and waits to be let in, page by page.
struct Waiting<'a> {
    desk: Desk<'a>,
    ticket: Ticket,
    author: PersonId,
    reader: PersonId,
    /// The next page's cursor, none for the first page; `None` after the last.
    next: Option<Option<String>>,
}

impl Waiting<'_> {
    /// The messages of the next page that has any; empty where there are no more.
    async fn slice(&mut self) -> Result<Vec<Message>, StoreError> {
        while let Some(cursor) = self.next.take() {
            let page = self.desk.conversation(&self.ticket, &PageRequest { limit: PAGE, cursor, viewer: self.reader }).await?;
            self.next = page.next_cursor.map(Some);
            let theirs = |message: &Message| message.enclosed.pending && message.author.person() == Some(self.author);
            let slice: Vec<_> = page.items.into_iter().filter(theirs).collect();
            if !slice.is_empty() {
                return Ok(slice);
            }
        }
        Ok(Vec::new())
    }
}
