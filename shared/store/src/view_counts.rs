//! How many tickets are in each view: kept, not counted when somebody asks.
//!
//! Beside each ticket stands in what it is counted (`counted`). Whoever counts it compares that with what the ticket is in now, and
//! writes both the difference and the new row in one transaction, on condition that the row is what was compared and that the views
//! are still those which were asked. So it does not matter whether a ticket is counted twice, late, in any order, or by one who dies:
//! the figures are always the sum of those rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity, TransactWriteItem, Update};
use jiff::Timestamp;
use lambdesk_domain::{
    BrandId, Person, PersonId, TeamId, TenantConfig, Ticket, TicketId,
    view::{Row, Slot, View, slots},
};
use serde::{Deserialize, Serialize};

use crate::{
    Desk,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, string},
    keys::{self, Key, WALKED},
    people::transact_put,
    request::{Guard, Part, jittered, unavailable},
    usage::{Direction, record},
    views::read_stamp,
};

const COUNTED: &str = "counted";
/// Tickets that are counted in one transaction at most: with as many rows of figures it still has room.
const AT_ONCE: usize = 40;
/// DynamoDB takes a hundred writes in one transaction; one of them checks the state of the views.
const MOST_PARTS: usize = 99;
/// Tries where tickets or views keep changing.
const TRIES: u32 = 12;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(25);
/// Figures that are forgotten in one write.
const FORGOTTEN_AT_ONCE: usize = 150;

/// What a ticket is counted in.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Counted {
    /// By which version of the ticket.
    ticket_version: u64,
    /// In what.
    slots: Vec<String>,
}

/// A ticket that is to be counted otherwise than it is.
struct Recount {
    ticket: TicketId,
    ticket_version: u64,
    /// The version of the row that was compared; 0 where there is none.
    known: u64,
    /// What it is counted in, views that are gone aside.
    before: BTreeSet<Slot>,
    after: BTreeSet<Slot>,
}

/// The figures that one person may be shown.
#[derive(Debug, Default)]
pub struct ViewCounts {
    /// The state of the views by which all tickets were counted last: what a view asked since then is not counted to its end.
    pub walked: u64,
    /// When somebody last was at it.
    pub walked_at: Option<Timestamp>,
    /// The person, where they are known.
    pub person: Option<Person>,
    /// Figures of the rows that were asked for.
    pub counts: Vec<(Slot, i64)>,
}

