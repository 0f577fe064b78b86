//! A ticket comes from another desk, as it was there. Nobody is told, nothing is promised, and no rule is asked: what is in the
//! file was done elsewhere. What does not exist here is left out, and said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Authors, Change, Context, MAX_PARTICIPANTS, Participant, RoutingState, Standing, Ticket, Unassigned, edit, fields};
use crate::{
    config::{Brand, TenantConfig},
    error::FieldError,
    event::{Actor, EventKind},
    id::{CategoryId, MessageId, PersonId, SourceId, TeamId, TicketId, derived_at},
    markup::Body,
    message::{Enclosed, LeftBehind, Message, MessageKind},
    number::TicketNumber,
    person::Person,
    sla::Stay,
    text::{Name, Subject, Tag},
    words::{Channel, Priority, Status},
};

/// Files of one message whose names are kept.
const MOST_FILES: usize = 50;

/// Where a ticket came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedFrom {
    /// Which desk.
    pub source: SourceId,
    /// What it is called there.
    pub external_id: String,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A ticket as the other desk has it.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its identifier here: see [`NewImport::id`].
    pub id: TicketId,
    /// Where it comes from.
    pub from: ImportedFrom,
    /// Which face of this desk it goes to.
    pub brand: Brand,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of thing it is, in the words of the source.
    pub category: Option<Name>,
    /// How it came.
    pub channel: Channel,
    /// Who asked.
    pub requester: Person,
    /// The requester's company, in the words of the source.
    pub organization: Option<Name>,
    /// Who answers: somebody of this desk, or `None` for somebody whom it does not know.
    pub assignee: Option<Option<Person>>,
    /// Which team answers, in the words of the source.
    pub team: Option<Name>,
    /// Tags.
    pub tags: BTreeSet<Tag>,
    /// Custom fields.
    pub fields: BTreeMap<String, Value>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What was said, oldest first.
    pub messages: Vec<NewImportedMessage>,
}

/// A message as the other desk has it.
#[derive(Debug, Clone)]
pub struct NewImportedMessage {
    /// Public or internal.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: ImportAuthor,
    /// What it says.
    pub body: Body,
    /// When.
    pub created_at: Timestamp,
    /// The names of its files.
    pub attachments: Vec<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone)]
pub enum ImportAuthor {
    /// Somebody of this desk, by the role that they have here, whatever the file says.
    Known(Box<Person>),
    /// Staff of the other desk who is not staff here. No file makes staff.
    Stranger(Option<Name>),
}

/// A ticket that came, to be written with all of its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The ticket, and the event that says so.
    pub change: Change,
    /// What was said, oldest first.
    pub messages: Vec<Message>,
    /// What could not be taken over as it was.
    pub warnings: Vec<FieldError>,
}

/// Everything that is wrong with the times: what has not happened yet would stand at the head of every list.
pub fn future_times<'a>(created_at: Timestamp, messages: impl Iterator<Item = &'a Timestamp>, now: Timestamp) -> Vec<FieldError> {
    let wrong = |path: String| FieldError::new(path, "in_future", "must not be in the future");
    let of_messages = messages.enumerate().filter(|(_, at)| **at > now);
    let of_messages = of_messages.map(|(place, _)| wrong(format!("messages[{place}].created_at")));
    (created_at > now).then(|| wrong("created_at".to_owned())).into_iter().chain(of_messages).collect()
}

impl TenantConfig {
    /// The brand with this id, or with this name in any case.
    pub fn brand_called(&self, name: &Name) -> Option<&Brand> {
        let is_so = |brand: &&Brand| same(brand.id.as_str(), name) || same(brand.name.as_str(), name);
        self.brands.iter().find(is_so)
    }

    fn category_called(&self, name: &Name) -> Option<CategoryId> {
        let found =
            self.categories.iter().find(|category| same(category.id.as_str(), name) || same(category.label.as_str(), name));
        found.map(|category| category.id.clone())
    }

