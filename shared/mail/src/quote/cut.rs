//! Decides from the marks where history begins and ends.

use std::ops::Range;

use super::line::{Hint, Line};
use super::mark::Mark;
use super::{attribution, footer, header};

/// Quoted lines at the end that are history without an attribution; fewer may be an answer's own quote.
const UNATTRIBUTED: usize = 3;

/// Whether the mail forwards a message before it quotes any.
pub(super) fn forwards(marks: &[Mark]) -> bool {
    marks.iter().find(|mark| matches!(mark, Mark::Forward | Mark::Splitter)) == Some(&Mark::Forward)
}

/// The lines of history, up to the last or up to what the sender wrote below; `None` where nothing is to be cut.
/// `can_go` says whether lines can be taken out of the middle.
pub(super) fn history(lines: &[Line<'_>], marks: &[Mark], can_go: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
    if forwards(marks) {
        return None;
    }
    let mut from = 0;
    while let Some(splitter) = position(marks, from, |mark| mark == Mark::Splitter) {
        match own_text_below(lines, marks, splitter) {
            None => return ended(lines, marks, splitter, can_go),
            Some(own) => {
                // Once, for it looks at all lines above; and what is above a second splitter is an answer to the first.
                if from == 0
                    && let Some(history) = enclosed(lines, marks, splitter).filter(&can_go)
                {
                    return Some(history);
                }
                // Answers below or between the quoted lines: history can only begin after them.
                from = own.end;
            }
        }
    }
    ended(lines, marks, trailing(lines, marks, from)?, can_go)
}

/// History from `start` on, with the footers below it; but a closing phrase is as much the sender's as what it closes.
fn ended(lines: &[Line<'_>], marks: &[Mark], start: usize, can_go: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
    let signed_off = || {
        let end = below_block(lines, marks, start).filter(|end| footer::signs_off(&lines[*end..]))?;
        Some(start..end).filter(can_go)
    };
    says_something(lines, marks, start).then(|| signed_off().unwrap_or(start..lines.len()))
}

/// History from the first `splitter` on that the sender's words stand above and below: one block, under an attribution
/// that is no sentence of theirs. Between several blocks every answer needs the quote that it answers in sight.
fn enclosed(lines: &[Line<'_>], marks: &[Mark], splitter: usize) -> Option<Range<usize>> {
    if marks[..splitter].contains(&Mark::Quoted) || !says_something(lines, marks, splitter) {
        return None;
    }
    let end = below_block(lines, marks, splitter)?;
    let is_attribution =
        |at: usize| marks[at] == Mark::Splitter && (lines[at].hint == Hint::History || attribution::is_certain(&lines[at..]));
    (splitter..end).any(is_attribution).then_some(splitter..end)
}

/// The first line below the quoted block at `from`, if it is the only block and text follows to the end.
fn below_block(lines: &[Line<'_>], marks: &[Mark], from: usize) -> Option<usize> {
    let mut at = position(marks, from, |mark| !matches!(mark, Mark::Splitter | Mark::Blank))?;
    while marks[at] == Mark::Quoted {
        let run = text_run(marks, position(marks, at, |mark| !matches!(mark, Mark::Quoted | Mark::Blank))?);
        if !wraps_quote(lines, marks, &run) {
            let is_last = !run.is_empty() && position(marks, run.end, |mark| mark != Mark::Blank).is_none();
            return is_last.then(|| with_images(lines, marks, run.start));
        }
        at = run.end;
    }
    None
}

/// The first of the images between a quote and the text at `start`, else `start`: who writes below a quote puts them there.
fn with_images(lines: &[Line<'_>], marks: &[Mark], start: usize) -> usize {
    let blank = marks[..start].iter().rev().take_while(|mark| **mark == Mark::Blank).count();
    (start - blank..start).find(|line| !lines[*line].is_empty() && !lines[*line].is_quoted()).unwrap_or(start)
}

/// The first line of what is written below a quote that stands above all of the text.
pub(super) fn below(lines: &[Line<'_>], marks: &[Mark]) -> Option<usize> {
    let top = position(marks, 0, |mark| mark != Mark::Blank)?;
    if !matches!(marks[top], Mark::Splitter | Mark::Quoted) || forwards(marks) {
        return None;
    }
    let own = own_text_below(lines, marks, top)?;
    position(marks, own.end, |mark| mark == Mark::Quoted).is_none().then_some(own.start)
}

/// The first lines after the splitter or quote at `from` that are the sender's own: below quoted lines, and more than a
/// footer. Text that follows a splitter at once is history that its client did not mark.
fn own_text_below(lines: &[Line<'_>], marks: &[Mark], from: usize) -> Option<Range<usize>> {
    let quoted = position(marks, from, |mark| !matches!(mark, Mark::Splitter | Mark::Blank))?;
    if marks[quoted] != Mark::Quoted {
        return None;
    }
    let mut at = quoted;
    while let Some(start) = position(marks, at, |mark| matches!(mark, Mark::Text | Mark::Splitter)) {
        if marks[start] == Mark::Splitter {
            // An older message, quoted below the last quote: what follows is no answer to either.
            return match position(marks, start, |mark| mark != Mark::Splitter && mark != Mark::Blank) {
                Some(next) if marks[next] == Mark::Quoted => own_text_below_quote(lines, marks, next),
                _ => None,
            };
        }
        let run = text_run(marks, start);
        if !wraps_quote(lines, marks, &run) && !footer::is_footer(&lines[run.clone()]) {
            return Some(run);
        }
        at = run.end;
    }
    None
}

/// As [`own_text_below`], past a second splitter; once, so that a chain of splitters costs no more than its length.
fn own_text_below_quote(lines: &[Line<'_>], marks: &[Mark], quoted: usize) -> Option<Range<usize>> {
    let mut at = quoted;
    while let Some(start) = position(marks, at, |mark| mark == Mark::Text) {
        let run = text_run(marks, start);
        let under_quote = marks[..start].iter().rev().find(|mark| **mark != Mark::Blank) == Some(&Mark::Quoted);
        if under_quote && !wraps_quote(lines, marks, &run) && !footer::is_footer(&lines[run.clone()]) {
            return Some(run);
        }
        at = run.end;
    }
    None
}

/// The lines from `start` up to the next that is neither text nor blank, without blank ones at the end.
fn text_run(marks: &[Mark], start: usize) -> Range<usize> {
    let end = position(marks, start, |mark| !matches!(mark, Mark::Text | Mark::Blank)).unwrap_or(marks.len());
    let blank = marks[start..end].iter().rev().take_while(|mark| **mark == Mark::Blank).count();
    start..end - blank
}

/// Whether a run of text between quoted lines is the rest of a quoted line that was too long for a server.
fn wraps_quote(lines: &[Line<'_>], marks: &[Mark], run: &Range<usize>) -> bool {
    let between = run.start > 0 && marks[run.start - 1] == Mark::Quoted && marks.get(run.end) == Some(&Mark::Quoted);
    if !between || run.len() > 2 || lines[run.start].cited {
        return false;
    }
    let (before, text) = (lines[run.start - 1].trimmed(), lines[run.start].trimmed());
    let link_open = before.rfind("(http").or(before.rfind("<http")).is_some_and(|at| !before[at..].contains([')']));
    let too_long = before.chars().count() >= 66 && text.chars().next().is_some_and(|c| !c.is_uppercase()) && text.len() < 60;
    link_open || text.starts_with("(http") || text.starts_with("<http") || too_long
}

/// Quoted lines at the end, without an attribution, that are history all the same.
fn trailing(lines: &[Line<'_>], marks: &[Mark], from: usize) -> Option<usize> {
    let mut end = marks.len();
    let mut start = None;
    while let Some(last) = marks[from..end].iter().rposition(|mark| *mark != Mark::Blank).map(|at| from + at) {
        if marks[last] == Mark::Quoted {
            start = Some(last);
            end = last;
            continue;
        }
        let run = run_ending(marks, from, last);
        let passed = if start.is_none() { footer::is_footer(&lines[run.clone()]) } else { wraps_quote(lines, marks, &run) };
        if marks[last] != Mark::Text || !passed {
            break;
        }
        end = run.start;
    }
    let start = start?;
    let quoted = || lines[start..].iter().zip(&marks[start..]).filter(|(_, mark)| **mark == Mark::Quoted).map(|(line, _)| line);
    let introduced = lines[..start].iter().rev().find(|line| !line.is_blank()).is_some_and(|line| line.trimmed().ends_with(':'));
    let first = lines[start].text.trim_start_matches(['>', ' ']);
    let told = attribution::reads_as_one(first) || header::begins(first);
    (told || !introduced && (lines[start].cited || quoted().take(UNATTRIBUTED).count() == UNATTRIBUTED)).then_some(start)
}

fn run_ending(marks: &[Mark], from: usize, last: usize) -> Range<usize> {
    let before = marks[from..=last].iter().rposition(|mark| !matches!(mark, Mark::Text | Mark::Blank));
    let start = before.map_or(from, |at| from + at + 1);
    let blank = marks[start..=last].iter().take_while(|mark| **mark == Mark::Blank).count();
    start + blank..last + 1
}

/// Whether something is left when history is cut off at `cut`.
fn says_something(lines: &[Line<'_>], marks: &[Mark], cut: usize) -> bool {
    lines[..cut].iter().zip(marks).any(|(line, mark)| *mark == Mark::Text || *mark == Mark::Blank && !line.is_empty())
}

fn position(marks: &[Mark], from: usize, is: impl Fn(Mark) -> bool) -> Option<usize> {
    marks.get(from..)?.iter().position(|mark| is(*mark)).map(|at| from + at)
}
