//! Reading whole files: each format, from the beginning and from every place in it.

use lambdesk_domain::{BodyFormat, Channel, MessageKind, Priority, Status};
use lambdesk_transfer::{
    COLUMNS, Directory, DirectoryReader, FileError, Format, ImportedTicket, Options, Position, Reader, Row, RowError,
    csv_out::{Cell, Writer},
};
use proptest::prelude::*;

const EXPORT: &[u8] = include_bytes!("fixtures/zendesk_export.jsonl");
const API: &[u8] = include_bytes!("fixtures/zendesk_api.json");
const ZAMMAD: &[u8] = include_bytes!("fixtures/zammad.json");
const CSV: &[u8] = include_bytes!("fixtures/tickets.csv");
const FILES: [(Format, &[u8]); 4] =
    [(Format::Zendesk, EXPORT), (Format::Zendesk, API), (Format::Zammad, ZAMMAD), (Format::Csv, CSV)];

fn drain(mut reader: Reader, bytes: &[u8], chunk: usize) -> (Vec<Row>, Option<FileError>) {
    let mut rows = Vec::new();
    for chunk in bytes.chunks(chunk.max(1)).map(Some).chain([None]) {
        match chunk {
            Some(bytes) => reader.push(bytes),
            None => reader.finish(),
        }
        loop {
            match reader.next_row() {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => break,
                Err(error) => return (rows, Some(error)),
            }
        }
    }
    (rows, None)
}

fn read_with(format: Format, options: Options, bytes: &[u8]) -> Vec<Row> {
    let (rows, error) = drain(Reader::new(format, options), bytes, 1000);
    assert_eq!(error, None);
    rows
}

fn read(format: Format, bytes: &[u8]) -> Vec<Row> {
    read_with(format, Options::default(), bytes)
}

fn ticket(row: &Row) -> &ImportedTicket {
    row.outcome.as_ref().expect("a ticket")
}

fn error(row: &Row) -> &RowError {
    row.outcome.as_ref().expect_err("an error")
}

fn wrong(row: &Row) -> Vec<(&str, &str)> {
    error(row).wrong.iter().map(|field| (field.path.as_str(), field.code)).collect()
}

#[test]
fn the_export_of_zendesk() {
    let rows = read(Format::Zendesk, EXPORT);
    assert_eq!(rows.len(), 5);
    let first = ticket(&rows[0]);
    assert_eq!(first.external_id.as_str(), "35436");
    assert_eq!((first.status, first.priority, first.channel), (Status::Resolved, Priority::High, Channel::Email));
    assert_eq!(first.requester.email.as_str(), "ada@demo.test");
    assert_eq!(first.assignee.as_ref().map(|email| email.as_str()), Some("grace@acme.test"));
    assert_eq!(first.team.as_ref().map(|team| team.as_str()), Some("Second line"));
    assert_eq!(first.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(), ["enterprise", "other_tag"]);
    assert_eq!(first.resolved_at.map(|at| at.to_string()).as_deref(), Some("2023-07-22T10:38:52Z"));
    assert_eq!(first.fields["zendesk_27650"], "red, blue");
    assert_eq!(first.fields["zendesk_27648"], true);
    assert_eq!(first.fields.len(), 3);
    assert_eq!(first.adjusted, []);
    let said: Vec<_> = first.messages.iter().map(|m| (m.kind, m.author.is_staff, m.body.format)).collect();
    assert_eq!(
        said,
        [
            (MessageKind::Reply, false, BodyFormat::Html),
            (MessageKind::Note, true, BodyFormat::Html),
            (MessageKind::Reply, true, BodyFormat::Html)
        ]
    );
    assert_eq!(first.messages[2].author.email.as_ref().map(|email| email.as_str()), Some("grace@acme.test"));
    assert_eq!(first.messages[0].attachments[0].as_str(), "fire.jpg");
    assert!(first.messages[0].body.source.contains("data-src=\"https://tracker.test"), "nobody is asked for a picture");

    let second = ticket(&rows[1]);
    assert_eq!((second.status, second.priority), (Status::New, Priority::Medium), "nobody has it");
    assert_eq!(second.subject.as_str(), "(no subject)");
    assert_eq!(second.messages[0].kind, MessageKind::Note, "what does not say that it is public is not shown");
    assert_eq!(second.messages[0].author.external_id.as_ref().map(|id| id.as_str()), Some("999"));

    let wrongs = [("status", "unknown"), ("priority", "unknown"), ("requester.email", "missing"), ("created_at", "invalid")];
    assert_eq!(wrong(&rows[2]), wrongs);
    assert_eq!((error(&rows[2]).row, error(&rows[2]).external_id.as_deref()), (3, Some("35438")));
    assert_eq!(wrong(&rows[3]), [("", "not_json")]);
    assert_eq!((ticket(&rows[4]).status, ticket(&rows[4]).channel), (Status::InProgress, Channel::Chat));
}

