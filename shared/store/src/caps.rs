//! How often something happened to somebody in a stretch of time: what caps are counted by.

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Desk,
    error::StoreError,
    item::{key, number, text},
    keys::Key,
    request::unavailable,
    usage::{Direction, record},
};

impl Desk<'_> {
    /// How often [`Desk::count_towards`] counted so far, in the window that is open now.
    pub async fn counted_towards(
        &self,
        cap: &str,
        target: &str,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (key, _) = self.cap_key(cap, target, window, now)?;
        let counted = self.get(key).await?.and_then(|item| item.get("counted")?.as_n().ok()?.parse().ok());
        Ok(counted.unwrap_or(0))
    }

    /// Counts one more of `cap` for the target (an address, say, of which only a digest is kept), and says the how-manieth
    /// it is in its window. Windows follow each other from the epoch on; their counts end with them.
    pub async fn count_towards(
        &self,
        cap: &str,
        target: &str,
        window: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (cap_key, forgotten_at) = self.cap_key(cap, target, window, now)?;
        let response = self
            .store
            .client
            .update_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(cap_key)))
            .update_expression("SET #kind = :kind, expires_at = :expires_at ADD counted :one")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", text("cap"))
            .expression_attribute_values(":expires_at", number(forgotten_at))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        let counted = response.attributes().and_then(|attributes| attributes.get("counted"));
        let counted = counted.and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok());
        counted.ok_or_else(|| StoreError::Corrupt("a count without a number".to_owned()))
    }

    /// The row of the window that is open now, and the second in which it may be forgotten.
    fn cap_key(&self, cap: &str, target: &str, window: SignedDuration, now: Timestamp) -> Result<(Key, i64), StoreError> {
        let (length, second) = (window.as_secs().max(1), now.as_second());
        let begins = Timestamp::from_second(second - second.rem_euclid(length));
        let begins = begins.map_err(|error| StoreError::Corrupt(format!("a window that begins at no time: {error}")))?;
        Ok((self.keys().cap(&format!("{cap}#{length}"), target, begins), begins.as_second() + 2 * length))
    }
}
