//! A batch of rows becomes tickets, several at once.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use lambdesk_domain::{
    Brand, BrandId, Caller, FieldError, JobItem, TicketId, TicketNumber,
    job::{Counts, ImportWhat},
    ticket::{Imported, ImportedFrom, NewImport, NewImportedMessage, future_times, import},
};
use lambdesk_store::{ImportSave, ImportedBefore, StoreError, is_written_ahead};
use lambdesk_transfer::{ImportedMessage, ImportedTicket, Row};

use super::{
    super::{Trouble, Work},
    count,
    people::People,
    row::{Place, unreadable},
};

/// Tickets that are written at once.
const AT_ONCE: usize = 12;

/// Makes tickets for one step.
pub(super) struct Importer<'a> {
    caller: &'a Caller,
    what: &'a ImportWhat,
    people: People,
    /// The brand of tickets that name none.
    brand: Brand,
    /// In a trial, in which row each ticket came: no table knows it.
    tried: HashMap<String, u64>,
}

/// A ticket that is to be written, with its line.
struct Ready {
    place: Place,
    imported: Imported,
    item: JobItem,
}

/// A ticket of which only the number is missing.
struct Unnumbered {
    place: Place,
    ticket: ImportedTicket,
    brand: Brand,
    warnings: Vec<FieldError>,
}

impl<'a> Importer<'a> {
    pub(super) async fn begin(work: &Work<'_>, caller: &'a Caller, what: &'a ImportWhat) -> Result<Self, Trouble> {
        let brand = what.brand.as_ref().unwrap_or(&work.config.default_brand);
        let brand = work.config.brand(brand).filter(|brand| caller.brands.include(&brand.id)).cloned();
        let brand = brand.ok_or_else(|| Trouble::ended("unknown_brand", "The brand of the tickets is no longer there."))?;
        Ok(Self { caller, what, people: People::begin(work).await?, brand, tried: HashMap::new() })
    }

    /// Does what is to be done with these rows, and says how many ended how. Doing it again comes to the same.
    pub(super) async fn take(&mut self, work: &Work<'_>, rows: Vec<Row>) -> Result<Counts, StoreError> {
        let (tickets, mut items) = read(work, rows);
        let (tickets, mut counts) = self.leave_out_known(work, tickets, &mut items).await?;
        self.people.meet(work, tickets.iter().map(|(_, ticket)| ticket), self.what.dry_run).await?;
        let ready = self.decide(work, tickets).await?;
        if self.what.dry_run {
            items.extend(ready.into_iter().map(|ready| ready.item));
        } else {
            let saves = ready.into_iter().map(|ready| Box::pin(save(work, ready)));
            let saved: Vec<_> = stream::iter(saves).buffer_unordered(AT_ONCE).try_collect().await?;
            for saved in saved {
                match saved {
                    Saved::Made(item) => add(&mut counts, count([&item])),
                    Saved::Not(item) => items.push(item),
                }
            }
        }
        add(&mut counts, self.keep(work, items).await?);
        Ok(counts)
    }

    /// Writes lines of the report, and counts them.
    pub(super) async fn keep(&self, work: &Work<'_>, items: Vec<JobItem>) -> Result<Counts, StoreError> {
        work.desk.keep_import_items(&work.job, &items).await?;
        Ok(count(&items))
    }

    /// What came before is left alone. What this row itself made, in a step that died, is counted as made.
    async fn leave_out_known(
        &mut self,
        work: &Work<'_>,
        tickets: Vec<(Place, ImportedTicket)>,
        items: &mut Vec<JobItem>,
    ) -> Result<(Vec<(Place, ImportedTicket)>, Counts), StoreError> {
        let now = work.app.now();
        let ids: Vec<_> = tickets.iter().map(|(place, _)| place.id.as_str()).collect();
        let known = work.desk.imported(&self.what.source, &ids).await?;
        let (mut new, mut counts, mut here) = (Vec::new(), Counts::new(), HashMap::new());
        for (place, ticket) in tickets {
            let tried = self.tried.get(&place.id).filter(|row| **row != place.row);
            match known.get(&place.id) {
                Some(before) => match judge(work, &place, before) {
                    Some(item) => {
                        self.forget_what_was_ahead(work, &ticket, before).await?;
                        items.push(item);
                    }
                    None => add(&mut counts, count([&place.made(before.ticket, &[], now)])),
                },
                None => match tried.or_else(|| here.get(&place.id)).copied() {
                    Some(first) => items.push(place.twice(first, now)),
                    None => {
                        here.insert(place.id.clone(), place.row);
                        new.push((place, ticket));
                    }
                },
            }
        }
        if self.what.dry_run {
            self.tried.extend(here);
        }
        Ok((new, counts))
    }

