//! Reports on delivery by the standard: RFC 3464, and how some servers misread it.

use super::BouncedRecipient;
use crate::address;
use crate::header::{Headers, single_line};
use crate::mime::Entity;
use crate::words;

/// The recipients that the reports within a mail name as failed or delayed.
pub(super) fn recipients(entity: &Entity<'_>) -> Vec<BouncedRecipient> {
    let leaves = entity.leaves();
    let reports = leaves
        .iter()
        .filter(|leaf| matches!(leaf.content_type.as_str(), "message/delivery-status" | "message/global-delivery-status"));
    reports.flat_map(|report| blocks(&report.bytes())).filter_map(|block| recipient(&block)).collect()
}

/// The blocks of fields of a report, the first of which is about the mail, and the others each about a recipient.
fn blocks(report: &[u8]) -> Vec<Headers> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < report.len() && blocks.len() <= crate::limits::MAX_PARTS {
        let Ok((block, length)) = Headers::read(&report[at..], |_| false) else { break };
        at += length;
        blocks.push(block);
    }
    blocks
}

fn recipient(block: &Headers) -> Option<BouncedRecipient> {
    let action = block.get("action")?.to_ascii_lowercase();
    // OpenSMTPD says "error"; some add a comment.
    let permanent = action.starts_with("fail") || action.starts_with("error");
    if !permanent && !action.starts_with("delay") {
        return None;
    }
    let address = ["original-recipient", "final-recipient"].into_iter().find_map(|name| address_of(block.get(name)?))?;
    let status = block.get("status").and_then(|status| status.split_whitespace().next()).filter(|status| is_status(status));
    let diagnostic = block.get("diagnostic-code").map(|said| said.split_once(';').map_or(said, |(_, said)| said));
    let diagnostic = diagnostic.map(|said| single_line(&words::decoded(said))).filter(|said| !said.is_empty());
    Some(BouncedRecipient { address, permanent, status: status.map(str::to_owned), diagnostic })
}

/// `rfc822; address`, or what some servers take that for.
fn address_of(value: &str) -> Option<String> {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    let address = address.trim().trim_start_matches(['<', '"', '(']);
    let address = address.split([' ', '>', '"', ';']).next().unwrap_or_default();
    address::sane(address)
}

fn is_status(status: &str) -> bool {
    let numbers: Vec<&str> = status.split('.').collect();
    numbers.len() == 3
        && numbers.iter().all(|number| (1..=3).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit()))
}
