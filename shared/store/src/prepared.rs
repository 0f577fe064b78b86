//! What a desk prepares in advance: answers, macros, ticket templates. Those of teams and of everybody stand in one partition for each
//! kind, and each person's in one of their own, so that a list is two queries however many agents there are.
//!
//! Each partition has a stamp that grows with every thing that is made or changed in it: what was found about its neighbours when that was
//! decided (how many there are, who has which shortcut) still is so when it is saved. How often a thing is used is counted beside it
//! in its own row, which changes without asking anybody.

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem, Update};
use jiff::Timestamp;
use lambdesk_domain::{
    CategoryId, PersonId,
    audit::{AuditSubject, Audited},
    id::PreparedId,
    prepared::{KeptFile, Preparable, Prepared},
};

use crate::{
    Desk, Once,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, text},
    keys::PREPARED_STAMP,
    people::transact_put,
    request::{Guard, Part, unavailable},
    usage::{Direction, record},
};

/// How often something was used: in all.
const USED: &str = "used";
/// For tickets of a category; what stands before it is how often in all.
const USED_IN: &str = "used#";

/// A prepared thing as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// The thing.
    pub prepared: Prepared<T>,
    /// How often it was used.
    pub used: u64,
    /// How often for tickets of a category.
    pub used_in: std::collections::BTreeMap<CategoryId, u64>,
}

/// What stands together: one person's, or that of teams and everybody.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    /// The things, by identifier.
    pub things: Vec<Kept<T>>,
    /// The state in which they were read.
    stamp: u64,
}

