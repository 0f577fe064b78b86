//! Somebody asks for help: a customer for themselves, staff on anybody's behalf.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use lambdesk_domain::{
    AttachmentId, Body, BodyFormat, BrandId, Caller, CategoryId, Channel, FieldError, OrganizationId, Permission, Priority, RawBody, Subject, Tag, TeamId,
    id::PreparedId,
    ticket::{NewTicket, TicketView},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Fields, FromFields, Function, Idempotent, Json, Known, Need, Reply, SignedIn, count_use,
};
use lambdesk_platform::{App, BucketName};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    begin::{fill, missing, template},
    enclose::{Files, enclose},
    names::{AssigneeName, FoundRequester, RequesterName},
    open::open,
};

/// Opens a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-create", "POST", "/v1/tickets", Access::Permission(Permission::TicketsCreate))
        .summary("Open a ticket")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Read(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<TicketView>(201)
}

/// A new ticket. `channel`, `requester`, `organization`, `assignee`, `team` and `tags` are for staff.
/// What is left out stands as the template has it; without one, subject and body are required.
#[derive(Debug, ToSchema)]
pub(crate) struct Input {
    /// What it is about, in one line.
    pub(crate) subject: Option<Subject>,
    /// The first message.
    pub(crate) body: Option<RawBody>,
    /// How the body is written; Markdown by default.
    pub(crate) body_format: Option<BodyFormat>,
    /// How much it matters; the tenant's default otherwise.
    pub(crate) priority: Option<Priority>,
    /// One of the tenant's categories.
    #[schema(value_type = Option<CategoryId>)]
    pub(crate) category: Known<CategoryId>,
    /// One of the tenant's brands; the default one otherwise.
    #[schema(value_type = Option<BrandId>)]
    pub(crate) brand: Known<BrandId>,
    /// How it came.
    pub(crate) channel: Option<Channel>,
    /// On whose behalf: an id or an e-mail address; an unknown address makes a person.
    #[schema(value_type = Option<String>)]
    pub(crate) requester: Option<RequesterName>,
    /// The requester's company.
    pub(crate) organization: Option<OrganizationId>,
    /// Who is to answer: `me` or an id.
    #[schema(value_type = Option<String>)]
    pub(crate) assignee: Option<AssigneeName>,
    /// Which team is to answer.
    pub(crate) team: Option<TeamId>,
    /// Tags, at most 50.
    pub(crate) tags: Option<BTreeSet<Tag>>,
    /// Custom fields, as the desk defined them; texts, numbers, true or false where it defined none.
    #[schema(value_type = Option<Object>)]
    pub(crate) fields: Option<BTreeMap<String, Value>>,
    /// Files of yours that were uploaded for no ticket in particular, at most 20.
    pub(crate) attachments: Option<Vec<AttachmentId>>,
    /// A template that says the rest.
    pub(crate) template: Option<PreparedId>,
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let begun = fields.holds("template");
        let subject = if begun { fields.take::<Option<Subject>>("subject") } else { fields.take::<Subject>("subject").map(Some) };
        let body = if begun { fields.take::<Option<RawBody>>("body") } else { fields.take::<RawBody>("body").map(Some) };
        let body_format = fields.take("body_format");
        let priority = fields.take("priority");
        let category = fields.take("category");
        let brand = fields.take("brand");
        let channel = fields.take("channel");
        let requester = fields.take("requester");
        let organization = fields.take("organization");
        let assignee = fields.take("assignee");
        let team = fields.take("team");
        let tags = fields.take("tags");
        let own = fields.take("fields");
        let attachments = fields.take("attachments");
        let template = fields.take("template");
        Some(Self {
            subject: subject?,
            body: body?,
            body_format: body_format?,
            priority: priority?,
            category: category?,
            brand: brand?,
            channel: channel?,
            requester: requester?,
            organization: organization?,
            assignee: assignee?,
            team: team?,
            tags: tags?,
            fields: own?,
            attachments: attachments?,
            template: template?,
        })
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let config = app.desk(&caller).config().await?;
    let template = match input.template {
        Some(id) => Some(template(&app, &caller, id).await?),
        None => None,
    };
    let input = match &template {
        Some(template) => fill(input, template, &caller, &config)?,
        None => input,
    };
    let answer = |change: &lambdesk_domain::Change| {
        let view = TicketView::of(&change.after, &caller, (&config, app.now()));
        Ok(Reply::created(format!("/v1/tickets/{}", view.id), &view)?.etag(view.version))
    };
    let Files { enclosed, claims } = enclose(&app, &caller, input.attachments.as_ref(), None).await?;
    // A second look finds whom another request introduced between the first look and the saving.
    for _ in 0..2 {
        let requester = match &input.requester {
            Some(name) => Some(name.find(&app, &caller).await?),
            None => None,
        };
        let new = NewTicket { enclosed: enclosed.clone(), ..ticket(&app, &caller, &input, requester.as_ref()).await? };
        let person = requester.as_ref().filter(|requester| requester.is_new).map(|requester| &requester.person);
        if let Some(reply) = open(&app, &caller, &config, (new, person, &claims), &key, answer).await? {
            if let Some(template) = &template {
                count_use(&app, &caller, template, input.category.0.as_ref()).await;
            }
            return Ok(reply);
        }
    }
    Err(ApiError::internal("an address that is taken and not found"))
}

async fn ticket(app: &App, caller: &Caller, input: &Input, requester: Option<&FoundRequester>) -> Result<NewTicket, ApiError> {
    let subject = input.subject.clone().ok_or_else(|| missing("subject"))?;
    let body = input.body.clone().ok_or_else(|| missing("body"))?;
    let body = Body::new(body, input.body_format.unwrap_or(BodyFormat::Markdown))
        .map_err(|error| ApiError::invalid(vec![FieldError::new("body", "invalid", error.0)]))?;
    let assignee = match input.assignee {
        Some(name) => Some(name.find(app, caller).await?),
        None => None,
    };
    Ok(NewTicket {
        priority: input.priority,
        category: input.category.0.clone(),
        brand: input.brand.0.clone(),
        channel: input.channel,
        requester: requester.map(|requester| Box::new(requester.person.clone())),
        organization: input.organization.clone(),
        assignee,
        team: input.team.clone(),
        tags: input.tags.clone().unwrap_or_default(),
        fields: input.fields.clone().unwrap_or_default(),
        ..NewTicket::new(subject, body)
    })
}
