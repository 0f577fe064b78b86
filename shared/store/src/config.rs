//! The tenant's configuration: one query loads all of it; kept for 30 seconds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lambdesk_domain::{MailTemplate, TenantConfig, TenantId, Ticket};

use crate::{
    Desk, Store,
    calls::{Call, Resource, check},
    error::StoreError,
    item::{decode, encode, key, kind, string, text},
    keys::TENANTS,
    mail_templates::MAIL_TEMPLATE,
    people::transact_put,
    request::{Part, unavailable},
    rules::{in_transactions, read_rule},
};

/// How long a change of settings may take to be seen everywhere.
const FRESH_FOR: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<TenantId, (Instant, Settings)>>);

/// All that a tenant has settled.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The configuration.
    pub config: Arc<TenantConfig>,
    /// Its own words for mails.
    pub mail_templates: Arc<Vec<MailTemplate>>,
}

impl Cache {
    fn fresh(&self, tenant: &TenantId) -> Option<Settings> {
        let configs = self.0.lock().ok()?;
        let (read_at, settings) = configs.get(tenant)?;
        (read_at.elapsed() < FRESH_FOR).then(|| settings.clone())
    }

    fn keep(&self, tenant: &TenantId, settings: &Settings) {
        // A poisoned lock only means that the next call reads again.
        if let Ok(mut configs) = self.0.lock() {
            configs.insert(tenant.clone(), (Instant::now(), settings.clone()));
        }
    }

    pub(crate) fn forget(&self, tenant: &TenantId) {
        if let Ok(mut configs) = self.0.lock() {
            configs.remove(tenant);
        }
    }
}

impl Desk<'_> {
    /// The configuration; `NotFound` where there is no such tenant. Up to 30 seconds old.
    pub async fn config(&self) -> Result<Arc<TenantConfig>, StoreError> {
        Ok(self.settings().await?.config)
    }

    /// The configuration, new enough to know the versions of policies that the ticket has.
    pub async fn config_for(&self, ticket: &Ticket) -> Result<Arc<TenantConfig>, StoreError> {
        let config = self.config().await?;
        if config.knows(ticket) {
            return Ok(config);
        }
        let settings = self.read_settings().await?;
        self.store.configs.keep(self.tenant, &settings);
        Ok(settings.config)
    }

    /// The configuration with the desk's own words for mails; as old, and as cheap.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        if let Some(settings) = self.store.configs.fresh(self.tenant) {
            // What is kept was read with a permission, and each function needs its own.
            let query = Call::new("dynamodb:Query", Resource::Table);
            check(&query).map_err(|denied| StoreError::Unavailable(denied.to_string()))?;
            return Ok(settings);
        }
        let settings = self.read_settings().await?;
        self.store.configs.keep(self.tenant, &settings);
        Ok(settings)
    }

    /// The same as it is at this moment.
    pub async fn read_settings(&self) -> Result<Settings, StoreError> {
        let rows = self.store.partition(self.keys().config_partition()).await?;
        let (mut config, mut mail_templates, mut others) = (None, Vec::new(), Vec::new());
        for row in rows {
            match kind(&row) {
                "tenant" => config = Some(decode(row, "tenant")?),
                MAIL_TEMPLATE => mail_templates.push(decode(row, MAIL_TEMPLATE)?),
                _ => others.push(row),
            }
        }
        let mut config: TenantConfig = config.ok_or(StoreError::NotFound)?;
        for row in others {
            read_rule(row, &mut config)?;
        }
        Ok(Settings { config: Arc::new(config), mail_templates: Arc::new(mail_templates) })
    }

    /// Writes the configuration, claims its addresses, and puts the tenant into the list of all; `Taken("address")` where another
    /// tenant has one.
    pub async fn put_config(&self, config: &TenantConfig) -> Result<(), StoreError> {
        if config.id != *self.tenant {
            return Err(StoreError::Corrupt("the configuration is another tenant's".to_owned()));
        }
        self.list().await?;
        let item = encode(self.keys().config("tenant", "settings"), "tenant", config)?;
        let before = self.store.get(self.keys().config("tenant", "settings")).await?;
        let before: Option<TenantConfig> = before.map(|row| decode(row, "tenant")).transpose()?;
        // Before the desk itself: where it is, its rules are.
        for parts in in_transactions(self.rule_rows(config)?) {
            self.store.transact(parts).await?;
        }
        let mut parts = vec![Part::new(transact_put(self.put(item))?)];
        parts.extend(self.claim_addresses(config, before.as_ref())?);
        self.store.transact(parts).await?;
        self.store.configs.forget(self.tenant);
        Ok(())
    }

    /// Writes the tenant into the list of all, where it may be already.
    pub async fn list(&self) -> Result<(), StoreError> {
        let mut listed = key(self.keys().listed());
        listed.insert("kind".to_owned(), text("listed_tenant"));
        let request = self.store.client.put_item().table_name(&*self.store.table).set_item(Some(listed));
        request.send().await.map(drop).map_err(unavailable)
    }
}

impl Store {
    /// Every tenant, in the order of their names: for what runs by the clock, in all desks.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.partition(TENANTS.to_owned()).await?;
        let read = |name: &str| TenantId::parse(name).map_err(|_| StoreError::Corrupt(format!("a tenant called {name}")));
        rows.iter().map(|row| read(string(row, "sk"))).collect()
    }
}
