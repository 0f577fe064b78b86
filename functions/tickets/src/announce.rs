//! Announcing an upload: name and size are judged, a row is written, and an address given out that takes exactly that file, once.

use std::{collections::BTreeMap, time::Duration};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    AttachmentId, Caller, FieldError, FileName, FileRecord, ParseError, TicketId,
    attachment::{Kind, MAX_FILE_BYTES, MAX_TICKET_BYTES, Refusal, check_name},
};
use lambdesk_function::{ApiError, Idempotent, Reply, input};
use lambdesk_platform::{App, BucketName, SignedAddress};
use lambdesk_store::object_key;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long an address to upload to is good.
const UPLOAD_TIME: Duration = Duration::from_secs(15 * 60);
/// Files that one person may announce in an hour: far more than anybody attaches.
const MOST_AN_HOUR: u64 = 100;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The longest name that is read; what is left of it is 200 bytes at most.
const MAX_NAME: usize = 1024;

input! {
    /// A file to be uploaded.
    pub(crate) struct Input {
        /// Its name; folders and what does not show are taken out of it.
        #[schema(value_type = String)]
        name: GivenName,
        /// What it is thought to be; only of use where its name has no ending.
        content_type: Option<String>,
        /// Bytes, exactly: at most 10 MiB.
        #[schema(minimum = 1, maximum = 10_485_760)]
        size: u64,
    }
}

/// A name as it is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct GivenName(FileName);

impl TryFrom<String> for GivenName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        if text.trim().is_empty() || text.len() > MAX_NAME {
            return Err(ParseError(format!("must be 1 to {MAX_NAME} bytes")));
        }
        Ok(Self(FileName::safe(&text)))
    }
}

/// An announced file, and where to upload it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    /// What `attachments` of a ticket or message then name.
    id: AttachmentId,
    /// The name that it has here.
    name: String,
    /// By its name; what its content says counts later.
    content_type: String,
    /// Bytes.
    size: u64,
    /// When it is forgotten, unless it is attached before.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// The request that uploads it.
    upload: UploadRequest,
}

/// A request to be sent as it stands, with the file as its body.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadRequest {
    /// `PUT`.
    method: String,
    /// The address.
    url: String,
    /// Headers to be sent exactly so.
    headers: BTreeMap<String, String>,
    /// When the address ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Announces a file for a ticket that has so many bytes attached already, or for one that is yet to be opened.
pub(crate) async fn announce(
    app: &App,
    caller: &Caller,
    (meant_for, attached_bytes): (Option<TicketId>, u64),
    input: &Input,
    key: &Idempotent,
) -> Result<Reply, ApiError> {
    let kind = check(input, attached_bytes).map_err(ApiError::invalid)?;
    let (id, now) = (AttachmentId(app.new_id()), app.now());
    let so_far = app.desk(caller).count_towards("loose_file", &caller.person.to_string(), HOUR, now).await?;
    if so_far > MOST_AN_HOUR {
        return Err(too_many(now));
    }
    let file = FileRecord::upload(id, (&input.name.0, kind, input.size), (caller.person, meant_for), now);
    let place = object_key(&caller.tenant, id);
    let what = (file.content_type.as_str(), file.size);
    let address = app.objects().put_address(BucketName::Attachments, &place, what, UPLOAD_TIME).await?;
    let reply = Reply::created(format!("/v1/attachments/{id}"), &answer(&file, address, now))?;
    app.desk(caller).add_attachment(&file, key.keep(&reply), now).await?;
    Ok(reply)
}

fn too_many(now: Timestamp) -> ApiError {
    let left = HOUR.as_secs() - now.as_second().rem_euclid(HOUR.as_secs());
    let detail = format!("You may announce {MOST_AN_HOUR} files an hour; try again later.");
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_files", detail);
    error.with_retry_after(Duration::from_secs(left.unsigned_abs()))
}

/// All that is wrong with it; or its kind, where its name or its sender says one.
fn check(input: &Input, attached_bytes: u64) -> Result<Option<&'static Kind>, Vec<FieldError>> {
    let too_large = |refusal: Refusal| FieldError::new("size", "too_large", refusal.message());
    let size = match input.size {
        0 => Some(FieldError::new("size", "invalid", "must be at least 1")),
        size if size > MAX_FILE_BYTES => Some(too_large(Refusal::TooLarge)),
        size if attached_bytes.saturating_add(size) > MAX_TICKET_BYTES => Some(too_large(Refusal::NoRoom)),
        _ => None,
    };
    let kind = check_name(&input.name.0).map_err(|refusal| FieldError::new("name", "type_not_allowed", refusal.message()));
    match (size, kind) {
        (None, Ok(kind)) => Ok(kind.or_else(|| input.content_type.as_deref().and_then(Kind::of_type))),
        (size, kind) => Err(kind.err().into_iter().chain(size).collect()),
    }
}

fn answer(file: &FileRecord, address: SignedAddress, now: Timestamp) -> Upload {
    let FileRecord { id, name, content_type, size, expires_at, .. } = file.clone();
    let SignedAddress { method, url, headers } = address;
    let ends = now + SignedDuration::try_from(UPLOAD_TIME).unwrap_or(SignedDuration::ZERO);
    Upload { id, name, content_type, size, expires_at, upload: UploadRequest { method, url, headers, expires_at: ends } }
}
