//! HTML to lines.

use std::borrow::Cow;

use super::line::{Hint, IMAGE, Line};
use super::markup::Told;
use super::token::{Token, Tokens, decode};

/// Characters that are kept of a line, more than is looked at of any.
const KEPT: usize = 1_000;

/// The lines of `html` as a reader sees them. Blank ones are left out, for mails make room with elements of all kinds.
pub(super) fn lines(html: &str) -> Vec<Line<'_>> {
    let mut flat = Flat::default();
    for (token, place) in Tokens::of(html) {
        match token {
            Token::Text(text) => flat.text(text, place.start),
            Token::Open { name, attributes } => flat.open(&element(name), &Told::by(attributes), place.start),
            Token::Close { name } => flat.close(&element(name), place.end),
            Token::Unseen => {}
        }
    }
    flat.end_line();
    flat.lines
}

/// The name of an element in lower case; a long one is none that is known.
fn element(name: &str) -> String {
    if name.len() > 16 { String::new() } else { name.to_ascii_lowercase() }
}

/// An element that says something of all in it, found closed by counting the elements of its name.
#[derive(Default)]
struct Region {
    name: String,
    depth: usize,
}

impl Region {
    fn enter(&mut self, name: &str) {
        if self.depth == 0 {
            name.clone_into(&mut self.name);
            self.depth = 1;
        }
    }

    fn open(&mut self, name: &str) {
        self.depth += usize::from(self.depth > 0 && self.name == name);
    }

    fn close(&mut self, name: &str) {
        self.depth -= usize::from(self.depth > 0 && self.name == name);
    }
}

#[derive(Default)]
struct Flat<'a> {
    lines: Vec<Line<'a>>,
    /// The line that is being read; `None` until there is something in it.
    line: Option<Line<'a>>,
    kept: usize,
    /// Where the next line can be cut off: before the elements that hold it.
    cut: Option<usize>,
    hint: Hint,
    /// Whether an element for history came.
    history: bool,
    quote: Region,
    signature: Region,
    preformatted: usize,
    /// Whether white space came since the last word.
    space: bool,
}

impl Flat<'_> {
    fn text(&mut self, text: &str, start: usize) {
        decode(text, |c, at| match c {
            '\n' if self.preformatted > 0 => self.end_line(),
            // A plain space says nothing, one that does not break tells the delimiter of a signature.
            ' ' | '\n' | '\r' | '\t' | '\u{c}' => self.space = true,
            c => self.push(c, start + at),
        });
    }

    fn push(&mut self, c: char, start: usize) {
        if self.line.is_none() {
            self.space = false;
            self.kept = 0;
            self.line = Some(Line {
                text: Cow::Owned(String::new()),
                start: self.cut.unwrap_or(start),
                hint: std::mem::take(&mut self.hint),
                cited: self.quote.depth > 0,
                signature: self.signature.depth > 0,
            });
        }
        if let Some(line) = self.line.as_mut()
            && self.kept < KEPT
        {
            let words = line.text.to_mut();
            if std::mem::take(&mut self.space) {
                words.push(' ');
            }
            words.push(c);
            self.kept += 1;
        }
        if !(c.is_whitespace()) {
            self.cut = None;
        }
    }

    /// Ends the line. One of nothing but white space is dropped, and what it was told goes to the next.
    fn end_line(&mut self) {
        match self.line.take() {
            Some(line) if line.is_empty() => {
                self.hint = strongest(self.hint, line.hint);
                self.cut = Some(line.start);
            }
            Some(line) => self.lines.push(line),
            None => {}
        }
        self.space = false;
    }

    fn open(&mut self, name: &str, told: &Told<'_>, start: usize) {
        if is_block(name) {
            self.end_line();
        } else if matches!(name, "td" | "th") {
            self.space = true;
        }
        self.cut.get_or_insert(start);
        self.quote.open(name);
        self.signature.open(name);
        match name {
            "blockquote" if told.cites(self.history) => self.quote.enter(name),
            "pre" => self.preformatted += 1,
            "img" => self.push(IMAGE, start),
            _ => {}
        }
        if told.signature() {
            self.end_line();
            self.signature.enter(name);
        }
        let hint = if name == "hr" { told.rule() } else { told.hint(name) };
        if hint != Hint::None {
            self.history |= hint == Hint::History;
            self.end_line();
            self.cut.get_or_insert(start);
            self.hint = strongest(self.hint, hint);
        }
    }

    fn close(&mut self, name: &str, end: usize) {
        if is_block(name) {
            self.end_line();
        }
        // An element that says that history follows may be closed at once; it goes with the history.
        if self.line.is_none() && !matches!(self.hint, Hint::History | Hint::Forward) {
            self.cut = Some(end);
        }
        self.quote.close(name);
        self.signature.close(name);
        if name == "pre" {
            self.preformatted = self.preformatted.saturating_sub(1);
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "tr"
            | "table"
            | "blockquote"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "pre"
            | "center"
            | "dl"
            | "dt"
            | "dd"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "aside"
            | "body"
            | "html"
            | "head"
            | "form"
            | "fieldset"
            | "address"
            | "figure"
            | "details"
            | "summary"
    )
}

fn strongest(one: Hint, other: Hint) -> Hint {
    let rank = |hint| match hint {
        Hint::None => 0,
        Hint::Rule => 1,
        Hint::Border => 2,
        Hint::History => 3,
        Hint::Forward => 4,
    };
    if rank(one) >= rank(other) { one } else { other }
}
