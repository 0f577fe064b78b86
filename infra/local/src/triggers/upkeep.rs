//! What DynamoDB does by itself: deletes what has expired, and forgets old stream records.

use std::time::Duration;

use lambdesk_platform::Clock as _;

use super::Workshop;
use crate::group::Stop;

const INTERVAL: Duration = Duration::from_secs(60);
/// Between chunks, so that requests get at the table.
const PAUSE: Duration = Duration::from_millis(5);

/// Once a minute, and whenever the clock was moved.
pub(crate) async fn run(readers: Vec<&'static str>, workshop: Workshop, mut stop: Stop) {
    let mut moves = workshop.clock.moves();
    loop {
        let (swept, trimmed) = (sweep(&workshop), trim(&workshop, &readers));
        let both = async { swept.await.and(trimmed.await) };
        match stop.or(both).await {
            None => return,
            Some(Err(error)) => tracing::warn!(error, "the table could not be looked after"),
            Some(Ok(())) => {}
        }
        let next = async {
            tokio::select! { () = tokio::time::sleep(INTERVAL) => {}, _ = moves.changed() => {} }
        };
        if stop.or(next).await.is_none() {
            return;
        }
    }
}

async fn sweep(workshop: &Workshop) -> Result<(), String> {
    loop {
        let (dynamo, now) = (workshop.dynamo.clone(), workshop.clock.now());
        let more = tokio::task::spawn_blocking(move || dynamo.sweep(now)).await.map_err(|error| error.to_string())?;
        if !more? {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Up to the position that all readers have reached; nothing while one has not begun.
async fn trim(workshop: &Workshop, readers: &[&'static str]) -> Result<(), String> {
    let positions = readers.iter().map(|reader| workshop.state.stream_position(reader)).collect::<Result<Vec<_>, _>>()?;
    // All numbers have the same length, so that they compare as text. `None` comes before all.
    let Some(position) = positions.into_iter().min().unwrap_or_else(|| Some(NOBODY_READS.to_owned())) else { return Ok(()) };
    loop {
        let (dynamo, position) = (workshop.dynamo.clone(), position.clone());
        let more = tokio::task::spawn_blocking(move || dynamo.trim(&position)).await.map_err(|error| error.to_string())?;
        if !more? {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A position after all records.
const NOBODY_READS: &str = "109223372036854775807";
