//! Carrying out what routing decided.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Change, Context, Ticket, edit::Edit};
use crate::{
    event::EventKind,
    id::{PersonId, Skill},
    routing::{Because, Decision},
    words::Status,
};

/// What routing remembers of a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingState {
    /// Whether rules have decided on it: what they set is set once, and what people change of it later stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided: bool,
    /// Whether somebody put it into its team: it stays there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// What the rule asks of its agent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
    /// Who gave it back: they are not given it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_back_by: Option<PersonId>,
}

impl RoutingState {
    /// Whether there is nothing to remember.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a ticket is to be given to somebody: nobody has it, and it does not wait for its customer. What was imported is left
/// alone until something happens to it here.
pub fn needs_routing(ticket: &Ticket) -> bool {
    if ticket.imported.is_some() && ticket.version == 1 {
        return false;
    }
    let open = ticket.status.is_open() && ticket.status != Status::Pending;
    ticket.assignee.is_none() && open && ticket.deleted_at.is_none()
}

/// Gives the ticket to the team and agent that were decided on, and says why. Nothing changes where it has somebody by now,
/// or where all is as it was decided.
///
/// A rule of the desk, to be run without a caller: the history then says that nobody did it by hand.
pub fn route(ticket: Ticket, decision: &Decision, ctx: &mut Context<'_>) -> Change {
    let mut edit = Edit::of_any(ticket);
    if needs_routing(&edit.ticket) {
        let ticket = &mut edit.ticket;
        if !ticket.routing.decided {
            let sets = &decision.sets;
            ticket.category = sets.category.clone().or(ticket.category.take());
            ticket.priority = sets.priority.unwrap_or(ticket.priority);
            ticket.tags.extend(sets.tags.iter().take(50_usize.saturating_sub(ticket.tags.len())).cloned());
        }
        match decision.because {
            Because::Nothing {} | Because::Team {} => {}
            Because::Rule { .. } | Because::Category { .. } => {
                ticket.routing = RoutingState { decided: true, skills: decision.skills.clone(), ..ticket.routing.clone() };
            }
        }
        ticket.team = decision.team.clone().or(ticket.team.take());
        ticket.assignee = decision.assignee;
        if ticket.assignee.is_some() {
            edit.enter_assigned(ctx);
        }
        if edit.ticket != edit.before {
            edit.note(EventKind::Routed(decision.routed()));
        }
    }
    edit.finish(ctx)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl},
        *,
    };
    use crate::{
        event::Actor,
        id::TeamId,
        routing::{Because, ChosenBy, Expects, Sets},
        words::Priority,
    };

    fn decision(desk: &Desk) -> Decision {
        Decision {
            because: Because::Category { category: desk.config.categories[0].id.clone() },
            team: TeamId::parse("billing").ok(),
            assignee: Some(ada().person),
            sets: Sets { category: None, priority: Some(Priority::High), tags: Default::default() },
            strategy: None,
            chosen_by: Some(ChosenBy::Name),
            waits: None,
            considered: Vec::new(),
            expects: Expects::default(),
            skills: Default::default(),
        }
    }

    #[test]
    fn the_desk_gives_it_away_once_and_says_why() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let decision = decision(&desk);
        let change = desk.act_alone(|ctx| route(ticket, &decision, ctx));
        let after = &change.after;
        assert_eq!((after.assignee, after.status, after.priority), (Some(ada().person), Status::Assigned, Priority::High));
        assert!(change.events.iter().all(|event| event.actor == Actor::System));
        assert!(change.events.iter().any(|event| event.kind == EventKind::Routed(decision.routed())));
        assert!(desk.act_alone(|ctx| route(after.clone(), &decision, ctx)).is_empty());
    }

    #[test]
    fn what_still_waits_as_it_did_is_not_told_again() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let decision = Decision { assignee: None, ..decision(&desk) };
        let waiting = desk.act_alone(|ctx| route(ticket, &decision, ctx)).after;
        assert_eq!((waiting.team.as_ref(), waiting.status), (decision.team.as_ref(), Status::New));
        assert!(desk.act_alone(|ctx| route(waiting.clone(), &decision, ctx)).is_empty());
        let pending = desk.status(&ada(), &waiting, Status::Pending).expect("allowed").after;
        assert!(!needs_routing(&pending), "it waits for its customer");
    }
}
