//! A person is erased, with all that they said, sent and asked: first the records of their mails, while their address is known;
//! then they themselves, so that nothing new joins; then ticket by ticket; and then the files that were made of it for them. What is
//! cut off is begun again, and finds less.
//!
//! Every step does something, whatever the sizes: it goes behind each ticket that it did, and within a long one page by page.

use futures_util::future::try_join_all;
use lambdesk_domain::{
    EmailAddress, EventKind, JobItem, JobKind, Message, Person, PersonId, Ticket, TicketId, TicketRef,
    job::{Cursor, Outcome, Progress, Within},
    ticket,
};
use lambdesk_function::{JobError, erase_enclosed};
use lambdesk_platform::BucketName;
use lambdesk_store::{PageRequest, Remains, RemainsCursor, Save, StoreError};

use super::{
    MOST_ITEMS, Stepped, Trouble, Work, check_tries, export,
    item::{Kept, keep},
    person::Everything,
};

/// Records of mails in one page, and pages of one step.
const PAGE: i32 = 100;
const PAGES: usize = 50;
/// Tries on a ticket that keeps changing.
const TRIES: usize = 12;
/// Rows of one ticket that a step erases or writes again, and how many at once.
const MOST_ROWS: usize = 200;
const AT_ONCE: usize = 8;
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

