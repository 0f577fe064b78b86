//! Giving a ticket to somebody, and taking it back.

use super::{Change, Context, Ticket, edit::Edit};
use crate::{caller::Caller, error::DomainError, id::PersonId, person::Person, role::Permission, words::Status};

/// Who is to have the ticket, checked to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// The caller.
    Me,
    /// Somebody, as the store knows them.
    Person(Box<Person>),
}

/// Assigns the ticket. Agents may take tickets; only managers give them to others. The assignee must be staff of
/// the ticket's brand. A new ticket moves to `assigned`, or to `in_progress` where the desk has no `assigned`.
pub fn assign(ticket: Ticket, assignee: &Assignee, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let mut edit = Edit::of(ticket, ctx)?;
    edit.assign(assignee, ctx)?;
    Ok(edit.finish(ctx))
}

/// Takes the ticket from its assignee. Agents may give back their own; managers anybody's. An assigned or
/// in-progress ticket moves back to `new`.
pub fn unassign(ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let mut edit = Edit::of(ticket, ctx)?;
    edit.unassign(ctx)?;
    Ok(edit.finish(ctx))
}

impl Edit {
    pub(super) fn assign(&mut self, assignee: &Assignee, ctx: &Context<'_>) -> Result<(), DomainError> {
        let person = self.permitted_assignee(assignee, ctx)?;
        self.ticket.assignee = Some(person);
        self.enter_assigned(ctx);
        Ok(())
    }

    /// A new ticket that somebody has is no longer new.
    pub(super) fn enter_assigned(&mut self, ctx: &Context<'_>) {
        if self.ticket.status == Status::New {
            let next = if ctx.config.uses(Status::Assigned) { Status::Assigned } else { Status::InProgress };
            self.enter(next, ctx);
        }
    }

    pub(super) fn unassign(&mut self, ctx: &Context<'_>) -> Result<(), DomainError> {
        self.take_from_assignee(ctx)?;
        if matches!(self.ticket.status, Status::Assigned | Status::InProgress) {
            self.enter(Status::New, ctx);
        }
        Ok(())
    }

    pub(super) fn take_from_assignee(&mut self, ctx: &Context<'_>) -> Result<(), DomainError> {
        let own = ctx.caller.map(|caller| caller.person) == self.ticket.assignee;
        let allowed = ctx.may(Permission::TicketsAssign) || (own && ctx.may(Permission::TicketsAssignSelf));
        if self.ticket.assignee.is_some() && !allowed {
            return Err(DomainError::forbidden("assignee", "you may only give back your own tickets"));
        }
        self.ticket.assignee = None;
        Ok(())
    }

    fn permitted_assignee(&self, assignee: &Assignee, ctx: &Context<'_>) -> Result<PersonId, DomainError> {
        let (person, is_staff, serves_brand) = match (assignee, ctx.caller) {
            (Assignee::Me, Some(caller)) => (caller.person, caller.is_staff(), caller.brands.include(&self.ticket.brand)),
            (Assignee::Me, None) => {
                return Err(DomainError::invalid("assignee", "unknown_person", "there is no caller to assign to"));
            }
            (Assignee::Person(person), _) => (person.id, person.role.is_staff(), person.brands.include(&self.ticket.brand)),
        };
        let to_self = ctx.caller.is_some_and(|caller| caller.person == person);
        let allowed = ctx.may(Permission::TicketsAssign) || (to_self && ctx.may(Permission::TicketsAssignSelf));
        if !allowed {
            return Err(DomainError::forbidden("assignee", "you may only assign tickets to yourself"));
        }
        if !is_staff || !serves_brand {
            return Err(unknown_assignee());
        }
        Ok(person)
    }
}

/// The same answer for nobody, a customer, and staff of another brand: an outsider learns nothing of who exists.
pub fn unknown_assignee() -> DomainError {
    DomainError::invalid("assignee", "unknown_person", "there is no such agent for this brand")
}

impl Caller {
    /// Whether the caller may give tickets to this person at all, asked before anything is read about them.
    pub fn check_may_assign_to(&self, person: PersonId) -> Result<(), DomainError> {
        let allowed = self.may(Permission::TicketsAssign) || (person == self.person && self.may(Permission::TicketsAssignSelf));
        if allowed { Ok(()) } else { Err(DomainError::forbidden("assignee", "you may only assign tickets to yourself")) }
    }
}
