//! Answers below and between quoted lines.

use super::*;

const ATTRIBUTION: &str = "On 1/3/25 10:00, Jane Doe wrote:\n";

/// What follows the attribution, of which the second part is history.
#[rustfmt::skip]
const ANSWERS: &[(&str, &str, &str)] = &[
    ("below", "> Hi\n\nMy answer is yes.\n", ""),
    ("right below", "> Hi \nHello", ""),
    ("between", "> One?\nYes.\n> Two?\nNo.\n", ""),
    ("between, and a short rest", "> One?\nYes.\n\n> Bye\n", ""),
    ("between, and a long rest", "> One?\nYes, that is so.\n\n", "> Two\n> Three\n> Bye\n"),
    ("between, and a second history", "> One?\nYes, that is so.\n\n", "On 2 Jan 2025, at 9:00, Bob <b@example.org> wrote:\n> Zero\n"),
    ("thanks alone", "> Hi\n\nThanks!\n", ""),
    ("a question", "> Hi\n\nThanks, when will that be?\n", ""),
];

#[test]
fn answers_are_never_folded() {
    for (name, new, quoted) in ANSWERS {
        let new = format!("{ATTRIBUTION}{new}");
        let body = format!("{new}{quoted}");
        assert_eq!(split_text(&body).fragments(), above(&new, "", quoted), "{name}");
    }
}

#[test]
fn answers_below_with_words_above_are_not_folded() {
    let body = "See below.\n\nOn 1/3/25 10:00, Jane Doe wrote:\n> One?\n\nYes, on Monday.\n\n> Two?\n\nNo, never.\n";
    assert_eq!(split_text(body).joined(New), body);
}

#[test]
fn wrapped_lines_of_a_quote_are_not_taken_for_answers() {
    let long = "> This is a line that was just about as long as it could be before a server\nwrapped it.\n> Bye\n";
    let body = format!("Hello\n\n{ATTRIBUTION}{long}");
    assert_eq!(split_text(&body).joined(New), "Hello\n\n");
    let link = "> View it (http://example.org/a\n_nonce=3dd518)\n>\n";
    let body = format!("Hello\n\n{ATTRIBUTION}{link}");
    assert_eq!(split_text(&body).joined(New), "Hello\n\n");
}

#[test]
fn a_quote_above_is_told_from_the_answer_below() {
    let quote = "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n";
    assert_eq!(split_quote_above(&format!("{quote}My answer.\n")), (quote, "My answer.\n"));
    let quote = "> Hi\n> there\n";
    assert_eq!(split_quote_above(&format!("{quote}Hello\n\nBob")), (quote, "Hello\n\nBob"));
    for body in ["Hello", "", "> Hi", "Hello\n> Hi\nBob", "> One?\nYes\n> Two?\nNo\n", "---- Forwarded message ----\n> Hi\nBob"] {
        assert_eq!(split_quote_above(body), ("", body));
    }
}
