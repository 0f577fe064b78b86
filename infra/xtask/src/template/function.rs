//! A function's block: the function, what brings it its events, its role, its log.

use lambdesk_function::{Access, Function, Need, Trigger};
use lambdesk_platform::QueueName;

use super::{logical_id, role};

/// The block.
pub(super) fn block(function: &Function) -> Result<String, String> {
    let Function { name, summary, .. } = function;
    let (id, area) = (logical_id(name), function.area());
    let mut lines = vec![
        format!("  # ── {name}: {}", trigger_in_words(function.trigger)),
        format!("  {id}:"),
        "    Type: AWS::Serverless::Function".to_owned(),
        format!("    Metadata: {{ BuildMethod: rust-cargolambda, BuildProperties: {{ Binary: {area}-bootstrap }} }}"),
        "    Properties:".to_owned(),
        format!("      FunctionName: !Sub lambdesk-${{Stage}}-{name}"),
        format!("      Description: {summary:?}"),
        format!("      Handler: {name}"),
        format!("      Role: !GetAtt {id}Role.Arn"),
        format!("      LoggingConfig: {{ LogGroup: !Ref {id}Log, LogFormat: JSON }}"),
    ];
    lines.extend(limits(function.trigger));
    if function.trigger == Trigger::Queue(QueueName::MailIn) {
        // A mail of 40 MiB is there some four times over while it is read.
        lines.push("      MemorySize: 512".to_owned());
    }
    if matches!(function.trigger, Trigger::Schedule { .. }) {
        // The next run does what a failed one left. 60 s is the least that Lambda takes.
        lines.push("      EventInvokeConfig: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }".to_owned());
    }
    lines.extend(environment(function));
    lines.extend(events(function.trigger));
    lines.extend([
        format!("  {id}Role:"),
        "    Type: AWS::IAM::Role".to_owned(),
        "    Properties:".to_owned(),
        "      AssumeRolePolicyDocument:".to_owned(),
        "        Version: \"2012-10-17\"".to_owned(),
        "        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]".to_owned(),
        "      Policies:".to_owned(),
        format!("        - PolicyName: {name}"),
        "          PolicyDocument:".to_owned(),
        "            Version: \"2012-10-17\"".to_owned(),
        "            Statement:".to_owned(),
    ]);
    lines.extend(role::statements(function)?.into_iter().map(|statement| format!("              - {statement}")));
    lines.extend([
        format!("  {id}Log:"),
        "    Type: AWS::Logs::LogGroup".to_owned(),
        "    Properties:".to_owned(),
        format!("      LogGroupName: !Sub /aws/lambda/lambdesk-${{Stage}}-{name}"),
        "      RetentionInDays: !Ref LogRetentionDays".to_owned(),
        String::new(),
    ]);
    Ok(lines.join("\n"))
}

fn trigger_in_words(trigger: Trigger) -> String {
    match trigger {
        Trigger::Http { method, path, access } => {
            let who = match access {
                Access::Open => "anybody".to_owned(),
                Access::SignedIn => "whoever is signed in".to_owned(),
                Access::Permission(permission) => format!("who has {permission}"),
            };
            format!("{method} {path}, by {who}")
        }
        Trigger::Authorizer => "asked by the API before each request".to_owned(),
        Trigger::TableStream => "on the table's stream".to_owned(),
        Trigger::Queue(queue) => format!("on queue {}", queue.as_str()),
        Trigger::Schedule { minutes: 1 } => "every minute".to_owned(),
        Trigger::Schedule { minutes } => format!("every {minutes} minutes"),
    }
}

/// Requests have the limits of `Globals`.
fn limits(trigger: Trigger) -> Option<String> {
    let timeout = match trigger {
        Trigger::Http { .. } => return None,
        Trigger::Authorizer => 10,
        // A sixth of the queues' visibility timeout, as AWS advises, and less than the lease of a mail.
        Trigger::TableStream | Trigger::Queue(_) | Trigger::Schedule { .. } => 25,
    };
    Some(format!("      Timeout: {timeout}"))
}

fn environment(function: &Function) -> Vec<String> {
    let variable = |need: &Need| match need {
        Need::Send(queue) => Some(format!("          {}: !Ref {}Queue", queue.variable(), logical_id(queue.as_str()))),
        Need::Read(bucket) | Need::Write(bucket) | Need::Erase(bucket) | Need::ReadTags(bucket) | Need::List(bucket) => {
            Some(format!("          {}: !Ref {}Bucket", bucket.variable(), logical_id(bucket.as_str())))
        }
        Need::SendMail => Some("          SES_CONFIGURATION_SET: !Ref MailEvents".to_owned()),
        _ => None,
    };
    let mut variables: Vec<_> = function.needs.iter().filter_map(variable).collect();
    if scans(function) {
        variables.push("          SCANNER: !Ref Scanner".to_owned());
    }
    variables.sort();
    variables.dedup();
    if variables.is_empty() {
        return Vec::new();
    }
    ["      Environment:", "        Variables:"].into_iter().map(str::to_owned).chain(variables).collect()
}

