//! Every hour: in which desks managers are to be told what nobody has.

use jiff::{Timestamp, tz::TimeZone};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, EmailJob, QueueName};
use lambdesk_store::StoreError;

/// Asks for digests.
pub const FUNCTION: Function = Function::schedule("email-digest", 60)
    .summary("Ask for the digests of this hour")
    .needs(&[Need::Query, Need::Send(QueueName::Email)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_schedule(handle)
}

/// A job too many does nothing: each mail is claimed before it is sent.
async fn handle(app: App) -> Result<(), JobError> {
    let now = app.now();
    let this_hour = now.to_zoned(TimeZone::UTC).hour();
    let hour = Timestamp::from_second(now.as_second() - now.as_second().rem_euclid(3600));
    let hour = hour.map_err(|error| JobError(error.to_string()))?;
    let mut jobs = Vec::new();
    for tenant in app.store().tenants().await? {
        match app.desk_of(&tenant).config().await {
            Ok(config) if config.digest_hours.contains(&this_hour) => jobs.push(EmailJob::Digest { tenant, hour }),
            Ok(_) | Err(StoreError::NotFound) => {}
            // One desk that cannot be read must not take the others with it.
            Err(error) => tracing::error!(%tenant, %error, "a desk's settings cannot be read"),
        }
    }
    match app.queues().send(&jobs).await.len() {
        0 => Ok(()),
        not_taken => Err(JobError(format!("{not_taken} jobs were not taken"))),
    }
}
