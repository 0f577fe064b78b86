//! Says of every line what it is.

use super::attribution::{self, LINES_TRIED};
use super::header;
use super::line::{Hint, Line};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing to read.
    Blank,
    /// Quoted, by `>` or by its element.
    Quoted,
    /// Part of what clients put above history.
    Splitter,
    /// What clients put above a forwarded message.
    Forward,
    /// Anything else.
    Text,
}

/// The mark of every line.
pub(super) fn marks(lines: &[Line<'_>]) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(lines.len());
    let mut address_open = false;
    while let Some(line) = lines.get(marks.len()) {
        let at = marks.len();
        let count = if line.is_blank() {
            marks.push(Mark::Blank);
            continue;
        } else if at < LINES_TRIED && header::is_forward(line) && (!line.cited || opens_quote(lines, &marks)) {
            marks.push(Mark::Forward);
            continue;
        } else if line.hint == Hint::History && !line.cited {
            Some(told(lines, at).unwrap_or(1))
        } else if line.cited || line.is_quoted() && !address_open {
            marks.push(Mark::Quoted);
            continue;
        } else if at < LINES_TRIED {
            told(lines, at)
        } else {
            None
        };
        match count {
            Some(count) => marks.resize(at + count, Mark::Splitter),
            None => marks.push(Mark::Text),
        }
        // The line after "<https://…" may begin with the ">" that closes it.
        address_open = lines[marks.len() - 1].text.rfind('<') > lines[marks.len() - 1].text.rfind('>');
    }
    marks
}

/// Whether the next line is the first in an element for quotes with no attribution above: Apple forwards in one.
fn opens_quote(lines: &[Line<'_>], marks: &[Mark]) -> bool {
    marks.last().is_none_or(|mark| *mark != Mark::Splitter && !lines[marks.len() - 1].cited)
}

/// How many lines from `at` on are a splitter, by their words.
fn told(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = &lines[at];
    if header::is_original(&line.text) || header::is_reply_line(&line.text) {
        return Some(1);
    }
    if header::is_rule(line) && line.hint != Hint::Rule {
        let blank = lines[at + 1..].iter().take(2).take_while(|line| line.is_blank()).count();
        let block = header::lines_of(&lines[at + 1 + blank..], true)?;
        return Some(1 + blank + block);
    }
    header::lines_of(&lines[at..], line.hint == Hint::Rule)
        .or_else(|| attribution::lines_of(&lines[at..]))
        // The border is Outlook's own, so what follows may be headers in any language.
        .or_else(|| (line.hint == Hint::Border && line.text.contains([':', '：'])).then_some(1))
}
