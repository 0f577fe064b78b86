//! Splits the body of a mail into what its sender wrote now, their signature, and the history quoted below.
//!
//! Nothing is deleted: the three parts are slices of the input that follow one another, so a reader can always unfold
//! what was folded. A part folded by mistake hides a person's words, one left unfolded costs a scroll; so where signs
//! are weak the text stays in `new`, as do answers written below or between quoted lines, and forwarded messages.
//!
//! Plain text and HTML take one way: both become [`line::Line`]s with an offset into the source ([`text`], [`html`]),
//! every line is marked ([`mark`]) as blank, quoted, a splitter (the "On … wrote:" of [`attribution`], the header block
//! of [`header`]), a forward, or text, and the marks decide where history begins ([`cut`]). What is left is searched
//! for a [`signature`]. All of it takes time linear in the input: lookahead is bounded by lines and characters.

mod attribution;
mod cut;
mod footer;
mod header;
mod html;
mod line;
mod mark;
mod markup;
mod signature;
mod text;
mod token;

use line::Line;

/// The parts of a mail's body, in the order in which they stand: `new + signature + quoted` is the input, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// What the sender wrote now; never blank where the body has text. Holds quoted lines that answers follow.
    pub new: &'a str,
    /// The signature: a block behind `-- `, a phone's footer, contact details under a closing phrase. Often empty.
    pub signature: &'a str,
    /// The history, with its "On … wrote:", and anything that a mail system put below it. Often empty.
    pub quoted: &'a str,
}

/// Splits plain text, with `\n` or `\r\n` line ends.
pub fn split_text(text: &str) -> Split<'_> {
    split(text, &text::lines(text))
}

/// Splits HTML as it came, not yet sanitised. Cuts lie outside of tags; elements open at a cut stay unclosed in the
/// part before it, and their closing tags are in the part after: each part has to be sanitised on its own.
pub fn split_html(html: &str) -> Split<'_> {
    split(html, &html::lines(html))
}

/// Tells a quote that stands above all of `new`, as in a reply written below the history, from what follows it:
/// `(quote, rest)`, which together are `new` of [`split_text`]. The quote is empty where there is none, or where
/// answers stand between quoted lines.
pub fn split_quote_above(new: &str) -> (&str, &str) {
    let lines = text::lines(new);
    let below = cut::below(&lines, &mark::marks(&lines)).map_or(0, |line| lines[line].start);
    new.split_at(below)
}

fn split<'a>(source: &'a str, lines: &[Line<'_>]) -> Split<'a> {
    let offset = |line: usize| lines.get(line).map_or(source.len(), |line| line.start);
    let marks = mark::marks(lines);
    let history = cut::history(lines, &marks);
    let own = history.unwrap_or(lines.len());
    // The lines after a forward are another person's, and so is the signature among them.
    let signature = if cut::forwards(&marks) { own } else { signature::start(&lines[..own]).unwrap_or(own) };
    let (before, quoted) = source.split_at(offset(own));
    let (new, signature) = before.split_at(offset(signature).min(before.len()));
    Split { new, signature, quoted }
}

#[cfg(test)]
mod tests;
