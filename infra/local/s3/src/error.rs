//! What can go wrong in the store, and how S3 names it.

use s3s::{S3Error, S3ErrorCode};

/// Why the store refused or failed an operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The name does not follow the bucket naming rules.
    #[error("the bucket name is not valid")]
    InvalidBucketName,
    /// The bucket exists already; there is only one account.
    #[error("the bucket exists already")]
    BucketExists,
    /// The bucket still holds objects.
    #[error("the bucket is not empty")]
    BucketNotEmpty,
    /// There is no such bucket.
    #[error("the bucket does not exist")]
    NoSuchBucket,
    /// There is no such object.
    #[error("the key does not exist")]
    NoSuchKey,
    /// There is no such multipart upload, or it was completed or aborted.
    #[error("the upload does not exist")]
    NoSuchUpload,
    /// `If-Match` or `If-None-Match` did not hold.
    #[error("a precondition did not hold")]
    PreconditionFailed,
    /// Whoever is to be told of the object could not be: see [`Notifier`](crate::Notifier).
    #[error("the object could not be announced; try again")]
    NotAnnounced(String),
    /// The disk failed, or a file there is not what this crate wrote.
    #[error("storage failed")]
    Io(#[from] std::io::Error),
}

impl From<StoreError> for S3Error {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        let code = match error {
            StoreError::InvalidBucketName => S3ErrorCode::InvalidBucketName,
            StoreError::BucketExists => S3ErrorCode::BucketAlreadyOwnedByYou,
            StoreError::BucketNotEmpty => S3ErrorCode::BucketNotEmpty,
            StoreError::NoSuchBucket => S3ErrorCode::NoSuchBucket,
            StoreError::NoSuchKey => S3ErrorCode::NoSuchKey,
            StoreError::NoSuchUpload => S3ErrorCode::NoSuchUpload,
            StoreError::PreconditionFailed => S3ErrorCode::PreconditionFailed,
            StoreError::NotAnnounced(error) => {
                tracing::error!(error, "a local S3 object could not be announced");
                S3ErrorCode::SlowDown
            }
            StoreError::Io(source) => {
                tracing::error!(%source, "local S3 storage failed");
                S3ErrorCode::InternalError
            }
        };
        S3Error::with_message(code, message)
    }
}
