//! Files: announced before they are uploaded, claimed by the message that they are attached to in its own transaction.
//!
//! What a canned response keeps is attached to nothing; who uses the response gets a copy, with an object of its own.
//!
//! An upload that is not attached is forgotten after 24 hours (`loose_until`), and counts as absent from then on. It is due to be
//! erased then; its row outlives that by far (`expires_at`), because the row is what its object is found by.

use aws_sdk_dynamodb::{
    operation::{delete_item::DeleteItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnConsumedCapacity, TransactWriteItem, Update},
};
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{AttachedTo, AttachmentId, FileRecord, PersonId, Scan, TenantId, attachment::UPLOAD_HOURS, id::PreparedId};

use crate::{
    Answer, Desk, IdempotencyKey,
    error::StoreError,
    item::{Item, decode, encode, key, number, text},
    request::{Guard, Part, unavailable},
    table::DUE,
    usage::{Direction, record},
};

const KIND: &str = "attachment";
/// What S3 tells the files' queue of begins so.
const PREFIX: &str = "uploads/";
/// How long a forgotten upload's row stays, should nobody come to erase it.
const ERASED_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// A row of somebody's that is attached to nothing, and that nothing keeps: what may still be claimed or deleted.
const LOOSE: &str = "attribute_exists(pk) AND attribute_type(#data.#attached_to, :null) AND attribute_not_exists(#data.#kept_by) \
                     AND #data.#uploaded_by = :person";

/// A file that a message brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attach {
    /// One that was uploaded before; saved only if it is this person's, not attached, and not forgotten.
    Claim {
        /// Which.
        id: AttachmentId,
        /// Whose.
        person: PersonId,
    },
    /// One that has no row yet, such as one that came by mail.
    New(Box<FileRecord>),
}

/// The key of a file's object: the same for as long as there is the file.
pub fn object_key(tenant: &TenantId, id: AttachmentId) -> String {
    format!("{PREFIX}{tenant}/{id}")
}

/// What an object's key says: [`object_key`] read backwards. `None` for objects of others.
pub fn read_object_key(key: &str) -> Option<(TenantId, AttachmentId)> {
    let (tenant, id) = key.strip_prefix(PREFIX)?.split_once('/')?;
    Some((TenantId::parse(tenant).ok()?, id.parse().ok()?))
}

