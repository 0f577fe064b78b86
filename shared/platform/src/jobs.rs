//! Jobs on queues: tagged, small, and made of ids. A worker reads everything else at the source, so that a job that
//! waits for days does nothing by old knowledge.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry};
use futures_util::future::join_all;
use jiff::Timestamp;
use lambdesk_domain::{AttachmentId, EventId, InboundMailId, MessageId, TenantId, TicketId, id::JobId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A queue of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Mail to send.
    Email,
    /// What is to happen because its time has come.
    Sla,
    /// Tickets that somebody is to be found for.
    Routing,
    /// Tickets that are to be counted in the views they are in.
    Views,
    /// Mail that came.
    MailIn,
    /// What became of mail that was sent: bounces, complaints.
    MailEvents,
    /// Background jobs, a step at a time.
    Jobs,
    /// Files that were uploaded.
    Files,
}

impl QueueName {
    /// All queues.
    pub const ALL: &[Self] =
        &[Self::Email, Self::Sla, Self::Routing, Self::Views, Self::MailIn, Self::MailEvents, Self::Jobs, Self::Files];

    /// The name, as it stands in the queue's own after the stage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sla => "sla",
            Self::Routing => "routing",
            Self::Views => "views",
            Self::MailIn => "mail-in",
            Self::MailEvents => "mail-events",
            Self::Jobs => "jobs",
            Self::Files => "files",
        }
    }

    /// The environment variable with its URL, such as `EMAIL_QUEUE_URL`.
    pub fn variable(self) -> String {
        format!("{}_QUEUE_URL", self.as_str().to_uppercase().replace('-', "_"))
    }
}

/// What can be put on a queue.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its queue.
    const QUEUE: QueueName;
}

/// Mail to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum EmailJob {
    /// Tell those whom an event concerns.
    Notify {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
        /// What happened.
        event: EventId,
    },
    /// Tell managers what nobody has.
    Digest {
        /// Whose desk.
        tenant: TenantId,
        /// The beginning of the hour that it is for.
        hour: Timestamp,
    },
}

impl Job for EmailJob {
    const QUEUE: QueueName = QueueName::Email;
}

/// What is to happen because its time has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum SlaJob {
    /// Do what has become due on a ticket.
    // Jobs of an earlier version wait on queues under its name.
    #[serde(alias = "close")]
    KeepTime {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
    },
    /// Erase an upload that nobody attached.
    Erase {
        /// Whose desk.
        tenant: TenantId,
        /// Which file.
        file: AttachmentId,
    },
    /// Send a reply that waited.
    Send {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
        /// Which reply.
        message: MessageId,
    },
}

impl Job for SlaJob {
    const QUEUE: QueueName = QueueName::Sla;
}

/// Tickets that somebody is to be found for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum RoutingJob {
    /// Find somebody for a ticket.
    Route {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
        /// Whether rules are asked anew; otherwise it stays in its team, if it is in one.
        anew: bool,
    },
    /// Find somebody for what waits, as far as there is room.
    RouteWaiting {
        /// Whose desk.
        tenant: TenantId,
    },
}

impl Job for RoutingJob {
    const QUEUE: QueueName = QueueName::Routing;
}

/// Tickets that are to be counted in the views they are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum ViewsJob {
    /// Count these.
    Count {
        /// Whose desk.
        tenant: TenantId,
        /// Which tickets.
        tickets: Vec<TicketId>,
    },
    /// Count all of a desk's tickets, a stretch of them: a view is new, or asks otherwise.
    Walk {
        /// Whose desk.
        tenant: TenantId,
        /// The state of the views that made it necessary.
        stamp: u64,
        /// When that was.
        asked_at: Timestamp,
        /// Whether all were walked, and only those are looked at again that changed shortly before it: the indexes may not have
        /// shown them.
        again: bool,
        /// How many of the desk's brands and statuses are done.
        done: usize,
        /// Where to go on among the next.
        cursor: Option<String>,
    },
    /// Forget what was counted in views that are gone.
    Sweep {
        /// Whose desk.
        tenant: TenantId,
    },
}

impl Job for ViewsJob {
    const QUEUE: QueueName = QueueName::Views;
}

/// A background job that is to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum BackgroundJob {
    /// Do a step of it.
    Step {
        /// Whose desk.
        tenant: TenantId,
        /// Which job.
        id: JobId,
        /// Which step; `None` where its message seems to be lost, and nobody knows.
        step: Option<u32>,
    },
}

impl Job for BackgroundJob {
    const QUEUE: QueueName = QueueName::Jobs;
}

