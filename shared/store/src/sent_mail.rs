//! Which mails were sent: one for each event and recipient, whatever is delivered twice.
//!
//! A sender first claims the mail for a short lease, sends, then marks it sent. One that dies in between leaves a
//! claim that runs out; the next sender sends again under the same Message-ID. (SES puts an id of its own in its place;
//! both are remembered as the ticket's, so that an answer to either finds it.)

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{EventId, PersonId, TicketId};

use crate::{
    Desk,
    error::StoreError,
    item::{Item, key, number, string, text},
    people::transact_put,
    request::{Part, request_token, unavailable},
    usage::{Direction, record},
};

/// How long a sender may take before another may try: longer than a worker may run, and less than a queue takes to bring the
/// job again.
const LEASE: SignedDuration = SignedDuration::from_secs(28);
/// How long a mark is kept: longer than any queue keeps a job.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A mail by what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// The event that asked for it.
    pub event: EventId,
    /// Whom it is for.
    pub recipient: PersonId,
    /// The ticket it is about, if any.
    pub ticket: Option<TicketId>,
    /// Its Message-ID, without angle brackets; the same in every try.
    pub message_id: String,
}

/// A mail that the desk sent, found by its Message-ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnMail {
    /// The ticket that it was about.
    pub ticket: TicketId,
    /// Whom it was for; not remembered of the first mails.
    pub recipient: Option<PersonId>,
}

/// Whether to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailClaim {
    /// Send it now, then mark it.
    Granted {
        /// Whether somebody had it before, whose time ran out: what is counted of a mail was counted then.
        again: bool,
    },
    /// It was sent, or will never be.
    Settled,
    /// Another sender is at it; come back after its lease.
    Busy,
}

impl Desk<'_> {
    /// Claims the mail for this sender.
    pub async fn claim_mail(&self, mail: &SentMail, now: Timestamp) -> Result<MailClaim, StoreError> {
        let mut item = self.mark(mail, "sending", now);
        item.insert("leased_until".to_owned(), number((now + LEASE).as_millisecond()));
        // A put whose answer was lost is sent again, and must know its own claim.
        let claim = request_token();
        item.insert("claim".to_owned(), text(&claim));
        let request = self
            .store
            .client
            .put_item()
            .table_name(&*self.store.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR (#state = :sending AND (leased_until <= :now OR claim = :claim))")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":sending", text("sending"))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":claim", text(&claim))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(response) => {
                record(Direction::Write, response.consumed_capacity());
                // A try of this very call, whose answer was lost, is nobody else's.
                let again = response.attributes().is_some_and(|before| string(before, "claim") != claim);
                Ok(MailClaim::Granted { again })
            }
            Err(error) => match error.as_service_error() {
                Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed)) => {
                    let sending = failed.item().is_some_and(|item| string(item, "state") == "sending");
                    Ok(if sending { MailClaim::Busy } else { MailClaim::Settled })
                }
                _ => Err(unavailable(error)),
            },
        }
    }

    /// Marks the mail sent, and remembers its Message-IDs as the ticket's, if it is about one: ours, and the one that SES put
    /// in its place.
    pub async fn mark_mail_sent(&self, mail: &SentMail, ses_message_id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut parts = vec![Part::new(transact_put(self.put(self.mark(mail, "sent", now)))?)];
        let Some(ticket) = mail.ticket else { return self.store.transact(parts).await };
        for message_id in [mail.message_id.as_str(), ses_message_id] {
            let mut pointer = key(self.keys().message_id(message_id));
            pointer.insert("kind".to_owned(), text("message_id"));
            pointer.insert("origin".to_owned(), text("sent"));
            pointer.insert("points_to".to_owned(), text(ticket.to_string()));
            pointer.insert("recipient".to_owned(), text(mail.recipient.to_string()));
            parts.push(Part::new(transact_put(self.put(pointer))?));
        }
        self.store.transact(parts).await
    }

    /// Marks the mail refused: no further try would be taken.
    pub async fn mark_mail_refused(&self, mail: &SentMail, now: Timestamp) -> Result<(), StoreError> {
        self.settle_mail(mail, "refused", now).await
    }

    /// Marks the mail as one too many for its recipient: it is not sent.
    pub async fn mark_mail_capped(&self, mail: &SentMail, now: Timestamp) -> Result<(), StoreError> {
        self.settle_mail(mail, "capped", now).await
    }

    async fn settle_mail(&self, mail: &SentMail, state: &str, now: Timestamp) -> Result<(), StoreError> {
        self.store.transact(vec![Part::new(transact_put(self.put(self.mark(mail, state, now)))?)]).await
    }

    /// Marks the mail as one that is not sent, because its address is suppressed.
    pub async fn mark_mail_suppressed(&self, mail: &SentMail, now: Timestamp) -> Result<(), StoreError> {
        self.store.transact(vec![Part::new(transact_put(self.put(self.mark(mail, "suppressed", now)))?)]).await
    }

    /// The mail with this Message-ID, if the desk sent it: one that came with it is none.
    pub async fn own_mail(&self, message_id: &str) -> Result<Option<OwnMail>, StoreError> {
        let item = self.get(self.keys().message_id(message_id)).await?;
        // A row without an origin is one of the desk's: for a while there were no others.
        let own = item.filter(|item| string(item, "origin") != "received");
        Ok(own.and_then(|item| {
            let ticket = string(&item, "points_to").parse().ok()?;
            Some(OwnMail { ticket, recipient: string(&item, "recipient").parse().ok() })
        }))
    }

    fn mark(&self, mail: &SentMail, state: &str, now: Timestamp) -> Item {
        let mut item = key(self.keys().sent_mail(mail.event, mail.recipient));
        item.insert("kind".to_owned(), text("sent_mail"));
        item.insert("state".to_owned(), text(state));
        if let Some(ticket) = mail.ticket {
            item.insert("ticket".to_owned(), text(ticket.to_string()));
        }
        item.insert("message_id".to_owned(), text(&mail.message_id));
        item.insert("expires_at".to_owned(), number((now + KEPT).as_second()));
        item
    }
}
