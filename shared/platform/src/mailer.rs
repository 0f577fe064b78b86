//! Sending mail by SES.

use aws_sdk_ses::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata},
    primitives::Blob,
    types::{MessageTag, RawMessage},
};
use lambdesk_domain::{EmailAddress, TenantId};
use thiserror::Error;

/// Why a mail was not sent.
#[derive(Debug, Error)]
pub enum MailerError {
    /// SES will never take this mail.
    #[error("refused: {0}")]
    Refused(String),
    /// SES could not take it now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// The message tag that names the tenant.
pub const TENANT_TAG: &str = "tenant";

/// The mailer. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    client: Client,
    /// The domain of the Message-IDs that SES gives.
    id_domain: String,
    configuration_set: Option<String>,
}

impl Mailer {
    pub(crate) fn new(client: Client, region: &str, configuration_set: Option<String>) -> Self {
        let id_domain = if region == "us-east-1" { "email.amazonses.com".to_owned() } else { format!("{region}.amazonses.com") };
        Self { client, id_domain, configuration_set }
    }

    /// Sends a finished message (RFC 5322) to exactly one recipient: the envelope does not come from the headers, so
    /// nothing in them can name another. Answers the Message-ID that SES puts in place of the message's own. What SES
    /// has to say of the mail later names the tenant by its tag.
    pub async fn send(
        &self,
        tenant: &TenantId,
        from: &EmailAddress,
        to: &EmailAddress,
        message: Vec<u8>,
    ) -> Result<String, MailerError> {
        let raw =
            RawMessage::builder().data(Blob::new(message)).build().map_err(|error| MailerError::Refused(error.to_string()))?;
        let tag = MessageTag::builder().name(TENANT_TAG).value(tenant.as_str()).build();
        let tag = tag.map_err(|error| MailerError::Refused(error.to_string()))?;
        let request = self
            .client
            .send_raw_email()
            .set_configuration_set_name(self.configuration_set.clone())
            .source(from.as_str())
            .destinations(to.as_str())
            .tags(tag)
            .raw_message(raw);
        match request.send().await {
            Ok(response) => Ok(self.message_id(response.message_id())),
            Err(error) => Err(classify(error)),
        }
    }

    /// The Message-ID of the mail that SES knows by this id.
    pub fn message_id(&self, ses_id: &str) -> String {
        format!("{ses_id}@{}", self.id_domain)
    }
}

fn classify(error: aws_sdk_ses::error::SdkError<aws_sdk_ses::operation::send_raw_email::SendRawEmailError>) -> MailerError {
    let refused = error.code().is_some_and(is_final);
    // SES's own words name addresses. Its code does not; what has no code did not come from SES.
    let text = error.code().map(str::to_owned).unwrap_or_else(|| DisplayErrorContext(error).to_string());
    if refused { MailerError::Refused(text) } else { MailerError::Unavailable(text) }
}

/// Whether no further try could succeed. Only an address that SES cannot take at all: a rejection or a sender that is not
/// verified is the operator's to mend, and the job must wait in the dead letters until it is.
fn is_final(code: &str) -> bool {
    code == "InvalidParameterValue"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_can_mend_is_not_final() {
        for code in ["MessageRejected", "MailFromDomainNotVerifiedException", "AccountSendingPausedException", "Throttling"] {
            assert!(!is_final(code), "{code} would lose a mail");
        }
        assert!(is_final("InvalidParameterValue"));
    }
}
