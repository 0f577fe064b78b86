//! Running a worker as Lambda would: in a time limit, and so that its panic is its own.

use std::time::Duration;

use lambdesk_function::Endpoint;
use lambdesk_platform::App;
use serde_json::Value;
use tokio::task::JoinSet;

/// How long a worker may take: less than the visibility timeout of its message, after which another would begin anew.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(25);

/// Runs the worker on an event. The error is for the log: the worker failed, panicked, or took too long.
pub(crate) async fn invoke(endpoint: &Endpoint, app: &App, event: Value) -> Result<Value, String> {
    let work = endpoint.run(app.clone(), event).ok_or_else(|| format!("{} takes no events", endpoint.function.name))?;
    // A set of one, because a set ends its tasks when it is dropped.
    let mut task = JoinSet::new();
    task.spawn(work);
    match tokio::time::timeout(TIME_LIMIT, task.join_next()).await {
        Ok(Some(Ok(result))) => result.map_err(|error| error.to_string()),
        Ok(Some(Err(error))) => Err(format!("it panicked: {error}")),
        Ok(None) => Err("it vanished".to_owned()),
        Err(_) => Err(format!("it took longer than {} s", TIME_LIMIT.as_secs())),
    }
}

/// The `itemIdentifier`s of a partial batch failure; `Err` if the answer has another shape, which AWS takes for a failure
/// of the whole batch.
pub(crate) fn failures(answer: &Value) -> Result<Vec<String>, String> {
    let list = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or("batchItemFailures is not a list")?,
    };
    let identifier = |failure: &Value| failure["itemIdentifier"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    list.iter().map(|failure| identifier(failure).ok_or_else(|| "a failure without itemIdentifier".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_names_what_failed_or_fails_as_a_whole() {
        assert_eq!(failures(&Value::Null), Ok(vec![]));
        assert_eq!(failures(&json!({ "batchItemFailures": [] })), Ok(vec![]));
        assert_eq!(failures(&json!({ "batchItemFailures": [{ "itemIdentifier": "a" }] })), Ok(vec!["a".to_owned()]));
        assert!(failures(&json!({ "batchItemFailures": [{ "itemIdentifier": "" }] })).is_err());
        assert!(failures(&json!({ "batchItemFailures": 3 })).is_err());
    }
}
