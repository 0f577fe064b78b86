//! The tenant's configuration: one query loads all of it; kept for 30 seconds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lambdesk_domain::{TenantConfig, TenantId};

use crate::{
    Desk,
    calls::{Call, Resource, check},
    error::StoreError,
    item::{decode, encode, kind},
    request::unavailable,
};

/// How long a change of settings may take to be seen everywhere.
const FRESH_FOR: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<TenantId, (Instant, Arc<TenantConfig>)>>);

impl Cache {
    fn fresh(&self, tenant: &TenantId) -> Option<Arc<TenantConfig>> {
        let configs = self.0.lock().ok()?;
        let (read_at, config) = configs.get(tenant)?;
        (read_at.elapsed() < FRESH_FOR).then(|| config.clone())
    }

    fn keep(&self, tenant: &TenantId, config: &Arc<TenantConfig>) {
        // A poisoned lock only means that the next call reads again.
        if let Ok(mut configs) = self.0.lock() {
            configs.insert(tenant.clone(), (Instant::now(), config.clone()));
        }
    }

    fn forget(&self, tenant: &TenantId) {
        if let Ok(mut configs) = self.0.lock() {
            configs.remove(tenant);
        }
    }
}

impl Desk<'_> {
    /// The configuration; `NotFound` where there is no such tenant. Up to 30 seconds old.
    pub async fn config(&self) -> Result<Arc<TenantConfig>, StoreError> {
        if let Some(config) = self.store.configs.fresh(self.tenant) {
            // What is kept was read with a permission, and each function needs its own.
            let query = Call::new("dynamodb:Query", Resource::Table);
            check(&query).map_err(|denied| StoreError::Unavailable(denied.to_string()))?;
            return Ok(config);
        }
        let rows = self.store.partition(self.keys().config_partition()).await?;
        let settings = rows.into_iter().find(|row| kind(row) == "tenant").ok_or(StoreError::NotFound)?;
        let config = Arc::new(decode(settings, "tenant")?);
        self.store.configs.keep(self.tenant, &config);
        Ok(config)
    }

    /// Writes the configuration.
    pub async fn put_config(&self, config: &TenantConfig) -> Result<(), StoreError> {
        if config.id != *self.tenant {
            return Err(StoreError::Corrupt("the configuration is another tenant's".to_owned()));
        }
        let item = encode(self.keys().config("tenant", "settings"), "tenant", config)?;
        let request = self.store.client.put_item().table_name(&*self.store.table).set_item(Some(item));
        request.send().await.map_err(unavailable)?;
        self.store.configs.forget(self.tenant);
        Ok(())
    }
}