    /// Of a long ticket that another import brought, while a step of this one that died was writing it, a part may be there.
    async fn forget_what_was_ahead(
        &self,
        work: &Work<'_>,
        ticket: &ImportedTicket,
        before: &ImportedBefore,
    ) -> Result<(), StoreError> {
        let id = self.id(work, ticket).0;
        if self.what.dry_run || before.ticket == id || !is_written_ahead(ticket.messages.iter().map(|message| &message.body)) {
            return Ok(());
        }
        work.desk.forget_unborn(id).await
    }

    /// What a ticket will be called here, and where it comes from.
    fn id(&self, work: &Work<'_>, ticket: &ImportedTicket) -> (TicketId, ImportedFrom) {
        let external_id = ticket.external_id.clone().into();
        let from = ImportedFrom { source: self.what.source.clone(), external_id, at: work.app.now() };
        (NewImport::id(&work.job.id.to_string(), &from, ticket.created_at), from)
    }

    /// Gives each its brand and number, and makes a ticket of this desk of it.
    async fn decide(&self, work: &Work<'_>, tickets: Vec<(Place, ImportedTicket)>) -> Result<Vec<Ready>, StoreError> {
        let tickets: Vec<_> = tickets.into_iter().map(|(place, ticket)| self.with_brand(work, place, ticket)).collect();
        let mut numbers = self.numbers(work, &tickets).await?;
        let mut ready = Vec::new();
        for Unnumbered { place, mut ticket, brand, mut warnings } in tickets {
            let number = numbers.get_mut(&brand.id).and_then(Iterator::next);
            let number = number.ok_or_else(|| StoreError::Corrupt("too few numbers were drawn".to_owned()))?;
            warnings.append(&mut ticket.adjusted);
            let Some(new) = self.new_import(work, ticket, brand) else {
                return Err(StoreError::Corrupt("somebody was not met".to_owned()));
            };
            let imported = work.app.act(self.caller, &work.config, |ctx| import(new, number, ctx));
            warnings.extend(imported.warnings.iter().cloned());
            let now = work.app.now();
            let item = match self.what.dry_run {
                true => place.would_be_made(&warnings, now),
                false => place.made(imported.change.after.id, &warnings, now),
            };
            ready.push(Ready { place, imported, item });
        }
        Ok(ready)
    }

    fn with_brand(&self, work: &Work<'_>, place: Place, ticket: ImportedTicket) -> Unnumbered {
        let named = ticket.brand.as_ref().map(|name| work.config.brand_called(name));
        let theirs = named.flatten().filter(|brand| self.caller.brands.include(&brand.id));
        let warnings = match (named, theirs) {
            (Some(_), None) => {
                vec![FieldError::new("brand", "left_out", format!("there is no such brand here: it is {}", self.brand.id))]
            }
            _ => Vec::new(),
        };
        let brand = theirs.unwrap_or(&self.brand).clone();
        Unnumbered { place, ticket, brand, warnings }
    }

    /// As many numbers as each brand needs, in one call a brand. A trial draws none.
    async fn numbers(
        &self,
        work: &Work<'_>,
        tickets: &[Unnumbered],
    ) -> Result<HashMap<BrandId, std::vec::IntoIter<TicketNumber>>, StoreError> {
        let mut needed: BTreeMap<&BrandId, (&Brand, u32)> = BTreeMap::new();
        for ticket in tickets {
            needed.entry(&ticket.brand.id).or_insert((&ticket.brand, 0)).1 += 1;
        }
        let mut numbers = HashMap::new();
        for (id, (brand, count)) in needed {
            let drawn = match self.what.dry_run {
                true => (0..count).map(|n| brand.number_pattern.number(0, u64::from(n))).collect(),
                false => work.desk.next_numbers(brand, count, work.app.now()).await?,
            };
            numbers.insert(id.clone(), drawn.into_iter());
        }
        Ok(numbers)
    }