    fn team_called(&self, name: &Name, brand: &Brand) -> Option<TeamId> {
        let teams = self.teams.iter().filter(|team| team.serves(&brand.id));
        let found = teams.into_iter().find(|team| same(team.id.as_str(), name) || same(team.name.as_str(), name));
        found.map(|team| team.id.clone())
    }

    /// The status itself where the desk uses it, or else the next one that every desk has.
    fn nearest(&self, status: Status) -> Status {
        match status {
            status if self.uses(status) => status,
            Status::Assigned | Status::Pending => Status::InProgress,
            Status::Resolved => Status::Closed,
            status => status,
        }
    }
}

fn same(ours: &str, theirs: &Name) -> bool {
    ours.to_lowercase() == theirs.as_str().to_lowercase()
}

impl NewImport {
    /// The identifier of what the source calls so, in one job: the same each time a part of it is done again.
    pub fn id(job: &str, from: &ImportedFrom, created_at: Timestamp) -> TicketId {
        TicketId(derived_at(created_at, 0, &[job, from.source.as_str(), &from.external_id]))
    }
}

/// Takes a ticket over under this number. Nothing of it is in the future: see [`future_times`].
pub fn import(new: NewImport, number: TicketNumber, ctx: &mut Context<'_>) -> Imported {
    let mut warnings = Vec::new();
    let mut warn = |path: &str, message: &str| warnings.push(FieldError::new(path, "left_out", message));
    let messages = messages(&new, &mut warn);
    let (assignee, status) = (assignee(&new, &mut warn), new.status);
    let last = messages.iter().map(|message| message.created_at).max();
    let known = |name: &Option<Name>, found: bool| name.is_some() && !found;
    let category = new.category.as_ref().and_then(|name| ctx.config.category_called(name));
    let team = new.team.as_ref().and_then(|name| ctx.config.team_called(name, &new.brand));
    let organization = new.requester.organization.clone();
    let is_theirs =
        organization.as_ref().is_some_and(|ours| new.organization.as_ref().is_some_and(|name| same(ours.as_str(), name)));
    for (path, missing, message) in [
        ("category", known(&new.category, category.is_some()), "there is no such category here"),
        ("team", known(&new.team, team.is_some()), "there is no such team for this brand here"),
        ("organization", known(&new.organization, is_theirs), "it is the requester's own here, whatever the file says"),
    ] {
        if missing {
            warn(path, message);
        }
    }
    let (fields, unfit) = fields::fitting(new.fields, category.as_ref(), ctx.config);
    for (name, message) in unfit {
        warn(&format!("fields.{name}"), &message);
    }
    let first_response = first_response(&messages, new.requester.id);
    let mut ticket = Ticket {
        id: new.id,
        tenant: ctx.config.id.clone(),
        number,
        brand: new.brand.id.clone(),
        subject: new.subject,
        status,
        priority: new.priority,
        category,
        channel: new.channel,
        requester: new.requester.id,
        organization,
        audiences: new.requester.audiences.clone(),
        assignee,
        team,
        tags: new.tags,
        fields,
        created_at: new.created_at,
        created_by: actor(&new.requester),
        updated_at: [new.updated_at, new.resolved_at, new.closed_at, last].into_iter().flatten().max().unwrap_or(new.created_at),
        first_response_at: first_response.map(|(at, _)| at),
        first_response_by: first_response.and_then(|(_, by)| by),
        resolved_at: new.resolved_at,
        resolved_by: None,
        closed_at: new.closed_at,
        closed_by: None,
        resolution_note: None,
        reopen_count: 0,
        merged_into: None,
        merge: None,
        merged: Vec::new(),
        links: BTreeMap::new(),
        followers: BTreeSet::new(),
        follow_up_of: None,
        rating: None,
        participants: participants(&messages, new.requester.id),
        authors: Authors::of(&messages, new.requester.id),
        attached_bytes: 0,
        pending_bytes: 0,
        last_mail_id: None,
        stays: Vec::new(),
        waiting_since: None,
        promise: None,
        snoozed: None,
        unassigned: None,
        routing: RoutingState::default(),
        deleted_at: None,
        purged_at: None,
        imported: Some(Box::new(new.from)),
        version: 1,
    };
    settle(&mut ticket, ctx, &mut warn);
    let from = ticket.imported.clone();
    let kinds = from.map(|from| EventKind::Imported {
        number: ticket.number.clone(),
        source: from.source,
        external_id: from.external_id,
    });
    let events = edit::events(kinds.into_iter().collect(), &ticket, ctx);
    Imported { change: Change { before: None, after: ticket, message: None, events }, messages, warnings }
}

