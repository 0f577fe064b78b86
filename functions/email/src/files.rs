//! The files of a reply: what goes with the mail, and what is only named in it.

use std::time::Duration;

use lambdesk_domain::{
    Attachment, AttachmentId, Message, Scan,
    attachment::{AttachmentRules, Barred},
};
use lambdesk_function::{JobError, may_be_given, scan_of};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::{Desk, StoreError, object_key};
use tokio::time::Instant;

/// What all files of a mail may have together. Base64 makes a third more of it, and many servers take 10 MB.
const MOST: u64 = 5 * 1024 * 1024;

/// How long all files of a mail together are waited for that nobody has looked at yet: the answer itself matters more, and
/// sending it takes most of a worker's time. A file that is still to be looked at then is led to by a link.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(400);

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
    /// What does not, by name; where only its size was in the way, or nobody has looked at it yet, also which file it is, so
    /// that a link can lead to it.
    pub(crate) left_out: Vec<(String, Option<AttachmentId>)>,
}

impl Files {
    /// Reads the files of a message, as far as they may be given now and fit. What the message lists of them is what was known
    /// when it was written: most files are looked at a moment later.
    pub(crate) async fn of(app: &App, desk: &Desk<'_>, rules: AttachmentRules, message: &Message) -> Result<Self, JobError> {
        let mut files = Self::default();
        let mut room = MOST;
        let patient_until = Instant::now() + PATIENCE;
        for attachment in &message.enclosed.attachments {
            let name = attachment.name.clone();
            if matches!(attachment.scan, Scan::Withheld | Scan::Infected) {
                files.left_out.push((name, None));
                continue;
            }
            // What is found of it is asked when somebody opens the link.
            let Some(left) = room.checked_sub(attachment.size) else {
                files.left_out.push((name, Some(attachment.id)));
                continue;
            };
            match looked_at(app, desk, rules, attachment.id, patient_until).await? {
                Ok(()) => {}
                Err(barred) => {
                    files.left_out.push((name, (barred == Barred::Pending).then_some(attachment.id)));
                    continue;
                }
            }
            match app.objects().get(BucketName::Attachments, &object_key(desk.tenant(), attachment.id), room).await {
                Ok(bytes) => {
                    room = left;
                    files.enclosed.push(file(attachment, &message.body.html(), bytes));
                }
                Err(ObjectError::NotFound) => files.left_out.push((name, None)),
                Err(ObjectError::TooLarge(_)) => files.left_out.push((name, Some(attachment.id))),
                Err(error @ ObjectError::Unavailable(_)) => return Err(JobError(error.to_string())),
            }
        }
        Ok(files)
    }
}

/// Whether the file may be given to those who see its message, by what is known of it now. One that nobody has looked at yet is
/// waited for.
async fn looked_at(
    app: &App,
    desk: &Desk<'_>,
    rules: AttachmentRules,
    id: AttachmentId,
    patient_until: Instant,
) -> Result<Result<(), Barred>, JobError> {
    loop {
        let known = match desk.attachment(id).await {
            Ok(known) => known,
            Err(StoreError::NotFound) => return Ok(Err(Barred::NotUploaded)),
            Err(error) => return Err(error.into()),
        };
        let given = may_be_given(&known, scan_of(app, desk.tenant(), &known).await?, rules);
        if given != Err(Barred::Pending) || Instant::now() + PAUSE > patient_until {
            return Ok(given);
        }
        tokio::time::sleep(PAUSE).await;
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
