//! Reading and listing objects.

use std::time::SystemTime;

use http::HeaderMap;
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::objects::checksum_headers;
use crate::blob;
use crate::listing::Query;
use crate::precondition::matches;
use crate::record::ObjectRecord;
use crate::store::Store;

/// What S3 calls an object whose writer did not say.
const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// The `response-*` parameters of a presigned URL are applied by `s3s`.
pub(super) async fn get(store: &Store, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    let (record, file) = store.open_object(&input.bucket, &input.key)?;
    check_conditions(&record, input.if_match.as_ref(), input.if_none_match.as_ref())?;

    let range = match input.range {
        Some(range) => range.check(record.size)?,
        None => 0..record.size,
    };
    let content_range = input.range.map(|_| format!("bytes {}-{}/{}", range.start, range.end - 1, record.size));
    // A checksum is of the whole object, so a part is sent without.
    let with_checksums = input.checksum_mode.is_some() && input.range.is_none();
    let content_length = length(range.end - range.start)?;
    let body = blob::read(file, range).await.map_err(S3Error::internal_error)?;

    let attributes = record.attributes.clone();
    let output = GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        body: Some(body),
        cache_control: attributes.cache_control,
        content_disposition: attributes.content_disposition,
        content_encoding: attributes.content_encoding,
        content_language: attributes.content_language,
        content_length: Some(content_length),
        content_range,
        content_type: attributes.content_type.or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned())),
        e_tag: Some(ETag::Strong(record.etag.clone())),
        last_modified: Some(SystemTime::from(record.modified).into()),
        metadata: attributes.metadata,
        tag_count: i32::try_from(record.tags.len()).ok().filter(|count| *count > 0),
        ..GetObjectOutput::default()
    };
    Ok(S3Response::with_headers(output, checksums(&record, with_checksums)))
}

pub(super) async fn head(store: &Store, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    let record = store.record(&input.bucket, &input.key)?;
    check_conditions(&record, input.if_match.as_ref(), input.if_none_match.as_ref())?;

    let attributes = record.attributes.clone();
    let output = HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: attributes.cache_control,
        content_disposition: attributes.content_disposition,
        content_encoding: attributes.content_encoding,
        content_language: attributes.content_language,
        content_length: Some(length(record.size)?),
        content_type: attributes.content_type.or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned())),
        e_tag: Some(ETag::Strong(record.etag.clone())),
        last_modified: Some(SystemTime::from(record.modified).into()),
        metadata: attributes.metadata,
        ..HeadObjectOutput::default()
    };
    Ok(S3Response::with_headers(output, checksums(&record, input.checksum_mode.is_some())))
}

pub(super) async fn list_v2(store: &Store, request: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    let query = Query {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter,
        after: input.continuation_token.clone().or(input.start_after.clone()).unwrap_or_default(),
        max_keys: input.max_keys,
        encode: input.encoding_type.is_some(),
    };
    let page = store.with_objects(&input.bucket, |objects| query.page(objects))?;
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(query.name(&query.prefix)),
        delimiter: query.delimiter.as_deref().map(|delimiter| query.name(delimiter)),
        encoding_type: query.encoding(),
        max_keys: i32::try_from(query.max_keys()).ok(),
        key_count: i32::try_from(page.len()).ok(),
        continuation_token: input.continuation_token,
        start_after: input.start_after.map(|name| query.name(&name)),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next,
        contents: Some(page.objects),
        common_prefixes: Some(page.prefixes),
        ..ListObjectsV2Output::default()
    }))
}

pub(super) async fn list(store: &Store, request: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = request.input;
    let query = Query {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter,
        after: input.marker.clone().unwrap_or_default(),
        max_keys: input.max_keys,
        encode: input.encoding_type.is_some(),
    };
    let page = store.with_objects(&input.bucket, |objects| query.page(objects))?;
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(query.name(&query.prefix)),
        delimiter: query.delimiter.as_deref().map(|delimiter| query.name(delimiter)),
        encoding_type: query.encoding(),
        max_keys: i32::try_from(query.max_keys()).ok(),
        marker: Some(query.name(&query.after)),
        is_truncated: Some(page.next.is_some()),
        next_marker: page.next.as_deref().map(|name| query.name(name)),
        contents: Some(page.objects),
        common_prefixes: Some(page.prefixes),
        ..ListObjectsOutput::default()
    }))
}

/// `If-Match` and `If-None-Match`; the date conditions are left out.
fn check_conditions(
    record: &ObjectRecord,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    if if_match.is_some_and(|wanted| !matches(wanted, record)) {
        return Err(s3_error!(PreconditionFailed));
    }
    if if_none_match.is_some_and(|known| matches(known, record)) {
        return Err(s3_error!(NotModified));
    }
    Ok(())
}

fn checksums(record: &ObjectRecord, wanted: bool) -> HeaderMap {
    if wanted { checksum_headers(&record.checksums) } else { HeaderMap::new() }
}

fn length(bytes: u64) -> S3Result<i64> {
    i64::try_from(bytes).map_err(S3Error::internal_error)
}
