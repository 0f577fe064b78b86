//! Mail that came: a record of each, the Message-IDs that answers refer to, and what makes the same mail one message.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use jiff::SignedDuration;
use lambdesk_domain::{EmailAddress, InboundMail, InboundMailId, MailOutcome, PersonId, TicketId};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, string, text},
    keys::{self, Key},
    people::transact_put,
    request::{Guard, Part, unavailable},
    table::{AGENT, Index, QUEUE},
    usage::{Direction, record},
};

/// How long a record is kept: a little longer than the mail itself, which its bucket keeps for a year.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 370);
/// Tries of a read that DynamoDB answers in part.
const TRIES: usize = 5;

/// What is asked about a mail, all at once.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Its record.
    pub id: InboundMailId,
    /// Its sender.
    pub sender: &'a EmailAddress,
    /// Its Message-ID.
    pub message_id: Option<&'a str>,
    /// The Message-IDs that it refers to, the best first; at most [`MAX_REFERENCES`] are looked up.
    pub refers_to: Vec<&'a str>,
}

/// How many Message-IDs of one mail are looked up.
const MAX_REFERENCES: usize = 20;

/// What is known about a mail.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Its record, where it was taken up before.
    pub record: Option<InboundMail>,
    /// The mail that came before with the same Message-ID from the same sender.
    pub seen: Option<InboundMailId>,
    /// Whether its Message-ID is one that the desk gave.
    pub is_own: bool,
    /// Whether its Message-ID leads to a ticket already.
    pub is_known: bool,
    /// The person with the sender's address.
    pub sender: Option<PersonId>,
    /// The ticket of the first of the Message-IDs that lead to one.
    pub referred: Option<TicketId>,
}

/// What a mail adds to the change that it makes: its record, and what its Message-ID leads to.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The record, as it is to be.
    pub record: &'a InboundMail,
    /// Its sender.
    pub sender: &'a EmailAddress,
    /// Whether answers to it are to be found by its Message-ID: not where that leads somewhere already.
    pub leads_here: bool,
}