impl Desk<'_> {
    /// The file, also one that is forgotten or was never uploaded.
    pub async fn attachment(&self, id: AttachmentId) -> Result<FileRecord, StoreError> {
        let item = self.get(self.keys().attachment(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, KIND)
    }

    /// Announces an upload, and keeps the answer where the request has an idempotency key.
    pub async fn add_attachment(
        &self,
        file: &FileRecord,
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut parts = vec![self.put_new(self.file_row(file)?, "id")?];
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// Writes files that wait to be attached: copies of what is kept, whose objects are written after them. Those of which nothing
    /// comes are found as any upload is.
    pub async fn add_copies(&self, files: &[FileRecord]) -> Result<(), StoreError> {
        let parts: Result<Vec<_>, _> = files.iter().map(|file| self.put_new(self.file_row(file)?, "id")).collect();
        self.store.transact(parts?).await
    }

    /// Writes what was found in the file: its type and its safety. `NotFound` where there is no such file any more.
    pub async fn note_scan(&self, id: AttachmentId, scan: Scan, content_type: &str) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .update_expression("SET #data.#scan = :scan, #data.#content_type = :content_type, #data.#stored = :stored")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#data", "data")
            .expression_attribute_names("#scan", "scan")
            .expression_attribute_names("#content_type", "content_type")
            .expression_attribute_names("#stored", "stored")
            .expression_attribute_values(":scan", text(scan.as_str()))
            .expression_attribute_values(":content_type", text(content_type))
            .expression_attribute_values(":stored", AttributeValue::Bool(true))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match request.send().await {
            Ok(response) => {
                record(Direction::Write, response.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(StoreError::NotFound),
                _ => Err(unavailable(error)),
            },
        }
    }

    /// Forgets an upload of this person's that is attached to nothing; `NotFound` where it is not so.
    pub async fn delete_loose_attachment(&self, id: AttachmentId, person: PersonId) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .delete_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .condition_expression(LOOSE)
            .set_expression_attribute_names(Some(loose_names()))
            .set_expression_attribute_values(Some(loose_values(person)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match request.send().await {
            Ok(response) => {
                record(Direction::Write, response.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Err(StoreError::NotFound),
                _ => Err(unavailable(error)),
            },
        }
    }

    /// The write that attaches a file to a message.
    pub(crate) fn attach(&self, file: &Attach, place: AttachedTo, now: Timestamp) -> Result<Part, StoreError> {
        match file {
            Attach::New(file) => self.put_new(self.file_row(file)?, "attachment"),
            Attach::Claim { id, person } => self.claim(*id, *person, place, now),
        }
    }

    /// The write that takes a file off a message that is not sent: it is its uploader's again, for as long as one that was just
    /// announced.
    pub(crate) fn detach(&self, id: AttachmentId, place: AttachedTo, now: Timestamp) -> Result<Part, StoreError> {
        let place = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(place)
            .map_err(|error| StoreError::Corrupt(format!("{KIND} cannot be written: {error}")))?;
        let forgotten_at = now + SignedDuration::from_hours(UPLOAD_HOURS);
        let (due_pk, due_sk) = self.keys().due_upload(forgotten_at, id);
        let names = ["data", "attached_to", "expires_at", "loose_until", DUE.partition, DUE.sort];
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .update_expression(format!(
                "SET #data.#attached_to = :none, #data.#expires_at = :forgotten_at, #loose_until = :loose_until, \
                 #expires_at = :expires_at, #{} = :due_pk, #{} = :due_sk",
                DUE.partition, DUE.sort
            ))
            .condition_expression("#data.#attached_to = :place")
            .set_expression_attribute_names(Some(names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()))
            .expression_attribute_values(":place", place)
            .expression_attribute_values(":none", AttributeValue::Null(true))
            .expression_attribute_values(":forgotten_at", text(forgotten_at.to_string()))
            .expression_attribute_values(":loose_until", number(forgotten_at.as_second()))
            .expression_attribute_values(":expires_at", number((forgotten_at + ERASED_WITHIN).as_second()))
            .expression_attribute_values(":due_pk", text(due_pk))
            .expression_attribute_values(":due_sk", text(due_sk))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version))
    }

    fn claim(&self, id: AttachmentId, person: PersonId, place: AttachedTo, now: Timestamp) -> Result<Part, StoreError> {
        let place = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(place)
            .map_err(|error| StoreError::Corrupt(format!("{KIND} cannot be written: {error}")))?;
        self.take(id, person, ("attached_to", place), now)
    }

    /// The write by which a canned response keeps an upload of this person's: nobody attaches or erases it from then on.
    pub(crate) fn keep_file(
        &self,
        id: AttachmentId,
        person: PersonId,
        by: PreparedId,
        now: Timestamp,
    ) -> Result<Part, StoreError> {
        self.take(id, person, ("kept_by", text(by.to_string())), now)
    }

    /// The write by which what a canned response kept is forgotten: it is due to be erased at once.
    pub(crate) fn drop_file(&self, id: AttachmentId, by: PreparedId, now: Timestamp) -> Result<Part, StoreError> {
        let (due_pk, due_sk) = self.keys().due_upload(now, id);
        let names = ["data", "kept_by", "expires_at", "loose_until", DUE.partition, DUE.sort];
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .update_expression(format!(
                "SET #data.#expires_at = :now, #loose_until = :loose_until, #expires_at = :expires_at, #{} = :due_pk, #{} = :due_sk \
                 REMOVE #data.#kept_by",
                DUE.partition, DUE.sort
            ))
            .condition_expression("#data.#kept_by = :by")
            .set_expression_attribute_names(Some(names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()))
            .expression_attribute_values(":by", text(by.to_string()))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":loose_until", number(now.as_second()))
            .expression_attribute_values(":expires_at", number((now + ERASED_WITHIN).as_second()))
            .expression_attribute_values(":due_pk", text(due_pk))
            .expression_attribute_values(":due_sk", text(due_sk))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version))
    }

    /// The write by which an upload of this person's becomes part of something.
    fn take(
        &self,
        id: AttachmentId,
        person: PersonId,
        (of, place): (&str, AttributeValue),
        now: Timestamp,
    ) -> Result<Part, StoreError> {
        let mut values = loose_values(person);
        values.extend([(":place".to_owned(), place), (":now".to_owned(), number(now.as_second()))]);
        let mut names = loose_names();
        let more = ["expires_at", "loose_until", DUE.partition, DUE.sort];
        names.extend(more.into_iter().map(|name| (format!("#{name}"), name.to_owned())));
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .update_expression(format!(
                "SET #data.#{of} = :place, #data.#expires_at = :none REMOVE #expires_at, #loose_until, #{}, #{}",
                DUE.partition, DUE.sort
            ))
            // Rows of before have no `loose_until`: they expired when they were forgotten.
            .condition_expression(format!(
                "{LOOSE} AND (#loose_until > :now OR (attribute_not_exists(#loose_until) AND #expires_at > :now))"
            ))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .expression_attribute_values(":none", AttributeValue::Null(true))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Unique("attachment")))
    }

    /// The write that keeps a file with a message that moves to another ticket.
    pub(crate) fn move_file(&self, id: AttachmentId, place: AttachedTo) -> Result<Part, StoreError> {
        let place = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(place)
            .map_err(|error| StoreError::Corrupt(format!("{KIND} cannot be written: {error}")))?;
        let names = ["data", "attached_to"].into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect();
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().attachment(id))))
            .update_expression("SET #data.#attached_to = :place")
            .condition_expression("attribute_exists(pk)")
            .set_expression_attribute_names(Some(names))
            .expression_attribute_values(":place", place)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version))
    }

    fn file_row(&self, file: &FileRecord) -> Result<Item, StoreError> {
        let mut row = encode(self.keys().attachment(file.id), KIND, file)?;
        if let Some(expires_at) = file.expires_at {
            row.insert("loose_until".to_owned(), number(expires_at.as_second()));
            row.insert("expires_at".to_owned(), number((expires_at + ERASED_WITHIN).as_second()));
            let (due_pk, due_sk) = self.keys().due_upload(expires_at, file.id);
            row.insert(DUE.partition.to_owned(), text(due_pk));
            row.insert(DUE.sort.to_owned(), text(due_sk));
        }
        Ok(row)
    }
}

fn loose_names() -> std::collections::HashMap<String, String> {
    let names = ["data", "attached_to", "kept_by", "uploaded_by"];
    names.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()
}

fn loose_values(person: PersonId) -> std::collections::HashMap<String, AttributeValue> {
    [(":null".to_owned(), text("NULL")), (":person".to_owned(), text(person.to_string()))].into()
}
