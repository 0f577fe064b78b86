//! The text of a mail among its parts, and everything that is not.

use mail_parser::decoders::html::html_to_text;

use crate::decode;
use crate::header::{self, Headers};
use crate::limits::MAX_TEXT_BYTES;
use crate::mail::Part;
use crate::mime::{Content, Entity};

/// What a mail holds.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) parts: Vec<Part>,
    /// Whether there was more text, or more HTML, than is read.
    pub(crate) cut: bool,
}

/// How much more text, and how much more HTML, is read of a mail.
#[derive(Clone, Copy)]
struct Room {
    text: usize,
    html: usize,
    cut: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { text: MAX_TEXT_BYTES, html: MAX_TEXT_BYTES, cut: false }
    }
}

impl Room {
    /// The beginning of a piece of text, or of HTML, for which there is room.
    fn take(&mut self, mut piece: String, is_html: bool) -> String {
        let room = if is_html { &mut self.html } else { &mut self.text };
        if piece.len() > *room {
            piece.truncate(piece.floor_char_boundary(*room));
            piece.shrink_to_fit();
            self.cut = true;
        }
        *room -= piece.len();
        piece
    }
}

/// A piece of the text, in one or both forms.
#[derive(Default)]
struct Section {
    text: Option<String>,
    html: Option<String>,
}

#[derive(Default)]
struct Collected {
    sections: Vec<Section>,
    parts: Vec<Part>,
    room: Room,
}

/// Reads what an entity holds. A mail that is nothing but one file has no text.
pub(crate) fn read(entity: &Entity<'_>) -> Body {
    let mut collected = Collected::default();
    collect(entity, &mut collected);
    let Collected { mut sections, mut parts, mut room } = collected;
    sections.retain(|section| !is_blank(&section.text) || !is_blank(&section.html));
    // Text among HTML grows where it becomes HTML itself.
    (room.text, room.html) = (MAX_TEXT_BYTES, MAX_TEXT_BYTES);
    let html = joined_html(&sections).map(|html| room.take(html, true));
    let text = joined_text(&sections).map(|text| room.take(text, false));
    mark_inline(&mut parts, html.as_deref());
    Body { text, html, parts, cut: room.cut }
}

/// The text of HTML, for those who look for words in it.
pub(crate) fn plain(html: &str) -> String {
    decode::clean(&html_to_text(html).replace('\u{a0}', " "))
}

fn collect(entity: &Entity<'_>, into: &mut Collected) {
    let Content::Parts(children) = &entity.content else {
        return leaf(entity, into);
    };
    match entity.content_type.as_str() {
        "multipart/alternative" => alternative(children, into),
        "multipart/related" => related(entity, children, into),
        _ => children.iter().for_each(|child| collect(child, into)),
    }
}

/// One text in several forms: the plain one, and the last of the HTML ones, which is the best (RFC 2046, 5.1.4).
fn alternative(children: &[Entity<'_>], into: &mut Collected) {
    let mut chosen = Section::default();
    for child in children {
        let mut form = Collected { room: into.room, ..Collected::default() };
        collect(child, &mut form);
        into.room = form.room;
        into.parts.append(&mut form.parts);
        if is_blank(&chosen.text) {
            chosen.text = joined_text(&form.sections).or(chosen.text);
        }
        chosen.html = joined_html(&form.sections).or(chosen.html);
    }
    into.sections.push(chosen);
}

/// A text with what it shows: all but the root are no text, even where they could be (RFC 2387).
fn related(entity: &Entity<'_>, children: &[Entity<'_>], into: &mut Collected) {
    let start = entity.parameter("start").map(|start| start.trim_matches(['<', '>', ' ']));
    let root = children.iter().position(|child| start.is_some() && child.content_id() == start).unwrap_or(0);
    for (at, child) in children.iter().enumerate() {
        if at == root {
            collect(child, into);
        } else {
            into.parts.extend(child.leaves().into_iter().map(part));
        }
    }
}

fn leaf(entity: &Entity<'_>, into: &mut Collected) {
    let is_text = matches!(entity.content_type.as_str(), "text/plain" | "text/html");
    // Some mailers name even the text itself; what comes after that, with a name, is a file.
    let is_file = entity.is_disposed("attachment") || (entity.name().is_some() && !into.sections.is_empty());
    if !is_text || is_file {
        into.parts.push(part(entity));
        return;
    }
    // Before anything goes through it line by line.
    let text = into.room.take(entity.text(), entity.content_type == "text/html");
    let section = match entity.content_type.as_str() {
        "text/html" => Section { html: Some(text), ..Section::default() },
        _ => Section { text: Some(reflowed(entity, text)), ..Section::default() },
    };
    into.sections.push(section);
}

fn part(entity: &Entity<'_>) -> Part {
    let bytes = entity.bytes().into_owned();
    let name = entity.name().map(|name| name.chars().take(crate::limits::MAX_LINE_CHARS).collect());
    let name = name.or_else(|| match entity.content_type.as_str() {
        "text/calendar" => Some("invite.ics".to_owned()),
        "message/rfc822" | "message/global" => Some(name_of_mail(&bytes)),
        _ => None,
    });
    let content_id = entity.content_id().map(str::to_owned);
    Part {
        name,
        content_type: entity.content_type.clone(),
        inline: content_id.is_some() && entity.is_disposed("inline"),
        content_id,
        bytes,
    }
}

fn name_of_mail(bytes: &[u8]) -> String {
    let subject = Headers::read(bytes, |_| false).ok().and_then(|(headers, _)| headers.text("subject"));
    let subject = subject.map(|subject| header::single_line(&subject)).filter(|subject| !subject.is_empty());
    format!("{}.eml", subject.as_deref().unwrap_or("message"))
}

