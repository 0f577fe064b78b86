//! The identity provider's keys: fetched when first needed, kept, fetched again when they grow old or a token names a
//! key that is not among them.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use lambdesk_platform::App;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::bearer::Refusal;

/// How long keys are used without asking again: how long a key that the provider withdrew stays good here.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long keys are used while the provider does not answer.
const USABLE_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Unknown key ids ask the provider at most this often, so that made-up ones cannot make us flood it.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(10);

struct Kept {
    keys: Arc<JwkSet>,
    fetched_at: Timestamp,
    asked_at: Timestamp,
}

/// By who asks and the issuer: desks of one process need not agree on the time, nor be the same where their addresses are. Lives as
/// long as the Lambda does; one fetch at a time.
static KEPT: LazyLock<Mutex<HashMap<(u64, String), Kept>>> = LazyLock::new(Mutex::default);

/// The key with this id.
pub(crate) async fn key(app: &App, kid: &str) -> Result<Jwk, Refusal> {
    let issuer = &app.config().oidc.issuer;
    let (now, place) = (app.now(), (app.instance(), issuer.clone()));
    let mut kept = KEPT.lock().await;
    if let Some(entry) = kept.get(&place) {
        let fresh = now.duration_since(entry.fetched_at) < FRESH_FOR;
        let usable = now.duration_since(entry.fetched_at) < USABLE_FOR;
        let asked_lately = now.duration_since(entry.asked_at) < ASK_AGAIN_AFTER;
        match entry.keys.find(kid) {
            // While the provider does not answer, not everybody has to wait for it to not answer again.
            Some(key) if fresh || (asked_lately && usable) => return Ok(key.clone()),
            None if asked_lately => return Err(Refusal::Invalid("unknown key id")),
            _ => {}
        }
    }
    match fetch(app, issuer).await {
        Ok(keys) => {
            let entry = Kept { keys: Arc::new(keys), fetched_at: now, asked_at: now };
            let found = entry.keys.find(kid).cloned();
            kept.insert(place, entry);
            found.ok_or(Refusal::Invalid("unknown key id"))
        }
        Err(error) => {
            tracing::error!(error, "the identity provider's keys could not be fetched");
            let entry = kept.get_mut(&place).ok_or(Refusal::Unavailable)?;
            entry.asked_at = now;
            let usable = now.duration_since(entry.fetched_at) < USABLE_FOR;
            entry.keys.find(kid).filter(|_| usable).cloned().ok_or(Refusal::Unavailable)
        }
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// OpenID Connect Discovery 1.0, section 4: the document must name the issuer it was asked of.
async fn fetch(app: &App, issuer: &str) -> Result<JwkSet, String> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let discovery: Discovery = serde_json::from_slice(&app.http().get(&url).await?).map_err(|error| error.to_string())?;
    if discovery.issuer != issuer {
        return Err(format!("{url} speaks for {}", discovery.issuer));
    }
    serde_json::from_slice(&app.http().get(&discovery.jwks_uri).await?).map_err(|error| error.to_string())
}
