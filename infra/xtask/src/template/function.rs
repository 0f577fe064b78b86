//! A function's block: the function, what brings it its events, its role, its log.

use lambdesk_function::{Access, Function, Need, Trigger};
use lambdesk_platform::QueueName;

use super::{logical_id, role, trigger};

/// The block.
pub(super) fn block(function: &Function) -> Result<String, String> {
    let Function { name, summary, .. } = function;
    let (id, area) = (logical_id(name), function.area());
    let mut lines = vec![
        format!("  # ── {name}: {}", trigger_in_words(function.trigger)),
        format!("  {id}:"),
        "    Type: AWS::Lambda::Function".to_owned(),
        "    Properties:".to_owned(),
        format!("      FunctionName: !Sub lambdesk-${{Stage}}-{name}"),
        format!("      Description: {summary:?}"),
        format!("      Handler: {name}"),
        format!("      Code: ../../target/lambda/{area}-bootstrap/bootstrap.zip"),
        "      Runtime: provided.al2023".to_owned(),
        "      Architectures: [!Ref Architecture]".to_owned(),
        // A mail of 40 MiB is there some four times over while it is read.
        format!("      MemorySize: {}", if function.trigger == Trigger::Queue(QueueName::MailIn) { 512 } else { 256 }),
        format!("      Timeout: {}", timeout(function.trigger)),
        "      TracingConfig: { Mode: Active }".to_owned(),
        format!("      Role: !GetAtt {id}Role.Arn"),
        format!("      LoggingConfig: {{ LogGroup: !Ref {id}Log, LogFormat: JSON }}"),
        "      Environment:".to_owned(),
        "        Variables:".to_owned(),
    ];
    lines.extend(ENVIRONMENT.lines().map(|line| format!("          {line}")));
    lines.extend(environment(function));
    lines.extend(trigger::resources(function));
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

/// What every function is told. The secret is resolved while deploying: no function fetches one when it starts.
const ENVIRONMENT: &str = "\
STAGE: !Ref Stage
TABLE: !Ref Table
OIDC_ISSUER: !Ref Issuer
OIDC_AUDIENCE: !Ref Audience
OIDC_CLAIM_PREFIX: !Ref ClaimPrefix
LAMBDESK_SECRET: !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:current}}\"
LAMBDESK_SECRET_PREVIOUS: !Sub \"{{resolve:secretsmanager:${Secret}:SecretString:previous}}\"
SECRET_REVISION: !Ref SecretRevision
PUBLIC_URL: !Ref PublicUrl";

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

/// Seconds.
fn timeout(trigger: Trigger) -> u32 {
    match trigger {
        Trigger::Http { .. } => 15,
        Trigger::Authorizer => 10,
        // A sixth of the queues' visibility timeout, as AWS advises, and less than the lease of a mail.
        Trigger::TableStream | Trigger::Queue(_) | Trigger::Schedule { .. } => 25,
    }
}

/// What this one is told besides.
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
    variables
}

/// Whether it looks at files, or reads what was found in them.
fn scans(function: &Function) -> bool {
    function.trigger == Trigger::Queue(QueueName::Files) || function.needs.iter().any(|need| matches!(need, Need::ReadTags(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_function_is_open_and_no_other() {
        let open = block(&Function::http("tickets-health", "GET", "/v1/health", Access::Open)).unwrap();
        assert!(open.contains("AuthorizationType: NONE") && open.contains("GET /v1/health, by anybody"));
        let closed = block(&Function::http("tickets-meta", "GET", "/v1/meta", Access::SignedIn)).unwrap();
        assert!(closed.contains("AuthorizationType: CUSTOM") && !closed.contains("NONE"));
    }
}
