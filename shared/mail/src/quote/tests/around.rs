//! What the sender wrote around history: above it, and below.

use super::*;

/// What follows "Hello" and a blank line: history, new text, and a signature.
#[rustfmt::skip]
const TEXT: &[(&str, &str, &str, &str)] = &[
    ("an answer", "On 1/3/25 10:00, Jane Doe wrote:\n> Shall we?\n\n", "Yes, on Monday.\n", ""),
    ("an answer right below", "On 1/3/25 10:00, Jane Doe wrote:\n\n> Shall we?\n", "Yes.", ""),
    ("paragraphs", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n>\n\n> Jane\n", "Yes.\n\nNo.\n\n\n", ""),
    ("a signature", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n", "Yes.\n\n", "-- \nBob\n"),
    ("a closing phrase", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n", "Best regards,\nBob\n", ""),
    ("a closing phrase, a name in the line", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n", "Cheers, Bob", ""),
    ("thanks, and a name", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n", "Thanks,\nBob\n", ""),
    ("a closing phrase de, over a phone", "Am 03.01.25 um 10:00 schrieb Jane Doe:\n> Hallo\n\n", "Viele Grüße\nBob\n\n", "Von meinem iPhone gesendet\n"),
    ("a closing phrase over contact details", "On 1/3/25 10:00, Jane Doe wrote:\n> Hi\n\n", "Regards,\n", "Bob Smith\nbob@example.org\n"),
    ("a closing phrase, no attribution", "> Hi\n> there\n> you\n\n", "Regards,\nBob\n", ""),
    ("a nested quote", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe <jane@example.org> wrote:\n> On 2 Jan 2025, Bob wrote:\n>> Ho\n> Hi\n\n", "Yes.\n", ""),
    ("a wrapped attribution", "On Fri, Jan 3, 2025 at 10:00 AM Jane Doe via Support <\nsupport@example.org> wrote:\n\n> Hi\n\n", "Yes.\n", ""),
    ("a rest of a long line", "On 1/3/25 10:00, Jane Doe wrote:\n> View it (http://example.org/a\n_nonce=3dd518)\n> Jane\n\n", "Yes.\n", ""),
    ("an original message", "-------- Original Message --------\nOn 1/3/25 10:00, Jane Doe wrote:\n\n> Hi\n\n", "Yes.\n", ""),
];

#[test]
fn one_quote_between_words_is_folded() {
    for (name, quoted, below, signature) in TEXT {
        for line_end in ["\n", "\r\n"] {
            let parts = ["Hello\n\n", quoted, below, signature];
            let [new, quoted, below, signature] = parts.map(|part| part.replace('\n', line_end));
            let body = [&*new, &quoted, &below, &signature].concat();
            let split = split_text(&body);
            let expected = fragments(&[(New, &new), (Quoted, &quoted), (New, &below), (Signature, &signature)]);
            assert_eq!(split.fragments(), expected, "{name}");
            assert_eq!(split.joined(New), new + &below, "{name}");
        }
    }
}

/// What follows "Hello" and a blank line, and is not folded.
#[rustfmt::skip]
const IN_SIGHT: &[(&str, &str)] = &[
    ("answers between", "On 1/3/25 10:00, Jane Doe wrote:\n> One?\nYes.\n> Two?\nNo.\n"),
    ("answers to two mails", "On 1/3/25 10:00, Jane Doe wrote:\n> One?\n\nYes.\n\nOn 1/2/25 9:00, Ann Doe wrote:\n> Two?\n\nNo.\n"),
    ("an answer below two mails", "On 1/3/25 10:00, Jane Doe wrote:\n> One?\n\nOn 1/2/25 9:00, Ann Doe wrote:\n> Two?\n\nNo.\n"),
    ("a quote of one's own above", "> One?\nYes.\nOn 1/2/25 9:00, Ann Doe wrote:\n> Two?\n\nNo.\n"),
    ("a footer between", "On 1/3/25 10:00, Jane Doe wrote:\n> One?\n\nRegards, Jane\n\n> Two?\n\nNo.\n"),
    ("no attribution", "> One\n> Two\n> Three\n\nNo.\n"),
    ("a sentence with a number", "Order 1234567 of 2024 shows:\n> cannot open\n\nWhy?\n"),
    ("a sentence about somebody", "Yesterday you wrote:\n> It is free.\n\nIt is not.\n"),
    ("a forward below", "On 1/3/25 10:00, Jane Doe wrote:\n> One?\n\nNo.\n\n---------- Forwarded message ---------\nFrom: Ann\n\nTwo\n"),
];

#[test]
fn quotes_that_answers_need_stay_in_sight() {
    for (name, rest) in IN_SIGHT {
        let body = format!("Hello\n\n{rest}");
        assert_eq!(split_text(&body).fragments(), above(&body, "", ""), "{name}");
    }
}

#[test]
fn history_without_signs_keeps_the_closing_phrase_of_its_writer() {
    let quoted = "On Friday, January 3, 2025, Jane Doe <jane@example.org> wrote:\n\nHi\n\nOn 2 Jan 2025, Bob wrote:\n> Ho\n\nRegards,\nJane\n";
    assert_eq!(split_text(&format!("Hello\n\n{quoted}")).fragments(), above("Hello\n\n", "", quoted));
}

#[test]
fn words_around_a_quote_do_not_run_together() {
    let body = "Yes, it is--- On Wed, Apr 4, 2012 at 3:59 PM, me@example.org wrote:\n> Hi\nBye";
    let split = split_text(body);
    assert_eq!(whole(&split), body);
    assert_eq!(split.joined(New), "Yes, it is\nBye");
    let (quoted, body) = html("Hello", "<br>On 1/3/25 10:00, Jane wrote:<blockquote>Hi</blockquote>", "Yes.");
    assert_eq!(split_html(&body).joined(New), "Hello<br>Yes.");
    assert_eq!(split_html(&body).joined(Quoted), quoted);
}

fn html<'a>(above: &str, quoted: &'a str, below: &str) -> (&'a str, String) {
    (quoted, format!("{above}{quoted}{below}"))
}

/// HTML in front of history, history, and what follows.
#[rustfmt::skip]
const HTML: &[(&str, &str, &str, &str)] = &[
    ("thunderbird", "<p>See below</p>", "<div class=moz-cite-prefix>On 1/3/25, Jane wrote:<br></div><blockquote type=cite>One?</blockquote>", "<p>Yes, of course it is.</p>"),
    ("gmail", "<div>See below</div>", "<div class=gmail_quote>On 1/3/25, Jane wrote:<blockquote class=gmail_quote>One?</blockquote></div>", "<div>Yes.</div>"),
    ("a closing phrase", "<div>Hello", "<br><div class=gmail_quote>On 1/3/25, Jane wrote:<blockquote class=gmail_quote>One?<br></blockquote></div>", "<p>Kind regards</p></div>"),
    ("an image", "<p>See below</p>", "<p>On 1/3/25, Jane wrote:</p><blockquote>One? <img src=a></blockquote>", "<img src=cid:1><p>Here it is.</p>"),
];

#[test]
fn one_quote_between_words_is_folded_in_html() {
    for (name, new, quoted, below) in HTML {
        let (quoted, body) = html(new, quoted, below);
        assert_eq!(split_html(&body).fragments(), fragments(&[(New, new), (Quoted, quoted), (New, below)]), "{name}");
    }
}

#[test]
fn elements_are_not_torn_apart() {
    for quoted in [
        "<div class=gmail_quote>On 1/3/25, Jane wrote:<blockquote>One?</blockquote><p>Yes, of course.</p></div>",
        "<div><p>On 1/3/25 10:00, Jane wrote:<blockquote type=cite>One?</blockquote><p>Yes, of course.</p></div>",
        "<br>On 1/3/25 10:00, Jane wrote:</div><blockquote type=cite>One?</blockquote><p>Yes, of course.</p>",
    ] {
        let body = format!("<div>See below{quoted}");
        assert_eq!(split_html(&body).joined(New), body);
    }
    let (quoted, body) =
        html("Hello", "<div class=gmail_quote>On 1/3/25, Jane wrote:<blockquote>One?</blockquote><p>Regards, Bob</p></div>", "");
    assert_eq!(split_html(&body).fragments(), above("Hello", "", quoted));
}

#[test]
fn an_element_for_signatures_below_is_a_footer() {
    let quoted = "<div class=moz-cite-prefix>On 1/3/25, Jane wrote:</div><blockquote>Hi</blockquote><div class=moz-signature>Regards, Bob</div>";
    assert_eq!(split_html(&format!("<p>Hello</p>{quoted}")).fragments(), above("<p>Hello</p>", "", quoted));
}
