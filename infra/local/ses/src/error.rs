//! What can go wrong, and how SES names it.

use std::io;

use axum::http::StatusCode;

/// Why a mail was not stored.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The bytes have no mail headers.
    #[error("the message has no headers")]
    NotAMail,
    /// Neither the caller nor the headers say who sends.
    #[error("the message has no sender")]
    NoSender,
    /// Neither the caller nor the headers say who receives.
    #[error("the message has no recipient")]
    NoRecipient,
    /// The disk failed.
    #[error("the mail could not be stored")]
    Io(#[from] io::Error),
}

/// An answer that is not a success, in the words of SES.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    /// The caller's mistake.
    pub(crate) fn sender(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// A parameter is missing or has the wrong shape.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::sender("ValidationError", message)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        tracing::error!(%error, "local SES storage failed");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "InternalFailure", message: "The request failed.".to_owned() }
    }
}

impl From<MailError> for Refusal {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Io(error) => error.into(),
            refused => Self::sender("InvalidParameterValue", refused.to_string()),
        }
    }
}
