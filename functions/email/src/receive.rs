//! A mail that came becomes a ticket, or a message on one; or its record says why not. Nothing is dropped: the raw mail stays
//! in its bucket, and whatever goes wrong leaves a record that can be taken again.

use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BucketName, MailInJob, QueueName};
use lambdesk_store::table::QUEUE;

use crate::inbound::{Stored, take};

/// Receives mail.
pub const FUNCTION: Function = Function::queue("email-receive", QueueName::MailIn)
    .summary("Turn a mail that came into a ticket or a reply")
    .needs(&[
        Need::Get,
        Need::GetMany,
        Need::Query,
        Need::Put,
        Need::Update,
        Need::Index(QUEUE),
        Need::Read(BucketName::Mail),
        Need::Write(BucketName::Attachments),
    ]);

/// What SES writes into the bucket when it is told to write there: no mail.
const SETUP: &str = "AMAZON_SES_SETUP_NOTIFICATION";

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: MailInJob) -> Result<(), JobError> {
    match job {
        MailInJob::Again { tenant, again } => {
            let mail = app.desk_of(&tenant).inbound_mail(again).await?;
            take(&app, Stored { object: &mail.object, only: Some(&tenant) }).await
        }
        MailInJob::Stored(stored) => {
            for object in stored.keys().into_iter().filter(|object| !object.ends_with(SETUP)) {
                take(&app, Stored { object: &object, only: None }).await?;
            }
            Ok(())
        }
    }
}
