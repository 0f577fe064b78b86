//! How fields of a desk's own come and go over the API.

use std::collections::BTreeSet;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{
    CategoryId, FieldDefinition, Name, TenantConfig,
    field::{FieldKind, FieldName, Required, VisibleTo},
};
use lambdesk_function::{ApiError, Reply, input};

/// What a patch cannot name.
pub(crate) const FIXED: [&str; 3] = ["id", "withdrawn", "version"];

input! {
    /// A field that tickets have beside what every ticket has.
    pub(crate) struct Input {
        /// Its name in `fields` of a ticket.
        id: Option<FieldName>,
        /// What this desk calls it.
        label: Name,
        /// What it holds. Stays as it is.
        kind: FieldKind,
        /// What may be chosen, of `choice` and `many`.
        choices: Option<Vec<Name>>,
        /// The categories whose tickets have it, with those that are part of them; null is every ticket.
        categories: Option<BTreeSet<CategoryId>>,
        /// When it must hold something; `never` by default.
        required: Option<Required>,
        /// Who sees it; `staff` by default.
        visible_to: Option<VisibleTo>,
        /// Whether customers who see it fill it in when they ask.
        editable_by_customer: Option<bool>,
        /// Its place in forms.
        position: Option<u32>,
        /// Whether it is filled in; true by default.
        active: Option<bool>,
    }
}

impl Input {
    /// The field of this name and version.
    pub(crate) fn field(self, id: FieldName, version: u32) -> FieldDefinition {
        FieldDefinition {
            id,
            label: self.label,
            kind: self.kind,
            choices: self.choices.unwrap_or_default(),
            categories: self.categories,
            required: self.required.unwrap_or(Required::Never),
            visible_to: self.visible_to.unwrap_or(VisibleTo::Staff),
            editable_by_customer: self.editable_by_customer.unwrap_or(false),
            position: self.position.unwrap_or(0),
            active: self.active.unwrap_or(true),
            withdrawn: false,
            version,
        }
    }
}

/// A `{field}` in a path. What is no name names nothing.
pub(crate) struct FieldPath(pub(crate) FieldName);

impl<S: Send + Sync> FromRequestParts<S> for FieldPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        FieldName::parse(&text).map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The field, if it was not erased.
pub(crate) fn find<'a>(config: &'a TenantConfig, id: &FieldName) -> Result<&'a FieldDefinition, ApiError> {
    config.field(id.as_str()).filter(|field| !field.withdrawn).ok_or_else(ApiError::not_found)
}

/// The answer to whoever changed it.
pub(crate) fn reply(field: &FieldDefinition) -> Result<Reply, ApiError> {
    Ok(Reply::ok(field)?.etag(field.version.into()))
}
