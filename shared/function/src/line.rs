//! The one line that every invocation leaves: for people and for Logs Insights; on AWS at the same time its metrics, in
//! CloudWatch's embedded metric format (EMF), which needs no call and no permission. Never a body, an address, a token
//! or a key.

use std::{io::Write as _, time::Duration};

use jiff::Timestamp;
use lambdesk_platform::Counted;
use lambdesk_store::Usage;
use serde_json::{Map, Value, json};

/// The namespace of the desk's metrics.
const NAMESPACE: &str = "Lambdesk";

/// What is said of an invocation.
pub(crate) struct Line<'a> {
    pub(crate) function: &'static str,
    /// The stage on AWS; `None` elsewhere, where nobody reads metrics.
    pub(crate) stage: Option<&'a str>,
    pub(crate) now: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) usage: Usage,
    pub(crate) counted: Counted,
    pub(crate) trace_id: &'a str,
    pub(crate) outcome: Outcome<'a>,
}

/// How it went.
pub(crate) enum Outcome<'a> {
    /// A request was answered.
    Request { tenant: &'a str, request_id: &'a str, status: u16, code: &'a str, context: &'a str },
    /// An event was handled, or not.
    Event { error: Option<&'a str> },
}

impl Line<'_> {
    /// Writes it.
    pub(crate) fn write(&self) {
        if self.stage.is_none() {
            return self.trace();
        }
        let mut line = self.emf().to_string();
        line.push('\n');
        // Nowhere is left to say that stdout is closed.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }

    fn trace(&self) {
        let (function, trace_id) = (self.function, self.trace_id);
        let duration_ms = self.duration_ms();
        let Usage { calls, read_units, write_units } = self.usage;
        match self.outcome {
            Outcome::Request { tenant, request_id, status, code, context } if status >= 500 => tracing::error!(
                function,
                tenant,
                request_id,
                trace_id,
                status,
                code,
                duration_ms,
                calls,
                read_units,
                write_units,
                context,
                "request"
            ),
            Outcome::Request { tenant, request_id, status, code, .. } => {
                tracing::info!(
                    function,
                    tenant,
                    request_id,
                    status,
                    code,
                    duration_ms,
                    calls,
                    read_units,
                    write_units,
                    "request"
                );
            }
            Outcome::Event { error: Some(error) } => tracing::error!(function, duration_ms, calls, error, "event"),
            Outcome::Event { error: None } => tracing::info!(function, duration_ms, calls, read_units, write_units, "event"),
        }
    }

    fn emf(&self) -> Value {
        let mut line = Map::new();
        let mut metrics = Vec::new();
        let mut metric = |line: &mut Map<String, Value>, name: &str, unit: &str, value: Value| {
            metrics.push(json!({ "Name": name, "Unit": unit }));
            line.insert(name.to_owned(), value);
        };
        let Usage { calls, read_units, write_units } = self.usage;
        match self.outcome {
            Outcome::Request { tenant, request_id, status, code, context } => {
                metric(&mut line, "Requests", "Count", 1.into());
                metric(&mut line, "Latency", "Milliseconds", self.duration_ms().into());
                metric(&mut line, "ServerErrors", "Count", u8::from(status >= 500).into());
                let level = if status >= 500 { "ERROR" } else { "INFO" };
                for (name, text) in
                    [("level", level), ("message", "request"), ("tenant", tenant), ("request_id", request_id), ("code", code)]
                {
                    line.insert(name.to_owned(), text.into());
                }
                line.insert("status".to_owned(), status.into());
                if status >= 500 {
                    line.insert("context".to_owned(), context.into());
                }
            }
            Outcome::Event { error } => {
                line.insert("level".to_owned(), if error.is_some() { "ERROR" } else { "INFO" }.into());
                line.insert("message".to_owned(), "event".into());
                line.insert("duration_ms".to_owned(), self.duration_ms().into());
                line.extend(error.map(|error| ("error".to_owned(), error.into())));
            }
        }
        for (counted, number) in &self.counted {
            metric(&mut line, counted.name(), "Count", (*number).into());
        }
        line.insert("function".to_owned(), self.function.into());
        // Without it Lambda takes the line for one of level INFO.
        line.insert("timestamp".to_owned(), self.now.to_string().into());
        if !self.trace_id.is_empty() {
            line.insert("trace_id".to_owned(), self.trace_id.into());
        }
        line.insert("calls".to_owned(), calls.into());
        line.insert("read_units".to_owned(), read_units.into());
        line.insert("write_units".to_owned(), write_units.into());
        if !metrics.is_empty() {
            // One dimension: each combination of values is a metric that is paid for. The function is a field to query by.
            line.insert("Stage".to_owned(), self.stage.unwrap_or_default().into());
            let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [["Stage"]], "Metrics": metrics });
            let header = json!({ "Timestamp": self.now.as_millisecond(), "CloudWatchMetrics": [directive] });
            line.insert("_aws".to_owned(), header);
        }
        Value::Object(line)
    }

    fn duration_ms(&self) -> f64 {
        (self.duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
    }
}

