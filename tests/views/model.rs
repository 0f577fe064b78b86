//! Views beside a model that knows nothing of how they are counted: thousands of random changes by several people at once, views
//! that come, go and ask otherwise meanwhile, a desk that is killed in between; and in the end every figure is what one gets who
//! reads all tickets and looks at each.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    crash::Process,
    support::{Client, Session, text},
};

const TENANT: &str = "ozean";
/// Changes, unless LAMBDESK_VIEW_CHANGES says otherwise.
const CHANGES: usize = 300;
const TICKETS: usize = 300;
const KILLS: usize = 4;
/// Changes that are on their way at once.
const AT_ONCE: usize = 8;
/// Changes that are thought of at once.
const DEEDS: usize = 64;
const SEED: u64 = 20_261_121;
const PATIENCE: Duration = Duration::from_secs(90);

/// Who looks.
pub(crate) struct Viewer<'a> {
    pub(crate) person: &'a str,
    pub(crate) teams: &'a [&'a str],
    pub(crate) brands: &'a [&'a str],
}

/// Whether a ticket, as the API shows it, is in a view.
pub(crate) fn is_in(filter: &Value, ticket: &Value, viewer: &Viewer<'_>) -> bool {
    let holds = |test: &Value| {
        let field = test["field"].as_str().unwrap();
        let name = if field == "tag" { "tags" } else { field };
        let has = |value: &Value| match (field, value.as_str().unwrap_or_default()) {
            ("status", "open") => ticket["status"] != "resolved" && ticket["status"] != "closed",
            ("assignee", "me") => ticket["assignee"] == viewer.person,
            ("team", "mine") => viewer.teams.iter().any(|team| ticket["team"] == *team),
            ("assignee" | "team", "none") => ticket[name].is_null(),
            ("tag", _) => ticket["tags"].as_array().unwrap().contains(value),
            _ => ticket[name] == *value,
        };
        let values = |word: &str| test[word].as_array();
        match (values("is"), values("is_not"), values("has_all")) {
            (Some(values), ..) => values.iter().any(has),
            (_, Some(values), _) => !values.iter().any(has),
            (.., values) => values.unwrap().iter().all(has),
        }
    };
    viewer.brands.iter().any(|brand| ticket["brand"] == *brand) && filter.as_array().unwrap().iter().all(holds)
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Everybody who works, signed in to one process.
struct Crew {
    agent: Session,
    ka: Session,
    ol: Session,
    manager: Session,
    customer: Session,
}

impl Crew {
    async fn sign_in(client: &Client) -> Self {
        let person = async |name: &str| client.sign_in(TENANT, &format!("{name}@{TENANT}.test")).await;
        Self {
            agent: person("agent").await,
            ka: person("agent.ka").await,
            ol: person("agent.ol").await,
            manager: person("manager").await,
            customer: person("customer").await,
        }
    }

    /// Who looks, with their teams and brands.
    fn viewers(&self) -> [(&Session, &'static [&'static str], &'static [&'static str]); 4] {
        [
            (&self.agent, &["line", "back"], &["KA", "OL"]),
            (&self.ka, &["line"], &["KA"]),
            (&self.ol, &[], &["OL"]),
            (&self.manager, &["back"], &["KA", "OL"]),
        ]
    }
}

async fn prepare(crew: &Crew) {
    for id in ["line", "back"] {
        crew.manager.post("/v1/teams", json!({ "id": id, "name": id })).await.expect(StatusCode::CREATED);
    }
    for (who, teams, _) in crew.viewers() {
        crew.manager.patch(&format!("/v1/agents/{}", who.person), json!({ "teams": teams })).await.expect(StatusCode::OK);
    }
    let admin = crew.manager.client.sign_in(TENANT, "admin@ozean.test").await;
    for name in ["customer", "agent", "agent.ka", "agent.ol", "manager", "admin"] {
        admin.put(&format!("/v1/suppressions/{name}@{TENANT}.test"), json!({ "detail": "Nobody reads this" })).await;
    }
    for (who, scope) in [
        (&crew.manager, json!({ "type": "shared" })),
        (&crew.manager, json!({ "type": "team", "team": "line" })),
        (&crew.agent, json!({ "type": "personal" })),
        (&crew.ka, json!({ "type": "personal" })),
    ] {
        for filter in FILTERS {
            let filter: Value = serde_json::from_str(filter).unwrap();
            let view = json!({ "name": "V", "scope": scope, "filter": filter });
            who.post("/v1/views", view).await.expect(StatusCode::CREATED);
        }
    }
}

