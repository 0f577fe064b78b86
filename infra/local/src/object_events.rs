//! Tells queues of new objects, in the words of S3.

use std::sync::Arc;

use lambdesk_local_s3::{Created, Notifier, Store};
use lambdesk_local_sqs::{QueueName, Queues, REGION, SendMessage};
use serde_json::{Value, json};

use crate::aws::queue_name;

/// Mail as it was received.
pub(crate) const MAIL_BUCKET: &str = "lambdesk-mail";
/// Where in it, with the slash.
pub(crate) const RECEIVED: &str = "received/";
/// Files of tickets, and those that are not checked yet.
pub(crate) const ATTACHMENTS_BUCKET: &str = "lambdesk-attachments";
const UPLOADS: &str = "uploads/";

/// Has the queues told, before whoever writes an object is answered.
pub(crate) fn connect(store: &mut Store, queues: &Queues) {
    let routes = [
        (MAIL_BUCKET, RECEIVED, lambdesk_platform::QueueName::MailIn),
        (ATTACHMENTS_BUCKET, UPLOADS, lambdesk_platform::QueueName::Files),
    ];
    for (bucket, prefix, queue) in routes {
        store.notify(bucket, prefix, notifier(queues.clone(), queue_name(queue)));
    }
}

fn notifier(queues: Queues, queue: QueueName) -> Notifier {
    Arc::new(move |created| {
        let message = SendMessage::new(event(created, &queue).to_string());
        queues.send(&queue, &message).map(drop).map_err(|error| format!("queue {queue}: {error}"))
    })
}

/// The message that S3 sends to a queue:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>.
fn event(created: &Created, queue: &QueueName) -> Value {
    let Created { by, bucket, key, size, etag, time, sequencer } = created;
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": format!("{time:.3}"),
        "eventName": by.event_name(),
        "userIdentity": { "principalId": OWNER },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": sequencer, "x-amz-id-2": sequencer },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": queue.as_str(),
            "bucket": { "name": bucket, "ownerIdentity": { "principalId": OWNER }, "arn": format!("arn:aws:s3:::{bucket}") },
            "object": { "key": encoded(key), "size": size, "eTag": etag, "sequencer": sequencer },
        },
    }] })
}

const OWNER: &str = "LAMBDESK";

/// As a form encodes it, `+` for a space; but slashes stay.
fn encoded(key: &str) -> String {
    let part = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    key.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::s3::S3Event;
    use jiff::Timestamp;
    use lambdesk_local_s3::CreatedBy;
    use lambdesk_local_sqs::{QueueChanges, ReceiveOptions};

    use super::*;

    fn created() -> Created {
        Created {
            by: CreatedBy::Put,
            bucket: ATTACHMENTS_BUCKET.to_owned(),
            key: "uploads/a b+é/100%_(1)*.png".to_owned(),
            size: 5,
            etag: "5d41402abc4b2a76b9719d911017c592".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            sequencer: "0000000000000000A1".to_owned(),
        }
    }

    #[test]
    fn it_reads_as_an_event_of_s3() {
        let queue = queue_name(lambdesk_platform::QueueName::Files);
        let event: S3Event = serde_json::from_value(event(&created(), &queue)).expect("an event");
        let [record] = event.records.as_slice() else { panic!("{event:?}") };
        assert_eq!(record.event_version.as_deref(), Some("2.1"));
        assert_eq!(record.event_source.as_deref(), Some("aws:s3"));
        assert_eq!(record.event_name.as_deref(), Some("ObjectCreated:Put"));
        assert_eq!(record.event_time.timestamp(), 0);
        let (bucket, object) = (&record.s3.bucket, &record.s3.object);
        assert_eq!(record.s3.configuration_id.as_deref(), Some("files"));
        assert_eq!(bucket.name.as_deref(), Some("lambdesk-attachments"));
        assert_eq!(bucket.arn.as_deref(), Some("arn:aws:s3:::lambdesk-attachments"));
        assert_eq!(object.key.as_deref(), Some("uploads/a+b%2B%C3%A9/100%25_%281%29*.png"));
        assert_eq!((object.size, object.e_tag.as_deref()), (Some(5), Some("5d41402abc4b2a76b9719d911017c592")));
        assert_eq!(object.sequencer.as_deref(), Some("0000000000000000A1"));
    }

    #[test]
    fn it_says_when_with_milliseconds() {
        let queue = queue_name(lambdesk_platform::QueueName::Files);
        assert_eq!(event(&created(), &queue)["Records"][0]["eventTime"], "1970-01-01T00:00:00.000Z");
    }

    #[tokio::test]
    async fn new_objects_reach_the_queue_of_their_place_and_no_object_is_there_without() {
        let directory = tempfile::tempdir().expect("a directory");
        let queues = Queues::in_memory().expect("opens");
        let mut store = Store::open(directory.path().to_owned(), Arc::new(|| Timestamp::UNIX_EPOCH)).expect("opens");
        store.create_bucket(MAIL_BUCKET).expect("made");
        connect(&mut store, &queues);
        let queue = queue_name(lambdesk_platform::QueueName::MailIn);
        assert!(store.put(MAIL_BUCKET, "received/1", "mail").await.is_err(), "there is no queue yet");

        queues.create_queue(&queue, &QueueChanges::default()).expect("made");
        store.put(MAIL_BUCKET, "received/1", "mail").await.expect("stored");
        store.put(MAIL_BUCKET, "sent/1", "mail").await.expect("stored");
        let options = ReceiveOptions { max_messages: Some(10), ..ReceiveOptions::default() };
        let messages = queues.receive(&queue, &options).await.expect("read");
        let keys: Vec<_> = messages
            .iter()
            .map(|message| serde_json::from_str::<S3Event>(&message.body).expect("an event").records[0].s3.object.key.clone())
            .collect();
        assert_eq!(keys, [Some("received/1".to_owned())]);
    }
}
