//! `If-Match` and `Idempotency-Key`.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{header, request::Parts},
};
use jiff::Timestamp;
use lambdesk_domain::FieldError;
use lambdesk_store::{Answer, Desk, IdempotencyKey};

use crate::{caller::Admitted, error::ApiError, layer::Incoming, reply::Reply};

/// The versions that the caller knows, from `If-Match` (RFC 9110, 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No header, or `*`: whatever the version.
    Any,
    /// One of these. Tags that are no versions of ours, weak ones among them, match nothing.
    Versions(Vec<u64>),
}

impl IfMatch {
    /// Whether the version is one that the caller knows.
    pub fn accepts(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    /// The version that the caller last saw, where they named one.
    pub fn known(&self) -> Option<u64> {
        match self {
            Self::Any => None,
            Self::Versions(versions) => versions.iter().max().copied(),
        }
    }

    fn parse(value: &str) -> Self {
        if value.trim() == "*" {
            return Self::Any;
        }
        let version = |tag: &str| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok();
        Self::Versions(value.split(',').filter_map(version).collect())
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(header::IF_MATCH);
        Ok(header.map_or(Self::Any, |value| Self::parse(value.to_str().unwrap_or(""))))
    }
}

/// The request's idempotency key, if it has one, to be saved with the change it asks for.
#[derive(Debug, Clone)]
pub struct Idempotent(pub(crate) Option<IdempotencyKey>);

impl Idempotent {
    /// For methods that are idempotent by nature: PUT, PATCH, DELETE.
    pub fn none() -> Self {
        Self(None)
    }

    /// Fails with the first answer where the key was used before: for what would be refused the second time, such as an id
    /// that the first time took.
    pub async fn check(&self, desk: &Desk<'_>, now: Timestamp) -> Result<(), ApiError> {
        let Some(key) = &self.0 else { return Ok(()) };
        desk.answered(key, now).await?.map_or(Ok(()), |answered| Err(answered.into()))
    }

    /// The key with the answer to keep under it.
    pub fn keep<'a>(&'a self, reply: &'a Reply) -> Option<(&'a IdempotencyKey, &'a Answer)> {
        self.0.as_ref().map(|key| (key, reply.answer()))
    }
}

/// The longest key: more than any sender's UUID or hash.
const MAX_KEY: usize = 255;

impl<S: Sync> FromRequestParts<S> for Idempotent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await.map(|found| found.unwrap_or(Self(None)))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Idempotent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, ApiError> {
        let Some(header) = parts.headers.get("idempotency-key") else { return Ok(None) };
        let key = header.to_str().unwrap_or("").trim();
        if key.is_empty() || key.len() > MAX_KEY {
            let message = format!("must be 1 to {MAX_KEY} printable ASCII characters");
            return Err(ApiError::invalid(vec![FieldError::new("Idempotency-Key", "invalid", message)]));
        }
        let (Some(Admitted(caller)), Some(incoming)) = (parts.extensions.get::<Admitted>(), parts.extensions.get::<Incoming>())
        else {
            return Ok(None);
        };
        Ok(Some(Self(Some(IdempotencyKey {
            person: caller.person,
            function: incoming.function,
            key: key.to_owned(),
            request: incoming.digest.clone(),
        }))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_compares_strongly() {
        assert!(IfMatch::parse("\"3\"").accepts(3));
        assert!(IfMatch::parse("\"1\", \"3\"").accepts(3));
        assert!(IfMatch::parse("*").accepts(3));
        for stale in ["\"2\"", "W/\"3\"", "3", "", "\"abc\""] {
            assert!(!IfMatch::parse(stale).accepts(3), "{stale:?} matched");
        }
    }
}
