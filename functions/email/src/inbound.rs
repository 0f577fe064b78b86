//! Mail that came, step by step: read it, find whose it is, find where it belongs, write it down.

mod arrive;
mod content;
mod files;
mod people;
mod reading;
mod recipients;
mod report;

use lambdesk_domain::{InboundMailId, TenantId, id};
use lambdesk_function::JobError;
use lambdesk_mail::{Mail, limits::MAX_MAIL_BYTES};
use lambdesk_platform::{App, BucketName, Metric, ObjectError, count};

use self::{
    arrive::{Mailed, arrive},
    recipients::Target,
};

/// A mail in its bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    /// Its key.
    pub(crate) object: &'a str,
    /// Whose desk alone is to take it, where somebody there asked for it.
    pub(crate) only: Option<&'a TenantId>,
}

/// Takes a mail for every desk that it was sent to.
pub(crate) async fn take(app: &App, stored: Stored<'_>) -> Result<(), JobError> {
    let raw = app.objects().get(BucketName::Mail, stored.object, MAX_MAIL_BYTES as u64).await.map_err(|error| match error {
        // It has been there, or the event would not be: what removed it is the operator's to know.
        ObjectError::NotFound => JobError(format!("{} is not in the bucket", stored.object)),
        other => JobError(other.to_string()),
    })?;
    let size = raw.len() as u64;
    let (mail, addresses) = reading::read(raw, app.config().mail_receiver.clone()).await;
    let targets = match stored.only {
        Some(tenant) => recipients::of_tenant(app, &addresses, tenant).await?,
        None => recipients::find(app, &addresses).await?,
    };
    if targets.is_empty() {
        // No try would find more: the mail stays where it is, until somebody has its address and brings it again.
        count(Metric::MailsUnclaimed);
        tracing::warn!(object = stored.object, "no tenant has an address that a mail was sent to");
    }
    let mut failed = None;
    for (tenant, target) in targets {
        let mailed = Mailed { stored, size, mail: &mail, target: &target, is_again: stored.only.is_some() };
        // One desk's trouble is not the other's.
        if let Err(error) = arrive(app, &tenant, &mailed).await {
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// The identifier of a mail's record: the same for the same object, so that it is taken once.
fn record_id(tenant: &TenantId, object: &str) -> InboundMailId {
    InboundMailId(id::derived(&["inbound mail", tenant.as_str(), object]))
}

/// A mail as it was read, or why it could not be.
type Read = Result<Mail, String>;
