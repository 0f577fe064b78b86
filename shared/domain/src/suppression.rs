//! Addresses that are sent nothing: mail to them came back for good, or was called spam.
//!
//! Whoever goes on sending to them loses the trust of mail providers, and at last of AWS, for all tenants. So a permanent
//! bounce or a complaint suppresses at once; what may pass counts, and only suppresses for a while where it happens often.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    config::TenantConfig,
    error::{DomainError, ParseError},
    id::TicketId,
    inbound::token_in,
    text::{EmailAddress, FailureDetail},
    words::word,
};

word!(
    /// Why an address is sent nothing. In the order of their weight: what weighs more stands.
    SuppressionReason {
        /// Mails were late or came back for now, too often.
        SoftBounce = "soft_bounce",
        /// A mail came back for good.
        HardBounce = "hard_bounce",
        /// Somebody there called a mail spam.
        Complaint = "complaint",
        /// Staff said so.
        Manual = "manual",
    }
);

word!(
    /// What became of a mail that was sent.
    MailFailure {
        /// It came back for good.
        HardBounce = "hard_bounce",
        /// It came back for now.
        SoftBounce = "soft_bounce",
        /// It is late, and still tried.
        Delayed = "delayed",
        /// It was called spam.
        Complaint = "complaint",
        /// It was found not to be spam after all.
        NotSpam = "not_spam",
        /// It never left: the sending service found something wrong with it.
        Rejected = "rejected",
    }
);

impl MailFailure {
    /// Whether no later mail to the address could fare better.
    pub const fn is_permanent(self) -> bool {
        matches!(self, Self::HardBounce | Self::Complaint)
    }

    /// Whether the ticket's history says so: not what may still arrive, nor what is no failure.
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::Delayed | Self::NotSpam)
    }
}

/// This many failures that may pass suppress an address …
const SOFT_FAILURES: u32 = 5;
/// … within this time, from the first of them …
const SOFT_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// … for this long.
const SOFT_PAUSE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is known of an address to which mail failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The address.
    pub address: EmailAddress,
    /// Why.
    pub reason: SuppressionReason,
    /// What the server said, or staff.
    pub detail: Option<FailureDetail>,
    /// Since when it is so; of failures that may pass, when the first of them was.
    pub since: Timestamp,
    /// The ticket that the failed mail was about.
    pub ticket: Option<TicketId>,
    /// How many mails failed.
    pub failures: u32,
    /// When it ends; `None` for never, and for failures that are only counted so far.
    pub until: Option<Timestamp>,
}

impl Suppression {
    /// Whether the address is sent nothing now.
    pub fn is_active(&self, now: Timestamp) -> bool {
        match self.reason {
            SuppressionReason::SoftBounce => self.until.is_some_and(|until| now < until),
            SuppressionReason::HardBounce | SuppressionReason::Complaint | SuppressionReason::Manual => true,
        }
    }

    /// Whether failures are only counted so far.
    pub fn is_counting(&self) -> bool {
        self.reason == SuppressionReason::SoftBounce && self.until.is_none()
    }

    /// When it is of no meaning any more.
    pub fn ends_at(&self) -> Option<Timestamp> {
        (self.reason == SuppressionReason::SoftBounce).then(|| self.until.unwrap_or(self.since + SOFT_WITHIN))
    }

    fn again(&self) -> Self {
        Self { failures: self.failures.saturating_add(1), ..self.clone() }
    }
}

/// A mail that failed.
#[derive(Debug, Clone, Copy)]
pub struct FailedMail<'a> {
    /// Whom it was for.
    pub address: &'a EmailAddress,
    /// How it failed.
    pub failure: MailFailure,
    /// Whether it is certain. What a mail says of it anybody may have written: it is counted as what may pass, however
    /// permanent it calls itself.
    pub is_certain: bool,
    /// What the server said.
    pub detail: Option<&'a FailureDetail>,
    /// The ticket that it was about.
    pub ticket: Option<TicketId>,
}

