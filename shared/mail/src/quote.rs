//! Splits the body of a mail into what its sender wrote now, their signature, and the history that it quotes.
//!
//! Nothing is deleted: the fragments are slices of the input that follow one another, so a reader can always unfold
//! what was folded. A part folded by mistake hides a person's words, one left unfolded costs a scroll; so where signs
//! are weak the text stays new, as do quoted lines that answers stand between, and forwarded messages.
//!
//! Plain text and HTML take one way: both become [`line::Line`]s with an offset into the source ([`text`], [`html`]),
//! every line is marked ([`mark`]) as blank, quoted, a splitter (the "On … wrote:" of [`attribution`], the header block
//! of [`header`]), a forward, or text, and the marks decide where history begins and ends ([`cut`]). What is left is
//! searched for a [`signature`], above history and below it. All of it takes time linear in the input: lookahead is
//! bounded by lines and characters.

mod attribution;
mod balance;
mod cut;
mod footer;
mod header;
mod html;
mod line;
mod mark;
mod markup;
mod signature;
mod split;
mod text;
mod token;

use std::ops::Range;

use line::Line;
pub use split::{Fragment, FragmentKind, Split};

/// Splits plain text, with `\n` or `\r\n` line ends.
pub fn split_text(text: &str) -> Split<'_> {
    split(text, "\n", &text::lines(text), |_| true)
}

/// Splits HTML as it came, not yet sanitised. Cuts lie outside of tags; elements open at a cut stay unclosed in the
/// fragment before it, and their closing tags are in one after: each kind has to be sanitised on its own. History is
/// taken out from between new text only where it closes the elements that it opens, so that the rest stays nested.
pub fn split_html(html: &str) -> Split<'_> {
    split(html, "<br>", &html::lines(html), balance::is_whole)
}

/// Tells a quote that stands above all of `new`, as in a reply written below the history, from what follows it:
/// `(quote, rest)`, which together are `new`, the new text of [`split_text`]. The quote is empty where there is none,
/// or where answers stand between quoted lines.
pub fn split_quote_above(new: &str) -> (&str, &str) {
    let lines = text::lines(new);
    let below = cut::below(&lines, &mark::marks(&lines)).map_or(0, |line| lines[line].start);
    new.split_at(below)
}

/// Splits `source` at its `lines`. `is_whole` says of a stretch whether it can be taken out of the middle.
fn split<'a>(source: &'a str, line_break: &'static str, lines: &[Line<'_>], is_whole: fn(&str) -> bool) -> Split<'a> {
    let offset = |line: usize| lines.get(line).map_or(source.len(), |line| line.start);
    let can_go = |range: &Range<usize>| source.get(offset(range.start)..offset(range.end)).is_some_and(is_whole);
    let marks = mark::marks(lines);
    let history = cut::history(lines, &marks, can_go).unwrap_or(lines.len()..lines.len());
    // The lines after a forward are another person's, and so is the signature among them.
    let signs = !cut::forwards(&marks);
    let signature = |own: Range<usize>| {
        let found = signature::start(&lines[own.clone()]).filter(|_| signs);
        offset(found.map_or(own.end, |line| own.start + line))
    };
    let ends = [
        (FragmentKind::New, signature(0..history.start)),
        (FragmentKind::Signature, offset(history.start)),
        (FragmentKind::Quoted, offset(history.end)),
        (FragmentKind::New, signature(history.end..lines.len())),
        (FragmentKind::Signature, source.len()),
    ];
    Split::by_ends(source, line_break, &ends)
}

#[cfg(test)]
mod tests;