impl Desk<'_> {
    /// Counts these tickets in the views that they are in now. Done as often as one likes.
    pub async fn count_tickets(&self, tickets: &[TicketId], config: &TenantConfig) -> Result<(), StoreError> {
        let tickets: BTreeSet<_> = tickets.iter().copied().collect();
        for some in tickets.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            self.count_some(some, config).await?;
        }
        Ok(())
    }

    async fn count_some(&self, tickets: &[TicketId], config: &TenantConfig) -> Result<(), StoreError> {
        let mut failed = 0;
        while failed < TRIES {
            match self.try_count(tickets, config).await {
                Ok(true) => return Ok(()),
                // What did not fit into one transaction is left for the next.
                Ok(false) => {}
                Err(StoreError::Stale) => {
                    failed += 1;
                    tokio::time::sleep(jittered(PAUSE * failed)).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Unavailable("the tickets, or the views, kept changing".to_owned()))
    }

    /// Whether all of it is done.
    async fn try_count(&self, tickets: &[TicketId], config: &TenantConfig) -> Result<bool, StoreError> {
        let keys = self.keys();
        let wanted = tickets.iter().flat_map(|ticket| [keys.ticket(*ticket), keys.counted(*ticket)]);
        let mut rows = self.read_rows(wanted.chain([keys.view_stamp()]).collect()).await?;
        let stamp = rows.remove(&keys.view_stamp()).as_ref().map(read_stamp).unwrap_or_default().stamp;
        if stamp == 0 {
            return Ok(true);
        }
        let views = self.views_at(stamp).await?;
        let mut recounts = Vec::new();
        for ticket in tickets {
            let (row, counted) = (rows.remove(&keys.ticket(*ticket)), rows.remove(&keys.counted(*ticket)));
            let ticket_now = row.map(|row| decode::<Ticket>(row, "ticket")).transpose()?;
            recounts.extend(recount(*ticket, ticket_now.as_ref(), counted, (&views, config))?);
        }
        self.write(recounts, stamp).await
    }

    /// Writes as much of it as one transaction takes; whether that was all.
    async fn write(&self, recounts: Vec<Recount>, stamp: u64) -> Result<bool, StoreError> {
        if recounts.is_empty() {
            return Ok(true);
        }
        let (mut deltas, mut parts, mut all) = (BTreeMap::new(), Vec::new(), true);
        for mut recount in recounts {
            let mut with: BTreeMap<Row, BTreeMap<String, i64>> = deltas.clone();
            recount.add_to(&mut with);
            if parts.len() + 1 + with.len() > MOST_PARTS {
                all = false;
                if !parts.is_empty() {
                    break;
                }
                // One that is in more than fits, because it is in many people's own views: it is brought there in steps.
                recount.cut(MOST_PARTS - 1);
                with.clear();
                recount.add_to(&mut with);
            }
            deltas = with;
            parts.push(self.counted_part(&recount)?);
        }
        for (row, deltas) in deltas {
            parts.extend(self.add(self.keys().view_counts(&row), deltas)?);
        }
        parts.push(self.views_are_still(stamp)?);
        self.store.transact(parts).await?;
        Ok(all)
    }

    fn counted_part(&self, recount: &Recount) -> Result<Part, StoreError> {
        let slots = recount.after.iter().map(written).collect();
        let counted = Counted { ticket_version: recount.ticket_version, slots };
        let mut row = encode(self.keys().counted(recount.ticket), COUNTED, &counted)?;
        row.insert("version".to_owned(), number(recount.known + 1));
        let put = match recount.known {
            0 => self.put(row).condition_expression("attribute_not_exists(pk)"),
            known => self
                .put(row)
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(known)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    /// All figures that the person may be shown, read at once: those for all, their own, and those of these teams.
    pub async fn view_counts(&self, person: PersonId, teams: &[TeamId]) -> Result<ViewCounts, StoreError> {
        let keys = self.keys();
        let rows = [Row::All, Row::Person(person)].into_iter().chain(teams.iter().cloned().map(Row::Team));
        let wanted = rows.map(|row| keys.view_counts(&row)).chain([keys.walked(), keys.person(person)]);
        let mut found = ViewCounts::default();
        for (at, row) in self.read_rows(wanted.collect()).await? {
            if at == keys.walked() {
                (found.walked, found.walked_at) = read_walked(&row);
            } else if kind(&row) == "person" {
                found.person = Some(decode(row, "person")?);
            } else {
                found.counts.extend(read_counts(&row));
            }
        }
        Ok(found)
    }

    /// How far all tickets were counted, and when somebody last was at it.
    pub async fn walked(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        Ok(self.get(self.keys().walked()).await?.as_ref().map(read_walked).unwrap_or_default())
    }

    /// Notes that somebody is at counting all tickets by this state of the views; `false` where somebody else is by a newer one: who
    /// counts by that counts in these views too. Of whom nothing was heard since `lost` is at it no more.
    pub async fn go_on_walking(&self, stamp: u64, lost: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.note_walk(("walking", stamp), lost, now).await
    }

    /// Notes that all tickets are counted by this state of the views. Who is slower than another says nothing that was not known.
    pub async fn end_walk(&self, stamp: u64, now: Timestamp) -> Result<(), StoreError> {
        self.note_walk(("walked", stamp), Timestamp::UNIX_EPOCH, now).await.map(drop)
    }

    /// Notes the stamp, unless a newer one was noted under this name, and somebody was there since `lost`.
    async fn note_walk(&self, (name, stamp): (&str, u64), lost: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().walked())))
            .update_expression("SET #kind = :kind, #name = :stamp, #at = :at")
            .condition_expression("attribute_not_exists(#name) OR #name <= :stamp OR #at < :lost")
            .expression_attribute_values(":lost", number(lost.as_millisecond()))
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#name", name)
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":kind", crate::item::text("walked"))
            .expression_attribute_values(":stamp", number(stamp))
            .expression_attribute_values(":at", number(now.as_millisecond()));
        let update = update.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let part = Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version);
        match self.store.transact(vec![part]).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Forgets the figures of views that are gone, and of filters that views had before. Nobody adds to them any more: who counts
    /// checks that the views are those of now.
    pub async fn sweep_view_counts(&self) -> Result<(), StoreError> {
        let all = self.all_views().await?;
        for row in self.store.partition(self.keys().view_counts_partition()).await? {
            let sort = string(&row, "sk");
            let Some(of) = keys::read_view_row(sort) else { continue };
            let is_dead = |slot: &Slot| !all.views.iter().any(|view| slot.is_of(view));
            let dead: Vec<_> = read_counts(&row).map(|(slot, _)| slot).filter(is_dead).map(|slot| attribute(&slot)).collect();
            for some in dead.chunks(FORGOTTEN_AT_ONCE) {
                self.store.transact(vec![self.forget(&of, some)?, self.views_are_still(all.stamp)?]).await?;
            }
        }
        Ok(())
    }

    fn forget(&self, row: &Row, attributes: &[String]) -> Result<Part, StoreError> {
        let mut update = Update::builder().table_name(&*self.store.table).set_key(Some(key(self.keys().view_counts(row))));
        let names: Vec<_> = (0..attributes.len()).map(|index| format!("#a{index}")).collect();
        for (name, attribute) in names.iter().zip(attributes) {
            update = update.expression_attribute_names(name, attribute);
        }
        let update = update.update_expression(format!("REMOVE {}", names.join(", ")));
        let update = update.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::new(TransactWriteItem::builder().update(update).build()))
    }

    /// These rows, read consistently; what is not there is left out.
    async fn read_rows(&self, wanted: Vec<Key>) -> Result<HashMap<Key, Item>, StoreError> {
        let mut found = HashMap::new();
        for some in wanted.chunks(100) {
            let mut wanted: Vec<_> = some.iter().cloned().map(key).collect();
            for _ in 0..5 {
                if wanted.is_empty() {
                    break;
                }
                let keys = KeysAndAttributes::builder().set_keys(Some(std::mem::take(&mut wanted))).consistent_read(true).build();
                let keys = keys.map_err(|error| StoreError::Corrupt(error.to_string()))?;
                let request = self.store.client.batch_get_item().request_items(&*self.store.table, keys);
                let response =
                    request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
                response.consumed_capacity().iter().for_each(|capacity| record(Direction::Read, Some(capacity)));
                for row in response.responses.unwrap_or_default().into_values().flatten() {
                    let at = Key { pk: string(&row, "pk").to_owned(), sk: string(&row, "sk").to_owned() };
                    found.insert(at, row);
                }
                let left = response.unprocessed_keys.unwrap_or_default().into_values();
                wanted = left.flat_map(|keys| keys.keys).collect();
            }
            if !wanted.is_empty() {
                return Err(StoreError::Unavailable("rows were not given out".to_owned()));
            }
        }
        Ok(found)
    }
}

