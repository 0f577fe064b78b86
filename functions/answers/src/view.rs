//! Prepared things as callers see them.

use std::{borrow::Cow, collections::BTreeSet};

use jiff::Timestamp;
use lambdesk_domain::{
    BrandId, Caller, PersonId, TeamId,
    id::PreparedId,
    prepared::{Preparable, Prepared, Reach},
};
use lambdesk_store::Kept;
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// A prepared thing. In the document each kind has a name of its own.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct View<T>(Shape<T>);

#[derive(Debug, Serialize, ToSchema)]
struct Shape<T> {
    /// Identifier (UUIDv7).
    id: PreparedId,
    /// The brands that it is for; null is all of them.
    brands: Option<BTreeSet<BrandId>>,
    #[serde(flatten)]
    content: T,
    /// Grows by one with every change; also the ETag.
    version: u32,
    #[serde(flatten)]
    staff: Option<StaffView>,
}

impl<T: ToSchema> PartialSchema for View<T> {
    fn schema() -> RefOr<Schema> {
        Shape::<T>::schema()
    }
}

impl<T: ToSchema> ToSchema for View<T> {
    fn name() -> Cow<'static, str> {
        format!("{}View", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        // Of what is generic it names the fields' types, and not that one itself.
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
        Shape::<T>::schemas(schemas);
    }
}

/// What only staff sees of a prepared thing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreparedByStaff)]
pub(crate) struct StaffView {
    /// Whose it is.
    scope: Reach,
    /// Which team's.
    team: Option<TeamId>,
    /// How often it was used.
    used: u64,
    /// Who made it.
    created_by: PersonId,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// What a patch cannot name.
pub(crate) const FIXED: [&str; 5] = ["id", "version", "used", "created_by", "updated_at"];

impl<T: Preparable> View<T> {
    /// The thing as this caller sees it, used so often.
    pub(crate) fn of(prepared: &Prepared<T>, used: u64, caller: &Caller) -> Self {
        let Prepared { id, whose, content, created_by, updated_at, version } = prepared.clone();
        let staff = StaffView { scope: whose.scope, team: whose.team, used, created_by, updated_at };
        Self(Shape { id, brands: whose.brands.into(), content, version, staff: caller.is_staff().then_some(staff) })
    }

    /// The same of what is kept.
    pub(crate) fn of_kept(kept: &Kept<T>, caller: &Caller) -> Self {
        Self::of(&kept.prepared, kept.used, caller)
    }
}

/// All at once: few by nature.
#[derive(Debug, Serialize)]
pub(crate) struct Items<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> Items<T> {
    pub(crate) const fn all(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}
