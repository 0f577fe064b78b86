//! Tickets out of other desks: which came already, and how one is written with all that was said on it.
//!
//! A ticket, the row that says that it came, and its line in the job's report are one transaction, which the row guards: so it
//! comes once, whatever is done again. What was said and does not fit into that transaction is written before it, under
//! identifiers that are the same each time; nobody sees it until the ticket is there. Where another import was faster it never is,
//! and what was written ahead is erased by whoever finds that out.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures_util::future::try_join_all;
use lambdesk_domain::{
    Body, EmailAddress, Job, JobItem, Message, Person, SourceId, TenantId, TicketId, id::JobId, ticket::Imported,
};

use crate::{
    Desk, Store,
    error::StoreError,
    item::{Item, decode, encode, key, number, string, text},
    keys::Key,
    people::transact_put,
    request::{Part, unavailable},
    save::{pointer, ticket_row},
    usage::{Direction, record},
};

/// Imports stand beside uploads, where nobody is told of them, and are erased by the bucket after a month.
const IMPORTS: &str = "imports/";
/// Messages of one transaction, and their bytes; DynamoDB takes 100 items and 4 MB, and the ticket brings up to ten, and one for each
/// of its fifty tags.
const MESSAGES: usize = 40;
const BYTES: usize = 2 * 1024 * 1024;
/// Items that are read in one call.
const READ_AT_ONCE: usize = 100;
/// Rows that are written in one transaction where each stands for itself.
const WRITTEN_AT_ONCE: usize = 50;

/// A ticket that came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedBefore {
    /// What it is here.
    pub ticket: TicketId,
    /// By which job.
    pub job: JobId,
    /// In which row of its file.
    pub row: u64,
}

/// A ticket that is to come.
#[derive(Debug, Clone, Copy)]
pub struct ImportSave<'a> {
    /// The ticket with its messages.
    pub imported: &'a Imported,
    /// The job.
    pub job: &'a Job,
    /// Its row in the file.
    pub row: u64,
    /// Its line in the report.
    pub item: &'a JobItem,
}

/// The key of an object that belongs to an import. `name` says which: the file itself, or what was learnt of it.
pub fn import_key(tenant: &TenantId, job: JobId, name: &str) -> String {
    format!("{IMPORTS}{tenant}/{job}/{name}")
}

