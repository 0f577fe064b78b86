//! The token endpoint: a code, or a refresh token, for tokens.

use axum::{
    Json,
    extract::{Form, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{CLIENT, SignIn, session::Member};
use crate::issuer::LIFETIME;

/// What a client sends.
#[derive(Deserialize)]
pub(super) struct Request {
    grant_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    refresh_token: String,
}

/// `POST …/token`.
pub(super) async fn exchange(State(sign_in): State<SignIn>, Form(request): Form<Request>) -> Response {
    match granted(&sign_in, request).await {
        Ok(tokens) => ([("cache-control", "no-store")], Json(tokens)).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, [("cache-control", "no-store")], Json(json!({ "error": error }))).into_response(),
    }
}

/// The tokens, or an error in the words of RFC 6749, section 5.2.
async fn granted(sign_in: &SignIn, request: Request) -> Result<Value, &'static str> {
    if request.client_id != CLIENT {
        return Err("invalid_client");
    }
    let (member, nonce) = match request.grant_type.as_str() {
        "authorization_code" => {
            let code = sign_in.sessions.take_code(&request.code).ok_or("invalid_grant")?;
            let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(request.code_verifier.as_bytes()));
            if code.redirect_uri != request.redirect_uri || code.challenge != proof {
                return Err("invalid_grant");
            }
            (code.member, code.nonce)
        }
        "refresh_token" => (sign_in.sessions.take_refresh_token(&request.refresh_token).ok_or("invalid_grant")?, None),
        _ => return Err("unsupported_grant_type"),
    };
    tokens(sign_in, member, nonce).await
}

/// Read anew each time: who is no longer there gets none.
async fn tokens(sign_in: &SignIn, member: Member, nonce: Option<String>) -> Result<Value, &'static str> {
    let issuer = &sign_in.identity.issuer;
    let desk = sign_in.identity.app.desk_of(&member.tenant);
    let person = desk.person_by_address(&member.email).await.map_err(|_| "invalid_grant")?;
    let access_token = issuer.token(&member.tenant, &person);
    let mut claims = issuer.claims(&member.tenant, &person);
    claims["aud"] = json!(CLIENT);
    claims["name"] = json!(person.display_name());
    claims["email"] = json!(person.email);
    if let Some(nonce) = nonce.filter(|nonce| !nonce.is_empty()) {
        claims["nonce"] = json!(nonce);
    }
    Ok(json!({
        "access_token": access_token,
        "id_token": issuer.sign(&claims, &Value::Null),
        "refresh_token": sign_in.sessions.refresh_token(member),
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
        "scope": "openid",
    }))
}
