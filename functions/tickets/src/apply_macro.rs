//! Staff do several things at once that were prepared: all of them or none. Or they look first what it would be.

use axum::extract::State;
use lambdesk_domain::{
    Body, BodyFormat, Caller, Change, Channel, Context, DomainError, Enclosed, FieldError, Macro, MessageKind, Permission, Person, Ticket,
    prepared::{
        MacroAssignee, Prepared, Values,
        placeholder::{Reader, render},
    },
    ticket::{Application, Assignee, Difference, NewMessage, TicketPatch, TicketView, apply, differences},
};
use lambdesk_function::{
    Access, ApiError, Endpoint, Failure, Function, Idempotent, IfMatch, Need, PreparedForTicket, Query, Reply, SignedIn, count_use,
    find_prepared, input, known_person,
};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{change::Request, names::AssigneeName};

/// Applies a macro.
pub const FUNCTION: Function = Function::http(
    "tickets-apply-macro",
    "POST",
    "/v1/tickets/{ticket}/macros/{macro}",
    Access::Permission(Permission::TicketsUpdate),
)
.summary("Apply a macro to a ticket, or look what it would do")
.needs(&[Need::Get, Need::Query, Need::Put, Need::Update]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<How>().heeds_if_match().answers::<Output>(200)
}

input! {
    /// How to apply it.
    pub(crate) struct How {
        /// `true` to look what it would do, and do nothing.
        preview: Option<Flag>,
    }
}

/// `true` or `false` in a query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Flag {
    True,
    False,
}

/// What a macro did or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedMacro)]
pub(crate) struct Output {
    /// Whether it was done.
    applied: bool,
    /// What differs.
    changes: Vec<Difference>,
    /// What is said.
    message: Option<Said>,
    /// Why it cannot be done; empty where it can.
    refusals: Vec<Refusal>,
    /// The ticket as it is then.
    ticket: TicketView,
}

/// A message of a macro, with its values.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Said {
    /// Reply or note.
    kind: MessageKind,
    /// Markdown.
    body: String,
}

/// A part of a macro that cannot be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Refusal {
    /// What is refused, where it is one thing.
    path: Option<String>,
    /// A stable word for programs.
    code: String,
    /// A sentence for people.
    message: String,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    PreparedForTicket(ticket, id): PreparedForTicket,
    Query(how): Query<How>,
    if_match: IfMatch,
    key: Idempotent,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    let ticket = request.load().await?;
    let found = find_prepared::<Macro>(&app, &caller, id).await?.prepared;
    let is_preview = how.preview == Some(Flag::True);
    let work = match Work::of(&app, &caller, &found, &ticket).await {
        Err(error) if is_preview => return refused(&app, &caller, &ticket, error).await,
        work => work?,
    };
    if is_preview {
        return preview(&app, &caller, &ticket, &work).await;
    }
    let category = ticket.category.clone();
    let answer = |change: &Change, desk: &_| output(change, &caller, (desk, app.now()), true);
    let reply = request.change_loaded(ticket, |ticket, ctx| work.decide(ticket, ctx), answer).await?;
    count_use(&app, &caller, &found, category.as_ref()).await;
    Ok(reply)
}

/// A macro with everything that it needs to know.
struct Work<'a> {
    prepared: &'a Prepared<Macro>,
    assignee: Option<Option<Assignee>>,
    requester: Option<Person>,
    agent: Option<Person>,
}

impl<'a> Work<'a> {
    async fn of(app: &App, caller: &Caller, prepared: &'a Prepared<Macro>, ticket: &Ticket) -> Result<Self, ApiError> {
        if !prepared.serves(&ticket.brand) {
            return Err(DomainError::Rule { code: "other_brand", message: "This macro is for other brands.".to_owned() }.into());
        }
        let assignee = match prepared.content.changes.assignee {
            None => None,
            Some(MacroAssignee::Nobody) => Some(None),
            Some(MacroAssignee::Me) => Some(Some(Assignee::Me)),
            Some(MacroAssignee::Person(id)) => Some(Some(AssigneeName::Id(id).find(app, caller).await?)),
        };
        let (mut requester, mut agent) = (None, None);
        if prepared.content.text().is_some_and(|(_, text)| text.contains("{{")) {
            requester = known_person(app, caller, ticket.requester).await?;
            agent = known_person(app, caller, caller.person).await?;
        }
        Ok(Self { prepared, assignee, requester, agent })
    }

