//! The S3 operations, sorted by what they are about.

mod buckets;
mod multipart;
mod objects;
mod reads;
mod tags;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result};

use crate::store::Store;

/// Answers the operations below; `s3s` answers `NotImplemented` to the others.
pub(crate) struct Api {
    store: Arc<Store>,
}

impl Api {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }
}

/// Writes the methods of the trait. Each hands the store and its request to the
/// function on the right.
macro_rules! operations {
    ($($operation:ident: $input:ident -> $output:ident = $function:path;)*) => {
        #[async_trait::async_trait]
        impl S3 for Api {
            $(
                async fn $operation(
                    &self,
                    request: S3Request<$input>,
                ) -> S3Result<S3Response<$output>> {
                    $function(&self.store, request).await
                }
            )*
        }
    };
}

operations! {
    create_bucket: CreateBucketInput -> CreateBucketOutput = buckets::create;
    delete_bucket: DeleteBucketInput -> DeleteBucketOutput = buckets::delete;
    head_bucket: HeadBucketInput -> HeadBucketOutput = buckets::head;
    list_buckets: ListBucketsInput -> ListBucketsOutput = buckets::list;
    get_bucket_location: GetBucketLocationInput -> GetBucketLocationOutput = buckets::location;
    put_bucket_cors: PutBucketCorsInput -> PutBucketCorsOutput = buckets::put_cors;
    put_bucket_encryption: PutBucketEncryptionInput -> PutBucketEncryptionOutput
        = buckets::put_encryption;
    put_bucket_lifecycle_configuration:
        PutBucketLifecycleConfigurationInput -> PutBucketLifecycleConfigurationOutput
        = buckets::put_lifecycle;
    put_public_access_block: PutPublicAccessBlockInput -> PutPublicAccessBlockOutput
        = buckets::put_public_access_block;

    put_object: PutObjectInput -> PutObjectOutput = objects::put;
    copy_object: CopyObjectInput -> CopyObjectOutput = objects::copy;
    delete_object: DeleteObjectInput -> DeleteObjectOutput = objects::delete;
    delete_objects: DeleteObjectsInput -> DeleteObjectsOutput = objects::delete_many;
    get_object: GetObjectInput -> GetObjectOutput = reads::get;
    head_object: HeadObjectInput -> HeadObjectOutput = reads::head;
    list_objects: ListObjectsInput -> ListObjectsOutput = reads::list;
    list_objects_v2: ListObjectsV2Input -> ListObjectsV2Output = reads::list_v2;
    get_object_tagging: GetObjectTaggingInput -> GetObjectTaggingOutput = tags::get;
    put_object_tagging: PutObjectTaggingInput -> PutObjectTaggingOutput = tags::put;
    delete_object_tagging: DeleteObjectTaggingInput -> DeleteObjectTaggingOutput = tags::delete;

    create_multipart_upload: CreateMultipartUploadInput -> CreateMultipartUploadOutput
        = multipart::create;
    upload_part: UploadPartInput -> UploadPartOutput = multipart::upload_part;
    complete_multipart_upload: CompleteMultipartUploadInput -> CompleteMultipartUploadOutput
        = multipart::complete;
    abort_multipart_upload: AbortMultipartUploadInput -> AbortMultipartUploadOutput
        = multipart::abort;
}
