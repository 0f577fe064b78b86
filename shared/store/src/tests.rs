//! The store against a real engine: DynamoDB's rules (conditions, transactions, indexes, capacity) are the engine's,
//! not a mock's.

mod attachments;
mod due;
mod faults;
mod fixtures;
mod lists;
mod saving;
mod suppressions;
mod views;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region, retry::RetryConfig},
};
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    Body, BodyFormat, Caller, Change, Context, DomainError, PersonId, Role, Status, Subject, TenantConfig, TenantId, Ticket,
    ticket::NewTicket,
};
use uuid::Uuid;

use crate::{Answer, IdempotencyKey, Save, Store, StoreError};

/// A desk on a table of its own, in memory.
#[derive(Clone)]
pub(crate) struct TestDesk {
    pub(crate) store: Store,
    pub(crate) config: TenantConfig,
    pub(crate) url: String,
    clock: Arc<AtomicU64>,
    last_id: Arc<AtomicU64>,
}

pub(crate) const START: Timestamp = Timestamp::constant(1_763_640_000, 0);

pub(crate) fn client(url: &str) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url)
        .retry_config(RetryConfig::standard().with_max_attempts(2))
        .http_client(http)
        .build();
    Client::from_conf(config)
}

impl TestDesk {
    pub(crate) async fn new() -> Self {
        let database = dynoxide::Database::memory().expect("in memory");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        let store = Store::new(client(&url), "lambdesk", b"a secret for tests");
        store.create_table().await.expect("a new table");
        let config = config("demo");
        store.desk(&config.id).put_config(&config).await.expect("written");
        Self { store, config, url, clock: Arc::default(), last_id: Arc::default() }
    }

    pub(crate) fn desk(&self) -> crate::Desk<'_> {
        self.store.desk(&self.config.id)
    }

    /// Every look at the clock is a millisecond later.
    pub(crate) fn now(&self) -> Timestamp {
        let milliseconds = self.clock.fetch_add(1, Ordering::Relaxed);
        START + SignedDuration::from_millis(i64::try_from(milliseconds).expect("small"))
    }

    pub(crate) fn act<T>(&self, caller: &Caller, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let mut ids = || {
            Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.last_id.fetch_add(1, Ordering::Relaxed)))
        };
        command(&mut Context { config: &self.config, caller: Some(caller), now: self.now(), ids: &mut ids })
    }

    pub(crate) async fn save(&self, change: &Change) -> Result<(), StoreError> {
        self.save_once(change, None).await
    }

    pub(crate) async fn save_once(&self, change: &Change, answer: Option<(&IdempotencyKey, &Answer)>) -> Result<(), StoreError> {
        self.desk().save(Save { answer, ..Save::of(change, &self.config, self.now()) }).await
    }

    pub(crate) async fn opening(&self, caller: &Caller, edit: impl FnOnce(&mut NewTicket)) -> Change {
        let mut new = NewTicket::new(Subject::parse("Help").expect("fits"), Body::parse("x", BodyFormat::Text).expect("fits"));
        edit(&mut new);
        let opening = self.act(caller, |ctx| new.check(ctx)).expect("allowed");
        let number = self.desk().next_number(opening.brand(), START).await.expect("a number");
        self.act(caller, |ctx| opening.open(number, ctx)).expect("allowed")
    }

    pub(crate) async fn open(&self, caller: &Caller) -> Ticket {
        let change = self.opening(caller, |_| {}).await;
        self.save(&change).await.expect("saved");
        change.after
    }

    /// Decides and saves.
    pub(crate) async fn change(
        &self,
        caller: &Caller,
        ticket: &Ticket,
        command: impl FnOnce(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
    ) -> Ticket {
        let change = self.act(caller, |ctx| command(ticket.clone(), ctx)).expect("allowed");
        self.save(&change).await.expect("saved");
        change.after
    }
}

pub(crate) fn config(tenant: &str) -> TenantConfig {
    let statuses = Status::ALL.iter().map(|status| serde_json::json!({ "status": status, "label": status }));
    let statuses: Vec<_> = statuses.collect();
    let brand = |id: &str| serde_json::json!({ "id": id, "name": id, "number_pattern": format!("{id}-{{year}}-{{seq:4}}"), "from": format!("help@{}.demo.test", id.to_lowercase()) });
    serde_json::from_value(serde_json::json!({
        "id": tenant, "name": "Demo", "default_brand": "KA",
        "statuses": statuses,
        "categories": [{"id": "billing", "label": "Billing"}, {"id": "other", "label": "Other"}],
        "auto_close_days": 7,
        "brands": [brand("KA"), brand("OL")],
    }))
    .expect("a configuration")
}

pub(crate) fn caller(role: Role, person: u128) -> Caller {
    Caller {
        tenant: TenantId::parse("demo").expect("fits"),
        person: PersonId(Uuid::from_u128(person)),
        role,
        brands: lambdesk_domain::Brands::All,
        audiences: Vec::new(),
        organization: None,
        scopes: None,
    }
}

pub(crate) fn carl() -> Caller {
    caller(Role::Customer, 1)
}

pub(crate) fn ada() -> Caller {
    caller(Role::Agent, 2)
}

pub(crate) fn mia() -> Caller {
    caller(Role::Manager, 3)
}
