//! The lines that both plain text and HTML become.

use std::borrow::Cow;

/// What the markup says about a line, beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Hint {
    /// Nothing.
    #[default]
    None,
    /// A client's own element for history begins here.
    History,
    /// A border begins here that Outlook and Windows Mail draw above a header block.
    Border,
    /// A horizontal rule stands above.
    Rule,
    /// A client's own element for a forwarded message begins here.
    Forward,
}

/// A line as a reader sees it.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// The words, without the line end. Of a very long line in HTML only the beginning.
    pub(super) text: Cow<'a, str>,
    /// Where in the source the line can be cut off from the ones before.
    pub(super) start: usize,
    /// What the markup says where the line begins.
    pub(super) hint: Hint,
    /// Whether the line stands in an element for quotes.
    pub(super) cited: bool,
    /// Whether the line stands in an element for signatures.
    pub(super) signature: bool,
}

impl<'a> Line<'a> {
    /// A line of plain text.
    pub(super) fn plain(text: &'a str, start: usize) -> Self {
        Self { text: Cow::Borrowed(text), start, hint: Hint::None, cited: false, signature: false }
    }

    /// The words without white space and invisible marks around them.
    pub(super) fn trimmed(&self) -> &str {
        trim(&self.text)
    }

    /// Whether there is nothing to read; an image alone is nothing to read, but see [`Line::is_empty`].
    pub(super) fn is_blank(&self) -> bool {
        self.text.chars().all(|c| is_space(c) || c == IMAGE)
    }

    /// Whether there is nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.trimmed().is_empty()
    }

    /// Whether the line is marked as quoted, by `>` or by its element.
    pub(super) fn is_quoted(&self) -> bool {
        self.cited || self.trimmed().starts_with('>')
    }
}

/// Stands for an image in a line of HTML.
pub(super) const IMAGE: char = '\u{fffc}';

/// Trims white space and the marks that clients put around dates and names for the direction of writing.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// White space, and characters without width.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The words in lower case, the way people write apostrophes made one, invisible marks and double spaces dropped.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if is_space(c) => {}
            '’' | '‘' | '´' | '`' => folded.push('\''),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}
