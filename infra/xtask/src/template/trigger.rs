//! What brings a function its events, and the permission to.

use lambdesk_function::{Access, Function, Trigger};
use lambdesk_platform::QueueName;

use super::logical_id;

/// The resources, line by line.
pub(super) fn resources(function: &Function) -> Vec<String> {
    let id = logical_id(function.name);
    let text = match function.trigger {
        Trigger::Http { method, path, access } => http(&id, &format!("{method} {path}"), access),
        Trigger::Authorizer => authorizer(&id),
        Trigger::TableStream => stream(&id),
        Trigger::Queue(queue) => jobs(&id, queue),
        Trigger::Schedule { minutes } => schedule(&id, minutes),
    };
    text.lines().map(str::to_owned).collect()
}

fn http(id: &str, route: &str, access: Access) -> String {
    let asked = if access == Access::Open {
        "      AuthorizationType: NONE"
    } else {
        "      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref Authorizer"
    };
    format!(
        "  {id}Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: {route}
      Target: !Sub integrations/${{{id}Integration}}
{asked}
  {id}Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt {id}.Arn
      PayloadFormatVersion: \"2.0\"
{}",
        permission(id, "apigateway.amazonaws.com", &format!("!Sub \"{API}/*\""))
    )
}

/// The API, as it names itself when it calls a function.
const API: &str = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}";

fn authorizer(id: &str) -> String {
    let lambda = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions";
    format!(
        "  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: Desk
      AuthorizerType: REQUEST
      AuthorizerUri: !Sub \"{lambda}/${{{id}.Arn}}/invocations\"
      AuthorizerPayloadFormatVersion: \"2.0\"
      EnableSimpleResponses: true
      IdentitySource: [$request.header.Authorization]
      # Seconds that an answer is kept: a revoked key works that much longer.
      AuthorizerResultTtlInSeconds: 5
{}",
        permission(id, "apigateway.amazonaws.com", &format!("!Sub \"{API}/authorizers/${{Authorizer}}\""))
    )
}

fn permission(id: &str, service: &str, source: &str) -> String {
    format!(
        "  {id}Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref {id}
      Principal: {service}
      SourceArn: {source}"
    )
}

fn jobs(id: &str, queue: QueueName) -> String {
    format!(
        "  {id}Jobs:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref {id}
      EventSourceArn: !Ref {}QueueArn
      BatchSize: {}
      FunctionResponseTypes: [ReportBatchItemFailures]
      ScalingConfig: {{ MaximumConcurrency: {} }}",
        logical_id(queue.as_str()),
        batch_size(queue),
        concurrency(queue)
    )
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
fn stream(id: &str) -> String {
    let pattern = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event"]}}}}"#;
    format!(
        "  {id}Stream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref {id}
      EventSourceArn: !Ref TableStreamArn
      StartingPosition: TRIM_HORIZON
      BatchSize: 100
      FilterCriteria: {{ Filters: [{{ Pattern: '{pattern}' }}] }}
      FunctionResponseTypes: [ReportBatchItemFailures]
      BisectBatchOnFunctionError: true
      ParallelizationFactor: 1
      MaximumRetryAttempts: 10
      DestinationConfig: {{ OnFailure: {{ Destination: !Ref EventsDeadLettersArn }} }}"
    )
}

/// The next run does what a failed one left, so none is tried again. 60 s is the least age that Lambda takes.
fn schedule(id: &str, minutes: u32) -> String {
    let expression = match minutes {
        // By the clock: a rate counts from when it was deployed, and drifts over the end of an hour.
        60 => "cron(0 * * * ? *)".to_owned(),
        1 => "rate(1 minute)".to_owned(),
        minutes => format!("rate({minutes} minutes)"),
    };
    format!(
        "  {id}Time:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: {expression}
      Targets: [{{ Id: function, Arn: !GetAtt {id}.Arn, RetryPolicy: {{ MaximumRetryAttempts: 0 }} }}]
{}
  {id}Once:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {{ FunctionName: !Ref {id}, Qualifier: $LATEST, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }}",
        permission(id, "events.amazonaws.com", &format!("!GetAtt {id}Time.Arn"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(function: &Function) -> String {
        resources(function).join("\n")
    }

    #[test]
    fn what_runs_every_hour_runs_in_each_hour() {
        assert!(of(&Function::schedule("email-digest", 60)).contains("ScheduleExpression: cron(0 * * * ? *)\n"));
        assert!(of(&Function::schedule("sla-sweep", 1)).contains("ScheduleExpression: rate(1 minute)\n"));
    }

    #[test]
    fn what_is_read_from_a_stream_is_narrowed_by_the_rows_kind() {
        assert!(of(&Function::table_stream("events-fan-out")).contains(r#""kind":{"S":["event"]}"#));
    }

    #[test]
    fn a_route_leads_to_its_own_function() {
        let text = of(&Function::http("tickets-get", "GET", "/v1/tickets/{ticket}", Access::SignedIn));
        assert!(text.contains("RouteKey: GET /v1/tickets/{ticket}\n      Target: !Sub integrations/${TicketsGetIntegration}\n"));
        assert!(text.contains("IntegrationUri: !GetAtt TicketsGet.Arn"));
    }
}
