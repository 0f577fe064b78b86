//! Figures that are kept, not counted: tickets by status and priority, and each agent's load. They change in the
//! transaction that changes the ticket, so they are exact at once and cost the same with any number of tickets.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use lambdesk_domain::{BrandId, Brands, Change, PersonId, Priority, Status, Ticket};

use crate::{
    Desk,
    error::StoreError,
    item::{self, Item, number, string, text},
    keys::Key,
    request::Part,
};

/// Tickets of a brand by status and priority; deleted ones do not count.
pub type Counts = BTreeMap<(BrandId, Status, Priority), i64>;

/// Each agent's tickets by status and priority, without resolved and closed ones.
pub type Workload = BTreeMap<PersonId, BTreeMap<(Status, Priority), i64>>;

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
        let mut workload = Workload::new();
        for row in self.store.partition(self.keys().workload_partition()).await? {
            let Ok(agent) = string(&row, "sk").parse() else { continue };
            workload.insert(agent, read(&row));
        }
        Ok(workload)
    }

    /// The writes that keep the figures true across a change; none where nothing that counts has changed.
    pub(crate) fn count(&self, change: &Change) -> Result<Vec<Part>, StoreError> {
        let mut deltas: BTreeMap<(String, String), Deltas> = BTreeMap::new();
        let mut add = |key: Key, attribute: String, delta: i64| {
            *deltas.entry((key.pk, key.sk)).or_default().entry(attribute).or_default() += delta;
        };
        let states = change.before.iter().map(|ticket| (ticket, -1)).chain([(&change.after, 1)]);
        for (ticket, delta) in states.filter(|(ticket, _)| ticket.deleted_at.is_none()) {
            let attribute = attribute(ticket.status, ticket.priority);
            add(self.keys().counts(&ticket.brand, ticket.id), attribute.clone(), delta);
            if let Some(agent) = loaded_agent(ticket) {
                add(self.keys().workload(agent), attribute, delta);
            }
        }
        deltas.into_iter().filter_map(|((pk, sk), deltas)| self.add(Key { pk, sk }, deltas).transpose()).collect()
    }

    fn add(&self, key: Key, mut deltas: Deltas) -> Result<Option<Part>, StoreError> {
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
        let update = update
            .update_expression(format!("SET #kind = :kind ADD {}", additions.join(", ")))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Some(Part::new(TransactWriteItem::builder().update(update).build())))
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