const FILTERS: [&str; 8] = [
    r#"[{"field":"status","is":["open"]}]"#,
    r#"[{"field":"assignee","is":["me"]}]"#,
    r#"[{"field":"assignee","is":["none"]},{"field":"status","is":["open"]}]"#,
    r#"[{"field":"priority","is":["urgent","high"]},{"field":"tag","is_not":["vip"]}]"#,
    r#"[{"field":"team","is":["mine"]},{"field":"assignee","is":["me","none"]}]"#,
    r#"[{"field":"team","is":["mine","none"]},{"field":"category","is":["billing","account"]}]"#,
    r#"[{"field":"tag","has_all":["vip","eu"]}]"#,
    r#"[{"field":"brand","is":["KA"]},{"field":"status","is_not":["closed"]}]"#,
];

/// Something that somebody does: who, and the request.
type Deed = (Session, Method, String, Value);

fn open(crew: &Crew, dice: &mut Dice) -> Deed {
    let brand = *dice.one_of(&["KA", "OL"]);
    let tags: Vec<_> = ["vip", "eu"].into_iter().filter(|_| dice.below(3) == 0).collect();
    let body = json!({
        "subject": "x", "body": "x", "brand": brand, "tags": tags, "priority": dice.one_of(&["low", "medium", "high", "urgent"]),
        "requester": crew.customer.person,
    });
    (crew.agent.clone(), Method::POST, "/v1/tickets".to_owned(), body)
}

fn deed(crew: &Crew, tickets: &[String], views: &[(Session, String)], dice: &mut Dice) -> Deed {
    let kind = dice.below(100);
    if tickets.len() < 30 || (kind < 12 && tickets.len() < TICKETS) {
        return open(crew, dice);
    }
    // Some are much worked on, so that people meet.
    let ticket = if dice.below(4) == 0 { &tickets[dice.below(5)] } else { dice.one_of(tickets) };
    let path = format!("/v1/tickets/{ticket}");
    let manager = crew.manager.clone();
    let patch = |body: Value| (manager.clone(), Method::PATCH, path.clone(), body);
    match kind {
        0..35 => patch(json!({ "status": dice.one_of(&["in_progress", "pending", "resolved", "closed"]) })),
        35..47 => patch(json!({ "priority": dice.one_of(&["low", "medium", "high", "urgent"]) })),
        47..62 => {
            let people = [&crew.agent.person, &crew.ka.person, &crew.ol.person, &crew.manager.person];
            let to = if dice.below(4) == 0 { Value::Null } else { json!(dice.one_of(&people)) };
            patch(json!({ "assignee": to }))
        }
        62..72 => patch(json!({ "team": dice.one_of(&[json!("line"), json!("back"), Value::Null]) })),
        72..80 => patch(json!({ "tags": dice.one_of(&[json!([]), json!(["vip"]), json!(["vip", "eu"]), json!(["eu"])]) })),
        80..86 => patch(json!({ "category": dice.one_of(&[json!("billing"), json!("account"), json!("general"), Value::Null]) })),
        86..91 => (manager, Method::DELETE, path, Value::Null),
        91..96 => (manager, Method::POST, format!("{path}/restore"), json!({})),
        _ => view_deed(crew, views, dice),
    }
}

/// A view comes, goes, or asks otherwise.
fn view_deed(crew: &Crew, views: &[(Session, String)], dice: &mut Dice) -> Deed {
    let filter: &&str = dice.one_of(&FILTERS);
    let filter: Value = serde_json::from_str(filter).unwrap();
    match (views.is_empty(), dice.below(4)) {
        (false, 0) => {
            let (who, id) = dice.one_of(views);
            (who.clone(), Method::DELETE, format!("/v1/views/{id}"), Value::Null)
        }
        (false, 1 | 2) => {
            let (who, id) = dice.one_of(views);
            (who.clone(), Method::PATCH, format!("/v1/views/{id}"), json!({ "filter": filter }))
        }
        _ => {
            let (who, scope) = if dice.below(2) == 0 { (&crew.agent, "personal") } else { (&crew.manager, "shared") };
            let view = json!({ "name": "V", "scope": { "type": scope }, "filter": filter });
            (who.clone(), Method::POST, "/v1/views".to_owned(), view)
        }
    }
}

/// Does it. `None` where nobody answers any more; whether anything changed.
async fn act((who, method, path, body): Deed) -> Option<bool> {
    let body = (!body.is_null()).then_some(body);
    let answer = who.try_send(method, &path, &[], body).await?;
    let said = || String::from_utf8_lossy(&answer.body).into_owned();
    // What the workflow refuses, or what is gone meanwhile.
    let refused = [404, 409, 422, 503].contains(&answer.status.as_u16());
    assert!(answer.status.is_success() || refused, "{path}: {} {}", answer.status, said());
    Some(answer.status.is_success())
}

