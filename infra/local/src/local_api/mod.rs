//! `/local/…`: what a developer needs and a deployment does not have. It answers to this machine alone.

mod clock;
pub(crate) mod guard;
mod mailbox;
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

/// The routes, with the guard around them.
pub(crate) fn router(local: Local) -> Router {
    Router::new()
        .route("/local/token", post(token::create))
        .route("/local/mailbox", get(mailbox::list))
        .route("/local/mailbox/{id}", get(mailbox::raw))
        .route("/local/clock", post(clock::advance))
        .route(&format!("{PATH}/.well-known/openid-configuration"), get(configuration))
        .route(&format!("{PATH}/jwks.json"), get(jwks))
        .layer(middleware::from_fn(guard::loopback_only))
        .with_state(local)
}

async fn configuration(State(local): State<Local>) -> Json<Value> {
    Json(local.issuer.configuration())
}

async fn jwks(State(local): State<Local>) -> Json<Value> {
    Json(local.issuer.jwks())
}
