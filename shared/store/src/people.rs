//! People, found by id, by address, by role.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use lambdesk_domain::{
    EmailAddress, Person, PersonId, Role,
    audit::{AuditSubject, Audited},
};

use crate::{
    Desk,
    error::StoreError,
    item::{decode, encode, number, string, text},
    request::{Guard, Part},
    table::QUEUE,
};

impl Desk<'_> {
    /// The person with this id.
    pub async fn person(&self, id: PersonId) -> Result<Person, StoreError> {
        let item = self.get(self.keys().person(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "person")
    }

    /// The person with this address.
    pub async fn person_by_address(&self, address: &EmailAddress) -> Result<Person, StoreError> {
        let item = self.get(self.keys().address(address)).await?.ok_or(StoreError::NotFound)?;
        let id = string(&item, "points_to").parse().map_err(|_| StoreError::Corrupt("an address points nowhere".to_owned()))?;
        self.person(id).await
    }

    /// All staff, in the order of their names.
    pub async fn staff(&self) -> Result<Vec<Person>, StoreError> {
        let query = self
            .store
            .query()
            .index_name(QUEUE.name)
            .key_condition_expression("queue_pk = :people")
            .expression_attribute_values(":people", text(self.keys().people(Role::Agent)));
        self.store.run_all(query).await?.into_iter().map(|item| decode(item, "person")).collect()
    }

    /// Adds a person; `Taken` where somebody has the address already.
    pub async fn add_person(&self, person: &Person) -> Result<(), StoreError> {
        self.store.transact(self.new_person(person)?).await
    }

    /// Writes a person who changed; `Stale` where somebody else changed them since they were read. The address and the role
    /// stay as they are.
    pub async fn update_person(&self, before: &Person, after: &Person) -> Result<(), StoreError> {
        if before.version == after.version {
            return Ok(());
        }
        let mut row = self.person_row(after)?;
        row.insert("version".to_owned(), number(after.version));
        let put = self
            .put(row)
            .condition_expression(match before.version {
                // Of before there was a version.
                0 => "attribute_exists(pk) AND (attribute_not_exists(#version) OR #version = :before)",
                _ => "#version = :before",
            })
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", number(before.version));
        let mut parts = vec![Part::guarded(transact_put(put)?, Guard::Version)];
        // What people choose for themselves is no setting of the desk.
        // But whose tickets and answers they see, and how much they are given, is.
        let set = |person: &Person| (person.teams.clone(), person.at_work.skills.clone(), person.at_work.capacity);
        if self.signature.is_some_and(|signature| signature.person != after.id || set(before) != set(after)) {
            let mut audited = Audited::within(
                AuditSubject::Agent,
                (after.id, after.display_name()),
                (before, after),
                ("at_work", &before.at_work, &after.at_work),
            );
            // Never an address.
            if let Some(audited) = &mut audited {
                audited.name = after.name.as_ref().map(ToString::to_string);
            }
            parts.extend(self.audit_part(audited)?);
        }
        self.store.transact(parts).await
    }

    /// Writes a person of whom everything was erased, and frees their address; `Stale` where somebody else changed them.
    pub async fn erase_person(&self, before: &Person, after: &Person) -> Result<(), StoreError> {
        if before.version == after.version {
            return Ok(());
        }
        let mut row = self.person_row(after)?;
        row.insert("version".to_owned(), number(after.version));
        let put = self
            .put(row)
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(#version) OR #version = :before)")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", number(before.version));
        let address = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(crate::item::key(self.keys().address(&before.email))))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let parts = vec![
            Part::guarded(transact_put(put)?, Guard::Version),
            Part::new(TransactWriteItem::builder().delete(address).build()),
        ];
        self.store.transact(parts).await
    }

    fn person_row(&self, person: &Person) -> Result<crate::item::Item, StoreError> {
        let keys = self.keys();
        let mut row = encode(keys.person(person.id), "person", person)?;
        // Nobody finds who was erased.
        if person.erased_at.is_some() {
            return Ok(row);
        }
        row.insert("queue_pk".to_owned(), text(keys.people(person.role)));
        row.insert("queue_sk".to_owned(), text(format!("{}#{}", person.display_name().to_lowercase(), person.id)));
        Ok(row)
    }

    /// The writes that add a person.
    pub(crate) fn new_person(&self, person: &Person) -> Result<Vec<Part>, StoreError> {
        let keys = self.keys();
        let row = self.person_row(person)?;
        let mut address = crate::item::key(keys.address(&person.email));
        address.insert("kind".to_owned(), text("address"));
        address.insert("points_to".to_owned(), text(person.id.to_string()));
        Ok(vec![self.put_new(row, "id")?, self.put_new(address, "email")?])
    }

    /// A write that fails with `Taken` where the key exists.
    pub(crate) fn put_new(&self, item: crate::item::Item, what: &'static str) -> Result<Part, StoreError> {
        let put = self.put(item).condition_expression("attribute_not_exists(pk)");
        Ok(Part::guarded(transact_put(put)?, Guard::Unique(what)))
    }

    pub(crate) fn put(&self, item: crate::item::Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        Put::builder().table_name(&*self.store.table).set_item(Some(item))
    }
}

pub(crate) fn transact_put(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Result<TransactWriteItem, StoreError> {
    let put = put.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}
