//! Tags in use: how many tickets of each brand have a tag, kept in the transaction that changes the ticket. A ticket without tags
//! costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use lambdesk_domain::{BrandId, Brands, Change, Tag};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{Item, string, text},
    keys::{self, TAG_SHARDS},
    request::Part,
};

/// A tag and the tickets that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: Tag,
    /// Tickets that have it, deleted ones not counted.
    pub tickets: i64,
}

impl Desk<'_> {
    /// A page of the tags that tickets of these brands have, in the order of the alphabet. What is used no more is left out
    /// while reading, so a page may hold fewer than asked for.
    pub async fn tags(&self, brands: &Brands, page: &PageRequest) -> Result<Page<TagCount>, StoreError> {
        let name = format!("{}#tags#{}", self.tenant, page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        // `~` sorts after every shard.
        let low = after.map_or_else(|| "!".to_owned(), |tag| keys::tag_prefix(&tag) + "~");
        let query = self
            .store
            .query()
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk > :low")
            .expression_attribute_values(":pk", text(self.keys().tags_partition()))
            .expression_attribute_values(":low", text(low))
            .limit((page.limit + 1) * i32::from(TAG_SHARDS));
        let (rows, more) = self.store.run(query).await?;
        let mut found: Vec<(String, i64)> = Vec::new();
        for row in &rows {
            let tag = string(row, "sk").rsplit_once(' ').map_or("", |(tag, _)| tag);
            match found.last_mut() {
                Some((last, count)) if last == tag => *count += in_brands(row, brands),
                _ => found.push((tag.to_owned(), in_brands(row, brands))),
            }
        }
        // Of the last tag there may be more rows.
        if more.is_some() {
            found.pop();
        }
        let limit = usize::try_from(page.limit).unwrap_or(1);
        let goes_on = more.is_some() || found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| goes_on).map(|(tag, _)| tag.clone());
        let next_cursor = last.map(|tag| self.store.cursors.seal(&tag, &name)).transpose()?;
        let items = found.into_iter().filter(|(_, tickets)| *tickets > 0);
        let items = items.filter_map(|(tag, tickets)| Some(TagCount { tag: Tag::parse(&tag).ok()?, tickets })).collect();
        Ok(Page { items, next_cursor })
    }

    /// The writes that keep the figures true across a change: a row for each tag that comes or goes.
    pub(crate) fn count_tags(&self, change: &Change) -> Result<Vec<Part>, StoreError> {
        let mut deltas: BTreeMap<&Tag, BTreeMap<String, i64>> = BTreeMap::new();
        let states = change.before.iter().map(|ticket| (ticket, -1)).chain([(&change.after, 1)]);
        for (ticket, delta) in states.filter(|(ticket, _)| ticket.deleted_at.is_none()) {
            let tags: &BTreeSet<Tag> = &ticket.tags;
            for tag in tags {
                *deltas.entry(tag).or_default().entry(attribute(&ticket.brand)).or_default() += delta;
            }
        }
        let part = |(tag, deltas)| self.add(self.keys().tag(tag, change.after.id), deltas).transpose();
        deltas.into_iter().filter_map(part).collect()
    }
}

fn attribute(brand: &BrandId) -> String {
    format!("n#{brand}")
}

fn in_brands(row: &Item, brands: &Brands) -> i64 {
    let count = |(name, value): (&String, &AttributeValue)| {
        let brand = BrandId::parse(name.strip_prefix("n#")?).ok()?;
        brands.include(&brand).then(|| value.as_n().ok()?.parse::<i64>().ok()).flatten()
    };
    row.iter().filter_map(count).sum()
}
