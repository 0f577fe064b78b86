//! What a desk promises and who works for it: rows beside its configuration, read with it. Of policies and calendars every
//! version is a row as well, in a partition of its own, because tickets keep the one that they got.
//!
//! What is written names other things that are written: a policy its calendar, a rule its team. So that none is erased while it comes
//! to be named, and no desk has more than it may, all of it is written on condition of one number, the edition, that every such
//! write raises: whoever decided on another edition reads again. Managers change these things by hand, a few times a day.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use jiff::Timestamp;
use lambdesk_domain::{
    Calendar, FieldDefinition, Policy, RuleId, Team, TeamId, TenantConfig,
    audit::{AuditSubject, Audited},
    routing::Rule,
    sla::Term,
};
use serde::Serialize;

use crate::{
    Answer, Desk, IdempotencyKey, Settings,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, size, text},
    keys::Key,
    people::transact_put,
    request::{Guard, Part},
};

const POLICY: &str = "policy";
const CALENDAR: &str = "calendar";
const TEAM: &str = "team";
const ROUTING_RULE: &str = "routing_rule";
const TICKET_FIELD: &str = "ticket_field";
pub(crate) const EDITION: &str = "edition";

/// Bytes of one row; DynamoDB takes 400 KB, counted a little otherwise than here.
const MOST_BYTES: usize = 350_000;
/// Bytes of all of them together: every request of the desk reads them, once in 30 seconds.
const MOST_BYTES_IN_ALL: usize = 1_000_000;

/// The answer to keep with a write, where the request that asks for it has an idempotency key; and the time.
pub type Once<'a> = (Option<(&'a IdempotencyKey, &'a Answer)>, Timestamp);

/// What is written of a thing: its row as it then is, none where it is erased; and besides, the row that never changes.
struct Written {
    at: Key,
    row: Option<Item>,
    version: Option<Item>,
    /// What it does, to be told.
    audited: Option<Audited>,
}

