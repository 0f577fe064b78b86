//! Moving a ticket through the workflow, and what goes with each move.

use jiff::{SignedDuration, Timestamp};

use super::{Context, Ticket, edit::Edit};
use crate::{config::TenantConfig, error::DomainError, words::Status};

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Ticket {
    /// When a resolved ticket closes by itself, if nobody speaks before.
    pub fn closes_at(&self, config: &TenantConfig) -> Option<Timestamp> {
        let resolved_at = self.resolved_at.filter(|_| self.status == Status::Resolved && self.deleted_at.is_none())?;
        resolved_at.checked_add(DAY * i32::from(config.auto_close_days?)).ok()
    }

    /// Until when a closed ticket can be reopened.
    pub fn reopens_until(&self, config: &TenantConfig) -> Option<Timestamp> {
        self.closed_at?.checked_add(DAY * i32::from(config.reopen_window_days)).ok()
    }

    fn window_has_passed(&self, ctx: &Context<'_>) -> bool {
        self.reopens_until(ctx.config).is_some_and(|until| ctx.now > until)
    }
}

impl Edit {
    /// A person moves the ticket: only along the workflow table, only to a status that this desk uses.
    pub(super) fn move_to(&mut self, to: Status, ctx: &Context<'_>) -> Result<(), DomainError> {
        if !ctx.config.uses(to) {
            return Err(DomainError::invalid("status", "status_not_in_use", format!("this desk does not use the status {to}")));
        }
        let from = self.before.status;
        if to == from && self.ticket.status == from {
            return Ok(());
        }
        if to != from && !from.next().contains(&to) {
            let possible: Vec<_> = from.next().iter().filter(|next| ctx.config.uses(**next)).map(|next| next.as_str()).collect();
            let message = format!("A ticket in status {from} cannot move to {to}; it can move to {}.", possible.join(", "));
            return Err(DomainError::rule("transition_not_allowed", message));
        }
        if from == Status::Closed && self.before.window_has_passed(ctx) {
            let message =
                "This ticket was closed too long ago to be reopened. Open a new one, or reply to it to open a follow-up.";
            return Err(DomainError::rule("reopen_window_passed", message));
        }
        if from.is_open() && !to.is_open() {
            self.ticket.check_resolvable(ctx)?;
        }
        match to {
            // New means that nobody has it, and taking it from somebody is unassigning by another name.
            Status::New => self.take_from_assignee(ctx)?,
            Status::Assigned if self.ticket.assignee.is_none() => {
                return Err(DomainError::rule("assignee_required", "Assign the ticket to somebody to move it to assigned."));
            }
            _ => {}
        }
        self.enter(to, ctx);
        Ok(())
    }

    /// The rule "a customer's reply wakes the ticket": pending or resolved goes back to work, or to the queue when
    /// nobody has it; closed reopens.
    pub(super) fn wake(&mut self, ctx: &Context<'_>) {
        self.end_snooze(false);
        match self.ticket.status {
            Status::Pending | Status::Resolved if self.ticket.assignee.is_none() => self.enter(Status::New, ctx),
            Status::Pending | Status::Resolved | Status::Closed => self.enter(Status::InProgress, ctx),
            Status::New | Status::Assigned | Status::InProgress => {}
        }
    }

    /// Enters a status and sets what goes with it. The one place where status times change.
    pub(super) fn enter(&mut self, to: Status, ctx: &Context<'_>) {
        if !to.is_open() {
            self.end_snooze(false);
        }
        let was_done = !self.before.status.is_open();
        let ticket = &mut self.ticket;
        ticket.status = to;
        match to {
            Status::Resolved => {
                ticket.resolved_at = Some(ctx.now);
                ticket.resolved_by = Some(ctx.actor());
            }
            Status::Closed => {
                ticket.resolved_at.get_or_insert(ctx.now);
                ticket.resolved_by.get_or_insert(ctx.actor());
                ticket.closed_at = Some(ctx.now);
                ticket.closed_by = Some(ctx.actor());
            }
            _ => {
                (ticket.resolved_at, ticket.resolved_by) = (None, None);
                (ticket.closed_at, ticket.closed_by) = (None, None);
                if was_done {
                    ticket.reopen_count = self.before.reopen_count + 1;
                }
            }
        }
    }
}
