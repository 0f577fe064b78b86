//! What is too large for the table: raw mail and attachments, in S3.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::RequestId as _,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart, TaggingDirective},
};
use jiff::Timestamp;
use lambdesk_store::{Call, Resource, check};
use thiserror::Error;

/// A bucket of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BucketName {
    /// Mail as it came.
    Mail,
    /// What is attached to messages.
    Attachments,
}

impl BucketName {
    /// All buckets.
    pub const ALL: &[Self] = &[Self::Mail, Self::Attachments];

    /// The name, as it stands in the bucket's own.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Attachments => "attachments",
        }
    }

    /// The environment variable with its name on AWS, such as `MAIL_BUCKET`.
    pub fn variable(self) -> String {
        format!("{}_BUCKET", self.as_str().to_uppercase())
    }
}

/// Why an object could not be had.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// There is no such object.
    #[error("there is no such object")]
    NotFound,
    /// It is larger than the reader takes.
    #[error("the object has {0} bytes, more than can be taken")]
    TooLarge(u64),
    /// S3 could not be asked now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Bytes.
    pub size: u64,
    /// As its writer named it.
    pub content_type: Option<String>,
    /// When it was written.
    pub modified_at: Option<Timestamp>,
}

/// An address that lets whoever has it do one thing to one object, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAddress {
    /// `GET` or `PUT`.
    pub method: String,
    /// The address.
    pub url: String,
    /// Headers that must be sent exactly so.
    pub headers: BTreeMap<String, String>,
}

/// The buckets. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    client: Client,
    buckets: Arc<BTreeMap<BucketName, String>>,
}

impl Objects {
    pub(crate) fn new(client: Client, buckets: BTreeMap<BucketName, String>) -> Self {
        Self { client, buckets: Arc::new(buckets) }
    }

    /// Reads an object of at most `limit` bytes.
    pub async fn get(&self, bucket: BucketName, key: &str, limit: u64) -> Result<Vec<u8>, ObjectError> {
        let response = self.client.get_object().bucket(self.name(bucket)?).key(key).send().await;
        let response = response.map_err(|error| failed(error, bucket))?;
        let size = response.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        if size > limit {
            return Err(ObjectError::TooLarge(size));
        }
        let body = response.body.collect().await.map_err(|error| ObjectError::Unavailable(error.to_string()))?;
        Ok(body.into_bytes().to_vec())
    }

    /// Reads so many bytes of an object from an offset on; fewer at its end. An object that ends before it has none.
    pub async fn get_range(&self, bucket: BucketName, key: &str, offset: u64, length: u64) -> Result<Vec<u8>, ObjectError> {
        let range = format!("bytes={offset}-{}", offset.saturating_add(length).saturating_sub(1));
        let request = self.client.get_object().bucket(self.name(bucket)?).key(key).range(range);
        let response = match request.send().await {
            Err(error) if error.code() == Some("InvalidRange") => return Ok(Vec::new()),
            response => response.map_err(|error| failed(error, bucket))?,
        };
        let body = response.body.collect().await.map_err(|error| ObjectError::Unavailable(error.to_string()))?;
        Ok(body.into_bytes().to_vec())
    }

    /// Writes an object, whole, in the place of what was there.
    pub async fn put(&self, bucket: BucketName, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(self.name(bucket)?).key(key).content_type(content_type);
        request.body(ByteStream::from(bytes)).send().await.map_err(refused)?;
        Ok(())
    }

    /// Copies an object within its bucket, whatever stands in the place of the copy. Tags are a scanner's and stay behind.
    pub async fn copy(&self, bucket: BucketName, from: &str, to: &str) -> Result<(), ObjectError> {
        let name = self.name(bucket)?;
        let request = self.client.copy_object().bucket(name).copy_source(format!("{name}/{from}")).key(to);
        request.tagging_directive(TaggingDirective::Replace).send().await.map_err(|error| failed(error, bucket))?;
        Ok(())
    }

    /// Begins an object that is written in parts, and answers what S3 calls it. One that is not ended is thrown away by the
    /// bucket after a day.
    pub async fn begin_parts(&self, bucket: BucketName, key: &str, content_type: &str) -> Result<String, ObjectError> {
        let request = self.client.create_multipart_upload().bucket(self.name(bucket)?).key(key).content_type(content_type);
        let begun = request.send().await.map_err(refused)?;
        begun.upload_id.ok_or_else(|| ObjectError::Unavailable("parts without a name".to_owned()))
    }

