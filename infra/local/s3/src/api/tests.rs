use std::path::Path;
use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt as _;
use http::{Extensions, HeaderMap, HeaderValue, Method, Uri};
use jiff::Timestamp;
use s3s::S3ErrorCode;
use s3s::crypto::{Checksum as _, Sha256};
use tempfile::TempDir;

use super::*;

const BUCKET: &str = "desk-files";

fn api() -> (TempDir, Api) {
    let root = TempDir::new().unwrap();
    let directory = root.path().join("s3");
    let store = Store::open(directory, Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
    store.create_bucket(BUCKET).unwrap();
    (root, Api::new(Arc::new(store)))
}

fn request<T>(input: T) -> S3Request<T> {
    S3Request {
        input,
        method: Method::GET,
        uri: Uri::from_static("/"),
        headers: HeaderMap::new(),
        extensions: Extensions::new(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

fn body(content: &'static [u8]) -> Option<StreamingBlob> {
    Some(StreamingBlob::from(s3s::Body::from(bytes::Bytes::from_static(content))))
}

fn new_object(key: &str, content: &'static [u8]) -> PutObjectInput {
    PutObjectInput { bucket: BUCKET.to_owned(), key: key.to_owned(), body: body(content), ..PutObjectInput::default() }
}

fn wanted(key: &str) -> GetObjectInput {
    GetObjectInput { bucket: BUCKET.to_owned(), key: key.to_owned(), ..GetObjectInput::default() }
}

async fn content(api: &Api, input: GetObjectInput) -> Vec<u8> {
    let mut body = api.get_object(request(input)).await.unwrap().output.body.unwrap();
    let mut content = Vec::new();
    while let Some(chunk) = body.next().await {
        content.extend_from_slice(&chunk.unwrap());
    }
    content
}

fn files_below(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn an_object_comes_back_with_its_headers() {
    let (_root, api) = api();
    let input = PutObjectInput {
        content_type: Some("text/plain".to_owned()),
        metadata: Some([("x".to_owned(), "y".to_owned())].into()),
        ..new_object("a", b"hello")
    };
    let put = api.put_object(request(input)).await.unwrap().output;
    let md5 = "5d41402abc4b2a76b9719d911017c592";
    assert_eq!(put.e_tag, Some(ETag::Strong(md5.to_owned())));

    let got = api.get_object(request(wanted("a"))).await.unwrap().output;
    assert_eq!(got.content_type.as_deref(), Some("text/plain"));
    assert_eq!(got.metadata.unwrap()["x"], "y");
    assert_eq!(content(&api, wanted("a")).await, b"hello");
}

#[tokio::test]
async fn a_range_is_a_part_of_the_bytes() {
    let (_root, api) = api();
    api.put_object(request(new_object("a", b"hello"))).await.unwrap();
    let range = |text: &str| Some(Range::parse(text).unwrap());
    let input = GetObjectInput { range: range("bytes=1-2"), ..wanted("a") };
    assert_eq!(content(&api, input).await, b"el");
    let input = GetObjectInput { range: range("bytes=9-"), ..wanted("a") };
    let refused = api.get_object(request(input)).await.unwrap_err();
    assert_eq!(*refused.code(), S3ErrorCode::InvalidRange);
}

#[tokio::test]
async fn a_refused_digest_leaves_the_old_object_and_no_blob() {
    let (root, api) = api();
    api.put_object(request(new_object("a", b"good"))).await.unwrap();
    let files = files_below(root.path());

    let digest = BASE64_STANDARD.encode(Sha256::checksum(b"other"));
    let mut wrong = request(new_object("a", b"bad"));
    let header = HeaderValue::try_from(digest).unwrap();
    wrong.headers.insert("x-amz-checksum-sha256", header);
    let refused = api.put_object(wrong).await.unwrap_err();

    assert_eq!(*refused.code(), S3ErrorCode::BadDigest);
    assert_eq!(content(&api, wanted("a")).await, b"good");
    assert_eq!(files_below(root.path()), files);
}

#[tokio::test]
async fn a_right_digest_is_kept_and_answered_on_request() {
    let (_root, api) = api();
    let digest = BASE64_STANDARD.encode(Sha256::checksum(b"good"));
    let header = HeaderValue::try_from(digest).unwrap();
    let mut put = request(new_object("a", b"good"));
    put.headers.insert("x-amz-checksum-sha256", header.clone());
    api.put_object(put).await.unwrap();

    let checksum_mode = Some(ChecksumMode::from_static(ChecksumMode::ENABLED));
    let get = GetObjectInput { checksum_mode, ..wanted("a") };
    let answer = api.get_object(request(get)).await.unwrap();
    assert_eq!(answer.headers["x-amz-checksum-sha256"], header);
}

#[tokio::test]
async fn any_key_is_an_object_of_its_own_inside_the_root() {
    let (root, api) = api();
    let long = "k".repeat(1024);
    let keys = ["../../../escape", "/etc/passwd", "..", "a", "a/b", "a//b", "a/", &long];
    for key in keys {
        api.put_object(request(new_object(key, b"1"))).await.unwrap();
        assert_eq!(content(&api, wanted(key)).await, b"1");
    }
    let input = ListObjectsV2Input { bucket: BUCKET.to_owned(), ..ListObjectsV2Input::default() };
    let listed = api.list_objects_v2(request(input)).await.unwrap().output.contents.unwrap();
    assert_eq!(listed.len(), keys.len());
    let outside = std::fs::read_dir(root.path()).unwrap().count();
    assert_eq!(outside, 1, "only the store's own directory");
}

#[tokio::test]
async fn parts_become_one_object() {
    let (root, api) = api();
    let created = api
        .create_multipart_upload(request(CreateMultipartUploadInput {
            bucket: BUCKET.to_owned(),
            key: "a".to_owned(),
            ..CreateMultipartUploadInput::default()
        }))
        .await
        .unwrap();
    let upload_id = created.output.upload_id.unwrap();
    let part = |part_number, content| UploadPartInput {
        bucket: BUCKET.to_owned(),
        key: "a".to_owned(),
        upload_id: upload_id.clone(),
        part_number,
        body: body(content),
        ..UploadPartInput::default()
    };
    let complete = |parts| CompleteMultipartUploadInput {
        bucket: BUCKET.to_owned(),
        key: "a".to_owned(),
        upload_id: upload_id.clone(),
        multipart_upload: Some(CompletedMultipartUpload { parts: Some(parts) }),
        ..CompleteMultipartUploadInput::default()
    };
    let listed = |part_number, e_tag: &Option<ETag>| CompletedPart {
        part_number: Some(part_number),
        e_tag: e_tag.clone(),
        ..CompletedPart::default()
    };
    static FIRST: [u8; 5 * 1024 * 1024] = [b'k'; 5 * 1024 * 1024];
    api.upload_part(request(part(1, b"replaced"))).await.unwrap();
    let first = api.upload_part(request(part(1, &FIRST))).await.unwrap().output.e_tag;
    let second = api.upload_part(request(part(2, b"end"))).await.unwrap().output.e_tag;

    let swapped = complete(vec![listed(2, &second), listed(1, &first)]);
    let refused = api.complete_multipart_upload(request(swapped)).await.err().unwrap();
    assert_eq!(*refused.code(), S3ErrorCode::InvalidPartOrder);

    let parts = complete(vec![listed(1, &first), listed(2, &second)]);
    let done = api.complete_multipart_upload(request(parts)).await.unwrap().output;
    assert!(done.e_tag.unwrap().value().ends_with("-2"));
    let whole = content(&api, wanted("a")).await;
    assert_eq!((whole.len(), &whole[FIRST.len()..]), (FIRST.len() + 3, b"end".as_slice()));
    assert_eq!(files_below(root.path()), 3, "bucket, record and blob");
}

#[tokio::test]
async fn a_copy_is_independent_of_its_source() {
    let (_root, api) = api();
    let tagging = Some("a=b".to_owned());
    api.put_object(request(PutObjectInput { tagging, ..new_object("a", b"1") })).await.unwrap();
    let source = CopySource::Bucket { bucket: BUCKET.into(), key: "a".into(), version_id: None };
    let mut copy = CopyObjectInput::builder();
    copy.set_bucket(BUCKET.to_owned()).set_key("b".to_owned()).set_copy_source(source);
    api.copy_object(request(copy.build().unwrap())).await.unwrap();
    api.put_object(request(new_object("a", b"2"))).await.unwrap();

    assert_eq!(content(&api, wanted("b")).await, b"1");
    let tagging = GetObjectTaggingInput { bucket: BUCKET.to_owned(), key: "b".to_owned(), ..GetObjectTaggingInput::default() };
    let tags = api.get_object_tagging(request(tagging)).await.unwrap().output.tag_set;
    assert_eq!(tags[0].key.as_deref(), Some("a"));
}

#[tokio::test]
async fn every_way_of_writing_is_announced_by_its_name_and_may_have_to_be_repeated() {
    let root = TempDir::new().unwrap();
    let mut store = Store::open(root.path().join("s3"), Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
    store.create_bucket(BUCKET).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&told);
    store.notify(
        BUCKET,
        "",
        Arc::new(move |created| {
            if created.key == "refused" {
                return Err("the queue is gone".to_owned());
            }
            list.lock().unwrap().push(created.by.event_name());
            Ok(())
        }),
    );
    let api = Api::new(Arc::new(store));

    api.put_object(request(new_object("a", b"1"))).await.unwrap();
    let form = S3Request { method: Method::POST, ..request(new_object("b", b"2")) };
    api.put_object(form).await.unwrap();
    let source = CopySource::Bucket { bucket: BUCKET.into(), key: "a".into(), version_id: None };
    let mut copy = CopyObjectInput::builder();
    copy.set_bucket(BUCKET.to_owned()).set_key("c".to_owned()).set_copy_source(source);
    api.copy_object(request(copy.build().unwrap())).await.unwrap();

    let (bucket, key) = (BUCKET.to_owned(), "d".to_owned());
    let start = CreateMultipartUploadInput { bucket: bucket.clone(), key: key.clone(), ..CreateMultipartUploadInput::default() };
    let upload_id = api.create_multipart_upload(request(start)).await.unwrap().output.upload_id.unwrap();
    let (bucket, key, body) = (bucket.clone(), key.clone(), body(b"4"));
    let part = UploadPartInput { part_number: 1, bucket, key, body, upload_id: upload_id.clone(), ..UploadPartInput::default() };
    let e_tag = api.upload_part(request(part)).await.unwrap().output.e_tag;
    let parts = Some(vec![CompletedPart { part_number: Some(1), e_tag, ..CompletedPart::default() }]);
    let complete = CompleteMultipartUploadInput {
        bucket: BUCKET.to_owned(),
        key: "d".to_owned(),
        upload_id,
        multipart_upload: Some(CompletedMultipartUpload { parts }),
        ..CompleteMultipartUploadInput::default()
    };
    api.complete_multipart_upload(request(complete)).await.unwrap();
    let names = ["Put", "Post", "Copy", "CompleteMultipartUpload"].map(|name| format!("ObjectCreated:{name}"));
    assert_eq!(*told.lock().unwrap(), names);

    let refused = api.put_object(request(new_object("refused", b"5"))).await.err().unwrap();
    assert_eq!(*refused.code(), S3ErrorCode::SlowDown);
    assert!(api.get_object(request(wanted("refused"))).await.is_err());
}
