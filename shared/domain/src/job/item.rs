//! What came of one thing of a job.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::DomainError, error::ParseError, id::TicketId, words::word};

word!(
    /// How one thing of a job ended.
    Outcome {
        /// It was changed, or made.
        Changed = "changed",
        /// It was so already.
        Unchanged = "unchanged",
        /// Others changed it, and it was left as they made it; `code` says why.
        Conflict = "conflict",
        /// A rule of the desk does not allow it; `code` names the rule.
        Refused = "refused",
        /// There is no such thing, or not for who asked.
        NotFound = "not_found",
        /// The desk could not do it; `code` says why.
        Failed = "failed",
    }
);

/// What came of one thing. Written once, together with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobItem {
    /// The thing: a ticket's id, say.
    pub key: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, as a stable word.
    #[serde(default)]
    pub code: Option<String>,
    /// Why, in a sentence.
    #[serde(default)]
    pub message: Option<String>,
    /// What the source of an import calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The ticket that it is here, of an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl JobItem {
    /// A thing that ended so.
    pub fn new(key: impl ToString, outcome: Outcome, at: Timestamp) -> Self {
        Self { key: key.to_string(), outcome, code: None, message: None, external_id: None, ticket: None, at }
    }

    /// Says why.
    #[must_use]
    pub fn because(self, code: &str, message: impl Into<String>) -> Self {
        Self { code: Some(code.to_owned()), message: Some(message.into()), ..self }
    }

    /// A thing that a rule stands against.
    pub fn refused(key: impl ToString, error: &DomainError, at: Timestamp) -> Self {
        let named = |fields: &[crate::error::FieldError], code: &str| {
            let first = fields.first().map_or(code, |field| field.code);
            let all: Vec<_> = fields.iter().map(|field| format!("{}: {}", field.path, field.message)).collect();
            let message = if all.is_empty() { error.to_string() } else { all.join("; ") };
            (first.to_owned(), message)
        };
        let (outcome, (code, message)) = match error {
            DomainError::NotFound => return Self::new(key, Outcome::NotFound, at),
            DomainError::Invalid(fields) => (Outcome::Refused, named(fields, "invalid_fields")),
            DomainError::Forbidden(fields) => (Outcome::Refused, named(fields, "forbidden")),
            DomainError::Rule { code: code @ "changed_since", message } => {
                (Outcome::Conflict, ((*code).to_owned(), message.clone()))
            }
            DomainError::Rule { code, message } => (Outcome::Refused, ((*code).to_owned(), message.clone())),
        };
        Self::new(key, outcome, at).because(&code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_rule() {
        let at = Timestamp::UNIX_EPOCH;
        let of = |error: DomainError| JobItem::refused("x", &error, at);
        let rule = of(DomainError::rule("transition_not_allowed", "It cannot."));
        assert_eq!((rule.outcome, rule.code.as_deref()), (Outcome::Refused, Some("transition_not_allowed")));
        assert_eq!(of(DomainError::rule("changed_since", "It changed.")).outcome, Outcome::Conflict);
        assert_eq!(of(DomainError::NotFound), JobItem::new("x", Outcome::NotFound, at));
        let field = of(DomainError::forbidden("assignee", "you may not"));
        assert_eq!((field.code.as_deref(), field.message.as_deref()), (Some("not_allowed"), Some("assignee: you may not")));
        let bare = of(DomainError::Forbidden(Vec::new()));
        assert_eq!((bare.code.as_deref(), bare.message.is_some()), (Some("forbidden"), true));
    }
}
