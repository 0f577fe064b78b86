//! Plain text from HTML that the sanitiser wrote: one pass, so that its time grows with the text and nothing else.
//!
//! What the sanitiser writes is well-formed: every `<` begins a tag, and of all entities only five are left. That is
//! what makes a reader this small enough.

/// Tags that begin a new line, and how many line breaks they are worth.
fn breaks(tag: &str) -> usize {
    match tag {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "table" | "pre" => 2,
        "br" | "div" | "li" | "tr" | "hr" | "dt" | "dd" => 1,
        _ => 0,
    }
}

/// The text that a reader would see, with line breaks where blocks begin.
pub(super) fn plain_text(safe_html: &str) -> String {
    let mut text = Text::default();
    let mut rest = safe_html;
    while let Some(open) = rest.find('<') {
        text.add(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        let tag = rest[open + 1..open + close].trim_start_matches('/');
        let name = tag.split([' ', '/']).next().unwrap_or("");
        text.pending_breaks = text.pending_breaks.max(breaks(name));
        if name == "li" && !rest[open + 1..].starts_with('/') {
            text.add("- ");
        }
        rest = &rest[open + close + 1..];
    }
    text.add(rest);
    text.out.trim_end().to_owned()
}

#[derive(Default)]
struct Text {
    out: String,
    /// Line breaks due before the next visible character.
    pending_breaks: usize,
    pending_space: bool,
}

impl Text {
    fn add(&mut self, escaped: &str) {
        let mut rest = escaped;
        while let Some(c) = rest.chars().next() {
            let (c, length) = if c == '&' { entity(rest) } else { (c, c.len_utf8()) };
            rest = &rest[length..];
            self.push(c);
        }
    }

    /// White space folds into one space, as on a page.
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.pending_space = true;
            return;
        }
        if !self.out.is_empty() {
            if self.pending_breaks > 0 {
                (0..self.pending_breaks).for_each(|_| self.out.push('\n'));
            } else if self.pending_space {
                self.out.push(' ');
            }
        }
        (self.pending_breaks, self.pending_space) = (0, false);
        self.out.push(c);
    }
}

/// The character that an entity stands for, and how long the entity is. What is none stands for itself.
fn entity(text: &str) -> (char, usize) {
    let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", ' ')];
    known.into_iter().find(|(name, _)| text.starts_with(name)).map_or(('&', 1), |(name, c)| (c, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_lines_and_white_space_folds() {
        let html = "<p>Hello\n  <b>Ada</b>,</p><p>two<br>lines</p><ul><li>one</li><li>two &amp; three</li></ul><div>end&nbsp;&lt;b&gt;</div>";
        assert_eq!(plain_text(html), "Hello Ada,\n\ntwo\nlines\n\n- one\n- two & three\n\nend <b>");
        assert_eq!(plain_text(""), "");
        assert_eq!(plain_text("a &copy; b & c"), "a &copy; b & c");
    }
}
