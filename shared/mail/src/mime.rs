//! The parts of a mail (RFC 2046), found in one pass: each line is looked at once, however the parts are nested, and
//! the limits hold while it goes on.

use mail_parser::ContentType;

use crate::decode;
use crate::header::{Headers, line_at, without_end};
use crate::limits::{MAX_DEPTH, MAX_PARTS};
use crate::mail::Unreadable;

/// A mail, or a part of one.
pub(crate) struct Entity<'x> {
    pub(crate) headers: Headers,
    /// `type/subtype` in lower case.
    pub(crate) content_type: String,
    parameters: Option<ContentType<'static>>,
    disposition: Option<ContentType<'static>>,
    pub(crate) content: Content<'x>,
}

/// What an entity holds.
pub(crate) enum Content<'x> {
    /// The bytes as sent.
    Leaf(&'x [u8]),
    Parts(Vec<Entity<'x>>),
}

impl<'x> Entity<'x> {
    /// Reads a whole mail.
    pub(crate) fn read(raw: &'x [u8]) -> Result<Self, Unreadable> {
        Splitter { raw, at: 0, boundaries: Vec::new(), parts: 0 }.entity("text/plain")
    }

    /// A parameter of `Content-Type`, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.as_ref()?.attribute(name)
    }

    /// The file name, as sent.
    pub(crate) fn name(&self) -> Option<&str> {
        let named = self.disposition.as_ref().and_then(|disposition| disposition.attribute("filename"));
        named.or_else(|| self.parameter("name")).filter(|name| !name.trim().is_empty())
    }

    /// Whether `Content-Disposition` is this.
    pub(crate) fn is_disposed(&self, disposition: &str) -> bool {
        self.disposition.as_ref().is_some_and(|found| found.ctype().eq_ignore_ascii_case(disposition))
    }

    /// `Content-ID` without its angles.
    pub(crate) fn content_id(&self) -> Option<&str> {
        let id = self.headers.get("content-id")?.trim().trim_start_matches('<').trim_end_matches('>').trim();
        let fits = !id.is_empty() && id.len() <= 998 && !id.contains(|c: char| c.is_control() || c.is_whitespace());
        fits.then_some(id)
    }

    /// The decoded bytes of a leaf; nothing for a multipart.
    pub(crate) fn bytes(&self) -> std::borrow::Cow<'x, [u8]> {
        match self.content {
            Content::Leaf(body) => decode::transfer(self.headers.get("content-transfer-encoding"), body),
            Content::Parts(_) => (&[]).into(),
        }
    }

    /// The text of a leaf.
    pub(crate) fn text(&self) -> String {
        decode::clean(&decode::text(self.parameter("charset"), &self.bytes()))
    }

    /// This entity's leaves, in order.
    pub(crate) fn leaves<'e>(&'e self) -> Vec<&'e Entity<'x>> {
        match &self.content {
            Content::Leaf(_) => vec![self],
            Content::Parts(parts) => parts.iter().flat_map(Entity::leaves).collect(),
        }
    }
}

struct Splitter<'x> {
    raw: &'x [u8],
    at: usize,
    /// Of the multiparts that are open, outermost first.
    boundaries: Vec<Vec<u8>>,
    parts: usize,
}

/// A line that ends a part: of the multipart at this place among those that are open, and whether it ends that too.
struct Delimiter {
    level: usize,
    last: bool,
}

