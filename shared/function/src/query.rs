//! Query strings and path parameters.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{AttachmentId, TicketRef};
use lambdesk_platform::App;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    error::ApiError,
    input::{Fields, FromFields, Scope},
};

/// A query string. A parameter given several times is a list; an unknown one is refused, because a filter with a typo
/// would answer with everything.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: FromFields> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let scope = Scope::of(&parts.extensions, app).await?;
        let mut values = Map::new();
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes()) {
            let value = Value::String(value.into_owned());
            match values.get_mut(name.as_ref()) {
                None => {
                    values.insert(name.into_owned(), value);
                }
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Fields::of_texts(values, scope).read().map(Self)
    }
}

/// How many items a page may hold: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = i32, minimum = 1, maximum = 100, default = 25)]
pub struct Limit(i32);

impl Limit {
    /// The number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(25)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(limit @ 1..=100) => Ok(Self(limit)),
            _ => Err(serde::de::Error::custom("must be a number from 1 to 100")),
        }
    }
}

/// A `{ticket}` in a path: an id or a number. What is neither names nothing, so it answers 404 like a ticket that is
/// not there.
#[derive(Debug)]
pub struct TicketPath(pub TicketRef);

impl<S: Send + Sync> FromRequestParts<S> for TicketPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        TicketRef::parse(&text).map(Self).ok_or_else(ApiError::not_found)
    }
}

/// An `{attachment}` in a path. What is no id names nothing.
#[derive(Debug)]
pub struct AttachmentPath(pub AttachmentId);

impl<S: Send + Sync> FromRequestParts<S> for AttachmentPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}
