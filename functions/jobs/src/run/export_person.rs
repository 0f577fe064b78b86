//! What the desk knows about a person, in a file: they themselves, what they began to write, the tickets they see as they see them,
//! and what they said on those that they do not see. A line of JSON each; of a long conversation a line for each part, of which all
//! but the first say `continued`.

use lambdesk_domain::{
    Brands, Caller, EmailAddress, Message, Person, PersonId, Role, Ticket, TicketRef,
    job::{ExportFormat, ExportWhat, Progress, Within},
    ticket::{MessageView, TicketView},
};
use lambdesk_store::{PageRequest, StoreError};
use serde_json::{Value, json};

use super::{
    End, Stepped, Trouble, Work, check_tries,
    export::{PART, json_line, read_rest, write},
    person::Everything,
};

/// Pages of tickets of one step.
const PAGES: usize = 20;
/// Drafts and messages that are read at once.
const DRAFTS: i32 = 25;
const MESSAGES: i32 = 100;

pub(super) async fn step(work: &mut Work<'_>, person: PersonId) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let person = known(work, person).await?;
    let mut upload = work.job.progress.upload.clone().unwrap_or_default();
    let mut within = work.job.progress.within.clone();
    let bytes = match upload.rest {
        Some(step) => read_rest(work, step).await?,
        None => Vec::new(),
    };
    let mut way = Everything::of(work, person.id);
    let mut writing = Writing { work, person: &person, bytes };
    if work.job.progress.walk.is_none() {
        writing.line(&about(work, &person).await?);
        within = Some(Within::default());
    }
    if let Some(at) = within.take() {
        within = writing.go_on(at).await?;
    }
    let mut pages = 0;
    while within.is_none() && !way.is_over() && pages < PAGES && (pages == 0 || writing.has_room()) {
        (within, upload.tickets) = writing.page(&mut way, upload.tickets).await?;
        pages += 1;
    }
    let is_last = within.is_none() && way.is_over();
    let what = ExportWhat { format: ExportFormat::Jsonl, columns: Vec::new(), messages: true };
    let bytes = writing.bytes;
    let file = write(work, &what, &mut upload, (bytes, is_last)).await?;
    // Who was erased meanwhile is not written down: whoever erases them comes after this, and finds what the step wrote.
    known(work, person.id).await?;
    let progress = Progress { walk: Some(way.cursor), upload: Some(upload), within, ..work.job.progress.clone() };
    Ok(Stepped { end: file.map(|file| End::Done(Some(file))), ..Stepped::at(progress) })
}

/// The person, as long as they are there.
async fn known(work: &Work<'_>, person: PersonId) -> Result<Person, Trouble> {
    let unknown = || Trouble::ended("unknown_person", "There is no such person any more.");
    match work.desk.person(person).await {
        Err(StoreError::NotFound) => Err(unknown()),
        Ok(person) if person.erased_at.is_some() => Err(unknown()),
        person => Ok(person?),
    }
}

/// Lines that are being written. Whatever is too long for one step is gone on with in the next: a draft, a ticket, page by page.
struct Writing<'a> {
    work: &'a Work<'a>,
    person: &'a Person,
    bytes: Vec<u8>,
}

impl Writing<'_> {
    fn line(&mut self, value: &Value) {
        self.bytes.extend(json_line(value));
    }

    fn has_room(&self) -> bool {
        self.bytes.len() < PART && self.work.has_time()
    }

    /// The next tickets, at least one of them; where it stopped within one, and how many were written so far.
    async fn page(&mut self, way: &mut Everything, mut written: u64) -> Result<(Option<Within>, u64), Trouble> {
        let (tickets, next) = way.page(self.work).await?;
        for ticket in tickets {
            way.go_behind(self.work, &ticket)?;
            written += 1;
            let left = self.ticket(&ticket, None).await?;
            if left.is_some() || !self.has_room() {
                return Ok((left, written));
            }
        }
        way.cursor = next;
        Ok((None, written))
    }

    /// Goes on with what was too long for one step; where it stopped this time.
    async fn go_on(&mut self, at: Within) -> Result<Option<Within>, Trouble> {
        let Some(id) = at.ticket else { return self.drafts(at.after).await };
        match self.work.desk.ticket(&TicketRef::Id(id)).await {
            Err(StoreError::NotFound) => Ok(None),
            ticket => self.ticket(&ticket?, at.after).await,
        }
    }

    /// What they have begun to write, and not sent.
    async fn drafts(&mut self, mut cursor: Option<String>) -> Result<Option<Within>, Trouble> {
        loop {
            let page = PageRequest { limit: DRAFTS, cursor, viewer: self.person.id };
            let page = self.work.desk.drafts(self.person.id, &page, self.work.app.now()).await?;
            for draft in &page.items {
                self.line(&json!({ "draft": draft }));
            }
            cursor = page.next_cursor;
            match cursor {
                None => return Ok(None),
                Some(_) if self.has_room() => {}
                after => return Ok(Some(Within { after, ..Within::default() })),
            }
        }
    }

    /// A ticket that is about them, a line for each page of what was said.
    async fn ticket(&mut self, ticket: &Ticket, mut cursor: Option<String>) -> Result<Option<Within>, Trouble> {
        let (work, caller) = (self.work, as_themselves(self.work, self.person));
        let config = work.desk.config_for(ticket).await?;
        let sees = caller.sees(ticket);
        let takes_part = sees || ticket.participants.contains_key(&self.person.id);
        loop {
            let is_first = cursor.is_none();
            let page = PageRequest { limit: MESSAGES, cursor, viewer: self.person.id };
            let page = work.desk.messages(ticket.id, &page).await?;
            let theirs = |message: &&Message| sees || message.author.person() == Some(self.person.id);
            let shown = page.items.iter().filter(theirs);
            let messages: Vec<_> = shown.filter_map(|message| MessageView::of(message, &caller)).collect();
            // Of a ticket that is not theirs nothing is written but what they said.
            if !messages.is_empty() || (is_first && takes_part) {
                let view = (sees && is_first).then(|| TicketView::of(ticket, &caller, (&config, work.app.now())));
                let line = json!({ "number": ticket.number, "ticket": view, "messages": messages, "continued": !is_first });
                self.line(&line);
            }
            cursor = page.next_cursor;
            match cursor {
                None => return Ok(None),
                Some(_) if self.has_room() => {}
                after => return Ok(Some(Within { ticket: Some(ticket.id), after, ..Within::default() })),
            }
        }
    }
}

/// The person, and whether their address takes mail.
async fn about(work: &Work<'_>, person: &Person) -> Result<Value, StoreError> {
    let suppressed = suppression(work, &person.email).await?;
    let Person { id, name, email, role, audiences, organization, created_at, muted, language, .. } = person;
    Ok(json!({ "person": {
        "id": id, "name": name, "email": email, "role": role, "audiences": audiences, "organization": organization,
        "created_at": created_at, "muted": muted, "language": language, "suppressed": suppressed,
    } }))
}

async fn suppression(work: &Work<'_>, address: &EmailAddress) -> Result<Value, StoreError> {
    let known = work.desk.suppression(address).await?;
    Ok(known.map_or(Value::Null, |known| json!({ "since": known.since, "reason": known.reason })))
}

fn as_themselves(work: &Work<'_>, person: &Person) -> Caller {
    Caller {
        tenant: work.job.tenant.clone(),
        person: person.id,
        role: Role::Customer,
        brands: Brands::All,
        audiences: person.audiences.clone(),
        organization: person.organization.clone(),
        scopes: None,
    }
}
