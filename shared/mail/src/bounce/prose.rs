//! What servers say in prose: below a line that gives them away stand the addresses, up to where the mail that came
//! back begins.

use crate::address;

/// What is in the names or addresses that such mails come from, in lower case.
pub(super) const SENDERS: [&str; 8] = [
    "postmaster",
    "mail delivery",
    "mail.delivery",
    "delivery subsystem",
    "system administrator",
    "mail_service",
    "mailer",
    "smtp_gateways",
];

/// How subjects of such mails begin, in lower case.
pub(super) const SUBJECTS: [&str; 11] = [
    "undeliverable",
    "undelivered",
    "returned mail",
    "failure notice",
    "delivery status notification",
    "mail delivery failed",
    "mail could not be delivered",
    "non-delivery",
    "automatically rejected mail",
    "mail delivery problem",
    "unzustellbar",
];

/// Where in the lines below stand the addresses.
#[derive(Clone, Copy)]
enum Place {
    /// A line begins with it, after bullets and brackets.
    First,
    /// It is the first one in a line, up to the end of the paragraph.
    Anywhere,
    /// It follows these words, in lower case.
    After(&'static str),
}

use Place::{After, Anywhere, First};

/// A line that gives a server away, in lower case, and where it names the recipients. In this order: a rule that finds
/// nobody leaves the mail to the next.
const RULES: [(&str, Place); 45] = [
    // Sendmail, Smail, phquery, InterScan, E500
    ("the following addresses had", First),
    ("failed addresses follow", First),
    ("message not delivered to the following", First),
    ("failed recipients", First),
    ("message from interscan", After("rcpt to:")),
    ("unable to deliver message to <", Anywhere),
    // Exim, and those that took its words
    ("created automatically by mail delivery", First),
    ("created automatically by mail delivery", After("addressed to")),
    ("created automatically by mail delivery", After("generated from")),
    ("created automatically by mail delivery", After("rcpt to:")),
    ("created by mail delivery software", First),
    ("a message that you sent was rejected", Anywhere),
    // Postfix, qmail, Yahoo, and theirs
    ("have to inform you that", First),
    ("deliver your message to the following", First),
    ("unable to deliver message to the following", First),
    ("message could not be delivered", First),
    ("deliver the following message", After("to:")),
    ("machine generated message from mail service", First),
    ("unable to deliver your message to", Anywhere),
    // Google, Microsoft, and theirs
    ("to the following recipient", First),
    ("did not reach the following recipient", First),
    ("did not reach the following recipient", Anywhere),
    ("could not be reached", First),
    ("could not be delivered to the following user", Anywhere),
    ("was not delivered to", First),
    ("delivery has failed to these recipients", First),
    ("your message to the following recipients", First),
    // MDaemon, MailEnable, LSMTP, IMail, Netscape, and all who are alone
    ("did not receive a copy of your message", First),
    ("no such user here", First),
    ("recipient: [smtp:", After("recipient: [smtp:")),
    ("error-for:", After("error-for:")),
    ("invalid final delivery userid:", Anywhere),
    ("unknown user:", After("unknown user:")),
    ("undeliverable to", After("undeliverable to")),
    ("attempts:", After("attempts:")),
    ("recipients did not receive", First),
    ("intended recipient:", After("intended recipient:")),
    ("undeliverable address:", After("undeliverable address:")),
    ("failed recipient:", After("failed recipient:")),
    ("mailbox is full:", Anywhere),
    ("encountered delivery problems", After("addressed to")),
    ("this is the email server at", Anywhere),
    ("was automatically rejected", Anywhere),
    ("your message was addressed", Anywhere),
    ("this is a delivery failure notification", First),
];

/// Further words, for what is not yet given up.
const DELAYS: [(&str, Place); 4] = [
    ("your message to:", First),
    ("advisory-only", First),
    ("not yet been delivered", First),
    ("delivery has been delayed", First),
];

/// How the mail that came back begins, or other prose in which addresses are not those that failed.
const ENDS: [&str; 29] = [
    "original message",
    "original mail",
    "returned mail",
    "returned message",
    "copy of the message",
    "copy of your message",
    "copy of the original",
    "transcript",
    "message text follows",
    "message header",
    "header of the",
    "headers of the",
    "below this line",
    "below the next line",
    "end of message",
    "unsent message",
    "error detail",
    "old message",
    "your message reads",
    "top 20 lines",
    "forwarded message",
    "no action is required",
    "please do not resend",
    "please reply to",
    "the problem appears to be",
    "lines of your",
    "return-path:",
    "received:",
    "technical details",
];

/// What says that the server goes on trying.
const TEMPORARY: [&str; 9] = [
    "has been delayed",
    "not yet been delivered",
    "just a warning",
    "warning message only",
    "delivery attempts will continue",
    "has been postponed",
    "will be retried",
    "still being retried",
    "will keep trying",
];

/// Lines that are looked at: servers come to the point.
const LINES: usize = 300;
const LINE_CHARS: usize = 1_000;

/// Whether it is only late.
pub(super) fn is_temporary(text: &str) -> bool {
    let said = lines(text).join(" ").to_lowercase();
    TEMPORARY.iter().any(|sign| said.contains(sign))
}

/// The recipients that the prose names; of a daemon that nobody knows, those that stand as `<address>:`.
pub(super) fn recipients(text: &str, is_daemon: bool) -> Vec<String> {
    let lines = lines(text);
    let rules = RULES.iter().chain(if is_temporary(text) { DELAYS.as_slice() } else { &[] });
    let known = rules.map(|rule| apply(rule, &lines)).find(|found| !found.is_empty());
    known.unwrap_or_else(|| if is_daemon { in_angles(&lines) } else { Vec::new() })
}

/// The lines, with single spaces, as far as they are looked at.
fn lines(text: &str) -> Vec<String> {
    let start = |line: &str| line.chars().take(LINE_CHARS).collect::<String>();
    text.lines().take(LINES).map(|line| start(line).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn apply(rule: &(&str, Place), lines: &[String]) -> Vec<String> {
    let (intro, place) = *rule;
    let mut found = Vec::new();
    let Some(start) = lines.iter().position(|line| !line.starts_with('>') && line.to_lowercase().contains(intro)) else {
        return found;
    };
    for (at, line) in lines.iter().enumerate().skip(start) {
        let lower = line.to_lowercase();
        if at > start && ENDS.iter().any(|end| lower.contains(end)) {
            break;
        }
        if line.is_empty() && !found.is_empty() && matches!(place, Anywhere) {
            break;
        }
        found.extend(address_at(line, &lower, place));
    }
    found
}

fn address_at(line: &str, lower: &str, place: Place) -> Option<String> {
    match place {
        Anywhere => named(line).map(|(_, address)| address),
        First => {
            let content = line.trim_start_matches(|c: char| "<>([{*\"'- \u{2022}".contains(c));
            let content =
                content.strip_prefix("expanded from: ").or_else(|| content.strip_prefix("generated from ")).unwrap_or(content);
            let content = content.trim_start_matches('<');
            named(content).filter(|(at, _)| *at == 0).map(|(_, address)| address)
        }
        After(label) => {
            let at = lower.find(label)? + label.len();
            named(line.get(at..)?).map(|(_, address)| address)
        }
    }
}

/// The first address in a line; those of X.400 are named as `SMTP=address`.
fn named(line: &str) -> Option<(usize, String)> {
    let (at, address) = address::in_prose(line)?;
    let plain = address.rsplit_once("SMTP=").map(|(_, address)| address.to_owned()).unwrap_or(address);
    Some((at, plain.trim_start_matches(['\'', '`', '=']).to_owned()))
}

fn in_angles(lines: &[String]) -> Vec<String> {
    let ends = |line: &&String| !ENDS.iter().any(|end| line.to_lowercase().contains(end)) && !line.starts_with("---");
    let angles = |line: &String| address::sane(line.strip_prefix('<')?.split_once(">:")?.0);
    lines.iter().take_while(ends).filter_map(angles).collect()
}