// Each of these is on condition of the settings that were `known`: `Stale` where any such thing was changed since. `Answered` or
// `KeyReused` where the idempotency key was used before; `TooLarge` where there is no room.
impl Desk<'_> {
    /// Writes the next version of a policy.
    pub async fn put_policy(&self, policy: &Policy, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let (now, then) = (Some(policy), known.config.policy(&policy.id));
        let there = |policy: &&Policy| !policy.withdrawn;
        let name = (&policy.id, policy.name.as_str());
        let audited = Audited::of(AuditSubject::Policy, name, then.filter(there), now.filter(there));
        self.write_rule(Written { audited, ..self.policy_rows(policy)? }, known, once).await
    }

    /// Writes the next version of a calendar.
    pub async fn put_calendar(&self, calendar: &Calendar, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let (now, then) = (Some(calendar), known.config.calendar(&calendar.id));
        let name = (&calendar.id, calendar.name.as_str());
        let audited = Audited::of(AuditSubject::Calendar, name, then, now.filter(|calendar| !calendar.withdrawn));
        self.write_rule(Written { audited, ..self.calendar_rows(calendar)? }, known, once).await
    }

    /// Writes a team.
    pub async fn put_team(&self, team: &Team, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let name = (&team.id, team.name.as_str());
        let audited = Audited::of(AuditSubject::Team, name, known.config.team(&team.id), Some(team));
        self.write_rule(Written { audited, ..self.team_row(team)? }, known, once).await
    }

    /// Erases a team.
    pub async fn delete_team(&self, team: &TeamId, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let at = self.keys().config(TEAM, team.as_str());
        let gone = known.config.team(team);
        let audited = gone.and_then(|gone| Audited::of(AuditSubject::Team, (team, gone.name.as_str()), Some(gone), None));
        self.write_rule(Written { at, row: None, version: None, audited }, known, once).await
    }

    /// Writes a routing rule.
    pub async fn put_routing_rule(&self, rule: &Rule, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let name = (rule.id, rule.name.as_str());
        let audited = Audited::of(AuditSubject::RoutingRule, name, rule_of(known, rule.id), Some(rule));
        self.write_rule(Written { audited, ..self.routing_rule_row(rule)? }, known, once).await
    }

    /// Erases a routing rule.
    pub async fn delete_routing_rule(&self, rule: RuleId, known: &Settings, once: Once<'_>) -> Result<(), StoreError> {
        let at = self.keys().config(ROUTING_RULE, &rule.to_string());
        let gone = rule_of(known, rule);
        let audited = gone.and_then(|gone| Audited::of(AuditSubject::RoutingRule, (rule, gone.name.as_str()), Some(gone), None));
        self.write_rule(Written { at, row: None, version: None, audited }, known, once).await
    }

    fn policy_rows(&self, policy: &Policy) -> Result<Written, StoreError> {
        self.rows((POLICY, policy), policy.id.as_str(), policy.version)
    }

    fn calendar_rows(&self, calendar: &Calendar) -> Result<Written, StoreError> {
        self.rows((CALENDAR, calendar), calendar.id.as_str(), calendar.version)
    }

    fn team_row(&self, team: &Team) -> Result<Written, StoreError> {
        Ok(Written { version: None, ..self.rows((TEAM, team), team.id.as_str(), team.version)? })
    }

    fn routing_rule_row(&self, rule: &Rule) -> Result<Written, StoreError> {
        Ok(Written { version: None, ..self.rows((ROUTING_RULE, rule), &rule.id.to_string(), rule.version)? })
    }

    fn rows(&self, (kind, thing): (&'static str, &impl Serialize), id: &str, version: u32) -> Result<Written, StoreError> {
        let at = self.keys().config(kind, id);
        let mut row = encode(at.clone(), kind, thing)?;
        row.insert("version".to_owned(), number(version));
        let mut unchanging = row.clone();
        unchanging.extend(key(self.keys().version(kind, id, version)));
        Ok(Written { at, row: Some(row), version: Some(unchanging), audited: None })
    }

    /// Where a version stands that a ticket has.
    pub(crate) fn term_key(&self, term: &Term) -> Key {
        match term {
            Term::Policy(id, version) => self.keys().version(POLICY, id.as_str(), *version),
            Term::Calendar(id, version) => self.keys().version(CALENDAR, id.as_str(), *version),
        }
    }

    async fn write_rule(&self, written: Written, known: &Settings, (answer, now): Once<'_>) -> Result<(), StoreError> {
        let Written { at, row, version, audited } = written;
        check_size(&at, row.as_ref(), &known.sizes)?;
        let mut parts = vec![self.edition_after(known.edition)?];
        parts.push(match row {
            Some(row) => Part::new(transact_put(self.put(row))?),
            None => self.erase(at)?,
        });
        if let Some(version) = version {
            parts.push(Part::new(transact_put(self.put(version))?));
        }
        parts.extend(self.audit_part(audited)?);
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        let done = self.transact_once(parts, answer, now).await;
        // Also where nothing is known of it: it may be done.
        self.store.configs.forget(self.tenant);
        done
    }

    /// Erases a row that still is the version that was `known`.
    pub(crate) fn erase_known(&self, at: Key, known: u32) -> Result<Part, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(at)))
            .condition_expression("#version = :known")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":known", number(known));
        let delete = delete.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Version))
    }

    fn erase(&self, at: Key) -> Result<Part, StoreError> {
        let delete = Delete::builder().table_name(&*self.store.table).set_key(Some(key(at)));
        let delete = delete.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::new(TransactWriteItem::builder().delete(delete).build()))
    }

    /// The write that raises the edition, if it still is the one that was `known`.
    fn edition_after(&self, known: u64) -> Result<Part, StoreError> {
        let mut row = key(self.keys().edition());
        row.insert("kind".to_owned(), text(EDITION));
        row.insert("edition".to_owned(), number(known + 1));
        let put = self.put(row);
        let put = match known {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            known => put.condition_expression("edition = :known").expression_attribute_values(":known", number(known)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    /// The write that raises the edition whatever it is.
    pub(crate) fn next_edition(&self) -> Result<Part, StoreError> {
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().edition())))
            .update_expression("SET kind = :kind ADD edition :one")
            .expression_attribute_values(":kind", text(EDITION))
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::new(TransactWriteItem::builder().update(update).build()))
    }

    /// Writes a field of tickets in the place of what it was `before`; `Stale` where that is no longer so. Nothing names it, so it
    /// is on condition of itself alone.
    pub async fn put_field(
        &self,
        field: &FieldDefinition,
        before: Option<&FieldDefinition>,
        (answer, now): Once<'_>,
    ) -> Result<(), StoreError> {
        let row = self.field_row(field)?;
        let put = self.put(row);
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(before.version)),
        };
        let mut parts = vec![Part::guarded(transact_put(put)?, Guard::Version)];
        let there = |field: &&FieldDefinition| !field.withdrawn;
        let name = (field.id.as_str(), field.label.as_str());
        parts.extend(self.audit_part(Audited::of(
            AuditSubject::TicketField,
            name,
            before.filter(there),
            Some(field).filter(there),
        ))?);
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        let done = self.transact_once(parts, answer, now).await;
        self.store.configs.forget(self.tenant);
        done
    }

    fn field_row(&self, field: &FieldDefinition) -> Result<Item, StoreError> {
        let mut row = encode(self.keys().config(TICKET_FIELD, field.id.as_str()), TICKET_FIELD, field)?;
        row.insert("version".to_owned(), number(field.version));
        Ok(row)
    }

    /// The rows of everything that a configuration has besides itself.
    pub(crate) fn rule_rows(&self, config: &TenantConfig) -> Result<Vec<Part>, StoreError> {
        let mut rows = Vec::new();
        for policy in &config.policies {
            let is_newest = config.policy(&policy.id).is_some_and(|newest| newest.version == policy.version);
            let Written { row, version, .. } = self.policy_rows(policy)?;
            rows.extend(row.filter(|_| is_newest).into_iter().chain(version));
        }
        for calendar in &config.calendars {
            let is_newest = config.newest_calendar(&calendar.id).is_some_and(|newest| newest.version == calendar.version);
            let Written { row, version, .. } = self.calendar_rows(calendar)?;
            rows.extend(row.filter(|_| is_newest).into_iter().chain(version));
        }
        for team in &config.teams {
            rows.extend(self.team_row(team)?.row);
        }
        for rule in &config.routing {
            rows.extend(self.routing_rule_row(rule)?.row);
        }
        for field in &config.fields {
            rows.push(self.field_row(field)?);
        }
        rows.into_iter().map(|row| Ok(Part::new(transact_put(self.put(row))?))).collect()
    }
}

