//! The short list of asterisks. An asterisk in an action or a resource grants what nobody named; so each line of the
//! template that holds one is here, with the reason, and any other fails.

/// What a line holds, and why it may.
const ALLOWED: &[(&str, &str)] = &[
    ("Action: [xray:PutTelemetryRecords, xray:PutTraceSegments], Resource: \"*\"", "X-Ray has no resources to name"),
    (":identity/*\"", "tenants' brands send from domains of their own; the condition on the sender, a parameter, limits them"),
    ("Default: \"*@desk.example.com\"", "the sender pattern's default; a parameter of a condition"),
    ("( https://[A-Za-z0-9.-]+)*\"", "a pattern of a parameter"),
    ("PathPattern: /v1/*", "the paths that CloudFront brings to the API"),
    ("!Sub \"${Files.Arn}/*\"", "all of the console's files, in rules that deny, or let its distribution alone read"),
    ("!Sub \"${TableArn}/stream/*\"", "the streams of the one table, which are listed before one is read"),
    ("AllowOrigins: [\"*\"]", "any page may call the API: it takes a token, and none comes by itself"),
    ("AllowedOrigins: [\"*\"]", "uploads go to presigned addresses, from any page"),
    ("Event: s3:ObjectCreated:*", "however SES writes a mail, the queue is told: no permission, a notification"),
    ("ScheduleExpression: cron(0 * * * ? *)", "each hour of each day"),
    ("Action: s3:*", "all that can be done to a bucket, in rules that deny what does not come over TLS"),
    ("Principal: { AWS: \"*\" }", "everybody, in rules that deny what does not come over TLS"),
    (
        ":execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*\"",
        "any route of the one API: its routes say which function answers",
    ),
    ("!Sub \"${AttachmentsBucket.Arn}/*\"", "all objects of the one bucket, in a rule that denies"),
    ("!Sub \"${MailBucket.Arn}/*\"", "all objects of the one bucket, in rules that deny, or let SES alone write"),
    ("!Sub \"${AttachmentsBucketArn}/*\"", "all objects of the one bucket, of a function that says so"),
    ("!Sub \"${MailBucketArn}/*\"", "all objects of the one bucket, of a function that says so"),
];

/// Names every line with an asterisk that the list does not hold.
pub(super) fn check(file: &str, template: &str) -> Result<(), String> {
    let stray: Vec<_> = template
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains('*') && !line.trim_start().starts_with('#'))
        .filter(|(_, line)| ALLOWED.iter().fold((*line).to_owned(), |line, (held, _)| line.replace(held, "")).contains('*'))
        .map(|(index, line)| format!("{file}:{}: an asterisk without a reason: {}", index + 1, line.trim()))
        .collect();
    if stray.is_empty() { Ok(()) } else { Err(stray.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_needs_a_reason() {
        assert!(check("x", "  - { Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Table.Arn }").is_ok());
        assert!(check("x", "  # all of them: *").is_ok(), "a remark grants nothing");
        let beside = "Action: [dynamodb:*], Resource: !Sub \"arn:aws:ses:eu-central-1:1:identity/*\"";
        for wrong in
            [beside, "Action: dynamodb:*", "Action: [\"s3:Get*\"]", "Resource: \"*\"", "Resource: !Sub \"${Table.Arn}/index/*\""]
        {
            assert!(check("x", wrong).is_err(), "{wrong}");
        }
    }

    /// A reason for nothing would let the next asterisk in.
    #[test]
    fn every_reason_is_needed() {
        let files = super::super::all(&crate::files::root(), &crate::registry()).unwrap();
        let template = files.values().cloned().collect::<String>();
        for (held, why) in ALLOWED {
            assert!(template.contains(held), "{held} ({why}) stands nowhere");
        }
    }
}
