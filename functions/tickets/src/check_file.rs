//! A file has come: it must be what its name says, and a scanner looks at it.

use std::time::Duration;

use jiff::SignedDuration;
use lambdesk_domain::{
    AttachmentId, FileName, FileRecord, Scan,
    attachment::{MAX_FILE_BYTES, OPAQUE, check_content},
};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BucketName, ObjectError, ObjectsStored, QueueName};
use lambdesk_store::{Desk, StoreError, object_key, read_object_key};

/// Looks at files.
pub const FUNCTION: Function = Function::queue("tickets-check-file", QueueName::Files)
    .summary("Look at a file that was uploaded, and at what it holds")
    .needs(&[
        Need::Get,
        Need::Update,
        Need::Read(BucketName::Attachments),
        Need::List(BucketName::Attachments),
        Need::Erase(BucketName::Attachments),
    ]);

/// How often, and with what pause, a file is looked for that came before its row.
const LOOKS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(400);
/// A mail that is not saved so long after its files were written will write them again when it is.
const ROW_WITHIN: SignedDuration = SignedDuration::from_mins(10);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: ObjectsStored) -> Result<(), JobError> {
    for key in job.keys() {
        check(&app, &key).await?;
    }
    Ok(())
}

async fn check(app: &App, key: &str) -> Result<(), JobError> {
    let Some((tenant, id)) = read_object_key(key) else {
        tracing::warn!("an object that is no file of the desk's");
        return Ok(());
    };
    let desk = app.desk_of(&tenant);
    let file = match known(&desk, id).await {
        Ok(file) => file,
        Err(StoreError::NotFound) => return missing(app, &object_key(&tenant, id)).await,
        Err(error) => return Err(error.into()),
    };
    // Objects are written once: what was said of one holds.
    if file.scan != Scan::Pending {
        return Ok(());
    }
    let Some((scan, content_type)) = look(app, &object_key(&tenant, id), &file).await? else { return Ok(()) };
    match desk.note_scan(id, scan, content_type).await {
        // Deleted while it was looked at.
        Ok(()) | Err(StoreError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A mail writes its files a moment before the message that lists them.
async fn known(desk: &Desk<'_>, id: AttachmentId) -> Result<FileRecord, StoreError> {
    for _ in 0..LOOKS {
        match desk.attachment(id).await {
            Err(StoreError::NotFound) => tokio::time::sleep(PAUSE).await,
            found => return found,
        }
    }
    desk.attachment(id).await
}

/// An object without a row: deleted by its uploader, or part of a mail that is just being saved. What nobody knows after a
/// while was uploaded once more after it was deleted, with an address that was still good, and is erased.
async fn missing(app: &App, key: &str) -> Result<(), JobError> {
    let info = match app.objects().info(BucketName::Attachments, key).await {
        Ok(info) => info,
        Err(ObjectError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let is_old = info.modified_at.is_some_and(|modified_at| app.now().duration_since(modified_at) > ROW_WITHIN);
    if !is_old {
        return Err(JobError("a file that is not known yet".to_owned()));
    }
    app.objects().delete(BucketName::Attachments, key).await?;
    tracing::warn!("an object that belonged to no file was erased");
    Ok(())
}

/// What the file is and whether it is safe; `None` where it is gone.
async fn look(app: &App, key: &str, file: &FileRecord) -> Result<Option<(Scan, &'static str)>, JobError> {
    let bytes = match app.objects().get(BucketName::Attachments, key, MAX_FILE_BYTES).await {
        Ok(bytes) => bytes,
        Err(ObjectError::NotFound) => return Ok(None),
        Err(ObjectError::TooLarge(_)) => return Ok(Some((Scan::Withheld, OPAQUE))),
        Err(error) => return Err(error.into()),
    };
    let announced = u64::try_from(bytes.len()).is_ok_and(|size| size == file.size);
    let kind = check_content(&FileName::safe(&file.name), &bytes);
    match kind {
        Ok(kind) if announced => {
            let scan = app.config().scanner.look(&bytes).await.map_err(|error| JobError(error.to_string()))?;
            Ok(Some((scan, kind.content_type)))
        }
        _ => Ok(Some((Scan::Withheld, OPAQUE))),
    }
}