impl Desk<'_> {
    /// Which of these tickets of another desk came already, by what they are called there.
    pub async fn imported(&self, source: &SourceId, ids: &[&str]) -> Result<BTreeMap<String, ImportedBefore>, StoreError> {
        let keys: BTreeMap<_, _> = ids.iter().map(|id| (self.keys().imported(source, id).pk, *id)).collect();
        let rows = self.store.get_many(ids.iter().map(|id| self.keys().imported(source, id)).collect()).await?;
        let read = |row: &Item| {
            let id = (*keys.get(string(row, "pk"))?).to_owned();
            let ticket = string(row, "points_to").parse().ok()?;
            let job = string(row, "job").parse().ok()?;
            let row = row.get("row")?.as_n().ok()?.parse().ok()?;
            Some((id, ImportedBefore { ticket, job, row }))
        };
        rows.iter().map(|row| read(row).ok_or_else(|| StoreError::Corrupt("an import that points nowhere".to_owned()))).collect()
    }

    /// The people who have these addresses.
    pub async fn people_by_addresses(&self, addresses: &[EmailAddress]) -> Result<Vec<Person>, StoreError> {
        let addresses = self.store.get_many(addresses.iter().map(|address| self.keys().address(address)).collect()).await?;
        let ids = addresses.iter().map(|row| string(row, "points_to").parse().map(|id| self.keys().person(id)));
        let ids: Vec<_> =
            ids.collect::<Result<_, _>>().map_err(|_| StoreError::Corrupt("an address points nowhere".to_owned()))?;
        self.store.get_many(ids).await?.into_iter().map(|row| decode(row, "person")).collect()
    }

    /// Adds people, a few at once; `Taken` where somebody has one of the addresses already: then some of them may be added.
    pub async fn add_people(&self, people: &[Person]) -> Result<(), StoreError> {
        let add = |people: &[Person]| {
            let parts: Result<Vec<_>, _> = people.iter().map(|person| self.new_person(person)).collect();
            async { self.store.transact(parts?.into_iter().flatten().collect()).await }
        };
        try_join_all(people.chunks(WRITTEN_AT_ONCE / 2).map(add)).await.map(drop)
    }

    /// Writes a ticket that came from another desk, whole or not at all. `Taken("imported")` where it came before.
    pub async fn import(&self, save: ImportSave<'_>) -> Result<(), StoreError> {
        let ImportSave { imported, job, row, item } = save;
        let mut rest = parts_of(&imported.messages);
        let last = rest.pop().unwrap_or_default();
        for messages in rest {
            self.store.transact(self.message_parts(messages)?).await?;
        }
        let (change, ticket) = (&imported.change, &imported.change.after);
        let config = self.config_for(ticket).await?;
        let ticket_put = self.put_new(ticket_row(&self.keys(), ticket, &config)?, "id")?;
        let from = ticket.imported.as_ref().ok_or_else(|| StoreError::Corrupt("an import from nowhere".to_owned()))?;
        let mut mark = key(self.keys().imported(&from.source, &from.external_id));
        mark.insert("kind".to_owned(), text("imported"));
        mark.insert("points_to".to_owned(), text(ticket.id.to_string()));
        mark.insert("job".to_owned(), text(job.id.to_string()));
        mark.insert("row".to_owned(), number(row));
        // The mark comes first: of two conditions that fail, the first is told.
        let mut parts = vec![self.put_new(mark, "imported")?, ticket_put, self.put_new(pointer(&self.keys(), ticket), "number")?];
        for event in &change.events {
            let event = encode(self.keys().event(ticket.id, event.id), "event", event)?;
            parts.push(Part::new(transact_put(self.put(event))?));
        }
        parts.push(Part::new(transact_put(self.put(self.item_row(job, item)?))?));
        parts.extend(self.count(&[change], None)?);
        parts.extend(self.count_tags(change)?);
        parts.extend(self.message_parts(last)?);
        self.store.transact(parts).await
    }

    /// Keeps what came of rows to which nothing was done. Doing it again changes nothing.
    pub async fn keep_import_items(&self, job: &Job, items: &[JobItem]) -> Result<(), StoreError> {
        let keep = |items: &[JobItem]| {
            let part = |item| Ok(Part::new(transact_put(self.put(self.item_row(job, item)?))?));
            let parts: Result<Vec<_>, StoreError> = items.iter().map(part).collect();
            async { self.store.transact(parts?).await }
        };
        try_join_all(items.chunks(WRITTEN_AT_ONCE).map(keep)).await.map(drop)
    }

    /// Erases what was written ahead for a ticket that will never be there, because another import brought it first.
    pub async fn forget_unborn(&self, ticket: TicketId) -> Result<(), StoreError> {
        if self.get(self.keys().ticket(ticket)).await?.is_some() {
            return Err(StoreError::Corrupt("a ticket is there that was not to come".to_owned()));
        }
        for row in self.store.partition(self.keys().ticket_partition(ticket)).await? {
            self.erase_row(Key { pk: string(&row, "pk").to_owned(), sk: string(&row, "sk").to_owned() }).await?;
        }
        Ok(())
    }

    fn message_parts(&self, messages: &[Message]) -> Result<Vec<Part>, StoreError> {
        let row = |message: &Message| encode(self.keys().message(message.ticket, message.id), "message", message);
        messages.iter().map(|message| Ok(Part::new(transact_put(self.put(row(message)?))?))).collect()
    }
}

