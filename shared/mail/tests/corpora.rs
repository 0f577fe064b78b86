//! Mails that others test with: none panics or stalls, bounces are recognised, and people's mails are not taken for any.
//!
//! `make corpora` fetches them. A corpus that cannot be had on this machine is named, and the others are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lambdesk_mail::{Mail, Receiver, Unreadable, read};
use proptest::prelude::*;

const RECEIVER: Receiver<'_> = Receiver { authserv_id: "amazonses.com" };
/// What a mail may take, compiled without optimisation.
const PATIENCE: Duration = Duration::from_secs(1);

fn corpora() -> PathBuf {
    let root =
        option_env!("CORPORA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/corpora"), PathBuf::from);
    assert!(root.join("ready").exists(), "there are no corpora in {}: run `make corpora`", root.display());
    root
}

/// The mails of a corpus, in order; none where it is missing.
fn mails(corpus: &str) -> Vec<(String, Vec<u8>)> {
    let root = corpora();
    if let Ok(why) = std::fs::read_to_string(root.join(corpus).join("missing")) {
        say(&format!("{corpus} is missing: {why}"));
    }
    let mut files = Vec::new();
    walk(&root.join(corpus), &mut files);
    files.sort();
    let name = |path: &Path| path.strip_prefix(&root).expect("below").display().to_string();
    files.iter().map(|path| (name(path), std::fs::read(path).expect("a file"))).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if !path.extension().is_some_and(|kind| kind == "py" || kind == "json" || kind == "html") {
            files.push(path);
        }
    }
}

/// `println!` is for programs; a figure that a test finds is worth as much.
fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn one(name: &str) -> Mail {
    let raw = std::fs::read(corpora().join(name)).expect(name);
    read(&raw, &RECEIVER).expect(name)
}

#[test]
fn a7_every_mail_is_read_or_refused_by_name_and_in_time() {
    let mut slowest = (Duration::ZERO, String::new());
    let mut refused: BTreeMap<String, Unreadable> = BTreeMap::new();
    let mut count = 0;
    for corpus in ["flufl.bounce", "talon", "mail-parser", "mail-auth", "python"] {
        for (name, raw) in mails(corpus) {
            let begun = Instant::now();
            if let Err(why) = read(&raw, &RECEIVER) {
                refused.insert(name.clone(), why);
            }
            slowest = slowest.max((begun.elapsed(), name));
            count += 1;
        }
    }
    say(&format!("{count} files; slowest {slowest:?}; no mails: {}", refused.len()));
    assert!(count > 400 && slowest.0 < PATIENCE, "{slowest:?}");
    assert!(
        refused
            .iter()
            .all(|(name, why)| *why == Unreadable::NotAMail && !name.ends_with(".eml") && !name.contains("bounce/tests/data")),
        "{refused:?}"
    );
}

/// What a file of `flufl.bounce` has to give: who failed, and who is only late.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    permanent: BTreeSet<String>,
    temporary: BTreeSet<String>,
}

/// Reads the table in the tests of `flufl.bounce`. One file may stand there for several recognisers; what any of them has to find, counts.
fn expectations() -> BTreeMap<String, Expected> {
    let source = std::fs::read_to_string(corpora().join("flufl.bounce/tests/test_detectors.py")).expect("the table");
    let table = source.split_once("DETECTORS = [").expect("a table").1.split_once("\n]\n").expect("an end").0;
    let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
    for row in table.split("\n    ('").skip(1) {
        let file = row.split('\'').nth(2).expect("a file");
        let (addresses, temporary) = row.split_once('[').and_then(|(_, rest)| rest.split_once(']')).expect("a list");
        let entry = expected.entry(file.to_owned()).or_default();
        let wanted = if temporary.starts_with(", True") { &mut entry.temporary } else { &mut entry.permanent };
        wanted.extend(addresses.split('\'').skip(1).step_by(2).map(str::to_lowercase));
    }
    // The table says that one recogniser finds nobody; the report says who it was, and the others find him.
    let report = expected.get_mut("simple_42.txt").expect("listed");
    report.permanent.insert("david...@gmail.com".to_owned());
    expected
}

