//! Zendesk: tickets of the account's JSON export and of the API. The shapes are those of its API reference ("Tickets",
//! "Ticket Comments", "Users"); the account's export has the people in each ticket, and the comments.

use lambdesk_domain::{BodyFormat, Channel, FieldError, MessageKind, Priority, Status};
use serde_json::Value;

use crate::{
    Options,
    directory::{Known, known},
    draft::{Draft, DraftMessage, DraftPerson, Manner},
    json,
};

/// Reads one ticket.
pub(crate) fn draft(value: &Value, options: &Options) -> Draft {
    let text = |name| json::text(value, name);
    let people = People { requester: person(value, "requester", options), assignee: person(value, "assignee", options), options };
    let mut draft = Draft {
        manner: Manner::Lenient,
        id: text("id").unwrap_or_default(),
        subject: text("subject").or_else(|| text("raw_subject")).unwrap_or_default(),
        category: text("type"),
        brand: json::named(value, "brand").or_else(|| text("brand_id")),
        channel: Some(channel(value)),
        assignee: people.assignee.person.email.clone(),
        team: json::named(value, "group").or_else(|| options.directory.group(text("group_id").as_deref())),
        organization: json::named(value, "organization")
            .or_else(|| options.directory.organization(text("organization_id").as_deref())),
        tags: json::list(value, "tags").iter().filter_map(json::as_text).collect(),
        created_at: text("created_at"),
        updated_at: text("updated_at"),
        resolved_at: value.get("metric_set").and_then(|metrics| json::text(metrics, "solved_at")),
        messages: messages(value, &people),
        ..Draft::default()
    };
    draft.status = status(value, &people, &mut draft.wrong);
    draft.priority = priority(value, options, &mut draft.wrong);
    for field in json::list(value, "custom_fields") {
        if let (Some(id), Some(value)) = (json::text(field, "id"), field.get("value")) {
            let name = options.fields.get(&id).cloned().unwrap_or_else(|| format!("zendesk_{id}"));
            draft.fields.insert(name, json::field(value));
        }
    }
    draft.requester = people.requester.person;
    draft
}

struct People<'a> {
    requester: Known,
    assignee: Known,
    options: &'a Options,
}

/// A person in the ticket, completed by who is known under that number.
fn person(value: &Value, name: &str, options: &Options) -> Known {
    let mut known = value.get(name).filter(|person| person.is_object()).map(known).unwrap_or_default();
    known.person.id = known.person.id.or_else(|| json::text(value, &format!("{name}_id")));
    if let Some(other) = options.directory.person(known.person.id.as_deref()) {
        known.person.email = known.person.email.or_else(|| other.person.email.clone());
        known.person.name = known.person.name.or_else(|| other.person.name.clone());
        known.is_staff = known.is_staff.or(other.is_staff);
    }
    known
}

fn status(value: &Value, people: &People<'_>, wrong: &mut Vec<FieldError>) -> Option<Status> {
    let word = json::text(value, "status")?;
    let is_taken = people.assignee.person != DraftPerson::default();
    if let Some(status) = people.options.statuses.get(&word) {
        return Some(*status);
    }
    Some(match word.as_str() {
        "open" if is_taken => Status::InProgress,
        "new" | "open" => Status::New,
        "pending" => Status::Pending,
        // Waits for somebody else than the customer, who must not be asked for an answer.
        "hold" => Status::InProgress,
        "solved" => Status::Resolved,
        "closed" => Status::Closed,
        "deleted" => {
            wrong.push(FieldError::new("status", "deleted", "was deleted there"));
            return None;
        }
        _ => {
            let message = "must be one of new, open, pending, hold, solved, closed, or a word that the import translates";
            wrong.push(FieldError::new("status", "unknown", message));
            return None;
        }
    })
}

fn priority(value: &Value, options: &Options, wrong: &mut Vec<FieldError>) -> Option<Priority> {
    let word = json::text(value, "priority")?;
    let priority = options.priorities.get(&word).copied().or(match word.as_str() {
        "low" => Some(Priority::Low),
        "normal" => Some(Priority::Medium),
        "high" => Some(Priority::High),
        "urgent" => Some(Priority::Urgent),
        _ => None,
    });
    if priority.is_none() {
        let message = "must be one of low, normal, high, urgent, or a word that the import translates";
        wrong.push(FieldError::new("priority", "unknown", message));
    }
    priority
}

fn channel(value: &Value) -> Channel {
    let word = value.get("via").and_then(|via| json::text(via, "channel")).unwrap_or_default();
    match word.as_str() {
        "email" => Channel::Email,
        "web" | "web_form" | "help_center" | "mobile" | "closed_ticket" => Channel::Portal,
        "web_widget" | "mobile_sdk" => Channel::Widget,
        "voice" | "phone" | "phone_call_inbound" | "phone_call_outbound" | "voicemail" => Channel::Phone,
        "chat" | "messaging" | "native_messaging" | "sms" | "whatsapp" | "line" | "facebook" | "twitter" | "instagram_dm" => {
            Channel::Chat
        }
        "any_channel" => Channel::Webhook,
        _ => Channel::Api,
    }
}

fn messages(value: &Value, people: &People<'_>) -> Vec<DraftMessage> {
    let comments = json::list(value, "comments");
    if !comments.is_empty() {
        return comments.iter().map(|comment| message(comment, people)).collect();
    }
    // Without its comments a ticket still has the text of the first one.
    let Some(description) = json::text(value, "description") else { return Vec::new() };
    let is_public = value.get("is_public").and_then(Value::as_bool) != Some(false);
    vec![DraftMessage {
        id: None,
        author: people.requester.person.clone(),
        is_staff: false,
        kind: if is_public { MessageKind::Reply } else { MessageKind::Note },
        bodies: vec![(description, BodyFormat::Text)],
        created_at: json::text(value, "created_at"),
        attachments: Vec::new(),
    }]
}

fn message(comment: &Value, people: &People<'_>) -> DraftMessage {
    // What does not say that it is public is not shown to a customer.
    let kind = match comment.get("public") {
        Some(Value::Bool(true)) => MessageKind::Reply,
        _ => MessageKind::Note,
    };
    let mut author = person(comment, "author", people.options);
    let is = |known: &Known| author.person.id.is_some() && author.person.id == known.person.id;
    let (is_requester, is_assignee) = (is(&people.requester), is(&people.assignee));
    // By role; or else notes are written by staff alone, and the assignee is staff.
    let is_staff = author.is_staff.unwrap_or(is_assignee || (kind == MessageKind::Note && !is_requester));
    for (same, known) in [(is_requester, &people.requester), (is_assignee, &people.assignee)] {
        if same && author.person.email.is_none() {
            author.person = known.person.clone();
        }
    }
    let body = |name, format| json::text(comment, name).map(|text| (text, format));
    let bodies = [body("html_body", BodyFormat::Html), body("plain_body", BodyFormat::Text), body("body", BodyFormat::Text)];
    DraftMessage {
        id: json::text(comment, "id"),
        author: author.person,
        is_staff,
        kind,
        bodies: bodies.into_iter().flatten().collect(),
        created_at: json::text(comment, "created_at"),
        attachments: json::list(comment, "attachments").iter().filter_map(|file| json::text(file, "file_name")).collect(),
    }
}
