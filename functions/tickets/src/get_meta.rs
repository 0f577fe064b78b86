//! The words of a desk: statuses, priorities, categories, brands, with what this desk calls them.

use axum::extract::State;
use lambdesk_domain::{
    BrandId, CategoryId, Channel, Color, FieldDefinition, Name, Priority,
    config::{PriorityLabel, StatusLabel},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

/// Reads the words of the desk.
pub const FUNCTION: Function = Function::http("tickets-meta", "GET", "/v1/meta", Access::SignedIn)
    .summary("List the desk's statuses, priorities, categories and brands")
    .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Meta>(200)
}

/// What a form needs to know.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Meta {
    name: Name,
    statuses: Vec<StatusLabel>,
    priorities: Vec<PriorityLabel>,
    default_priority: Priority,
    categories: Vec<CategoryRow>,
    brands: Vec<BrandRow>,
    default_brand: BrandId,
    channels: Vec<Channel>,
    /// The desk's own fields that may be filled in and seen, in the order of forms.
    fields: Vec<FieldDefinition>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryRow {
    id: CategoryId,
    label: Name,
    parent: Option<CategoryId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BrandRow {
    id: BrandId,
    name: Name,
    /// For its pages; they see to the contrast.
    color: Option<Color>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let config = app.desk(&caller).config().await?;
    let visible = |brand: &BrandId| !caller.is_staff() || caller.brands.include(brand);
    let brands = config.brands.iter().filter(|brand| visible(&brand.id));
    let categories = config.categories.iter();
    let mut fields: Vec<_> = config.fields.iter().filter(|field| field.is_used() && field.is_shown_to(&caller)).cloned().collect();
    fields.sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    Reply::ok(&Meta {
        name: config.name.clone(),
        statuses: config.statuses.clone(),
        priorities: config.priorities.clone(),
        default_priority: config.default_priority,
        categories: categories
            .map(|category| CategoryRow { id: category.id.clone(), label: category.label.clone(), parent: category.parent.clone() })
            .collect(),
        brands: brands.map(|brand| BrandRow { id: brand.id.clone(), name: brand.name.clone(), color: brand.color }).collect(),
        default_brand: config.default_brand.clone(),
        channels: Channel::ALL.to_vec(),
        fields,
    })
}
