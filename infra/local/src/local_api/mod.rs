//! `/local/…`: what a developer needs and a deployment does not have. It answers to this machine alone.

mod clock;
pub(crate) mod guard;
mod mailbox;
mod oidc;
mod token;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    middleware,
    routing::{get, post},
};
use lambdesk_local_ses::Mailbox;
use lambdesk_platform::App;
use serde_json::Value;

use crate::{
    clock::MovableClock,
    issuer::{Issuer, PATH},
};

/// What the handlers work with.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) app: App,
    pub(crate) clock: MovableClock,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) mailbox: Mailbox,
}

/// What signing in works with.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) app: App,
    pub(crate) issuer: Arc<Issuer>,
}

/// The routes, with the guard around them.
pub(crate) fn router(local: Local) -> Router {
    let identity = Identity { app: local.app.clone(), issuer: local.issuer.clone() };
    let browser = oidc::router(identity.clone());
    let rest = Router::new()
        .route("/local/mailbox", get(mailbox::list))
        .route("/local/mailbox/{id}", get(mailbox::raw))
        .route("/local/clock", post(clock::advance))
        .with_state(local);
    rest.merge(identity_router(identity)).merge(browser).layer(middleware::from_fn(guard::loopback_only))
}

/// The routes of the identity provider.
pub(crate) fn identity_router(identity: Identity) -> Router {
    Router::new()
        .route("/local/token", post(token::create))
        .route(&format!("{PATH}/.well-known/openid-configuration"), get(configuration))
        .route(&format!("{PATH}/jwks.json"), get(jwks))
        .with_state(identity)
}

async fn configuration(State(identity): State<Identity>) -> Json<Value> {
    Json(identity.issuer.configuration())
}

async fn jwks(State(identity): State<Identity>) -> Json<Value> {
    Json(identity.issuer.jwks())
}