fn found(mail: &Mail) -> Expected {
    let mut found = Expected::default();
    for recipient in mail.bounce.iter().flat_map(|bounce| &bounce.recipients) {
        let list = if recipient.permanent { &mut found.permanent } else { &mut found.temporary };
        list.insert(recipient.address.to_lowercase());
    }
    found
}

#[test]
fn bounces_are_recognised_with_their_recipients() {
    let mut wrong = Vec::new();
    let expectations = expectations();
    for (file, expected) in &expectations {
        let found = found(&one(&format!("flufl.bounce/tests/data/{file}")));
        if found != *expected {
            wrong.push(format!("{file}: {found:?}, not {expected:?}"));
        }
    }
    let right = expectations.len() - wrong.len();
    say(&format!(
        "bounces: {right} of {} right ({:.1} %)\n{}",
        expectations.len(),
        100.0 * right as f64 / expectations.len() as f64,
        wrong.join("\n")
    ));
    assert!(expectations.len() > 110 && right * 100 >= expectations.len() * 95, "{wrong:#?}");
}

/// What happens to a mail on its way: a piece is lost, doubled, moved or overwritten.
fn mutated(raw: &[u8], changes: &[(u8, prop::sample::Index, prop::sample::Index, u8)]) -> Vec<u8> {
    let mut raw = raw.to_vec();
    for (kind, one, other, byte) in changes {
        if raw.is_empty() {
            break;
        }
        let (one, other) = (one.index(raw.len()), other.index(raw.len()));
        let range = one.min(other)..one.max(other).min(one.min(other) + 2_000);
        match kind % 5 {
            0 => drop(raw.drain(range)),
            1 => raw.truncate(one),
            2 => raw[one] = *byte,
            3 => raw.insert(one, *byte),
            _ => {
                let piece = raw[range].to_vec();
                raw.splice(other..other, piece);
            }
        }
    }
    raw
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a7_mails_that_were_damaged_never_panic(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        static MAILS: LazyLock<Vec<(String, Vec<u8>)>> =
            LazyLock::new(|| ["flufl.bounce", "talon", "mail-parser", "python"].into_iter().flat_map(mails).collect());
        let (_, raw) = &MAILS[file.index(MAILS.len())];
        let _ = read(&mutated(raw, &changes), &RECEIVER);
    }
}

/// Mails in these corpora that are bounces, looked at one by one.
const BOUNCES: [&str; 2] = ["python/data/msg_16.txt", "python/data/msg_43.txt"];

