//! What a mail says, as the desk keeps it: the new text, what it quotes, its signature, its files.

use lambdesk_domain::{Body, BodyFormat, Subject};
use lambdesk_mail::{Mail, split_html, split_quote_above, split_text};

/// What stands where a mail has no text of its own.
const NO_TEXT: &str = "(no text)";
const NO_SUBJECT: &str = "(no subject)";
const SUBJECT_CHARS: usize = 250;

/// The text of a mail in its parts.
pub(super) struct Content {
    pub(super) body: Body,
    pub(super) signature: Option<Body>,
    pub(super) quoted: Option<Body>,
    /// Whether something was too long to be kept here.
    pub(super) is_cut: bool,
}

/// Splits the text. The HTML is taken where it can be; else the plain text.
pub(super) fn content(mail: &Mail) -> Content {
    mail.html.as_deref().and_then(from_html).unwrap_or_else(|| {
        let mut content = from_text(mail.text.as_deref().unwrap_or_default());
        // There was HTML, and it is not here.
        content.is_cut |= mail.html.is_some();
        content
    })
}

fn from_html(html: &str) -> Option<Content> {
    let split = split_html(html);
    let (body, _) = Body::from_mail(split.new, BodyFormat::Html)?;
    let part = |part: &str| Body::from_mail(part, BodyFormat::Html).map(|(body, _)| body);
    let (signature, quoted) = (part(split.signature), part(split.quoted));
    let is_lost = |source: &str, kept: &Option<Body>| kept.is_none() && source.len() > lambdesk_domain::markup::MAX_BODY_BYTES;
    let is_cut = is_lost(split.signature, &signature) || is_lost(split.quoted, &quoted);
    Some(Content { body, signature, quoted, is_cut })
}

/// Also of a mail that somebody forwards: what they passed on is the text.
pub(super) fn from_text(text: &str) -> Content {
    let split = split_text(text);
    let (above, below) = split_quote_above(split.new);
    let new = if below.trim().is_empty() { split.new } else { below };
    let above = if below.trim().is_empty() { "" } else { above };
    let mut is_cut = false;
    let mut part = |text: &str| {
        let (body, cut) = Body::from_mail(text, BodyFormat::Text)?;
        is_cut |= cut;
        Some(body)
    };
    let quoted = part(&format!("{above}{}", split.quoted));
    let signature = part(split.signature);
    let body = part(new).unwrap_or_else(|| Body::parse(NO_TEXT, BodyFormat::Text).expect("a short text"));
    Content { body, signature, quoted, is_cut }
}

/// The subject as the desk can keep it.
pub(super) fn subject(text: &str) -> Subject {
    let short: String = text.chars().filter(|c| !c.is_control()).take(SUBJECT_CHARS).collect();
    Subject::parse(&short).unwrap_or_else(|_| Subject::parse(NO_SUBJECT).expect("a short text"))
}
