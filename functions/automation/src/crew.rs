//! What a decision is made on, read once for each try.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use lambdesk_domain::{
    Calendar, CalendarId, Person, PersonId, Status, Strategy, TenantConfig, Ticket,
    routing::{Condition, Crew, Criterion, Expects, Facts, Load},
};
use lambdesk_store::{AssigneeFilter, Carried, Desk, Given, Order, Page, PageRequest, Sort, StoreError, TicketQuery};

/// Tickets of a customer that are looked through for who answered the last one.
const LOOKED_THROUGH: i32 = 10;

/// Everything that routing knows of a ticket and of who could get it.
pub(crate) struct Scene {
    pub(crate) config: Arc<TenantConfig>,
    pub(crate) crew: Crew,
    requester: Option<Person>,
    body: String,
    stamps: BTreeMap<PersonId, u64>,
}

impl Scene {
    /// Reads it. What no rule and no team asks for is not read.
    pub(crate) async fn of(desk: &Desk<'_>, ticket: &Ticket, config: Arc<TenantConfig>) -> Result<Self, StoreError> {
        let carried = desk.carried().await?;
        let has = |strategy| config.teams.iter().any(|team| team.strategy == strategy);
        let mut people = desk.staff().await?;
        // Who gave it back is not given it again.
        people.retain(|person| ticket.routing.given_back_by != Some(person.id));
        let mut loads: BTreeMap<_, _> = carried.iter().map(|(person, carried)| (*person, load(carried))).collect();
        // It is looked at as if nobody had it.
        if let Some(load) = ticket.assignee.filter(|_| ticket.status.is_open()).and_then(|agent| loads.get_mut(&agent)) {
            load.weight = load.weight.saturating_sub(ticket.priority.weight());
            load.tickets = load.tickets.saturating_sub(1);
        }
        let crew = Crew {
            teams: config.teams.clone(),
            people,
            loads,
            last_in_turn: if has(Strategy::RoundRobin) { desk.turns().await? } else { BTreeMap::new() },
            last_agent_of_requester: match config.teams.iter().any(|team| team.sticky) {
                true => last_agent(desk, &config, ticket).await?,
                false => None,
            },
        };
        let requester = match desk.person(ticket.requester).await {
            Ok(person) => Some(person),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let body = if asks_for_body(&config) { first_message(desk, ticket).await? } else { String::new() };
        let stamps = carried.into_iter().map(|(person, carried)| (person, carried.stamp)).collect();
        Ok(Self { config, crew, requester, body, stamps })
    }

    /// Asks `decide` with the facts.
    pub(crate) fn ask<T>(
        &self,
        ticket: &Ticket,
        now: Timestamp,
        decide: impl FnOnce(&Facts<'_>, &TenantConfig, &Crew) -> T,
    ) -> T {
        let is_open = |id: &CalendarId, at: Timestamp| self.config.calendar(id).map(|calendar: &Calendar| calendar.is_open(at));
        let facts = Facts { ticket, requester: self.requester.as_ref(), body: &self.body, now, calendars: &is_open };
        decide(&facts, &self.config, &self.crew)
    }

    /// What must still be so when the decision is saved.
    pub(crate) fn given(&self, expects: &Expects) -> Option<Given> {
        let agent = expects.agent.as_ref()?.person;
        let stamp = self.stamps.get(&agent).copied().unwrap_or_default();
        Some(Given { agent, stamp, turn: expects.turn.as_ref().map(|turn| (turn.team.clone(), turn.last)) })
    }
}

fn load(carried: &Carried) -> Load {
    Load::of(carried.tickets.iter().map(|((_, priority), count)| (*priority, *count)))
}

fn asks_for_body(config: &TenantConfig) -> bool {
    let of = |criterion: &Criterion| matches!(criterion, Criterion::Body(_) | Criterion::SubjectOrBody(_));
    let rules = config.routing.iter().filter(|rule| rule.active);
    rules.flat_map(|rule| &rule.when).flat_map(Condition::criteria).any(of)
}

/// What the ticket began with, however long its conversation is.
async fn first_message(desk: &Desk<'_>, ticket: &Ticket) -> Result<String, StoreError> {
    let first = desk.messages(ticket.id, &PageRequest { limit: 1, cursor: None, viewer: ticket.requester }).await?;
    Ok(first.items.into_iter().next().map(|message| message.body.text).unwrap_or_default())
}

/// Who had the customer's last ticket before this one.
async fn last_agent(desk: &Desk<'_>, config: &TenantConfig, ticket: &Ticket) -> Result<Option<PersonId>, StoreError> {
    let query = TicketQuery {
        brands: config.brands.iter().map(|brand| brand.id.clone()).collect(),
        every_brand: true,
        statuses: config.statuses.iter().map(|entry| entry.status).collect(),
        every_status: true,
        priority: None,
        category: None,
        assignee: None,
        requester: Some(ticket.requester),
        updated_since: None,
        deleted: false,
        sort: Sort::CreatedAt,
        order: Order::Descending,
    };
    let page = PageRequest { limit: LOOKED_THROUGH, cursor: None, viewer: ticket.requester };
    let tickets = desk.list_tickets(&query, &page).await?.items;
    Ok(tickets.iter().filter(|other| other.id != ticket.id).find_map(|other| other.assignee))
}

/// A page of what waits for somebody: nobody's open tickets, those that nothing happened to for longest first.
pub(crate) async fn waiting(desk: &Desk<'_>, config: &TenantConfig, cursor: Option<String>) -> Result<Page<Ticket>, StoreError> {
    let needs_somebody = |status: &Status| status.is_open() && *status != Status::Pending;
    let query = TicketQuery {
        brands: config.brands.iter().map(|brand| brand.id.clone()).collect(),
        every_brand: true,
        statuses: config.statuses.iter().map(|entry| entry.status).filter(needs_somebody).collect(),
        every_status: false,
        priority: None,
        category: None,
        assignee: Some(AssigneeFilter::None),
        requester: None,
        updated_since: None,
        deleted: false,
        sort: Sort::UpdatedAt,
        order: Order::Ascending,
    };
    desk.list_tickets(&query, &PageRequest { limit: 100, cursor, viewer: PersonId(Default::default()) }).await
}