impl Desk<'_> {
    /// Everything of a kind: one person's, or (`None`) that of teams and everybody.
    pub async fn shelf<T: Preparable>(&self, owner: Option<PersonId>) -> Result<Shelf<T>, StoreError> {
        let rows = self.store.partition(self.keys().prepared_partition(T::KIND, owner)).await?;
        let mut shelf = Shelf { things: Vec::new(), stamp: 0 };
        for row in rows {
            if kind(&row) == T::KIND {
                shelf.things.push(read(row)?);
            } else {
                shelf.stamp = counted(&row, PREPARED_STAMP).unwrap_or_default();
            }
        }
        Ok(shelf)
    }

    /// A thing by its identifier, where this person, or (`None`) a team or everybody, has it.
    pub async fn prepared<T: Preparable>(&self, owner: Option<PersonId>, id: PreparedId) -> Result<Option<Kept<T>>, StoreError> {
        self.get(self.keys().prepared(T::KIND, owner, id)).await?.map(read).transpose()
    }

    /// Writes a new thing, once for each idempotency key: `Answered` or `KeyReused` where that was used before, `Stale` where something
    /// was made or changed beside it since the shelf was read.
    pub async fn add_prepared<T: Preparable>(
        &self,
        thing: &Prepared<T>,
        shelf: &Shelf<T>,
        once: Once<'_>,
    ) -> Result<(), StoreError> {
        let mut row = encode(self.keys().prepared(T::KIND, thing.owner(), thing.id), T::KIND, thing)?;
        row.insert("version".to_owned(), number(thing.version));
        let mut parts = vec![self.put_new(row, "id")?, self.shelf_stamp_part(thing, shelf)?];
        parts.extend(self.audit_part(audited(None, Some(thing)))?);
        let (answer, now) = once;
        parts.extend(self.file_parts(thing.id, (&[], thing.content.files()), thing.created_by, now)?);
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// Writes a thing in the place of what was known `before`; `Stale` where that is no longer so, or something was made or changed
    /// beside it since the shelf was read. The files that it has more are this person's uploads; those that it has no more are erased.
    pub async fn change_prepared<T: Preparable>(
        &self,
        (before, thing): (&Prepared<T>, &Prepared<T>),
        shelf: &Shelf<T>,
        (person, now): (PersonId, Timestamp),
    ) -> Result<(), StoreError> {
        let at = self.keys().prepared(T::KIND, thing.owner(), thing.id);
        let mut row = encode(at.clone(), T::KIND, thing)?;
        let data = row.remove("data").ok_or_else(|| StoreError::Corrupt(format!("a {} without data", T::KIND)))?;
        // Not put whole: what is counted beside it stays.
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(at)))
            .update_expression("SET #data = :data, #version = :version")
            .condition_expression("#version = :known")
            .expression_attribute_names("#data", "data")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":data", data)
            .expression_attribute_values(":version", number(thing.version))
            .expression_attribute_values(":known", number(before.version))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let change = Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version);
        let mut parts = vec![change, self.shelf_stamp_part(thing, shelf)?];
        parts.extend(self.audit_part(audited(Some(before), Some(thing)))?);
        parts.extend(self.file_parts(thing.id, (before.content.files(), thing.content.files()), person, now)?);
        self.store.transact(parts).await
    }

    /// Erases a thing, if it still is the version that it was. Its files are erased by whoever looks what is due.
    pub async fn delete_prepared<T: Preparable>(&self, thing: &Prepared<T>, now: Timestamp) -> Result<(), StoreError> {
        let mut parts = vec![self.erase_known(self.keys().prepared(T::KIND, thing.owner(), thing.id), thing.version)?];
        parts.extend(self.audit_part(audited(Some(thing), None))?);
        parts.extend(self.file_parts(thing.id, (thing.content.files(), &[]), thing.created_by, now)?);
        self.store.transact(parts).await
    }

    /// The writes that keep the files that a thing has more, and forget those that it has no more.
    fn file_parts(
        &self,
        by: PreparedId,
        (before, after): (&[KeptFile], &[KeptFile]),
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<Part>, StoreError> {
        let is_in = |files: &[KeptFile], file: &KeptFile| files.iter().any(|other| other.id == file.id);
        let more = after.iter().filter(|file| !is_in(before, file)).map(|file| self.keep_file(file.id, person, by, now));
        let fewer = before.iter().filter(|file| !is_in(after, file)).map(|file| self.drop_file(file.id, by, now));
        more.chain(fewer).collect()
    }

    /// Counts that a thing was used for a ticket of the category. One that is gone by now is not counted.
    pub async fn count_use<T: Preparable>(&self, thing: &Prepared<T>, category: Option<&CategoryId>) -> Result<(), StoreError> {
        let mut request = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().prepared(T::KIND, thing.owner(), thing.id))))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#used", USED)
            .expression_attribute_values(":one", number(1))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        request = match category {
            None => request.update_expression("ADD #used :one"),
            Some(category) => request
                .update_expression("ADD #used :one, #in :one")
                .expression_attribute_names("#in", format!("{USED_IN}{category}")),
        };
        match request.send().await {
            Ok(response) => {
                record(Direction::Write, response.consumed_capacity());
                Ok(())
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The write that moves the stamp on.
    fn shelf_stamp_part<T: Preparable>(&self, thing: &Prepared<T>, shelf: &Shelf<T>) -> Result<Part, StoreError> {
        let mut row = key(self.keys().prepared_stamp(T::KIND, thing.owner()));
        row.insert("kind".to_owned(), text("prepared_stamp"));
        row.insert(PREPARED_STAMP.to_owned(), number(shelf.stamp + 1));
        let put = self.put(row);
        let put = match shelf.stamp {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            known => put
                .condition_expression("#stamp = :known")
                .expression_attribute_names("#stamp", PREPARED_STAMP)
                .expression_attribute_values(":known", number(known)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }
}

/// What is done to a thing of a team, or of everybody; one's own is no setting of the desk.
fn audited<T: Preparable>(before: Option<&Prepared<T>>, after: Option<&Prepared<T>>) -> Option<Audited> {
    let thing = after.or(before).filter(|thing| thing.owner().is_none())?;
    let subject = AuditSubject::parse(T::KIND).ok()?;
    let name = (thing.id, thing.content.title());
    match (before, after) {
        (Some(before), Some(after)) => {
            Audited::within(subject, name, (before, after), ("content", &before.content, &after.content))
        }
        _ => Audited::of(subject, name, before, after),
    }
}

fn read<T: Preparable>(row: Item) -> Result<Kept<T>, StoreError> {
    let used = counted(&row, USED).unwrap_or_default();
    let in_category = |name: &String| CategoryId::parse(name.strip_prefix(USED_IN)?).ok();
    let used_in = row.keys().filter_map(|name| Some((in_category(name)?, counted(&row, name)?))).collect();
    Ok(Kept { prepared: decode(row, T::KIND)?, used, used_in })
}

fn counted(row: &Item, name: &str) -> Option<u64> {
    row.get(name)?.as_n().ok()?.parse().ok()
}
