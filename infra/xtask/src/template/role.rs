//! A function's role: what its needs and its trigger ask for, and its own log.

use std::collections::BTreeMap;

use lambdesk_function::{Function, Trigger};
use lambdesk_store::{Call, Resource};

use super::logical_id;

/// The statements, a line each.
pub(super) fn statements(function: &Function) -> Result<Vec<String>, String> {
    let mut by_resource: BTreeMap<Resource, Vec<String>> = BTreeMap::new();
    for Call { action, resource } in function.calls() {
        by_resource.entry(resource).or_default().push(action.into_owned());
    }
    let mut statements = Vec::new();
    for (resource, actions) in by_resource {
        statements.push(granted(&actions, &resource)?);
    }
    statements.extend(triggered(function.trigger));
    let log = format!("!GetAtt {}Log.Arn", logical_id(function.name));
    statements.push(allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &log));
    statements.push(allow(&["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "\"*\""));
    Ok(statements)
}

fn granted(actions: &[String], resource: &Resource) -> Result<String, String> {
    let actions: Vec<_> = actions.iter().map(String::as_str).collect();
    Ok(match resource {
        Resource::Table => allow(&actions, "!Ref TableArn"),
        Resource::Index(index) => allow(&actions, &format!("!Sub \"${{TableArn}}/index/{index}\"")),
        Resource::Queue(queue) => allow(&actions, &format!("!Ref {}QueueArn", logical_id(queue))),
        // Every object of the one bucket: their names are made as they come.
        Resource::Bucket(bucket) => allow(&actions, &format!("!Sub \"${{{}BucketArn}}/*\"", logical_id(bucket))),
        Resource::WholeBucket(bucket) => allow(&actions, &format!("!Ref {}BucketArn", logical_id(bucket))),
        Resource::Mail => {
            let condition = "Condition: { StringLike: { ses:FromAddress: !Ref Sender } }";
            let ses = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}";
            let identities = format!("!Sub \"{ses}:identity/*\"");
            let set = format!("!Sub \"{ses}:configuration-set/${{MailEvents}}\"");
            format!("{{ Effect: Allow, Action: [{}], Resource: [{identities}, {set}], {condition} }}", actions.join(", "))
        }
        Resource::Unknown => return Err(format!("{} on nothing that the template has", actions.join(", "))),
    })
}

/// What Lambda does in the function's name to bring it its events.
fn triggered(trigger: Trigger) -> Vec<String> {
    match trigger {
        Trigger::Http { .. } | Trigger::Authorizer | Trigger::Schedule { .. } => Vec::new(),
        Trigger::TableStream => {
            let actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
            // Lambda lists the table's streams before it reads the one: AWS' own policy for readers has it so.
            let list = allow(&["dynamodb:ListStreams"], "!Sub \"${TableArn}/stream/*\"");
            // What could not be taken in the end Lambda sends in the function's name, and asks for this when it begins to read.
            vec![allow(&actions, "!Ref TableStreamArn"), list, allow(&["sqs:SendMessage"], "!Ref EventsDeadLettersArn")]
        }
        Trigger::Queue(queue) => {
            let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
            vec![allow(&actions, &format!("!Ref {}QueueArn", logical_id(queue.as_str())))]
        }
    }
}

pub(super) fn allow(actions: &[&str], resource: &str) -> String {
    format!("{{ Effect: Allow, Action: [{}], Resource: {resource} }}", actions.join(", "))
}

#[cfg(test)]
mod tests {
    use lambdesk_function::{Access, Need};
    use lambdesk_platform::QueueName;

    use super::*;

    #[test]
    fn a_role_is_what_the_needs_say() {
        let function = Function::http("tickets-x", "GET", "/x", Access::Open).needs(&[
            Need::Get,
            Need::Put,
            Need::Index(lambdesk_store::table::QUEUE),
            Need::Send(QueueName::Email),
        ]);
        let statements = statements(&function).unwrap();
        assert_eq!(
            statements[..3],
            [
                "{ Effect: Allow, Action: [dynamodb:GetItem, dynamodb:PutItem], Resource: !Ref TableArn }",
                "{ Effect: Allow, Action: [dynamodb:Query], Resource: !Sub \"${TableArn}/index/queue\" }",
                "{ Effect: Allow, Action: [sqs:SendMessage], Resource: !Ref EmailQueueArn }",
            ]
        );
        assert_eq!(statements.len(), 5, "its log and its traces, and nothing else");
    }

    #[test]
    fn a_reader_of_the_stream_may_set_aside_what_it_cannot_take() {
        let statements = statements(&Function::table_stream("events-x")).unwrap().join("\n");
        assert!(statements.contains("sqs:SendMessage], Resource: !Ref EventsDeadLettersArn"));
    }

    #[test]
    fn a_worker_may_read_its_own_queue_and_no_other() {
        let statements = statements(&Function::queue("email-x", QueueName::Email)).unwrap().join("\n");
        assert!(statements.contains("sqs:ReceiveMessage], Resource: !Ref EmailQueueArn"));
        assert!(!statements.contains("sqs:SendMessage"));
    }
}