impl Recount {
    fn differences(&self) -> impl Iterator<Item = (&Slot, i64)> {
        let gone = self.before.difference(&self.after).map(|slot| (slot, -1));
        gone.chain(self.after.difference(&self.before).map(|slot| (slot, 1)))
    }

    fn add_to(&self, deltas: &mut BTreeMap<Row, BTreeMap<String, i64>>) {
        for (slot, delta) in self.differences() {
            *deltas.entry(slot.row.clone()).or_default().entry(attribute(slot)).or_default() += delta;
        }
    }

    /// Leaves only what changes in so many rows.
    fn cut(&mut self, rows: usize) {
        let changed: BTreeSet<_> = self.differences().map(|(slot, _)| slot.row.clone()).collect();
        let kept: BTreeSet<_> = changed.into_iter().take(rows).collect();
        let later = self.before.iter().filter(|slot| !kept.contains(&slot.row)).cloned();
        let now = self.after.iter().filter(|slot| kept.contains(&slot.row)).cloned();
        self.after = later.chain(now).collect();
    }
}

/// What there is to write of a ticket; nothing where it is counted as it is. `Stale` where it was counted by a version that is
/// newer than what was read.
fn recount(
    id: TicketId,
    ticket: Option<&Ticket>,
    row: Option<Item>,
    (views, config): (&[View], &TenantConfig),
) -> Result<Option<Recount>, StoreError> {
    let known = row.as_ref().and_then(|row| row.get("version")?.as_n().ok()?.parse().ok()).unwrap_or_default();
    let counted: Counted = row.map(|row| decode(row, COUNTED)).transpose()?.unwrap_or_default();
    let ticket_version = ticket.map_or(counted.ticket_version, |ticket| ticket.version);
    if counted.ticket_version > ticket_version {
        return Err(StoreError::Stale);
    }
    let filters: BTreeMap<_, _> = views.iter().map(|view| (view.id, view.filter_version)).collect();
    let before = counted.slots.iter().filter_map(|slot| read(slot));
    let before: BTreeSet<_> = before.filter(|slot| filters.get(&slot.view) == Some(&slot.filter_version)).collect();
    let after = ticket.map(|ticket| slots(views, ticket, config)).unwrap_or_default();
    let is_counted = known > 0 || ticket.is_none();
    if is_counted && counted.ticket_version == ticket_version && before == after {
        return Ok(None);
    }
    Ok(Some(Recount { ticket: id, ticket_version, known, before, after }))
}

