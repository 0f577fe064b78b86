//! API keys: stored hashed, scoped, expiring, revocable. Found by their public part, because a key is what tells the
//! tenant.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lambdesk_domain::{
    ApiKeyId, Brands, Caller, Name, Permission, PersonId, Role, TenantId,
    audit::{AuditSubject, Audited},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Answer, Desk, IdempotencyKey, Store,
    error::StoreError,
    item::{decode, encode, text},
    keys,
    request::Part,
    table::QUEUE,
};

/// The SHA-256 of a key's secret part. The secret holds 256 random bits, so a fast hash is enough (unlike a
/// password's).
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(String);

impl SecretHash {
    /// Hashes a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether this is the secret, in constant time.
    pub fn matches(&self, secret: &str) -> bool {
        let other = Self::of(secret);
        let differences = self.0.bytes().zip(other.0.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        self.0.len() == other.0.len() && differences == 0
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// A key as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its public part.
    pub id: ApiKeyId,
    /// Whose desk.
    pub tenant: TenantId,
    /// What it is for.
    pub name: Name,
    /// As whom it acts.
    pub person: PersonId,
    /// With which role.
    pub role: Role,
    /// For which brands.
    pub brands: Brands,
    /// What it may do at most; the role is the other bound.
    pub scopes: BTreeSet<Permission>,
    /// The hash of its secret part.
    pub secret: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// The caller that the key stands for, if it is valid now and the secret is right.
    pub fn caller(&self, secret: &str, now: Timestamp) -> Option<Caller> {
        let valid = self.secret.matches(secret) && self.revoked_at.is_none() && now < self.expires_at;
        valid.then(|| Caller {
            tenant: self.tenant.clone(),
            person: self.person,
            role: self.role,
            brands: self.brands.clone(),
            audiences: Vec::new(),
            organization: None,
            scopes: Some(self.scopes.clone()),
        })
    }
}

impl Store {
    /// The key with this public part, of whatever tenant: only the authorizer asks this.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<ApiKey, StoreError> {
        let item = self.get(keys::api_key(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, "api_key")
    }
}

impl Desk<'_> {
    /// Adds a key; `Answered` or `KeyReused` where the idempotency key was used before.
    pub async fn add_api_key(
        &self,
        key: &ApiKey,
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut parts = vec![self.put_new(self.api_key_row(key)?, "id")?];
        parts.extend(self.audit_part(Audited::of(AuditSubject::ApiKey, (key.id, key.name.as_str()), None, Some(key)))?);
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// The tenant's keys, oldest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let query = self
            .store
            .query()
            .index_name(QUEUE.name)
            .key_condition_expression("queue_pk = :keys")
            .expression_attribute_values(":keys", text(self.keys().api_keys()));
        self.store.run_all(query).await?.into_iter().map(|item| decode(item, "api_key")).collect()
    }

    /// Revokes a key; revoking it again changes nothing.
    pub async fn revoke_api_key(&self, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        let mut key = self.store.api_key(id).await?;
        if key.tenant != *self.tenant {
            return Err(StoreError::NotFound);
        }
        let before = key.revoked_at.is_none().then(|| key.clone());
        key.revoked_at.get_or_insert(now);
        let mut parts = vec![Part::new(crate::people::transact_put(self.put(self.api_key_row(&key)?))?)];
        parts.extend(self.audit_part(Audited::of(AuditSubject::ApiKey, (id, key.name.as_str()), before.as_ref(), None))?);
        self.store.transact(parts).await
    }

    fn api_key_row(&self, key: &ApiKey) -> Result<crate::item::Item, StoreError> {
        let mut row = encode(keys::api_key(key.id), "api_key", key)?;
        row.insert("queue_pk".to_owned(), text(self.keys().api_keys()));
        row.insert("queue_sk".to_owned(), text(key.id.to_string()));
        Ok(row)
    }
}