impl<'x> Splitter<'x> {
    fn entity(&mut self, default_type: &str) -> Result<Entity<'x>, Unreadable> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(Unreadable::TooManyParts);
        }
        let (headers, length) = Headers::read(&self.raw[self.at..], |line| self.delimiter(line).is_some())?;
        self.at += length;
        let parameters = headers.parameters("content-type");
        let content_type = parameters.as_ref().and_then(type_of).unwrap_or_else(|| default_type.to_owned());
        let disposition = headers.parameters("content-disposition");
        let mut entity = Entity { headers, content_type, parameters, disposition, content: Content::Leaf(&[]) };
        let boundary = entity.parameter("boundary").map(|boundary| boundary.trim_end().as_bytes().to_vec());
        match boundary.filter(|boundary| !boundary.is_empty() && entity.content_type.starts_with("multipart/")) {
            Some(boundary) => self.multipart(&mut entity, boundary)?,
            None => {
                entity.content = Content::Leaf(self.body());
                if entity.content_type.starts_with("multipart/") {
                    entity.content_type = "text/plain".to_owned();
                }
            }
        }
        Ok(entity)
    }

    fn multipart(&mut self, entity: &mut Entity<'x>, boundary: Vec<u8>) -> Result<(), Unreadable> {
        let level = self.boundaries.len();
        if level == MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        let default_type = if entity.content_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        self.boundaries.push(boundary);
        let preamble = self.body();
        let mut parts = Vec::new();
        while self.take_delimiter(level) {
            parts.push(self.entity(default_type)?);
            // What stands between here and the next delimiter belongs to no part.
            self.body();
        }
        self.boundaries.truncate(level);
        if parts.is_empty() {
            // A boundary that never comes: better all of it as text than nothing.
            entity.content_type = "text/plain".to_owned();
            entity.content = Content::Leaf(preamble);
        } else {
            self.body();
            entity.content = Content::Parts(parts);
        }
        Ok(())
    }

    /// Takes the delimiter that is next, where it begins another part of the multipart at `level`; takes one that ends
    /// this multipart as well, but says no.
    fn take_delimiter(&mut self, level: usize) -> bool {
        let line = line_at(self.raw, self.at);
        match self.delimiter(line) {
            Some(delimiter) if delimiter.level == level => {
                self.at += line.len();
                !delimiter.last
            }
            _ => false,
        }
    }

    /// What stands before the next delimiter, of whichever multipart, or the end. The line end before a delimiter
    /// belongs to that.
    fn body(&mut self) -> &'x [u8] {
        let start = self.at;
        while self.at < self.raw.len() {
            let line = line_at(self.raw, self.at);
            if self.delimiter(line).is_some() {
                return without_end(&self.raw[start..self.at]);
            }
            self.at += line.len();
        }
        &self.raw[start..]
    }

    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let marked = line.strip_prefix(b"--")?;
        let marked = marked.trim_ascii_end();
        let level = |wanted: &[u8]| self.boundaries.iter().rposition(|boundary| boundary == wanted);
        let first = level(marked).map(|level| Delimiter { level, last: false });
        first.or_else(|| level(marked.strip_suffix(b"--")?.trim_ascii_end()).map(|level| Delimiter { level, last: true }))
    }
}

fn type_of(content_type: &ContentType<'_>) -> Option<String> {
    let fits = |token: &str| {
        !token.is_empty()
            && token.len() <= 127
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (kind, subtype) = (content_type.ctype(), content_type.subtype().unwrap_or_default());
    if kind.eq_ignore_ascii_case("text") && subtype.is_empty() {
        // Mails from before RFC 2045 say only that.
        return Some("text/plain".to_owned());
    }
    let sensible = fits(kind) && fits(subtype);
    Some(if sensible { format!("{kind}/{subtype}").to_ascii_lowercase() } else { "application/octet-stream".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(raw: &str) -> Vec<String> {
        let entity = Entity::read(raw.as_bytes()).expect("within limits");
        let leaf = |leaf: &&Entity<'_>| format!("{}={}", leaf.content_type, leaf.text());
        entity.leaves().iter().map(leaf).collect()
    }

    #[test]
    fn parts_are_split_at_their_own_delimiters() {
        let raw = "Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n\none\n--a-not\n--a \nContent-Type: multipart/alternative;\
            boundary=\"a-b\"\n\n--a-b\n\ntwo\n\n--a-b\nContent-Type: TEXT/HTML\n\nthree\n--a-b--\nepilogue\n--a--\nend\n--a\n\nno";
        assert_eq!(leaves(raw), ["text/plain=one\n--a-not", "text/plain=two\n", "text/html=three"]);
    }

    #[test]
    fn what_is_never_closed_ends_where_the_outer_part_does() {
        let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo";
        assert_eq!(leaves(raw), ["text/plain=one", "text/plain=two"]);
        assert_eq!(leaves("Content-Type: multipart/mixed; boundary=a\n\nnever"), ["text/plain=never"]);
        assert_eq!(leaves("Content-Type: multipart/mixed\n\n--a\nnone"), ["text/plain=--a\nnone"]);
        assert_eq!(
            leaves("Content-Type: multipart/mixed; boundary=a\n\n--a\nX: no body\n--a\n\ntwo\n--a--"),
            ["text/plain=", "text/plain=two"]
        );
    }
}
