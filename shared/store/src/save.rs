//! Saving a change: the new state, the message, the events, the figures and the kept answer, in one transaction.

use jiff::Timestamp;
use lambdesk_domain::{AttachedTo, Change, Message, Person, PersonId, TenantConfig, Ticket, TicketId, audit::Audited};

use crate::{
    Arrival, Attach, Desk, DoneItem, Ended, Given, HeardFailure,
    error::StoreError,
    idempotency::{Answer, IdempotencyKey},
    item::{Item, encode, key, number, text},
    keys::{self, Keys},
    people::transact_put,
    request::{Guard, Part},
};

/// What to save together.
pub struct Save<'a> {
    /// The change.
    pub change: &'a Change,
    /// The tenant's configuration: says when the ticket is due.
    pub config: &'a TenantConfig,
    /// A person that the change introduces.
    pub person: Option<&'a Person>,
    /// The mail that makes the change.
    pub arrival: Option<Arrival<'a>>,
    /// The files that its message brings.
    pub attachments: &'a [Attach],
    /// The report of a failed mail that makes the change.
    pub heard: Option<HeardFailure<'a>>,
    /// More people that the change introduces.
    pub people: &'a [Person],
    /// What must still be so of the agent whom the desk gives it to.
    pub given: Option<&'a Given>,
    /// Messages that are written again.
    pub rewritten: &'a [Message],
    /// Whose draft on which ticket the message was made of: it is gone with it. The message may stand on another, into which that
    /// one was merged.
    pub draft: Option<(PersonId, TicketId)>,
    /// The waiting reply that the change ends.
    pub ended: Option<Ended<'a>>,
    /// Changes of other tickets that are saved with it.
    pub with: &'a [Change],
    /// Tickets that must still be what they were when this was decided.
    pub unchanged: &'a [Ticket],
    /// Messages that come from another ticket: where they stood, and as they are to stand.
    pub moved: Option<(TicketId, &'a [Message])>,
    /// The job's item that the change is.
    pub item: Option<DoneItem<'a>>,
    /// The answer to keep, where the request has an idempotency key.
    pub answer: Option<(&'a IdempotencyKey, &'a Answer)>,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Save<'a> {
    /// A change alone.
    pub fn of(change: &'a Change, config: &'a TenantConfig, now: Timestamp) -> Self {
        Self {
            change,
            config,
            person: None,
            arrival: None,
            attachments: &[],
            heard: None,
            people: &[],
            given: None,
            rewritten: &[],
            draft: None,
            ended: None,
            with: &[],
            unchanged: &[],
            moved: None,
            item: None,
            answer: None,
            now,
        }
    }
}

