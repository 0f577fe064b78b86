//! What a template may name, by notice, and an example of each.

use lambdesk_domain::Notice;
use minijinja::Value;

/// A value that templates may print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// Whether it is HTML, which stands nowhere else: the only values that are printed as they are.
    pub(crate) is_html: bool,
    example: Example,
}

#[derive(Debug, Clone, Copy)]
enum Example {
    Text(&'static str),
    Flag,
}

const fn text(name: &'static str, example: &'static str) -> Variable {
    Variable { name, is_html: false, example: Example::Text(example) }
}

const fn flag(name: &'static str) -> Variable {
    Variable { name, is_html: false, example: Example::Flag }
}

const fn html(name: &'static str, example: &'static str) -> Variable {
    Variable { name, is_html: true, example: Example::Text(example) }
}

const BRAND: Variable = text("brand", "Müller & Söhne");
const PERSON: Variable = text("person", "Carl Lindner");
const NUMBER: Variable = text("number", "DEMO-2026-0001");
const SUBJECT: Variable = text("subject", "The export stops after 512 rows");
const STATUS: Variable = text("status", "In progress");
const AUTHOR: Variable = text("author", "Ada Berg");
const MESSAGE_TEXT: Variable = text("message_text", "Thank you, we can see it too.");
const MESSAGE_HTML: Variable = html("message_html", "<p>Thank you, <strong>we can see it too</strong>.</p>");

const IS_DONE: Variable = flag("is_done");
const IS_NOTE: Variable = flag("is_note");
const IS_PENDING: Variable = flag("is_pending");
const RESOLUTION_NOTE: Variable = text("resolution_note", "The limit is gone.");
const RATING_URL: Variable = text("rating_url", "https://desk.example.com/v1/ratings/example");
const SCORE: Variable = text("score", "2");
const COMMENT: Variable = text("comment", "It took three days.");
const REASON: Variable = text("reason", "the customer wrote in the meantime");
const DUE: Variable = text("due", "2026-02-03 16:00 UTC");
const PROMISE: Variable = text("promise", "the first answer");
const COUNT: Variable = text("count", "2");
const TICKETS_TEXT: Variable = text("tickets_text", "- DEMO-2026-0001: No sign-in code");
const TICKETS_HTML: Variable = html("tickets_html", "<ul><li>DEMO-2026-0001: No sign-in code</li></ul>");

/// What a template of this notice may name.
pub(crate) const fn variables(notice: Notice) -> &'static [Variable] {
    match notice {
        Notice::Acknowledgement | Notice::Assignment | Notice::Reopened => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS],
        Notice::Reply => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, AUTHOR, MESSAGE_TEXT, MESSAGE_HTML, IS_DONE],
        Notice::Resolution => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, RESOLUTION_NOTE, RATING_URL],
        Notice::CustomerReply => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, AUTHOR, MESSAGE_TEXT, MESSAGE_HTML, IS_PENDING],
        Notice::Mention => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, AUTHOR, MESSAGE_TEXT, MESSAGE_HTML],
        Notice::Followed => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, AUTHOR, MESSAGE_TEXT, MESSAGE_HTML, IS_NOTE, IS_PENDING],
        Notice::SlaWarning | Notice::SlaBreach => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, PROMISE, DUE],
        Notice::SendFailed => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, REASON],
        Notice::Rated => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, SCORE, COMMENT],
        Notice::Reminder => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS],
        Notice::UnassignedTooLong => &[BRAND, PERSON, NUMBER, SUBJECT, STATUS, DUE],
        Notice::UnassignedDigest => &[BRAND, PERSON, COUNT, TICKETS_TEXT, TICKETS_HTML],
    }
}

/// An example of every value, to see what a template looks like.
pub(crate) fn examples(notice: Notice) -> Value {
    let value = |variable: &Variable| match variable.example {
        Example::Text(example) if variable.is_html => Value::from_safe_string(example.to_owned()),
        Example::Text(example) => Value::from(example),
        Example::Flag => Value::from(true),
    };
    Value::from_pairs(variables(notice).iter().map(|variable| (variable.name, value(variable))))
}
