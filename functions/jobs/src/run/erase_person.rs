//! A person is erased, with all that they said, sent and asked: first the records of their mails, while their address is known;
//! then they themselves, so that nothing new joins; then ticket by ticket. What is cut off is begun again, and finds less.

use lambdesk_domain::{
    EmailAddress, EventKind, InboundMail, JobItem, Message, Person, PersonId, Ticket, TicketRef,
    job::{Cursor, Outcome, Progress},
    ticket,
};
use lambdesk_function::{JobError, erase_enclosed};
use lambdesk_platform::BucketName;
use lambdesk_store::{PageRequest, Remains, Save, StoreError};

use super::{
    MOST_ITEMS, Stepped, Trouble, Work, check_tries,
    item::{Kept, keep},
    person::Everything,
};

/// Records of mails in one page, and pages of one step.
const PAGE: i32 = 100;
const PAGES: usize = 50;
/// Tries on a ticket that keeps changing.
const TRIES: usize = 12;
/// How often all tickets are looked through, as long as a look finds something.
const LOOKS: u32 = 3;

pub(super) async fn step(work: &mut Work<'_>, person: PersonId) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let known = match work.desk.person(person).await {
        Err(StoreError::NotFound) => return Err(Trouble::ended("unknown_person", "There is no such person any more.")),
        known => known?,
    };
    if known.erased_at.is_some() {
        return tickets(work, person).await;
    }
    match mails(work, &known.email).await? {
        Some(progress) => Ok(Stepped::at(progress)),
        None => {
            erase(work, &known).await?;
            Ok(Stepped::at(Progress { walk: None, ..work.job.progress.clone() }))
        }
    }
}

/// Erases the mails that came from the address and became nothing; those that became messages go with them, too. How far it came;
/// `None` at the end.
async fn mails(work: &Work<'_>, address: &EmailAddress) -> Result<Option<Progress>, Trouble> {
    let mut after = work.job.progress.walk.as_ref().and_then(|walk| walk.after.clone());
    for _ in 0..PAGES {
        let page = PageRequest { limit: PAGE, cursor: after.clone(), viewer: work.job.by.person };
        let page = work.desk.inbound_mails(None, &page).await?;
        for mail in page.items.iter().filter(|mail| is_from(mail, address)) {
            work.app.objects().delete(BucketName::Mail, &mail.object).await?;
            work.desk.erase_inbound_mail(mail.id).await?;
        }
        let Some(next) = page.next_cursor else { return Ok(None) };
        after = Some(next);
        if !work.has_time() {
            break;
        }
    }
    let walk = Some(Cursor { stages: Vec::new(), after });
    Ok(Some(Progress { walk, ..work.job.progress.clone() }))
}

fn is_from(mail: &InboundMail, address: &EmailAddress) -> bool {
    mail.from.as_deref().and_then(|from| EmailAddress::parse(from).ok()).as_ref() == Some(address)
}

/// Erases the person. That their address takes no mail is forgotten with it: whoever has it some day is somebody else.
async fn erase(work: &Work<'_>, person: &Person) -> Result<(), Trouble> {
    let erased = person.erased(work.app.now());
    let erased = erased.map_err(|error| Trouble::ended("is_staff", error.to_string()))?;
    match work.desk.delete_suppression(&person.email).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    work.desk.erase_drafts(person.id).await?;
    work.desk.erase_person(person, &erased).await?;
    Ok(())
}

