//! A body in fragments.

use std::borrow::Cow;

/// What a fragment of a mail's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FragmentKind {
    /// What the sender wrote now. Holds quotes that are needed with it: those that answers stand between, those that
    /// nobody is told to have written, and forwarded messages.
    New,
    /// The signature: a block behind `-- `, a phone's footer, contact details under a closing phrase.
    Signature,
    /// The history, with its "On … wrote:", and the footers below it.
    Quoted,
}

/// A stretch of a mail's body, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// What it is.
    pub kind: FragmentKind,
    /// The stretch, as it stands in the body.
    pub text: &'a str,
}

/// A mail's body in fragments, in the order in which they stand: together they are the body, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split<'a> {
    fragments: Vec<Fragment<'a>>,
    /// How the format of the body breaks a line.
    line_break: &'static str,
}

impl<'a> Split<'a> {
    /// `source` in fragments, each told by its kind and where it ends; the last end is that of `source`.
    pub(super) fn by_ends(source: &'a str, line_break: &'static str, ends: &[(FragmentKind, usize)]) -> Self {
        let mut fragments = Vec::new();
        let mut start = 0;
        for (kind, end) in ends {
            let end = start.max(*end);
            if start < end {
                fragments.push(Fragment { kind: *kind, text: &source[start..end] });
            }
            start = end;
        }
        Self { fragments, line_break }
    }

    /// The fragments. New text is never blank where the body has text.
    pub fn fragments(&self) -> &[Fragment<'a>] {
        &self.fragments
    }

    /// All fragments of a kind as one text, empty where there is none. Where others stood between two of them, a line
    /// break parts the two, lest words run together.
    pub fn joined(&self, kind: FragmentKind) -> Cow<'a, str> {
        let mut texts = self.fragments.iter().filter(|fragment| fragment.kind == kind).map(|fragment| fragment.text);
        let mut joined = Cow::Borrowed(texts.next().unwrap_or_default());
        for text in texts {
            let joined = joined.to_mut();
            if !joined.ends_with(self.line_break) {
                joined.push_str(self.line_break);
            }
            joined.push_str(text);
        }
        joined
    }
}
