//! `POST /local/token`: signs a person of the desk in, without a password.

use axum::{Json, extract::State, extract::rejection::JsonRejection, http::StatusCode};
use lambdesk_domain::{EmailAddress, TenantId};
use lambdesk_store::StoreError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Identity;
use crate::{gateway::problem::Problem, issuer::LIFETIME};

/// Who is to be signed in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    tenant: TenantId,
    email: EmailAddress,
}

/// Answers a token, as an OAuth token endpoint does.
pub(super) async fn create(
    State(identity): State<Identity>,
    input: Result<Json<Input>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Input { tenant, email }) = input.map_err(unreadable)?;
    let person = match identity.app.desk_of(&tenant).person_by_address(&email).await {
        Ok(person) => person,
        Err(StoreError::NotFound) => return Err(Problem::not_found("This tenant has nobody with this address.")),
        Err(error) => return Err(Problem::internal(error.to_string())),
    };
    let access_token = identity.issuer.token(&tenant, &person);
    Ok(Json(json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": LIFETIME.as_secs() })))
}

pub(super) fn unreadable(rejection: JsonRejection) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "unreadable", rejection.body_text())
}
