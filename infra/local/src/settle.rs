//! Waiting until everything that follows from what was done is done too.

use std::time::Duration;

use lambdesk_platform::QueueName;

use crate::{aws::queue_name, triggers::Workshop};

/// How often to look when nothing rings: a message that fails comes back by time alone.
const TICK: Duration = Duration::from_millis(20);

/// Waits until every schedule has run since the clock was last moved, every reader has read the stream to its end and
/// every queue is empty (dead letters aside).
///
/// Work makes work: a job writes to the table, and that makes another job. So the stream is looked at before and after
/// the queues; if its readers stand where they stood, nothing was put on a queue in between. The same holds for schedules.
pub(crate) async fn settle(workshop: &Workshop, readers: &[&'static str], deadline: Duration) -> Result<(), String> {
    let wait = async {
        loop {
            let (before, schedules) = (positions(workshop, readers)?, workshop.schedules.standing());
            let at_rest = schedule_backlog(workshop).is_none()
                && stream_backlog(workshop, &before)?.is_none()
                && queue_backlog(workshop)?.is_none();
            let still = at_rest && stream_backlog(workshop, &before)?.is_none() && positions(workshop, readers)? == before;
            if still && workshop.schedules.standing() == schedules && schedule_backlog(workshop).is_none() {
                return Ok(());
            }
            // A ring that is missed is made up for by the tick.
            let _ = tokio::time::timeout(TICK, workshop.activity.rung()).await;
        }
    };
    if let Ok(result) = tokio::time::timeout(deadline, wait).await {
        return result;
    }
    let stream = stream_backlog(workshop, &positions(workshop, readers)?)?;
    let left: Vec<String> = schedule_backlog(workshop).into_iter().chain(stream).chain(queue_backlog(workshop)?).collect();
    Err(format!("not settled after {} ms: {}", deadline.as_millis(), left.join(", ")))
}

type Positions = Vec<(&'static str, Option<String>)>;

fn positions(workshop: &Workshop, readers: &[&'static str]) -> Result<Positions, String> {
    readers.iter().map(|reader| Ok((*reader, workshop.state.stream_position(reader)?))).collect()
}

fn schedule_backlog(workshop: &Workshop) -> Option<String> {
    workshop.schedules.backlog(workshop.clock.ahead_ms())
}

fn stream_backlog(workshop: &Workshop, positions: &Positions) -> Result<Option<String>, String> {
    let arn = workshop.dynamo.stream_arn()?;
    for (reader, position) in positions {
        if !workshop.dynamo.records_after(&arn, position.as_deref(), 1)?.is_empty() {
            return Ok(Some(format!("{reader} has more of the stream to read")));
        }
    }
    Ok(None)
}

fn queue_backlog(workshop: &Workshop) -> Result<Option<String>, String> {
    for queue in QueueName::ALL {
        let name = queue_name(*queue);
        let counts = workshop.queues.get_queue_attributes(&name).map_err(|error| error.to_string())?.counts;
        // What is put off there waits for a time that may be far; every other delay is a moment's.
        let delayed = if *queue == QueueName::Sla { 0 } else { counts.delayed };
        if counts.visible + counts.in_flight + delayed > 0 {
            let (visible, in_flight) = (counts.visible, counts.in_flight);
            return Ok(Some(format!("queue {name} has {visible} visible, {in_flight} in flight, {delayed} delayed")));
        }
    }
    Ok(None)
}
