//! Which mails there are, and who is told what by them.

mod told;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::ParseError, message::MessageKind, role::Role, words::word};

word!(
    /// A kind of mail.
    Notice {
        /// To the requester: we have your request.
        Acknowledgement = "acknowledgement",
        /// To the requester and those who take part: we answered.
        Reply = "reply",
        /// To the agent: this is yours now.
        Assignment = "assignment",
        /// To the requester: we think it is solved.
        Resolution = "resolution",
        /// To the assignee: the customer wrote.
        CustomerReply = "customer_reply",
        /// To staff: somebody named you in a note.
        Mention = "mention",
        /// To who wrote a reply that was to be sent later: it was not.
        SendFailed = "send_failed",
        /// To the assignee, and of bad ones to managers: the requester rated it.
        Rated = "rated",
        /// To those who follow a ticket: something was said on it.
        Followed = "followed",
        /// To the assignee: what was done is open again.
        Reopened = "reopened",
        /// To the assignee, and whom the policy names: a time that was promised is about to pass.
        SlaWarning = "sla_warning",
        /// To the assignee, and whom the policy names: a promise was broken.
        SlaBreach = "sla_breach",
        /// To who put a ticket off: its time has come.
        Reminder = "reminder",
        /// To managers: nobody has had a ticket for too long.
        UnassignedTooLong = "unassigned_too_long",
        /// To managers: what nobody has.
        UnassignedDigest = "unassigned_digest",
    }
);

impl Notice {
    /// Whether it is for staff alone.
    pub const fn is_for_staff(self) -> bool {
        !matches!(self, Self::Acknowledgement | Self::Reply | Self::Resolution)
    }

    /// What an answer to the mail becomes. One to a note is a note: whatever its author's program quotes stays among staff. So is
    /// that of who only follows: the assignee speaks to the customer.
    pub const fn answered_by(self) -> MessageKind {
        if matches!(self, Self::Mention | Self::Followed) { MessageKind::Note } else { MessageKind::Reply }
    }

    /// Whether somebody of this role may say that they do not want it. An answer to a customer's own request always
    /// comes; who only takes part in a ticket can leave it.
    pub const fn may_be_muted_by(self, role: Role) -> bool {
        role.is_staff() || matches!(self, Self::Acknowledgement | Self::Resolution)
    }

    /// All that somebody of this role may mute.
    pub fn mutable_by(role: Role) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |notice| notice.may_be_muted_by(role))
    }
}
