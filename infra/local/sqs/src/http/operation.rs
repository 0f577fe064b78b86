//! From the name of an operation to the call that does it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Endpoint, message_calls as messages, queue_calls as queues, redrive_calls as redrive};
use crate::SqsError;

/// Runs an operation on a request in JSON; gives the answer in JSON.
pub(super) async fn run(endpoint: &Endpoint, operation: &str, body: &[u8]) -> Result<Vec<u8>, SqsError> {
    let call = Call { endpoint, body };
    match operation {
        "CreateQueue" => call.run(queues::create),
        "DeleteQueue" => call.run(queues::delete),
        "GetQueueAttributes" => call.run(queues::get_attributes),
        "GetQueueUrl" => call.run(queues::get_url),
        "ListDeadLetterSourceQueues" => call.run(queues::list_dead_letter_sources),
        "ListQueues" => call.run(queues::list),
        "PurgeQueue" => call.run(queues::purge),
        "SetQueueAttributes" => call.run(queues::set_attributes),
        "ChangeMessageVisibility" => call.run(messages::change_visibility),
        "ChangeMessageVisibilityBatch" => call.run(messages::change_visibility_batch),
        "DeleteMessage" => call.run(messages::delete),
        "DeleteMessageBatch" => call.run(messages::delete_batch),
        "ReceiveMessage" => write(&messages::receive(endpoint, read(body)?).await?),
        "SendMessage" => call.run(messages::send),
        "SendMessageBatch" => call.run(messages::send_batch),
        "ListMessageMoveTasks" => call.run(redrive::list_move_tasks),
        "StartMessageMoveTask" => call.run(redrive::start_move_task),
        unknown => Err(SqsError::UnknownOperation(unknown.to_owned())),
    }
}

struct Call<'c> {
    endpoint: &'c Endpoint,
    body: &'c [u8],
}

impl Call<'_> {
    fn run<I: DeserializeOwned, O: Serialize>(
        &self,
        handler: impl FnOnce(&Endpoint, I) -> Result<O, SqsError>,
    ) -> Result<Vec<u8>, SqsError> {
        write(&handler(self.endpoint, read(self.body)?)?)
    }
}

fn read<I: DeserializeOwned>(body: &[u8]) -> Result<I, SqsError> {
    // ListQueues comes without a body from some clients.
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| SqsError::Malformed(e.to_string()))
}

fn write(answer: &impl Serialize) -> Result<Vec<u8>, SqsError> {
    serde_json::to_vec(answer).map_err(|e| SqsError::Storage(Box::new(e)))
}
