//! I want these mails, in this language, with this under my replies.

use std::collections::BTreeSet;

use axum::extract::State;
use lambdesk_domain::{DomainError, Language, Notice, Preferences, Signature};
use lambdesk_function::{Access, ApiError, Endpoint, Function, IfMatch, Json, Need, Patched, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::preferences::{PreferencesView, reply};

/// Changes the caller's preferences.
pub const FUNCTION: Function = Function::http("auth-update-preferences", "PATCH", "/v1/me/preferences", Access::SignedIn)
    .summary("Change which mails the caller wants, and how (JSON Merge Patch)")
    .needs(&[Need::Get, Need::Query, Need::Put]);

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<PreferencesView>(200)
}

input! {
    /// What changes: absent leaves, null clears.
    pub(crate) struct Input {
        /// All mails that are not wanted; `mutable` says which may stand here.
        #[schema(value_type = Option<BTreeSet<Notice>>)]
        muted: Patched<BTreeSet<Notice>>,
        /// The language of mails.
        #[schema(value_type = Option<Language>)]
        language: Patched<Language>,
        /// What stands under replies in mails, in plain text; staff only.
        #[schema(value_type = Option<Signature>)]
        signature: Patched<Signature>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    if_match: IfMatch,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    // A key acts as its maker in what its scopes name; how the desk writes to them is not among that.
    if caller.scopes.is_some() {
        return Err(DomainError::Forbidden(Vec::new()).into());
    }
    let wanted = Preferences { muted: input.muted.0, language: input.language.0, signature: input.signature.0 };
    let desk = app.desk(&caller);
    for _ in 0..TRIES {
        let before = desk.person(caller.person).await?;
        if !if_match.accepts(before.version) {
            return Err(ApiError::stale(Vec::new()));
        }
        let after = before.prefer(wanted.clone())?;
        match desk.update_person(&before, &after).await {
            Ok(()) => return reply(&after),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the person kept changing".to_owned()).into())
}
