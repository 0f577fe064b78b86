//! Which digests were begun: one a tenant and hour, whatever is delivered twice.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Desk,
    error::StoreError,
    item::{key, number, text},
};

/// How long the claim is kept: longer than any queue keeps a job.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

impl Desk<'_> {
    /// Claims the digest of this hour; `false` where somebody has it. A digest whose sender dies is not sent again: the
    /// next comes soon, and two would be worse than none.
    pub async fn claim_digest(&self, hour: Timestamp) -> Result<bool, StoreError> {
        let mut item = key(self.keys().digest(hour));
        item.insert("kind".to_owned(), text("digest"));
        item.insert("expires_at".to_owned(), number((hour + KEPT).as_second()));
        match self.store.transact(vec![self.put_new(item, "digest")?]).await {
            Ok(()) => Ok(true),
            Err(StoreError::Taken(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