    fn new_import(&self, work: &Work<'_>, ticket: ImportedTicket, brand: Brand) -> Option<NewImport> {
        let (id, from) = self.id(work, &ticket);
        Some(NewImport {
            id,
            from,
            brand,
            subject: ticket.subject,
            status: ticket.status,
            priority: ticket.priority,
            category: ticket.category,
            channel: ticket.channel,
            requester: self.people.person(&ticket.requester.email)?.clone(),
            organization: ticket.organization,
            assignee: ticket.assignee.map(|email| self.people.staff(&email).cloned()),
            team: ticket.team,
            tags: ticket.tags,
            fields: ticket.fields,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            resolved_at: ticket.resolved_at,
            closed_at: ticket.closed_at,
            messages: ticket.messages.into_iter().map(|message| self.message(message)).collect(),
        })
    }

    fn message(&self, message: ImportedMessage) -> NewImportedMessage {
        NewImportedMessage {
            kind: message.kind,
            author: self.people.author(&message.author),
            body: message.body,
            created_at: message.created_at,
            attachments: message.attachments.iter().map(|name| name.as_str().to_owned()).collect(),
        }
    }
}

/// The tickets among the rows; the others have their lines already.
fn read(work: &Work<'_>, rows: Vec<Row>) -> (Vec<(Place, ImportedTicket)>, Vec<JobItem>) {
    let now = work.app.now();
    let (mut tickets, mut items) = (Vec::new(), Vec::new());
    for Row { row, outcome, .. } in rows {
        match outcome {
            Err(error) => items.push(unreadable(&error, now)),
            Ok(ticket) => {
                let place = Place::of(row, &ticket);
                let wrong = future_times(ticket.created_at, ticket.messages.iter().map(|message| &message.created_at), now);
                if wrong.is_empty() {
                    tickets.push((place, ticket));
                } else {
                    items.push(place.refused(&wrong, now));
                }
            }
        }
    }
    (tickets, items)
}

/// The line of a ticket that is there already; `None` where this very row made it.
fn judge(work: &Work<'_>, place: &Place, before: &ImportedBefore) -> Option<JobItem> {
    let in_this_file = before.job == work.job.id;
    (!in_this_file || before.row != place.row).then(|| place.known(before, in_this_file, work.app.now()))
}

fn add(counts: &mut Counts, more: Counts) {
    for (outcome, count) in more {
        *counts.entry(outcome).or_default() += count;
    }
}

/// What came of writing a ticket.
enum Saved {
    /// It is there, and so is its line.
    Made(JobItem),
    /// It is not; the line is to be written.
    Not(JobItem),
}

async fn save(work: &Work<'_>, ready: Ready) -> Result<Saved, StoreError> {
    let Ready { place, imported, item } = ready;
    let save = ImportSave { imported: &imported, job: &work.job, row: place.row, item: &item };
    let from = imported.change.after.imported.as_ref();
    match (work.desk.import(save).await, from) {
        (Ok(()), _) => Ok(Saved::Made(item)),
        // Another worker, or another import of the same tickets.
        (Err(StoreError::Taken("imported")), Some(from)) => {
            let known = work.desk.imported(&from.source, &[&place.id]).await?;
            let before = known.get(&place.id).ok_or_else(|| StoreError::Unavailable("an import came and went".to_owned()))?;
            let id = imported.change.after.id;
            if before.ticket != id && is_written_ahead(imported.messages.iter().map(|message| &message.body)) {
                work.desk.forget_unborn(id).await?;
            }
            Ok(judge(work, &place, before).map_or(Saved::Made(item), Saved::Not))
        }
        (Err(error @ (StoreError::Taken(_) | StoreError::Corrupt(_))), _) => {
            tracing::error!(tenant = %work.desk.tenant(), job = %work.job.id, row = place.row, %error, "a row could not be written");
            if is_written_ahead(imported.messages.iter().map(|message| &message.body)) {
                match work.desk.forget_unborn(imported.change.after.id).await {
                    // It is there after all.
                    Ok(()) | Err(StoreError::Corrupt(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Saved::Not(place.failed("broken", "The desk cannot write this ticket.", work.app.now())))
        }
        (Err(error), _) => Err(error),
    }
}
