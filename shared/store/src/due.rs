//! What is due, over all tenants: the question of the sweep. And where a ticket stands in it, if not where it was saved.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::ReturnConsumedCapacity,
};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use lambdesk_domain::{AttachmentId, JobId, MessageId, TenantConfig, TenantId, Ticket, TicketId};

use crate::{
    Desk, Store,
    error::StoreError,
    item::{Item, key, number, string, text},
    keys,
    request::unavailable,
    table::DUE,
    usage::{Direction, record},
};

/// Something whose time has come, as the index says. The index may lag, and the configuration may say otherwise by now:
/// whoever acts on it asks the thing itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// A ticket that is to close by itself.
    Ticket {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
    },
    /// An upload that was attached to nothing.
    Upload {
        /// Whose desk.
        tenant: TenantId,
        /// Which file.
        file: AttachmentId,
    },
    /// A reply that is to be sent.
    Scheduled {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
        /// Which reply.
        message: MessageId,
    },
    /// A job that nobody has worked on for a while, though it is not over.
    Job {
        /// Whose desk.
        tenant: TenantId,
        /// Which job.
        job: JobId,
    },
}

/// Where to go on: the shards that have more, each with the last item read. The default is the beginning of all.
#[derive(Debug, Clone)]
pub struct DueCursor(Vec<(String, Option<Item>)>);

impl Default for DueCursor {
    fn default() -> Self {
        Self(keys::due_partitions().map(|shard| (shard, None)).collect())
    }
}

/// A page of what is due.
#[derive(Debug, Clone)]
pub struct DuePage {
    /// What is due; within a shard the longest overdue first.
    pub items: Vec<Due>,
    /// Where to go on; `None` at the end.
    pub next: Option<DueCursor>,
}

impl Store {
    /// What is due by now, of all tenants: a query a shard, each of `limit` items at most, whatever the number of tickets.
    pub async fn due(&self, now: Timestamp, limit: i32, from: DueCursor) -> Result<DuePage, StoreError> {
        let shards = from.0.into_iter().map(|(shard, after)| self.due_in(shard, after, now, limit));
        let (mut items, mut more) = (Vec::new(), Vec::new());
        for (shard, found, last) in try_join_all(shards).await? {
            items.extend(found.iter().filter_map(due));
            more.extend(last.map(|last| (shard, Some(last))));
        }
        Ok(DuePage { items, next: (!more.is_empty()).then_some(DueCursor(more)) })
    }

    async fn due_in(
        &self,
        shard: String,
        after: Option<Item>,
        now: Timestamp,
        limit: i32,
    ) -> Result<(String, Vec<Item>, Option<Item>), StoreError> {
        let query = self
            .query()
            .index_name(DUE.name)
            .key_condition_expression("#pk = :pk AND #sk <= :until")
            .expression_attribute_names("#pk", DUE.partition)
            .expression_attribute_names("#sk", DUE.sort)
            .expression_attribute_values(":pk", text(&shard))
            .expression_attribute_values(":until", text(keys::due_until(now)))
            .projection_expression("#sk")
            .set_exclusive_start_key(after)
            .limit(limit);
        let (items, last) = self.run(query).await?;
        Ok((shard, items, last))
    }
}

/// One key that cannot be read must not take the others with it.
fn due(item: &Item) -> Option<Due> {
    let sort = string(item, DUE.sort);
    let read = keys::read_due(sort);
    if read.is_none() {
        tracing::error!(key = sort, "a place in the index of what is due cannot be read");
    }
    read
}

impl Desk<'_> {
    /// Moves the ticket to where this configuration has it in what is due, or takes it out: its place was written by the
    /// configuration of its last change. The ticket itself stays as it is, and so does its version. Where it changed
    /// meanwhile nothing is done: that change wrote its place.
    pub async fn place_due(&self, ticket: &Ticket, config: &TenantConfig) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().ticket(ticket.id))))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(ticket.version))
            .expression_attribute_names("#pk", DUE.partition)
            .expression_attribute_names("#sk", DUE.sort)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let request = match ticket.next_moment(config) {
            None => request.update_expression("REMOVE #pk, #sk"),
            Some(due_at) => {
                let (due_pk, due_sk) = self.keys().due(due_at, ticket.id);
                request
                    .update_expression("SET #pk = :pk, #sk = :sk")
                    .expression_attribute_values(":pk", text(due_pk))
                    .expression_attribute_values(":sk", text(due_sk))
            }
        };
        self.place(request).await
    }

    /// Takes the ticket out of what is due: nobody can do it. Its next change gives it a place again.
    pub async fn forget_due(&self, ticket: TicketId) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().ticket(ticket))))
            .condition_expression("attribute_exists(pk)")
            .update_expression("REMOVE #pk, #sk")
            .expression_attribute_names("#pk", DUE.partition)
            .expression_attribute_names("#sk", DUE.sort)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        self.place(request).await
    }

    async fn place(&self, request: UpdateItemFluentBuilder) -> Result<(), StoreError> {
        match request.send().await {
            Ok(response) => {
                record(Direction::Write, response.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(unavailable(error)),
            },
        }
    }
}
