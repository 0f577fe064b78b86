//! The line that mails to staff begin with. In an answer, all below it is the mail itself: it may show what customers must not
//! see, and no guess at where a program's quote begins is sure enough for that.

use lambdesk_domain::Language;

/// Plain letters and signs alone, so that it looks the same in every encoding; and short, so that few programs wrap it.
pub(crate) const fn marker(language: Language) -> &'static str {
    match language {
        Language::En => "##- Please reply above this line -##",
        Language::De => "##- Bitte antworten Sie oberhalb dieser Zeile -##",
    }
}

/// What is searched; of a longer mail the rest is not kept anyway.
const MOST_BYTES: usize = 1024 * 1024;

/// Where the marker's line begins, with the signs that quote it.
pub(crate) fn in_text(text: &str) -> Option<usize> {
    let at = find(text.char_indices())?;
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let only_signs = text[line..at].chars().all(|c| !c.is_alphanumeric());
    Some(if only_signs { line } else { at })
}

/// Where the marker begins in HTML, outside of tags.
pub(crate) fn in_html(html: &str) -> Option<usize> {
    find(Shown { html, at: 0 })
}

/// The first marker in any language. Letters and `#` alone are compared: programs break lines, quote them, and change white space
/// and dashes.
fn find(text: impl Iterator<Item = (usize, char)>) -> Option<usize> {
    let (mut letters, mut offsets) = (String::new(), Vec::new());
    for (at, c) in text.take_while(|(at, _)| *at < MOST_BYTES).filter(|(_, c)| counts(*c)) {
        letters.push(c.to_ascii_lowercase());
        offsets.resize(letters.len(), at);
    }
    let found = |language: &Language| {
        let marker: String = marker(*language).chars().filter(|c| counts(*c)).map(|c| c.to_ascii_lowercase()).collect();
        letters.find(&marker)
    };
    Language::ALL.iter().filter_map(found).min().map(|at| offsets[at])
}

fn counts(c: char) -> bool {
    c.is_alphanumeric() || c == '#'
}

/// The characters of HTML that a reader sees, more or less: without tags, comments and entities.
struct Shown<'a> {
    html: &'a str,
    at: usize,
}

impl Iterator for Shown<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (at, rest) = (self.at, &self.html[self.at..]);
            let c = rest.chars().next()?;
            let hidden = match c {
                '<' => tag_length(rest),
                '&' => entity_length(rest),
                _ => None,
            };
            self.at += hidden.unwrap_or(c.len_utf8());
            if hidden.is_none() {
                return Some((at, c));
            }
        }
    }
}

/// The length of the tag or comment that the text begins with; `None` for a lone `<`.
fn tag_length(rest: &str) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(rest.find("-->").map_or(rest.len(), |end| end + 3));
    }
    let begins = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    if !begins {
        return None;
    }
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    Some(rest.len())
}

fn entity_length(rest: &str) -> Option<usize> {
    let name = rest[1..].bytes().take(10).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    (rest.as_bytes().get(name + 1) == Some(&b';')).then_some(name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_found_however_programs_quote_it() {
        for language in Language::ALL {
            let marker = marker(*language);
            assert!(marker.is_ascii() && marker.len() < 60);
            let (begin, end) = marker.split_at(20);
            for text in [
                format!("Yes.\n\n> {marker}\n> Hello"),
                format!("Yes.\r\n\r\n> > {begin}\r\n> > {end}\r\nHello"),
                format!("Yes.\n\n*{}*\nHello", marker.to_uppercase().replace('-', "–")),
            ] {
                let at = in_text(&text).expect("found");
                assert_eq!(text[..at].trim(), "Yes.", "{text}");
            }
            assert_eq!(in_text(&format!("Yes. {marker} Hello")), Some(5));
            for html in [
                format!("<p>Yes.</p><blockquote><p style=\"a:'>'\">{marker}</p>"),
                format!("<p>Yes.</p><blockquote><p>{begin}&nbsp;<br>\n<b>{end}</b>"),
                format!("<p>Yes.</p><!-- ## > --><p title='{marker}'>{marker}"),
            ] {
                let at = in_html(&html).expect("found");
                assert!(html[at..].starts_with("##-") && html[..at].ends_with('>'), "{html}");
            }
        }
        assert_eq!(in_text("Please reply above this line"), None);
        assert_eq!(in_html("<p title='##- Please reply above this line -##'>5 < 6 &c"), None);
    }

    #[test]
    fn a7_looking_for_it_takes_no_longer_than_the_mails_length() {
        let began = std::time::Instant::now();
        for part in ["<", "<a", "<a ", "&", "&#", "##-", "<!--", "'\"", "ü"] {
            let long = part.repeat(2 * MOST_BYTES / part.len());
            assert_eq!((in_text(&long), in_html(&long)), (None, None));
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
