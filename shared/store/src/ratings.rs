//! How satisfied customers are: figures that change in the transaction that changes the rating.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lambdesk_domain::{
    Brands, Change, PersonId,
    satisfaction::{RatingTally, rating_tally},
    ticket::Score,
};

use crate::{
    Desk,
    error::StoreError,
    item::{string, text},
    keys::{self, Key},
    request::Part,
};

impl Desk<'_> {
    /// The writes that keep the figures true across a change; none where no rating changed.
    pub(crate) fn count_ratings(&self, change: &Change) -> Result<Vec<Part>, StoreError> {
        let mut rows: BTreeMap<(String, String), BTreeMap<String, i64>> = BTreeMap::new();
        for (RatingTally { day, brand, agent, score }, delta) in rating_tally(change) {
            let Key { pk, sk } = self.keys().ratings(day, &brand, change.after.id);
            *rows.entry((pk, sk)).or_default().entry(attribute(agent, score)).or_default() += delta;
        }
        rows.into_iter().filter_map(|((pk, sk), deltas)| self.add(Key { pk, sk }, deltas).transpose()).collect()
    }

    /// How tickets of these brands were rated from the first day until the last (UTC, both included).
    pub async fn ratings(&self, (first, last): (Date, Date), brands: &Brands) -> Result<BTreeMap<RatingTally, i64>, StoreError> {
        let query = self
            .store
            .query()
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(self.keys().ratings_partition()))
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
                let Some((agent, score)) = read_attribute(name) else { continue };
                let count: i64 = value.as_n().ok().and_then(|count| count.parse().ok()).unwrap_or_default();
                *figures.entry(RatingTally { day, brand: brand.clone(), agent, score }).or_default() += count;
            }
        }
        figures.retain(|_, count| *count != 0);
        Ok(figures)
    }
}

/// What stands in place of an agent where nobody had the ticket.
const NOBODY: &str = "none";

fn attribute(agent: Option<PersonId>, score: Score) -> String {
    let agent = agent.map_or_else(|| NOBODY.to_owned(), |agent| agent.to_string());
    format!("n#{}#{agent}", score.get())
}

fn read_attribute(name: &str) -> Option<(Option<PersonId>, Score)> {
    let (score, agent) = name.strip_prefix("n#")?.split_once('#')?;
    let score = Score::try_from(score.parse::<i64>().ok()?).ok()?;
    let agent = if agent == NOBODY { None } else { Some(agent.parse().ok()?) };
    Some((agent, score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_reads_back() {
        let score = Score::try_from(4).expect("1 to 5");
        for agent in [None, Some(PersonId(uuid::Uuid::from_u128(7)))] {
            assert_eq!(read_attribute(&attribute(agent, score)), Some((agent, score)));
        }
        assert_eq!(read_attribute("n#9#none"), None);
        assert_eq!(read_attribute("kind"), None);
    }
}
