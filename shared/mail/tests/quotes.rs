//! Replies of a corpus, split as the corpus says: `make corpora` fetches it, `CORPORA` names another place.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lambdesk_mail::{FragmentKind, Split, split_html, split_quote_above, split_text};
use mail_parser::MessageParser;

#[path = "quotes/talon.rs"]
mod talon;

/// The least part of the replies that have to be split right, in percent.
const RIGHT: f64 = 95.0;
/// What talon's HTML replies say, without white space.
const HTML_REPLY: &str = "Hi.Iamfine.Thanks,Alex";

/// A reply: where it comes from, its body, and what talon takes from it.
struct Reply {
    name: String,
    body: String,
    html: bool,
    expected: String,
}

#[test]
fn replies_of_talon_are_split_right() {
    let replies = replies();
    let mut same = 0;
    for reply in &replies {
        let split = if reply.html { split_html(&reply.body) } else { split_text(&reply.body) };
        let whole: String = split.fragments().iter().map(|fragment| fragment.text).collect();
        assert_eq!(whole, reply.body, "{}", reply.name);
        if says_as_talon(reply, &split) {
            same += 1;
        } else {
            say(&format!("{}: expected {:?}, was {:?}", reply.name, reply.expected, split.fragments()));
        }
    }
    let percent = 100.0 * f64::from(same) / replies.len() as f64;
    say(&format!("talon: {} replies, {percent:.1} % as talon", replies.len()));
    assert!(percent >= RIGHT);
}

/// Whether the words are those that talon takes from the body: it leaves signatures in some, and takes them from others.
fn says_as_talon(reply: &Reply, split: &Split<'_>) -> bool {
    let words = |part: &str| squeezed(&if reply.html { readable(part) } else { part.to_owned() });
    let new = split.joined(FragmentKind::New);
    let below = if reply.html { &new } else { split_quote_above(&new).1 };
    words(below) + &words(&split.joined(FragmentKind::Signature)) == reply.expected || words(&new) == reply.expected
}

fn replies() -> Vec<Reply> {
    let fixtures = corpora().join("talon/tests/fixtures");
    let mut replies = Vec::new();
    for file in files(&fixtures.join("standard_replies"), "eml") {
        let expected = fs::read_to_string(file.with_extension("").with_file_name(format!("{}_reply_text", stem(&file))));
        replies.push(Reply {
            name: stem(&file),
            body: plain(&file),
            html: false,
            expected: squeezed(&expected.unwrap_or_else(|_| "Hello".into())),
        });
    }
    for file in files(&fixtures.join("html_replies"), "html") {
        let body = fs::read_to_string(&file).expect("readable");
        replies.push(Reply { name: stem(&file), body, html: true, expected: HTML_REPLY.into() });
    }
    let cases = talon::TEXT.iter().map(|case| (case, false)).chain(talon::HTML.iter().map(|case| (case, true)));
    for ((name, body, expected), html) in cases {
        let expected = squeezed(&if html { readable(expected) } else { (*expected).to_owned() });
        replies.push(Reply { name: (*name).into(), body: (*body).into(), html, expected });
    }
    replies
}

fn corpora() -> PathBuf {
    let corpora = std::env::var_os("CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/corpora"), PathBuf::from);
    assert!(corpora.join("talon").is_dir(), "no corpus at {}: run `make corpora`", corpora.display());
    corpora
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the corpus");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

fn stem(file: &Path) -> String {
    file.file_stem().expect("a file has a name").to_string_lossy().into_owned()
}

fn plain(file: &Path) -> String {
    let raw = fs::read(file).expect("readable");
    let mail = MessageParser::default().parse(&raw).expect("a mail");
    mail.body_text(0).expect("a plain body").into_owned()
}

/// The words of HTML, by the crudest of means, so that what is tested is not tested by itself.
fn readable(html: &str) -> String {
    let html = without(html, "<!--", "-->");
    let html = without(&without(&html, "<style", "</style>"), "<", ">");
    html.replace("&nbsp;", " ").replace("&#160;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn without(text: &str, from: &str, to: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        kept.push_str(before);
        rest = after.split_once(to).map_or("", |(_, after)| after);
    }
    kept + rest
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn say(line: &str) {
    writeln!(io::stderr(), "{line}").expect("stderr is open");
}