/// What is known of the address after the failure; `None` where nothing speaks against it. The desk's own addresses are never
/// suppressed: a forged report must not silence it.
pub fn after_failure(
    before: Option<&Suppression>,
    failed: FailedMail<'_>,
    config: &TenantConfig,
    now: Timestamp,
) -> Option<Suppression> {
    if is_own(failed.address, config) {
        return before.cloned();
    }
    match failed.failure {
        MailFailure::HardBounce | MailFailure::Complaint if !failed.is_certain => Some(for_now(before, failed, now)),
        MailFailure::HardBounce => Some(for_good(before, failed, SuppressionReason::HardBounce, now)),
        MailFailure::Complaint => Some(for_good(before, failed, SuppressionReason::Complaint, now)),
        MailFailure::SoftBounce | MailFailure::Delayed => Some(for_now(before, failed, now)),
        MailFailure::NotSpam => before.filter(|before| before.reason != SuppressionReason::Complaint).cloned(),
        MailFailure::Rejected => before.cloned(),
    }
}

/// Staff suppress an address; said again, only the detail changes.
pub fn by_hand(
    before: Option<&Suppression>,
    address: EmailAddress,
    detail: Option<FailureDetail>,
    config: &TenantConfig,
    now: Timestamp,
) -> Result<Suppression, DomainError> {
    if is_own(&address, config) {
        return Err(DomainError::invalid("address", "own_address", "is one of the desk's own"));
    }
    let reason = SuppressionReason::Manual;
    let since = before.filter(|before| before.reason == reason).map_or(now, |before| before.since);
    let (ticket, failures) = before.map_or((None, 0), |before| (before.ticket, before.failures));
    Ok(Suppression { address, reason, detail, since, ticket, failures, until: None })
}

fn for_good(before: Option<&Suppression>, failed: FailedMail<'_>, reason: SuppressionReason, now: Timestamp) -> Suppression {
    match before {
        Some(before) if before.reason >= reason => before.again(),
        _ => Suppression { failures: before.map_or(0, |before| before.failures).saturating_add(1), ..first(failed, reason, now) },
    }
}

fn for_now(before: Option<&Suppression>, failed: FailedMail<'_>, now: Timestamp) -> Suppression {
    let known = before.filter(|before| before.ends_at().is_none_or(|ends_at| now < ends_at));
    let Some(known) = known else { return first(failed, SuppressionReason::SoftBounce, now) };
    let mut counted = known.again();
    if counted.is_counting() {
        counted.detail = failed.detail.cloned().or(counted.detail);
        counted.ticket = failed.ticket.or(counted.ticket);
        counted.until = (counted.failures >= SOFT_FAILURES).then_some(now + SOFT_PAUSE);
    }
    counted
}

fn first(failed: FailedMail<'_>, reason: SuppressionReason, now: Timestamp) -> Suppression {
    let FailedMail { address, failure: _, is_certain: _, detail, ticket } = failed;
    Suppression { address: address.clone(), reason, detail: detail.cloned(), since: now, ticket, failures: 1, until: None }
}

