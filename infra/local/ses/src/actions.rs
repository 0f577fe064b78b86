//! Which function answers which action, and the small ones.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::mailbox::Mailbox;
use crate::params::Params;
use crate::settings::SettingsFile;
use crate::{receipt, send};

/// SES outside the sandbox starts out with this much.
const DAILY_QUOTA: u32 = 50_000;

/// Mails per second.
const SEND_RATE: u32 = 14;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Domain {
    domain: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EmailAddress {
    email_address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListIdentities {
    /// `EmailAddress` or `Domain`; both if absent.
    identity_type: Option<String>,
}

/// Carries out one request and returns the fields of its result.
pub(crate) fn perform(mailbox: &Mailbox, settings: &SettingsFile, params: Params) -> Result<Value, Refusal> {
    match params.action() {
        "SendRawEmail" => send::send_raw_email(mailbox, params),
        "SendEmail" => send::send_email(mailbox, params),
        "GetSendQuota" => Ok(send_quota(mailbox)),
        "VerifyDomainIdentity" => {
            let Domain { domain } = params.read()?;
            verify(settings, domain)?;
            Ok(json!({ "VerificationToken": "local" }))
        }
        "VerifyEmailIdentity" => {
            let EmailAddress { email_address } = params.read()?;
            verify(settings, email_address)?;
            Ok(Value::Null)
        }
        "ListIdentities" => list_identities(settings, params),
        "CreateReceiptRuleSet" => receipt::create_rule_set(settings, params, mailbox.now()),
        "CreateReceiptRule" => receipt::create_rule(settings, params),
        "SetActiveReceiptRuleSet" => receipt::set_active(settings, params),
        "DescribeActiveReceiptRuleSet" => Ok(receipt::describe_active(settings)),
        unknown => {
            let message = format!("Could not find operation {unknown} for version 2010-12-01");
            Err(Refusal::sender("InvalidAction", message))
        }
    }
}

fn verify(settings: &SettingsFile, identity: String) -> Result<(), Refusal> {
    settings.change(|settings| {
        settings.identities.insert(identity);
        Ok(())
    })
}

fn list_identities(settings: &SettingsFile, params: Params) -> Result<Value, Refusal> {
    let ListIdentities { identity_type } = params.read()?;
    let wanted = |identity: &String| match identity_type.as_deref() {
        Some("EmailAddress") => identity.contains('@'),
        Some("Domain") => !identity.contains('@'),
        _ => true,
    };
    let identities: Vec<String> = settings.read().identities.into_iter().filter(wanted).collect();
    Ok(json!({ "Identities": identities }))
}

fn send_quota(mailbox: &Mailbox) -> Value {
    let yesterday = mailbox.now() - SignedDuration::from_hours(24);
    let sent = mailbox.list().iter().take_while(|mail| mail.sent_at > yesterday).count();
    json!({ "Max24HourSend": DAILY_QUOTA, "MaxSendRate": SEND_RATE, "SentLast24Hours": sent })
}
