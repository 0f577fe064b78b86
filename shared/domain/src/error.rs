//! What the rules answer when they say no.

use thiserror::Error;

/// A text that does not fit its type; the message is for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ParseError(pub String);

impl ParseError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// One field of a command that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field as the API names it, such as `assignee` or `tags[2]`.
    pub path: String,
    /// A stable word for programs, such as `unknown_category`.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl FieldError {
    /// Builds the error of one field.
    pub fn new(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.into(), code, message: message.into() }
    }
}

/// A rule of the desk that a command breaks. Knows nothing of HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DomainError {
    /// Fields that are well-formed but name nothing, or something that is not allowed there.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The person may see the thing but not do this to it; names what is not theirs.
    #[error("your role does not allow this")]
    Forbidden(Vec<FieldError>),
    /// It does not exist, or not for this person. The two are deliberately one.
    #[error("not found")]
    NotFound,
    /// The workflow does not allow it now.
    #[error("{message}")]
    Rule {
        /// A stable word for programs, such as `transition_not_allowed`.
        code: &'static str,
        /// A sentence for people.
        message: String,
    },
}

impl DomainError {
    pub(crate) fn rule(code: &'static str, message: impl Into<String>) -> Self {
        Self::Rule { code, message: message.into() }
    }

    pub(crate) fn invalid(path: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(path, code, message)])
    }

    pub(crate) fn forbidden(path: &str, message: impl Into<String>) -> Self {
        Self::Forbidden(vec![FieldError::new(path, "not_allowed", message)])
    }
}
