//! Promises kept and broken: figures that change in the transaction that changes the ticket. And what will be broken next.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures_util::future::try_join_all;
use jiff::civil::Date;
use lambdesk_domain::{
    BrandId, Brands, Change, Metric, PolicyId, Ticket,
    sla::{Outcome, Tally, tally},
};

use crate::{
    Desk,
    error::StoreError,
    item::{decode, key, string, text},
    keys::{self, Key},
    request::{Part, unavailable},
    table::PROMISED,
    usage::{Direction, record},
};

impl Desk<'_> {
    /// The writes that keep the figures true across changes; none where no promise ended.
    pub(crate) fn count_promises(&self, changes: &[&Change]) -> Result<Vec<Part>, StoreError> {
        let mut rows: BTreeMap<(String, String), BTreeMap<String, i64>> = BTreeMap::new();
        let tallies = changes.iter().flat_map(|change| tally(change).into_iter().map(|figure| (change.after.id, figure)));
        for (ticket, (Tally { day, brand, policy, metric, outcome }, delta)) in tallies {
            let Key { pk, sk } = self.keys().promises(day, &brand, ticket);
            *rows.entry((pk, sk)).or_default().entry(attribute(metric, outcome, &policy)).or_default() += delta;
        }
        rows.into_iter().filter_map(|((pk, sk), deltas)| self.add(Key { pk, sk }, deltas).transpose()).collect()
    }

    /// How promises ended from the first day until the last (UTC, both included).
    pub async fn promises(&self, (first, last): (Date, Date), brands: &Brands) -> Result<BTreeMap<Tally, i64>, StoreError> {
        let query = self
            .store
            .query()
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(self.keys().promises_partition()))
            .expression_attribute_values(":first", text(first.to_string()))
            // `~` sorts after everything that follows the day.
            .expression_attribute_values(":last", text(format!("{last}~")))
            .consistent_read(true);
        let mut figures = BTreeMap::new();
        for row in self.store.run_all(query).await? {
            let Some((day, brand)) = keys::read_day_and_brand(string(&row, "sk")).filter(|(_, brand)| brands.include(brand))
            else {
                continue;
            };
            for (name, value) in &row {
                let Some((metric, outcome, policy)) = read_attribute(name) else { continue };
                let count: i64 = value.as_n().ok().and_then(|count| count.parse().ok()).unwrap_or_default();
                let tally = Tally { day, brand: brand.clone(), policy, metric, outcome };
                *figures.entry(tally).or_default() += count;
            }
        }
        figures.retain(|_, count| *count != 0);
        Ok(figures)
    }

    /// The tickets of these brands whose promises will be broken next, the soonest first; those that are overdue and not yet told
    /// of stand before.
    pub async fn next_breaches(&self, brands: &[BrandId], limit: i32) -> Result<Vec<Ticket>, StoreError> {
        let of_brand = |brand: &BrandId| {
            let query = self
                .store
                .query()
                .index_name(PROMISED.name)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", PROMISED.partition)
                .expression_attribute_values(":pk", text(self.keys().promised(brand)))
                .limit(limit);
            self.store.run(query)
        };
        let mut places = Vec::new();
        for (items, _) in try_join_all(brands.iter().map(of_brand)).await? {
            places.extend(items.iter().map(|item| (string(item, PROMISED.sort).to_owned(), string(item, "pk").to_owned())));
        }
        places.sort_unstable();
        places.truncate(usize::try_from(limit).unwrap_or(1));
        let mut tickets = self.tickets_at(places.iter().map(|(_, partition)| partition.clone()).collect()).await?;
        tickets.retain(|ticket| ticket.next_breach().is_some());
        tickets.sort_by_key(|ticket| (ticket.next_breach(), ticket.id));
        Ok(tickets)
    }

    /// These tickets, in no order; what is gone is left out.
    async fn tickets_at(&self, partitions: Vec<String>) -> Result<Vec<Ticket>, StoreError> {
        let mut tickets = Vec::new();
        let mut wanted: Vec<_> = partitions.into_iter().map(|pk| key(Key { pk, sk: "ticket".to_owned() })).collect();
        for _ in 0..5 {
            if wanted.is_empty() {
                return Ok(tickets);
            }
            let keys = KeysAndAttributes::builder().set_keys(Some(std::mem::take(&mut wanted))).build();
            let keys = keys.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let request = self.store.client.batch_get_item().request_items(&*self.store.table, keys);
            let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
            response.consumed_capacity().iter().for_each(|capacity| record(Direction::Read, Some(capacity)));
            for rows in response.responses.unwrap_or_default().into_values() {
                for row in rows {
                    tickets.push(decode(row, "ticket")?);
                }
            }
            let left = response.unprocessed_keys.unwrap_or_default().into_values();
            wanted = left.flat_map(|keys| keys.keys).collect();
        }
        Err(StoreError::Unavailable("tickets were not given out".to_owned()))
    }
}

fn attribute(metric: Metric, outcome: Outcome, policy: &PolicyId) -> String {
    format!("n#{metric}#{outcome}#{policy}")
}

fn read_attribute(name: &str) -> Option<(Metric, Outcome, PolicyId)> {
    let mut parts = name.strip_prefix("n#")?.splitn(3, '#');
    let (metric, outcome, policy) = (parts.next()?, parts.next()?, parts.next()?);
    Some((Metric::parse(metric).ok()?, Outcome::parse(outcome).ok()?, PolicyId::parse(policy).ok()?))
}
