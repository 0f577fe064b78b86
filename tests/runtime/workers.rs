//! The functions that no request reaches: they take batches, and answer what is to come again.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::{AttributeValue, ReturnValue},
};
use axum::http::StatusCode;
use lambdesk_domain::{Caller, TenantId};
use lambdesk_function::{AUTHORIZER_CALLER, AUTHORIZER_PROBLEM, Function};
use lambdesk_local_sqs::ReceiveOptions;
use lambdesk_platform::{EmailJob, QueueName};
use serde_json::{Value, json};

use super::{
    bootstrap::Bootstrap,
    stage::{Stage, quiet_queue},
};
use crate::support::text;

/// What the function answers.
pub(crate) async fn answer(process: &mut Bootstrap, function: Function, event: &Value) -> Value {
    let outcome = process.invoke(event.to_string()).await.unwrap_or_else(|error| panic!("{}: {error}", function.name));
    let answer = outcome.unwrap_or_else(|failure| panic!("{}: {failure}", function.name));
    serde_json::from_slice(&answer).expect("JSON")
}

/// The authorizer lets everything pass, and says who calls, or why nobody does.
pub(crate) async fn check_authorizer(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await.event;
    let stranger = answer(process, function, &sample).await;
    assert_eq!(stranger["isAuthorized"], true, "{stranger}");
    assert!(stranger["context"][AUTHORIZER_PROBLEM].is_string(), "{stranger}");
    assert!(stranger["context"].get(AUTHORIZER_CALLER).is_none(), "{stranger}");

    let credential = stage.customer.authorization.as_deref().expect("signed in");
    let mut signed = sample;
    let theirs = text(&signed["headers"], "authorization");
    signed = serde_json::from_str(&signed.to_string().replace(&theirs, credential)).expect("JSON");
    let known = answer(process, function, &signed).await;
    let caller: Caller = serde_json::from_str(&text(&known["context"], AUTHORIZER_CALLER)).expect("a caller");
    assert_eq!((known["isAuthorized"].as_bool(), caller.person.to_string()), (Some(true), stage.customer.person.clone()));
    assert!(known["context"].get(AUTHORIZER_PROBLEM).is_none(), "{known}");
}

/// A batch of the stream becomes jobs; a record that cannot be read is named, and what stood before it is done.
pub(crate) async fn check_stream(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let good = answer(process, function, &sample.event).await;
    assert_eq!(good, json!({ "batchItemFailures": [] }), "{}", function.name);
    // A mail to write and a ticket to count; nobody to find, on a desk that gives nothing away.
    assert_eq!(stage.taken_jobs().await.len(), 2, "{}", function.name);

    let mut event = sample.event;
    let records = event["Records"].as_array_mut().expect("records");
    let mut unreadable =
        records.iter().find(|record| record["dynamodb"]["NewImage"]["kind"]["S"] == "event").expect("one").clone();
    unreadable["dynamodb"]["NewImage"]["data"]["M"]["type"]["S"] = json!("of a kind that is not known");
    unreadable["dynamodb"]["SequenceNumber"] = json!("111100000000000000000003");
    let after = records[0].clone();
    records.extend([unreadable, after]);
    let partly = answer(process, function, &event).await;
    assert_eq!(partly, json!({ "batchItemFailures": [{ "itemIdentifier": "111100000000000000000003" }] }), "{}", function.name);
    let jobs = stage.taken_jobs().await;
    assert_eq!(jobs.len(), 2, "{}", function.name);
    for job in jobs {
        let job: Value = serde_json::from_str(&job).expect("a job");
        let tickets = [&job["ticket"], &job["tickets"][0]];
        assert!(tickets.contains(&&sample.ticket["id"]), "{job}");
    }
}

