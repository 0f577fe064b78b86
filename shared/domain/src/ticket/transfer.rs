//! Passing a ticket on, with a reason.

use super::{Assignee, Change, Context, Ticket, assign::unknown_assignee, edit::Edit};
use crate::{error::DomainError, event::EventKind, id::TeamId, role::Permission, text::TransferReason, words::Status};

/// To whom a ticket is passed on, and why.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// To somebody.
    pub assignee: Option<Assignee>,
    /// To a team; where nobody is named, one of it gets it.
    pub team: Option<TeamId>,
    /// Why.
    pub reason: TransferReason,
}

/// Passes a ticket on. Agents may pass on their own, and what nobody has; managers anybody's.
pub fn transfer(ticket: Ticket, transfer: &Transfer, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let Transfer { assignee, team, reason } = transfer;
    if assignee.is_none() && team.is_none() {
        return Err(DomainError::invalid("assignee", "required", "an assignee or a team is required"));
    }
    if team.as_ref().is_some_and(|team| ctx.config.team(team).is_none_or(|known| !known.serves(&ticket.brand))) {
        return Err(DomainError::invalid("team", "unknown_team", "there is no such team for this brand"));
    }
    let mut edit = Edit::of(ticket, ctx)?;
    if !edit.ticket.status.is_open() {
        return Err(DomainError::rule("not_open", "What is resolved or closed cannot be passed on."));
    }
    let caller = ctx.caller.ok_or(DomainError::Forbidden(Vec::new()))?;
    let own = edit.ticket.assignee.is_none_or(|assignee| assignee == caller.person);
    let allowed = caller.may(Permission::TicketsAssign) || (own && caller.may(Permission::TicketsAssignSelf));
    if !allowed {
        return Err(DomainError::forbidden("assignee", "you may only pass on your own tickets"));
    }
    edit.ticket.team = team.clone().or(edit.ticket.team.take());
    match assignee {
        Some(Assignee::Person(person)) if person.role.is_staff() && person.brands.include(&edit.ticket.brand) => {
            edit.ticket.assignee = Some(person.id);
            edit.enter_assigned(ctx);
        }
        Some(Assignee::Person(_)) => return Err(unknown_assignee()),
        Some(Assignee::Me) => edit.assign(&Assignee::Me, ctx)?,
        None => {
            edit.ticket.assignee = None;
            if matches!(edit.ticket.status, Status::Assigned | Status::InProgress) {
                edit.enter(Status::New, ctx);
            }
        }
    }
    edit.note(EventKind::Transferred { reason: reason.clone() });
    Ok(edit.finish(ctx))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, caller, carl, mia},
        *,
    };
    use crate::{person::Person, role::Role, text::EmailAddress};

    fn to(person: u128, role: Role) -> Transfer {
        let id = caller(role, person).person;
        let mut person = Person::from_address(id, EmailAddress::parse("x@demo.test").expect("fits"), jiff::Timestamp::UNIX_EPOCH);
        person.role = role;
        let reason = TransferReason::parse("Knows printers").expect("fits");
        Transfer { assignee: Some(Assignee::Person(Box::new(person))), team: None, reason }
    }

    #[test]
    fn agents_pass_on_what_is_theirs_and_say_why() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let ticket = desk.act(&ada(), |ctx| super::super::assign(ticket, &Assignee::Me, ctx)).expect("hers").after;
        let change = desk.act(&ada(), |ctx| transfer(ticket, &to(7, Role::Agent), ctx)).expect("hers");
        assert_eq!(change.after.assignee, Some(caller(Role::Agent, 7).person));
        let reasons = change.events.iter().filter(|event| matches!(event.kind, EventKind::Transferred { .. }));
        assert_eq!(reasons.count(), 1);
        let theirs = desk.act(&ada(), |ctx| transfer(change.after.clone(), &to(2, Role::Agent), ctx));
        assert!(matches!(theirs, Err(DomainError::Forbidden(_))), "it is no longer hers");
        assert!(desk.act(&mia(), |ctx| transfer(change.after.clone(), &to(2, Role::Agent), ctx)).is_ok());
        assert!(desk.act(&mia(), |ctx| transfer(change.after, &to(1, Role::Customer), ctx)).is_err(), "only to staff");
    }
}
