//! Tickets with their messages and history: found by id or number, read in one query, numbered by counters.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::{Timestamp, tz::TimeZone};
use lambdesk_domain::{Brand, Event, Message, Ticket, TicketId, TicketNumber, TicketRef, ticket::Scheduled};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{Item, decode, kind, number, string, text},
    keys::{EVENT, Key, MESSAGE},
    request::unavailable,
    scheduled,
    usage::{Direction, record},
};

/// What to read besides the ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Include {
    /// Its messages.
    pub messages: bool,
    /// Its history.
    pub events: bool,
}

/// A ticket with what was asked for.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The ticket.
    pub ticket: Ticket,
    /// Its messages, oldest first.
    pub messages: Vec<Message>,
    /// With the messages: replies that are not sent yet, the next first.
    pub scheduled: Vec<Scheduled>,
    /// Its history, oldest first.
    pub events: Vec<Event>,
    /// Whether older entries were left out.
    pub truncated: bool,
}

/// Events of a ticket that are read in one call, where nobody knows how many there are to read.
const EVENTS_AT_ONCE: i32 = 100;

impl Desk<'_> {
    /// The ticket, by id or number.
    pub async fn ticket(&self, name: &TicketRef) -> Result<Ticket, StoreError> {
        let id = self.ticket_id(name).await?;
        let item = self.get(self.keys().ticket(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "ticket")
    }

    /// The ticket with messages or history, in one query of its partition; of a very long thread the newest part.
    pub async fn thread(&self, name: &TicketRef, include: Include) -> Result<Thread, StoreError> {
        if include == Include::default() {
            let ticket = self.ticket(name).await?;
            return Ok(Thread { ticket, messages: Vec::new(), scheduled: Vec::new(), events: Vec::new(), truncated: false });
        }
        let id = self.ticket_id(name).await?;
        // `event#…` < `message#…` < `scheduled#…` < `ticket`: read from the end, so that the ticket and the newest come first. One page
        // of 1 MB: Lambda answers 6 MB at most, and escaping a text twice (as JSON, within its own JSON) can make it four
        // times as long.
        let first = if include.events { EVENT } else { MESSAGE };
        let query = self
            .newest_of(id)
            .key_condition_expression("pk = :pk AND sk >= :first")
            .expression_attribute_values(":first", text(first));
        let (mut items, next) = self.store.run(query).await?;
        let truncated = next.is_some();
        if truncated && include.events {
            // Long conversations must not hide the history.
            items.retain(|item| kind(item) != "event");
            let events = self.newest_of(id).key_condition_expression("pk = :pk AND begins_with(sk, :event)");
            items.extend(self.store.run(events.expression_attribute_values(":event", text(EVENT)).limit(1000)).await?.0);
        }
        let mut ticket = None;
        let (mut messages, mut scheduled, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for item in items.into_iter().rev() {
            match kind(&item) {
                "ticket" => ticket = Some(decode(item, "ticket")?),
                "message" if include.messages => messages.push(decode(item, "message")?),
                scheduled::KIND if include.messages => scheduled.push(decode(item, scheduled::KIND)?),
                "event" => events.push(decode(item, "event")?),
                _ => {}
            }
        }
        Ok(Thread { ticket: ticket.ok_or(StoreError::NotFound)?, messages, scheduled, events, truncated })
    }

    /// A consistent query of the ticket's partition, newest first.
    fn newest_of(&self, ticket: TicketId) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let partition = text(self.keys().ticket_partition(ticket));
        self.store.query().consistent_read(true).scan_index_forward(false).expression_attribute_values(":pk", partition)
    }

    /// A page of the ticket's messages, oldest first.
    pub async fn messages(&self, ticket: TicketId, page: &PageRequest) -> Result<Page<Message>, StoreError> {
        self.children(ticket, MESSAGE, "message", page).await
    }

    /// A page of the ticket's history, oldest first.
    pub async fn events(&self, ticket: TicketId, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        self.children(ticket, EVENT, "event", page).await
    }

    /// All that happened to the ticket after this version, oldest first: what somebody said long before the latest changes is among
    /// it. It costs what happened since, a hundred at a time.
    pub async fn events_since(&self, ticket: TicketId, version: u64) -> Result<Vec<Event>, StoreError> {
        let query = self
            .newest_of(ticket)
            .limit(EVENTS_AT_ONCE)
            .key_condition_expression("pk = :pk AND begins_with(sk, :event)")
            .expression_attribute_values(":event", text(EVENT));
        let (mut since, mut from) = (Vec::new(), None);
        loop {
            let (items, next) = self.store.run(query.clone().set_exclusive_start_key(from)).await?;
            let events = items.into_iter().map(|item| decode::<Event>(item, "event"));
            let events: Vec<_> = events.collect::<Result<_, _>>()?;
            let reached = events.iter().any(|event| event.version <= version);
            since.extend(events.into_iter().take_while(|event| event.version > version));
            if reached || next.is_none() {
                since.reverse();
                return Ok(since);
            }
            from = next;
        }
    }

    /// One message.
    pub async fn message(&self, ticket: TicketId, id: lambdesk_domain::MessageId) -> Result<Message, StoreError> {
        let item = self.get(self.keys().message(ticket, id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "message")
    }

    /// One event.
    pub async fn event(&self, ticket: TicketId, id: lambdesk_domain::EventId) -> Result<Event, StoreError> {
        let item = self.get(self.keys().event(ticket, id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "event")
    }

    /// Draws the next number of the brand for a ticket opened at `now`; a number drawn and not used is a gap.
    pub async fn next_number(&self, brand: &Brand, now: Timestamp) -> Result<TicketNumber, StoreError> {
        let drawn = self.next_numbers(brand, 1, now).await?.pop();
        drawn.ok_or_else(|| StoreError::Corrupt("a counter without a number".to_owned()))
    }

    /// Draws so many numbers in one call, in their order.
    pub async fn next_numbers(&self, brand: &Brand, count: u32, now: Timestamp) -> Result<Vec<TicketNumber>, StoreError> {
        let year = now.to_zoned(TimeZone::UTC).year();
        let Key { pk, sk } = self.keys().counter(&brand.id, brand.number_pattern.counter_year(year));
        let response = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .key("pk", text(pk))
            .key("sk", text(sk))
            .update_expression("SET #kind = :kind ADD last_number :count")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", text("counter"))
            .expression_attribute_values(":count", number(count))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        let last = response.attributes().and_then(|attributes| attributes.get("last_number"));
        let sequence = last.and_then(|value| value.as_n().ok()).and_then(|n| n.parse::<u64>().ok());
        let sequence = sequence.ok_or_else(|| StoreError::Corrupt("a counter without a number".to_owned()))?;
        let first = (sequence + 1).saturating_sub(u64::from(count));
        Ok((first..=sequence).map(|sequence| brand.number_pattern.number(year, sequence)).collect())
    }

    async fn ticket_id(&self, name: &TicketRef) -> Result<TicketId, StoreError> {
        let number = match name {
            TicketRef::Id(id) => return Ok(*id),
            TicketRef::Number(number) => number,
        };
        let item = self.get(self.keys().number(number)).await?.ok_or(StoreError::NotFound)?;
        string(&item, "points_to").parse().map_err(|_| StoreError::Corrupt(format!("number {number} points nowhere")))
    }

    async fn children<T: serde::de::DeserializeOwned>(
        &self,
        ticket: TicketId,
        prefix: &str,
        kind: &str,
        page: &PageRequest,
    ) -> Result<Page<T>, StoreError> {
        let name = format!("{}#{ticket}#{kind}#{}", self.tenant, page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .consistent_read(true)
            .limit(page.limit)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(self.keys().ticket_partition(ticket)))
            .expression_attribute_values(":prefix", text(prefix));
        if let Some(sk) = after {
            query = query.set_exclusive_start_key(Some(crate::item::key(Key { pk: self.keys().ticket_partition(ticket), sk })));
        }
        let (items, last): (Vec<Item>, _) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, "sk"), &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, kind)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}