/// Erases the mails that came from the address and became nothing, and reports of those that were sent to it; those that became
/// messages go with them, too. How far it came;
/// `None` at the end.
async fn mails(work: &Work<'_>, address: &EmailAddress) -> Result<Option<Progress>, Trouble> {
    let mut after = work.job.progress.walk.as_ref().and_then(|walk| walk.after.clone());
    for _ in 0..PAGES {
        let page = PageRequest { limit: PAGE, cursor: after.clone(), viewer: work.job.by.person };
        let page = work.desk.inbound_mails(None, &page).await?;
        for mail in page.items.iter().filter(|mail| mail.concerns(address)) {
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
    if way.is_over() {
        return files(work, person).await;
    }
    let mut erasing = Erasing { work, person, progress: work.job.progress.clone(), rows: 0, done: 0 };
    let is_left = match erasing.progress.within.take() {
        Some(at) => erasing.go_on(at).await? == Way::Left,
        None => false,
    };
    let is_left = is_left || erasing.pages(&mut way).await? == Way::Left;
    let progress = Progress { walk: Some(way.cursor.clone()), ..erasing.progress };
    if is_left || !way.is_over() {
        return Ok(Stepped::at(progress));
    }
    // A ticket that changed its place meanwhile may have passed the look by.
    let looks = progress.looks + 1;
    let again = progress.found && looks < LOOKS;
    let walk = if again { None } else { progress.walk };
    Ok(Stepped::at(Progress { walk, looks, found: false, ..progress }))
}

/// Erases what was written down of the person for them: whoever has it takes the desk's place.
async fn files(work: &Work<'_>, person: PersonId) -> Result<Stepped, Trouble> {
    let mut progress = work.job.progress.clone();
    let mut after = progress.within.take().and_then(|at| at.after);
    for _ in 0..PAGES {
        let page = PageRequest { limit: PAGE, cursor: after, viewer: work.job.by.person };
        let page = work.desk.jobs(None, &page).await?;
        for job in page.items {
            if matches!(job.kind, JobKind::ExportPerson { person: of } if of == person) {
                erase_export(work, job.id).await?;
            }
        }
        after = page.next_cursor;
        if after.is_none() {
            return Ok(Stepped::done(Progress { walk: None, ..progress }));
        }
        if !work.has_time() {
            break;
        }
    }
    Ok(Stepped::at(Progress { within: Some(Within { after, ..Within::default() }), ..progress }))
}

/// One that is worked on finds the person erased, and erases what it wrote itself.
async fn erase_export(work: &Work<'_>, id: lambdesk_domain::id::JobId) -> Result<(), Trouble> {
    for _ in 0..TRIES {
        let job = match work.desk.job(id).await {
            Err(StoreError::NotFound) => return Ok(()),
            job => job?,
        };
        let without = job.clone().without_file();
        export::tidy(work.app, &without).await?;
        if job.file.is_none() {
            return Ok(());
        }
        match work.desk.save_job(&without, None).await {
            Ok(()) => return Ok(()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Trouble::Now(JobError("a job kept changing".to_owned())))
}

/// Whether the way goes on in this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    GoesOn,
    Left,
}

/// What a step does, and did.
struct Erasing<'a> {
    work: &'a Work<'a>,
    person: PersonId,
    progress: Progress,
    rows: usize,
    done: usize,
}

impl Erasing<'_> {
    /// Ticket by ticket, at least one.
    async fn pages(&mut self, way: &mut Everything) -> Result<Way, Trouble> {
        for _ in 0..PAGES {
            if way.is_over() {
                break;
            }
            let (tickets, next) = way.page(self.work).await?;
            for ticket in tickets {
                way.go_behind(self.work, &ticket)?;
                let at = Within { ticket: Some(ticket.id), ..Within::default() };
                if self.forget(ticket, at).await? == Way::Left || self.has_done_enough() {
                    return Ok(Way::Left);
                }
            }
            way.cursor = next;
            if self.has_done_enough() {
                break;
            }
        }
        Ok(Way::GoesOn)
    }

    fn has_done_enough(&self) -> bool {
        self.done >= MOST_ITEMS || self.rows >= MOST_ROWS || !self.work.has_time()
    }

    /// Goes on with a ticket that was too long for one step.
    async fn go_on(&mut self, at: Within) -> Result<Way, Trouble> {
        let Some(id) = at.ticket else { return Ok(Way::GoesOn) };
        match self.work.desk.ticket(&TicketRef::Id(id)).await {
            Err(StoreError::NotFound) => Ok(Way::GoesOn),
            ticket => self.forget(ticket?, at).await,
        }
    }

    /// Erases the person from a ticket, and then from what stands beside it: from the first on, whoever knew it before comes too
    /// late. What others add meanwhile is looked at again. At the end the ticket says that it is done, and remembers them no more.
    async fn forget(&mut self, mut ticket: Ticket, mut at: Within) -> Result<Way, Trouble> {
        let (work, person, id) = (self.work, self.person, ticket.id);
        let is_theirs = ticket.requester == person;
        for _ in 0..TRIES {
            if at.after.is_none() {
                let begun = self.change(&ticket, |ticket, ctx| ticket::forget(ticket, person, ctx)).await?;
                let Some((begun, changed)) = begun else {
                    ticket = work.desk.ticket(&TicketRef::Id(id)).await?;
                    continue;
                };
                at.found |= changed;
                at.version = begun.version;
                ticket = begun;
            }
            if self.forget_beside(&ticket, is_theirs, &mut at).await? == Way::Left {
                self.progress.within = Some(at);
                return Ok(Way::Left);
            }
            if is_theirs {
                self.erase_drafts(&ticket).await?;
            }
            // Whose request it was, it says forever.
            let tell = at.found && !is_theirs;
            let ended = match ticket.version == at.version {
                true => self.change(&ticket, |ticket, ctx| ticket::forgotten(ticket, person, tell, ctx)).await?,
                false => None,
            };
            ticket = work.desk.ticket(&TicketRef::Id(id)).await?;
            if ended.is_some_and(|(ended, _)| ended.version == ticket.version) {
                self.progress.found |= at.found;
                return self.note(&ticket, at.found || is_theirs).await;
            }
            at.after = None;
        }
        Err(Trouble::Now(JobError("the ticket kept changing".to_owned())))
    }

    /// Saves a change of the ticket; `None` where somebody else changed it. With it, whether it changed.
    async fn change(
        &self,
        ticket: &Ticket,
        decide: impl Fn(Ticket, &mut lambdesk_domain::Context<'_>) -> lambdesk_domain::Change,
    ) -> Result<Option<(Ticket, bool)>, Trouble> {
        let Work { app, desk, .. } = self.work;
        let config = desk.config_for(ticket).await?;
        let change = app.act_alone(&config, |ctx| decide(ticket.clone(), ctx));
        match desk.save(Save::of(&change, &config, app.now())).await {
            Ok(()) => {
                let changed = !change.is_empty();
                Ok(Some((change.after, changed)))
            }
            Err(StoreError::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes down that a ticket is done. That it was looked at in vain, because nobody knows who all wrote on it, is no result.
    async fn note(&mut self, ticket: &Ticket, changed: bool) -> Result<Way, Trouble> {
        self.done += 1;
        let outcome = if changed { Outcome::Changed } else { Outcome::Unchanged };
        let kept = keep(self.work, &JobItem::new(ticket.id, outcome, self.work.app.now())).await?;
        Ok(if kept == Kept::Stopped { Way::Left } else { Way::GoesOn })
    }

    /// Goes through all that stands beside the ticket, from where it was left. A page of which only a part was done is read again,
    /// and finds less.
    async fn forget_beside(&mut self, ticket: &Ticket, is_theirs: bool, at: &mut Within) -> Result<Way, Trouble> {
        let whose = (self.person, is_theirs);
        loop {
            let page = self.work.desk.remains(ticket.id, at.after.clone().map(RemainsCursor)).await?;
            let mut theirs: Vec<_> = page.items.into_iter().filter(|remains| is_theirs_to_go(remains, whose)).collect();
            while !theirs.is_empty() {
                if self.rows > 0 && self.has_done_enough() {
                    return Ok(Way::Left);
                }
                let some = theirs.split_off(theirs.len().saturating_sub(AT_ONCE));
                self.rows += some.len();
                try_join_all(some.into_iter().map(|remains| forget_remains(self.work, ticket.id, remains))).await?;
                at.found = true;
            }
            match page.next {
                None => return Ok(Way::GoesOn),
                Some(next) => at.after = Some(next.0),
            }
            if self.has_done_enough() {
                return Ok(Way::Left);
            }
        }
    }

    /// What staff, and whoever else was on it, wrote on a request of theirs and did not send.
    async fn erase_drafts(&self, ticket: &Ticket) -> Result<(), Trouble> {
        let desk = &self.work.desk;
        let staff = desk.staff().await?.into_iter().map(|person| person.id);
        let people = staff.chain([ticket.requester]).chain(ticket.authors.iter()).chain(ticket.participants.keys().copied());
        Ok(desk.erase_drafts_on(ticket.id, &people.collect()).await?)
    }
}

/// Whether something beside a ticket holds words of theirs, or about them.
fn is_theirs_to_go(remains: &Remains, (person, is_theirs): (PersonId, bool)) -> bool {
    match remains {
        Remains::Message(message) => (is_theirs || message.author.person() == Some(person)) && message.without_words().is_some(),
        Remains::Event(event) => is_theirs || is_about(&event.kind, person),
        // What staff wrote for them and did not send yet.
        Remains::Scheduled(_) => is_theirs,
        // Who they are here, say: that they are on it now.
        Remains::Row(sort) => sort.ends_with(&person.to_string()),
    }
}

async fn forget_remains(work: &Work<'_>, ticket: TicketId, remains: Remains) -> Result<(), Trouble> {
    match remains {
        Remains::Message(message) => forget_message(work, &message).await,
        Remains::Event(event) => Ok(work.desk.rewrite_event(&event).await?),
        Remains::Scheduled(scheduled) => {
            erase_enclosed(work.app, &work.desk, &scheduled.enclosed).await.map_err(Trouble::Now)?;
            Ok(work.desk.erase_scheduled(&scheduled).await?)
        }
        Remains::Row(sort) => Ok(work.desk.erase_beside(ticket, &sort).await?),
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
