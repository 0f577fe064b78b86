//! Tickets that were merged: which one goes on, and the conversation and history of all of them as one.
//!
//! Nothing is copied: each part is read where it stands, a query each, and put in order by id, which is the order of time.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use lambdesk_domain::{Event, Message, PersonId, Ticket, TicketId, TicketRef, ticket::MAX_MERGED};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Desk, Include, Page, PageRequest, Thread,
    error::StoreError,
    item::{Item, decode, size, string, text},
    keys::{EVENT, MESSAGE},
};

/// The most of a conversation of several tickets that is answered at once, in bytes of JSON: as much as a query gives of one.
const MOST_BYTES: usize = 1024 * 1024;

impl Desk<'_> {
    /// The ticket that goes on in this one's place: itself, unless it was merged.
    pub async fn surviving(&self, mut ticket: Ticket) -> Result<Ticket, StoreError> {
        // What is merged into another is merged into no further one: more steps than that are no chain of ours.
        for _ in 0..=MAX_MERGED {
            let Some(next) = ticket.merged_into else { return Ok(ticket) };
            ticket = self.ticket(&TicketRef::Id(next)).await?;
        }
        Err(StoreError::Corrupt(format!("merges from {} have no end", ticket.id)))
    }

    /// The ticket as it is there for people: what was merged into a deleted ticket is a part of that, and as deleted as it. What is
    /// decided on is the ticket itself: this one is for looking at.
    pub async fn with_fate_of_target(&self, ticket: Ticket) -> Result<Ticket, StoreError> {
        if ticket.merged_into.is_none() || ticket.deleted_at.is_some() {
            return Ok(ticket);
        }
        let target = self.surviving(ticket.clone()).await?;
        Ok(Ticket { deleted_at: target.deleted_at, purged_at: ticket.purged_at.or(target.purged_at), ..ticket })
    }

    /// The same of all of them, in one call: two or more only where targets were merged further.
    pub async fn with_fates_of_targets(&self, mut tickets: Vec<Ticket>) -> Result<Vec<Ticket>, StoreError> {
        let merged = |ticket: &Ticket| ticket.merged_into.filter(|_| ticket.deleted_at.is_none());
        let mut targets: BTreeMap<TicketId, Ticket> = BTreeMap::new();
        let mut wanted: BTreeSet<_> = tickets.iter().filter_map(merged).collect();
        for _ in 0..=MAX_MERGED {
            if wanted.is_empty() {
                break;
            }
            let keys = wanted.iter().map(|id| self.keys().ticket(*id)).collect();
            for item in self.store.get_many(keys).await? {
                // One that cannot be read is not to hide all the others.
                match decode::<Ticket>(item, "ticket") {
                    Ok(target) => drop(targets.insert(target.id, target)),
                    Err(error) => tracing::error!(tenant = %self.tenant(), %error, "a ticket cannot be read"),
                }
            }
            wanted = targets.values().filter_map(|target| target.merged_into).filter(|id| !targets.contains_key(id)).collect();
        }
        for ticket in &mut tickets {
            let mut next = merged(ticket).and_then(|id| targets.get(&id));
            for _ in 0..=MAX_MERGED {
                let Some(target) = next else { break };
                let further = target.merged_into.and_then(|id| targets.get(&id));
                if further.is_none() {
                    ticket.deleted_at = target.deleted_at;
                    ticket.purged_at = ticket.purged_at.or(target.purged_at);
                }
                next = further;
            }
        }
        Ok(tickets)
    }

    /// Adds to a thread what was said on, and happened to, the tickets that were merged into its own; of a very long one the
    /// newest part.
    pub async fn whole(&self, thread: Thread, include: Include) -> Result<Thread, StoreError> {
        if thread.ticket.merged.is_empty() || include == Include::default() {
            return Ok(thread);
        }
        let Thread { ticket, mut messages, scheduled, mut events, mut truncated } = thread;
        let names: Vec<_> = ticket.merged.iter().map(|id| TicketRef::Id(*id)).collect();
        for part in try_join_all(names.iter().map(|name| self.thread(name, include))).await? {
            messages.extend(part.messages);
            events.extend(part.events);
            truncated |= part.truncated;
        }
        messages.sort_by_key(|message| message.id);
        events.sort_by_key(|event| event.id);
        truncated |= keep_newest(&mut messages) | keep_newest(&mut events);
        Ok(Thread { ticket, messages, scheduled, events, truncated })
    }

    /// A page of what was said on the ticket and on those that were merged into it, oldest first.
    pub async fn conversation(&self, ticket: &Ticket, page: &PageRequest) -> Result<Page<Message>, StoreError> {
        if ticket.merged.is_empty() {
            return self.messages(ticket.id, page).await;
        }
        self.children_of_all(ticket, MESSAGE, "message", page).await
    }

    /// A page of what happened to the ticket and to those that were merged into it, oldest first.
    pub async fn history(&self, ticket: &Ticket, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        if ticket.merged.is_empty() {
            return self.events(ticket.id, page).await;
        }
        self.children_of_all(ticket, EVENT, "event", page).await
    }

    /// Who wrote on the ticket itself since then.
    pub async fn authors_since(&self, ticket: TicketId, since: Timestamp) -> Result<BTreeSet<PersonId>, StoreError> {
        // Ids begin with their time (RFC 9562, 5.7), in milliseconds.
        let millis = since.as_millisecond();
        let from = format!("{MESSAGE}{:08x}-{:04x}", millis >> 16, millis & 0xffff);
        let query = self
            .store
            .query()
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", text(self.keys().ticket_partition(ticket)))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(format!("{MESSAGE}~")));
        let messages = self.store.run_all(query).await?.into_iter().map(|item| decode::<Message>(item, "message"));
        messages.filter_map(|message| message.map(|message| message.author.person()).transpose()).collect()
    }

    async fn children_of_all<T: DeserializeOwned>(
        &self,
        ticket: &Ticket,
        prefix: &str,
        kind: &str,
        page: &PageRequest,
    ) -> Result<Page<T>, StoreError> {
        let name = format!("{}#{}#{kind}#{}", self.tenant, ticket.id, page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let of_one = |id: TicketId| {
            // `!` sorts before every character of a longer key, and `~` after.
            let low = after.as_ref().map_or_else(|| prefix.to_owned(), |after| format!("{after}!"));
            let query = self
                .store
                .query()
                .consistent_read(true)
                .limit(page.limit)
                .key_condition_expression("pk = :pk AND sk BETWEEN :low AND :high")
                .expression_attribute_values(":pk", text(self.keys().ticket_partition(id)))
                .expression_attribute_values(":low", text(low))
                .expression_attribute_values(":high", text(format!("{prefix}~")));
            self.store.run(query)
        };
        let all = std::iter::once(ticket.id).chain(ticket.merged.iter().copied());
        let parts = try_join_all(all.map(of_one)).await?;
        let (items, last) = in_order(parts, usize::try_from(page.limit).unwrap_or(1));
        let next_cursor = last.map(|last| self.store.cursors.seal(&last, &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, kind)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}

/// The first items of all parts, up to so many and so many bytes, and the sort key of the last of them where there may be more. Beyond where a part stopped, others
/// may not be taken: what it has there is not known.
fn in_order(parts: Vec<(Vec<Item>, Option<Item>)>, limit: usize) -> (Vec<Item>, Option<String>) {
    let stopped_at = parts.iter().filter_map(|(_, last)| last.as_ref().map(|last| string(last, "sk").to_owned())).min();
    let mut items: Vec<_> = parts.into_iter().flat_map(|(items, _)| items).collect();
    items.sort_by(|one, other| string(one, "sk").cmp(string(other, "sk")));
    let read = items.len();
    items.retain(|item| stopped_at.as_deref().is_none_or(|stopped| string(item, "sk") <= stopped));
    items.truncate(limit);
    // At least one, and as many as fit into a page of one ticket's.
    let mut bytes = 0;
    let fits = |item: &&Item| {
        bytes += size(item);
        bytes <= MOST_BYTES
    };
    let fitting = items.iter().take_while(fits).count().max(1);
    items.truncate(fitting);
    let more = stopped_at.is_some() || items.len() < read;
    let last = items.last().map(|item| string(item, "sk").to_owned()).or(stopped_at).filter(|_| more);
    (items, last)
}

/// Keeps the newest as far as they fit; answers whether something was left out.
fn keep_newest<T: Serialize>(items: &mut Vec<T>) -> bool {
    let mut bytes = 0;
    let fits = |item: &&T| {
        bytes += serde_json::to_vec(item).map_or(0, |json| json.len());
        bytes <= MOST_BYTES
    };
    let kept = items.iter().rev().take_while(fits).count();
    let left_out = items.len() - kept;
    items.drain(..left_out);
    left_out > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(keys: &[&str]) -> Vec<Item> {
        keys.iter().map(|key| Item::from([("sk".to_owned(), text(*key))])).collect()
    }

    fn keys(items: &[Item]) -> Vec<&str> {
        items.iter().map(|item| string(item, "sk")).collect()
    }

    #[test]
    fn parts_are_put_in_order_and_nothing_is_passed_over() {
        let (page, last) = in_order(vec![(items(&["a", "d"]), None), (items(&["b", "c"]), None)], 3);
        assert_eq!((keys(&page), last.as_deref()), (vec!["a", "b", "c"], Some("c")));
        let (page, last) = in_order(vec![(items(&["a", "d"]), None), (items(&["b", "c"]), None)], 4);
        assert_eq!((keys(&page), last), (vec!["a", "b", "c", "d"], None), "all of it");
        // One part was cut off at `b`: what else it has may stand before `d`.
        let cut = items(&["b"]).pop();
        let (page, last) = in_order(vec![(items(&["a", "d"]), None), (items(&["b"]), cut)], 4);
        assert_eq!((keys(&page), last.as_deref()), (vec!["a", "b"], Some("b")));
        assert_eq!(in_order(vec![(Vec::new(), None)], 4), (Vec::new(), None));
    }

    #[test]
    fn a_page_has_no_more_bytes_than_one_tickets() {
        let long = |sk: &str| Item::from([("sk".to_owned(), text(sk)), ("x".to_owned(), text("x".repeat(MOST_BYTES / 2)))]);
        let parts = || vec![(vec![long("a"), long("c")], None), (vec![long("b"), long("d")], None)];
        let (page, last) = in_order(parts(), 100);
        assert_eq!((keys(&page), last.as_deref()), (vec!["a"], Some("a")), "two are a little more");
        let huge = Item::from([("sk".to_owned(), text("a")), ("x".to_owned(), text("x".repeat(2 * MOST_BYTES)))]);
        let (page, last) = in_order(vec![(vec![huge], None)], 100);
        assert_eq!((keys(&page), last), (vec!["a"], None), "one at least");
    }

    #[test]
    fn of_what_is_too_long_the_newest_stays() {
        let mut texts = vec!["x".repeat(MOST_BYTES / 2), "y".repeat(MOST_BYTES / 2), "z".to_owned()];
        assert!(keep_newest(&mut texts));
        assert_eq!(texts.len(), 2);
        assert!(!keep_newest(&mut texts));
    }
}
