//! The table's stream: every record is delivered at least once, in order.

use std::time::Duration;

use dynoxide::actions::get_records::Record;
use lambdesk_function::Endpoint;
use lambdesk_local_sqs::{QueueName, REGION, SendMessage};
use serde_json::{Value, json};

use super::Workshop;
use crate::{
    aws::STREAM_DEAD_LETTERS,
    group::Stop,
    invoke::{failures, invoke},
};

const BATCH: usize = 100;
/// How often to ask whether anything was written, when nobody rings.
const TICK: Duration = Duration::from_millis(40);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often a record is tried before it goes to the dead letters.
const TRIES: u32 = 10;

/// Reads the stream for one function.
pub(crate) struct Reader {
    endpoint: Endpoint,
    workshop: Workshop,
    arn: String,
    /// The last record that is done; kept on disk after every batch.
    position: Option<String>,
    /// The most records to take: a batch that fails as a whole is halved until the one is found that fails.
    take: usize,
    /// The record that failed last, and how often.
    failed: Option<(String, u32)>,
    /// How long to wait after a first failure.
    first_pause: Duration,
}

/// What came of a batch.
enum Outcome {
    /// All is done.
    Done,
    /// This many are done, and the next failed.
    FailedAt(usize, String),
    /// It failed, nobody knows at which record.
    Failed(String),
}

impl Reader {
    pub(crate) fn new(endpoint: Endpoint, workshop: Workshop) -> Result<Self, String> {
        let arn = workshop.dynamo.stream_arn()?;
        let position = workshop.state.stream_position(endpoint.function.name)?;
        Ok(Self { endpoint, workshop, arn, position, take: BATCH, failed: None, first_pause: FIRST_PAUSE })
    }

    /// Reads until the group stops.
    pub(crate) async fn run(mut self, mut stop: Stop) {
        let mut seen = None;
        loop {
            let version = self.workshop.dynamo.version().ok();
            // After a failure there are records to try again, whether or not anything was written.
            if version.is_none() || version != seen || self.failed.is_some() {
                match self.step(&mut stop).await {
                    Ok(true) => continue,
                    Ok(false) => seen = version,
                    Err(error) => {
                        tracing::error!(function = self.endpoint.function.name, error, "the stream cannot be read");
                        if stop.or(tokio::time::sleep(LONGEST_PAUSE)).await.is_none() {
                            return;
                        }
                    }
                }
            }
            // A ring that is missed is made up for by the tick.
            let wait = tokio::time::timeout(TICK, self.workshop.activity.rung());
            if stop.or(wait).await.is_none() {
                return;
            }
        }
    }

    /// Delivers one batch. Answers whether to go on at once.
    async fn step(&mut self, stop: &mut Stop) -> Result<bool, String> {
        let records = self.read().await?;
        if records.is_empty() {
            return Ok(false);
        }
        let event = event(&records, &self.arn)?;
        let Some(answer) = stop.or(invoke(&self.endpoint, &self.workshop.app, event)).await else { return Ok(false) };
        let pause = self.settle(&records, outcome(&records, answer))?;
        self.workshop.activity.ring();
        if let Some(pause) = pause {
            return Ok(stop.or(tokio::time::sleep(pause)).await.is_some());
        }
        Ok(true)
    }

    async fn read(&self) -> Result<Vec<Record>, String> {
        let (dynamo, arn, position, take) = (self.workshop.dynamo.clone(), self.arn.clone(), self.position.clone(), self.take);
        let read = tokio::task::spawn_blocking(move || dynamo.records_after(&arn, position.as_deref(), take));
        read.await.map_err(|error| error.to_string())?
    }

    /// Remembers what is done; answers how long to wait before the rest.
    fn settle(&mut self, records: &[Record], outcome: Outcome) -> Result<Option<Duration>, String> {
        let name = self.endpoint.function.name;
        let (done, error) = match outcome {
            Outcome::Done => {
                self.failed = None;
                self.take = (self.take * 2).min(BATCH);
                self.advance(&records[records.len() - 1])?;
                return Ok(None);
            }
            Outcome::Failed(error) if records.len() > 1 => {
                tracing::warn!(function = name, records = records.len(), error, "a batch of the stream failed and is halved");
                self.take = records.len() / 2;
                return Ok(Some(self.first_pause));
            }
            Outcome::Failed(error) => (0, error),
            Outcome::FailedAt(done, error) => (done, error),
        };
        if done > 0 {
            self.advance(&records[done - 1])?;
        }
        let record = &records[done];
        let number = &record.dynamodb.sequence_number;
        let tries = 1 + self.failed.as_ref().filter(|(failed, _)| failed == number).map_or(0, |(_, tries)| *tries);
        tracing::warn!(function = name, record = record.event_id, tries, error, "a record of the stream failed");
        if tries >= TRIES {
            self.give_up(record, &error)?;
            self.advance(record)?;
            self.failed = None;
            return Ok(None);
        }
        self.failed = Some((number.clone(), tries));
        Ok(Some(pause_after(self.first_pause, tries)))
    }

    fn advance(&mut self, record: &Record) -> Result<(), String> {
        let number = &record.dynamodb.sequence_number;
        self.workshop.state.keep_stream_position(self.endpoint.function.name, number)?;
        self.position = Some(number.clone());
        Ok(())
    }

    fn give_up(&self, record: &Record, error: &str) -> Result<(), String> {
        let letter = json!({ "function": self.endpoint.function.name, "error": error, "record": record });
        let queue = QueueName::parse(STREAM_DEAD_LETTERS).map_err(|error| error.to_string())?;
        let sent = self.workshop.queues.send(&queue, &SendMessage::new(letter.to_string()));
        tracing::error!(function = self.endpoint.function.name, record = record.event_id, "a record of the stream is given up");
        sent.map(drop).map_err(|error| error.to_string())
    }
}

fn pause_after(first: Duration, tries: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(tries - 1)).min(LONGEST_PAUSE)
}

/// The records in the shape that Lambda gives them.
fn event(records: &[Record], arn: &str) -> Result<Value, String> {
    let shape = |record: &Record| {
        let mut record = serde_json::to_value(record)?;
        record["eventSourceARN"] = json!(arn);
        record["awsRegion"] = json!(REGION);
        Ok(record)
    };
    let records = records.iter().map(shape).collect::<Result<Vec<_>, serde_json::Error>>();
    records.map(|records| json!({ "Records": records })).map_err(|error| error.to_string())
}

fn outcome(records: &[Record], answer: Result<Value, String>) -> Outcome {
    let named = match answer.and_then(|answer| failures(&answer)) {
        Ok(named) if named.is_empty() => return Outcome::Done,
        Ok(named) => named,
        Err(error) => return Outcome::Failed(error),
    };
    // Lambda goes on from the lowest number that is named.
    match records.iter().position(|record| named.contains(&record.dynamodb.sequence_number)) {
        Some(first) => Outcome::FailedAt(first, "the function says so".to_owned()),
        None => Outcome::Failed("the function names a record that it was not given".to_owned()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