/// Changes until so many were made, or nobody answers; how many.
async fn work(crew: &Crew, wanted: usize, dice: &mut Dice, kill_after: Option<(Duration, Process)>) -> usize {
    let mut kill = kill_after.map(|(after, process)| {
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            process.kill();
        })
    });
    let (mut done, mut killed) = (0, false);
    while !killed && (kill.is_some() || done < wanted) {
        let Some((tickets, views)) = known(crew).await else { break };
        let deeds: Vec<_> = (0..DEEDS).map(|_| deed(crew, &tickets, &views, dice)).collect();
        let mut acts = stream::iter(deeds.into_iter().map(act)).buffer_unordered(AT_ONCE);
        while let Some(acted) = acts.next().await {
            match acted {
                Some(changed) => done += usize::from(changed),
                None => killed = true,
            }
        }
    }
    if let Some(kill) = kill.take() {
        kill.await.expect("killed");
    }
    done
}

/// What somebody sees there; `None` where nobody answers any more. On a busy machine the desk may ask to try again.
async fn look(who: &Session, path: &str) -> Option<Value> {
    loop {
        let answer = who.try_send(Method::GET, path, &[], None).await?;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return Some(answer.expect(StatusCode::OK));
        }
    }
}

/// The tickets, deleted ones too, and the views, each with somebody who may change it.
async fn known(crew: &Crew) -> Option<(Vec<String>, Vec<(Session, String)>)> {
    let mut tickets = Vec::new();
    for path in ["/v1/tickets?sort=created_at&limit=100", "/v1/tickets?deleted=true&limit=100"] {
        let mut cursor = String::new();
        loop {
            let page = look(&crew.manager, &format!("{path}{cursor}")).await?;
            tickets.extend(page["items"].as_array().unwrap().iter().map(|ticket| text(ticket, "id")));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
    }
    let mut views = Vec::new();
    for who in [&crew.agent, &crew.ka, &crew.manager] {
        let page = look(who, "/v1/views").await?;
        for view in page["items"].as_array().unwrap() {
            let own = view["owner"] == who.person || who.person == crew.manager.person;
            if own {
                views.push((who.clone(), text(view, "id")));
            }
        }
    }
    tickets.sort();
    Some((tickets, views))
}

/// Where a figure is not what one gets who looks at every ticket; and how many figures there are.
async fn wrong(crew: &Crew) -> (Vec<String>, usize) {
    let (mut wrong, mut figures) = (Vec::new(), 0);
    for (who, teams, brands) in crew.viewers() {
        let viewer = Viewer { person: &who.person, teams, brands };
        let tickets = who.list("/v1/tickets?sort=created_at&limit=100").await;
        let counts = who.get("/v1/views/counts").await.expect(StatusCode::OK);
        let counts = counts["items"].as_array().unwrap();
        let views = who.list("/v1/views").await;
        assert_eq!(views.len(), counts.len(), "a figure for each");
        for (view, count) in views.iter().zip(counts) {
            let expected = tickets.iter().filter(|ticket| is_in(&view["filter"], ticket, &viewer)).count();
            let told = json!({ "view": view["id"], "count": expected, "exact": true });
            figures += 1;
            if *count != told {
                wrong.push(format!("{} {}: {count}, not {expected}", who.person, view["filter"]));
            }
        }
    }
    (wrong, figures)
}

async fn wait_until_right(crew: &Crew) -> usize {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (differences, figures) = wrong(crew).await;
        if differences.is_empty() {
            return figures;
        }
        assert!(Instant::now() < deadline, "{} of {figures} (seed {SEED})\n{}", differences.len(), differences.join("\n"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[allow(clippy::disallowed_methods, reason = "it is named in the environment")]
fn changes() -> usize {
    std::env::var("LAMBDESK_VIEW_CHANGES").ok().map_or(CHANGES, |number| number.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_what_a_recount_gives_after_thousands_of_changes_and_kills() {
    let (begun, changes, data) = (Instant::now(), changes(), tempfile::tempdir().expect("a directory"));
    let mut dice = Dice(SEED);
    let process = Process::start(data.path());
    prepare(&Crew::sign_in(&process.client).await).await;
    process.kill();
    let mut done = 0;
    for _ in 0..KILLS {
        // A few hundred changes are made, and in the middle of others it is killed.
        let process = Process::start(data.path());
        let crew = Crew::sign_in(&process.client).await;
        done += work(&crew, changes / (KILLS + 1), &mut dice, None).await;
        let moment = Duration::from_millis(u64::try_from(100 + dice.below(900)).expect("small"));
        done += work(&crew, usize::MAX, &mut dice, Some((moment, process))).await;
    }
    let process = Process::start(data.path());
    let crew = Crew::sign_in(&process.client).await;
    done += work(&crew, changes.saturating_sub(done).max(1), &mut dice, None).await;
    let made = begun.elapsed();
    let figures = wait_until_right(&crew).await;
    let right = begun.elapsed() - made;
    // Nothing that was still on its way makes them wrong again.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (differences, _) = wrong(&crew).await;
    let said = format!("views: {done} changes in {made:?}, {KILLS} kills, {figures} figures right {right:?} later (seed {SEED})");
    let _ = writeln!(std::io::stderr(), "{said}");
    process.kill();
    assert!(done >= changes, "{done} changes");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
