//! What a piece of work costs: DynamoDB calls and capacity, counted for the task that makes them.

use std::cell::Cell;

use aws_sdk_dynamodb::types::ConsumedCapacity;
use serde::Serialize;

/// DynamoDB calls and the capacity they consumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Requests to DynamoDB, retries not counted.
    pub calls: u32,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units, those of the indexes included.
    pub write_units: f64,
}

tokio::task_local! {
    static USAGE: Cell<Usage>;
}

/// Runs the work and tells what it cost.
pub async fn measure<T>(work: impl Future<Output = T>) -> (T, Usage) {
    USAGE
        .scope(Cell::default(), async {
            let value = work.await;
            (value, USAGE.with(Cell::get))
        })
        .await
}

/// Which way a call moved data.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Direction {
    Read,
    Write,
}

pub(crate) fn record<'a>(direction: Direction, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = consumed.into_iter().filter_map(|capacity| capacity.capacity_units).sum();
    // Outside of `measure` nobody asks.
    let _ = USAGE.try_with(|cell| {
        let mut usage = cell.get();
        usage.calls += 1;
        match direction {
            Direction::Read => usage.read_units += units,
            Direction::Write => usage.write_units += units,
        }
        cell.set(usage);
    });
}
