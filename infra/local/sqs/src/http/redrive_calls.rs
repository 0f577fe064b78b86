//! The operations on move tasks.

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::SqsError;
use crate::move_task::MoveTask;
use crate::name::QueueName;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartMoveTask {
    #[serde(default)]
    source_arn: String,
    destination_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartedMoveTask {
    task_handle: String,
}

pub(super) fn start_move_task(endpoint: &Endpoint, request: StartMoveTask) -> Result<StartedMoveTask, SqsError> {
    let source = QueueName::from_arn(&request.source_arn)?;
    let destination = request.destination_arn.as_deref().map(QueueName::from_arn).transpose()?;
    let task = endpoint.queues.start_message_move_task(&source, destination.as_ref())?;
    Ok(StartedMoveTask { task_handle: task.task_handle })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListMoveTasks {
    #[serde(default)]
    source_arn: String,
    max_results: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MoveTasks {
    results: Vec<Task>,
}

/// A task is always over, so it has no handle to cancel it by.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    status: &'static str,
    source_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_arn: Option<String>,
    approximate_number_of_messages_moved: i64,
    approximate_number_of_messages_to_move: i64,
    started_timestamp: i64,
}

impl From<MoveTask> for Task {
    fn from(task: MoveTask) -> Self {
        Self {
            status: "COMPLETED",
            source_arn: task.source.arn(),
            destination_arn: task.destination.as_ref().map(QueueName::arn),
            approximate_number_of_messages_moved: task.moved,
            approximate_number_of_messages_to_move: task.moved,
            started_timestamp: task.started_ms,
        }
    }
}

pub(super) fn list_move_tasks(endpoint: &Endpoint, request: ListMoveTasks) -> Result<MoveTasks, SqsError> {
    let source = QueueName::from_arn(&request.source_arn)?;
    let tasks = endpoint.queues.list_message_move_tasks(&source, request.max_results.unwrap_or(1).clamp(1, 10))?;
    Ok(MoveTasks { results: tasks.into_iter().map(Task::from).collect() })
}
