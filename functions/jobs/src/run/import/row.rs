//! The line that a row has in the report.

use jiff::Timestamp;
use lambdesk_domain::{FieldError, JobItem, TicketId, job::Outcome};
use lambdesk_store::ImportedBefore;
use lambdesk_transfer::{ImportedTicket, Row, RowError};

/// A row of the file: its number, and what the source calls its ticket.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) row: u64,
    pub(super) id: String,
}

impl Place {
    pub(super) fn of(row: u64, ticket: &ImportedTicket) -> Self {
        Self { row, id: ticket.external_id.as_str().to_owned() }
    }

    /// The number stands first, so that the report is in the order of the file.
    fn item(&self, outcome: Outcome, at: Timestamp) -> JobItem {
        let external_id = Some(self.id.clone()).filter(|id| !id.is_empty());
        JobItem { external_id, ..JobItem::new(format!("{:010}", self.row), outcome, at) }
    }

    /// It is a ticket now.
    pub(super) fn made(&self, ticket: TicketId, warnings: &[FieldError], at: Timestamp) -> JobItem {
        let item = JobItem { ticket: Some(ticket), ..self.item(Outcome::Changed, at) };
        if warnings.is_empty() { item } else { item.because("adjusted", sentence(warnings)) }
    }

    /// It would be a ticket, if this were not a trial.
    pub(super) fn would_be_made(&self, warnings: &[FieldError], at: Timestamp) -> JobItem {
        let message = if warnings.is_empty() { "nothing is wrong with it".to_owned() } else { sentence(warnings) };
        self.item(Outcome::Changed, at).because("would_be_made", message)
    }

    /// Something is wrong with it.
    pub(super) fn refused(&self, wrong: &[FieldError], at: Timestamp) -> JobItem {
        let code = wrong.first().map_or("invalid", |error| error.code);
        self.item(Outcome::Refused, at).because(code, sentence(wrong))
    }

    /// It came before: by another import, or earlier in this file.
    pub(super) fn known(&self, before: &ImportedBefore, in_this_file: bool, at: Timestamp) -> JobItem {
        if in_this_file {
            return self.twice(before.row, at);
        }
        JobItem { ticket: Some(before.ticket), ..self.item(Outcome::Unchanged, at) }
    }

    pub(super) fn twice(&self, first: u64, at: Timestamp) -> JobItem {
        let message = format!("external_id: came already in row {first}; all that belongs to a ticket must stand together");
        self.item(Outcome::Refused, at).because("twice", message)
    }

    /// The desk could not do it.
    pub(super) fn failed(&self, code: &str, message: &str, at: Timestamp) -> JobItem {
        self.item(Outcome::Failed, at).because(code, message)
    }
}

/// A row that cannot be read.
pub(super) fn unreadable(error: &RowError, at: Timestamp) -> JobItem {
    Place { row: error.row, id: error.external_id.clone().unwrap_or_default() }.refused(&error.wrong, at)
}

/// A row that was tried again and again.
pub(super) fn broke_down(row: &Row, at: Timestamp) -> JobItem {
    let place = match &row.outcome {
        Ok(ticket) => Place::of(row.row, ticket),
        Err(error) => Place { row: row.row, id: error.external_id.clone().unwrap_or_default() },
    };
    place.failed("broke_down", "The desk broke down at this ticket several times, and gave it up.", at)
}

fn sentence(errors: &[FieldError]) -> String {
    let say = |error: &FieldError| {
        if error.path.is_empty() { error.message.clone() } else { format!("{}: {}", error.path, error.message) }
    };
    errors.iter().map(say).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_in_the_order_of_the_file_and_names_all_that_is_wrong() {
        let at = Timestamp::UNIX_EPOCH;
        let of = |row| Place { row, id: "7".to_owned() };
        let wrong = [FieldError::new("subject", "missing", "must be given"), FieldError::new("", "not_json", "is no JSON")];
        let refused = of(12).refused(&wrong, at);
        assert!(of(9).refused(&wrong, at).key < refused.key);
        assert_eq!((refused.code.as_deref(), refused.external_id.as_deref()), (Some("missing"), Some("7")));
        assert_eq!(refused.message.as_deref(), Some("subject: must be given; is no JSON"));
        let unreadable = unreadable(&RowError { row: 3, external_id: None, wrong: wrong.to_vec() }, at);
        assert_eq!((unreadable.key.as_str(), unreadable.external_id), ("0000000003", None));
    }
}