/// Objects that S3 has stored, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ObjectsStored {
    /// Objects; most often one.
    Stored {
        /// Each of them.
        #[serde(rename = "Records")]
        records: Vec<ObjectStored>,
    },
    /// What S3 sends when notifications are set up.
    Test {
        /// `s3:TestEvent`.
        #[serde(rename = "Event")]
        event: TestEvent,
    },
}

impl ObjectsStored {
    /// The keys of the objects.
    ///
    /// S3 writes them as a form would: `+` for a space, `%XX` for what is neither letter nor digit.
    pub fn keys(&self) -> Vec<String> {
        let Self::Stored { records } = self else { return Vec::new() };
        records.iter().map(|record| form_decoded(&record.s3.object.key)).collect()
    }
}

fn form_decoded(key: &str) -> String {
    let bytes = key.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| key.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(escaped) => {
                decoded.push(escaped);
                at += 2;
            }
            None => decoded.push(if *byte == b'+' { b' ' } else { *byte }),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

impl Job for ObjectsStored {
    const QUEUE: QueueName = QueueName::Files;
}

/// The name of S3's own test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestEvent {
    /// The only one.
    #[serde(rename = "s3:TestEvent")]
    Test,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectStored {
    /// Where it is.
    pub s3: ObjectPlace,
}

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectPlace {
    /// The object.
    pub object: ObjectKey,
}

/// The key of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectKey {
    /// As S3 writes it in events.
    pub key: String,
}

/// Mail that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MailInJob {
    /// Somebody asks to take a mail again.
    Again {
        /// Whose desk.
        tenant: TenantId,
        /// Which mail.
        again: InboundMailId,
    },
    /// S3 has it.
    Stored(ObjectsStored),
}

impl Job for MailInJob {
    const QUEUE: QueueName = QueueName::MailIn;
}

/// The queues. Cheap to clone.
#[derive(Clone)]
pub struct Queues {
    client: Client,
    urls: Arc<BTreeMap<QueueName, String>>,
}

/// SQS takes at most this many messages in one call.
const BATCH: usize = 10;
/// How long SQS keeps a message back at most.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Calls that are made at once.
const AT_ONCE: usize = 8;

impl Queues {
    pub(crate) fn new(client: Client, urls: BTreeMap<QueueName, String>) -> Self {
        Self { client, urls: Arc::new(urls) }
    }

    /// Sends jobs; answers the positions of those that were not taken, to be tried again.
    pub async fn send<J: Job>(&self, jobs: &[J]) -> Vec<usize> {
        self.send_after(jobs, 0).await
    }

    /// Sends jobs that are to be taken no sooner than after so many seconds, 900 at most.
    pub async fn send_after<J: Job>(&self, jobs: &[J], seconds: i32) -> Vec<usize> {
        let mut failed = Vec::new();
        for (group_index, group) in jobs.chunks(BATCH * AT_ONCE).enumerate() {
            let begin = group_index * BATCH * AT_ONCE;
            let sent = join_all(group.chunks(BATCH).map(|chunk| self.send_chunk(chunk, seconds))).await;
            let mut is_out_of_reach = false;
            for (chunk_index, (sent, chunk)) in sent.into_iter().zip(group.chunks(BATCH)).enumerate() {
                let first = begin + chunk_index * BATCH;
                match sent {
                    Ok(refused) => failed.extend(refused.into_iter().map(|index| first + index)),
                    Err(error) => {
                        tracing::warn!(queue = J::QUEUE.as_str(), error, "jobs were not taken");
                        failed.extend(first..first + chunk.len());
                        is_out_of_reach = true;
                    }
                }
            }
            if is_out_of_reach {
                // A queue that cannot be reached now is not asked again for the rest: there is no time for that.
                failed.extend((begin + group.len())..jobs.len());
                break;
            }
        }
        failed
    }

    /// Sends a job that is to be done after a while: at most fifteen minutes, which is as long as SQS keeps one back. Answers whether
    /// it was taken.
    pub async fn send_later<J: Job>(&self, job: &J, wait: Duration) -> bool {
        let sent = async {
            let body = serde_json::to_string(job).map_err(|error| error.to_string())?;
            // In whole seconds, never too early.
            let seconds = wait.min(LONGEST_WAIT).as_millis().div_ceil(1000);
            let seconds = i32::try_from(seconds).map_err(|error| error.to_string())?;
            let request = self.client.send_message().queue_url(self.url(J::QUEUE)?).message_body(body).delay_seconds(seconds);
            request.send().await.map_err(|error| DisplayErrorContext(error).to_string())
        };
        sent.await.inspect_err(|error| tracing::warn!(queue = J::QUEUE.as_str(), error, "a job was not taken")).is_ok()
    }