#[test]
fn a6_people_and_programs_that_do_not_bounce_are_not_taken_for_bounces() {
    let mut taken = Vec::new();
    for corpus in ["talon", "mail-parser", "mail-auth", "python"] {
        for (name, raw) in mails(corpus) {
            if let Ok(Mail { bounce: Some(bounce), .. }) = read(&raw, &RECEIVER)
                && !BOUNCES.contains(&name.as_str())
            {
                taken.push(format!("{name}: {:?}", bounce.recipients));
            }
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
}

/// A mail of the corpora that are always there, in a line: author, subject, date, how much text and HTML, and its parts.
fn line(name: &str) -> String {
    let mail = one(name);
    let from = mail.from.map(|from| from.address).unwrap_or_default();
    let length = |text: Option<String>| text.map_or(0, |text| text.chars().count());
    let part = |part: &lambdesk_mail::Part| {
        format!(
            "{} {} {}{}",
            part.name.as_deref().unwrap_or("-"),
            part.content_type,
            part.bytes.len(),
            if part.inline { " inline" } else { "" }
        )
    };
    let parts = mail.parts.iter().map(part).collect::<Vec<_>>().join(", ");
    format!("{from}; {}; {}; {} {}; {parts}", mail.subject, mail.date.unwrap_or_default(), length(mail.text), length(mail.html))
}

#[test]
fn chosen_mails_are_read_as_they_are_meant() {
    for (name, wanted) in [
        (
            "mail-parser/resources/eml/legacy/016.eml",
            "dwsauder@example.com; Die Hasen und die Frösche; 958712005; 739 0; blueball.png application/mac-binhex40 1929, HasenundFrösche.txt application/mac-binhex40 1131",
        ),
        (
            "mail-parser/resources/eml/legacy/018.eml",
            "dwsauder@example.com; Die Hasen und die Frösche; 958710781; 764 1147; blueball.png image/png 1325 inline, redball.png image/png 1453 inline",
        ),
        (
            "mail-parser/resources/eml/legacy/021.eml",
            "doug@example.com; Test message from Microsoft Outlook 00; 958607244; 759 1288; blueball.png image/png 1325 inline, greenball.png image/png 1298, redball.png image/png 1453",
        ),
        ("mail-parser/resources/eml/malformed/013.eml", "; ; 0; 51 0; "),
        ("mail-parser/resources/eml/malformed/017.eml", "test@example.org; Hello world; 0; 0 0; - image/png 12"),
        (
            "mail-parser/resources/eml/malformed/022.eml",
            "a@example.com; broken rfc822 attachment; 0; 5 0; broken.eml message/rfc822 42",
        ),
        (
            "mail-parser/resources/eml/rfc/000.eml",
            "nsb@nsb.fv.com; A multipart example; 781571705; 374 0; - audio/basic 48, - image/jpeg 23, - text/enriched 140, (subject in US-ASCII).eml message/rfc822 223",
        ),
        (
            "mail-parser/resources/eml/rfc/007.eml",
            "; RFC 8621 Section 4.1.4 test; 0; 7 40; - image/jpeg 1, - image/jpeg 1, - image/jpeg 1, - application/x-excel 1, J.eml message/rfc822 13",
        ),
        ("mail-parser/resources/eml/rfc/008.eml", "; ; 0; 54 0; attached_email.eml message/rfc822 872"),
        (
            "mail-parser/resources/eml/thirdparty/011.eml",
            "dummy@xyz-webserver.abcd-gestion.local; small image; 1658157592; 0 232; 01H5HSCoUeEcg6CH.png image/png 3256 inline",
        ),
        (
            "mail-parser/resources/eml/thirdparty/019.eml",
            "test@example.com; 30 plaintext + (HTML + embedded image) + attachment; 1514663401; 17 272; kigaaldcbanejcbi.png image/png 242 inline, attach2.png image/png 158",
        ),
        ("talon/tests/fixtures/standard_replies/outlook.eml", "me@example.com; Test; 0; 710 2967; "),
    ] {
        assert_eq!(line(name), wanted, "{name}");
    }
}

#[test]
fn what_mails_of_the_common_mailers_say_is_kept() {
    let gmail = one("talon/tests/fixtures/standard_replies/gmail.eml");
    assert_eq!(
        gmail.text.as_deref(),
        Some("Hello\n\nOn Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@gmail.com> wrote:\n\n> Hi\n")
    );
    let frogs = one("mail-parser/resources/eml/legacy/001.eml");
    assert!(frogs.text.is_some_and(|text| text.starts_with("Die Hasen und die Frösche\n\nDie Hasen klagten einst über ihre")));
    let japanese = one("mail-parser/resources/eml/thirdparty/010.eml");
    assert_eq!((japanese.subject.as_str(), japanese.text.as_deref()), ("こんにちは", Some("人権の無視及")));
    let list = one("mail-parser/resources/eml/thirdparty/014.eml");
    assert_eq!(list.automatic, Some(lambdesk_mail::Automatic::Precedence));
    let argentina = one("mail-parser/resources/eml/rfc/002.eml").forwarded.expect("forwarded");
    assert_eq!(argentina.from.address, "president@whitehouse.gov");
}

#[test]
fn a_report_gives_all_it_has() {
    let mail = one("flufl.bounce/tests/data/dsn_10.txt");
    assert_eq!(mail.automatic, Some(lambdesk_mail::Automatic::Bounce));
    let bounce = mail.bounce.expect("a bounce");
    assert!(bounce.permanent && !bounce.delayed && bounce.original_message_id.is_some(), "{bounce:?}");
    assert!(bounce.recipients[0].status.is_some() && bounce.recipients[0].diagnostic.is_some(), "{bounce:?}");
    let late = one("flufl.bounce/tests/data/dsn_08.txt").bounce.expect("a bounce");
    assert!(late.delayed && !late.permanent, "{late:?}");
}