/// The trace's id in the header that X-Ray passes along: `Root=1-…;Parent=…;Sampled=1`. Empty where there is none.
pub(crate) fn root_of(trace_header: &str) -> &str {
    trace_header.split(';').find_map(|part| part.trim().strip_prefix("Root=")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use lambdesk_platform::Metric;

    use super::*;

    fn line(outcome: Outcome<'_>) -> Value {
        let line = Line {
            function: "tickets-create",
            stage: Some("prod"),
            now: "2026-02-03T04:05:06Z".parse().expect("a time"),
            duration: Duration::from_micros(12_345),
            usage: Usage { calls: 2, read_units: 0.5, write_units: 25.0 },
            counted: [(Metric::MailsSent, 3)].into(),
            trace_id: "1-5759e988-bd862e3fe1be46a994272793",
            outcome,
        };
        line.emf()
    }

    /// Every metric that the header names is a number beside it, as CloudWatch's specification of the format demands.
    fn metrics(line: &Value) -> Vec<(String, f64)> {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            (directive["Namespace"].as_str(), line["_aws"]["Timestamp"].as_i64()),
            (Some("Lambdesk"), Some(1_770_091_506_000))
        );
        assert_eq!((&directive["Dimensions"], &line["Stage"]), (&json!([["Stage"]]), &json!("prod")));
        let named = directive["Metrics"].as_array().expect("metrics").iter();
        named
            .map(|metric| metric["Name"].as_str().expect("a name"))
            .map(|name| (name.to_owned(), line[name].as_f64().expect("a number")))
            .collect()
    }

    #[test]
    fn a_request_is_counted_and_timed() {
        let outcome = Outcome::Request { tenant: "demo", request_id: "r", status: 503, code: "unavailable", context: "why" };
        let line = line(outcome);
        let expected = [("Requests", 1.0), ("Latency", 12.345), ("ServerErrors", 1.0), ("MailsSent", 3.0)];
        assert_eq!(metrics(&line), expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!((&line["level"], &line["context"], &line["tenant"]), (&json!("ERROR"), &json!("why"), &json!("demo")));
        assert_eq!(line["trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
    }

    #[test]
    fn the_context_of_what_went_well_is_not_written() {
        let outcome = Outcome::Request { tenant: "demo", request_id: "r", status: 404, code: "not_found", context: "x" };
        let line = line(outcome);
        assert_eq!((&line["level"], line.get("context")), (&json!("INFO"), None));
        let event = super::tests::line(Outcome::Event { error: None });
        assert_eq!(metrics(&event), [("MailsSent".to_owned(), 3.0)]);
    }

    #[test]
    fn the_traces_id_is_the_root() {
        assert_eq!(
            root_of("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"),
            "1-5759e988-bd862e3fe1be46a994272793"
        );
        assert_eq!(root_of("Sampled=0; Root=1-a"), "1-a");
        assert_eq!(root_of(""), "");
    }
}
