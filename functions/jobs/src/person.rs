//! Who may be erased and exported, and by whom: customers, by who runs the whole desk.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{Caller, Person, PersonId};
use lambdesk_function::ApiError;
use lambdesk_platform::App;

/// A `{person}` in a path. What is no id names nothing.
pub(crate) struct PersonPath(pub(crate) PersonId);

impl<S: Send + Sync> FromRequestParts<S> for PersonPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The customer, if the caller may have them erased or written down.
pub(crate) async fn customer(app: &App, caller: &Caller, id: PersonId) -> Result<Person, ApiError> {
    let person = app.desk(caller).person(id).await?;
    person.check_data_of(caller)?;
    Ok(person)
}
