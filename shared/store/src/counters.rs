//! Figures that are kept, not counted: tickets by status and priority, and each agent's load. They change in the
//! transaction that changes the ticket, so they are exact at once and cost the same with any number of tickets.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use lambdesk_domain::{BrandId, Brands, Change, PersonId, Priority, Status, TeamId, Ticket};

use crate::{
    Desk,
    error::StoreError,
    item::{self, Item, number, string, text},
    keys::Key,
    people::transact_put,
    request::{Guard, Part},
};

/// Tickets of a brand by status and priority; deleted ones do not count.
pub type Counts = BTreeMap<(BrandId, Status, Priority), i64>;

/// Each agent's tickets by status and priority, without resolved and closed ones.
pub type Workload = BTreeMap<PersonId, BTreeMap<(Status, Priority), i64>>;

/// What somebody carries, and the state in which that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// By status and priority, open tickets alone.
    pub tickets: BTreeMap<(Status, Priority), i64>,
    /// Grows with every change of it.
    pub stamp: u64,
}

/// What must still be so when a ticket is given to an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who gets it.
    pub agent: PersonId,
    /// The stamp of what they carried when that was decided.
    pub stamp: u64,
    /// The team whose turn it was, with who had it last.
    pub turn: Option<(TeamId, Option<PersonId>)>,
}

/// Grows with every change of what an agent carries.
const STAMP: &str = "stamp";

/// Numbers to add to one item, by attribute.
type Deltas = BTreeMap<String, i64>;

