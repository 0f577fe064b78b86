//! What holds for any input; the tables of clients and languages are in the modules.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::FragmentKind::{New, Quoted, Signature};
use super::*;

mod around;
mod html;
mod inline;
mod signatures;
mod text;

fn whole(split: &Split<'_>) -> String {
    split.fragments().iter().map(|fragment| fragment.text).collect()
}

/// The fragments with these texts, in this order; an empty one is none.
fn fragments<'a>(texts: &[(FragmentKind, &'a str)]) -> Vec<Fragment<'a>> {
    texts.iter().filter(|(_, text)| !text.is_empty()).map(|(kind, text)| Fragment { kind: *kind, text }).collect()
}

/// The fragments of a body with nothing of its sender below history.
fn above<'a>(new: &'a str, signature: &'a str, quoted: &'a str) -> Vec<Fragment<'a>> {
    fragments(&[(New, new), (Signature, signature), (Quoted, quoted)])
}

/// Pieces that splitters, quotes, signatures and tags are made of.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "> ",
    ">",
    "-- \n",
    "--",
    "On 3 Jan 2025, Bob <b@x.org> wrote:",
    "On ",
    "wrote:",
    "From: Bob\nSent: 3 Jan 2025\nTo: Ann\nSubject: Hi\n",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "____________",
    "Sent from my iPhone",
    "Best regards,\nBob\n+49 30 1234567",
    "<",
    "<div>",
    "<div class=\"gmail_quote\">",
    "</div>",
    "<blockquote type=cite>",
    "</blockquote>",
    "<br>",
    "<hr>",
    "<!--",
    "-->",
    "<style>",
    "</style>",
    "<a href='",
    "&nbsp;",
    "&#",
    "&",
    "ä",
    "\u{200f}",
    "İ",
    "text",
    " ",
    ":",
    "日本",
];

fn noise() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn holds(body: &str) {
    for split in [split_text(body), split_html(body)] {
        assert_eq!(whole(&split), body);
        assert!(split.fragments().iter().all(|fragment| !fragment.text.is_empty()), "{split:?}");
        let [new, signature, quoted] = [New, Signature, Quoted].map(|kind| split.joined(kind));
        assert!(!new.trim().is_empty() || signature.is_empty() && quoted.trim().is_empty(), "{split:?}");
    }
    let (above, below) = split_quote_above(body);
    assert_eq!([above, below].concat(), body);
}

proptest! {
    #[test]
    fn the_parts_are_the_whole(body in any::<String>()) {
        holds(&body);
    }

    #[test]
    fn the_parts_of_noise_are_the_whole(body in noise()) {
        holds(&body);
    }
}

/// Debug builds on a shared machine take many times what a function takes.
const LIMIT: Duration = Duration::from_secs(5);
const SIZE: usize = 2_000_000;

fn fast(split: fn(&str) -> Split<'_>, piece: &str) {
    let body = piece.repeat(SIZE / piece.len());
    let start = Instant::now();
    let parts = split(&body);
    assert!(start.elapsed() < LIMIT, "{piece:?} took {:?}", start.elapsed());
    assert_eq!(whole(&parts), body);
}

#[test]
fn a7_long_hostile_text_is_split_in_time() {
    for piece in [
        "On 1\n",
        "1:\n",
        "a@b:\n",
        "From: a\n",
        "> a\nb\n",
        "--\n",
        "-- \n",
        "\n",
        "On 12 <\n",
        "On 3 Jan 2025, a wrote:\n> a\nb\n",
    ] {
        fast(split_text, piece);
    }
    fast(split_text, &format!("Hi\nOn 3 Jan 2025, Bob wrote:\n{}Yes", "> Hi (http\nhi\n".repeat(SIZE / 14 - 4)));
    fast(split_text, &format!("Hi\n{}> Hi\nYes", "On 3 Jan 2025, Bob wrote:\n".repeat(SIZE / 26 - 1)));
}

#[test]
fn a7_long_hostile_html_is_split_in_time() {
    for piece in [
        "<div>",
        "<div class=gmail_quote>",
        "<",
        "<a \"",
        "<!--",
        "<style></",
        "&",
        "<br>a",
        "<hr>From: a<br>",
        "<div a=b a=b a=b>",
    ] {
        fast(split_html, piece);
    }
    fast(split_html, &format!("<div {}>", "a='b' ".repeat(SIZE / 6 - 1)));
    let answered = "<div class=gmail_quote>a<blockquote>b</blockquote>c</div>".repeat(SIZE / 2 / 57);
    fast(split_html, &format!("{}{answered}", "a<br>".repeat(SIZE / 10)));
    let images = "<img><br>".repeat(SIZE / 9 - 10);
    fast(split_html, &format!("Hi<p>On 3 Jan 2025, Bob wrote:</p><blockquote>Hi</blockquote>{images}Yes"));
}