/// Whether it looks at files, or reads what was found in them.
fn scans(function: &Function) -> bool {
    function.trigger == Trigger::Queue(QueueName::Files) || function.needs.iter().any(|need| matches!(need, Need::ReadTags(_)))
}

fn events(trigger: Trigger) -> Vec<String> {
    let (name, kind, properties) = match trigger {
        Trigger::Authorizer => return Vec::new(),
        Trigger::Http { method, path, access } => {
            let mut properties = vec!["ApiId: !Ref Api".to_owned(), format!("Method: {method}"), format!("Path: {path}")];
            if access == Access::Open {
                properties.push("Auth: { Authorizer: NONE }".to_owned());
            }
            ("Request", "HttpApi", properties)
        }
        Trigger::TableStream => ("Stream", "DynamoDB", stream()),
        Trigger::Queue(queue) => {
            let properties = vec![
                format!("Queue: !GetAtt {}Queue.Arn", logical_id(queue.as_str())),
                format!("BatchSize: {}", batch_size(queue)),
                "FunctionResponseTypes: [ReportBatchItemFailures]".to_owned(),
                format!("ScalingConfig: {{ MaximumConcurrency: {} }}", concurrency(queue)),
            ];
            ("Jobs", "SQS", properties)
        }
        Trigger::Schedule { minutes } => {
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            let schedule = match minutes {
                // By the clock: a rate counts from when it was deployed, and drifts over the end of an hour.
                60 => "cron(0 * * * ? *)".to_owned(),
                minutes => format!("rate({minutes} {unit})"),
            };
            let properties = vec![format!("Schedule: {schedule}"), "RetryPolicy: { MaximumRetryAttempts: 0 }".to_owned()];
            ("Time", "Schedule", properties)
        }
    };
    let mut lines = vec!["      Events:".to_owned(), format!("        {name}:"), format!("          Type: {kind}")];
    lines.push("          Properties:".to_owned());
    lines.extend(properties.into_iter().map(|property| format!("            {property}")));
    lines
}

/// As many as a worker can do in its time when each is slow.
fn batch_size(queue: QueueName) -> u32 {
    match queue {
        // One may wait for files and for SES; its neighbours would be received with it, and come again for nothing.
        QueueName::Email => 1,
        // A step takes as long as it may; another would wait for it, and come again for nothing.
        QueueName::Jobs => 1,
        QueueName::Sla | QueueName::Routing => 10,
        // A walk through a desk's tickets takes all of its time.
        QueueName::Views => 1,
        // A mail may have 40 MiB.
        QueueName::MailIn | QueueName::Files => 2,
        QueueName::MailEvents => 10,
    }
}

/// How many of a worker run at once. A new account has ten Lambdas at once for all that it does; requests are not to wait for
/// what nobody waits for.
fn concurrency(queue: QueueName) -> u32 {
    match queue {
        QueueName::Email | QueueName::Sla => 5,
        // 2 is the least that Lambda takes.
        QueueName::MailIn | QueueName::Files | QueueName::MailEvents | QueueName::Jobs | QueueName::Routing => 2,
        // Figures that all tickets of a desk share: more at once only meet each other. One walks, and others count meanwhile.
        QueueName::Views => 3,
    }
}

/// Events' rows alone wake the function, as they are added; a batch that fails is halved, and what fails in the end is
/// set aside.
fn stream() -> Vec<String> {
    let pattern = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event"]}}}}"#;
    vec![
        "Stream: !GetAtt Table.StreamArn".to_owned(),
        "StartingPosition: TRIM_HORIZON".to_owned(),
        "BatchSize: 100".to_owned(),
        format!("FilterCriteria: {{ Filters: [{{ Pattern: '{pattern}' }}] }}"),
        "FunctionResponseTypes: [ReportBatchItemFailures]".to_owned(),
        "BisectBatchOnFunctionError: true".to_owned(),
        "ParallelizationFactor: 1".to_owned(),
        "MaximumRetryAttempts: 10".to_owned(),
        "DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt EventsDeadLetters.Arn } }".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_function_is_open_and_no_other() {
        let open = block(&Function::http("tickets-health", "GET", "/v1/health", Access::Open)).unwrap();
        assert!(open.contains("Authorizer: NONE") && open.contains("GET /v1/health, by anybody"));
        let closed = block(&Function::http("tickets-meta", "GET", "/v1/meta", Access::SignedIn)).unwrap();
        assert!(!closed.contains("NONE"));
    }

    #[test]
    fn what_runs_every_hour_runs_in_each_hour() {
        assert!(block(&Function::schedule("email-digest", 60)).unwrap().contains("Schedule: cron(0 * * * ? *)\n"));
        assert!(block(&Function::schedule("sla-sweep", 1)).unwrap().contains("Schedule: rate(1 minute)\n"));
    }

    #[test]
    fn what_is_read_from_a_stream_is_narrowed_by_the_rows_kind() {
        let block = block(&Function::table_stream("events-fan-out")).unwrap();
        assert!(block.contains(r#""kind":{"S":["event"]}"#));
    }
}