/// Whether there is room for the row, in place of the one that stands there.
fn check_size(at: &Key, row: Option<&Item>, sizes: &HashMap<String, usize>) -> Result<(), StoreError> {
    let (bytes, before) = (row.map_or(0, size), sizes.get(&at.sk).copied().unwrap_or(0));
    if bytes > MOST_BYTES {
        let what = format!("This takes {bytes} bytes to be kept; it may take {MOST_BYTES}.");
        return Err(StoreError::TooLarge(what));
    }
    let in_all = sizes.values().sum::<usize>() - before + bytes;
    // What makes it smaller is taken, however much there is.
    if in_all > MOST_BYTES_IN_ALL && bytes > before {
        let what = "all policies, calendars, teams and routing rules";
        return Err(StoreError::TooLarge(format!("With this, {what} take {in_all} bytes; they may take {MOST_BYTES_IN_ALL}.")));
    }
    Ok(())
}

fn rule_of(known: &Settings, id: RuleId) -> Option<&Rule> {
    known.config.routing.iter().find(|rule| rule.id == id)
}

/// The edition that a row tells.
pub(crate) fn edition_of(row: &Item) -> Result<u64, StoreError> {
    let edition = row.get("edition").and_then(|value| value.as_n().ok()).and_then(|edition| edition.parse().ok());
    edition.ok_or_else(|| StoreError::Corrupt("an edition that is no number".to_owned()))
}

/// DynamoDB takes a hundred writes, of 4 MB together, in one transaction.
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
