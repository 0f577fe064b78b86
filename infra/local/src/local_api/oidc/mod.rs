//! The identity provider's side of signing in with a browser: OpenID Connect's authorization code flow with PKCE (RFC 6749, RFC
//! 7636), without passwords, for the pages of this machine. One picks a person of the desk.

mod authorize;
mod page;
mod session;
mod token;

use std::sync::Arc;

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use serde_json::json;

pub(super) use self::session::Sessions;
use super::Identity;
use crate::issuer::PATH;

/// The console, as the issuer knows it.
pub(super) const CLIENT: &str = "lambdesk-console";

/// What the handlers work with.
#[derive(Clone)]
struct SignIn {
    identity: Identity,
    sessions: Arc<Sessions>,
}

/// The routes.
pub(super) fn router(identity: Identity) -> Router {
    let sessions = Arc::new(Sessions::new(identity.app.clone()));
    Router::new()
        .route(&format!("{PATH}/authorize"), get(authorize::ask).post(authorize::pick))
        .route(&format!("{PATH}/token"), axum::routing::post(token::exchange))
        .route(&format!("{PATH}/logout"), get(authorize::sign_out))
        .route("/config.json", get(configuration))
        .with_state(SignIn { identity, sessions })
}

/// What a page needs to know before anybody has signed in.
async fn configuration(State(sign_in): State<SignIn>) -> impl IntoResponse {
    let body = json!({ "issuer": sign_in.identity.issuer.url(), "client_id": CLIENT, "api": "" });
    ([("cache-control", "no-store")], axum::Json(body))
}
