//! What the desk remembers: one DynamoDB table. One file an aggregate; [`keys`] is the only place where keys are built.
//!
//! Every question is asked through a [`Desk`], which exists only for a tenant:
//!
//! ```compile_fail
//! # async fn f(store: lambdesk_store::Store, id: lambdesk_domain::TicketId) {
//! let ticket = store.ticket(&lambdesk_domain::TicketRef::Id(id)).await; // no tenant, no query
//! # }
//! ```

mod addresses;
mod api_keys;
mod attachments;
mod audit;
mod calls;
mod caps;
mod config;
mod counters;
mod cursor;
mod directory;
mod drafts;
mod due;
mod error;
mod idempotency;
mod imports;
mod inbound;
mod item;
mod jobs;
mod keys;
mod list;
mod mail_templates;
mod merged;
mod moved;
mod people;
mod prepared;
mod presence;
mod promises;
mod purge;
mod ratings;
mod request;
mod rules;
mod save;
mod scheduled;
mod sent_mail;
pub mod stream;
mod suppressions;
pub mod table;
mod tags;
mod tickets;
mod usage;
mod view_counts;
mod views;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use lambdesk_domain::{TenantId, audit::Signature};

pub use self::{
    addresses::OwnAddress,
    api_keys::{ApiKey, SecretHash},
    attachments::{Attach, object_key, read_object_key},
    calls::{Call, Denied, Resource, Scope, check},
    config::Settings,
    counters::{Carried, Counts, Given, Workload},
    directory::PeopleQuery,
    due::{Due, DueCursor, DuePage},
    error::StoreError,
    idempotency::{Answer, IdempotencyKey},
    imports::{ImportSave, ImportedBefore, import_key, is_written_ahead},
    inbound::{Arrival, Known, Question},
    jobs::{DoneItem, JobPlan, JobWithCounts, export_key},
    list::{AssigneeFilter, Order, Page, PageRequest, Sieve, Sort, TicketQuery},
    prepared::{Kept, Shelf},
    purge::{Remains, RemainsCursor, RemainsPage},
    rules::Once,
    save::Save,
    scheduled::Ended,
    sent_mail::{MailClaim, OwnMail, SentMail},
    suppressions::HeardFailure,
    tags::TagCount,
    tickets::{Include, Thread},
    usage::{Usage, measure},
    view_counts::ViewCounts,
    views::{AllViews, ViewStamp},
};

/// The table. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    cursors: cursor::Cursors,
    configs: Arc<config::Cache>,
    views: Arc<views::Cache>,
}

impl Store {
    /// A store on this table. `secret` seals cursors; it must be the same in all functions of a deployment.
    pub fn new(client: Client, table: &str, secret: &[u8]) -> Self {
        Self {
            client,
            table: table.into(),
            cursors: cursor::Cursors::new(secret),
            configs: Arc::default(),
            views: Arc::default(),
        }
    }

    /// The part of the table that is this tenant's.
    pub fn desk<'a>(&'a self, tenant: &'a TenantId) -> Desk<'a> {
        Desk { store: self, tenant, signature: None }
    }

    /// Creates the table unless it exists: for the local process and tests.
    pub async fn create_table(&self) -> Result<(), StoreError> {
        table::create_table(&self.client, &self.table).await
    }

    /// Whether the table answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.get(keys::nothing()).await.map(drop)
    }
}

/// One tenant's part of the table. All reads and writes of tenants' data are methods of this.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    store: &'a Store,
    tenant: &'a TenantId,
    /// Whose hands it is in, where it is somebody's.
    signature: Option<Signature>,
}

impl Desk<'_> {
    fn keys(&self) -> keys::Keys<'_> {
        keys::Keys(self.tenant)
    }

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        self.tenant
    }

    async fn get(&self, key: keys::Key) -> Result<Option<item::Item>, StoreError> {
        self.store.get(key).await
    }
}
