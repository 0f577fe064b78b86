//! The files of a mail: written before the message that lists them, under names that a second try makes again.

use lambdesk_domain::{
    Attachment, AttachmentId, Message, Scan, TenantId,
    attachment::{AttachedTo, FileRecord, MAX_FILES, MailFile, from_mail},
    id,
};
use lambdesk_function::JobError;
use lambdesk_mail::{Mail, Part};
use lambdesk_platform::{App, BucketName};
use lambdesk_store::{Attach, object_key};

/// Files that a message lists at most; a mail may have more, and keeps them all.
const MOST_LISTED: usize = 50;

/// What a message lists of the mail's files, where the ticket has room for so many bytes; those that the desk does not take are withheld, and stay in the mail.
pub(super) fn listed(tenant: &TenantId, object: &str, mail: &Mail, mut room: u64) -> Vec<Attachment> {
    let mut kept = 0;
    let mut attachments = Vec::new();
    for (index, part) in mail.parts.iter().enumerate().take(MOST_LISTED) {
        let id = AttachmentId(id::derived(&["mailed file", tenant.as_str(), object, &index.to_string()]));
        let (mut attachment, _) = from_mail(id, file(part), room);
        if kept == MAX_FILES {
            attachment.scan = Scan::Withheld;
        }
        if attachment.scan != Scan::Withheld {
            kept += 1;
            room = room.saturating_sub(attachment.size);
        }
        attachments.push(attachment);
    }
    attachments
}

fn file(part: &Part) -> MailFile<'_> {
    MailFile {
        name: part.name.as_deref(),
        claimed_type: Some(&part.content_type),
        content_id: part.content_id.as_deref(),
        bytes: &part.bytes,
    }
}

/// Writes the objects of the files that are kept.
pub(super) async fn store(app: &App, tenant: &TenantId, mail: &Mail, listed: &[Attachment]) -> Result<(), JobError> {
    for (part, attachment) in mail.parts.iter().zip(listed) {
        if attachment.scan != Scan::Withheld {
            let key = object_key(tenant, attachment.id);
            let written = app.objects().put(BucketName::Attachments, &key, &attachment.content_type, part.bytes.clone()).await;
            written.map_err(|error| JobError(error.to_string()))?;
        }
    }
    Ok(())
}

/// The rows of the files, to be written with the message.
pub(super) fn rows(app: &App, message: Option<&Message>) -> Vec<Attach> {
    let Some(message) = message else { return Vec::new() };
    let place = AttachedTo { ticket: message.ticket, message: message.id };
    let row = |attachment| Attach::New(Box::new(FileRecord::of_mail(attachment, place, app.now())));
    message.enclosed.attachments.iter().map(row).collect()
}