#[test]
fn the_api_of_zendesk_with_its_people() {
    let mut directory = DirectoryReader::new(Directory::default());
    API.chunks(7).for_each(|chunk| directory.push(chunk));
    let directory = directory.finish().expect("whole");
    assert_eq!(directory.people(), 2);
    let rows = read_with(Format::Zendesk, Options { directory, ..Options::default() }, API);
    let first = ticket(&rows[0]);
    assert_eq!(first.requester.name.as_ref().map(|name| name.as_str()), Some("Ada Lovelace"));
    assert_eq!(first.assignee.as_ref().map(|email| email.as_str()), Some("grace@acme.test"));
    assert_eq!(first.team.as_ref().map(|team| team.as_str()), Some("First line"));
    assert_eq!(first.organization.as_ref().map(|name| name.as_str()), Some("Demo Ltd"));
    assert_eq!(first.closed_at, first.updated_at);
    assert_eq!(first.messages[0].body.text, "It says no.", "the description, as there are no comments");
    assert_eq!(wrong(&rows[1]), [("requester.email", "missing")]);

    let pages = [API, b"\n", API].concat();
    assert_eq!(read(Format::Zendesk, &pages).len(), 4, "pages one after another");
}

#[test]
fn zammad() {
    let mut options = Options::default();
    options.fields.insert("contract".to_owned(), "plan".to_owned());
    let rows = read_with(Format::Zammad, options.clone(), ZAMMAD);
    assert_eq!(rows.len(), 3);
    let first = ticket(&rows[0]);
    assert_eq!((first.status, first.priority, first.channel), (Status::InProgress, Priority::High, Channel::Email));
    assert_eq!(first.requester.email.as_str(), "nicole.braun@demo.test");
    assert_eq!(first.requester.name.as_ref().map(|name| name.as_str()), Some("Nicole Braun"));
    assert_eq!(first.assignee.as_ref().map(|email| email.as_str()), Some("agnes@zammad.test"));
    assert_eq!((first.fields["source_number"].as_str(), first.fields["plan"].as_str()), (Some("22081"), Some("gold")));
    let said: Vec<_> = first.messages.iter().map(|m| (m.kind, m.author.is_staff, m.body.text.as_str())).collect();
    assert_eq!(
        said,
        [
            (MessageKind::Reply, false, "Welcome!"),
            (MessageKind::Reply, true, "Thanks."),
            (MessageKind::Note, true, "Not happy."),
            (MessageKind::Note, true, "Merged.")
        ]
    );
    assert_eq!(first.messages[1].author.email.as_ref().map(|email| email.as_str()), Some("agnes@zammad.test"));
    assert_eq!(first.messages[2].author.name.as_ref().map(|name| name.as_str()), Some("Agnes Agent"));
    assert!(!first.messages[0].attachments[0].as_str().contains('/'));
    assert_eq!(wrong(&rows[1]), [("status", "unknown"), ("requester.email", "missing")]);
    let third = ticket(&rows[2]);
    assert_eq!((third.status, third.priority, third.channel), (Status::Closed, Priority::Low, Channel::Phone));
    assert_eq!(third.closed_at.map(|at| at.to_string()).as_deref(), Some("2023-11-05T09:00:00Z"));
    assert!(third.tags.iter().any(|tag| tag.as_str() == "merged"));

    options.statuses.insert("waiting for vendor".to_owned(), Status::InProgress);
    let rows = read_with(Format::Zammad, options, ZAMMAD);
    assert_eq!(wrong(&rows[1]), [("requester.email", "missing")], "the import's own words");
}

