//! Queue names, and the URLs and ARNs made of them.

use std::fmt;

use crate::SqsError;

/// The account every local queue belongs to.
pub const ACCOUNT: &str = "000000000000";

/// The region in the ARNs of local queues.
pub const REGION: &str = "us-east-1";

const FIFO_SUFFIX: &str = ".fifo";

/// The longest name SQS allows, with the `.fifo` suffix.
const MAX_LENGTH: usize = 80;

/// A valid queue name: letters, digits, `-` and `_`, at most 80 characters; a FIFO queue ends in `.fifo`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueName(String);

impl QueueName {
    /// Reads a plain name. Fails with `InvalidParameterValue` outside the rules of SQS.
    pub fn parse(text: &str) -> Result<Self, SqsError> {
        let stem = text.strip_suffix(FIFO_SUFFIX).unwrap_or(text);
        let allowed = stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if stem.is_empty() || text.len() > MAX_LENGTH || !allowed {
            return Err(SqsError::InvalidParameterValue(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.".to_owned(),
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads a queue URL by its last segment alone, so that a URL from an earlier run on another port still leads to its queue.
    pub fn from_url(url: &str) -> Result<Self, SqsError> {
        if url.is_empty() {
            return Err(SqsError::MissingParameter("QueueUrl"));
        }
        let segment = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        Self::parse(segment).map_err(|_| SqsError::QueueDoesNotExist)
    }

    /// Reads a queue ARN by its last segment alone.
    pub fn from_arn(arn: &str) -> Result<Self, SqsError> {
        let Some(name) = arn.strip_prefix("arn:aws:sqs:").and_then(|rest| rest.rsplit(':').next()) else {
            return Err(SqsError::InvalidParameterValue(format!("{arn} is not the ARN of a queue.")));
        };
        Self::parse(name)
    }

    /// Whether messages keep their order in this queue.
    pub fn is_fifo(&self) -> bool {
        self.0.ends_with(FIFO_SUFFIX)
    }

    /// The ARN of the queue.
    pub fn arn(&self) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.0)
    }

    /// The URL of the queue below `base_url` (scheme, host and port, without a slash at the end).
    pub fn url(&self, base_url: &str) -> String {
        format!("{base_url}/{ACCOUNT}/{}", self.0)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_sqs() {
        for good in ["email", "a-b_C9", "search.fifo", &"x".repeat(80)] {
            assert_eq!(QueueName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", ".fifo", "a.b", "a b", "é", &"x".repeat(81)] {
            assert!(QueueName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn urls_and_arns_lead_back_to_the_name() {
        let name = QueueName::parse("search.fifo").unwrap();
        assert!(name.is_fifo());
        assert_eq!(name.url("http://127.0.0.1:9324"), "http://127.0.0.1:9324/000000000000/search.fifo");
        assert_eq!(QueueName::from_url("http://elsewhere:1/000000000000/search.fifo").unwrap(), name);
        assert_eq!(QueueName::from_arn(&name.arn()).unwrap(), name);
    }

    #[test]
    fn a_strange_url_is_a_queue_that_does_not_exist() {
        assert!(matches!(QueueName::from_url("http://x/a b"), Err(SqsError::QueueDoesNotExist)));
        assert!(matches!(QueueName::from_url(""), Err(SqsError::MissingParameter("QueueUrl"))));
    }
}
