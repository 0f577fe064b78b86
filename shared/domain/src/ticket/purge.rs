//! Erasing what was deleted: when it has been in the bin for as long as the desk keeps it, or when an admin says so.
//!
//! What stays is the history, without the words of people, and a ticket of which nothing can be read but that it was there:
//! its number is not given again, and the audit trail leads somewhere.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Change, Context, Ticket, edit::Edit};
use crate::{
    config::TenantConfig,
    error::DomainError,
    event::EventKind,
    role::Permission,
    text::{Subject, TransferReason},
};

/// What stands in the place of words that were erased.
const ERASED: &str = "Erased";

impl Ticket {
    /// When it has been in the bin for as long as its desk keeps it.
    pub(super) fn leaves_bin_at(&self, config: &TenantConfig) -> Option<Timestamp> {
        let days = (config.bin_days > 0).then(|| i64::from(config.bin_days))?;
        self.deleted_at?.checked_add(SignedDuration::from_hours(24 * days)).ok()
    }
}

/// Erases a deleted ticket for good. Its messages and files are erased after it; this is the moment from which nobody can bring
/// it back.
pub fn purge(ticket: Ticket, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    if !ctx.may(Permission::SettingsManage) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    if ticket.deleted_at.is_none() {
        return Err(DomainError::rule("not_deleted", "Only what is in the bin can be erased. Delete this ticket first."));
    }
    Ok(erase(ticket, ctx))
}

/// Erases a ticket that was merged into one that was erased: its words were a part of that conversation, and nobody can delete it
/// by itself.
///
/// A rule of the desk, to be run without a caller.
pub fn purge_merged(mut ticket: Ticket, ctx: &mut Context<'_>) -> Change {
    let before = ticket.clone();
    ticket.deleted_at.get_or_insert(ctx.now);
    Change { before: Some(before), ..erase(ticket, ctx) }
}

/// The same, without asking whether.
pub(super) fn erase(ticket: Ticket, ctx: &mut Context<'_>) -> Change {
    let mut edit = Edit::of_any(ticket);
    if edit.ticket.purged_at.is_none() {
        edit.ticket.purged_at = Some(ctx.now);
        edit.note(EventKind::Purged {});
    }
    let mut change = edit.finish(ctx);
    // After the differences were named: what goes must not stand in the history once more.
    strip(&mut change.after);
    change
}

/// Takes the words of people out of it.
pub(super) fn strip(ticket: &mut Ticket) {
    ticket.subject = Subject::parse(ERASED).unwrap_or_else(|_| ticket.subject.clone());
    ticket.tags.clear();
    ticket.fields.clear();
    // Their names say nothing once they are erased too; until then they lead to what they left beside it.
    for person in std::mem::take(&mut ticket.participants).into_keys().filter(|person| *person != ticket.requester) {
        ticket.authors.note(person);
    }
    ticket.audiences.clear();
    ticket.organization = None;
    ticket.resolution_note = None;
    ticket.last_mail_id = None;
    ticket.promise = None;
    ticket.snoozed = None;
    (ticket.attached_bytes, ticket.pending_bytes) = (0, 0);
    if let Some(merge) = &mut ticket.merge {
        // Whom else it brought stays, so that an undone merge takes them along again.
        merge.was.promise = None;
        merge.brought.tags.clear();
    }
    if let Some(imported) = &mut ticket.imported {
        ERASED.clone_into(&mut imported.external_id);
    }
    if let Some(rating) = &mut ticket.rating {
        rating.comment = None;
    }
}

impl EventKind {
    /// The same without the words of people; `None` where it holds none.
    pub fn without_words(&self) -> Option<Self> {
        match self {
            Self::FieldChanged { field, from, to } if !(is_word_of_the_desk(field) || (from.is_null() && to.is_null())) => {
                Some(Self::FieldChanged { field: field.clone(), from: Value::Null, to: Value::Null })
            }
            Self::MailFailed { recipient, permanent, reason, detail: Some(_) } => {
                Some(Self::MailFailed { recipient: *recipient, permanent: *permanent, reason: *reason, detail: None })
            }
            Self::Transferred { reason } if reason.as_str() != ERASED => {
                TransferReason::parse(ERASED).ok().map(|reason| Self::Transferred { reason })
            }
            Self::Imported { number, source, external_id } if external_id != ERASED => {
                Some(Self::Imported { number: number.clone(), source: source.clone(), external_id: ERASED.to_owned() })
            }
            _ => None,
        }
    }
}

