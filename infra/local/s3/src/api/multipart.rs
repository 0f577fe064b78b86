//! Objects that arrive in parts.

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::tags;
use crate::blob::PendingBlob;
use crate::digest::{Claims, hex};
use crate::notify::CreatedBy;
use crate::precondition::Precondition;
use crate::record::{Attributes, ObjectRecord, RECORD_VERSION};
use crate::store::Store;
use crate::uploads::{Part, Upload, UploadRecord};

/// Every part but the last must be at least this long, in bytes.
const MIN_PART_SIZE: u64 = 5 * 1024 * 1024;

/// S3's limit for one upload.
const MAX_PART_NUMBER: i32 = 10_000;

pub(super) async fn create(
    store: &Store,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let input = request.input;
    let bucket = store.directory(&input.bucket)?;
    let record = UploadRecord {
        key: input.key.clone(),
        attributes: Attributes {
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: input.content_encoding,
            content_language: input.content_language,
            content_type: input.content_type,
            metadata: input.metadata,
        },
        tags: input.tagging.as_deref().map(tags::parse).transpose()?.unwrap_or_default(),
    };
    let id = store.new_id();
    Upload::start(&bucket, id, &record)?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id.to_string()),
        ..CreateMultipartUploadOutput::default()
    }))
}

pub(super) async fn upload_part(store: &Store, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
    let input = request.input;
    if !(1..=MAX_PART_NUMBER).contains(&input.part_number) {
        return Err(s3_error!(InvalidArgument, "A part number is 1 to {MAX_PART_NUMBER}."));
    }
    let upload = Upload::find(&store.directory(&input.bucket)?, &input.upload_id, &input.key)?;
    let claims = Claims::new(request.headers, request.trailing_headers, input.content_md5);
    let (blob, digests) = PendingBlob::receive(&upload.directory, store.new_id(), input.body, claims).await?;
    let md5 = hex(&digests.md5);
    upload.keep_part(input.part_number, &md5, blob)?;
    let e_tag = Some(ETag::Strong(md5));
    Ok(S3Response::new(UploadPartOutput { e_tag, ..UploadPartOutput::default() }))
}

pub(super) async fn complete(
    store: &Store,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let input = request.input;
    let upload = Upload::find(&store.directory(&input.bucket)?, &input.upload_id, &input.key)?;
    let listed = input.multipart_upload.and_then(|list| list.parts).unwrap_or_default();
    let parts = choose(&upload, &listed)?;
    let mut sources = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let file = std::fs::File::open(&part.path).map_err(S3Error::internal_error)?;
        let size = file.metadata().map_err(S3Error::internal_error)?.len();
        let is_last = index + 1 == parts.len();
        if size < MIN_PART_SIZE && !is_last {
            return Err(s3_error!(EntityTooSmall));
        }
        sources.push(file);
    }
    let blobs = store.blobs(&input.bucket);
    let blob = PendingBlob::concatenate(&blobs, store.new_id(), sources).await.map_err(S3Error::internal_error)?;

    let etag = etag(&parts);
    let record = ObjectRecord {
        version: RECORD_VERSION,
        key: input.key.clone(),
        blob: blob.id,
        size: blob.size,
        etag: etag.clone(),
        modified: store.now(),
        attributes: upload.record.attributes.clone(),
        checksums: Default::default(),
        tags: upload.record.tags.clone(),
    };
    let precondition = Precondition { if_match: input.if_match, if_none_match: input.if_none_match };
    store.commit(&input.bucket, record, &precondition, CreatedBy::CompleteMultipartUpload)?;
    blob.keep();
    upload.end()?;

    Ok(S3Response::new(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(etag)),
        ..CompleteMultipartUploadOutput::default()
    }))
}

pub(super) async fn abort(
    store: &Store,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = request.input;
    Upload::find(&store.directory(&input.bucket)?, &input.upload_id, &input.key)?.end()?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

/// The parts that the client lists, which must be there and in order.
fn choose(upload: &Upload, listed: &[CompletedPart]) -> S3Result<Vec<Part>> {
    let mut arrived = upload.parts()?;
    let mut chosen = Vec::with_capacity(listed.len());
    let mut last = 0;
    for part in listed {
        let number = part.part_number.unwrap_or_default();
        if number <= last {
            return Err(s3_error!(InvalidPartOrder));
        }
        last = number;
        let claimed = part.e_tag.as_ref().map(ETag::value);
        let found = arrived.remove(&number).filter(|found| claimed == Some(found.md5.as_str()));
        chosen.push(found.ok_or_else(|| s3_error!(InvalidPart))?);
    }
    if chosen.is_empty() {
        return Err(s3_error!(InvalidPart, "Name at least one part."));
    }
    Ok(chosen)
}

/// The MD5 of the parts' MD5s, and how many there are: what S3 answers.
fn etag(parts: &[Part]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        let pairs = part.md5.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            u8::from_str_radix(text, 16).unwrap_or_default()
        });
        digest.update(&bytes.collect::<Vec<u8>>());
    }
    format!("{}-{}", hex(&digest.finalize()), parts.len())
}
