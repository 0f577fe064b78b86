//! What a mail says, as the desk keeps it: the new text, what it quotes, its signature, its files.

use lambdesk_domain::{Body, BodyFormat, Subject};
use lambdesk_mail::{FragmentKind, Mail, split_html, split_quote_above, split_text};

use crate::marker;

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
    /// Whether it quotes a mail to staff.
    pub(super) quotes_staff: bool,
    /// Whether nothing in it is known to be new.
    pub(super) says_nothing: bool,
}

/// What body, signature and quote of a message may have together, in bytes. The message is one item of at most 400 KB, in which
/// each of them stands as written and as plain text; fifty files and where it came from have the rest.
const ROOM: usize = 320 * 1024;

/// Splits the text. The HTML is taken where it can be; else the plain text. What quotes a mail to staff is cut at its first line,
/// which says for certain where the quote begins, before any guess.
pub(super) fn content(mail: &Mail) -> Content {
    let (html, text) = (mail.html.as_deref(), mail.text.as_deref().unwrap_or_default());
    let only_text_is_marked = marker::in_text(text).is_some() && html.is_some_and(|html| marker::in_html(html).is_none());
    let from_html = html.filter(|_| !only_text_is_marked).and_then(from_html);
    let mut content = from_html.unwrap_or_else(|| {
        let mut content = from_text(text, marker::in_text(text));
        // There was HTML, and it is not here.
        content.is_cut |= html.is_some();
        content
    });
    content.is_cut |= mail.cut;
    content
}

impl Content {
    /// Leaves out what there is no room for: what was said before, then the signature. The mail itself has them.
    fn fitting(mut self) -> Self {
        for leave_out in [|content: &mut Self| content.quoted = None, |content: &mut Self| content.signature = None] {
            if self.bytes() > ROOM {
                leave_out(&mut self);
                self.is_cut = true;
            }
        }
        self
    }

    fn bytes(&self) -> usize {
        let bytes = |body: &Body| body.source.len() + body.text.len();
        [Some(&self.body), self.signature.as_ref(), self.quoted.as_ref()].into_iter().flatten().map(bytes).sum()
    }
}

fn from_html(html: &str) -> Option<Content> {
    let marked = marker::in_html(html);
    let above = &html[..marked.unwrap_or(html.len())];
    let is_lost = |source: &str, kept: &Option<Body>| kept.is_none() && source.len() > lambdesk_domain::markup::MAX_BODY_BYTES;
    if marked.is_some() && introduces_html(above) {
        let quoted = html_part(html);
        return Some(Content { is_cut: is_lost(html, &quoted), quoted, ..nothing(true) }.fitting());
    }
    let split = split_html(above);
    let below = format!("{}{}", split.joined(FragmentKind::Quoted), &html[above.len()..]);
    let body = html_part(&split.joined(FragmentKind::New))?;
    let own_signature = split.joined(FragmentKind::Signature);
    let (signature, quoted) = (html_part(&own_signature), html_part(&below));
    let is_cut = is_lost(&own_signature, &signature) || is_lost(&below, &quoted);
    let content = Content { body, signature, quoted, is_cut, quotes_staff: marked.is_some(), says_nothing: false }.fitting();
    // Its plain text alone may be far longer than it is; then the mail's own is taken.
    (content.bytes() <= ROOM).then_some(content)
}

fn html_part(part: &str) -> Option<Body> {
    Body::from_mail(part, BodyFormat::Html).map(|(body, _)| body)
}

/// Of a mail that somebody forwards: what they passed on is the text.
pub(super) fn from_forwarded(text: &str) -> Content {
    from_text(text, None)
}

fn from_text(text: &str, marked: Option<usize>) -> Content {
    let mut is_cut = false;
    let mut part = |text: &str| {
        let (body, cut) = Body::from_mail(text, BodyFormat::Text)?;
        is_cut |= cut;
        Some(body)
    };
    let above = &text[..marked.unwrap_or(text.len())];
    if marked.is_some() && introduces_text(above) {
        return Content { quoted: part(text), is_cut, ..nothing(true) }.fitting();
    }
    let split = split_text(above);
    let own = split.joined(FragmentKind::New);
    let below = format!("{}{}", split.joined(FragmentKind::Quoted), &text[above.len()..]);
    let (on_top, new) = match split_quote_above(&own) {
        (on_top, new) if marked.is_none() && !new.trim().is_empty() => (on_top, new),
        _ => ("", &*own),
    };
    let (quoted, signature) = (part(&format!("{on_top}{below}")), part(&split.joined(FragmentKind::Signature)));
    let content = match part(new) {
        Some(body) => Content { body, says_nothing: false, ..nothing(marked.is_some()) },
        None => nothing(marked.is_some()),
    };
    Content { signature, quoted, is_cut, ..content }.fitting()
}

