//! What the desk knows about a person, in a file: they themselves, the tickets they see as they see them, and what they said on
//! those that they do not see. A line of JSON each.

use lambdesk_domain::{
    Brands, Caller, EmailAddress, Person, PersonId, Role, Ticket, TicketRef,
    job::{ExportFormat, ExportWhat, Progress},
    ticket::{MessageView, TicketView},
};
use lambdesk_store::{Include, StoreError};
use serde_json::{Value, json};

use super::{
    End, Stepped, Trouble, Work, check_tries,
    export::{PART, json_line, read_rest, write},
    person::Everything,
};

/// Pages of tickets of one step.
const PAGES: usize = 20;

pub(super) async fn step(work: &mut Work<'_>, person: PersonId) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let person = match work.desk.person(person).await {
        Err(StoreError::NotFound) => return Err(Trouble::ended("unknown_person", "There is no such person any more.")),
        person => person?,
    };
    let mut upload = work.job.progress.upload.clone().unwrap_or_default();
    let mut bytes = match upload.rest {
        Some(step) => read_rest(work, step).await?,
        None if work.job.progress.walk.is_none() => json_line(about(work, &person).await?),
        None => Vec::new(),
    };
    let mut way = Everything::of(work, person.id);
    for _ in 0..PAGES {
        if way.is_over() || bytes.len() >= PART || !work.has_time() {
            break;
        }
        for ticket in way.page(work).await? {
            bytes.extend(json_line(line(work, &person, &ticket).await?));
            upload.tickets += 1;
        }
    }
    let what = ExportWhat { format: ExportFormat::Jsonl, columns: Vec::new(), messages: true };
    let file = write(work, &what, &mut upload, (bytes, way.is_over())).await?;
    let progress = Progress { walk: Some(way.cursor), upload: Some(upload), ..work.job.progress.clone() };
    Ok(Stepped { end: file.map(|file| End::Done(Some(file))), ..Stepped::at(progress) })
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

/// A ticket that is about them.
async fn line(work: &Work<'_>, person: &Person, ticket: &Ticket) -> Result<Value, StoreError> {
    let caller = as_themselves(work, person);
    let thread = work.desk.thread(&TicketRef::Id(ticket.id), Include { messages: true, events: false }).await?;
    let sees = caller.sees(ticket);
    let theirs = |author: Option<PersonId>| author == Some(person.id);
    let shown = thread.messages.iter().filter(|message| sees || theirs(message.author.person()));
    let messages: Vec<_> = shown.filter_map(|message| MessageView::of(message, &caller)).collect();
    let view = sees.then(|| TicketView::of(ticket, &caller, (&work.config, work.app.now())));
    Ok(json!({ "number": ticket.number, "ticket": view, "messages": messages, "messages_truncated": thread.truncated }))
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
