//! Queues: batches of jobs, several at once, and only what succeeded is deleted.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambdesk_function::Endpoint;
use lambdesk_local_sqs::{AttributeValue, BatchEntry, QueueName, REGION, ReceiveOptions, ReceivedMessage};
use serde_json::{Map, Value, json};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

use super::Workshop;
use crate::{
    aws::queue_name,
    group::Stop,
    invoke::{failures, invoke},
};

const BATCH: u32 = 10;
const BATCHES_AT_ONCE: usize = 4;
const LONG_POLL: Duration = Duration::from_secs(20);
/// How long to wait after the queue itself failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Works a queue off until the group stops; then lets the batches at hand finish.
pub(crate) async fn run(endpoint: Endpoint, queue: lambdesk_platform::QueueName, workshop: Workshop, mut stop: Stop) {
    // As on AWS: a step of a background job takes as long as it may, and nobody waits for another's.
    let batch = if queue == lambdesk_platform::QueueName::Jobs { 1 } else { BATCH };
    let queue = queue_name(queue);
    let slots = Arc::new(Semaphore::new(BATCHES_AT_ONCE));
    let mut batches = JoinSet::new();
    let mut moves = workshop.clock.moves();
    let options = ReceiveOptions { max_messages: Some(batch), visibility_timeout_s: None, wait: Some(LONG_POLL) };
    loop {
        while batches.try_join_next().is_some() {}
        let receive = async {
            let slot = slots.clone().acquire_owned().await.ok()?;
            tokio::select! {
                received = workshop.queues.receive(&queue, &options) => Some((slot, received)),
                // Other messages may be due by now.
                _ = moves.changed() => None,
            }
        };
        match stop.or(receive).await {
            None => break,
            Some(None) => {}
            Some(Some((_, Err(error)))) => {
                tracing::error!(%queue, %error, "the queue cannot be read");
                if stop.or(tokio::time::sleep(PAUSE)).await.is_none() {
                    break;
                }
            }
            Some(Some((_, Ok(messages)))) if messages.is_empty() => {}
            Some(Some((slot, Ok(messages)))) => {
                batches.spawn(work_off(endpoint.clone(), queue.clone(), workshop.clone(), messages, slot));
            }
        }
    }
    while batches.join_next().await.is_some() {}
}

async fn work_off(
    endpoint: Endpoint,
    queue: QueueName,
    workshop: Workshop,
    messages: Vec<ReceivedMessage>,
    _slot: OwnedSemaphorePermit,
) {
    let answer = invoke(&endpoint, &workshop.app, event(&messages, &queue)).await;
    match answer.and_then(|answer| failures(&answer)) {
        Ok(failed) => delete(&workshop, &queue, &messages, &failed),
        Err(error) => {
            let (function, count) = (endpoint.function.name, messages.len());
            tracing::warn!(function, messages = count, error, "a batch of jobs failed and comes back");
        }
    }
    workshop.activity.ring();
}

fn delete(workshop: &Workshop, queue: &QueueName, messages: &[ReceivedMessage], failed: &[String]) {
    if let Some(unknown) = failed.iter().find(|id| messages.iter().all(|message| message.message_id != **id)) {
        // As Lambda does: an answer that makes no sense is a failure of the whole batch.
        tracing::warn!(%queue, message_id = unknown, "a function names a message that it was not given");
        return;
    }
    let done = messages.iter().filter(|message| !failed.contains(&message.message_id));
    let entries: Vec<_> = done.map(|message| BatchEntry::new(&message.message_id, message.receipt_handle.clone())).collect();
    if entries.is_empty() {
        return;
    }
    match workshop.queues.delete_batch(queue, &entries) {
        Ok(outcome) => outcome.failed.iter().for_each(|failure| {
            tracing::warn!(%queue, message_id = failure.id, error = %failure.error, "a finished job was not deleted");
        }),
        Err(error) => tracing::warn!(%queue, %error, "finished jobs were not deleted"),
    }
}

/// The messages in the shape that Lambda gives them.
fn event(messages: &[ReceivedMessage], queue: &QueueName) -> Value {
    let shape = |message: &ReceivedMessage| {
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle.as_str(),
            "body": message.body,
            "attributes": message.system_attributes(),
            "messageAttributes": attributes(message),
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.arn(),
            "awsRegion": REGION,
        })
    };
    json!({ "Records": messages.iter().map(shape).collect::<Vec<_>>() })
}

fn attributes(message: &ReceivedMessage) -> Map<String, Value> {
    let shape = |(name, attribute): (&String, &lambdesk_local_sqs::MessageAttribute)| {
        let (text, binary) = match &attribute.value {
            AttributeValue::Text(text) => (Some(text), None),
            AttributeValue::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        let value = json!({
            "stringValue": text,
            "binaryValue": binary,
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": attribute.data_type,
        });
        (name.clone(), value)
    };
    message.attributes.iter().map(shape).collect()
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::sqs::SqsEvent;
    use lambdesk_local_sqs::{MessageAttribute, QueueChanges, Queues, SendMessage};

    use super::*;

    #[tokio::test]
    async fn the_event_has_lambdas_shape() {
        let queues = Queues::in_memory().expect("opens");
        let queue = QueueName::parse("email").expect("a name");
        queues.create_queue(&queue, &QueueChanges::default()).expect("made");
        let attributes = [("kind".to_owned(), MessageAttribute::string("test"))].into();
        queues.send(&queue, &SendMessage { attributes, ..SendMessage::new("{}") }).expect("sent");
        let messages = queues.receive(&queue, &ReceiveOptions::default()).await.expect("received");

        let event: SqsEvent = serde_json::from_value(event(&messages, &queue)).expect("Lambda's shape");
        let record = &event.records[0];
        assert_eq!(record.body.as_deref(), Some("{}"));
        assert_eq!(record.message_id.as_deref(), Some(messages[0].message_id.as_str()));
        assert_eq!(record.event_source_arn.as_deref(), Some("arn:aws:sqs:us-east-1:000000000000:email"));
        assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
        assert_eq!(record.message_attributes["kind"].string_value.as_deref(), Some("test"));
    }
}