#[test]
fn csv() {
    let rows = read(Format::Csv, CSV);
    let first = ticket(&rows[0]);
    assert_eq!((first.status, first.priority), (Status::InProgress, Priority::High));
    assert_eq!(first.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(), ["fire", "hot", "vip"]);
    assert_eq!(first.fields["plan"], "gold");
    let said: Vec<_> = first.messages.iter().map(|m| (m.kind, m.author.is_staff, m.body.text.as_str())).collect();
    assert_eq!(
        said,
        [
            (MessageKind::Reply, false, "It burns;\r\n\"really\""),
            (MessageKind::Note, true, "Known."),
            (MessageKind::Reply, true, "Water!")
        ]
    );
    assert_eq!(first.messages[0].author.name.as_ref().map(|name| name.as_str()), Some("Ada"));
    assert_eq!(first.messages[2].created_at.to_string(), "2024-05-01T11:00:00Z");
    assert_eq!(ticket(&rows[1]).subject.as_str(), "Größe", "Windows-1252");
    assert_eq!((ticket(&rows[1]).messages.len(), ticket(&rows[1]).closed_at), (0, Some(ticket(&rows[1]).created_at)));
    assert_eq!((error(&rows[2]).row, wrong(&rows[2])), (7, vec![("external_id", "missing")]));
    let wrongs = [
        ("status", "unknown"),
        ("priority", "unknown"),
        ("subject", "contradicts"),
        ("messages[0].kind", "unknown"),
        ("requester.email", "invalid"),
        ("created_at", "invalid"),
        ("messages[0].created_at", "invalid"),
        ("messages[0].body", "invalid"),
    ];
    assert_eq!((error(&rows[3]).row, wrong(&rows[3])), (8, wrongs.to_vec()));
    assert_eq!((error(&rows[4]).external_id.as_deref(), wrong(&rows[4])), (Some("A-4"), vec![("", "too_many_columns")]));
    assert_eq!(ticket(&rows[5]).external_id.as_str(), "A-5", "the last line need not end");
    assert_eq!(rows.len(), 6);
}

