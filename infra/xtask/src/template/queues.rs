//! Queues, where their failures go, and the alarms on both.

use lambdesk_function::{Function, Trigger};
use lambdesk_platform::QueueName;

use super::logical_id;

/// Every queue with its dead letters, and the place where records of the stream are set aside.
pub(super) fn resources(functions: &[Function]) -> String {
    let mut parts = Vec::new();
    for queue in QueueName::ALL {
        let (name, id) = (queue.as_str(), logical_id(queue.as_str()));
        let (seconds, tries) = kept(*queue);
        parts.push(format!(
            "  {id}Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub lambdesk-${{Stage}}-{name}
      SqsManagedSseEnabled: true
      # Six times as long as its worker may take, as AWS advises.
      VisibilityTimeout: 150
      MessageRetentionPeriod: {seconds}
      RedrivePolicy: {{ deadLetterTargetArn: !GetAtt {id}DeadLetters.Arn, maxReceiveCount: {tries} }}"
        ));
        parts.push(dead_letters(name));
    }
    if functions.iter().any(|function| function.trigger == Trigger::TableStream) {
        parts.push(dead_letters("events"));
    }
    parts.join("\n")
}

/// How many seconds a job is kept, and how often it is tried.
fn kept(queue: QueueName) -> (u32, u32) {
    match queue {
        QueueName::Email | QueueName::MailIn | QueueName::MailEvents | QueueName::Files => (1_209_600, 10),
        // What is still due is found again a minute later.
        QueueName::Sla => (3_600, 3),
        // What is lost is found again two minutes later, until the job is forgotten.
        QueueName::Jobs => (1_209_600, 10),
        QueueName::Routing | QueueName::Views => (1_209_600, 10),
    }
}

/// 14 days: the longest that SQS keeps anything.
fn dead_letters(name: &str) -> String {
    format!(
        "  {}DeadLetters:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub lambdesk-${{Stage}}-{name}-dead-letters
      SqsManagedSseEnabled: true
      MessageRetentionPeriod: 1209600",
        logical_id(name)
    )
}

/// Alarms where dead letters are not empty, where a queue is not worked off, and where a function fails that nobody waits
/// for. (One that answers requests shows in the API's own.)
pub(super) fn alarms(functions: &[Function]) -> String {
    let names = QueueName::ALL.iter().map(|queue| queue.as_str());
    let dead_letters = names.clone().chain(["events"]).map(|name| Alarm {
        id: format!("{}DeadLettersAlarm", logical_id(name)),
        says: format!("{name}-dead-letters is not empty: what is in it was not done. docs/OPERATIONS.md, Dead letters"),
        metric: ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
        dimension: format!("{{ Name: QueueName, Value: !GetAtt {}DeadLetters.QueueName }}", logical_id(name)),
        threshold: 0,
        minutes: 1,
    });
    let ages = names.map(|name| Alarm {
        id: format!("{}QueueAlarm", logical_id(name)),
        says: format!("Nobody takes the messages of {name}: one waits for more than 10 minutes. docs/OPERATIONS.md, Alarms"),
        metric: ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum"),
        dimension: format!("{{ Name: QueueName, Value: !GetAtt {}Queue.QueueName }}", logical_id(name)),
        threshold: 600,
        minutes: 5,
    });
    let workers = functions.iter().filter(|function| !matches!(function.trigger, Trigger::Http { .. }));
    let errors = workers.map(|function| Alarm {
        id: format!("{}ErrorsAlarm", logical_id(function.name)),
        says: format!("{} crashed or took too long. docs/OPERATIONS.md, Alarms", function.name),
        metric: ("AWS/Lambda", "Errors", "Sum"),
        dimension: format!("{{ Name: FunctionName, Value: !Ref {} }}", logical_id(function.name)),
        threshold: 0,
        minutes: 5,
    });
    let readers = functions.iter().filter(|function| function.trigger == Trigger::TableStream);
    let behind = readers.map(|function| Alarm {
        id: format!("{}AgeAlarm", logical_id(function.name)),
        says: format!("{} is 10 minutes behind the stream, which keeps 24 hours. docs/OPERATIONS.md, Alarms", function.name),
        metric: ("AWS/Lambda", "IteratorAge", "Maximum"),
        dimension: format!("{{ Name: FunctionName, Value: !Ref {} }}", logical_id(function.name)),
        threshold: 600_000,
        minutes: 5,
    });
    dead_letters.chain(ages).chain(errors).chain(behind).map(|alarm| alarm.yaml()).collect::<Vec<_>>().join("\n")
}

struct Alarm {
    id: String,
    says: String,
    /// Namespace, name, statistic.
    metric: (&'static str, &'static str, &'static str),
    dimension: String,
    threshold: u32,
    minutes: u32,
}

impl Alarm {
    fn yaml(&self) -> String {
        let Self { id, says, metric: (namespace, metric, statistic), dimension, threshold, minutes } = self;
        let seconds = minutes * 60;
        format!(
            "  {id}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub lambdesk-${{Stage}}-{id}
      AlarmDescription: {says:?}
      AlarmActions: [!Ref Alarms]
      OKActions: [!Ref Alarms]
      Namespace: {namespace}
      MetricName: {metric}
      Dimensions: [{dimension}]
      Statistic: {statistic}
      Period: {seconds}
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: {threshold}
      TreatMissingData: notBreaching"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_has_dead_letters_and_both_have_an_alarm() {
        let (resources, alarms) = (resources(&[]), alarms(&[]));
        for queue in QueueName::ALL {
            let id = logical_id(queue.as_str());
            assert!(resources.contains(&format!("  {id}Queue:\n")) && resources.contains(&format!("  {id}DeadLetters:\n")));
            assert!(alarms.contains(&format!("!GetAtt {id}Queue.QueueName")));
            assert!(alarms.contains(&format!("!GetAtt {id}DeadLetters.QueueName")));
        }
        assert!(!resources.contains("  EventsDeadLetters:\n"), "nothing reads the stream");
        assert!(super::resources(&[Function::table_stream("events-fan-out")]).contains("  EventsDeadLetters:\n"));
    }
}
