//! Queues, where their failures go, and the alarms on both.

use lambdesk_function::{Function, Trigger};
use lambdesk_platform::QueueName;

use super::{alarm::Alarm, logical_id};

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

/// Alarms where dead letters are not empty, and where a queue is not worked off.
pub(super) fn alarms() -> String {
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
    dead_letters.chain(ages).map(|alarm| alarm.yaml()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_has_dead_letters_and_both_have_an_alarm() {
        let (resources, alarms) = (resources(&[]), alarms());
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
