//! Somebody asks for help: a customer for themselves, staff on anybody's behalf.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use lambdesk_domain::{
    AttachmentId, Body, BodyFormat, BrandId, Caller, CategoryId, Channel, FieldError, OrganizationId, Permission, Priority, RawBody, Subject, Tag,
    ticket::{NewTicket, TicketView},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Known, Need, Reply, SignedIn, input};
use lambdesk_platform::{App, BucketName};
use serde_json::Value;

use crate::{
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

input! {
    /// A new ticket. `channel`, `requester`, `organization`, `assignee` and `tags` are for staff.
    pub(crate) struct Input {
        /// What it is about, in one line.
        subject: Subject,
        /// The first message.
        body: RawBody,
        /// How the body is written; Markdown by default.
        body_format: Option<BodyFormat>,
        /// How much it matters; the tenant's default otherwise.
        priority: Option<Priority>,
        /// One of the tenant's categories.
        #[schema(value_type = Option<CategoryId>)]
        category: Known<CategoryId>,
        /// One of the tenant's brands; the default one otherwise.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// How it came.
        channel: Option<Channel>,
        /// On whose behalf: an id or an e-mail address; an unknown address makes a person.
        #[schema(value_type = Option<String>)]
        requester: Option<RequesterName>,
        /// The requester's company.
        organization: Option<OrganizationId>,
        /// Who is to answer: `me` or an id.
        #[schema(value_type = Option<String>)]
        assignee: Option<AssigneeName>,
        /// Tags, at most 50.
        tags: Option<BTreeSet<Tag>>,
        /// Custom fields: texts, numbers, true or false.
        #[schema(value_type = Option<Object>)]
        fields: Option<BTreeMap<String, Value>>,
        /// Files of yours that were uploaded for no ticket in particular, at most 20.
        attachments: Option<Vec<AttachmentId>>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let config = app.desk(&caller).config().await?;
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
            return Ok(reply);
        }
    }
    Err(ApiError::internal("an address that is taken and not found"))
}

async fn ticket(app: &App, caller: &Caller, input: &Input, requester: Option<&FoundRequester>) -> Result<NewTicket, ApiError> {
    let body = Body::new(input.body.clone(), input.body_format.unwrap_or(BodyFormat::Markdown))
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
        tags: input.tags.clone().unwrap_or_default(),
        fields: input.fields.clone().unwrap_or_default(),
        ..NewTicket::new(input.subject.clone(), body)
    })
}