fn nothing(quotes_staff: bool) -> Content {
    let body = Body::parse(NO_TEXT, BodyFormat::Text).expect("a short text");
    Content { body, signature: None, quoted: None, is_cut: false, quotes_staff, says_nothing: true }
}

/// Stands above a text to ask whether all of it introduces a quote, as "On … wrote:" does: the split always leaves something new,
/// so that a mail is not empty, and here it is this.
const PREFIX: &str = "x";

fn introduces_text(above: &str) -> bool {
    let prefixed = format!("{PREFIX}\n\n{above}");
    let split = split_text(&prefixed);
    let is_all = split.joined(FragmentKind::New).trim() == PREFIX && split.joined(FragmentKind::Signature).trim().is_empty();
    is_all || looks_like_introduction(above)
}

fn introduces_html(above: &str) -> bool {
    let prefixed = format!("<p>{PREFIX}</p>{above}");
    let split = split_html(&prefixed);
    let is_all = html_part(&split.joined(FragmentKind::New)).is_some_and(|body| body.text.trim() == PREFIX)
        && html_part(&split.joined(FragmentKind::Signature)).is_none();
    is_all || html_part(above).is_some_and(|body| looks_like_introduction(&body.text))
}

/// Whether all that stands above a quote is one short paragraph that says whose it is, in any language: with a date or an address,
/// and a colon at its end.
fn looks_like_introduction(above: &str) -> bool {
    let lines: Vec<_> = above.trim().lines().map(|line| line.trim().trim_end_matches(['>', '*', ' '])).collect();
    let is_a_short_paragraph = lines.len() <= 3 && lines.iter().all(|line| !line.is_empty());
    let names_a_mail = lines.iter().any(|line| line.contains(|c: char| c.is_ascii_digit() || c == '@'));
    is_a_short_paragraph && names_a_mail && lines.last().is_some_and(|line| line.ends_with([':', '：']))
}

/// The subject as the desk can keep it.
pub(super) fn subject(text: &str) -> Subject {
    let short: String = text.chars().filter(|c| !c.is_control()).take(SUBJECT_CHARS).collect();
    Subject::parse(&short).unwrap_or_else(|_| Subject::parse(NO_SUBJECT).expect("a short text"))
}

#[cfg(test)]
mod tests {
    use lambdesk_domain::Language;
    use lambdesk_mail::{Receiver, read};

    use super::*;
    use crate::marker::marker;

    fn of(kind: &str, body: &str) -> Content {
        let raw = format!("From: ada@demo.test\nContent-Type: text/{kind}; charset=utf-8\n\n{body}");
        content(&read(raw.as_bytes(), &Receiver { authserv_id: "x" }).expect("a mail"))
    }

    fn quoted(content: &Content) -> &str {
        content.quoted.as_ref().map_or("", |body| &body.text)
    }

    #[test]
    fn all_below_the_marker_is_quoted_whatever_stands_between() {
        for language in Language::ALL {
            let marker = marker(*language);
            // An introduction in a language that no rule knows, and a quote without signs: the marker alone tells.
            for (kind, body) in [
                ("plain", format!("Done.\n\n{marker}\n\nAda Berg named you\n\nThe secret.\n\nAnother line.\n")),
                ("plain", format!("Done.\n\nOn Fri, 20 Nov 2026 at 10:00, Demo wrote:\n> {marker}\n>\n> The secret.\n")),
                ("html", format!("<div>Done.</div><div><p>{marker}</p><p>The secret.</p></div>")),
                ("html", format!("<div>Done.</div><blockquote type=cite><p>{marker}</p></blockquote><p>The secret.</p>")),
            ] {
                let content = of(kind, &body);
                assert_eq!(content.body.text.trim(), "Done.", "{body}");
                assert!(quoted(&content).contains("The secret.") && quoted(&content).contains("##-"), "never lost: {body}");
                assert!(content.quotes_staff && !content.says_nothing);
            }
        }
    }

