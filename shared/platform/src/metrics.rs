//! What happened, counted for the operator: collected while an event is handled, and written with its log line.

use std::{cell::RefCell, collections::BTreeMap};

/// Something that is counted. Each costs a CloudWatch metric, so there are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Tickets that were opened.
    TicketsOpened,
    /// Messages of customers and staff, notes included.
    MessagesAdded,
    /// Tickets that were resolved or closed, each time.
    TicketsSettled,
    /// Ratings given or changed.
    RatingsGiven,
    /// Mails that SES took.
    MailsSent,
    /// Mails that SES will never take.
    MailsRefused,
    /// Mails that came and became messages.
    MailsReceived,
    /// Mails that came and from which nothing followed.
    MailsIgnored,
    /// Mails that came for nobody here.
    MailsUnclaimed,
    /// Mails that were one too many for their recipient.
    MailsCapped,
    /// Mails that were not sent because their address is suppressed.
    MailsSuppressed,
    /// Jobs and records that failed and come again, or went to dead letters.
    JobsFailed,
}

impl Metric {
    /// Its name in CloudWatch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TicketsOpened => "TicketsOpened",
            Self::MessagesAdded => "MessagesAdded",
            Self::TicketsSettled => "TicketsSettled",
            Self::RatingsGiven => "RatingsGiven",
            Self::MailsSent => "MailsSent",
            Self::MailsRefused => "MailsRefused",
            Self::MailsReceived => "MailsReceived",
            Self::MailsIgnored => "MailsIgnored",
            Self::MailsUnclaimed => "MailsUnclaimed",
            Self::MailsCapped => "MailsCapped",
            Self::MailsSuppressed => "MailsSuppressed",
            Self::JobsFailed => "JobsFailed",
        }
    }
}

/// How often each thing happened.
pub type Counted = BTreeMap<Metric, u64>;

tokio::task_local! {
    static COUNTED: RefCell<Counted>;
}

/// Counts something that happened. Outside of [`counting`] nobody asks.
pub fn count(metric: Metric) {
    let _ = COUNTED.try_with(|counted| *counted.borrow_mut().entry(metric).or_default() += 1);
}

/// Runs the work and tells what it counted.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, Counted) {
    COUNTED
        .scope(RefCell::default(), async {
            let value = work.await;
            (value, COUNTED.with(RefCell::take))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_belong_to_the_work_that_made_them() {
        count(Metric::MailsSent);
        let work = async {
            count(Metric::MailsSent);
            count(Metric::MailsSent);
            count(Metric::JobsFailed);
        };
        let ((), counted) = counting(work).await;
        assert_eq!(counted, [(Metric::MailsSent, 2), (Metric::JobsFailed, 1)].into());
    }
}
