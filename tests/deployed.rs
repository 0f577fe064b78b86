//! The real template with the real binaries, deployed into an emulator of AWS: `make test-deploy`. The acceptance suites run
//! against it too; here is what they do not see: triggers, dead letters, mail.

use std::{collections::BTreeSet, time::Instant};

use aws_credential_types::Credentials;
use aws_sdk_sqs::types::QueueAttributeName;
use axum::http::StatusCode;
use lambdesk_local::registry;
use serde_json::Value;

use crate::support::{AnyDesk, Deployment, PATIENCE, path_of, text};

const WHY: &str = "make test-deploy names a deployment";

/// Waits until this answers something; the emulator is asked again and again, and never for longer than `patience`.
async fn wait_for<T, F: Future<Output = Option<T>>>(what: &str, patience: std::time::Duration, look: impl Fn() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < patience, "{what} did not come");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

fn queues(deployment: &Deployment) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(aws_sdk_sqs::config::Region::new(deployment.text("/region")))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(deployment.text("/endpoint"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// The sent mails whose subject holds this.
async fn mails_about(deployment: &Deployment, subject: &str) -> Vec<Value> {
    let answer = deployment.look("mail").await;
    let boxes =
        answer["messages"].as_object().into_iter().flatten().flat_map(|(_, mails)| mails.as_array().into_iter().flatten());
    boxes.filter(|mail| mail["Subject"].as_str().is_some_and(|text| text.contains(subject))).cloned().collect()
}

#[tokio::test]
#[ignore = "make test-deploy"]
async fn every_function_is_deployed_under_its_own_name() {
    let deployment = Deployment::named().expect(WHY);
    let deployed: BTreeSet<_> = deployment.functions().into_iter().map(|(name, lambda)| (lambda, name)).collect();
    let declared: BTreeSet<_> = registry()
        .iter()
        .map(|endpoint| (format!("lambdesk-test-{}", endpoint.function.name), endpoint.function.name.to_owned()))
        .collect();
    assert_eq!(deployed, declared);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn a_reply_passes_the_stream_and_the_queue_and_is_mailed() {
    let deployment = Deployment::named().expect(WHY);
    let people = AnyDesk::start().await.people("ticketing").await;
    let subject = format!("Printer {}", people.customer.person);
    let ticket = people.customer.open(&subject).await;
    people.agent.reply(&ticket, "Press the **green** button.").await;
    people.agent.note(&ticket, "They never do.").await;
    let mails = wait_for("the mail", PATIENCE, || async {
        Some(mails_about(&deployment, &subject).await).filter(|mails| mails.len() >= 2)
    });
    let mails = mails.await;
    let bodies: Vec<_> = mails.iter().map(|mail| mail["BodyText"].to_string()).collect();
    assert!(bodies.iter().any(|body| body.contains("green")), "{bodies:?}");
    assert!(!bodies.iter().any(|body| body.contains("They never do")), "a note stays inside");
    assert!(mails.iter().all(|mail| mail["Source"].as_str().is_some_and(|from| from.contains("support@ticketing-"))));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn a_job_that_cannot_be_done_ends_in_the_dead_letters_and_holds_up_nobody() {
    let deployment = Deployment::named().expect(WHY);
    let (client, queue) = (queues(&deployment), deployment.text("/resources/EmailQueue/id"));
    let dead = deployment.text("/resources/EmailDeadLetters/id");
    // Ten tries at a second each, instead of two and a half minutes.
    let faster = client.set_queue_attributes().queue_url(&queue).attributes(QueueAttributeName::VisibilityTimeout, "1");
    faster.send().await.expect("set");
    let poison = format!("not a job {}", deployment.app().new_id());
    client.send_message().queue_url(&queue).message_body(&poison).send().await.expect("sent");
    let people = AnyDesk::start().await.people("ticketing").await;
    let subject = format!("Beside poison {}", people.customer.person);
    people.customer.open(&subject).await;
    wait_for("the neighbour's mail", PATIENCE, || async { mails_about(&deployment, &subject).await.pop() }).await;
    let letter = wait_for("the dead letter", PATIENCE * 3, || async {
        let received = client.receive_message().queue_url(&dead).visibility_timeout(0).max_number_of_messages(10).send().await;
        let messages = received.expect("received").messages.unwrap_or_default();
        messages.into_iter().find(|message| message.body() == Some(&poison))
    });
    letter.await;
    let usual = client.set_queue_attributes().queue_url(&queue).attributes(QueueAttributeName::VisibilityTimeout, "150");
    usual.send().await.expect("set");
}

/// An operator's command, as `make` runs it.
fn operate(deployment: &Deployment, arguments: &[&str]) -> String {
    run(deployment, &[arguments, &["--stage", "test"]].concat())
}

fn run(deployment: &Deployment, arguments: &[&str]) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = std::process::Command::new(format!("{root}/.tools/ministack/bin/python"))
        .arg(format!("{root}/infra/operations/{}", arguments[0]))
        .args(&arguments[1..])
        .env("AWS_ENDPOINT_URL", deployment.text("/endpoint"))
        .env("AWS_REGION", deployment.text("/region"))
        .env("AWS_DEFAULT_REGION", deployment.text("/region"))
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn the_console_is_put_where_its_distribution_reads_it() {
    let deployment = Deployment::named().expect(WHY);
    let built = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(built.path().join("assets")).expect("made");
    for (name, text) in [("index.html", "<!doctype html>"), ("assets/main-1.js", "1"), ("icon.svg", "<svg/>")] {
        std::fs::write(built.path().join(name), text).expect("written");
    }
    let directory = built.path().to_str().expect("text");
    let said = run(&deployment, &["console.py", "--stack", &deployment.text("/stack"), directory]);
    assert!(said.contains("3 files are at https://"), "{said}");
    let files = s3(&deployment);
    let bucket = deployment.text("/outputs/ConsoleBucketName");
    for (name, kind, caching) in [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("assets/main-1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("icon.svg", "image/svg+xml", "no-cache"),
        ("config.json", "application/json", "no-cache"),
    ] {
        let file = files.get_object().bucket(&bucket).key(name).send().await.expect(name);
        assert_eq!((file.content_type(), file.cache_control()), (Some(kind), Some(caching)), "{name}");
        if name == "config.json" {
            let text = file.body.collect().await.expect("read").to_vec();
            let configuration: Value = serde_json::from_slice(&text).expect("JSON");
            assert_eq!(configuration["issuer"], deployment.text("/parameters/Issuer"));
        }
    }
}

fn s3(deployment: &Deployment) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::new(deployment.text("/region")))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(deployment.text("/endpoint"))
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn events_are_passed_on_again_and_only_what_was_not_mailed_is() {
    let deployment = Deployment::named().expect(WHY);
    let people = AnyDesk::start().await.people("ticketing").await;
    let (lost, told) = (format!("Lost {}", people.customer.person), format!("Told {}", people.customer.person));
    let mut tickets = Vec::new();
    for subject in [&lost, &told] {
        tickets.push(people.customer.open(subject).await);
        wait_for("the mail", PATIENCE, || async { mails_about(&deployment, subject).await.pop() }).await;
    }
    let tenant = text(&people.customer.get("/v1/me").await.expect(StatusCode::OK), "tenant");
    // As if the first had never been sent.
    let events = people.agent.list(&format!("{}/events", path_of(&tickets[0]))).await;
    let created = events.iter().find(|event| text(event, "type") == "ticket.created").expect("how it began");
    forget_sent(&deployment, &format!("{tenant}#sent#{}", text(created, "id")), &people.customer.person).await;
    let said = operate(&deployment, &["replay.py", "--tenant", &tenant, "--since", "2026-01-01T00:00:00Z"]);
    assert!(said.contains("of 2 tickets"), "{said}");
    wait_for("the mail that was lost", PATIENCE, || async { mails_about(&deployment, &lost).await.into_iter().nth(1) }).await;
    // Jobs that came before this one's have been done by now.
    let marker = format!("Marker {}", people.customer.person);
    people.customer.open(&marker).await;
    wait_for("the marker's mail", PATIENCE, || async { mails_about(&deployment, &marker).await.pop() }).await;
    assert_eq!(mails_about(&deployment, &told).await.len(), 1, "what was mailed is not mailed again");
    assert_eq!(operate(&deployment, &["redrive.py", "events"]), "0 records passed on, 0 letters left\n");
}

/// Takes the mark away that a mail was sent. The mail is seen a moment before it is marked.
async fn forget_sent(deployment: &Deployment, pk: &str, sk: &str) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new(deployment.text("/region")))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(deployment.text("/endpoint"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let table = aws_sdk_dynamodb::Client::from_conf(config.build());
    wait_for("the mark", PATIENCE, || async {
        let delete = table.delete_item().table_name(deployment.text("/resources/Table/id"));
        let delete = delete.key("pk", AttributeValue::S(pk.to_owned())).key("sk", AttributeValue::S(sk.to_owned()));
        let delete = delete.condition_expression("#state = :sent").expression_attribute_names("#state", "state");
        delete.expression_attribute_values(":sent", AttributeValue::S("sent".to_owned())).send().await.ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn the_schedule_closes_what_waited_long_enough() {
    Deployment::named().expect(WHY);
    let people = AnyDesk::start().await.people("eur").await;
    let ticket = people.customer.open("Waits for nothing").await;
    people.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    let closed = wait_for("the sweep", PATIENCE * 6, || async {
        Some(people.agent.read(&ticket).await).filter(|ticket| ticket["status"] == "closed")
    });
    closed.await;
    let history = people.agent.list(&format!("{}/events", path_of(&ticket))).await;
    let changes = history.iter().filter(|event| text(event, "type") == "ticket.status_changed").count();
    assert_eq!(changes, 2, "resolved, and closed once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-deploy"]
async fn the_gateway_lets_in_nobody_without_a_valid_credential() {
    Deployment::named().expect(WHY);
    let people = AnyDesk::start().await.people("eur").await;
    let ticket = people.customer.open("Mine").await;
    let client = people.customer.client.clone();
    let without = client.anonymous().get(&path_of(&ticket)).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
    let forged = client.with_credential("eyJhbGciOiJub25lIn0.e30.").get(&path_of(&ticket)).await;
    forged.problem(StatusCode::UNAUTHORIZED);
    let open = client.anonymous().get("/v1/health").await.expect(StatusCode::OK);
    assert_eq!(open["status"], "ok");
    let stranger = AnyDesk::start().await.people("platform").await.agent;
    stranger.get(&path_of(&ticket)).await.problem(StatusCode::NOT_FOUND);
}