impl Desk<'_> {
    /// Saves all of it or nothing. A change that changed nothing and rewrites nothing is saved already.
    ///
    /// Errors: `Stale` where the ticket changed since it was read; `Taken` where number, address or a file are, where the item
    /// of a job was done before, or where the job was stopped; `Answered` or `KeyReused` where the idempotency key was used before.
    pub async fn save(&self, save: Save<'_>) -> Result<(), StoreError> {
        let Save { change, config, person, arrival, attachments, heard, people, given, rewritten, .. } = save;
        let Save { draft, ended, item, answer, now, .. } = save;
        let changes: Vec<_> = std::iter::once(change).chain(save.with).filter(|change| !change.is_empty()).collect();
        if changes.is_empty() && rewritten.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        // What only rewrites messages is on condition of the ticket's version all the same.
        let tickets = if changes.is_empty() { vec![change] } else { changes.clone() };
        for change in tickets {
            parts.extend(self.change_parts(change, config)?);
        }
        if let Some(message) = &change.message {
            let place = AttachedTo { ticket: message.ticket, message: message.id };
            for file in attachments {
                parts.push(self.attach(file, place, now)?);
            }
        }
        for message in rewritten {
            parts.push(self.plain(encode(self.keys().message(message.ticket, message.id), "message", message)?)?);
        }
        if let Some((stood_on, messages)) = save.moved {
            parts.extend(self.move_parts(stood_on, messages).await?);
        }
        for ticket in save.unchanged {
            parts.push(self.still(ticket)?);
        }
        for person in person.into_iter().chain(people) {
            parts.extend(self.new_person(person)?);
        }
        if let Some(arrival) = arrival {
            parts.extend(self.arrival(arrival)?);
        }
        if let Some(heard) = heard {
            parts.extend(self.heard_parts(heard, now)?);
        }
        if let Some(item) = item {
            parts.extend(self.item_parts(item)?);
        }
        parts.extend(self.count(&changes, given)?);
        if let Some(given) = given {
            parts.extend(self.take_turn(given)?);
        }
        parts.extend(self.count_promises(&changes)?);
        parts.extend(self.count_ratings(change)?);
        for change in &changes {
            parts.extend(self.count_tags(change)?);
        }
        if let Some((person, ticket)) = draft {
            parts.push(self.drop_draft(person, ticket)?);
        }
        if let Some(ended) = ended {
            parts.push(self.ended(ended)?);
        }
        for change in &changes {
            parts.extend(self.audit_part(Audited::purge(change))?);
        }
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// The ticket, its message and its events.
    fn change_parts(&self, change: &Change, config: &TenantConfig) -> Result<Vec<Part>, StoreError> {
        let ticket = &change.after;
        let mut parts = vec![self.ticket_part(change, config)?];
        if change.before.is_none() {
            parts.push(self.put_new(pointer(&self.keys(), ticket), "number")?);
        }
        if let Some(message) = &change.message {
            parts.push(self.plain(encode(self.keys().message(ticket.id, message.id), "message", message)?)?);
        }
        for event in &change.events {
            parts.push(self.plain(encode(self.keys().event(ticket.id, event.id), "event", event)?)?);
        }
        Ok(parts)
    }

    /// Writes the parts, of which one may guard an idempotency key; where that was used, finds the first answer.
    pub(crate) async fn transact_once(
        &self,
        parts: Vec<Part>,
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.store.transact(parts).await {
            Err(StoreError::KeyReused) => Err(self.first_answer(answer.map(|(key, _)| key), now).await?),
            result => result,
        }
    }

    async fn first_answer(&self, key: Option<&IdempotencyKey>, now: Timestamp) -> Result<StoreError, StoreError> {
        let Some(key) = key else { return Err(StoreError::Corrupt("an idempotency condition without a key".to_owned())) };
        // It was there a moment ago; if its 24 hours ended in between, the sender's retry is a new request.
        Ok(self.answered(key, now).await?.unwrap_or_else(|| StoreError::Unavailable("try again".to_owned())))
    }

    fn ticket_part(&self, change: &Change, config: &TenantConfig) -> Result<Part, StoreError> {
        let put = self.put(ticket_row(&self.keys(), &change.after, config)?);
        let put = match &change.before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("#version = :before")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":before", number(before.version)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    /// The write that keeps an answer; `TooLarge` where it cannot be kept.
    pub(crate) fn idempotency_part(&self, key: &IdempotencyKey, answer: &Answer, now: Timestamp) -> Result<Part, StoreError> {
        let put = self
            .put(key.record(&self.keys(), answer, now)?)
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", number(now.as_second()));
        Ok(Part::guarded(transact_put(put)?, Guard::Idempotency))
    }

    pub(crate) fn plain(&self, item: Item) -> Result<Part, StoreError> {
        Ok(Part::new(transact_put(self.put(item))?))
    }
}

pub(crate) fn pointer(keys: &Keys<'_>, ticket: &Ticket) -> Item {
    let mut item = key(keys.number(&ticket.number));
    item.insert("kind".to_owned(), text("number"));
    item.insert("points_to".to_owned(), text(ticket.id.to_string()));
    item
}

/// The ticket's row with its places in the indexes. A deleted ticket stands only in its brand's bin.
pub(crate) fn ticket_row(keys: &Keys<'_>, ticket: &Ticket, config: &TenantConfig) -> Result<Item, StoreError> {
    let mut row = encode(keys.ticket(ticket.id), "ticket", ticket)?;
    let mut set = |name: &str, value: String| row.insert(name.to_owned(), text(value));
    set("queue_sk", keys::by_updated(ticket));
    set("created_sk", keys::by_created(ticket));
    set("priority_sk", keys::by_priority(ticket));
    if ticket.purged_at.is_some() {
        // In no list at all.
    } else if ticket.deleted_at.is_some() {
        set("queue_pk", keys.bin(&ticket.brand));
    } else {
        set("queue_pk", keys.queue(&ticket.brand, ticket.status));
        set("agent_pk", ticket.assignee.map_or_else(|| keys.unassigned(&ticket.brand), |agent| keys.agent(agent)));
        set("agent_sk", keys::by_status(ticket));
        set("customer_pk", keys.customer(ticket.requester));
    }
    if let Some(due_at) = ticket.next_moment(config) {
        let (due_pk, due_sk) = keys.due(due_at, ticket.id);
        set("due_pk", due_pk);
        set("due_sk", due_sk);
    }
    if let Some(at) = ticket.next_breach() {
        set("promised_pk", keys.promised(&ticket.brand));
        set("promised_sk", keys::by_breach(at, ticket.id));
    }
    row.insert("version".to_owned(), number(ticket.version));
    Ok(row)
}