impl Desk<'_> {
    /// What is known about a mail, in one call.
    pub async fn known_of_mail(&self, question: &Question<'_>) -> Result<Known, StoreError> {
        let keys = self.keys();
        let record_key = keys.inbound(question.id);
        let sender_key = keys.address(question.sender);
        let seen_key = question.message_id.map(|id| keys.seen(id, question.sender));
        let own_key = question.message_id.map(|id| keys.message_id(id));
        let reference_keys: Vec<_> =
            question.refers_to.iter().take(MAX_REFERENCES).map(|message_id| keys.message_id(message_id)).collect();
        let mut wanted = vec![record_key.clone(), sender_key.clone()];
        wanted.extend(seen_key.iter().chain(&own_key).chain(&reference_keys).cloned());
        let found = self.get_all(wanted).await?;
        let at = |key: &Key| found.get(key);
        let points_to = |key: &Key| at(key).map(|item| string(item, "points_to"));
        Ok(Known {
            record: at(&record_key).cloned().map(|item| decode(item, "inbound_mail")).transpose()?,
            seen: seen_key.as_ref().and_then(points_to).and_then(|id| id.parse().ok()),
            // A row without an origin is one of the desk's: for a while there were no others.
            is_own: own_key.as_ref().and_then(at).is_some_and(|item| string(item, "origin") != "received"),
            is_known: own_key.as_ref().and_then(at).is_some(),
            sender: points_to(&sender_key).and_then(|id| id.parse().ok()),
            referred: reference_keys.iter().find_map(|key| points_to(key)?.parse().ok()),
        })
    }

    /// The ticket that one of the desk's own Message-IDs is about.
    pub async fn ticket_of_mail(&self, message_id: &str) -> Result<Option<TicketId>, StoreError> {
        Ok(self.own_mail(message_id).await?.map(|mail| mail.ticket))
    }

    /// The record of a mail.
    pub async fn inbound_mail(&self, id: InboundMailId) -> Result<InboundMail, StoreError> {
        let item = self.get(self.keys().inbound(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "inbound_mail")
    }

    /// Mails that came, the newest first: all, or those with one outcome.
    pub async fn inbound_mails(&self, outcome: Option<MailOutcome>, page: &PageRequest) -> Result<Page<InboundMail>, StoreError> {
        let (index, partition) = match outcome {
            None => (QUEUE, self.keys().inbound_mails()),
            Some(outcome) => (AGENT, self.keys().inbound_mails_with(outcome)),
        };
        let name = format!("{partition}#{}", page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .index_name(index.name)
            .limit(page.limit)
            .scan_index_forward(false)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", index.partition)
            .expression_attribute_values(":pk", text(&partition));
        if let Some(sort) = after {
            query = query.set_exclusive_start_key(Some(self.place_of(&index, &partition, &sort)?));
        }
        let (items, last) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, index.sort), &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, "inbound_mail")).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// Keeps the record of a mail from which no change followed. One that was done meanwhile stays as it is: `Taken`.
    pub async fn put_inbound_mail(&self, mail: &InboundMail) -> Result<(), StoreError> {
        let part = self.record_part(mail)?;
        self.store.transact(vec![part]).await
    }

    /// The writes of a mail that makes a change: `Taken("mail")` where it was done before, `Taken("message_id")` where another
    /// with the same Message-ID from the same sender was.
    pub(crate) fn arrival(&self, arrival: Arrival<'_>) -> Result<Vec<Part>, StoreError> {
        let Arrival { record: mail, sender, leads_here } = arrival;
        let mut parts = vec![self.record_part(mail)?];
        let Some(message_id) = &mail.message_id else { return Ok(parts) };
        let mut seen = key(self.keys().seen(message_id, sender));
        seen.insert("kind".to_owned(), text("seen_mail"));
        seen.insert("points_to".to_owned(), text(mail.id.to_string()));
        seen.insert("expires_at".to_owned(), number((mail.received_at + KEPT).as_second()));
        let seen = self
            .put(seen)
            .condition_expression("attribute_not_exists(pk) OR points_to = :this")
            .expression_attribute_values(":this", text(mail.id.to_string()));
        parts.push(Part::guarded(transact_put(seen)?, Guard::Unique("message_id")));
        if let (Some(ticket), true) = (mail.ticket, leads_here) {
            let mut pointer = key(self.keys().message_id(message_id));
            pointer.insert("kind".to_owned(), text("message_id"));
            pointer.insert("origin".to_owned(), text("received"));
            pointer.insert("points_to".to_owned(), text(ticket.to_string()));
            parts.push(Part::new(transact_put(self.put(pointer))?));
        }
        Ok(parts)
    }

    /// A mail that became a message never becomes another: its record is written once, however often it is brought.
    fn record_part(&self, mail: &InboundMail) -> Result<Part, StoreError> {
        let mut row = encode(self.keys().inbound(mail.id), "inbound_mail", mail)?;
        let sort = keys::by_arrival(mail);
        for (name, value) in [
            ("queue_pk", self.keys().inbound_mails()),
            ("queue_sk", sort.clone()),
            ("agent_pk", self.keys().inbound_mails_with(mail.outcome)),
            ("agent_sk", sort),
        ] {
            row.insert(name.to_owned(), text(value));
        }
        let is_done = matches!(mail.outcome, MailOutcome::Ticket | MailOutcome::Reply);
        row.insert("done".to_owned(), text(if is_done { "yes" } else { "no" }));
        row.insert("expires_at".to_owned(), number((mail.received_at + KEPT).as_second()));
        let put = self
            .put(row)
            .condition_expression("attribute_not_exists(pk) OR done = :no")
            .expression_attribute_values(":no", text("no"));
        Ok(Part::guarded(transact_put(put)?, Guard::Unique("mail")))
    }

    /// Where a page of an index begins again.
    fn place_of(&self, index: &Index, partition: &str, sort: &str) -> Result<Item, StoreError> {
        let id = sort.rsplit('#').next().and_then(|id| id.parse().ok()).ok_or(StoreError::InvalidCursor)?;
        let mut place = key(self.keys().inbound(id));
        place.insert(index.partition.to_owned(), text(partition));
        place.insert(index.sort.to_owned(), text(sort));
        Ok(place)
    }

    /// Reads items by their keys, all at once; what is not there is not among them.
    async fn get_all(&self, mut wanted: Vec<Key>) -> Result<HashMap<Key, Item>, StoreError> {
        wanted.sort_by(|a, b| (&a.pk, &a.sk).cmp(&(&b.pk, &b.sk)));
        wanted.dedup();
        let mut asked = KeysAndAttributes::builder().consistent_read(true);
        for wanted in wanted {
            asked = asked.keys(key(wanted));
        }
        let asked = asked.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let mut requests = HashMap::from([(self.store.table.to_string(), asked)]);
        let mut found = HashMap::new();
        for _ in 0..TRIES {
            let request = self
                .store
                .client
                .batch_get_item()
                .set_request_items(Some(requests))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            let response = request.send().await.map_err(unavailable)?;
            record(Direction::Read, response.consumed_capacity().first());
            for item in response.responses.unwrap_or_default().into_values().flatten().filter(|item| !kind(item).is_empty()) {
                found.insert(Key { pk: string(&item, "pk").to_owned(), sk: string(&item, "sk").to_owned() }, item);
            }
            match response.unprocessed_keys.filter(|keys| !keys.is_empty()) {
                None => return Ok(found),
                Some(left) => requests = left,
            }
        }
        Err(StoreError::Unavailable("the table answers in part".to_owned()))
    }
}
