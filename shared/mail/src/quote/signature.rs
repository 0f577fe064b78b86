//! Where the signature begins in what the sender wrote.
//!
//! Sure signs are the delimiter, the client's own element, and a phone's footer. Below a closing phrase only contact
//! details are taken, and the phrase itself stays: a name alone is worth reading and not worth folding.

use super::footer::{fits_signature, is_closing, is_contact, is_dashed_name, is_delimiter, is_device, is_drawn_rule, is_thanks};
use super::line::Line;

/// Most lines below a delimiter that lacks the trailing space of RFC 3676.
const BELOW_DASHES: usize = 15;
/// Most lines below a drawn rule.
const BELOW_RULE: usize = 10;
/// Most lines of contact details.
const CONTACT: usize = 8;
/// Most lines below a phone's footer: a link, a second language.
const BELOW_DEVICE: usize = 3;

/// Most footers over one another.
const STACKED: usize = 3;

/// The line with which the signature begins; `None` where there is none, or nothing else.
pub(super) fn start(lines: &[Line<'_>]) -> Option<usize> {
    let body = lines.iter().position(|line| !line.is_empty())? + 1;
    let mut found = None;
    // A name over a phone's footer over a list's: each is told only as the end of what is above the next.
    for _ in 0..STACKED {
        let rest = &lines[..found.unwrap_or(lines.len())];
        let signs = [element, delimited, device, dashed_name, contact];
        let Some(above) = signs.iter().filter_map(|sign| sign(rest, body)).min() else { break };
        found = Some(above);
    }
    found
}

/// The last lines that are not blank, from the end on, with their index.
fn said<'l, 'a>(lines: &'l [Line<'a>]) -> impl DoubleEndedIterator<Item = (usize, &'l Line<'a>)> {
    lines.iter().enumerate().filter(|(_, line)| !line.is_blank())
}

/// A client's own element at the end.
fn element(lines: &[Line<'_>], body: usize) -> Option<usize> {
    said(lines).rev().take_while(|(_, line)| line.signature).last().map(|(at, _)| at).filter(|at| *at >= body)
}

/// The block under a delimiter or a rule.
fn delimited(lines: &[Line<'_>], body: usize) -> Option<usize> {
    let (mut short, mut contact) = (true, false);
    let mut found = None;
    for (below, (at, line)) in said(lines).rev().enumerate() {
        if at < body {
            break;
        }
        let exact = matches!(line.text.as_ref(), "-- " | "--\u{a0}");
        let drawn = short && (1..=BELOW_DASHES).contains(&below);
        let ruled = || below <= BELOW_RULE && (contact || below <= 2) && is_drawn_rule(line);
        if exact || drawn && (is_delimiter(line) || ruled()) {
            found = Some(at);
        }
        short = short && below < BELOW_DASHES && fits_signature(line);
        contact = contact || short && is_contact(line);
    }
    found
}

/// A phone's footer, with few and short lines below it.
fn device(lines: &[Line<'_>], body: usize) -> Option<usize> {
    let last: Vec<_> = said(lines).rev().take(BELOW_DEVICE + 1).take_while(|(at, _)| *at >= body).collect();
    let footer = last.iter().rposition(|(_, line)| is_device(line))?;
    last[..footer].iter().all(|(_, line)| fits_signature(line) || is_device(line)).then_some(last[footer].0)
}

/// A name behind a dash as the last line, not the last of a list.
fn dashed_name(lines: &[Line<'_>], body: usize) -> Option<usize> {
    let mut last = said(lines).rev();
    let (at, line) = last.next()?;
    let listed = last.next().is_some_and(|(_, before)| before.trimmed().starts_with(['-', '–', '—', '*', '•']));
    (at >= body && is_dashed_name(line) && !listed).then_some(at)
}

/// Contact details below a closing phrase.
fn contact(lines: &[Line<'_>], body: usize) -> Option<usize> {
    let last: Vec<_> = said(lines).rev().take(CONTACT + 1).collect();
    let below = last.iter().position(|(_, line)| is_closing(line) || is_thanks(line))?;
    let details = &last[..below];
    let told = details.len() >= 2 && details.iter().any(|(_, line)| is_contact(line));
    let fits = details.iter().all(|(at, line)| *at >= body && fits_signature(line));
    (told && fits).then(|| details[below - 1].0)
}
