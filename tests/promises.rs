//! Promises beside a model of them that knows nothing of the desk but its documents: weeks of a desk in seconds, by a
//! script of people, and what must follow from it for every clock, warning, breach and figure.

#[path = "promises/compare.rs"]
mod compare;
#[path = "promises/history.rs"]
mod history;
#[path = "promises/hours.rs"]
mod hours;
#[path = "promises/life.rs"]
mod life;
#[path = "promises/rules.rs"]
mod rules;
#[path = "promises/script.rs"]
mod script;
#[path = "promises/terms.rs"]
mod terms;

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures_util::{StreamExt as _, stream};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use lambdesk_domain::TenantId;
use lambdesk_local::{Data, LocalDesk, Options};
use lambdesk_platform::Clock as _;
use serde_json::{Value, json};

use self::{
    compare::{Window, differences, lost_or_invented, wrong_summary},
    hours::Door,
    script::{Crew, Dice, TENANT, Work},
    terms::Catalogue,
};
use crate::{
    crash::Process,
    support::{Client, Desk, PATIENCE, Session, path_of},
};

const ZONE: &str = "Europe/Berlin";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// After so much time every promise has ended that does not wait for a customer.
const LONG: i64 = 40 * DAY;

/// The tickets of the week, unless LAMBDESK_PROMISED_TICKETS says otherwise.
const TICKETS: usize = 400;
const SEED: u64 = 20_260_329;
const KILLS: usize = 10;

/// The Sunday on which the clocks are changed next, or the next time after that.
fn sunday_of_change(after: Timestamp, nth: usize) -> Date {
    let zone = TimeZone::get(ZONE).expect("a zone");
    let change = zone.following(after).nth(nth).expect("there is always one more");
    change.timestamp().to_zoned(zone.clone()).date()
}

fn day(sunday: Date, days: i64) -> Date {
    sunday.checked_add(days.days()).expect("near")
}

/// Two sittings a day, a short Friday, a shorter Saturday, and the night in which the clocks are changed. The second edition
/// works longer.
fn door(sunday: Date, edition: usize) -> Door {
    fn span(from: (i64, i64), to: (i64, i64)) -> (i64, i64) {
        (from.0 * 60 + from.1, to.0 * 60 + to.1)
    }
    fn week(day: Weekday, evening: (i64, i64)) -> Vec<(i64, i64)> {
        match day {
            Weekday::Friday => vec![span((8, 30), (12, 0)), span((12, 30), (15, 0))],
            Weekday::Saturday => vec![span((9, 0), (11, 30)), span((22, 0), (24, 0))],
            Weekday::Sunday => vec![span((0, 0), (4, 0))],
            _ => vec![span((8, 30), (12, 0)), span((13, 0), evening)],
        }
    }
    let week = if edition == 0 { |day| week(day, (17, 30)) } else { |day| week(day, (18, 45)) };
    let holidays = vec![(day(sunday, -3), Vec::new()), (day(sunday, 1), vec![span((10, 0), (13, 15))])];
    Door { zone: ZONE, week, holidays }
}

/// The week around the change: from Tuesday morning on.
struct Week {
    begin: i64,
    end: i64,
    sunday: Date,
}

impl Week {
    fn of(sunday: Date) -> Self {
        let zoned = day(sunday, -5).at(5, 0, 0, 0).in_tz(ZONE).expect("a morning");
        let begin = zoned.timestamp().as_millisecond();
        Self { begin, end: begin + 8 * DAY, sunday }
    }

    fn catalogue(&self) -> Catalogue {
        let doors = [door(self.sunday, 0), door(self.sunday, 1)];
        Catalogue::new(doors, (self.begin - DAY, self.end + LONG + 20 * DAY))
    }
}

async fn configure(desk: &LocalDesk, catalogue: &Catalogue, edition: usize) {
    let tenant = TenantId::parse(TENANT).unwrap();
    let store = desk.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    catalogue.configure(&mut config, edition);
    store.put_config(&config).await.unwrap();
}

fn now(desk: &LocalDesk) -> i64 {
    desk.clock().now().as_millisecond()
}

