//! What can go wrong when remembering.

use thiserror::Error;

use crate::idempotency::Answer;

/// An error of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such thing in this tenant.
    #[error("not found")]
    NotFound,
    /// Somebody else changed the thing since it was read.
    #[error("changed by somebody else since it was read")]
    Stale,
    /// A value that must be unique is taken; names which.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// The idempotency key was used before, for the same request: here is the first answer.
    #[error("answered before")]
    Answered(Box<Answer>),
    /// The idempotency key was used before, for another request.
    #[error("idempotency key used for another request")]
    KeyReused,
    /// The cursor is not one of ours, or was given for another tenant or query.
    #[error("invalid cursor")]
    InvalidCursor,
    /// It is larger than what can be kept; a sentence for people says what.
    #[error("{0}")]
    TooLarge(String),
    /// The table did not answer, or too slowly, or throttled, also after retries. Nothing is known to be written.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The table holds something that this version cannot read, or refused what it was sent.
    #[error("corrupt: {0}")]
    Corrupt(String),
}
