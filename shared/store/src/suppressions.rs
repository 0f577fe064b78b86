//! Addresses that are sent nothing, and which reports of failed mails were heard: each counts once.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{EmailAddress, Suppression};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{Item, decode, encode, key, number, string, text},
    keys,
    people::transact_put,
    request::{Guard, Part},
    table::QUEUE,
};

/// How long a report is remembered: longer than any queue brings it again.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A report that a mail failed, heard: what it makes of what is known of the address.
#[derive(Debug, Clone, Copy)]
pub struct HeardFailure<'a> {
    /// The report's own name: the same whenever it is brought.
    pub report: &'a str,
    /// The address that it is about.
    pub address: &'a EmailAddress,
    /// What was known.
    pub before: Option<&'a Suppression>,
    /// What is to be known.
    pub after: Option<&'a Suppression>,
}

impl Desk<'_> {
    /// What is known of the address. Asked before each mail: one read.
    pub async fn suppression(&self, address: &EmailAddress) -> Result<Option<Suppression>, StoreError> {
        let item = self.get(self.keys().suppression(address)).await?;
        item.map(|item| decode(item, "suppression")).transpose()
    }

    /// Addresses that are suppressed, the newest first. Those whose failures are only counted are not among them; those whose
    /// time is over may be, until the table forgets them.
    pub async fn suppressions(&self, page: &PageRequest) -> Result<Page<Suppression>, StoreError> {
        let partition = self.keys().suppressions();
        let name = format!("{partition}#{}", page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .index_name(QUEUE.name)
            .limit(page.limit)
            .scan_index_forward(false)
            .key_condition_expression("queue_pk = :pk")
            .expression_attribute_values(":pk", text(&partition));
        if let Some(sort) = after {
            query = query.set_exclusive_start_key(Some(self.place_of_suppression(&partition, &sort)?));
        }
        let (items, last) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, QUEUE.sort), &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, "suppression")).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// Writes what is known of an address; `Stale` where it is not as it was before.
    pub async fn put_suppression(&self, before: Option<&Suppression>, after: &Suppression) -> Result<(), StoreError> {
        self.store.transact(vec![self.suppression_part(before, after)?]).await
    }

    /// Forgets what is known of an address; `NotFound` where that is nothing.
    pub async fn delete_suppression(&self, address: &EmailAddress) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().suppression(address))))
            .condition_expression("attribute_exists(pk)");
        match self.store.transact(vec![deletion(delete, Guard::Unique("suppression"))?]).await {
            Err(StoreError::Taken(_)) => Err(StoreError::NotFound),
            result => result,
        }
    }

    /// Remembers a report from which no change of a ticket follows: `Taken("report")` where it was heard before, `Stale` where
    /// the address is not as it was.
    pub async fn hear_failure(&self, heard: HeardFailure<'_>, now: Timestamp) -> Result<(), StoreError> {
        let parts = self.heard_parts(heard, now)?;
        self.store.transact(parts).await
    }

    /// The writes of a report, with those of the change that follows from it.
    pub(crate) fn heard_parts(&self, heard: HeardFailure<'_>, now: Timestamp) -> Result<Vec<Part>, StoreError> {
        let HeardFailure { report, address, before, after } = heard;
        let mut claim = key(self.keys().mail_report(report, address));
        claim.insert("kind".to_owned(), text("mail_report"));
        claim.insert("expires_at".to_owned(), number((now + KEPT).as_second()));
        let mut parts = vec![self.put_new(claim, "report")?];
        match (before, after) {
            (before, after) if before == after => {}
            (before, Some(after)) => parts.push(self.suppression_part(before, after)?),
            (Some(before), None) => {
                let delete = Delete::builder()
                    .table_name(&*self.store.table)
                    .set_key(Some(key(self.keys().suppression(address))))
                    .condition_expression("stamp = :before")
                    .expression_attribute_values(":before", text(stamp(before)?));
                parts.push(deletion(delete, Guard::Version)?);
            }
            (None, None) => {}
        }
        Ok(parts)
    }

    fn suppression_part(&self, before: Option<&Suppression>, after: &Suppression) -> Result<Part, StoreError> {
        let mut row = encode(self.keys().suppression(&after.address), "suppression", after)?;
        row.insert("stamp".to_owned(), text(stamp(after)?));
        if !after.is_counting() {
            row.insert(QUEUE.partition.to_owned(), text(self.keys().suppressions()));
            row.insert(QUEUE.sort.to_owned(), text(self.keys().by_suppression(after)));
        }
        if let Some(ends_at) = after.ends_at() {
            row.insert("expires_at".to_owned(), number(ends_at.as_second()));
        }
        let put = self.put(row);
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => {
                put.condition_expression("stamp = :before").expression_attribute_values(":before", text(stamp(before)?))
            }
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    /// Where a page of the index begins again.
    fn place_of_suppression(&self, partition: &str, sort: &str) -> Result<Item, StoreError> {
        let (_, digest) = sort.rsplit_once('#').ok_or(StoreError::InvalidCursor)?;
        let mut place = key(self.keys().suppression_by_digest(digest));
        place.insert(QUEUE.partition.to_owned(), text(partition));
        place.insert(QUEUE.sort.to_owned(), text(sort));
        Ok(place)
    }
}

/// What tells one state of a row from another: two reports at once must not count as one.
fn stamp(suppression: &Suppression) -> Result<String, StoreError> {
    serde_json::to_string(suppression)
        .map(|data| keys::digest(&[&data]))
        .map_err(|error| StoreError::Corrupt(format!("a suppression cannot be written: {error}")))
}

fn deletion(delete: aws_sdk_dynamodb::types::builders::DeleteBuilder, guard: Guard) -> Result<Part, StoreError> {
    let delete = delete.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Part::guarded(TransactWriteItem::builder().delete(delete).build(), guard))
}