/// Makes status, assignee and times agree with each other and with what this desk uses.
fn settle(ticket: &mut Ticket, ctx: &Context<'_>, warn: &mut impl FnMut(&str, &str)) {
    let (config, now) = (ctx.config, ctx.now);
    let theirs = ticket.status;
    ticket.status = config.nearest(match (theirs, ticket.assignee) {
        (Status::New, Some(_)) => Status::Assigned,
        (Status::Assigned, None) => Status::New,
        (status, _) => status,
    });
    if ticket.status != theirs {
        warn("status", &format!("it is {} here", ticket.status));
    }
    ticket.updated_at = ticket.updated_at.min(now);
    let times = (ticket.resolved_at.map(|at| at.min(now)), ticket.closed_at.map(|at| at.min(now)));
    (ticket.resolved_at, ticket.closed_at) = match (ticket.status, times) {
        (Status::Resolved, (resolved, _)) => (resolved.or(Some(ticket.updated_at)), None),
        (Status::Closed, (resolved, closed)) => {
            let closed = closed.or(resolved).unwrap_or(ticket.updated_at);
            (resolved.or(Some(closed)), Some(closed))
        }
        _ => (None, None),
    };
    // The desk would close it in the next minute, and thousands like it.
    if let Some(at) = ticket.closes_at(config).filter(|at| *at <= now) {
        ticket.status = Status::Closed;
        ticket.closed_at = Some(at);
        warn("status", "it is closed here: it was resolved so long ago that this desk would close it");
    }
    ticket.note_unassigned(now);
    // A thousand that nobody has are no news: whoever imported them knows.
    ticket.unassigned = ticket.unassigned.map(|unassigned| Unassigned { told: true, ..unassigned });
    ticket.stays =
        vec![Stay { since: ticket.closed_at.or(ticket.resolved_at).unwrap_or(ticket.created_at), status: ticket.status }];
}

fn actor(person: &Person) -> Actor {
    if person.role.is_staff() { Actor::Staff { person: person.id } } else { Actor::Customer { person: person.id } }
}

fn assignee(new: &NewImport, warn: &mut impl FnMut(&str, &str)) -> Option<PersonId> {
    let named = new.assignee.as_ref()?;
    let serves = |person: &&Person| person.role.is_staff() && person.brands.include(&new.brand.id);
    let found = named.as_ref().filter(serves).map(|person| person.id);
    if found.is_none() {
        warn("assignee", "there is no such agent for this brand here");
    }
    found
}

