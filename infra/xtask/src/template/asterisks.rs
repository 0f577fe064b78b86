//! The short list of asterisks. An asterisk in an action or a resource grants what nobody named; so each line of the
//! template that holds one is here, with the reason, and any other fails.

/// What a line holds, and why it may.
const ALLOWED: &[(&str, &str)] = &[
    ("Action: [xray:PutTelemetryRecords, xray:PutTraceSegments], Resource: \"*\"", "X-Ray has no resources to name"),
    (":identity/*\"", "tenants' brands send from domains of their own; the condition on the sender, a parameter, limits them"),
    ("Default: \"*@desk.example.com\"", "the sender pattern's default; a parameter of a condition"),
    ("AllowOrigins: [\"*\"]", "any page may call the API: it takes a token, and none comes by itself"),
    ("AllowedOrigins: [\"*\"]", "uploads go to presigned addresses, from any page"),
    ("Event: s3:ObjectCreated:*", "however SES writes a mail, the queue is told: no permission, a notification"),
    ("Schedule: cron(0 * * * ? *)", "each hour of each day"),
    ("Action: s3:*", "all that can be done to a bucket, in rules that deny what does not come over TLS"),
    ("Principal: { AWS: \"*\" }", "everybody, in rules that deny what does not come over TLS"),
    (
        "!Sub \"${AttachmentsBucket.Arn}/*\"",
        "all objects of the one bucket, in a rule that denies, or of a function that says so",
    ),
    (
        "!Sub \"${MailBucket.Arn}/*\"",
        "all objects of the one bucket, in rules that deny, let SES alone write, or of a function that says so",
    ),
];

/// Names every line with an asterisk that the list does not hold.
pub(super) fn check(template: &str) -> Result<(), String> {
    let stray: Vec<_> = template
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains('*') && !line.trim_start().starts_with('#'))
        .filter(|(_, line)| ALLOWED.iter().fold((*line).to_owned(), |line, (held, _)| line.replace(held, "")).contains('*'))
        .map(|(index, line)| format!("template.yaml:{}: an asterisk without a reason: {}", index + 1, line.trim()))
        .collect();
    if stray.is_empty() { Ok(()) } else { Err(stray.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_needs_a_reason() {
        assert!(check("  - { Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Table.Arn }").is_ok());
        assert!(check("  # all of them: *").is_ok(), "a remark grants nothing");
        let beside = "Action: [dynamodb:*], Resource: !Sub \"arn:aws:ses:eu-central-1:1:identity/*\"";
        for wrong in
            [beside, "Action: dynamodb:*", "Action: [\"s3:Get*\"]", "Resource: \"*\"", "Resource: !Sub \"${Table.Arn}/index/*\""]
        {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    /// A reason for nothing would let the next asterisk in.
    #[test]
    fn every_reason_is_needed() {
        let template = std::fs::read_to_string(crate::files::root().join("template.yaml")).unwrap();
        for (held, why) in ALLOWED {
            assert!(template.contains(held), "{held} ({why}) stands nowhere");
        }
    }
}
