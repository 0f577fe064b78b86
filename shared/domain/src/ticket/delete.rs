//! Deleting softly, and bringing back.

use super::{Change, Context, Ticket, edit::Edit};
use crate::{error::DomainError, role::Permission};

/// Deletes the ticket: it leaves every list and answers as if it were not there, except to those who may restore.
/// Deleting it again changes nothing.
pub fn delete(ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    // It holds a part of the conversation that goes on elsewhere.
    ticket.check_not_merged(ctx)?;
    let mut edit = Edit::of_any(ticket);
    edit.delete(ctx)?;
    Ok(edit.finish(ctx))
}

impl Edit {
    pub(super) fn delete(&mut self, ctx: &Context<'_>) -> Result<(), DomainError> {
        if !ctx.may(Permission::TicketsDelete) {
            return Err(DomainError::Forbidden(Vec::new()));
        }
        self.ticket.deleted_at.get_or_insert(ctx.now);
        Ok(())
    }
}

/// Brings a deleted ticket back as it was.
pub fn restore(ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    if !ctx.may(Permission::TicketsRestore) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    if ticket.purged_at.is_some() {
        return Err(DomainError::NotFound);
    }
    if ticket.deleted_at.is_none() {
        return Err(DomainError::rule("not_deleted", "This ticket is not deleted."));
    }
    let mut edit = Edit::of_any(ticket);
    edit.ticket.deleted_at = None;
    Ok(edit.finish(ctx))
}
