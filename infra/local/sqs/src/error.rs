//! What can go wrong, in the words of SQS.

use crate::name::QueueName;

/// The refusals of SQS, and failures of the file below it. Knows nothing of HTTP: `http::error` gives each its code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqsError {
    /// No queue has this name.
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    /// The queue exists with other attributes.
    #[error("A queue already exists with the same name and a different value for an attribute: {0}")]
    QueueNameExists(QueueName),
    /// The handle was not given out by this queue.
    #[error("The input receipt handle is invalid.")]
    ReceiptHandleIsInvalid,
    /// The message is not hidden, so its visibility cannot change.
    #[error("The message referred to is not in flight.")]
    MessageNotInflight,
    /// A batch without entries.
    #[error("There should be at least one entry in the request.")]
    EmptyBatchRequest,
    /// A batch of more than ten entries; holds how many.
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    /// Two entries of a batch share this id.
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    /// An entry id outside `[A-Za-z0-9_-]{1,80}`.
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidBatchEntryId,
    /// The entries of a batch are too large together; holds their size in bytes.
    #[error("Batch requests cannot be longer than 1048576 bytes. You have sent {0} bytes.")]
    BatchRequestTooLong(usize),
    /// No queue attribute has this name.
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    /// A queue attribute that exists, with a value it cannot have.
    #[error("Invalid value for the parameter {0}.")]
    InvalidAttributeValue(String),
    /// A character that XML 1.0 does not allow.
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    /// A parameter with a value it cannot have; holds the reason.
    #[error("{0}")]
    InvalidParameterValue(String),
    /// A parameter that must be given; holds its name.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// A dead-letter queue or a move task that does not exist; holds the reason.
    #[error("{0}")]
    ResourceNotFound(String),
    /// An operation this server does not have.
    #[error("The action {0} is not valid for this endpoint.")]
    UnknownOperation(String),
    /// A request that could not be read; holds the reason.
    #[error("{0}")]
    Malformed(String),
    /// The file failed, or holds what this version cannot read. The source is for the log alone.
    #[error("The queue storage failed.")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SqsError {
    /// A value out of the range its parameter allows.
    pub(crate) fn out_of_range(parameter: &str, value: impl std::fmt::Display, low: u32, high: u32) -> Self {
        Self::InvalidParameterValue(format!(
            "Value {value} for parameter {parameter} is invalid. Reason: Must be between {low} and {high}, if provided."
        ))
    }

    /// A value refused for a reason of its own.
    pub(crate) fn invalid(parameter: &str, value: impl std::fmt::Display, reason: &str) -> Self {
        Self::InvalidParameterValue(format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}"))
    }
}

impl From<rusqlite::Error> for SqsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(Box::new(error))
    }
}
