//! The files of a reply: what goes with the mail, and what is only named in it.

use std::time::Duration;

use jiff::SignedDuration;
use lambdesk_domain::{Attachment, AttachmentId, Message, Scan, attachment::AttachmentRules};
use lambdesk_function::{JobError, may_be_given, scan_of};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::{Desk, StoreError, object_key};

/// What all files of a mail may have together. Base64 makes a third more of it, and many servers take 10 MB.
const MOST: u64 = 5 * 1024 * 1024;

/// How often, and with what pause, it is asked whether somebody has looked at a file.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(400);
/// A scanner that has not come by then is not waited for any longer: the answer itself matters more.
const LOOKED_AT_WITHIN: SignedDuration = SignedDuration::from_mins(5);

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
    /// What does not, by name; where only its size was in the way, also which file it is, so that a link can lead to it.
    pub(crate) left_out: Vec<(String, Option<AttachmentId>)>,
}

impl Files {
    /// Reads the files of a message, as far as they may be given now and fit. What the message lists of them is what was known
    /// when it was written: most files are looked at a moment later.
    pub(crate) async fn of(app: &App, desk: &Desk<'_>, rules: AttachmentRules, message: &Message) -> Result<Self, JobError> {
        let mut files = Self::default();
        let mut room = MOST;
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
            if !may_be_mailed(app, desk, rules, (message, attachment)).await? {
                files.left_out.push((name, None));
                continue;
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
/// waited for, where this desk gives out nothing before.
async fn may_be_mailed(
    app: &App,
    desk: &Desk<'_>,
    rules: AttachmentRules,
    (message, attachment): (&Message, &Attachment),
) -> Result<bool, JobError> {
    for _ in 0..LOOKS {
        let known = match desk.attachment(attachment.id).await {
            Ok(known) => known,
            Err(StoreError::NotFound) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let scan = scan_of(app, desk.tenant(), &known).await.map_err(|error| JobError(error.to_string()))?;
        if scan != Some(Scan::Pending) {
            return Ok(may_be_given(&known, scan, rules).is_ok());
        }
        tokio::time::sleep(PAUSE).await;
    }
    let waits = rules.scan_required && app.now().duration_since(message.created_at) < LOOKED_AT_WITHIN;
    if waits { Err(JobError("a file was not looked at yet".to_owned())) } else { Ok(!rules.scan_required) }
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