/// A batch with a mail to send and a message that is no job: the mail is sent, and the message is named.
pub(crate) async fn check_email(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    // The desk has sent this mail by itself; without the mark of that, the function has it to send.
    stage.desk.settle().await;
    assert_eq!(stage.mails_about(&sample.ticket).await, 1);
    stage.forget_sent(&sample.event).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    assert_eq!(answer(process, function, &sample.event).await, failed, "{}", function.name);
    assert_eq!(stage.mails_about(&sample.ticket).await, 2, "sent by the function");
    assert_eq!(answer(process, function, &sample.event).await, failed, "{}", function.name);
    assert_eq!(stage.mails_about(&sample.ticket).await, 2, "once");
}

/// A batch with a ticket to close and a message that is no job: the ticket is closed, and the message is named.
pub(crate) async fn check_sla(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    stage.resolve_as_due(&sample.ticket).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    assert_eq!(answer(process, function, &sample.event).await, failed, "{}", function.name);
    assert_eq!(stage.agent.read(&sample.ticket).await["status"], "closed", "{}", function.name);
    assert_eq!(answer(process, function, &sample.event).await, failed, "{}: twice is once", function.name);
}

/// A batch with a ticket to find somebody for and a message that is no job: an agent of the rule's team has it, and the
/// message is named.
pub(crate) async fn check_routing(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let team = json!({ "id": "routed", "name": "Routed", "strategy": "least_busy" });
    stage.manager.post("/v1/teams", team).await.expect(StatusCode::CREATED);
    let member = json!({ "teams": ["routed"], "capacity": null, "availability": null });
    stage.manager.patch(&format!("/v1/agents/{}", stage.agent.person), member).await.expect(StatusCode::OK);
    let rule = json!({ "name": "All", "then": { "team": "routed" } });
    let rule = stage.admin.post("/v1/routing-rules", rule).await.expect(StatusCode::CREATED);
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    for times in ["once", "twice"] {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}: {times}", function.name);
        let ticket = stage.agent.read(&sample.ticket).await;
        let has = (&ticket["team"], &ticket["assignee"]);
        assert_eq!(has, (&json!("routed"), &json!(stage.agent.person)), "{}: {times}", function.name);
    }
    stage.admin.delete(&format!("/v1/routing-rules/{}", text(&rule, "id"))).await.expect(StatusCode::NO_CONTENT);
    stage.manager.delete("/v1/teams/routed").await.expect(StatusCode::NO_CONTENT);
}

/// A batch with a ticket to count and a message that is no job: the ticket is counted once, and the message is named.
pub(crate) async fn check_views(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    let subject = json!([{ "field": "requester", "is": [sample.ticket["requester"]] }]);
    let view = json!({ "name": "Counted", "scope": { "type": "shared" }, "filter": subject });
    let view = stage.manager.post("/v1/views", view).await.expect(StatusCode::CREATED);
    stage.desk.settle().await;
    let counts = async || {
        let counts = stage.manager.get("/v1/views/counts").await.expect(StatusCode::OK);
        counts["items"].as_array().expect("figures").iter().find(|item| item["view"] == view["id"]).expect("one")["count"].clone()
    };
    let before = counts().await;
    assert!(before.as_i64() > Some(0), "{before}");
    for times in ["once", "twice"] {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}: {times}", function.name);
        assert_eq!(counts().await, before, "{}: {times}", function.name);
    }
    stage.manager.delete(&format!("/v1/views/{}", text(&view, "id"))).await.expect(StatusCode::NO_CONTENT);
    stage.desk.settle().await;
}

/// A batch with a step of a job and a message that is no job: the ticket is changed, once, and the message is named.
pub(crate) async fn check_jobs(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    // Jobs that functions before this one asked for are none of its doing.
    stage.taken_jobs().await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    for times in ["once", "twice"] {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}: {times}", function.name);
        let ticket = stage.agent.read(&sample.ticket).await;
        assert_eq!((&ticket["priority"], &ticket["version"]), (&json!("urgent"), &json!(2)), "{}: {times}", function.name);
    }
    assert!(stage.taken_jobs().await.iter().all(|job| !job.contains("step")), "{}: it was the last step", function.name);
}