async fn tickets(work: &Work<'_>, person: PersonId) -> Result<Stepped, Trouble> {
    let mut way = Everything::of(work, person);
    let mut progress = Progress { walk: Some(way.cursor.clone()), ..work.job.progress.clone() };
    let mut done = 0;
    for _ in 0..PAGES {
        if way.is_over() || done >= MOST_ITEMS || !work.has_time() {
            break;
        }
        for ticket in way.page(work).await? {
            // The page is looked at again: what was done is known by its item.
            if !work.has_time() {
                return Ok(Stepped::at(progress));
            }
            progress.found |= forget(work, ticket.clone(), person).await?;
            if keep(work, &JobItem::new(ticket.id, Outcome::Changed, work.app.now())).await? == Kept::Stopped {
                return Ok(Stepped::at(progress));
            }
            done += 1;
        }
        progress.walk = Some(way.cursor.clone());
    }
    if !way.is_over() {
        return Ok(Stepped::at(progress));
    }
    // A ticket that changed its place meanwhile may have passed the look by.
    let looks = progress.looks + 1;
    let again = progress.found && looks < LOOKS;
    let progress = Progress { walk: None, looks, found: false, ..progress };
    Ok(if again { Stepped::at(progress) } else { Stepped::done(progress) })
}

/// Erases the person from a ticket, and then from what stands beside it: from the first on, whoever knew it before comes too late.
/// What others add meanwhile is looked at again. Whether there was something.
async fn forget(work: &Work<'_>, mut ticket: Ticket, person: PersonId) -> Result<bool, Trouble> {
    let is_theirs = ticket.requester == person;
    let mut found = false;
    for _ in 0..TRIES {
        let config = work.desk.config_for(&ticket).await?;
        let id = ticket.id;
        let change = work.app.act_alone(&config, |ctx| ticket::forget(ticket, person, ctx));
        match work.desk.save(Save::of(&change, &config, work.app.now())).await {
            Ok(()) => {}
            Err(StoreError::Stale) => {
                ticket = work.desk.ticket(&TicketRef::Id(id)).await?;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        found |= !change.is_empty();
        forget_all_beside(work, &change.after, (person, is_theirs)).await?;
        ticket = work.desk.ticket(&TicketRef::Id(id)).await?;
        if ticket.version == change.after.version {
            return Ok(found);
        }
    }
    Err(Trouble::Now(JobError("the ticket kept changing".to_owned())))
}

async fn forget_all_beside(work: &Work<'_>, ticket: &Ticket, whose: (PersonId, bool)) -> Result<(), Trouble> {
    let mut from = None;
    loop {
        let page = work.desk.remains(ticket.id, from).await?;
        for remains in page.items {
            forget_beside(work, ticket, remains, whose).await?;
        }
        match page.next {
            None => return Ok(()),
            next => from = next,
        }
    }
}

async fn forget_beside(
    work: &Work<'_>,
    ticket: &Ticket,
    remains: Remains,
    (person, is_theirs): (PersonId, bool),
) -> Result<(), Trouble> {
    match remains {
        Remains::Message(message) if is_theirs || message.author.person() == Some(person) => forget_message(work, &message).await,
        Remains::Event(event) if is_theirs || is_about(&event.kind, person) => Ok(work.desk.rewrite_event(&event).await?),
        // What staff wrote for them and did not send yet.
        Remains::Scheduled(scheduled) if is_theirs => {
            erase_enclosed(work.app, &work.desk, &scheduled.enclosed).await.map_err(Trouble::Now)?;
            Ok(work.desk.erase_scheduled(&scheduled).await?)
        }
        // Who they are here, say: that they are on it now.
        Remains::Row(sort) if sort.ends_with(&person.to_string()) => Ok(work.desk.erase_beside(ticket.id, &sort).await?),
        Remains::Message(_) | Remains::Event(_) | Remains::Scheduled(_) | Remains::Row(_) => Ok(()),
    }
}

/// Whether the words of an event are about the person, on whosever ticket: what a server said of their address.
fn is_about(kind: &EventKind, person: PersonId) -> bool {
    matches!(kind, EventKind::MailFailed { recipient, .. } if *recipient == person)
}

async fn forget_message(work: &Work<'_>, message: &Message) -> Result<(), Trouble> {
    let Some(without) = message.without_words() else { return Ok(()) };
    erase_enclosed(work.app, &work.desk, &message.enclosed).await.map_err(Trouble::Now)?;
    Ok(work.desk.rewrite_message(&without).await?)
}
