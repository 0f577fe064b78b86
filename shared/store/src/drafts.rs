//! Drafts: in a partition of their author's, where nothing that reads a ticket comes by.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use lambdesk_domain::{Draft, PersonId, TicketId};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{Item, decode, encode, key, number, string, text},
    keys::Key,
    people::transact_put,
    request::{Guard, Part},
};

const KIND: &str = "draft";
/// Drafts that are looked for at once.
const AT_ONCE: usize = 16;

impl Desk<'_> {
    /// Somebody's draft on a ticket, if it is still kept.
    pub async fn draft(&self, person: PersonId, ticket: TicketId, now: Timestamp) -> Result<Option<Draft>, StoreError> {
        let row = self.get(self.keys().draft(person, ticket)).await?;
        let draft = row.map(|row| decode::<Draft>(row, KIND)).transpose()?;
        Ok(draft.filter(|draft| draft.is_kept(now)))
    }

    /// A page of somebody's drafts, by the age of their tickets. One of which the time is over may be missing from a page.
    pub async fn drafts(&self, person: PersonId, page: &PageRequest, now: Timestamp) -> Result<Page<Draft>, StoreError> {
        let (partition, name) = (self.keys().drafts_partition(person), format!("{}#drafts#{person}", self.tenant));
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .consistent_read(true)
            .limit(page.limit)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(&partition));
        if let Some(sk) = after {
            query = query.set_exclusive_start_key(Some(key(Key { pk: partition, sk })));
        }
        let (rows, last): (Vec<Item>, _) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, "sk"), &name)).transpose()?;
        let drafts = rows.into_iter().map(|row| decode::<Draft>(row, KIND)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items: drafts.into_iter().filter(|draft| draft.is_kept(now)).collect(), next_cursor })
    }

    /// Erases all that somebody has written and not sent.
    pub async fn erase_drafts(&self, person: PersonId) -> Result<(), StoreError> {
        for row in self.store.partition(self.keys().drafts_partition(person)).await? {
            self.erase_row(Key { pk: string(&row, "pk").to_owned(), sk: string(&row, "sk").to_owned() }).await?;
        }
        Ok(())
    }

    /// Erases the drafts that these people have on a ticket. Few have one: so each is looked for before, which costs less.
    pub async fn erase_drafts_on(&self, ticket: TicketId, people: &BTreeSet<PersonId>) -> Result<(), StoreError> {
        let erase = async |person: PersonId| match self.get(self.keys().draft(person, ticket)).await? {
            None => Ok(()),
            Some(_) => self.erase_row(self.keys().draft(person, ticket)).await,
        };
        let people: Vec<_> = people.iter().copied().collect();
        for some in people.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|person| erase(*person))).await?;
        }
        Ok(())
    }

    /// Writes a draft in the place of the version that was `known`, `None` where there was none; `Stale` where that is no longer
    /// so.
    pub async fn put_draft(&self, draft: &Draft, known: Option<u64>, now: Timestamp) -> Result<(), StoreError> {
        let mut row = encode(self.keys().draft(draft.person, draft.ticket), KIND, draft)?;
        row.insert("version".to_owned(), number(draft.version));
        row.insert("expires_at".to_owned(), number(draft.expires_at.as_second()));
        let put = self.put(row);
        let put = match known {
            None => put
                .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
                .expression_attribute_values(":now", number(now.as_second())),
            Some(known) => put
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(known)),
        };
        self.store.transact(vec![Part::guarded(transact_put(put)?, Guard::Version)]).await
    }

    /// Erases a draft, if it still is the version that was `known`: `Stale` otherwise.
    pub async fn delete_draft(&self, person: PersonId, ticket: TicketId, known: u64) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().draft(person, ticket))))
            .condition_expression("#version = :known")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":known", number(known))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        self.store.transact(vec![Part::guarded(delete, Guard::Version)]).await
    }

    /// Erases a draft, whatever it is by now.
    pub async fn forget_draft(&self, person: PersonId, ticket: TicketId) -> Result<(), StoreError> {
        self.store.transact(vec![self.drop_draft(person, ticket)?]).await
    }

    /// The write that erases a draft of which a message was made, whatever it is by now.
    pub(crate) fn drop_draft(&self, person: PersonId, ticket: TicketId) -> Result<Part, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().draft(person, ticket))))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::new(TransactWriteItem::builder().delete(delete).build()))
    }
}
