//! Opening a ticket: in two steps, because its number comes from the brand's counter in between.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Assignee, Authors, Change, Context, Participant, RoutingState, Ticket, edit,
    edit::Edit,
    fields::{missing_on_create, wrong_fields, wrong_values},
};
use crate::{
    config::{Brand, TenantConfig},
    error::{DomainError, FieldError},
    event::EventKind,
    id::{Audience, BrandId, CategoryId, MessageId, OrganizationId, PersonId, TeamId, TicketId},
    markup::Body,
    message::{Enclosed, Message, MessageKind},
    number::TicketNumber,
    person::Person,
    role::Permission,
    sla,
    text::{Subject, Tag},
    words::{Channel, Priority, Status},
};

/// What somebody sends to open a ticket. What they leave out, the desk decides.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// What it is about.
    pub subject: Subject,
    /// The first message.
    pub body: Body,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// What kind of thing it is.
    pub category: Option<CategoryId>,
    /// Which face of the tenant was asked.
    pub brand: Option<BrandId>,
    /// How it came; staff only.
    pub channel: Option<Channel>,
    /// On whose behalf; staff only.
    pub requester: Option<Box<Person>>,
    /// The requester's company; staff only.
    pub organization: Option<OrganizationId>,
    /// Who is to answer; staff only.
    pub assignee: Option<Assignee>,
    /// Which team is to answer; staff only.
    pub team: Option<TeamId>,
    /// Tags; staff only.
    pub tags: BTreeSet<Tag>,
    /// Custom fields.
    pub fields: BTreeMap<String, Value>,
    /// The closed ticket whose late answer this is.
    pub follow_up_of: Option<TicketId>,
    /// What comes with the first message.
    pub enclosed: Enclosed,
    /// Who else takes part from the beginning.
    pub participants: BTreeMap<PersonId, Participant>,
    /// Whether the requester is not to be told: they know, or a machine wrote.
    pub quiet: bool,
}

impl NewTicket {
    /// A ticket with subject and body, all else left to the desk.
    pub fn new(subject: Subject, body: Body) -> Self {
        Self {
            subject,
            body,
            priority: None,
            category: None,
            brand: None,
            channel: None,
            requester: None,
            organization: None,
            assignee: None,
            team: None,
            tags: BTreeSet::new(),
            fields: BTreeMap::new(),
            follow_up_of: None,
            enclosed: Enclosed::default(),
            participants: BTreeMap::new(),
            quiet: false,
        }
    }

    /// The ticket that a late answer to a closed one opens: same matter, same people, linked back. What the desk has
    /// dropped since (a category, a brand) is left to it again.
    pub fn follow_up(closed: &Ticket, body: Body, config: &TenantConfig) -> Self {
        Self {
            priority: Some(closed.priority),
            category: closed.category.clone().filter(|category| config.category(category).is_some()),
            brand: Some(closed.brand.clone()).filter(|brand| config.brand(brand).is_some()),
            follow_up_of: Some(closed.id),
            ..Self::new(closed.subject.clone(), body)
        }
    }

    /// Checks everything at once and settles the brand, whose counter then gives the number.
    pub fn check(self, ctx: &Context<'_>) -> Result<Opening, DomainError> {
        self.check_staff_fields(ctx)?;
        let brand_id = self.brand.as_ref().unwrap_or(&ctx.config.default_brand);
        let brand = ctx.config.brand(brand_id);
        let visible = ctx.caller.is_none_or(|caller| !caller.is_staff() || caller.brands.include(brand_id));
        let mut wrong = Vec::new();
        if brand.is_none() || !visible {
            wrong.push(FieldError::new("brand", "unknown_brand", "there is no such brand"));
        }
        if self.category.as_ref().is_some_and(|category| ctx.config.category(category).is_none()) {
            wrong.push(FieldError::new("category", "unknown_category", "there is no such category"));
        }
        wrong.extend(wrong_fields(&self.fields, Some(ctx.config)));
        wrong.extend(wrong_values(&self.fields, &BTreeMap::new(), self.category.as_ref(), ctx));
        if self.must_be_complete(ctx) {
            wrong.extend(missing_on_create(&self.fields, self.category.as_ref(), ctx));
        }
        if self.team.as_ref().is_some_and(|team| ctx.config.team(team).is_none_or(|known| !known.serves(brand_id))) {
            wrong.push(FieldError::new("team", "unknown_team", "there is no such team for this brand"));
        }
        wrong.extend(too_many_tags(&self.tags));
        wrong.extend(self.enclosed.check_room(0).err());
        match brand {
            Some(brand) if wrong.is_empty() => Ok(Opening { brand: brand.clone(), new: self }),
            _ => Err(DomainError::Invalid(wrong)),
        }
    }

    /// Whether somebody filled in a form. A mail has none and is never refused for it; nor is a late answer to a closed ticket.
    fn must_be_complete(&self, ctx: &Context<'_>) -> bool {
        ctx.caller.is_some() && self.enclosed.mail.is_none() && self.follow_up_of.is_none()
    }