    #[test]
    fn an_answer_below_the_marker_is_kept_and_is_not_known_to_be_new() {
        let marker = marker(Language::En);
        for (kind, body) in [
            ("plain", format!("On Fri, 20 Nov 2026 at 10:00, Demo wrote:\n> {marker}\n> The secret.\n\nBelow.\n")),
            ("plain", format!("{marker}\nThe secret.\n\nBelow.\n")),
            ("plain", format!("20.11. 10.00 Demo kirjoitti\n<help@demo.test>:\n\n> {marker}\n> The secret.\n\nBelow.\n")),
            (
                "html",
                format!(
                    "<div>On Fri, 20 Nov 2026 at 10:00, Demo wrote:</div><blockquote>{marker}<p>The secret.</p></blockquote>Below."
                ),
            ),
            ("html", format!("<p>{marker}</p><p>The secret.</p>Below.")),
        ] {
            let content = of(kind, &body);
            assert!(content.says_nothing && content.body.text == NO_TEXT, "{}: {body}", content.body.text);
            assert!(quoted(&content).contains("The secret.") && quoted(&content).contains("Below."), "{body}");
        }
    }

    #[test]
    fn what_an_agent_wrote_above_the_marker_is_theirs_whatever_it_looks_like() {
        let marker = marker(Language::En);
        for words in ["Server: mx.test\nPort: 25\nUser: you", "Please try this:", "5", "Thanks,\nAda"] {
            for quote in [format!("> {marker}\n> x"), format!("On Fri, 20 Nov 2026 at 10:00, Demo wrote:\n> {marker}\n> x")] {
                let content = of("plain", &format!("{words}\n\n{quote}\n"));
                let signature = content.signature.as_ref().map_or("", |body| &body.text);
                assert!(!content.says_nothing && !quoted(&content).contains(words), "{words}");
                assert_eq!(format!("{}\n{signature}", content.body.text).trim(), words);
            }
        }
    }

    #[test]
    fn the_marker_may_stand_in_one_of_two_texts() {
        let raw = format!(
            "From: ada@demo.test\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
             Done.\n\n{}\nThe secret.\n--b\nContent-Type: text/html\n\n<p>Done.</p><p>The secret.</p>\n--b--",
            marker(Language::En)
        );
        let content = content(&read(raw.as_bytes(), &Receiver { authserv_id: "x" }).expect("a mail"));
        assert_eq!(content.body.text, "Done.");
    }

    #[test]
    fn a_mail_without_a_marker_is_split_as_ever() {
        let content = of("plain", "> Which one?\n\nThe blue one.\n\n-- \nErika\n");
        assert_eq!((content.body.text.as_str(), quoted(&content)), ("The blue one.", "> Which one?"));
        assert!(content.signature.is_some() && !content.quotes_staff && !content.says_nothing);
        assert!(of("plain", "").says_nothing && of("html", "<p></p>").says_nothing);
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_from_the_end() {
        let part = |letter: &str, bytes: usize| Body::parse(&letter.repeat(bytes / 2), BodyFormat::Text).expect("fits");
        let of = |body: usize, signature: usize, quoted: usize| {
            let (signature, quoted) = (Some(part("s", signature)), Some(part("q", quoted)));
            let content = Content { body: part("b", body), signature, quoted, ..nothing(false) }.fitting();
            (content.signature.is_some(), content.quoted.is_some(), content.is_cut)
        };
        const K: usize = 1024;
        assert_eq!(of(128 * K, 64 * K, 128 * K), (true, true, false));
        assert_eq!(of(128 * K, 128 * K, 128 * K), (true, false, true), "the quote first");
    }

    #[test]
    fn the_longest_parts_are_one_item_of_the_table() {
        let line = format!("{}\n", "x".repeat(98));
        let text = format!("{}-- \n{}", line.repeat(2_000), "Erika\n".repeat(5));
        let quoted = format!("On Fri, 20 Nov 2026 at 10:00, Demo <help@demo.test> wrote:\n{}", format!("> {line}").repeat(2_000));
        let content = from_text(&format!("{text}\n{quoted}"), None);
        assert!(content.bytes() <= ROOM && content.is_cut, "{}", content.bytes());
    }
}