impl Desk<'_> {
    /// The counts of these brands.
    pub async fn counts(&self, brands: &Brands) -> Result<Counts, StoreError> {
        let mut counts = Counts::new();
        for row in self.store.partition(self.keys().counts_partition()).await? {
            let Some(brand) = string(&row, "sk").split_once('#').and_then(|(brand, _)| BrandId::parse(brand).ok()) else {
                continue;
            };
            if !brands.include(&brand) {
                continue;
            }
            for ((status, priority), count) in read(&row) {
                *counts.entry((brand.clone(), status, priority)).or_default() += count;
            }
        }
        Ok(counts)
    }

    /// Every agent's open tickets.
    pub async fn workload(&self) -> Result<Workload, StoreError> {
        Ok(self.carried().await?.into_iter().map(|(agent, carried)| (agent, carried.tickets)).collect())
    }

    /// What every agent carries, with the states in which it was read.
    pub async fn carried(&self) -> Result<BTreeMap<PersonId, Carried>, StoreError> {
        let mut carried = BTreeMap::new();
        for row in self.store.partition(self.keys().workload_partition()).await? {
            let Ok(agent) = string(&row, "sk").parse() else { continue };
            let stamp = row.get(STAMP).and_then(|stamp| stamp.as_n().ok()?.parse().ok()).unwrap_or_default();
            carried.insert(agent, Carried { tickets: read(&row), stamp });
        }
        Ok(carried)
    }

    /// Whose turn it last was, by team.
    pub async fn turns(&self) -> Result<BTreeMap<TeamId, PersonId>, StoreError> {
        let rows = self.store.partition(self.keys().turns_partition()).await?;
        let turn = |row: &Item| Some((TeamId::parse(string(row, "sk")).ok()?, string(row, "last").parse().ok()?));
        Ok(rows.iter().filter_map(turn).collect())
    }

    /// The write that passes the turn on; `Stale` where somebody else did.
    pub(crate) fn take_turn(&self, given: &Given) -> Result<Option<Part>, StoreError> {
        let Some((team, last)) = &given.turn else { return Ok(None) };
        let mut row = item::key(self.keys().turn(team));
        row.insert("kind".to_owned(), text("turn"));
        row.insert("last".to_owned(), text(given.agent.to_string()));
        let put = self.put(row).expression_attribute_names("#last", "last");
        let put = match last {
            None => put.condition_expression("attribute_not_exists(#last)"),
            Some(last) => put.condition_expression("#last = :last").expression_attribute_values(":last", text(last.to_string())),
        };
        Ok(Some(Part::guarded(transact_put(put)?, Guard::Version)))
    }

    /// The writes that keep the figures true across changes; none where nothing that counts has changed. What several changes add to
    /// one item is added up, for a transaction takes one write of each. Where a ticket is `given` to somebody, what they carry must
    /// still be what it was: `Stale` otherwise.
    pub(crate) fn count(&self, changes: &[&Change], given: Option<&Given>) -> Result<Vec<Part>, StoreError> {
        let mut deltas: BTreeMap<(String, String), Deltas> = BTreeMap::new();
        let mut add = |key: Key, attribute: String, delta: i64| {
            *deltas.entry((key.pk, key.sk)).or_default().entry(attribute).or_default() += delta;
        };
        let before = changes.iter().filter_map(|change| change.before.as_ref()).map(|ticket| (ticket, -1));
        let states = before.chain(changes.iter().map(|change| (&change.after, 1)));
        for (ticket, delta) in states.filter(|(ticket, _)| ticket.deleted_at.is_none()) {
            let attribute = attribute(ticket.status, ticket.priority);
            add(self.keys().counts(&ticket.brand, ticket.id), attribute.clone(), delta);
            if let Some(agent) = loaded_agent(ticket) {
                add(self.keys().workload(agent), attribute, delta);
            }
        }
        let workload = self.keys().workload_partition();
        let mut parts = Vec::new();
        for ((pk, sk), mut deltas) in deltas {
            deltas.retain(|_, delta| *delta != 0);
            let of_agent = pk == workload && !deltas.is_empty();
            if of_agent {
                deltas.insert(STAMP.to_owned(), 1);
            }
            let stamp = given.filter(|given| of_agent && given.agent.to_string() == sk).map(|given| given.stamp);
            parts.extend(self.add_if(Key { pk, sk }, deltas, stamp)?);
        }
        Ok(parts)
    }

    pub(crate) fn add(&self, key: Key, deltas: Deltas) -> Result<Option<Part>, StoreError> {
        self.add_if(key, deltas, None)
    }

    fn add_if(&self, key: Key, mut deltas: Deltas, stamp: Option<u64>) -> Result<Option<Part>, StoreError> {
        deltas.retain(|_, delta| *delta != 0);
        if deltas.is_empty() {
            return Ok(None);
        }
        let mut update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(item::key(key)))
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", text("counts"));
        let mut additions = Vec::new();
        for (index, (attribute, delta)) in deltas.into_iter().enumerate() {
            additions.push(format!("#a{index} :d{index}"));
            update = update
                .expression_attribute_names(format!("#a{index}"), attribute)
                .expression_attribute_values(format!(":d{index}"), number(delta));
        }
        update = match stamp {
            None => update,
            Some(0) => update.condition_expression("attribute_not_exists(#stamp)").expression_attribute_names("#stamp", STAMP),
            Some(stamp) => update
                .condition_expression("#stamp = :stamp")
                .expression_attribute_names("#stamp", STAMP)
                .expression_attribute_values(":stamp", number(stamp)),
        };
        let update = update
            .update_expression(format!("SET #kind = :kind ADD {}", additions.join(", ")))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Some(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version)))
    }
}

/// Who carries the ticket while it is open.
fn loaded_agent(ticket: &Ticket) -> Option<PersonId> {
    ticket.assignee.filter(|_| ticket.status.is_open())
}

fn attribute(status: Status, priority: Priority) -> String {
    format!("n_{status}_{priority}")
}

fn read(row: &Item) -> BTreeMap<(Status, Priority), i64> {
    let pairs = Status::ALL.iter().flat_map(|status| Priority::ALL.iter().map(|priority| (*status, *priority)));
    let count = |(status, priority)| row.get(&attribute(status, priority))?.as_n().ok()?.parse::<i64>().ok();
    pairs.filter_map(|pair| count(pair).filter(|count| *count != 0).map(|count| (pair, count))).collect()
}
