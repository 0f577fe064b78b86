//! Every call to AWS passes here before it is sent: it must be one that the running function declared.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{operation as dynamodb, types::TransactWriteItem};
use aws_sdk_s3::operation as s3;
use aws_sdk_sqs::operation as sqs;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeSerializationInterceptorContextRef, context::Input, dyn_dispatch_hint},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lambdesk_store::{Call, Resource, check};

use crate::{BucketName, QueueName};

/// The bucket that a call to S3 names.
macro_rules! bucket_of {
    ($input:expr, $operation:ident::$shape:ident) => {
        $input.downcast_ref::<s3::$operation::$shape>().and_then(|input| input.bucket())
    };
}

/// The check, as an interceptor of the SDK.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    queues: HashMap<String, QueueName>,
    buckets: HashMap<String, BucketName>,
}

impl Guard {
    pub(crate) fn new(queue_urls: &BTreeMap<QueueName, String>, buckets: &BTreeMap<BucketName, String>) -> Self {
        let queues = queue_urls.iter().map(|(queue, url)| (url.clone(), *queue)).collect();
        Self { queues, buckets: buckets.iter().map(|(bucket, name)| (name.clone(), *bucket)).collect() }
    }

    fn calls(&self, operation: &str, input: &Input) -> Vec<Call> {
        let on_table = |action| vec![Call::new(action, Resource::Table)];
        match operation {
            "GetItem" => on_table("dynamodb:GetItem"),
            "BatchGetItem" => on_table("dynamodb:BatchGetItem"),
            "PutItem" => on_table("dynamodb:PutItem"),
            "UpdateItem" => on_table("dynamodb:UpdateItem"),
            "DeleteItem" => on_table("dynamodb:DeleteItem"),
            "Query" => vec![Call::new("dynamodb:Query", queried(input))],
            "TransactWriteItems" => written(input),
            "SendMessage" | "SendMessageBatch" => vec![Call::new("sqs:SendMessage", self.queue(input))],
            "SendRawEmail" => vec![Call::new("ses:SendRawEmail", Resource::Mail)],
            "GetObject" => vec![Call::new("s3:GetObject", self.bucket(bucket_of!(input, get_object::GetObjectInput)))],
            // IAM has no permission of its own for this.
            "HeadObject" => vec![Call::new("s3:GetObject", self.bucket(bucket_of!(input, head_object::HeadObjectInput)))],
            "PutObject" => vec![Call::new("s3:PutObject", self.bucket(bucket_of!(input, put_object::PutObjectInput)))],
            // Both stand in one bucket.
            "CopyObject" => {
                let bucket = self.bucket(bucket_of!(input, copy_object::CopyObjectInput));
                vec![Call::new("s3:GetObject", bucket.clone()), Call::new("s3:PutObject", bucket)]
            }
            // Of an object in parts; IAM has one permission for all of it.
            "CreateMultipartUpload" => vec![Call::new(
                "s3:PutObject",
                self.bucket(bucket_of!(input, create_multipart_upload::CreateMultipartUploadInput)),
            )],
            "UploadPart" => vec![Call::new("s3:PutObject", self.bucket(bucket_of!(input, upload_part::UploadPartInput)))],
            "CompleteMultipartUpload" => vec![Call::new(
                "s3:PutObject",
                self.bucket(bucket_of!(input, complete_multipart_upload::CompleteMultipartUploadInput)),
            )],
            "DeleteObject" => {
                vec![Call::new("s3:DeleteObject", self.bucket(bucket_of!(input, delete_object::DeleteObjectInput)))]
            }
            "GetObjectTagging" => {
                vec![Call::new("s3:GetObjectTagging", self.bucket(bucket_of!(input, get_object_tagging::GetObjectTaggingInput)))]
            }
            other => vec![Call { action: other.to_owned().into(), resource: Resource::Unknown }],
        }
    }

    fn bucket(&self, name: Option<&str>) -> Resource {
        let bucket = name.and_then(|name| self.buckets.get(name));
        bucket.map_or(Resource::Unknown, |bucket| Resource::Bucket(bucket.as_str().into()))
    }

    fn queue(&self, input: &Input) -> Resource {
        let one = input.downcast_ref::<sqs::send_message::SendMessageInput>().and_then(|input| input.queue_url());
        let batch = input.downcast_ref::<sqs::send_message_batch::SendMessageBatchInput>().and_then(|input| input.queue_url());
        let queue = one.or(batch).and_then(|url| self.queues.get(url));
        queue.map_or(Resource::Unknown, |queue| Resource::Queue(queue.as_str().into()))
    }
}

#[dyn_dispatch_hint]
impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "DeclaredCalls"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("", Metadata::name);
        for call in self.calls(operation, context.input()) {
            check(&call)?;
        }
        Ok(())
    }
}

fn queried(input: &Input) -> Resource {
    match input.downcast_ref::<dynamodb::query::QueryInput>().map(|query| query.index_name()) {
        Some(Some(index)) => Resource::Index(index.to_owned().into()),
        Some(None) => Resource::Table,
        None => Resource::Unknown,
    }
}

/// A transaction needs the permission of each of its parts.
fn written(input: &Input) -> Vec<Call> {
    let Some(input) = input.downcast_ref::<dynamodb::transact_write_items::TransactWriteItemsInput>() else {
        return vec![Call::new("dynamodb:TransactWriteItems", Resource::Unknown)];
    };
    let action = |part: &TransactWriteItem| match part {
        TransactWriteItem { put: Some(_), .. } => "dynamodb:PutItem",
        TransactWriteItem { update: Some(_), .. } => "dynamodb:UpdateItem",
        TransactWriteItem { delete: Some(_), .. } => "dynamodb:DeleteItem",
        _ => "dynamodb:ConditionCheckItem",
    };
    input.transact_items().iter().map(|part| Call::new(action(part), Resource::Table)).collect()
}