/// Whether messages with these bodies are more than one transaction takes, so that some of them are written ahead of their ticket.
pub fn is_written_ahead<'a>(bodies: impl Iterator<Item = &'a Body>) -> bool {
    let (count, bytes) = bodies.fold((0, 0), |(count, bytes), body| (count + 1, bytes + size(body)));
    count > MESSAGES || (count > 1 && bytes > BYTES)
}

fn size(body: &Body) -> usize {
    body.source.len() + body.text.len() + 2048
}

/// As many messages as one transaction takes, and the rest.
fn parts_of(messages: &[Message]) -> Vec<&[Message]> {
    let (mut parts, mut first, mut bytes) = (Vec::new(), 0, 0);
    for (place, message) in messages.iter().enumerate() {
        let size = size(&message.body);
        if place - first >= MESSAGES || (place > first && bytes + size > BYTES) {
            parts.push(&messages[first..place]);
            (first, bytes) = (place, 0);
        }
        bytes += size;
    }
    parts.push(&messages[first..]);
    parts
}

impl Store {
    /// These items of the table itself, in no order; what is not there is left out.
    pub(crate) async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        let mut wanted: Vec<_> = keys.into_iter().map(key).collect();
        // DynamoDB refuses to be asked for the same item twice.
        wanted.sort_by(|a, b| (string(a, "pk"), string(a, "sk")).cmp(&(string(b, "pk"), string(b, "sk"))));
        wanted.dedup();
        let batches = try_join_all(wanted.chunks(READ_AT_ONCE).map(|keys| self.get_batch(keys.to_vec()))).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn get_batch(&self, mut wanted: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for _ in 0..8 {
            if wanted.is_empty() {
                return Ok(found);
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(std::mem::take(&mut wanted))).consistent_read(true).build();
            let keys = keys.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let request = self.client.batch_get_item().request_items(&*self.table, keys);
            let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
            response.consumed_capacity().iter().for_each(|capacity| record(Direction::Read, Some(capacity)));
            found.extend(response.responses.unwrap_or_default().into_values().flatten());
            wanted = response.unprocessed_keys.unwrap_or_default().into_values().flat_map(|keys| keys.keys).collect();
        }
        Err(StoreError::Unavailable("items were not given out".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lambdesk_domain::{Actor, Body, BodyFormat, Channel, Enclosed, MessageId, MessageKind};

    use super::*;

    fn messages(count: u128, bytes: usize) -> Vec<Message> {
        let body = Body::parse(&"x".repeat(bytes), BodyFormat::Text).expect("fits");
        let message = |number| Message {
            id: MessageId(uuid::Uuid::from_u128(number)),
            ticket: TicketId(uuid::Uuid::nil()),
            kind: MessageKind::Reply,
            author: Actor::System,
            channel: Channel::Email,
            body: body.clone(),
            created_at: Timestamp::UNIX_EPOCH,
            enclosed: Enclosed::default(),
        };
        (0..count).map(message).collect()
    }

    #[test]
    fn a_long_ticket_is_cut_into_what_transactions_take() {
        let sizes = |messages: &[Message]| parts_of(messages).iter().map(|part| part.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&[]), [0]);
        assert_eq!(sizes(&messages(40, 1)), [40]);
        assert_eq!(sizes(&messages(100, 1)), [40, 40, 20]);
        let large = messages(40, 60_000);
        assert!(sizes(&large).iter().all(|count| *count <= 17), "{:?}", sizes(&large));
        assert_eq!(sizes(&large).iter().sum::<usize>(), 40);
        for (count, bytes) in [(0, 1), (1, 1), (1, 60_000), (40, 1), (41, 1), (40, 20_000), (40, 30_000)] {
            let messages = messages(count, bytes);
            let ahead = is_written_ahead(messages.iter().map(|message| &message.body));
            assert_eq!(ahead, parts_of(&messages).len() > 1, "{count} of {bytes}");
        }
    }
}
