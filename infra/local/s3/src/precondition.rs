//! `If-Match` and `If-None-Match` on a write.

use s3s::dto::{ETag, ETagCondition};

use crate::error::StoreError;
use crate::record::ObjectRecord;

/// What must hold of the current object for a write to go ahead.
#[derive(Default)]
pub(crate) struct Precondition {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
}

impl Precondition {
    /// A missing object fails `If-Match` with `NoSuchKey`, as on S3.
    pub(crate) fn check(&self, current: Option<&ObjectRecord>) -> Result<(), StoreError> {
        if let Some(wanted) = &self.if_match {
            let current = current.ok_or(StoreError::NoSuchKey)?;
            if !matches(wanted, current) {
                return Err(StoreError::PreconditionFailed);
            }
        }
        if let (Some(unwanted), Some(current)) = (&self.if_none_match, current)
            && matches(unwanted, current)
        {
            return Err(StoreError::PreconditionFailed);
        }
        Ok(())
    }
}

/// Whether an `If-Match` or `If-None-Match` value names this object.
pub(crate) fn matches(condition: &ETagCondition, record: &ObjectRecord) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.weak_cmp(&ETag::Strong(record.etag.clone())),
    }
}