    /// A customer's request carries what they ask, nothing about how the desk handles it.
    fn check_staff_fields(&self, ctx: &Context<'_>) -> Result<(), DomainError> {
        // A mail says how it came, and may be forwarded for somebody else.
        let by_mail = self.enclosed.mail.is_some();
        if by_mail || (ctx.by_staff() && ctx.may(Permission::TicketsUpdate)) {
            return Ok(());
        }
        let given = [
            ("channel", self.channel.is_some()),
            ("requester", self.requester.is_some()),
            ("organization", self.organization.is_some()),
            ("assignee", self.assignee.is_some()),
            ("team", self.team.is_some()),
            ("tags", !self.tags.is_empty()),
        ];
        let forbidden: Vec<_> = given
            .into_iter()
            .filter(|(_, given)| *given)
            .map(|(field, _)| FieldError::new(field, "not_allowed", "only staff may set this"))
            .collect();
        if forbidden.is_empty() { Ok(()) } else { Err(DomainError::Forbidden(forbidden)) }
    }
}

/// The most tags that a ticket may have.
pub(super) const MAX_TAGS: usize = 50;

/// Says so where there are more than a ticket may have.
pub fn too_many_tags(tags: &BTreeSet<Tag>) -> Option<FieldError> {
    (tags.len() > MAX_TAGS).then(|| FieldError::new("tags", "too_many", "must be at most 50 tags"))
}

/// A checked new ticket that only lacks its number.
pub struct Opening {
    new: NewTicket,
    brand: Brand,
}

impl Opening {
    /// The brand whose counter gives the number.
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// Opens the ticket: state, first message, and the events that say so.
    pub fn open(self, number: TicketNumber, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
        let Self { new, brand } = self;
        let requester = requester(&new, ctx)?;
        let mut ticket = Ticket {
            id: TicketId(ctx.ids.next_id()),
            tenant: ctx.config.id.clone(),
            number,
            brand: brand.id.clone(),
            subject: new.subject,
            status: Status::New,
            priority: new.priority.unwrap_or(ctx.config.default_priority),
            channel: new.channel.unwrap_or(Channel::Api),
            requester: requester.id,
            organization: new.organization.or(requester.organization),
            audiences: requester.audiences,
            // Whom its category or a rule gives it to is found a moment later: who is there, and has room.
            assignee: None,
            // Somebody put it there: routing leaves it there.
            routing: RoutingState { fixed: new.team.is_some(), ..RoutingState::default() },
            team: new.team,
            category: new.category,
            tags: new.tags,
            fields: new.fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            created_at: ctx.now,
            created_by: ctx.actor(),
            updated_at: ctx.now,
            first_response_at: None,
            first_response_by: None,
            resolved_at: None,
            resolved_by: None,
            closed_at: None,
            closed_by: None,
            resolution_note: None,
            reopen_count: 0,
            merged_into: None,
            merge: None,
            merged: Vec::new(),
            links: BTreeMap::new(),
            followers: BTreeSet::new(),
            follow_up_of: new.follow_up_of,
            rating: None,
            participants: new.participants,
            authors: Authors::default(),
            attached_bytes: new.enclosed.attached_bytes(),
            pending_bytes: 0,
            last_mail_id: None,
            stays: Vec::new(),
            waiting_since: None,
            promise: None,
            snoozed: None,
            unassigned: None,
            deleted_at: None,
            purged_at: None,
            imported: None,
            version: 1,
        };
        let message = Message {
            id: MessageId(ctx.ids.next_id()),
            ticket: ticket.id,
            kind: MessageKind::Reply,
            author: ctx.actor(),
            channel: ticket.channel,
            body: new.body,
            created_at: ctx.now,
            enclosed: new.enclosed,
        };
        ticket.note_author(&message);
        ticket.last_mail_id = edit::customers_mail(&message);
        let mut after = with_first_assignee(ticket, new.assignee.as_ref(), ctx)?;
        sla::begin(&mut after, ctx);
        after.note_unassigned(ctx.now);
        let events = edit::events(opening_events(&after, &message, new.quiet), &after, ctx);
        Ok(Change { before: None, after, message: Some(message), events })
    }
}

/// Assigns on creation by the same rule as later.
fn with_first_assignee(ticket: Ticket, assignee: Option<&Assignee>, ctx: &Context<'_>) -> Result<Ticket, DomainError> {
    let mut edit = Edit::of_any(ticket);
    if let Some(assignee) = assignee {
        edit.assign(assignee, ctx)?;
    }
    Ok(edit.ticket)
}

fn opening_events(ticket: &Ticket, message: &Message, quiet: bool) -> Vec<EventKind> {
    let mut kinds = vec![
        EventKind::Created { number: ticket.number.clone(), requester: ticket.requester, quiet },
        EventKind::added(message, false),
    ];
    kinds.extend(ticket.follow_up_of.map(|follows| EventKind::FollowUpOpened { follows }));
    kinds.extend(ticket.team.clone().map(|team| EventKind::TeamChanged { from: None, to: Some(team) }));
    if ticket.assignee.is_some() {
        kinds.push(EventKind::Assigned { from: None, to: ticket.assignee });
        kinds.push(EventKind::StatusChanged { from: Status::New, to: ticket.status, message: None });
    }
    kinds.extend(edit::policy_applied(None, ticket));
    kinds
}

struct Requester {
    id: PersonId,
    organization: Option<OrganizationId>,
    audiences: Vec<Audience>,
}

fn requester(new: &NewTicket, ctx: &Context<'_>) -> Result<Requester, DomainError> {
    match (&new.requester, ctx.caller) {
        (Some(person), _) => {
            Ok(Requester { id: person.id, organization: person.organization.clone(), audiences: person.audiences.clone() })
        }
        (None, Some(caller)) => {
            Ok(Requester { id: caller.person, organization: caller.organization.clone(), audiences: caller.audiences.clone() })
        }
        (None, None) => Err(DomainError::invalid("requester", "required", "is required")),
    }
}