/// A desk with a team that gives tickets away is looked at, and one without is not.
pub(crate) async fn check_find_waiting(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    assert_eq!(answer(process, function, &sample.event).await, Value::Null, "{}", function.name);
    for team in stage.manager.list("/v1/teams").await {
        stage.manager.delete(&format!("/v1/teams/{}", text(&team, "id"))).await.expect(StatusCode::NO_CONTENT);
    }
    stage.taken_jobs().await;
    let ours = |jobs: Vec<String>| jobs.iter().filter(|job| job.contains("route_waiting") && job.contains("demo")).count();
    for (strategy, jobs) in [("manual", 0), ("round_robin", 1)] {
        stage
            .manager
            .post("/v1/teams", json!({ "id": strategy, "name": "x", "strategy": strategy }))
            .await
            .expect(StatusCode::CREATED);
        // What the process knows of the desk is kept for half a minute.
        let mut process = stage.start(function).await;
        assert_eq!(answer(&mut process, function, &sample.event).await, Value::Null, "{}", function.name);
        assert_eq!(ours(stage.taken_jobs().await), jobs, "{}: {strategy}", function.name);
        stage.manager.delete(&format!("/v1/teams/{strategy}")).await.expect(StatusCode::NO_CONTENT);
    }
}

/// A batch with a file to look at and a message that is no job: the file was looked at, and the message is named.
pub(crate) async fn check_files(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    for times in ["once", "twice"] {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}: {times}", function.name);
        let file = stage.customer.get(&format!("/v1/attachments/{}", sample.file)).await.expect(StatusCode::OK);
        assert_eq!(file["scan"], "unknown", "{}: {times}, by no scanner", function.name);
    }
}

/// A batch with a bounce and a message that is no event: the address is suppressed, and the message is named.
pub(crate) async fn check_mail_events(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    for _ in 0..2 {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}", function.name);
        let known = stage.admin.list("/v1/suppressions").await;
        let [known] = &known[..] else { panic!("{}: one address, not {known:?}", function.name) };
        assert_eq!((&known["address"], &known["failures"]), (&json!("bounced@example.test"), &json!(1)), "twice is once");
    }
}

/// A batch with a mail and a message that is no job: the mail is a ticket, once, and the message is named.
pub(crate) async fn check_mail_in(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    let mail = "From: Erika <erika@example.test>\r\nTo: help@demo.test\r\nSubject: By mail\r\nMessage-ID: <1@example.test>\r\n\r\nHelp\r\n";
    let objects = stage.desk.local.app().objects();
    objects.put(lambdesk_platform::BucketName::Mail, "sample/1", "message/rfc822", mail.into()).await.expect("kept");
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    for times in ["once", "twice"] {
        assert_eq!(answer(process, function, &sample.event).await, failed, "{}: {times}", function.name);
        let mails = stage.admin.list("/v1/inbound-mails").await;
        let mails: Vec<_> = mails.iter().filter(|mail| mail["message_id"] == "1@example.test").collect();
        let [mail] = &mails[..] else { panic!("{}: {times}: one mail, not {mails:?}", function.name) };
        assert_eq!(mail["outcome"], "ticket", "{}: {mail}", function.name);
    }
}

