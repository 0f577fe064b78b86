//! Writing, copying and deleting objects.

use std::collections::BTreeMap;
use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::tags;
use crate::blob::PendingBlob;
use crate::digest::{Claims, hex};
use crate::notify::CreatedBy;
use crate::precondition::Precondition;
use crate::record::{Attributes, ObjectRecord, RECORD_VERSION};
use crate::store::Store;

/// Also serves POST with a form: `s3s` checks the policy and calls this.
pub(super) async fn put(store: &Store, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
    let by = if request.method == Method::POST { CreatedBy::Post } else { CreatedBy::Put };
    let input = request.input;
    store.directory(&input.bucket)?;
    let only_if_absent = input.if_none_match.as_ref().is_none_or(ETagCondition::is_any);
    if !only_if_absent {
        return Err(s3_error!(NotImplemented, "If-None-Match takes only * on a write."));
    }
    let tags = input.tagging.as_deref().map(tags::parse).transpose()?.unwrap_or_default();

    let claims = Claims::new(request.headers, request.trailing_headers, input.content_md5);
    let blobs = store.blobs(&input.bucket);
    let (blob, digests) = PendingBlob::receive(&blobs, store.new_id(), input.body, claims).await?;
    let record = ObjectRecord {
        version: RECORD_VERSION,
        key: input.key,
        blob: blob.id,
        size: blob.size,
        etag: hex(&digests.md5),
        modified: store.now(),
        attributes: Attributes {
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: input.content_encoding.and_then(without_aws_chunked),
            content_language: input.content_language,
            content_type: input.content_type,
            metadata: input.metadata,
        },
        checksums: digests.checksums,
        tags,
    };
    let e_tag = Some(ETag::Strong(record.etag.clone()));
    let headers = checksum_headers(&record.checksums);
    let precondition = Precondition { if_match: input.if_match, if_none_match: input.if_none_match };
    store.commit(&input.bucket, record, &precondition, by)?;
    blob.keep();

    let output = PutObjectOutput { e_tag, ..PutObjectOutput::default() };
    Ok(S3Response::with_headers(output, headers))
}

pub(super) async fn copy(store: &Store, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
    let input = request.input;
    let CopySource::Bucket { bucket: source_bucket, key: source_key, .. } = &input.copy_source else {
        return Err(s3_error!(NotImplemented, "A copy source is a bucket and a key."));
    };
    store.directory(&input.bucket)?;
    let (source, file) = store.open_object(source_bucket, source_key)?;
    let blobs = store.blobs(&input.bucket);
    let blob = PendingBlob::concatenate(&blobs, store.new_id(), vec![file]).await.map_err(S3Error::internal_error)?;

    let mut record = ObjectRecord::clone(&source);
    record.key = input.key;
    record.blob = blob.id;
    record.modified = store.now();
    let replace = |directive: &str| directive == MetadataDirective::REPLACE;
    if input.metadata_directive.is_some_and(|directive| replace(directive.as_str())) {
        record.attributes = Attributes {
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: input.content_encoding,
            content_language: input.content_language,
            content_type: input.content_type,
            metadata: input.metadata,
        };
    }
    if input.tagging_directive.is_some_and(|directive| replace(directive.as_str())) {
        record.tags = input.tagging.as_deref().map(tags::parse).transpose()?.unwrap_or_default();
    }
    let result = CopyObjectResult {
        e_tag: Some(ETag::Strong(record.etag.clone())),
        last_modified: Some(SystemTime::from(record.modified).into()),
        ..CopyObjectResult::default()
    };
    store.commit(&input.bucket, record, &Precondition::default(), CreatedBy::Copy)?;
    blob.keep();

    let copy_object_result = Some(result);
    Ok(S3Response::new(CopyObjectOutput { copy_object_result, ..CopyObjectOutput::default() }))
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
    store.remove(&request.input.bucket, &request.input.key)?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

pub(super) async fn delete_many(
    store: &Store,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let Delete { objects, quiet } = request.input.delete;
    let mut deleted = Vec::with_capacity(objects.len());
    for object in objects {
        store.remove(&request.input.bucket, &object.key)?;
        deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() });
    }
    let deleted = (quiet != Some(true)).then_some(deleted);
    Ok(S3Response::new(DeleteObjectsOutput { deleted, ..DeleteObjectsOutput::default() }))
}

/// Stored checksums as answer headers.
pub(super) fn checksum_headers(checksums: &BTreeMap<String, String>) -> HeaderMap {
    let header =
        |(name, digest): (&String, &String)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(digest).ok()?));
    checksums.iter().filter_map(header).collect()
}

/// `aws-chunked` describes the upload, not the object.
fn without_aws_chunked(encoding: String) -> Option<String> {
    let rest: Vec<&str> = encoding.split(',').map(str::trim).filter(|name| *name != "aws-chunked").collect();
    (!rest.is_empty()).then(|| rest.join(","))
}