/// Whether mail to the address comes back to the desk.
fn is_own(address: &EmailAddress, config: &TenantConfig) -> bool {
    let is_reply = || token_in(address).is_some() && config.addresses().any(|(own, _)| own.domain() == address.domain());
    config.addresses().any(|(own, _)| own == address) || is_reply()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::tests::config, words::Status};

    const NOW: Timestamp = Timestamp::constant(1_763_640_000, 0);

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).expect("fits")
    }

    fn hear(before: Option<&Suppression>, failure: MailFailure, hours: i64) -> Option<Suppression> {
        let (address, detail) = (address("carl@example.test"), FailureDetail::cleaned("550 5.1.1"));
        let failed = FailedMail { address: &address, failure, is_certain: true, detail: detail.as_ref(), ticket: None };
        after_failure(before, failed, &config(Status::ALL), at(hours))
    }

    fn at(hours: i64) -> Timestamp {
        NOW + SignedDuration::from_hours(hours)
    }

    #[test]
    fn what_failed_for_good_suppresses_at_once_and_for_ever() {
        for (failure, reason) in
            [(MailFailure::HardBounce, SuppressionReason::HardBounce), (MailFailure::Complaint, SuppressionReason::Complaint)]
        {
            let known = hear(None, failure, 0).expect("known");
            assert_eq!((known.reason, known.failures, known.since), (reason, 1, NOW));
            assert!(known.is_active(at(24 * 3650)) && known.ends_at().is_none());
            assert_eq!(known.detail.as_ref().map(FailureDetail::as_str), Some("550 5.1.1"));
        }
    }

    #[test]
    fn what_weighs_more_stands() {
        let bounced = hear(None, MailFailure::HardBounce, 0);
        let complained = hear(bounced.as_ref(), MailFailure::Complaint, 1).expect("known");
        assert_eq!((complained.reason, complained.failures, complained.since), (SuppressionReason::Complaint, 2, at(1)));
        let again = hear(Some(&complained), MailFailure::HardBounce, 2).expect("known");
        assert_eq!((again.reason, again.failures, again.since), (SuppressionReason::Complaint, 3, at(1)));
        let late = hear(Some(&again), MailFailure::Delayed, 3).expect("known");
        assert_eq!((late.reason, late.until), (SuppressionReason::Complaint, None));
    }

    #[test]
    fn five_that_may_pass_within_a_week_suppress_for_a_week() {
        let mut known = None;
        for day in 0..5 {
            known = hear(known.as_ref(), MailFailure::SoftBounce, 24 * day);
            assert_eq!(known.as_ref().is_some_and(|known| known.is_active(at(24 * day))), day == 4, "day {day}");
        }
        let known = known.expect("known");
        assert_eq!((known.failures, known.until), (5, Some(at(24 * 11))));
        assert!(known.is_active(at(24 * 11 - 1)) && !known.is_active(at(24 * 11)));
        let later = hear(Some(&known), MailFailure::Delayed, 24 * 11).expect("known");
        assert_eq!((later.failures, later.until), (1, None), "begins anew");
    }

    #[test]
    fn a6_what_is_not_certain_never_suppresses_for_good() {
        let address = address("carl@example.test");
        for failure in [MailFailure::HardBounce, MailFailure::Complaint] {
            let failed = FailedMail { address: &address, failure, is_certain: false, detail: None, ticket: None };
            let mut known = None;
            for count in 1..=5 {
                known = after_failure(known.as_ref(), failed, &config(Status::ALL), NOW);
                assert_eq!(known.as_ref().is_some_and(|known| known.is_active(NOW)), count == 5, "{count}");
            }
            let known = known.expect("known");
            assert_eq!((known.reason, known.until), (SuppressionReason::SoftBounce, Some(at(24 * 7))));
        }
    }

    #[test]
    fn what_lies_a_week_back_counts_no_more() {
        let mut known = None;
        for _ in 0..4 {
            known = hear(known.as_ref(), MailFailure::Delayed, 0);
        }
        let known = hear(known.as_ref(), MailFailure::Delayed, 24 * 7).expect("known");
        assert_eq!((known.failures, known.is_counting()), (1, true));
    }

    #[test]
    fn not_spam_lifts_a_complaint_and_nothing_else() {
        let complained = hear(None, MailFailure::Complaint, 0);
        assert_eq!(hear(complained.as_ref(), MailFailure::NotSpam, 1), None);
        let bounced = hear(None, MailFailure::HardBounce, 0);
        assert_eq!(hear(bounced.as_ref(), MailFailure::NotSpam, 1), bounced);
        assert_eq!(hear(None, MailFailure::Rejected, 0), None, "the mail's fault, not the address's");
    }

    #[test]
    fn by_hand_outlasts_all_others() {
        let by =
            |before: Option<&Suppression>, hours| by_hand(before, address("x@y.test"), None, &config(Status::ALL), at(hours));
        let known = by(None, 0).expect("allowed");
        assert_eq!((known.reason, known.failures), (SuppressionReason::Manual, 0));
        assert_eq!(by(Some(&known), 5).expect("allowed").since, NOW, "said twice");
        assert_eq!(hear(Some(&known), MailFailure::Complaint, 1).expect("known").reason, SuppressionReason::Manual);
    }

    #[test]
    fn the_desks_own_addresses_are_never_suppressed() {
        let config = config(Status::ALL);
        let own = config.brands[0].from.clone();
        let reply = address(&format!("reply+abc@{}", own.domain()));
        for own in [own, reply] {
            let failed =
                FailedMail { address: &own, failure: MailFailure::HardBounce, is_certain: true, detail: None, ticket: None };
            assert_eq!(after_failure(None, failed, &config, NOW), None);
            assert!(by_hand(None, own, None, &config, NOW).is_err());
        }
    }
}