/// Fields whose values the desk configures; all others are what somebody wrote.
fn is_word_of_the_desk(field: &str) -> bool {
    matches!(field, "priority" | "category")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{
            delete, keep_time, restore,
            tests::{Desk, caller, carl},
        },
        *,
    };
    use crate::{caller::Caller, role::Role, words::Status};

    fn admin() -> Caller {
        caller(Role::Admin, 8)
    }

    fn mia() -> Caller {
        caller(Role::Manager, 9)
    }

    fn deleted(desk: &mut Desk) -> Ticket {
        let ticket = desk.open(&carl());
        desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after
    }

    #[test]
    fn only_what_is_in_the_bin_is_erased_and_only_by_admins() {
        let mut desk = Desk::new(Status::ALL);
        let open = desk.open(&carl());
        let refused = desk.act(&admin(), |ctx| purge(open, ctx)).expect_err("not deleted");
        assert!(matches!(refused, DomainError::Rule { code: "not_deleted", .. }), "{refused:?}");
        let binned = deleted(&mut desk);
        assert!(matches!(desk.act(&mia(), |ctx| purge(binned.clone(), ctx)), Err(DomainError::Forbidden(_))));
        let change = desk.act(&admin(), |ctx| purge(binned.clone(), ctx)).expect("an admin's");
        assert_eq!(change.events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["ticket.purged"]);
        assert_eq!(change.after.subject.as_str(), ERASED);
        assert!(!admin().sees(&change.after) && !carl().sees(&change.after));
        assert!(desk.act(&mia(), |ctx| restore(change.after.clone(), ctx)).is_err(), "nobody brings it back");
        assert!(desk.act(&admin(), |ctx| purge(change.after.clone(), ctx)).expect("done already").is_empty());
    }

    #[test]
    fn what_was_merged_goes_with_its_target() {
        let mut desk = Desk::new(Status::ALL);
        let source = desk.open(&carl());
        let change = desk.act_alone(|ctx| purge_merged(source.clone(), ctx));
        assert_eq!(change.before, Some(source), "the figures lose it");
        assert!(change.after.deleted_at.is_some() && change.after.purged_at.is_some() && !admin().sees(&change.after));
        assert_eq!(change.events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["ticket.purged"]);
        assert!(desk.act_alone(|ctx| purge_merged(change.after, ctx)).is_empty(), "once");
    }

    #[test]
    fn the_bin_is_emptied_when_its_days_are_over() {
        let mut desk = Desk::new(Status::ALL);
        desk.config.bin_days = 30;
        let binned = deleted(&mut desk);
        let due = binned.next_moment(&desk.config).expect("some day");
        assert_eq!(due, desk.now + SignedDuration::from_hours(30 * 24));
        desk.now = due - SignedDuration::from_secs(1);
        assert!(desk.act_alone(|ctx| keep_time(binned.clone(), &[], ctx)).is_empty());
        desk.now = due;
        let change = desk.act_alone(|ctx| keep_time(binned.clone(), &[], ctx));
        assert_eq!(change.after.purged_at, Some(due));
        assert_eq!(change.after.next_moment(&desk.config), Some(due), "until all of it is gone");
        desk.config.bin_days = 0;
        assert_eq!(binned.next_moment(&desk.config), None, "a desk that keeps for ever");
    }

    #[test]
    fn the_history_loses_the_words_of_people_and_no_others() {
        let field = |field: &str, from, to| EventKind::FieldChanged { field: field.to_owned(), from, to };
        assert_eq!(
            field("subject", json!("My illness"), json!("x")).without_words(),
            Some(field("subject", Value::Null, Value::Null))
        );
        assert_eq!(field("subject", Value::Null, Value::Null).without_words(), None, "once");
        assert_eq!(field("priority", json!("low"), json!("high")).without_words(), None);
        let transferred = EventKind::Transferred { reason: TransferReason::parse("She is my aunt").expect("fits") };
        assert!(transferred.without_words().is_some_and(|without| without.without_words().is_none()));
        assert_eq!(EventKind::Deleted {}.without_words(), None);
    }
}
