//! A ticket that begins with a template: what is given wins over what was prepared.

use lambdesk_domain::{
    BrandId, Brands, Caller, FieldError, Prepared, RawBody, TenantConfig, TicketTemplate,
    id::PreparedId,
    prepared::{MacroAssignee, Preset, Reach},
};
use lambdesk_function::{ApiError, Known, find_prepared};
use lambdesk_platform::App;

use crate::{create_ticket::Input, names::AssigneeName};

/// The template, if it is there for the caller: customers begin with what is for them.
pub(crate) async fn template(app: &App, caller: &Caller, id: PreparedId) -> Result<Prepared<TicketTemplate>, ApiError> {
    let unknown = || wrong("template", "unknown_template", "there is no such template");
    let found = if caller.is_staff() {
        match find_prepared::<TicketTemplate>(app, caller, id).await {
            Err(ApiError::Failed(failure)) if failure.status == axum::http::StatusCode::NOT_FOUND => return Err(unknown()),
            found => found?.prepared,
        }
    } else {
        app.desk(caller).prepared::<TicketTemplate>(None, id).await?.ok_or_else(unknown)?.prepared
    };
    let for_customers = found.content.for_customers && found.whose.scope == Reach::Shared;
    if caller.is_staff() || for_customers { Ok(found) } else { Err(unknown()) }
}

/// What was given, filled up with what was prepared.
pub(crate) fn fill(
    input: Input,
    template: &Prepared<TicketTemplate>,
    caller: &Caller,
    config: &TenantConfig,
) -> Result<Input, ApiError> {
    let brand = input.brand.0.clone().or_else(|| only_brand(template));
    if !template.serves(brand.as_ref().unwrap_or(&config.default_brand)) {
        return Err(wrong("template", "other_brand", "is for other brands"));
    }
    let Preset { subject, body, priority, category, assignee, team, tags, fields } = template.content.ticket.clone();
    let may_set = |name: &str| {
        let editable = config.field(name).is_some_and(|field| field.is_shown_to_customers() && field.editable_by_customer);
        caller.is_staff() || !config.defines_fields() || editable
    };
    let mut filled: std::collections::BTreeMap<_, _> = fields.into_iter().filter(|(name, _)| may_set(name)).collect();
    filled.extend(input.fields.unwrap_or_default());
    let body = body.map(|body| RawBody::parse(&body)).transpose().map_err(|error| ApiError::internal(error.0))?;
    Ok(Input {
        subject: input.subject.or(subject),
        // What was prepared is Markdown.
        body_format: input.body_format.filter(|_| input.body.is_some()),
        body: input.body.or(body),
        priority: input.priority.or(priority),
        category: Known(input.category.0.or(category)),
        brand: Known(brand),
        assignee: input.assignee.or_else(|| by_name(assignee?)),
        team: input.team.or(team),
        tags: input.tags.or(Some(tags)),
        fields: Some(filled),
        ..input
    })
}

/// The one brand that a template is for is that of its tickets.
fn only_brand(template: &Prepared<TicketTemplate>) -> Option<BrandId> {
    match &template.whose.brands {
        Brands::Only(brands) if brands.len() == 1 => brands.first().cloned(),
        _ => None,
    }
}

const fn by_name(assignee: MacroAssignee) -> Option<AssigneeName> {
    match assignee {
        MacroAssignee::Me => Some(AssigneeName::Me),
        MacroAssignee::Person(id) => Some(AssigneeName::Id(id)),
        MacroAssignee::Nobody => None,
    }
}

/// What neither the request nor a template says, and every ticket must.
pub(crate) fn missing(field: &str) -> ApiError {
    wrong(field, "required", "is required: the template says nothing of it")
}

fn wrong(path: &str, code: &'static str, message: &str) -> ApiError {
    ApiError::invalid(vec![FieldError::new(path, code, message)])
}