fn milliseconds(of: i64) -> String {
    SignedDuration::from_millis(of).to_string()
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[track_caller]
fn assert_none(differences: &[String], when: &str) {
    let shown: Vec<_> = differences.iter().take(40).cloned().collect();
    assert!(differences.is_empty(), "{when}: {} differences (seed {SEED})\n{}", differences.len(), shown.join("\n"));
}

/// Tickets with their histories.
async fn read(reader: &Session, paths: &[String]) -> Vec<Value> {
    let one = |path: &String| {
        let path = format!("{path}?include=events");
        async move { reader.get(&path).await.expect(StatusCode::OK) }
    };
    stream::iter(paths.iter().map(one)).buffered(8).collect().await
}

/// A desk with people, a clock and a script.
struct Scene {
    desk: Desk,
    week: Week,
    catalogue: Catalogue,
    works: Vec<Work>,
    dice: Dice,
    /// What the clock showed when it was last moved: the sweep that follows sees this or more.
    moved: i64,
    /// Where desk and model differ, all of it: the last checks tell as much as the first.
    wrong: Vec<String>,
}

impl Scene {
    async fn set() -> Self {
        let desk = Desk::start().await;
        let week = Week::of(sunday_of_change(desk.local.clock().now(), 0));
        let catalogue = week.catalogue();
        desk.advance(&milliseconds(week.begin - now(&desk.local))).await;
        configure(&desk.local, &catalogue, 0).await;
        Crew::mute(&desk.client).await;
        desk.settle().await;
        Self { desk, week, catalogue, works: Vec::new(), dice: Dice::new(SEED), moved: 0, wrong: Vec::new() }
    }

    fn now(&self) -> i64 {
        now(&self.desk.local)
    }

    async fn advance(&mut self, by: i64) {
        self.moved = advance(&self.desk.client, by).await;
    }

    /// Some more time passes, and everybody does their work while the desk does its own.
    async fn step(&mut self, tickets: usize) {
        let by = [10, 20, 30, 45, 60, 75][self.dice.below(6)] * MINUTE;
        self.advance(by).await;
        let crew = Crew::sign_in(&self.desk.client).await;
        let now = self.now();
        // Nine tenths of the week bring new tickets.
        let share = (now - self.week.begin) * 10 * i64::try_from(tickets).expect("few") / ((self.week.end - self.week.begin) * 9);
        let wanted = usize::try_from(share).expect("positive").min(tickets);
        let scripts = (self.works.len()..wanted).map(|n| SEED + 1 + n as u64);
        let (opened, ()) = futures_util::join!(script::open(scripts, &crew), script::go_on(&mut self.works, now, &crew));
        self.works.extend(opened);
        self.desk.local.settle(4 * PATIENCE).await.expect("the queues drain");
    }

    /// The second edition of what is promised holds from now on.
    async fn change_terms(&mut self) {
        configure(&self.desk.local, &self.catalogue, 1).await;
        self.catalogue.begin_second(self.now());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    /// Compares every ticket with the model.
    async fn check(&mut self, when: &str) -> Vec<Value> {
        self.desk.local.settle(4 * PATIENCE).await.expect("the queues drain");
        let manager = Crew::sign_in(&self.desk.client).await.manager;
        let (mut tickets, mut wrong) = (Vec::new(), Vec::new());
        for some in self.works.chunks(8) {
            let paths: Vec<_> = some.iter().map(|work| work.path().to_owned()).collect();
            let from = self.now();
            let read = read(&manager, &paths).await;
            let window = Window { done_by: self.moved, from, to: self.now() };
            for (ticket, work) in read.iter().zip(some) {
                wrong.extend(differences(ticket, &self.catalogue, window));
                wrong.extend(lost_or_invented(ticket, &work.acts));
            }
            tickets.extend(read);
        }
        self.wrong.extend(wrong.into_iter().map(|wrong| format!("{when}: {wrong}")));
        tickets
    }
}

/// How many tickets the week has.
#[allow(clippy::disallowed_methods, reason = "it is named in the environment")]
fn tickets_of_the_week() -> usize {
    std::env::var("LAMBDESK_PROMISED_TICKETS").ok().map_or(TICKETS, |number| number.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_a_desk_is_what_the_model_says() {
    let (begun, tickets) = (Instant::now(), tickets_of_the_week());
    let mut scene = Scene::set().await;
    say(&format!("promises: {tickets} tickets around {}, seed {SEED}", scene.week.sunday));
    let mut steps = 0;
    while scene.now() < scene.week.end {
        scene.step(tickets).await;
        steps += 1;
        if steps == 90 {
            scene.change_terms().await;
        }
        if steps % 48 == 0 {
            scene.check(&format!("after {steps} steps")).await;
        }
    }
    assert!(steps > 90 && scene.works.len() == tickets, "{steps} steps, {} tickets", scene.works.len());
    assert_eq!(scene.works.iter().map(|work| work.refused).sum::<usize>(), 0, "the script does what is allowed");
    scene.check("at the end of the week").await;
    scene.advance(LONG).await;
    let read = scene.check("long after").await;
    let manager = Crew::sign_in(&scene.desk.client).await.manager;
    let from = day(scene.week.sunday, -7);
    let summary = manager.get(&format!("/v1/sla/summary?from={from}")).await.expect(StatusCode::OK);
    scene.wrong.extend(wrong_summary(&summary, &read, &scene.catalogue, scene.now()));
    let deeds: usize = scene.works.iter().map(|work| work.acts.len()).sum();
    say(&format!("promises: {steps} steps, {deeds} deeds, {} in {:?}", summary["total"], begun.elapsed()));
    assert_none(&scene.wrong, "a week");
}

/// Moves the clock, and answers what it shows then.
async fn advance(client: &Client, by: i64) -> i64 {
    let moved = client.anonymous().post("/local/clock", json!({ "advance": milliseconds(by) })).await.expect(StatusCode::OK);
    history::moment(&moved, "now")
}

/// A directory with a desk in it that knows its promises, at the beginning of the week.
async fn prepared(data: &std::path::Path) -> Catalogue {
    let options = Options {
        port: 0,
        data: Data::Directory(data.to_owned()),
        demo: true,
        smtp: Some(0),
        relay: None,
        show_cost: false,
        scanner: lambdesk_platform::Scanner::Off,
        web: None,
    };
    let desk = LocalDesk::start(options).await.expect("a desk starts");
    // The other change of the year.
    let week = Week::of(sunday_of_change(desk.clock().now(), 1));
    let catalogue = week.catalogue();
    let client = Client::new(&desk.url());
    advance(&client, week.begin - now(&desk)).await;
    configure(&desk, &catalogue, 0).await;
    Crew::mute(&client).await;
    desk.settle(PATIENCE).await.expect("the queues drain");
    desk.stop().await;
    catalogue
}

/// A few steps, and in the middle of the last the process is killed.
async fn live_and_die(data: &std::path::Path, works: &mut Vec<Work>, dice: &mut Dice, next_script: &mut u64) {
    let process = Process::start(data);
    let client = process.client.clone();
    for _ in 0..2 {
        let now = advance(&client, (60 + 30 * dice.below(4)) as i64 * MINUTE).await;
        let crew = Crew::sign_in(&client).await;
        works.extend(script::open(*next_script..*next_script + 3, &crew).await);
        *next_script += 3;
        script::go_on(works, now, &crew).await;
    }
    // A night, in which much falls due at once.
    let now = advance(&client, 9 * HOUR).await;
    let crew = Crew::sign_in(&client).await;
    let moment = Duration::from_millis(dice.below(120) as u64);
    let killing = async {
        tokio::time::sleep(moment).await;
        process.kill();
    };
    futures_util::join!(script::go_on(works, now, &crew), killing);
}

/// Long after all that was done, when every promise has ended that does not wait for a customer.
struct End<'a> {
    client: &'a Client,
    manager: Session,
    done_by: i64,
    paths: Vec<String>,
}

impl<'a> End<'a> {
    async fn come(client: &'a Client) -> Self {
        let done_by = advance(client, LONG).await;
        let manager = Crew::sign_in(client).await.manager;
        let paths = manager.list("/v1/tickets?limit=100").await.iter().map(path_of).collect();
        Self { client, manager, done_by, paths }
    }

    /// All tickets, and where they are not what the model says.
    async fn look(&self, catalogue: &Catalogue) -> (Vec<Value>, Vec<String>) {
        let from = advance(self.client, 0).await;
        let tickets = read(&self.manager, &self.paths).await;
        let window = Window { done_by: self.done_by, from, to: advance(self.client, 0).await };
        let wrong = tickets.iter().flat_map(|ticket| differences(ticket, catalogue, window)).collect();
        (tickets, wrong)
    }

    async fn look_until_all_is_told(&self, catalogue: &Catalogue) -> (Vec<Value>, Vec<String>) {
        let deadline = Instant::now() + PATIENCE;
        while !self.look(catalogue).await.1.is_empty() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        // What is told a second time comes with the next sweeps.
        for _ in 0..3 {
            advance(self.client, MINUTE).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        self.look(catalogue).await
    }

    async fn summary(&self) -> Value {
        let from = Timestamp::from_millisecond(self.done_by - 90 * DAY).expect("near").to_zoned(TimeZone::UTC).date();
        self.manager.get(&format!("/v1/sla/summary?from={from}")).await.expect(StatusCode::OK)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_twice_or_never_whenever_the_desk_is_killed() {
    let begun = Instant::now();
    let data = tempfile::tempdir().expect("a directory");
    let catalogue = prepared(data.path()).await;
    let (mut works, mut dice, mut next_script) = (Vec::new(), Dice::new(SEED), SEED + 100_000);
    for _ in 0..KILLS {
        live_and_die(data.path(), &mut works, &mut dice, &mut next_script).await;
    }
    let process = Process::start(data.path());
    let end = End::come(&process.client).await;
    assert!(works.iter().all(|work| end.paths.iter().any(|path| path == work.path())), "what was acknowledged is there");
    let (tickets, mut wrong) = end.look_until_all_is_told(&catalogue).await;
    let summary = end.summary().await;
    wrong.extend(wrong_summary(&summary, &tickets, &catalogue, end.done_by));
    say(&format!("promises: {} tickets, {KILLS} kills, {} in {:?}", tickets.len(), summary["total"], begun.elapsed()));
    process.kill();
    assert_none(&wrong, "after ten kills");
}