fn messages(new: &NewImport, warn: &mut impl FnMut(&str, &str)) -> Vec<Message> {
    let ticket = new.id.to_string();
    let mut strangers = 0;
    let mut files = 0;
    let message = |(place, message): (usize, &NewImportedMessage)| {
        let mut left = LeftBehind::default();
        let author = match &message.author {
            ImportAuthor::Known(person) => actor(person),
            ImportAuthor::Stranger(name) => {
                strangers += 1;
                left.author.clone_from(name);
                Actor::System
            }
        };
        files += message.attachments.len();
        left.attachments = message.attachments.iter().take(MOST_FILES).cloned().collect();
        let order = u32::try_from(place).unwrap_or(u32::MAX);
        Message {
            id: MessageId(derived_at(message.created_at, order, &[&ticket])),
            ticket: new.id,
            kind: message.kind,
            author,
            channel: new.channel,
            body: message.body.clone(),
            created_at: message.created_at,
            enclosed: Enclosed { imported: (left != LeftBehind::default()).then(|| Box::new(left)), ..Enclosed::default() },
        }
    };
    let messages = new.messages.iter().enumerate().map(message).collect();
    if strangers > 0 {
        warn("messages", &format!("{strangers} by staff who is not staff here: they stand as the desk's own"));
    }
    if files > 0 {
        warn("messages", &format!("{files} files were not taken over; their names stand in the messages"));
    }
    messages
}

/// When staff first answered in public, and who, if that is somebody here.
fn first_response(messages: &[Message], requester: PersonId) -> Option<(Timestamp, Option<PersonId>)> {
    messages.iter().filter(|message| message.kind == MessageKind::Reply).find_map(|message| match message.author {
        Actor::Staff { person } if person != requester => Some((message.created_at, Some(person))),
        Actor::System => Some((message.created_at, None)),
        Actor::Staff { .. } | Actor::Customer { .. } => None,
    })
}

