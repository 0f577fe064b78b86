//! What the stack of an area is given by the one above it: names and addresses of what all areas share.

use lambdesk_platform::{BucketName, QueueName};

use super::logical_id;

/// A parameter of an area's stack.
pub(super) struct Given {
    /// As the area's template refers to it.
    pub(super) name: String,
    kind: &'static str,
    /// What the stack above gives.
    value: String,
}

impl Given {
    /// Its declaration in the area's template.
    pub(super) fn declaration(&self) -> String {
        format!("  {}: {{ Type: {} }}", self.name, self.kind)
    }

    /// What stands for it in the template above.
    pub(super) fn argument(&self) -> String {
        format!("        {}: {}", self.name, self.value)
    }

    /// Whether the text refers to it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let whole = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
        let reference = format!("!Ref {}", self.name);
        text.contains(&format!("${{{}}}", self.name))
            || text.match_indices(&reference).any(|(at, _)| whole(&text[at + reference.len()..]))
    }
}

/// All that there is to give.
pub(super) fn all() -> Vec<Given> {
    let text = |name: &str, value: &str| Given { name: name.to_owned(), kind: "String", value: value.to_owned() };
    let mut all = vec![
        text("Stage", "!Ref Stage"),
        text("Architecture", "!Ref Architecture"),
        Given { kind: "Number", ..text("LogRetentionDays", "!Ref LogRetentionDays") },
        text("Issuer", "!Ref Issuer"),
        text("Audience", "!Ref Audience"),
        text("ClaimPrefix", "!Ref ClaimPrefix"),
        text("Secret", "!Ref Secret"),
        Given { kind: "Number", ..text("SecretRevision", "!Ref SecretRevision") },
        text("PublicUrl", PUBLIC_URL),
        text("Scanner", "!Ref Scanner"),
        Given { kind: "CommaDelimitedList", ..text("Sender", "!Join [\",\", !Ref Sender]") },
        text("MailEvents", "!Ref MailEvents"),
        text("Table", "!Ref Table"),
        text("TableArn", "!GetAtt Table.Arn"),
        text("TableStreamArn", "!GetAtt Table.StreamArn"),
        text("EventsDeadLettersArn", "!GetAtt EventsDeadLetters.Arn"),
        text("Alarms", "!Ref Alarms"),
        text("Api", "!Ref Api"),
        text("Authorizer", "!GetAtt AuthStack.Outputs.Authorizer"),
    ];
    for queue in QueueName::ALL {
        let id = logical_id(queue.as_str());
        all.push(text(&format!("{id}Queue"), &format!("!Ref {id}Queue")));
        all.push(text(&format!("{id}QueueArn"), &format!("!GetAtt {id}Queue.Arn")));
    }
    for bucket in BucketName::ALL {
        let id = logical_id(bucket.as_str());
        all.push(text(&format!("{id}Bucket"), &format!("!Ref {id}Bucket")));
        all.push(text(&format!("{id}BucketArn"), &format!("!GetAtt {id}Bucket.Arn")));
    }
    all
}

/// Not the API's own address: that would make functions and API wait for each other.
const PUBLIC_URL: &str = "!If [HasPublicUrl, !Ref PublicUrl, !If [HasApiDomain, !Sub \"https://${ApiDomain}\", \"\"]]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_refers_to_is_found_and_nothing_that_begins_so() {
        let found = |text: &str| all().into_iter().filter(|given| given.is_in(text)).map(|given| given.name).collect::<Vec<_>>();
        assert_eq!(found("Resource: !Ref TableArn }"), ["TableArn"]);
        assert_eq!(found("TABLE: !Ref Table"), ["Table"]);
        assert_eq!(found("!Sub \"${TableArn}/index/queue\""), ["TableArn"]);
        assert_eq!(found("!Ref EmailQueue\n!Ref EmailQueueArn"), ["EmailQueue", "EmailQueueArn"]);
        assert_eq!(found("Type: AWS::Lambda::Function"), Vec::<String>::new());
    }
}