fn mark_inline(parts: &mut [Part], html: Option<&str>) {
    let Some(html) = html else { return };
    let shown: std::collections::HashSet<String> = html
        .split("cid:")
        .skip(1)
        .map(|rest| rest.split(['"', '\'', '>', ')', ' ', '\n']).next().unwrap_or_default())
        .map(|id| id.replace("%40", "@").replace("&amp;", "&"))
        .collect();
    for part in parts {
        part.inline |= part.content_id.as_ref().is_some_and(|id| shown.contains(id));
    }
}

fn is_blank(text: &Option<String>) -> bool {
    text.as_ref().is_none_or(|text| text.trim().is_empty())
}

/// The plain text; `None` where all there is, is HTML.
fn joined_text(sections: &[Section]) -> Option<String> {
    if sections.iter().all(|section| is_blank(&section.text)) {
        return None;
    }
    let texts = sections.iter().filter_map(|section| match (&section.text, &section.html) {
        (Some(text), _) => Some(text.clone()),
        (None, html) => html.as_deref().map(plain),
    });
    Some(texts.collect::<Vec<_>>().join("\n"))
}

/// The HTML, with the pieces that are only plain among it; `None` where all there is, is plain.
fn joined_html(sections: &[Section]) -> Option<String> {
    if sections.iter().all(|section| is_blank(&section.html)) {
        return None;
    }
    let pieces = sections.iter().filter_map(|section| match (&section.html, &section.text) {
        (Some(html), _) => Some(html.clone()),
        (None, text) => text.as_deref().map(as_html),
    });
    Some(pieces.collect::<Vec<_>>().join("\n"))
}

fn as_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<div>{}</div>", escaped.replace('\n', "<br>\n"))
}

/// Joins the lines of `format=flowed` (RFC 3676): those that end in a space go on, at the same depth of quotation.
fn reflowed(entity: &Entity<'_>, text: String) -> String {
    if !entity.parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
        return text;
    }
    let delete_space = entity.parameter("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    let mut lines: Vec<String> = Vec::new();
    // The depth at which the last line stops to go on.
    let mut open = None;
    for line in text.split('\n') {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let goes_on = content.ends_with(' ') && content != "-- ";
        let kept = if goes_on && delete_space { &content[..content.len() - 1] } else { content };
        match lines.last_mut() {
            Some(last) if open == Some(depth) && content != "-- " => last.push_str(kept),
            _ if depth > 0 => lines.push(format!("{} {kept}", ">".repeat(depth))),
            _ => lines.push(kept.to_owned()),
        }
        open = goes_on.then_some(depth);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(raw: &str) -> Body {
        read(&Entity::read(raw.as_bytes()).expect("within limits"))
    }

    #[test]
    fn of_alternatives_both_forms_are_kept_and_footers_join_both() {
        let body = body(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n\
             --b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>rich <img src='cid:i@x'></p>\n\
             --c\nContent-Type: image/png\nContent-ID: <i@x>\n\n1\n--c--\n--b\nContent-Type: text/calendar\n\nBEGIN\n--b--\n\
             --a\n\nfooter <3\n--a\nContent-Type: text/plain; name=x.txt\n\nfile\n--a--\n",
        );
        assert_eq!(body.text.as_deref(), Some("plain\nfooter <3"));
        assert_eq!(body.html.as_deref(), Some("<p>rich <img src='cid:i@x'></p>\n<div>footer &lt;3</div>"));
        let parts: Vec<_> = body.parts.iter().map(|part| (part.name.as_deref(), part.inline)).collect();
        assert_eq!(parts, [(None, true), (Some("invite.ics"), false), (Some("x.txt"), false)]);
    }

    #[test]
    fn attached_mails_and_encoded_names_are_kept() {
        let body = body(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nSubject: =?utf-8?Q?K=C3=B6ln?=\n\nhi\n\
             --a\nContent-Type: application/ms-tnef\nContent-Disposition: attachment; filename*0*=utf-8''%e2%82%ac; filename*1=.dat\n\
             Content-Transfer-Encoding: base64\n\nAAE=\n--a\nContent-Type: image/png; name=\"=?utf-8?Q?=C3=A4?=.png\"\n\n--a--",
        );
        let names: Vec<_> = body.parts.iter().map(|part| part.name.as_deref().unwrap_or_default()).collect();
        assert_eq!(names, ["Köln.eml", "€.dat", "ä.png"]);
        assert_eq!(
            (body.parts[1].bytes.as_slice(), body.parts[0].bytes.as_slice()),
            (&[0u8, 1][..], "Subject: =?utf-8?Q?K=C3=B6ln?=\n\nhi".as_bytes())
        );
        assert_eq!((body.text, body.html), (None, None));
    }

    #[test]
    fn a_text_with_a_name_is_the_text_where_there_is_no_other() {
        let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain; name=body.txt\n\nhi\n--a\n\
             Content-Type: text/plain; name=log.txt\n\nlog\n--a--";
        let both = body(raw);
        assert_eq!((both.text.as_deref(), both.parts.len()), (Some("hi"), 1));
        let attached = body(&raw.replacen("body.txt\n", "body.txt\nContent-Disposition: attachment\n", 1));
        assert_eq!((attached.text.as_deref(), attached.parts.len()), (Some("log"), 1));
    }

    #[test]
    fn flowed_paragraphs_are_joined() {
        let flowed = |text: &str| body(&format!("Content-Type: text/plain; format=flowed\n\n{text}")).text.unwrap_or_default();
        assert_eq!(flowed("one \ntwo\n\n> a \n> b\n>> c\n-- \nme"), "one two\n\n> a b\n>> c\n-- \nme");
        assert_eq!(flowed("\n\nx"), "\n\nx");
        assert_eq!(flowed("one \n> two"), "one \n> two");
    }
}
