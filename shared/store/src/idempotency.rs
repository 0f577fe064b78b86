//! Answers kept for 24 hours, so that a request sent twice is done once.

use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::PersonId;
use serde::{Deserialize, Serialize};

use crate::{
    Desk,
    error::StoreError,
    item::{Item, decode, encode, number, size},
    keys::{Key, Keys},
};

/// How long a key is remembered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Bytes of a kept answer; DynamoDB takes 400 KB, counted a little otherwise than here.
const MOST_BYTES: usize = 390_000;

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the answer, such as `location` and `etag`.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: String,
}

/// A request that its sender numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who sent it; keys of different people never meet.
    pub person: PersonId,
    /// The function it was sent to.
    pub function: &'static str,
    /// The sender's number for it.
    pub key: String,
    /// A digest of path and body: the same key with another request is a mistake.
    pub request: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    request: String,
    answer: Answer,
}

impl IdempotencyKey {
    pub(crate) fn at(&self, keys: &Keys<'_>) -> Key {
        keys.idempotency(self.person, self.function, &self.key)
    }

    pub(crate) fn record(&self, keys: &Keys<'_>, answer: &Answer, now: Timestamp) -> Result<Item, StoreError> {
        let record = Record { request: self.request.clone(), answer: answer.clone() };
        let mut item = encode(self.at(keys), "idempotency", &record)?;
        item.insert("expires_at".to_owned(), number((now + LIFETIME).as_second()));
        if size(&item) > MOST_BYTES {
            return Err(StoreError::TooLarge("The answer is too large to be kept for the Idempotency-Key.".to_owned()));
        }
        Ok(item)
    }
}

impl Desk<'_> {
    /// Keeps the answer of a request that changed nothing, so that the same request is answered so whatever changes later.
    pub async fn keep_answer(&self, answer: Option<(&IdempotencyKey, &Answer)>, now: Timestamp) -> Result<(), StoreError> {
        let Some((key, kept)) = answer else { return Ok(()) };
        self.transact_once(vec![self.idempotency_part(key, kept, now)?], answer, now).await
    }

    /// The first answer to this key: `Answered`, or `KeyReused` where the request differs. `None` where the key is
    /// new, or older than 24 hours but not yet swept.
    pub async fn answered(&self, key: &IdempotencyKey, now: Timestamp) -> Result<Option<StoreError>, StoreError> {
        let Some(item) = self.get(key.at(&self.keys())).await? else { return Ok(None) };
        let expires_at = item.get("expires_at").and_then(|value| value.as_n().ok()).and_then(|n| n.parse::<i64>().ok());
        if expires_at.is_some_and(|expires_at| expires_at <= now.as_second()) {
            return Ok(None);
        }
        let record: Record = decode(item, "idempotency")?;
        if record.request != key.request {
            return Ok(Some(StoreError::KeyReused));
        }
        Ok(Some(StoreError::Answered(Box::new(record.answer))))
    }
}
