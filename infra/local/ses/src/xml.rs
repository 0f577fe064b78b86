//! The XML that SES answers, from JSON: an object is elements, a list is
//! `member` elements, null is nothing.

use std::fmt::Write as _;

use serde_json::Value;

use crate::error::Refusal;

const NAMESPACE: &str = "http://ses.amazonaws.com/doc/2010-12-01/";

/// The answer to an action that worked.
pub(crate) fn success(action: &str, result: &Value, request_id: &str) -> String {
    let mut xml = format!("<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>");
    write(&mut xml, result);
    let _ = write!(
        xml,
        "</{action}Result><ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{action}Response>"
    );
    xml
}

/// The answer to a request that was refused or failed.
pub(crate) fn failure(refusal: &Refusal, request_id: &str) -> String {
    let kind = if refusal.status.is_client_error() { "Sender" } else { "Receiver" };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        refusal.code,
        escape(&refusal.message),
    )
}

// Writing to a String can't fail, so the results are dropped.
fn write(xml: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => xml.push_str(&escape(text)),
        Value::Bool(_) | Value::Number(_) => {
            let _ = write!(xml, "{value}");
        }
        Value::Array(members) => {
            for member in members {
                element(xml, "member", member);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| is_name(name)) {
                element(xml, name, field);
            }
        }
    }
}

fn element(xml: &mut String, name: &str, value: &Value) {
    let _ = write!(xml, "<{name}>");
    write(xml, value);
    let _ = write!(xml, "</{name}>");
}

/// Field names of kept rules come from requests; others would break the XML.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(|character| character.is_ascii_alphanumeric())
}

/// Escapes markup and drops the control characters that XML 1.0 can't carry.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_becomes_elements() {
        let result = json!({"A": "x<&\u{1}", "L": [1, {"B": true}], "N": null, "b>d": 1});
        let xml = success("Do", &result, "r");
        let inner = "<DoResult><A>x&lt;&amp;</A><L><member>1</member>\
                     <member><B>true</B></member></L><N></N></DoResult>";
        assert!(xml.contains(inner), "{xml}");
    }
}
