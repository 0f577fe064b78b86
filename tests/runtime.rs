//! The functions as Lambda runs them: each in its area's real bootstrap, which asks a Runtime API for its events and calls
//! the services of a running desk.

mod api;
mod bootstrap;
mod dependency;
mod document;
mod malformed;
mod requests;
mod stage;
mod start;
mod trouble;
mod workers;

use lambdesk_function::Trigger;
use lambdesk_local::registry;
use lambdesk_platform::QueueName;

use self::stage::Stage;

/// A function with a trigger that is new here does not compile: what Lambda gives it and expects of it is to be decided.
#[tokio::test(flavor = "multi_thread")]
async fn every_function_serves_its_sample() {
    let stage = Stage::open().await;
    for endpoint in registry() {
        let function = endpoint.function;
        let mut process = stage.start(function).await;
        malformed::check(&mut process, function.name).await;
        match function.trigger {
            Trigger::Http { path, .. } if path.contains("{token}") => {
                requests::check_page(&stage, &mut process, function).await;
            }
            Trigger::Http { method, path, access } => {
                requests::check(&stage, &mut process, function, (method, path, access)).await;
            }
            Trigger::Authorizer => workers::check_authorizer(&stage, &mut process, function).await,
            Trigger::TableStream => workers::check_stream(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Email) => workers::check_email(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Sla) => workers::check_sla(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Routing) => workers::check_routing(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Views) => workers::check_views(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Files) => workers::check_files(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::MailEvents) => workers::check_mail_events(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::Jobs) => workers::check_jobs(&stage, &mut process, function).await,
            Trigger::Queue(QueueName::MailIn) => workers::check_mail_in(&stage, &mut process, function).await,
            Trigger::Schedule { .. } if function.name == "email-digest" => {
                workers::check_digest(&stage, &mut process, function).await;
            }
            Trigger::Schedule { .. } if function.name == "automation-find-waiting" => {
                workers::check_find_waiting(&stage, &mut process, function).await;
            }
            Trigger::Schedule { .. } => workers::check_schedule(&stage, &mut process, function).await,
        }
        assert!(process.log().contains(function.name), "{} logs what it did", function.name);
    }
}
