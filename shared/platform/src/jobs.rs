//! Jobs on queues: tagged, small, and made of ids. A worker reads everything else at the source, so that a job that
//! waits for days does nothing by old knowledge.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry};
use lambdesk_domain::{EventId, TenantId, TicketId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A queue of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Mail to send.
    Email,
    /// What is to happen because its time has come.
    Sla,
}

impl QueueName {
    /// All queues.
    pub const ALL: &[Self] = &[Self::Email, Self::Sla];

    /// The name, as it stands in the queue's own after the stage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sla => "sla",
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
}

impl Job for EmailJob {
    const QUEUE: QueueName = QueueName::Email;
}

/// What is to happen because its time has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum SlaJob {
    /// Close a resolved ticket, if its days of silence are over.
    Close {
        /// Whose desk.
        tenant: TenantId,
        /// Which ticket.
        ticket: TicketId,
    },
}

impl Job for SlaJob {
    const QUEUE: QueueName = QueueName::Sla;
}

/// The queues. Cheap to clone.
#[derive(Clone)]
pub struct Queues {
    client: Client,
    urls: Arc<BTreeMap<QueueName, String>>,
}

/// SQS takes at most this many messages in one call.
const BATCH: usize = 10;

impl Queues {
    pub(crate) fn new(client: Client, urls: BTreeMap<QueueName, String>) -> Self {
        Self { client, urls: Arc::new(urls) }
    }

    /// Sends jobs; answers the positions of those that were not taken, to be tried again.
    pub async fn send<J: Job>(&self, jobs: &[J]) -> Vec<usize> {
        let mut failed = Vec::new();
        for (chunk_index, chunk) in jobs.chunks(BATCH).enumerate() {
            let first = chunk_index * BATCH;
            match self.send_chunk(chunk).await {
                Ok(refused) => failed.extend(refused.into_iter().map(|index| first + index)),
                Err(error) => {
                    tracing::warn!(queue = J::QUEUE.as_str(), error, "jobs were not taken");
                    // A queue that cannot be reached now is not asked again for the rest: there is no time for that.
                    failed.extend(first..jobs.len());
                    break;
                }
            }
        }
        failed
    }

    async fn send_chunk<J: Job>(&self, jobs: &[J]) -> Result<Vec<usize>, String> {
        let mut request = self.client.send_message_batch().queue_url(self.url(J::QUEUE)?);
        for (index, job) in jobs.iter().enumerate() {
            let body = serde_json::to_string(job).map_err(|error| error.to_string())?;
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body).build();
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
        let close = SlaJob::Close { tenant, ticket };
        let written = |job: serde_json::Result<serde_json::Value>| job.expect("plain data");
        let expected = json!({ "job": "notify", "tenant": "demo", "ticket": id, "event": id });
        assert_eq!(written(serde_json::to_value(&notify)), expected);
        assert_eq!(written(serde_json::to_value(&close)), json!({ "job": "close", "tenant": "demo", "ticket": id }));
    }

    #[test]
    fn every_queue_has_a_name_and_a_variable_of_its_own() {
        let names: std::collections::BTreeSet<_> = QueueName::ALL.iter().map(|queue| queue.variable()).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["EMAIL_QUEUE_URL", "SLA_QUEUE_URL"]);
    }
}
