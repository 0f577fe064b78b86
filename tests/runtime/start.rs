//! How a function starts: without asking anybody anything, or not at all and with a reason.

use std::collections::BTreeSet;

use lambdesk_local::registry;

use super::{
    dependency::{Dependency, Manner},
    malformed::assert_is_error,
    stage::{start, start_unready},
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_before_the_first_event() {
    let dependency = Dependency::start(Manner::HangsUp).await;
    let variables = dependency.variables();
    for endpoint in registry() {
        let process = start(endpoint.function.name, &variables).await;
        assert_eq!(dependency.connections(), 0, "{} asks at its start; it logged {}", endpoint.function.name, process.log());
    }
    let mut process = start("tickets-health", &variables).await;
    let _ = process.invoke(include_str!("../../events/tickets-health.json")).await.expect("an outcome");
    assert!(dependency.connections() > 0, "with an event it asks, and that is seen");
}

/// The process ends with an error, says why, and says it to Lambda as well.
async fn refuses_to_start(function: &str, without: &[&str], expected: &[&str]) {
    let mut variables = Dependency::start(Manner::HangsUp).await.variables();
    without.iter().for_each(|name| drop(variables.remove(*name)));
    let mut process = start_unready(function, &variables).await;
    let status = process.ended().await.expect("it ends");
    let log = process.log();
    assert!(!status.success(), "{function} without {without:?}: {log}");
    let failure = process.api.init_error().unwrap_or_else(|| panic!("{function}: Lambda is not told; the log says {log}"));
    assert_is_error(function, &failure);
    for part in expected {
        assert!(log.contains(part), "{part:?} is not in the log: {log}");
        assert!(failure.to_string().contains(part), "Lambda is not told {part:?}: {failure}");
    }
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_not_there_is_named_with_those_that_are() {
    let areas: BTreeSet<_> = registry().iter().map(|endpoint| endpoint.function.name.split('-').next().unwrap()).collect();
    for area in areas {
        let there = registry().into_iter().map(|endpoint| endpoint.function.name).find(|name| name.starts_with(area)).unwrap();
        refuses_to_start(&format!("{area}-nothing"), &[], &[&format!("{area}-nothing"), there]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_that_are_missing_are_named_all_at_once() {
    refuses_to_start("tickets-get", &["TABLE", "LAMBDESK_SECRET"], &["TABLE is not set", "LAMBDESK_SECRET is not set"]).await;
}
