//! The files of canned responses: uploads that a response keeps, and copies of them for whoever uses it.

use std::{collections::BTreeSet, time::Duration};

use axum::http::StatusCode;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use lambdesk_domain::{
    Attachment, AttachmentId, Caller, FieldError, FileRecord, Scan, Ticket,
    attachment::{AttachmentRules, Barred, UNKNOWN_FILE},
    prepared::{KeptFile, MAX_CANNED_FILES},
};
use lambdesk_function::{ApiError, is_uploaded, may_be_given, scan_of};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::{StoreError, object_key};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How often in an hour one person may use responses that have files: far more than anybody answers.
const MOST_AN_HOUR: u64 = 200;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A file as it is named: by its id, or as the response lists it, so that what was read can be sent back.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "must be the id of a file")]
pub(crate) enum FileInput {
    Id(AttachmentId),
    Listed(KeptFile),
}

impl FileInput {
    pub(crate) const fn id(&self) -> AttachmentId {
        match self {
            Self::Id(id) | Self::Listed(KeptFile { id, .. }) => *id,
        }
    }
}

/// The files of these ids: those that a response `had`, and uploads of the caller's; and what is wrong with the others, each by its
/// place.
pub(crate) async fn find(
    app: &App,
    caller: &Caller,
    ids: &[AttachmentId],
    had: &[KeptFile],
) -> Result<(Vec<KeptFile>, Vec<FieldError>), ApiError> {
    if ids.len() > MAX_CANNED_FILES {
        let wrong = FieldError::new("attachments", "too_many", format!("must be at most {MAX_CANNED_FILES}"));
        return Ok((Vec::new(), vec![wrong]));
    }
    let found = try_join_all(ids.iter().map(|id| find_one(app, caller, *id, had))).await?;
    let (mut files, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (place, (id, found)) in ids.iter().zip(found).enumerate() {
        let refuse = |(code, message): (_, &str)| FieldError::new(format!("attachments[{place}]"), code, message);
        match found {
            _ if !seen.insert(*id) => wrong.push(refuse(("duplicate", "stands twice"))),
            Ok(file) => files.push(file),
            Err(why) => wrong.push(refuse(why)),
        }
    }
    Ok((files, wrong))
}

type Wrong = (&'static str, &'static str);

async fn find_one(app: &App, caller: &Caller, id: AttachmentId, had: &[KeptFile]) -> Result<Result<KeptFile, Wrong>, ApiError> {
    if let Some(file) = had.iter().find(|file| file.id == id) {
        return Ok(Ok(file.clone()));
    }
    let file = match app.desk(caller).attachment(id).await {
        Err(StoreError::NotFound) => return Ok(Err(UNKNOWN_FILE)),
        file => file?,
    };
    if let Err(wrong) = file.check_attachable(caller.person, None, app.now()) {
        return Ok(Err(wrong));
    }
    let uploaded = is_uploaded(app, &caller.tenant, &file).await?;
    Ok(if uploaded { Ok(file.kept()) } else { Err(("not_uploaded", "was not uploaded yet")) })
}

/// A file of a response that is not given out, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeftOutFile)]
pub(crate) struct LeftOut {
    /// The file.
    id: AttachmentId,
    /// Its name.
    name: String,
    /// Why it cannot be had.
    reason: Barred,
}

/// Copies of a response's files for the caller's next message on a ticket, and those that cannot be had.
pub(crate) type Offer = (Vec<Attachment>, Vec<LeftOut>);

/// Copies what may be given out, as if the caller had uploaded it for the ticket. The rows come first: they are what the objects are
/// found by, should nothing come of them.
pub(crate) async fn offer(app: &App, caller: &Caller, kept: &[KeptFile], ticket: &Ticket) -> Result<Offer, ApiError> {
    if kept.is_empty() {
        return Ok(Offer::default());
    }
    check_often(app, caller).await?;
    let desk = app.desk(caller);
    let rules = desk.config().await?.attachments;
    let looked = try_join_all(kept.iter().map(|file| look(app, caller, file, rules))).await?;
    let (mut copies, mut left_out) = (Vec::new(), Vec::new());
    for (file, looked) in kept.iter().zip(looked) {
        match looked {
            Ok((record, scan)) => {
                let id = AttachmentId(app.new_id());
                copies.push((record.id, record.copy_for(id, (caller.person, ticket.id), scan, app.now())));
            }
            Err(reason) => left_out.push(LeftOut { id: file.id, name: file.name.clone(), reason }),
        }
    }
    if !copies.is_empty() {
        let rows: Vec<_> = copies.iter().map(|(_, copy)| copy.clone()).collect();
        desk.add_copies(&rows).await?;
    }
    try_join_all(copies.iter().map(|(from, copy)| copy_object(app, caller, *from, copy.id))).await?;
    Ok((copies.iter().map(|(_, copy)| copy.attachment()).collect(), left_out))
}

/// The file with what is known of its safety now, if it may be given out.
async fn look(
    app: &App,
    caller: &Caller,
    kept: &KeptFile,
    rules: AttachmentRules,
) -> Result<Result<(FileRecord, Scan), Barred>, ApiError> {
    let file = match app.desk(caller).attachment(kept.id).await {
        // Erased from the response at this moment.
        Err(StoreError::NotFound) => return Ok(Err(Barred::NotUploaded)),
        file => file?,
    };
    // What is not looked at yet may turn out to be another kind of file than it says, whatever a scanner found in it; what is no more
    // the response's is about to be erased.
    if !file.stored {
        return Ok(Err(Barred::Pending));
    }
    if file.kept_by.is_none() {
        return Ok(Err(Barred::NotUploaded));
    }
    let scan = scan_of(app, &caller.tenant, &file).await?;
    Ok(may_be_given(&file, scan, rules).map(|()| (file, scan.unwrap_or(Scan::Pending))))
}

async fn copy_object(app: &App, caller: &Caller, from: AttachmentId, to: AttachmentId) -> Result<(), ObjectError> {
    let key = |id| object_key(&caller.tenant, id);
    app.objects().copy(BucketName::Attachments, &key(from), &key(to)).await
}

async fn check_often(app: &App, caller: &Caller) -> Result<(), ApiError> {
    let now = app.now();
    let so_far = app.desk(caller).count_towards("offered_files", &caller.person.to_string(), HOUR, now).await?;
    if so_far <= MOST_AN_HOUR {
        return Ok(());
    }
    let left = HOUR.as_secs() - now.as_second().rem_euclid(HOUR.as_secs());
    let detail = format!("You may use {MOST_AN_HOUR} canned responses with files an hour; try again later.");
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_files", detail);
    Err(error.with_retry_after(Duration::from_secs(left.unsigned_abs())))
}
