//! The tags of an object.

use std::collections::BTreeMap;

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use crate::store::Store;

/// S3's limit for one object.
const MAX_TAGS: usize = 10;

pub(super) async fn get(
    store: &Store,
    request: S3Request<GetObjectTaggingInput>,
) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let record = store.record(&request.input.bucket, &request.input.key)?;
    let tag = |(key, value): (&String, &String)| Tag { key: Some(key.clone()), value: Some(value.clone()) };
    let tag_set = record.tags.iter().map(tag).collect();
    Ok(S3Response::new(GetObjectTaggingOutput { tag_set, ..GetObjectTaggingOutput::default() }))
}

pub(super) async fn put(
    store: &Store,
    request: S3Request<PutObjectTaggingInput>,
) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let input = request.input;
    let tags = input.tagging.tag_set.into_iter().filter_map(|tag| Some((tag.key?, tag.value?)));
    let tags = checked(tags.collect())?;
    store.amend(&input.bucket, &input.key, |record| record.tags = tags)?;
    Ok(S3Response::new(PutObjectTaggingOutput::default()))
}

pub(super) async fn delete(
    store: &Store,
    request: S3Request<DeleteObjectTaggingInput>,
) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    store.amend(&request.input.bucket, &request.input.key, |record| record.tags.clear())?;
    Ok(S3Response::new(DeleteObjectTaggingOutput::default()))
}

/// Parses `x-amz-tagging`, which looks like a query string.
pub(super) fn parse(header: &str) -> S3Result<BTreeMap<String, String>> {
    checked(form_urlencoded::parse(header.as_bytes()).into_owned().collect())
}

fn checked(tags: BTreeMap<String, String>) -> S3Result<BTreeMap<String, String>> {
    if tags.len() > MAX_TAGS {
        return Err(s3_error!(InvalidTag, "An object has at most {MAX_TAGS} tags."));
    }
    Ok(tags)
}
