//! The tenant's configuration: one query loads all of it; kept for 30 seconds.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use lambdesk_domain::{MailTemplate, TenantConfig, TenantId, Ticket, sla::Term};

use crate::{
    Desk, Store,
    calls::{Call, Resource, check},
    error::StoreError,
    item::{Item, decode, encode, key, kind, size, string, text},
    keys::{Key, TENANTS},
    mail_templates::MAIL_TEMPLATE,
    people::transact_put,
    request::{Part, unavailable},
    rules::{EDITION, edition_of, in_transactions, read_rule},
};

/// Policies and calendars, in all versions, that a configuration in memory may hold to be given more.
const MOST_HELD: usize = 1_000;

/// How long a change of settings may take to be seen everywhere.
const FRESH_FOR: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Cache(Mutex<Held>);

#[derive(Default)]
struct Held {
    configs: HashMap<TenantId, (Instant, Settings)>,
    /// How often one was forgotten, whosever: what was begun to be read before may lack what was changed then.
    forgotten: u64,
}

/// All that a tenant has settled.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The configuration.
    pub config: Arc<TenantConfig>,
    /// Its own words for mails.
    pub mail_templates: Arc<Vec<MailTemplate>>,
    /// How often its policies, calendars, teams and routing rules were changed: on condition of which they are.
    pub(crate) edition: u64,
    /// The bytes of each row that they stand in, by its sort key.
    pub(crate) sizes: Arc<HashMap<String, usize>>,
}

impl Cache {
    fn fresh(&self, tenant: &TenantId) -> Option<Settings> {
        let held = self.0.lock().ok()?;
        let (read_at, settings) = held.configs.get(tenant)?;
        (read_at.elapsed() < FRESH_FOR).then(|| settings.clone())
    }

    /// What to say to [`Cache::keep`] of what is read from now on.
    fn now(&self) -> u64 {
        self.0.lock().map_or(0, |held| held.forgotten)
    }

    /// Keeps what was read since `read_from`, unless something was changed meanwhile: who changed it must not be shown what was.
    fn keep(&self, tenant: &TenantId, settings: &Settings, read_from: u64) {
        // A poisoned lock only means that the next call reads again.
        if let Ok(mut held) = self.0.lock()
            && held.forgotten == read_from
        {
            // What nobody may use any more is not held for as long as the process lives.
            held.configs.retain(|_, (read_at, _)| read_at.elapsed() < FRESH_FOR);
            held.configs.insert(tenant.clone(), (Instant::now(), settings.clone()));
        }
    }

    /// Keeps the configuration with versions that it lacked, until as long as it would have been kept; but not in the place of one
    /// that was read since, which may know more.
    fn complete(&self, tenant: &TenantId, lacking: &Arc<TenantConfig>, config: &Arc<TenantConfig>) {
        if let Ok(mut held) = self.0.lock()
            && let Some((_, settings)) = held.configs.get_mut(tenant)
            && Arc::ptr_eq(&settings.config, lacking)
        {
            settings.config = config.clone();
        }
    }

    pub(crate) fn forget(&self, tenant: &TenantId) {
        if let Ok(mut held) = self.0.lock() {
            held.configs.remove(tenant);
            held.forgotten += 1;
        }
    }
}