    async fn send_chunk<J: Job>(&self, jobs: &[J], seconds: i32) -> Result<Vec<usize>, String> {
        let mut request = self.client.send_message_batch().queue_url(self.url(J::QUEUE)?);
        for (index, job) in jobs.iter().enumerate() {
            let body = serde_json::to_string(job).map_err(|error| error.to_string())?;
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
            let entry = entry.set_delay_seconds((seconds > 0).then_some(seconds)).build();
            request = request.entries(entry.map_err(|error| error.to_string())?);
        }
        let response = request.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
        Ok(response.failed().iter().filter_map(|entry| entry.id().parse().ok()).collect())
    }

    fn url(&self, queue: QueueName) -> Result<&str, String> {
        self.urls.get(&queue).map(String::as_str).ok_or_else(|| format!("{} is not set", queue.variable()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Jobs wait on queues while a new version is deployed: what was written must still be read.
    #[test]
    fn jobs_are_written_as_they_always_were() {
        let id = "019aa0c5-6b20-7000-8000-000000000010";
        let tenant = TenantId::parse("demo").expect("fits");
        let (ticket, event) = (id.parse().expect("an id"), id.parse().expect("an id"));
        let notify = EmailJob::Notify { tenant: tenant.clone(), ticket, event };
        let digest = EmailJob::Digest { tenant: tenant.clone(), hour: Timestamp::UNIX_EPOCH };
        let erase = SlaJob::Erase { tenant: tenant.clone(), file: id.parse().expect("an id") };
        let send = SlaJob::Send { tenant: tenant.clone(), ticket, message: id.parse().expect("an id") };
        let step = BackgroundJob::Step { tenant: tenant.clone(), id: id.parse().expect("an id"), step: Some(3) };
        let keep_time = SlaJob::KeepTime { tenant, ticket };
        let written = |job: serde_json::Result<serde_json::Value>| job.expect("plain data");
        let expected = json!({ "job": "notify", "tenant": "demo", "ticket": id, "event": id });
        assert_eq!(written(serde_json::to_value(&notify)), expected);
        let expected = json!({ "job": "digest", "tenant": "demo", "hour": "1970-01-01T00:00:00Z" });
        assert_eq!(written(serde_json::to_value(&digest)), expected);
        assert_eq!(written(serde_json::to_value(&erase)), json!({ "job": "erase", "tenant": "demo", "file": id }));
        let expected = json!({ "job": "send", "tenant": "demo", "ticket": id, "message": id });
        assert_eq!(written(serde_json::to_value(&send)), expected);
        assert_eq!(written(serde_json::to_value(&step)), json!({ "job": "step", "tenant": "demo", "id": id, "step": 3 }));
        assert_eq!(written(serde_json::to_value(&keep_time)), json!({ "job": "keep_time", "tenant": "demo", "ticket": id }));
        let count = ViewsJob::Count { tenant: TenantId::parse("demo").expect("fits"), tickets: vec![ticket] };
        assert_eq!(written(serde_json::to_value(&count)), json!({ "job": "count", "tenant": "demo", "tickets": [id] }));
        let tenant = TenantId::parse("demo").expect("fits");
        let asked_at = Timestamp::UNIX_EPOCH;
        let walk = ViewsJob::Walk { tenant, stamp: 3, asked_at, again: false, done: 1, cursor: None };
        let expected = json!({
            "job": "walk", "tenant": "demo", "stamp": 3, "asked_at": "1970-01-01T00:00:00Z", "again": false, "done": 1, "cursor": null,
        });
        assert_eq!(written(serde_json::to_value(&walk)), expected);
        let earlier = json!({ "job": "close", "tenant": "demo", "ticket": id });
        assert_eq!(serde_json::from_value::<SlaJob>(earlier).expect("still read"), keep_time);
    }

    #[test]
    fn every_queue_has_a_name_and_a_variable_of_its_own() {
        let names: std::collections::BTreeSet<_> = QueueName::ALL.iter().map(|queue| queue.variable()).collect();
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            [
                "EMAIL_QUEUE_URL",
                "FILES_QUEUE_URL",
                "JOBS_QUEUE_URL",
                "MAIL_EVENTS_QUEUE_URL",
                "MAIL_IN_QUEUE_URL",
                "ROUTING_QUEUE_URL",
                "SLA_QUEUE_URL",
                "VIEWS_QUEUE_URL"
            ]
        );
    }
}