    /// All of it on the ticket as it is. Values in the text are those of the ticket as it will be.
    fn decide(&self, ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
        let content = &self.prepared.content;
        let serves = |team| ctx.config.team(team).is_some_and(|known| known.serves(&ticket.brand));
        if content.changes.team.as_ref().is_some_and(|team| !serves(team)) {
            let gone = FieldError::new("team", "unknown_team", "there is no such team for this brand");
            return Err(DomainError::Invalid(vec![gone]));
        }
        let silent = self.application();
        let Some((reader, text)) = content.text() else { return apply(ticket, silent, ctx) };
        let after = apply(ticket.clone(), silent.clone(), ctx)?.after;
        let values = Values { config: ctx.config, ticket: &after, requester: self.requester.as_ref(), agent: self.agent.as_ref() };
        let kind = if reader == Reader::Customer { MessageKind::Reply } else { MessageKind::Note };
        let body = Body::parse(&render(text, reader, &values), BodyFormat::Markdown)
            .map_err(|error| DomainError::Invalid(vec![FieldError::new(kind.as_str(), "invalid", error.0)]))?;
        let message = NewMessage { kind, body, channel: Channel::Api, status: None, enclosed: Enclosed::default() };
        apply(ticket, Application { message: Some(message), ..silent }, ctx)
    }

    fn application(&self) -> Application {
        let changes = self.prepared.content.changes.clone();
        let patch = TicketPatch {
            status: changes.status,
            priority: changes.priority,
            category: changes.category.map(Some),
            assignee: self.assignee.clone(),
            team: changes.team.map(Some),
            fields: changes.fields,
            ..TicketPatch::default()
        };
        Application { patch, tags_add: changes.tags_add, tags_remove: changes.tags_remove, message: None }
    }
}

async fn preview(app: &App, caller: &Caller, ticket: &Ticket, work: &Work<'_>) -> Result<Reply, ApiError> {
    let config = app.desk(caller).config_for(ticket).await?;
    match app.act(caller, &config, |ctx| work.decide(ticket.clone(), ctx)) {
        Ok(change) => output(&change, caller, (&config, app.now()), false),
        Err(error) => refused(app, caller, ticket, error.into()).await,
    }
}

fn output(
    change: &Change,
    caller: &Caller,
    (desk, now): (&lambdesk_domain::TenantConfig, jiff::Timestamp),
    applied: bool,
) -> Result<Reply, ApiError> {
    let view = |ticket: &Ticket| TicketView::of(ticket, caller, (desk, now));
    let ticket = view(&change.after);
    let changes = change.before.as_ref().map(|before| differences(&view(before), &ticket)).unwrap_or_default();
    let said = change.message.as_ref().map(|message| Said { kind: message.kind, body: message.body.source.clone() });
    let version = if applied { change.after.version } else { change.before.as_ref().map_or(0, |before| before.version) };
    Ok(Reply::ok(&Output { applied, changes, message: said, refusals: Vec::new(), ticket })?.etag(version))
}

/// A preview of what cannot be done says why; what went wrong otherwise stays an error.
async fn refused(app: &App, caller: &Caller, ticket: &Ticket, error: ApiError) -> Result<Reply, ApiError> {
    let ApiError::Failed(failure) = error else { return Err(error) };
    if !matches!(failure.status.as_u16(), 403 | 409 | 422) {
        return Err(ApiError::Failed(failure));
    }
    let config = app.desk(caller).config_for(ticket).await?;
    let view = TicketView::of(ticket, caller, (&config, app.now()));
    let output = Output { applied: false, changes: Vec::new(), message: None, refusals: refusals(&failure), ticket: view };
    Ok(Reply::ok(&output)?.etag(ticket.version))
}

fn refusals(failure: &Failure) -> Vec<Refusal> {
    if failure.errors.is_empty() {
        return vec![Refusal { path: None, code: failure.code.to_owned(), message: failure.detail.clone() }];
    }
    let one = |error: &FieldError| Refusal { path: Some(error.path.clone()), code: error.code.to_owned(), message: error.message.clone() };
    failure.errors.iter().map(one).collect()
}
