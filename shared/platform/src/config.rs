//! Configuration, read once at start from environment variables.

use std::collections::BTreeMap;

use crate::{jobs::QueueName, objects::BucketName, scanner::Scanner};

/// A secret text that does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Wraps a secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whose tokens the desk trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// `OIDC_ISSUER`: the `iss` of every token; its `/.well-known/openid-configuration` names the keys.
    pub issuer: String,
    /// `OIDC_AUDIENCE`: must be among the token's `aud`.
    pub audience: String,
    /// `OIDC_CLAIM_PREFIX`: what stands before `tenant`, `person`, `role`, `brands`, `audiences` in the token, such as
    /// `custom:` with Cognito. Empty by default.
    pub claim_prefix: String,
}

/// The configuration of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `TABLE`: the DynamoDB table.
    pub table: String,
    /// `LAMBDESK_SECRET`: seals cursors, signs reply addresses and links in mails. At least 32 characters; never shipped.
    pub secret: Secret,
    /// `LAMBDESK_SECRET_PREVIOUS`: still accepted in reply addresses and links while keys rotate.
    pub previous_secret: Option<Secret>,
    /// Identity provider.
    pub oidc: Oidc,
    /// `<NAME>_QUEUE_URL`: where jobs go; of the queues that the function sends to.
    pub queue_urls: BTreeMap<QueueName, String>,
    /// `<NAME>_BUCKET`: the buckets that the function reads or writes.
    pub buckets: BTreeMap<BucketName, String>,
    /// `MAIL_RECEIVER`: how the server that receives mail calls itself in the headers that it writes above each mail; SES is
    /// `amazonses.com`.
    pub mail_receiver: String,
    /// `SCANNER`: who looks at files before they are given out.
    pub scanner: Scanner,
    /// `SES_CONFIGURATION_SET`: says where SES reports bounces and complaints.
    pub ses_configuration_set: Option<String>,
    /// `PUBLIC_URL`: where the API is reached from outside, without a slash at the end; links in mails begin with it. Without
    /// one they have none.
    pub public_url: Option<String>,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
    pub credentials: (String, String, Option<String>),
    /// `AWS_ENDPOINT_URL_<SERVICE>`, or `AWS_ENDPOINT_URL` for all; empty on AWS.
    pub endpoints: BTreeMap<&'static str, String>,
    /// `STAGE`: set on AWS, where each log line carries metrics of this stage.
    pub stage: Option<String>,
    /// `LAMBDESK_SHOW_COST=1`: answers carry what they cost. For development.
    pub show_cost: bool,
}

/// The services that the desk calls, as they are spelled in `AWS_ENDPOINT_URL_…`.
const SERVICES: &[&str] = &["DYNAMODB", "S3", "SQS", "SES"];
/// How SES calls itself.
const SES: &str = "amazonses.com";
const MIN_SECRET: usize = 32;
/// What stands for no previous secret where an empty value cannot: in AWS Secrets Manager's JSON, as the template makes it.
const NO_SECRET: &str = "none";

impl Config {
    /// Reads the variables; the error names everything that is missing or wrong at once.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut required = |name: &str| {
            variable(name).filter(|value| !value.is_empty()).unwrap_or_else(|| {
                problems.push(format!("{name} is not set"));
                String::new()
            })
        };
        let scanner = Scanner::parse(&variable("SCANNER").unwrap_or_default());
        let config = Self {
            table: required("TABLE"),
            secret: Secret::new(required("LAMBDESK_SECRET")),
            previous_secret: variable("LAMBDESK_SECRET_PREVIOUS")
                .filter(|value| !value.is_empty() && value != NO_SECRET)
                .map(Secret::new),
            oidc: Oidc {
                issuer: required("OIDC_ISSUER"),
                audience: required("OIDC_AUDIENCE"),
                claim_prefix: variable("OIDC_CLAIM_PREFIX").unwrap_or_default(),
            },
            queue_urls: queue_urls(&variable),
            buckets: buckets(&variable),
            mail_receiver: variable("MAIL_RECEIVER").filter(|name| !name.is_empty()).unwrap_or_else(|| SES.to_owned()),
            scanner: scanner.clone().unwrap_or(Scanner::Off),
            ses_configuration_set: variable("SES_CONFIGURATION_SET").filter(|value| !value.is_empty()),
            public_url: variable("PUBLIC_URL")
                .map(|url| url.trim_end_matches('/').to_owned())
                .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            region: required("AWS_REGION"),
            credentials: (required("AWS_ACCESS_KEY_ID"), required("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")),
            endpoints: endpoints(&variable),
            stage: variable("STAGE").filter(|value| !value.is_empty()),
            show_cost: variable("LAMBDESK_SHOW_COST").as_deref() == Some("1"),
        };
        problems.extend(scanner.err());
        let length = config.secret.reveal().len();
        if length > 0 && length < MIN_SECRET {
            problems.push(format!("LAMBDESK_SECRET must be at least {MIN_SECRET} characters"));
        }
        if problems.is_empty() { Ok(config) } else { Err(problems.join("; ")) }
    }

    /// The configuration of this process.
    #[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn from_environment() -> Result<Self, String> {
        Self::read(|name| std::env::var(name).ok())
    }
}

fn queue_urls(variable: &impl Fn(&str) -> Option<String>) -> BTreeMap<QueueName, String> {
    let url = |queue: &QueueName| Some((*queue, variable(&queue.variable()).filter(|url| !url.is_empty())?));
    QueueName::ALL.iter().filter_map(url).collect()
}

fn buckets(variable: &impl Fn(&str) -> Option<String>) -> BTreeMap<BucketName, String> {
    let name = |bucket: &BucketName| Some((*bucket, variable(&bucket.variable()).filter(|name| !name.is_empty())?));
    BucketName::ALL.iter().filter_map(name).collect()
}

fn endpoints(variable: &impl Fn(&str) -> Option<String>) -> BTreeMap<&'static str, String> {
    let endpoint = |service: &&'static str| {
        let url = variable(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| variable("AWS_ENDPOINT_URL"))?;
        (!url.is_empty()).then_some((*service, url))
    };
    SERVICES.iter().filter_map(endpoint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e6_nothing_runs_on_a_missing_or_short_secret() {
        let error = Config::read(|name| (name == "LAMBDESK_SECRET").then(|| "short".to_owned())).expect_err("incomplete");
        for part in ["TABLE is not set", "OIDC_ISSUER is not set", "LAMBDESK_SECRET must be at least 32"] {
            assert!(error.contains(part), "{part} is missing in {error}");
        }
        assert!(!error.contains("short"), "a secret never shows");
    }

    #[test]
    fn one_endpoint_serves_all_but_those_that_have_their_own() {
        let endpoints = endpoints(&|name: &str| match name {
            "AWS_ENDPOINT_URL" => Some("http://all".to_owned()),
            "AWS_ENDPOINT_URL_SQS" => Some("http://sqs".to_owned()),
            _ => None,
        });
        assert_eq!(endpoints["SQS"], "http://sqs");
        assert_eq!(endpoints["DYNAMODB"], "http://all");
    }
}
