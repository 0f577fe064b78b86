//! How the desk writes to somebody, as they see it.

use std::collections::BTreeSet;

use lambdesk_domain::{Language, Notice, Person, Signature};
use lambdesk_function::{ApiError, Reply};
use serde::Serialize;
use utoipa::ToSchema;

/// How the desk writes to the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preferences)]
pub(crate) struct PreferencesView {
    /// Mails that they do not want.
    muted: BTreeSet<Notice>,
    /// Mails that they may say that they do not want.
    mutable: Vec<Notice>,
    /// The language of their mails; null is the brand's.
    language: Option<Language>,
    /// Staff only: what stands under their replies in mails; null is the brand's.
    signature: Option<Signature>,
    /// Grows by one with every change; also the ETag.
    version: u64,
}

/// The answer to whoever reads or changes them.
pub(crate) fn reply(person: &Person) -> Result<Reply, ApiError> {
    let view = PreferencesView {
        muted: person.muted.clone(),
        mutable: Notice::mutable_by(person.role).collect(),
        language: person.language,
        signature: person.signature.clone(),
        version: person.version,
    };
    Ok(Reply::ok(&view)?.etag(person.version))
}
