//! `Authorization: Bearer …`: an API key or a token.

use lambdesk_domain::{ApiKeyId, Caller};
use lambdesk_platform::App;
use lambdesk_store::StoreError;
use thiserror::Error;

/// What every API key begins with: lets people and secret scanners recognise one.
pub(crate) const KEY_PREFIX: &str = "ldk_";

/// Why nobody calls. For the log and the layer, never for the caller: they learn only that it was not enough.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("no credential")]
    Missing,
    #[error("malformed credential")]
    Malformed,
    #[error("invalid: {0}")]
    Invalid(&'static str),
    /// Not the caller's fault; they may try again. The layer knows the word.
    #[error("unavailable")]
    Unavailable,
}

/// What stands after `Bearer`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credential<'a> {
    ApiKey { id: ApiKeyId, secret: &'a str },
    Token(&'a str),
}

impl<'a> Credential<'a> {
    pub(crate) fn parse(header: &'a str) -> Result<Self, Refusal> {
        let (scheme, credential) = header.trim().split_once(' ').ok_or(Refusal::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::Malformed);
        }
        let credential = credential.trim();
        let Some(key) = credential.strip_prefix(KEY_PREFIX) else { return Ok(Self::Token(credential)) };
        let (id, secret) = key.split_once('_').ok_or(Refusal::Malformed)?;
        Ok(Self::ApiKey { id: id.parse().map_err(|_| Refusal::Malformed)?, secret })
    }
}

/// The caller that a key stands for. An unknown key, a wrong secret, a revoked and an expired key are one refusal.
pub(crate) async fn api_key_caller(app: &App, id: ApiKeyId, secret: &str) -> Result<Caller, Refusal> {
    let refused = Refusal::Invalid("API key");
    match app.store().api_key(id).await {
        Ok(key) => key.caller(secret, app.now()).ok_or(refused),
        Err(StoreError::NotFound) => Err(refused),
        Err(error) => {
            tracing::error!(%error, "an API key could not be read");
            Err(Refusal::Unavailable)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_credential_is_read() {
        let id = "01937b3c-0000-7000-8000-000000000001";
        let header = format!("bearer ldk_{id}_a_b-c");
        let expected = Credential::ApiKey { id: id.parse().unwrap(), secret: "a_b-c" };
        assert_eq!(Credential::parse(&header), Ok(expected), "a secret may hold the separator");
        assert_eq!(Credential::parse("Bearer a.b.c"), Ok(Credential::Token("a.b.c")));
        for wrong in ["", "Bearer", "Basic dTpw", "ldk_x_y", "Bearer ldk_x_y", "Bearer ldk_"] {
            assert_eq!(Credential::parse(wrong), Err(Refusal::Malformed), "{wrong:?}");
        }
    }
}
