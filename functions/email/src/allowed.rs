//! Whether an address may be sent anything at all.

use lambdesk_domain::EmailAddress;
use lambdesk_function::JobError;
use lambdesk_platform::{App, Metric, count};
use lambdesk_store::{Desk, MailClaim, SentMail};

/// Whether mail may go to the address. If not, this mail is settled: no later try sends it, also where the address is taken
/// off the list meanwhile. Nobody is told: staff see in the ticket's history what led to it.
pub(crate) async fn may_send(app: &App, desk: &Desk<'_>, sent: &SentMail, to: &EmailAddress) -> Result<bool, JobError> {
    let known = desk.suppression(to).await?;
    if !known.is_some_and(|known| known.is_active(app.now())) {
        return Ok(true);
    }
    // A mail that was sent before the address was suppressed stays marked as sent.
    match desk.claim_mail(sent, app.now()).await? {
        MailClaim::Settled => {}
        MailClaim::Busy => return Err(JobError("another sender has this mail".to_owned())),
        MailClaim::Granted { again: _ } => {
            desk.mark_mail_suppressed(sent, app.now()).await?;
            count(Metric::MailsSuppressed);
        }
    }
    Ok(false)
}