fn attribute(slot: &Slot) -> String {
    let Slot { row: _, view, filter_version, brand, team } = slot;
    let team = team.as_ref().map(|team| format!("#{team}")).unwrap_or_default();
    format!("n#{view}#{filter_version}#{brand}{team}")
}

fn read_attribute(row: Row, name: &str) -> Option<Slot> {
    let mut parts = name.strip_prefix("n#")?.split('#');
    let (view, filter_version, brand) = (parts.next()?, parts.next()?, parts.next()?);
    let team = parts.next().map(TeamId::parse).transpose().ok()?;
    let (view, filter_version) = (view.parse().ok()?, filter_version.parse().ok()?);
    Some(Slot { row, view, filter_version, brand: BrandId::parse(brand).ok()?, team })
}

fn written(slot: &Slot) -> String {
    format!("{}|{}", keys::view_row(&slot.row), attribute(slot))
}

fn read(text: &str) -> Option<Slot> {
    let (row, name) = text.split_once('|')?;
    read_attribute(keys::read_view_row(row)?, name)
}

fn read_counts(row: &Item) -> impl Iterator<Item = (Slot, i64)> {
    let of = keys::read_view_row(string(row, "sk")).filter(|_| string(row, "sk") != WALKED);
    let count = move |(name, value): (&String, &aws_sdk_dynamodb::types::AttributeValue)| {
        Some((read_attribute(of.clone()?, name)?, value.as_n().ok()?.parse().ok()?))
    };
    row.iter().filter_map(count)
}

fn read_walked(row: &Item) -> (u64, Option<Timestamp>) {
    let number = |name: &str| row.get(name).and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
    let walked = number("walked").and_then(|walked| u64::try_from(walked).ok()).unwrap_or_default();
    (walked, number("at").and_then(|at| Timestamp::from_millisecond(at).ok()))
}
