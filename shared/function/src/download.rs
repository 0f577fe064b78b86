//! Giving out a file: what is known of its safety now, and an address to get it from.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    FileRecord, Scan, TenantId,
    attachment::{AttachmentRules, Barred, content_disposition, served_type},
};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::object_key;

use crate::ApiError;

/// How long an address to download from is good.
const DOWNLOAD_TIME: Duration = Duration::from_secs(5 * 60);

/// What is known of a file's safety now; `None` where there is no such object. While it waits, its object is asked: a scanner
/// that looks at the bucket by itself leaves its findings there.
pub async fn scan_of(app: &App, tenant: &TenantId, file: &FileRecord) -> Result<Option<Scan>, ObjectError> {
    if file.scan != Scan::Pending {
        return Ok(Some(file.scan));
    }
    match app.objects().tags(BucketName::Attachments, &object_key(tenant, file.id)).await {
        Ok(tags) => Ok(Some(app.config().scanner.read_tags(&tags).unwrap_or(Scan::Pending))),
        Err(ObjectError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an announced file was uploaded. Nobody waits for the worker to come by: it is asked for where that did not yet.
pub async fn is_uploaded(app: &App, tenant: &TenantId, file: &FileRecord) -> Result<bool, ObjectError> {
    if file.stored {
        return Ok(true);
    }
    match app.objects().info(BucketName::Attachments, &object_key(tenant, file.id)).await {
        Ok(info) => Ok(info.size == file.size),
        Err(ObjectError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a file of which this is known may be given out.
pub fn may_be_given(file: &FileRecord, scan: Option<Scan>, rules: AttachmentRules) -> Result<(), Barred> {
    scan.ok_or(Barred::NotUploaded).and_then(|scan| file.check_given(scan, rules))
}

/// An address to get a file from, for five minutes, and when it ends. Whoever has it gets the file, always as a download
/// of a type that no browser runs.
pub async fn download_address(app: &App, tenant: &TenantId, file: &FileRecord) -> Result<(String, Timestamp), ApiError> {
    let disposition = content_disposition(&file.name);
    let headers = (served_type(&file.content_type), disposition.as_str());
    let key = object_key(tenant, file.id);
    let signed = app.objects().get_address(BucketName::Attachments, &key, headers, DOWNLOAD_TIME).await?;
    let ends = app.now() + SignedDuration::try_from(DOWNLOAD_TIME).unwrap_or(SignedDuration::ZERO);
    Ok((signed.url, ends))
}