impl Desk<'_> {
    /// The configuration; `NotFound` where there is no such tenant. Up to 30 seconds old.
    pub async fn config(&self) -> Result<Arc<TenantConfig>, StoreError> {
        Ok(self.settings().await?.config)
    }

    /// The configuration with the versions of policies and calendars that the ticket has.
    pub async fn config_for(&self, ticket: &Ticket) -> Result<Arc<TenantConfig>, StoreError> {
        self.config_for_all(std::slice::from_ref(ticket)).await
    }

    /// The configuration with the versions of policies and calendars that the tickets have. Where these are the newest, which they
    /// are most often, it costs what the configuration costs; else a query for each version more, once in 30 seconds.
    pub async fn config_for_all(&self, tickets: &[Ticket]) -> Result<Arc<TenantConfig>, StoreError> {
        let mut settings = self.settings().await?;
        if !tickets.iter().all(|ticket| settings.config.knows(ticket)) {
            settings = self.read_and_keep().await?;
        }
        let lacking = settings.config.lacks(tickets);
        if lacking.is_empty() {
            return Ok(settings.config);
        }
        let mut config = (*settings.config).clone();
        // Another desk's worth of versions is not held: it begins anew with the newest.
        let is_full = config.policies.len() + config.calendars.len() > MOST_HELD;
        for row in self.versions(lacking).await? {
            read_rule(row, &mut config)?;
        }
        let config = Arc::new(config);
        if !is_full {
            self.store.configs.complete(self.tenant, &settings.config, &config);
        }
        Ok(config)
    }

    async fn versions(&self, terms: BTreeSet<Term>) -> Result<Vec<Item>, StoreError> {
        let rows = terms.iter().map(|term| {
            let Key { pk, sk } = self.term_key(term);
            let query = self.store.query().key_condition_expression("pk = :pk AND sk = :sk");
            let query = query.expression_attribute_values(":pk", text(pk)).expression_attribute_values(":sk", text(sk));
            // A query, and no look at one item: whoever reads the configuration may do that.
            self.store.run_all(query.consistent_read(true))
        });
        Ok(try_join_all(rows).await?.into_iter().flatten().collect())
    }

    /// The configuration with the desk's own words for mails; as old, and as cheap.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        if let Some(settings) = self.store.configs.fresh(self.tenant) {
            // What is kept was read with a permission, and each function needs its own.
            let query = Call::new("dynamodb:Query", Resource::Table);
            check(&query).map_err(|denied| StoreError::Unavailable(denied.to_string()))?;
            return Ok(settings);
        }
        self.read_and_keep().await
    }

    async fn read_and_keep(&self) -> Result<Settings, StoreError> {
        let read_from = self.store.configs.now();
        let settings = self.read_settings().await?;
        self.store.configs.keep(self.tenant, &settings, read_from);
        Ok(settings)
    }

    /// The same as it is at this moment.
    pub async fn read_settings(&self) -> Result<Settings, StoreError> {
        let rows = self.store.partition(self.keys().config_partition()).await?;
        let (mut config, mut mail_templates, mut others) = (None, Vec::new(), Vec::new());
        let (mut edition, mut sizes) = (0, HashMap::new());
        for row in rows {
            match kind(&row) {
                "tenant" => config = Some(decode(row, "tenant")?),
                MAIL_TEMPLATE => mail_templates.push(decode(row, MAIL_TEMPLATE)?),
                EDITION => edition = edition_of(&row)?,
                _ => {
                    sizes.insert(string(&row, "sk").to_owned(), size(&row));
                    others.push(row);
                }
            }
        }
        let mut config: TenantConfig = config.ok_or(StoreError::NotFound)?;
        for row in others {
            read_rule(row, &mut config)?;
        }
        let (config, mail_templates) = (Arc::new(config), Arc::new(mail_templates));
        Ok(Settings { config, mail_templates, edition, sizes: Arc::new(sizes) })
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
        let mut parts = vec![Part::new(transact_put(self.put(item))?), self.next_edition()?];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_is_not_held() {
        let settings = Settings {
            config: Arc::new(crate::tests::config("demo")),
            mail_templates: Arc::default(),
            edition: 0,
            sizes: Arc::default(),
        };
        let tenant = |id: &str| TenantId::parse(id).expect("fits");
        let cache = Cache::default();
        let long_ago = Instant::now().checked_sub(FRESH_FOR).expect("the machine runs longer");
        cache.0.lock().expect("ours alone").configs.insert(tenant("old"), (long_ago, settings.clone()));
        cache.keep(&tenant("new"), &settings, cache.now());
        let held: Vec<_> = cache.0.lock().expect("ours alone").configs.keys().cloned().collect();
        assert_eq!(held, [tenant("new")]);
    }

    #[test]
    fn what_was_read_before_a_change_takes_the_place_of_nothing_that_was_read_after_it() {
        let settings = |fields: usize| {
            let mut config = crate::tests::config("demo");
            let field = serde_json::json!({ "id": "order", "label": "Order", "kind": "text", "required": "never",
                "visible_to": "staff", "active": true });
            config.fields = vec![serde_json::from_value(field).expect("a field"); fields];
            // A field changes no edition that is told here: of one edition there are many configurations.
            Settings { config: Arc::new(config), mail_templates: Arc::default(), edition: 7, sizes: Arc::default() }
        };
        let (cache, tenant) = (Cache::default(), TenantId::parse("demo").expect("fits"));
        let fields = || cache.fresh(&tenant).map(|settings| settings.config.fields.len());
        let (before, after) = (settings(0), settings(1));
        let read_from = cache.now();
        cache.forget(&tenant);
        cache.keep(&tenant, &before, read_from);
        assert_eq!(fields(), None, "it was being read while somebody changed it");
        cache.keep(&tenant, &after, cache.now());
        cache.complete(&tenant, &before.config, &Arc::new((*before.config).clone()));
        assert_eq!(fields(), Some(1), "what is new stays to be seen");
        cache.complete(&tenant, &after.config, &Arc::new((*after.config).clone()));
        assert!(!Arc::ptr_eq(&cache.fresh(&tenant).expect("kept").config, &after.config), "it is kept with more");
    }
}
