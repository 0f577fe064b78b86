//! The files of a reply: what goes with the mail, and what is only named in it.

use lambdesk_domain::{Attachment, Message, Scan, TenantId};
use lambdesk_function::JobError;
use lambdesk_platform::{App, BucketName, ObjectError};

/// What all files of a mail may have together. Base64 makes a third more of it, and many servers take 10 MB.
const MOST: u64 = 5 * 1024 * 1024;

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// The name by which the HTML shows it, where it does.
    pub(crate) content_id: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// The files of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files {
    /// What goes with the mail.
    pub(crate) enclosed: Vec<File>,
    /// The names of what does not.
    pub(crate) left_out: Vec<String>,
}

impl Files {
    /// Reads the files of a message, as far as they may be mailed and fit.
    pub(crate) async fn of(app: &App, tenant: &TenantId, message: &Message) -> Result<Self, JobError> {
        let mut files = Self::default();
        let mut room = MOST;
        for attachment in &message.enclosed.attachments {
            let Some(left) = room.checked_sub(attachment.size).filter(|_| may_be_mailed(attachment)) else {
                files.left_out.push(attachment.name.clone());
                continue;
            };
            let key = format!("uploads/{tenant}/{}", attachment.id);
            match app.objects().get(BucketName::Attachments, &key, room).await {
                Ok(bytes) => {
                    room = left;
                    files.enclosed.push(file(attachment, &message.body.html(), bytes));
                }
                Err(ObjectError::NotFound | ObjectError::TooLarge(_)) => files.left_out.push(attachment.name.clone()),
                Err(error @ ObjectError::Unavailable(_)) => return Err(JobError(error.to_string())),
            }
        }
        Ok(files)
    }
}

/// Only what a scanner found clean, or what no scanner was there to look at. What nobody has looked at yet waits at the desk.
fn may_be_mailed(attachment: &Attachment) -> bool {
    match attachment.scan {
        Scan::Clean | Scan::Unknown => true,
        Scan::Pending | Scan::Infected | Scan::Withheld => false,
    }
}

fn file(attachment: &Attachment, html: &str, bytes: Vec<u8>) -> File {
    let plain =
        |text: &str| (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\;".contains(&b));
    let shown = |id: &&String| plain(id) && html.contains(&format!("cid:{id}"));
    let content_type =
        if plain(&attachment.content_type) { attachment.content_type.as_str() } else { "application/octet-stream" };
    File {
        name: attachment.name.chars().filter(|c| !c.is_control()).collect(),
        content_type: content_type.to_owned(),
        content_id: attachment.content_id.as_ref().filter(shown).cloned(),
        bytes,
    }
}
