//! Erasing what came with a message: the objects first, whose rows are what they are found by.

use lambdesk_domain::Enclosed;
use lambdesk_platform::{App, BucketName};
use lambdesk_store::{Desk, StoreError, object_key};

use crate::JobError;

/// Erases the files of a message, and the mail that it came by. The message itself stays, so that whoever is cut off here finds
/// the rest.
pub async fn erase_enclosed(app: &App, desk: &Desk<'_>, enclosed: &Enclosed) -> Result<(), JobError> {
    for file in &enclosed.attachments {
        app.objects().delete(BucketName::Attachments, &object_key(desk.tenant(), file.id)).await?;
        desk.erase_attachment(file.id).await?;
    }
    if let Some(origin) = &enclosed.mail {
        match desk.inbound_mail(origin.inbound).await {
            Ok(mail) => app.objects().delete(BucketName::Mail, &mail.object).await?,
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        desk.erase_inbound_mail(origin.inbound).await?;
    }
    Ok(())
}
