//! What a mail says, as the desk keeps it: the new text, what it quotes, its signature, its files.

use lambdesk_domain::{Body, BodyFormat, Subject};
use lambdesk_mail::{FragmentKind, Mail, split_html, split_quote_above, split_text};

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
    let (body, _) = Body::from_mail(&split.joined(FragmentKind::New), BodyFormat::Html)?;
    let mut is_cut = false;
    let mut part = |kind: FragmentKind| {
        let source = split.joined(kind);
        let kept = Body::from_mail(&source, BodyFormat::Html).map(|(body, _)| body);
        is_cut |= kept.is_none() && source.len() > lambdesk_domain::markup::MAX_BODY_BYTES;
        kept
    };
    let (signature, quoted) = (part(FragmentKind::Signature), part(FragmentKind::Quoted));
    Some(Content { body, signature, quoted, is_cut })
}

/// Also of a mail that somebody forwards: what they passed on is the text.
pub(super) fn from_text(text: &str) -> Content {
    let split = split_text(text);
    let own = split.joined(FragmentKind::New);
    let (above, below) = split_quote_above(&own);
    let (above, new) = if below.trim().is_empty() { ("", &*own) } else { (above, below) };
    let mut is_cut = false;
    let mut part = |text: &str| {
        let (body, cut) = Body::from_mail(text, BodyFormat::Text)?;
        is_cut |= cut;
        Some(body)
    };
    let quoted = part(&format!("{above}{}", split.joined(FragmentKind::Quoted)));
    let signature = part(&split.joined(FragmentKind::Signature));
    let body = part(new).unwrap_or_else(|| Body::parse(NO_TEXT, BodyFormat::Text).expect("a short text"));
    Content { body, signature, quoted, is_cut }
}

/// The subject as the desk can keep it.
pub(super) fn subject(text: &str) -> Subject {
    let short: String = text.chars().filter(|c| !c.is_control()).take(SUBJECT_CHARS).collect();
    Subject::parse(&short).unwrap_or_else(|_| Subject::parse(NO_SUBJECT).expect("a short text"))
}
