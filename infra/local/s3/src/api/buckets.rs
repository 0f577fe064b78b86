//! Buckets, and the settings of a bucket that mean nothing locally.

use std::time::SystemTime;

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use crate::store::Store;

pub(super) async fn create(store: &Store, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
    let bucket = request.input.bucket;
    store.create_bucket(&bucket)?;
    let location = Some(format!("/{bucket}"));
    Ok(S3Response::new(CreateBucketOutput { location }))
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteBucketInput>) -> S3Result<S3Response<DeleteBucketOutput>> {
    store.delete_bucket(&request.input.bucket)?;
    Ok(S3Response::new(DeleteBucketOutput {}))
}

pub(super) async fn head(store: &Store, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
    store.directory(&request.input.bucket)?;
    Ok(S3Response::new(HeadBucketOutput::default()))
}

pub(super) async fn location(
    store: &Store,
    request: S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    store.directory(&request.input.bucket)?;
    Ok(S3Response::new(GetBucketLocationOutput::default()))
}

pub(super) async fn list(store: &Store, _request: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    let buckets = store.bucket_names().into_iter().map(|(name, created)| Bucket {
        name: Some(name),
        creation_date: Some(SystemTime::from(created).into()),
        ..Bucket::default()
    });
    Ok(S3Response::new(ListBucketsOutput { buckets: Some(buckets.collect()), ..ListBucketsOutput::default() }))
}

/// Settings that are accepted and forgotten: set-up code for AWS runs as it is,
/// and nothing here would act on them.
macro_rules! accepted {
    ($($function:ident: $input:ident -> $output:ident;)*) => {
        $(
            pub(super) async fn $function(
                store: &Store,
                request: S3Request<$input>,
            ) -> S3Result<S3Response<$output>> {
                store.directory(&request.input.bucket)?;
                Ok(S3Response::new($output::default()))
            }
        )*
    };
}

accepted! {
    put_cors: PutBucketCorsInput -> PutBucketCorsOutput;
    put_encryption: PutBucketEncryptionInput -> PutBucketEncryptionOutput;
    put_lifecycle: PutBucketLifecycleConfigurationInput -> PutBucketLifecycleConfigurationOutput;
    put_public_access_block: PutPublicAccessBlockInput -> PutPublicAccessBlockOutput;
}
