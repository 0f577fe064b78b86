//! An admin makes an API key for a program. Its secret is shown this once.

use std::collections::BTreeSet;

use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{ApiKeyId, Caller, DomainError, FieldError, Name, ParseError, Permission, Role};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{ApiKey, SecretHash};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bearer::KEY_PREFIX;

/// Makes an API key.
pub const FUNCTION: Function =
    Function::http("auth-create-api-key", "POST", "/v1/api-keys", Access::Permission(Permission::KeysManage))
        .summary("Make an API key; its secret is shown this once")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<NewApiKey>(201)
}

input! {
    /// A new key. It acts as its maker, with at most these permissions.
    pub(crate) struct Input {
        /// What it is for.
        name: Name,
        /// What it may do, such as `tickets.create`.
        scopes: BTreeSet<Permission>,
        /// With which role: `agent` by default, at most the maker's.
        role: Option<Role>,
        /// Days until it ends, 1 to 365.
        #[schema(value_type = i64, minimum = 1, maximum = 365)]
        expires_in_days: Days,
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Days(i64);

impl TryFrom<i64> for Days {
    type Error = ParseError;
    fn try_from(days: i64) -> Result<Self, ParseError> {
        if (1..=365).contains(&days) { Ok(Self(days)) } else { Err(ParseError("must be 1 to 365".to_owned())) }
    }
}

/// A key as lists show it: never its secret, nor the secret's hash.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: ApiKeyId,
    name: Name,
    role: Role,
    scopes: BTreeSet<Permission>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        let ApiKey { id, tenant: _, name, person: _, role, brands: _, scopes, secret: _, created_at, expires_at, revoked_at } = key.clone();
        Self { id, name, role, scopes, created_at, expires_at, revoked_at }
    }
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewApiKey {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The credential; null when the request is answered again, because it is not kept.
    credential: Option<String>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    idempotent: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let role = permitted_role(&caller, &input)?;
    let secret = BASE64_URL_SAFE_NO_PAD.encode(app.random::<32>());
    let now = app.now();
    let key = ApiKey {
        id: ApiKeyId(app.new_id()),
        tenant: caller.tenant.clone(),
        name: input.name,
        person: caller.person,
        role,
        brands: caller.brands.clone(),
        scopes: input.scopes,
        secret: SecretHash::of(&secret),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * input.expires_in_days.0),
        revoked_at: None,
    };
    let answer = |credential| {
        let body = NewApiKey { key: ApiKeyView::from(&key), credential };
        Reply::created(format!("/v1/api-keys/{}", key.id), &body)
    };
    let kept = answer(None)?;
    app.desk(&caller).add_api_key(&key, idempotent.keep(&kept), now).await?;
    answer(Some(format!("{KEY_PREFIX}{}_{secret}", key.id)))
}

/// A key never has more than its maker.
fn permitted_role(caller: &Caller, input: &Input) -> Result<Role, ApiError> {
    let role = input.role.unwrap_or(Role::Agent);
    let mut wrong = Vec::new();
    if role > caller.role || role == Role::Operator {
        wrong.push(FieldError::new("role", "not_allowed", "must be at most your own role"));
    }
    let beyond = input.scopes.iter().filter(|scope| !caller.may(**scope) || !role.grants(**scope));
    wrong.extend(beyond.map(|scope| FieldError::new("scopes", "not_allowed", format!("{scope} is more than the role or its maker has"))));
    if input.scopes.is_empty() {
        wrong.push(FieldError::new("scopes", "required", "must name at least one permission"));
    }
    if wrong.is_empty() { Ok(role) } else { Err(DomainError::Invalid(wrong).into()) }
}
