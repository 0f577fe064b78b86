//! Calls to DynamoDB: counted, retried, and their errors named.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::{query::builders::QueryFluentBuilder, transact_write_items::TransactWriteItemsError},
    types::{ReturnConsumedCapacity, TransactWriteItem},
};

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::Key,
    usage::{Direction, record},
};

/// Tries of a transaction that meets another one, or is throttled. The SDK has its own retries below this for
/// single calls.
const TRIES: u32 = 8;
/// Items of one transaction: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
const MOST_PARTS: usize = 100;
/// The longest first wait between tries; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(15);

impl Store {
    /// Reads one item, strongly consistent: people must see what they just wrote.
    pub(crate) async fn get(&self, key: Key) -> Result<Option<Item>, StoreError> {
        let response = self
            .client
            .get_item()
            .table_name(&*self.table)
            .set_key(Some(item::key(key)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        record(Direction::Read, response.consumed_capacity());
        Ok(response.item)
    }

    /// A query on the table, to be narrowed and given to [`Store::run`].
    pub(crate) fn query(&self) -> QueryFluentBuilder {
        self.client.query().table_name(&*self.table).return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Runs a query: one page, and where to go on.
    pub(crate) async fn run(&self, query: QueryFluentBuilder) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let response = query.send().await.map_err(unavailable)?;
        record(Direction::Read, response.consumed_capacity());
        Ok((response.items.unwrap_or_default(), response.last_evaluated_key))
    }

    /// Runs a query to its end: for partitions that are small by nature.
    pub(crate) async fn run_all(&self, query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let (page, last) = self.run(query.clone().set_exclusive_start_key(start)).await?;
            items.extend(page);
            match last {
                None => return Ok(items),
                last => start = last,
            }
        }
    }

    /// Everything under a partition of the base table.
    pub(crate) async fn partition(&self, pk: String) -> Result<Vec<Item>, StoreError> {
        let query = self
            .query()
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", item::text(pk));
        self.run_all(query).await
    }

    /// Writes all of it or nothing. Each part names the error of its condition; the first that failed is answered.
    /// Conflicts with other transactions and throttling are retried with jitter.
    ///
    /// What is written together is bounded where it is decided. Should more come together all the same, it is `TooLarge`.
    pub(crate) async fn transact(&self, parts: Vec<Part>) -> Result<(), StoreError> {
        if parts.len() > MOST_PARTS {
            return Err(StoreError::TooLarge(
                "This changes more than can be changed at once. Do it in several steps.".to_owned(),
            ));
        }
        let (items, guards): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.write, part.guard)).unzip();
        let mut token = request_token();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(jittered(FIRST_WAIT * 2u32.pow(attempt - 1))).await;
            }
            let request = self
                .client
                .transact_write_items()
                .client_request_token(&token)
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match request.send().await {
                Ok(response) => {
                    record(Direction::Write, response.consumed_capacity());
                    return Ok(());
                }
                Err(error) => match classify(&error, &guards) {
                    // Cancelled for certain: a try of its own. Anything else may yet be done, and must be the same try.
                    Refusal::Cancelled => token = request_token(),
                    Refusal::TryAgain => tracing::debug!(attempt, "transaction met another one"),
                    Refusal::Condition(guard) => return Err(guard.into()),
                    Refusal::Fatal => return Err(unavailable(error)),
                },
            }
        }
        Err(StoreError::Unavailable("the transaction kept meeting others".to_owned()))
    }
}

/// One write of a transaction.
pub(crate) struct Part {
    write: TransactWriteItem,
    guard: Guard,
}

impl Part {
    pub(crate) fn new(write: TransactWriteItem) -> Self {
        Self { write, guard: Guard::None }
    }

    pub(crate) fn guarded(write: TransactWriteItem, guard: Guard) -> Self {
        Self { write, guard }
    }
}

/// What it means when a part's condition fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    None,
    Version,
    Unique(&'static str),
    Idempotency,
}

impl From<Guard> for StoreError {
    fn from(guard: Guard) -> Self {
        match guard {
            Guard::Version => Self::Stale,
            Guard::Unique(what) => Self::Taken(what),
            // The caller looks the answer up; see `Desk::save`.
            Guard::Idempotency => Self::KeyReused,
            Guard::None => Self::Corrupt("a condition failed that was never set".to_owned()),
        }
    }
}

enum Refusal {
    TryAgain,
    Cancelled,
    Condition(Guard),
    Fatal,
}

fn classify(error: &SdkError<TransactWriteItemsError>, guards: &[Guard]) -> Refusal {
    let Some(service_error) = error.as_service_error() else { return Refusal::Fatal };
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = service_error else {
        let try_again = service_error.is_transaction_in_progress_exception()
            || service_error.is_provisioned_throughput_exceeded_exception()
            || service_error.is_request_limit_exceeded()
            || service_error.is_throttling_exception();
        return if try_again { Refusal::TryAgain } else { Refusal::Fatal };
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None")).collect();
    // An idempotency key that was used says more than the stale version that follows from it.
    let failed = || codes.iter().zip(guards).filter(|(code, _)| **code == "ConditionalCheckFailed").map(|(_, guard)| *guard);
    if let Some(guard) = failed().find(|guard| *guard == Guard::Idempotency).or_else(|| failed().next()) {
        return Refusal::Condition(guard);
    }
    let passing =
        |code: &&str| matches!(*code, "None" | "TransactionConflict" | "ProvisionedThroughputExceeded" | "ThrottlingError");
    if codes.iter().all(passing) { Refusal::Cancelled } else { Refusal::Fatal }
}

/// Between nothing and the whole: "full jitter", which spreads those who met best.
pub(crate) fn jittered(longest: Duration) -> Duration {
    let mut random = [0; 2];
    // Without randomness the wait is the longest; nothing else depends on it.
    let part = getrandom::fill(&mut random).map_or(1.0, |()| f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX));
    longest.mul_f64(part)
}

/// DynamoDB's idempotency token of one transaction: sent again with it, a transaction that was done is not done twice.
pub(crate) fn request_token() -> String {
    let mut random = [0u8; 16];
    // Without randomness a token made of zeros would meet others'; the engine refuses an empty one, and we fail loudly.
    getrandom::fill(&mut random).map_or_else(|_| String::new(), |()| random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What a failed call means. A request that DynamoDB finds invalid is our mistake and no better the next time.
pub(crate) fn unavailable<E, R>(error: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let invalid = error.code() == Some("ValidationException");
    let cancelled_as_invalid = error.message().is_some_and(|message| message.contains("ValidationError"));
    let text = DisplayErrorContext(&error).to_string();
    if invalid || cancelled_as_invalid { StoreError::Corrupt(text) } else { StoreError::Unavailable(text) }
}
