//! What a desk promises and who works for it: rows beside its configuration, read with it. Of policies and calendars every
//! version is a row, because tickets keep the one that they got.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::Timestamp;
use lambdesk_domain::{Calendar, CalendarId, FieldDefinition, Policy, RuleId, Team, TeamId, TenantConfig, routing::Rule};
use serde::Serialize;

use crate::{
    Answer, Desk, IdempotencyKey,
    error::StoreError,
    item::{Item, decode, encode, kind, number},
    keys::Key,
    people::transact_put,
    request::{Guard, Part},
};

const POLICY: &str = "policy";
const CALENDAR: &str = "calendar";
const TEAM: &str = "team";
const ROUTING_RULE: &str = "routing_rule";
const TICKET_FIELD: &str = "ticket_field";

/// Versions of a policy or calendar that are kept. A ticket whose version is gone gets a policy anew with its next change.
pub const VERSIONS_KEPT: u32 = 20;

/// The answer to keep with a write, where the request that asks for it has an idempotency key; and the time.
pub type Once<'a> = (Option<(&'a IdempotencyKey, &'a Answer)>, Timestamp);

impl Desk<'_> {
    /// Writes the next version of a policy; `Stale` where somebody else wrote it first.
    pub async fn put_policy(&self, policy: &Policy) -> Result<(), StoreError> {
        self.write_rules(self.policy_parts(policy)?).await
    }

    /// The same, once for each idempotency key: `Answered` or `KeyReused` where it was used before.
    pub async fn put_policy_once(&self, policy: &Policy, once: Once<'_>) -> Result<(), StoreError> {
        self.write_rules_once(self.policy_parts(policy)?, once).await
    }

    fn policy_parts(&self, policy: &Policy) -> Result<Vec<Part>, StoreError> {
        let at = |version| self.keys().config_version(POLICY, policy.id.as_str(), version);
        self.version_parts((POLICY, policy), policy.version, at)
    }

    /// Writes the next version of a calendar; `Stale` where somebody else wrote it first.
    pub async fn put_calendar(&self, calendar: &Calendar) -> Result<(), StoreError> {
        self.write_rules(self.calendar_parts(calendar)?).await
    }

    /// The same, once for each idempotency key: `Answered` or `KeyReused` where it was used before.
    pub async fn put_calendar_once(&self, calendar: &Calendar, once: Once<'_>) -> Result<(), StoreError> {
        self.write_rules_once(self.calendar_parts(calendar)?, once).await
    }

    fn calendar_parts(&self, calendar: &Calendar) -> Result<Vec<Part>, StoreError> {
        let at = |version| self.keys().config_version(CALENDAR, calendar.id.as_str(), version);
        self.version_parts((CALENDAR, calendar), calendar.version, at)
    }

    fn version_parts(
        &self,
        (kind, row): (&'static str, &impl Serialize),
        version: u32,
        at: impl Fn(u32) -> Key,
    ) -> Result<Vec<Part>, StoreError> {
        let put = self.put(encode(at(version), kind, row)?).condition_expression("attribute_not_exists(pk)");
        let mut parts = vec![Part::guarded(transact_put(put)?, Guard::Version)];
        if let Some(oldest) = version.checked_sub(VERSIONS_KEPT).filter(|oldest| *oldest > 0) {
            parts.push(self.erase(at(oldest), None)?);
        }
        Ok(parts)
    }

    /// Erases a calendar in all its versions.
    pub async fn delete_calendar(&self, calendar: &CalendarId, versions: &[u32]) -> Result<(), StoreError> {
        let at = |version: &u32| self.erase(self.keys().config_version(CALENDAR, calendar.as_str(), *version), None);
        self.write_rules(versions.iter().map(at).collect::<Result<_, _>>()?).await
    }

    /// Writes a team in the place of the version that was `known`; `Stale` where that is no longer so.
    pub async fn put_team(&self, team: &Team, known: Option<u32>) -> Result<(), StoreError> {
        self.write_rules(vec![self.team_part(team, known)?]).await
    }

    /// Writes a team that was not there, once for each idempotency key: `Stale` where it is there, `Answered` or `KeyReused`
    /// where the key was used before.
    pub async fn add_team_once(&self, team: &Team, once: Once<'_>) -> Result<(), StoreError> {
        self.write_rules_once(vec![self.team_part(team, None)?], once).await
    }

    fn team_part(&self, team: &Team, known: Option<u32>) -> Result<Part, StoreError> {
        let row = encode(self.keys().config(TEAM, team.id.as_str()), TEAM, team)?;
        self.known_part(row, (known, team.version))
    }

    /// Erases a team, if it still is the version that was `known`.
    pub async fn delete_team(&self, team: &TeamId, known: u32) -> Result<(), StoreError> {
        self.write_rules(vec![self.erase(self.keys().config(TEAM, team.as_str()), Some(known))?]).await
    }

    /// Writes a routing rule in the place of the version that was `known`; `Stale` where that is no longer so.
    pub async fn put_routing_rule(&self, rule: &Rule, known: Option<u32>) -> Result<(), StoreError> {
        self.write_rules(vec![self.routing_rule_part(rule, known)?]).await
    }

    /// Writes a new routing rule, once for each idempotency key: `Answered` or `KeyReused` where it was used before.
    pub async fn add_routing_rule_once(&self, rule: &Rule, once: Once<'_>) -> Result<(), StoreError> {
        self.write_rules_once(vec![self.routing_rule_part(rule, None)?], once).await
    }

    fn routing_rule_part(&self, rule: &Rule, known: Option<u32>) -> Result<Part, StoreError> {
        let row = encode(self.keys().config(ROUTING_RULE, &rule.id.to_string()), ROUTING_RULE, rule)?;
        self.known_part(row, (known, rule.version))
    }

    /// Erases a routing rule, if it still is the version that was `known`.
    pub async fn delete_routing_rule(&self, rule: RuleId, known: u32) -> Result<(), StoreError> {
        self.write_rules(vec![self.erase(self.keys().config(ROUTING_RULE, &rule.to_string()), Some(known))?]).await
    }

    /// Writes a field of tickets in the place of the version that was `known`; `Stale` where that is no longer so.
    pub async fn put_field(&self, field: &FieldDefinition, known: Option<u32>) -> Result<(), StoreError> {
        self.write_rules(vec![self.field_part(field, known)?]).await
    }

    /// The same, once for each idempotency key: `Answered` or `KeyReused` where it was used before.
    pub async fn put_field_once(&self, field: &FieldDefinition, known: Option<u32>, once: Once<'_>) -> Result<(), StoreError> {
        self.write_rules_once(vec![self.field_part(field, known)?], once).await
    }

    fn field_part(&self, field: &FieldDefinition, known: Option<u32>) -> Result<Part, StoreError> {
        let row = encode(self.keys().config(TICKET_FIELD, field.id.as_str()), TICKET_FIELD, field)?;
        self.known_part(row, (known, field.version))
    }

    fn known_part(&self, mut row: Item, (known, version): (Option<u32>, u32)) -> Result<Part, StoreError> {
        row.insert("version".to_owned(), number(version));
        let put = self.put(row);
        let put = match known {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(known) => put
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(known)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    pub(crate) fn erase(&self, at: Key, known: Option<u32>) -> Result<Part, StoreError> {
        let mut delete = Delete::builder().table_name(&*self.store.table).set_key(Some(crate::item::key(at)));
        if let Some(known) = known {
            delete = delete
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(known));
        }
        let delete = delete.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Version))
    }

    async fn write_rules(&self, parts: Vec<Part>) -> Result<(), StoreError> {
        for parts in in_transactions(parts) {
            self.store.transact(parts).await?;
        }
        self.store.configs.forget(self.tenant);
        Ok(())
    }

    async fn write_rules_once(&self, mut parts: Vec<Part>, (answer, now): Once<'_>) -> Result<(), StoreError> {
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await?;
        self.store.configs.forget(self.tenant);
        Ok(())
    }

    /// The rows of everything that a configuration has besides itself.
    pub(crate) fn rule_rows(&self, config: &TenantConfig) -> Result<Vec<Part>, StoreError> {
        let keys = self.keys();
        let mut rows = Vec::new();
        for policy in &config.policies {
            rows.push(encode(keys.config_version(POLICY, policy.id.as_str(), policy.version), POLICY, policy)?);
        }
        for calendar in &config.calendars {
            rows.push(encode(keys.config_version(CALENDAR, calendar.id.as_str(), calendar.version), CALENDAR, calendar)?);
        }
        for team in &config.teams {
            let mut row = encode(keys.config(TEAM, team.id.as_str()), TEAM, team)?;
            row.insert("version".to_owned(), number(team.version));
            rows.push(row);
        }
        for rule in &config.routing {
            let mut row = encode(keys.config(ROUTING_RULE, &rule.id.to_string()), ROUTING_RULE, rule)?;
            row.insert("version".to_owned(), number(rule.version));
            rows.push(row);
        }
        for field in &config.fields {
            let mut row = encode(keys.config(TICKET_FIELD, field.id.as_str()), TICKET_FIELD, field)?;
            row.insert("version".to_owned(), number(field.version));
            rows.push(row);
        }
        rows.into_iter().map(|row| Ok(Part::new(transact_put(self.put(row))?))).collect()
    }
}

/// DynamoDB takes a hundred writes in one transaction.
pub(crate) fn in_transactions(parts: Vec<Part>) -> impl Iterator<Item = Vec<Part>> {
    let mut parts = parts.into_iter().peekable();
    std::iter::from_fn(move || parts.peek().is_some().then(|| parts.by_ref().take(100).collect()))
}

/// Puts a row where it belongs; those of other kinds are somebody else's.
pub(crate) fn read_rule(row: Item, config: &mut TenantConfig) -> Result<(), StoreError> {
    match kind(&row) {
        POLICY => config.policies.push(decode(row, POLICY)?),
        CALENDAR => config.calendars.push(decode(row, CALENDAR)?),
        TEAM => config.teams.push(decode(row, TEAM)?),
        ROUTING_RULE => config.routing.push(decode(row, ROUTING_RULE)?),
        TICKET_FIELD => config.fields.push(decode(row, TICKET_FIELD)?),
        _ => {}
    }
    Ok(())
}