/// Other customers who wrote. No file opens a ticket to them: they see nothing until staff say so.
fn participants(messages: &[Message], requester: PersonId) -> BTreeMap<PersonId, Participant> {
    let mut participants = BTreeMap::new();
    for message in messages {
        let Actor::Customer { person } = message.author else { continue };
        if person != requester && participants.len() < MAX_PARTICIPANTS {
            participants.entry(person).or_insert(Participant { standing: Standing::Pending, since: message.created_at });
        }
    }
    participants
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::tests::config,
        id::{JobId, OrganizationId},
        markup::BodyFormat,
        role::Role,
        text::EmailAddress,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn now() -> Timestamp {
        at("2026-06-01T00:00:00Z")
    }

    fn person(number: u128, role: Role) -> Person {
        let email = EmailAddress::parse(&format!("p{number}@demo.test")).expect("fits");
        Person { role, ..Person::from_address(PersonId(uuid::Uuid::from_u128(number)), email, now()) }
    }

    fn said(kind: MessageKind, author: ImportAuthor, time: &str) -> NewImportedMessage {
        let body = Body::parse("Hello", BodyFormat::Text).expect("fits");
        NewImportedMessage { kind, author, body, created_at: at(time), attachments: Vec::new() }
    }

    fn known(number: u128, role: Role) -> ImportAuthor {
        ImportAuthor::Known(Box::new(person(number, role)))
    }

    fn new(config: &TenantConfig, status: Status) -> NewImport {
        let from = ImportedFrom { source: SourceId::parse("old").expect("fits"), external_id: "7".to_owned(), at: now() };
        let created_at = at("2024-01-01T00:00:00Z");
        NewImport {
            id: NewImport::id(&JobId(uuid::Uuid::nil()).to_string(), &from, created_at),
            from,
            brand: config.brands[0].clone(),
            subject: Subject::parse("Printer").expect("fits"),
            status,
            priority: Priority::High,
            category: None,
            channel: Channel::Email,
            requester: person(1, Role::Customer),
            organization: None,
            assignee: None,
            team: None,
            tags: BTreeSet::new(),
            fields: BTreeMap::new(),
            created_at,
            updated_at: None,
            resolved_at: None,
            closed_at: None,
            messages: vec![said(MessageKind::Reply, known(1, Role::Customer), "2024-01-01T00:00:00Z")],
        }
    }

    fn imported(new: NewImport, config: &TenantConfig) -> Imported {
        let mut ids = || uuid::Uuid::from_u128(99);
        let number = config.brands[0].number_pattern.number(2026, 5);
        import(new, number, &mut Context { config, caller: None, now: now(), ids: &mut ids })
    }

    fn paths(imported: &Imported) -> Vec<&str> {
        imported.warnings.iter().map(|warning| warning.path.as_str()).collect()
    }

    #[test]
    fn a_ticket_comes_as_it_was_and_nothing_is_promised() {
        let config = config(Status::ALL);
        let mut theirs = new(&config, Status::InProgress);
        theirs.category = Some(Name::parse("BILLING").expect("fits"));
        theirs.assignee = Some(Some(person(3, Role::Agent)));
        theirs.messages.push(said(MessageKind::Note, known(3, Role::Agent), "2024-01-02T00:00:00Z"));
        theirs.messages.push(said(MessageKind::Reply, known(3, Role::Agent), "2024-01-03T00:00:00Z"));
        theirs.messages.push(said(MessageKind::Reply, known(4, Role::Customer), "2024-01-03T00:00:00Z"));
        let made = imported(theirs, &config);
        let ticket = &made.change.after;
        assert_eq!(paths(&made), [""; 0]);
        assert_eq!((ticket.status, ticket.version, ticket.promise.is_none()), (Status::InProgress, 1, true));
        assert_eq!((ticket.created_at, ticket.updated_at), (at("2024-01-01T00:00:00Z"), at("2024-01-03T00:00:00Z")));
        assert_eq!(ticket.first_response_at, Some(at("2024-01-03T00:00:00Z")), "a note is no answer");
        assert_eq!(ticket.category.as_ref().map(CategoryId::as_str), Some("billing"));
        assert_eq!(ticket.participants.values().map(|p| p.standing).collect::<Vec<_>>(), [Standing::Pending]);
        assert!(made.messages.is_sorted_by_key(|message| message.id), "also those of one moment");
        assert_eq!(ticket.next_moment(&config), None, "time alone does nothing to it");
        let event = &made.change.events[0];
        assert_eq!((event.kind.name(), event.may_notify(), event.may_route()), ("ticket.imported", false, None));
        assert!(!super::super::needs_routing(&Ticket { assignee: None, ..ticket.clone() }), "until something happens to it");
    }

    #[test]
    fn what_is_not_here_is_left_out_and_said() {
        let config = config(&[Status::New, Status::InProgress, Status::Closed]);
        let mut theirs = new(&config, Status::Pending);
        let name = |text| Some(Name::parse(text).expect("fits"));
        (theirs.category, theirs.team, theirs.organization) = (name("Cars"), name("Second"), name("ACME"));
        theirs.requester.organization = OrganizationId::parse("other").ok();
        theirs.assignee = Some(Some(person(5, Role::Customer)));
        theirs.messages.push(said(MessageKind::Reply, ImportAuthor::Stranger(name("Bob")), "2024-01-02T00:00:00Z"));
        theirs.messages[0].attachments = vec!["a.pdf".to_owned()];
        let made = imported(theirs, &config);
        assert_eq!(paths(&made), ["messages", "messages", "assignee", "category", "team", "organization", "status"]);
        let ticket = &made.change.after;
        assert_eq!((ticket.status, ticket.assignee), (Status::InProgress, None), "a file gives nobody a ticket who is no agent");
        assert_eq!(ticket.organization.as_ref().map(OrganizationId::as_str), Some("other"));
        assert_eq!(made.messages[1].author, Actor::System);
        assert_eq!(made.messages[1].enclosed.imported.as_ref().and_then(|left| left.author.clone()), name("Bob"));
        assert_eq!(
            made.messages[0].enclosed.imported.as_ref().map(|left| left.attachments.clone()),
            Some(vec!["a.pdf".to_owned()])
        );
        assert_eq!((ticket.first_response_at, ticket.first_response_by), (Some(at("2024-01-02T00:00:00Z")), None));
        assert!(ticket.unassigned.is_some_and(|unassigned| unassigned.told), "nobody is told of thousands");
    }

    #[test]
    fn fields_are_what_this_desk_defined_or_are_left_out_and_said() {
        use crate::field::{FieldDefinition, FieldKind, tests::definition};
        use serde_json::json;

        let given = [
            ("count", json!("12")),
            ("paid", json!("Yes")),
            ("colour", json!("RED")),
            ("colours", json!("red, Blue")),
            ("note", json!(7)),
            ("day", json!("1.2.2024")),
            ("bill", json!("B-1")),
            ("former", json!("x")),
            ("other", json!("x")),
        ];
        let given: BTreeMap<_, _> = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut config = config(Status::ALL);
        let as_it_is = imported(NewImport { fields: given.clone(), ..new(&config, Status::New) }, &config);
        assert_eq!((as_it_is.change.after.fields, as_it_is.warnings), (given.clone(), Vec::new()), "nothing is defined");

        let of = |id, kind| definition(id, kind);
        let billing = CategoryId::parse("billing").expect("fits");
        config.fields = vec![
            of("count", FieldKind::Number),
            of("paid", FieldKind::Checkbox),
            of("colour", FieldKind::Choice),
            of("colours", FieldKind::Many),
            of("note", FieldKind::Text),
            of("day", FieldKind::Date),
            FieldDefinition { categories: Some([billing].into()), ..of("bill", FieldKind::Text) },
            FieldDefinition { active: false, ..of("former", FieldKind::Text) },
        ];
        let theirs = |category| NewImport { fields: given.clone(), category, ..new(&config, Status::New) };
        let made = imported(theirs(None), &config);
        let expected = json!({ "count": 12, "paid": true, "colour": "red", "colours": ["red", "blue"], "note": "7" });
        assert_eq!(json!(made.change.after.fields), expected);
        assert_eq!(paths(&made), ["fields.bill", "fields.day", "fields.former", "fields.other"]);
        assert!(made.warnings.iter().all(|warning| warning.code == "left_out"));
        let made = imported(theirs(Name::parse("Billing").ok()), &config);
        assert_eq!(made.change.after.fields.get("bill"), Some(&json!("B-1")));
    }

    #[test]
    fn status_and_times_agree() {
        let config = config(Status::ALL);
        let of = |status, change: fn(&mut NewImport)| {
            let mut theirs = new(&config, status);
            change(&mut theirs);
            imported(theirs, &config).change.after
        };
        let given = of(Status::New, |theirs| theirs.assignee = Some(Some(person(3, Role::Agent))));
        assert_eq!(given.status, Status::Assigned);
        assert_eq!(of(Status::Assigned, |_| {}).status, Status::New, "nobody has it");
        let recent = of(Status::Resolved, |theirs| theirs.resolved_at = Some(at("2026-05-30T00:00:00Z")));
        assert_eq!((recent.status, recent.closed_at), (Status::Resolved, None));
        let old = of(Status::Resolved, |theirs| theirs.resolved_at = Some(at("2024-02-01T00:00:00Z")));
        assert_eq!((old.status, old.closed_at), (Status::Closed, Some(at("2024-02-08T00:00:00Z"))));
        let closed = of(Status::Closed, |theirs| theirs.closed_at = Some(at("2099-01-01T00:00:00Z")));
        assert_eq!((closed.closed_at, closed.resolved_at, closed.updated_at), (Some(now()), Some(now()), now()));
        assert_eq!(of(Status::InProgress, |theirs| theirs.closed_at = Some(now())).closed_at, None);
        let wrong = future_times(at("2099-01-01T00:00:00Z"), [now(), at("2099-01-01T00:00:00Z")].iter(), now());
        assert_eq!(wrong.iter().map(|error| error.path.as_str()).collect::<Vec<_>>(), ["created_at", "messages[1].created_at"]);
    }
}