    /// Writes a part of at least 5 MiB (but for the last), and answers its tag. A part of the same number takes its place.
    pub async fn put_part(
        &self,
        bucket: BucketName,
        (key, upload): (&str, &str),
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<String, ObjectError> {
        let number = i32::try_from(number).map_err(|_| ObjectError::TooLarge(u64::from(number)))?;
        let request = self.client.upload_part().bucket(self.name(bucket)?).key(key).upload_id(upload).part_number(number);
        let put = request.body(ByteStream::from(bytes)).send().await.map_err(refused)?;
        put.e_tag.ok_or_else(|| ObjectError::Unavailable("a part without a tag".to_owned()))
    }

    /// Makes one object of these parts. `NotFound` where that was done already, or nobody began it.
    pub async fn end_parts(
        &self,
        bucket: BucketName,
        (key, upload): (&str, &str),
        parts: &[(u32, String)],
    ) -> Result<(), ObjectError> {
        let part = |(number, tag): &(u32, String)| {
            CompletedPart::builder().part_number(i32::try_from(*number).unwrap_or(i32::MAX)).e_tag(tag).build()
        };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.iter().map(part).collect())).build();
        let request = self.client.complete_multipart_upload().bucket(self.name(bucket)?).key(key).upload_id(upload);
        request.multipart_upload(parts).send().await.map_err(refused)?;
        Ok(())
    }

    /// What is known of an object.
    pub async fn info(&self, bucket: BucketName, key: &str) -> Result<ObjectInfo, ObjectError> {
        let response = self.client.head_object().bucket(self.name(bucket)?).key(key).send().await;
        let response = response.map_err(|error| failed(error, bucket))?;
        let size = response.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        let modified_at = response.last_modified().and_then(|time| Timestamp::from_second(time.secs()).ok());
        Ok(ObjectInfo { size, content_type: response.content_type().map(str::to_owned), modified_at })
    }

    /// Erases an object; one that is not there is erased already.
    pub async fn delete(&self, bucket: BucketName, key: &str) -> Result<(), ObjectError> {
        let request = self.client.delete_object().bucket(self.name(bucket)?).key(key);
        request.send().await.map_err(refused)?;
        Ok(())
    }

    /// The tags of an object: scanners leave their findings there.
    pub async fn tags(&self, bucket: BucketName, key: &str) -> Result<BTreeMap<String, String>, ObjectError> {
        let response = self.client.get_object_tagging().bucket(self.name(bucket)?).key(key).send().await;
        let response = response.map_err(|error| failed(error, bucket))?;
        Ok(response.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }

    /// An address to put exactly so many bytes of this type to, once: what is there can be looked at, and is not exchanged for
    /// something else afterwards.
    pub async fn put_address(
        &self,
        bucket: BucketName,
        key: &str,
        (content_type, size): (&str, u64),
        valid: Duration,
    ) -> Result<SignedAddress, ObjectError> {
        signing("s3:PutObject", bucket)?;
        let length = i64::try_from(size).map_err(|_| ObjectError::TooLarge(size))?;
        let request = self.client.put_object().bucket(self.name(bucket)?).key(key).content_type(content_type);
        let signed = request.content_length(length).if_none_match("*").presigned(expiring(valid)?).await;
        let signed = signed.map_err(|error| failed(error, bucket))?;
        Ok(SignedAddress {
            method: signed.method().to_owned(),
            url: signed.uri().to_owned(),
            headers: signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    /// An address to get an object from, with these two headers whatever its writer said it was.
    pub async fn get_address(
        &self,
        bucket: BucketName,
        key: &str,
        (content_type, disposition): (&str, &str),
        valid: Duration,
    ) -> Result<SignedAddress, ObjectError> {
        signing("s3:GetObject", bucket)?;
        let request = self
            .client
            .get_object()
            .bucket(self.name(bucket)?)
            .key(key)
            .response_content_type(content_type)
            .response_content_disposition(disposition)
            .response_cache_control("private, no-store");
        let signed = request.presigned(expiring(valid)?).await.map_err(|error| failed(error, bucket))?;
        Ok(SignedAddress {
            method: signed.method().to_owned(),
            url: signed.uri().to_owned(),
            headers: signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    fn name(&self, bucket: BucketName) -> Result<&str, ObjectError> {
        let missing = || ObjectError::Unavailable(format!("{} is not set", bucket.variable()));
        self.buckets.get(&bucket).map(String::as_str).ok_or_else(missing)
    }
}

/// Signing makes no call; but whoever uses the address does what the function may do.
fn signing(action: &'static str, bucket: BucketName) -> Result<(), ObjectError> {
    let call = Call::new(action, Resource::Bucket(bucket.as_str().into()));
    check(&call).map_err(|denied| ObjectError::Unavailable(denied.to_string()))
}

fn expiring(valid: Duration) -> Result<PresigningConfig, ObjectError> {
    PresigningConfig::expires_in(valid).map_err(|error| ObjectError::Unavailable(error.to_string()))
}

/// S3 says "access denied" of what is not there to those who may not list; to those who may, it means what it says. Asked for an
/// object's head alone, it says either by the status.
fn failed<E>(error: SdkError<E, HttpResponse>, bucket: BucketName) -> ObjectError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = error.raw_response().map(|answer| answer.status().as_u16()).filter(|_| error.code().is_none());
    let missing = matches!(error.code(), Some("NoSuchKey" | "NotFound" | "NoSuchUpload")) || status == Some(404);
    let denied = error.code() == Some("AccessDenied") || status == Some(403);
    // Asked in both cases, so that a function which says that it lists is seen to need it.
    let may_list =
        (missing || denied) && check(&Call::new("s3:ListBucket", Resource::WholeBucket(bucket.as_str().into()))).is_ok();
    if missing || (denied && !may_list) {
        return ObjectError::NotFound;
    }
    unavailable(error)
}

/// Whoever writes or erases needs no object to be there: a denial is one.
fn refused<E>(error: SdkError<E, HttpResponse>) -> ObjectError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if error.code() == Some("NoSuchUpload") { ObjectError::NotFound } else { unavailable(error) }
}

fn unavailable<E>(error: SdkError<E, HttpResponse>) -> ObjectError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let request = error.request_id().unwrap_or("-").to_owned();
    ObjectError::Unavailable(format!("{} (request {request})", DisplayErrorContext(error)))
}