/// A desk that wants a digest in this hour is on the queue, and no other.
pub(crate) async fn check_digest(stage: &Stage, process: &mut Bootstrap, function: Function) {
    let sample = stage.sample(function).await;
    // What functions before this one put on queues is none of its doing.
    stage.taken_jobs().await;
    assert_eq!(answer(process, function, &sample.event).await, Value::Null, "{}", function.name);
    assert!(stage.taken_jobs().await.is_empty(), "{}: nobody wants one", function.name);
    let tenant = TenantId::parse("demo").expect("a name");
    let desk = stage.desk.local.app().desk_of(&tenant);
    let mut config = (*desk.config().await.expect("there")).clone();
    config.digest_hours = (0..24).collect();
    desk.put_config(&config).await.expect("written");
    // What the process knows of the desk is kept for half a minute.
    let mut process = stage.start(function).await;
    assert_eq!(answer(&mut process, function, &sample.event).await, Value::Null, "{}", function.name);
    let jobs = stage.taken_jobs().await;
    assert!(matches!(&jobs[..], [job] if job.contains("digest") && job.contains("demo")), "{}: {jobs:?}", function.name);
}

/// What is due is on the queue. The desk itself sweeps once a minute too: where it came first, another ticket is tried.
pub(crate) async fn check_schedule(stage: &Stage, process: &mut Bootstrap, function: Function) {
    for _ in 0..3 {
        let sample = stage.sample(function).await;
        stage.resolve_as_due(&sample.ticket).await;
        assert_eq!(answer(process, function, &sample.event).await, Value::Null, "{}", function.name);
        let found = stage.taken_jobs().await.concat().contains(&text(&sample.ticket, "id"));
        let closed = stage.agent.read(&sample.ticket).await["status"] == "closed";
        match (found, closed) {
            (true, _) => return,
            (false, true) => {}
            (false, false) => panic!("{} found nothing", function.name),
        }
    }
    panic!("the desk was always first");
}

impl Stage {
    /// Resolves a ticket of a desk that closes at once.
    async fn resolve_as_due(&self, ticket: &Value) {
        let tenant = TenantId::parse("demo").expect("a tenant's name");
        let desk = self.desk.local.app().desk_of(&tenant);
        let mut config = (*desk.config().await.expect("configured")).clone();
        config.auto_close_days = Some(0);
        desk.put_config(&config).await.expect("kept");
        self.agent.set_status(ticket, "resolved").await.expect(StatusCode::OK);
    }

    /// The jobs that functions have put on the stage's queues since this was asked last.
    async fn taken_jobs(&self) -> Vec<String> {
        let queues = self.desk.local.queues();
        let most = ReceiveOptions { max_messages: Some(10), ..ReceiveOptions::default() };
        let mut jobs = Vec::new();
        for queue in QueueName::ALL {
            let messages = queues.receive(&quiet_queue(*queue), &most).await.expect("a queue");
            jobs.extend(messages.into_iter().map(|message| message.body));
        }
        jobs
    }

    async fn mails_about(&self, ticket: &Value) -> usize {
        let listed = self.desk.client.anonymous().get("/local/mailbox").await.json();
        let number = text(ticket, "number");
        listed["items"].as_array().expect("mails").iter().filter(|mail| text(mail, "subject").contains(&number)).count()
    }

    /// Takes away the mark that the mail of the sample's event was sent.
    pub(crate) async fn forget_sent(&self, event: &Value) {
        let job = event["Records"]
            .as_array()
            .expect("records")
            .iter()
            .find_map(|record| serde_json::from_str(record["body"].as_str()?).ok());
        let EmailJob::Notify { tenant, event, ticket } = job.expect("a job") else { panic!("no event's") };
        let ticket = self.agent.get(&format!("/v1/tickets/{ticket}")).await.expect(StatusCode::OK);
        let key = [("pk", format!("{tenant}#sent#{event}")), ("sk", text(&ticket, "requester"))];
        let key: HashMap<_, _> = key.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).collect();
        let desk = &self.desk.local;
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&desk.endpoints()["dynamodb"]);
        let table = Client::from_conf(config.build());
        let forgotten = table.delete_item().table_name(&desk.app().config().table).set_key(Some(key));
        let forgotten = forgotten.return_values(ReturnValue::AllOld).send().await.expect("deleted");
        assert!(forgotten.attributes.is_some(), "there was such a mark");
    }
}