#[test]
fn a_file_that_is_none_is_told_at_once() {
    let fails = |format, bytes: &[u8]| drain(Reader::new(format, Options::default()), bytes, 100).1;
    assert_eq!(fails(Format::Csv, b""), Some(FileError::NoHeader));
    assert_eq!(fails(Format::Csv, &vec![b'x'; 100_000]), Some(FileError::NoHeader));
    assert_eq!(fails(Format::Csv, b"\xFF\xFEi\0d\0"), Some(FileError::Utf16));
    assert!(matches!(fails(Format::Csv, b"id,subjekt\n1,2\n"), Some(FileError::Columns { .. })));
    assert!(matches!(fails(Format::Zammad, b"[{\"id\":1},{"), Some(FileError::Truncated { offset: 11 })));
    let position = read(Format::Csv, CSV)[0].next.clone();
    assert_eq!(Reader::resume(Format::Zammad, Options::default(), position).err(), Some(FileError::WrongPosition));
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_no_ticket() {
    let text = b"id,subject,requester_email,created_at,message_body\n1,a,a@b.test,2024-01-01,x\n1,,,,\"open\n2,b,a@b.test,2024-01-01,x\n";
    let rows = read(Format::Csv, text);
    assert_eq!(rows.len(), 1);
    assert_eq!((error(&rows[0]).external_id.as_deref(), wrong(&rows[0])), (Some("1"), vec![("", "open_quote")]));
}

#[test]
fn a_report_stays_short() {
    let comments = vec!["{\"public\":true,\"body\":\"x\"}"; 500].join(",");
    let rows = read(Format::Zendesk, format!("{{\"id\":\"{}\",\"comments\":[{comments}]}}", "9".repeat(5000)).as_bytes());
    assert_eq!(error(&rows[0]).external_id.as_ref().map(String::len), Some(100));
    assert_eq!(error(&rows[0]).wrong.len(), 101);
    assert_eq!(wrong(&rows[0]).last(), Some(&("", "more")));
}

#[test]
fn a_ticket_that_is_too_long_is_skipped() {
    let mut text = b"id,subject,requester_email,created_at,message_body\n".to_vec();
    for row in 0..5000 {
        text.extend(format!("1,a,a@b.test,2024-01-01,{row}{}\n", "x".repeat(2000)).bytes());
    }
    text.extend(b"2,b,a@b.test,2024-01-01,x\n");
    let rows = read(Format::Csv, &text);
    assert_eq!((error(&rows[0]).external_id.as_deref(), wrong(&rows[0])), (Some("1"), vec![("", "too_long")]));
    assert_eq!((rows[1].row, ticket(&rows[1]).external_id.as_str()), (5002, "2"));
}

/// From each place the rest is the same as when all is read at once, however the bytes come.
fn same_from_everywhere(format: Format, bytes: &[u8], chunk: usize) {
    let all = drain(Reader::new(format, Options::default()), bytes, bytes.len());
    assert_eq!(drain(Reader::new(format, Options::default()), bytes, chunk), all);
    for (place, row) in all.0.iter().enumerate() {
        let stored = serde_json::to_string(&row.next).expect("plain");
        let position: Position = serde_json::from_str(&stored).expect("what was written");
        let rest = &bytes[usize::try_from(position.offset).expect("small")..];
        let reader = Reader::resume(format, Options::default(), position).expect("the same format");
        let (rows, error) = drain(reader, rest, chunk);
        assert_eq!((&rows[..], &error), (&all.0[place + 1..], &all.1), "after row {}", row.row);
    }
}

#[test]
fn reading_goes_on_from_every_ticket() {
    same_from_everywhere(Format::Zendesk, b"{\"tickets\":[{},1],\"x\":[2]} {\"tickets\":[3,{}]}", 1);
    for (format, bytes) in FILES {
        (1..50).for_each(|chunk| same_from_everywhere(format, bytes, chunk));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Files that were damaged in some places are read alike too, and nothing panics.
    #[test]
    fn damaged_files_are_read_alike(
        file in 0..4usize,
        chunk in 1..3000usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"\"\n,;[]{}\\ \r\xFFx".to_vec()), 0..3u8), 0..6),
    ) {
        let (format, bytes) = FILES[file];
        let mut bytes = bytes.to_vec();
        for (place, byte, how) in damage {
            let place = place.index(bytes.len());
            match how {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => drop(bytes.drain(place..(place + 40).min(bytes.len() - 1))),
            }
        }
        same_from_everywhere(format, &bytes, chunk);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), chunk in 1..50usize) {
        let csv = [b"id,subject,requester_email,created_at,message_body\n".as_slice(), &bytes].concat();
        for (format, bytes) in [(Format::Csv, &bytes), (Format::Csv, &csv), (Format::Zendesk, &bytes), (Format::Zammad, &bytes)] {
            same_from_everywhere(format, bytes, chunk);
        }
        let mut directory = DirectoryReader::new(Directory::default());
        directory.push(&bytes);
        let _ = directory.finish();
    }

    #[test]
    fn no_json_panics(text in "[\\[\\]{}\",:a\\\\1\n ]{0,60}|\\{\"(tickets|comments|articles)\": ?\\[[{}\",:a1\n\\]]{0,40}", chunk in 1..9usize) {
        same_from_everywhere(Format::Zendesk, text.as_bytes(), chunk);
        same_from_everywhere(Format::Zammad, text.as_bytes(), chunk);
    }

    /// What we wrote we read, to the letter.
    #[test]
    fn our_own_export_comes_back(subject in "[=+@' \"a-c,;-]{0,8}[a-c]", body in "[=+@'\t \"a-c,;\r\n\u{200B}＝-]{0,12}[a-c]", chunk in 1..100usize) {
        let mut writer = Writer::with_mark();
        writer.header(&COLUMNS);
        let row: Vec<_> = COLUMNS.iter().map(|column| match *column {
            "id" => Cell::from("T-1"),
            "subject" => Cell::from(subject.as_str()),
            "requester_email" => Cell::from("-ada@demo.test"),
            "created_at" => Cell::from("2024-01-01T00:00:00Z".parse::<jiff::Timestamp>().expect("a time")),
            "message_body" => Cell::from(body.as_str()),
            _ => Cell::Empty,
        }).collect();
        writer.row(&row);
        let options = Options { own_export: true, ..Options::default() };
        let (rows, error) = drain(Reader::new(Format::Csv, options), &writer.take(), chunk);
        prop_assert_eq!(error, None);
        let ticket = rows[0].outcome.as_ref().expect("it fits");
        prop_assert_eq!(ticket.subject.as_str(), subject.trim());
        prop_assert_eq!(&ticket.messages[0].body.source, &body);
        prop_assert_eq!(ticket.requester.email.as_str(), "-ada@demo.test");
    }
}
