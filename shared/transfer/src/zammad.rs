//! Zammad: tickets as its API gives them with `expand=true`, each with its `articles`.

use lambdesk_domain::{BodyFormat, Channel, EmailAddress, FieldError, MessageKind, Priority, Status};
use serde_json::Value;

use crate::{
    Options,
    draft::{Draft, DraftMessage, DraftPerson, Manner},
    json,
};

/// Reads one ticket.
pub(crate) fn draft(value: &Value, options: &Options) -> Draft {
    let text = |name| json::text(value, name);
    let articles = json::list(value, "articles");
    let requester = requester(value, articles, options);
    let owner = person(value, "owner");
    let mut draft = Draft {
        manner: Manner::Lenient,
        id: text("id").unwrap_or_default(),
        subject: text("title").unwrap_or_default(),
        channel: Some(channel(value, articles)),
        team: json::named(value, "group"),
        organization: json::named(value, "organization"),
        tags: tags(value),
        created_at: text("created_at"),
        updated_at: text("updated_at"),
        closed_at: text("close_at"),
        messages: articles.iter().map(|article| message(article, &requester)).collect(),
        ..Draft::default()
    };
    draft.status = status(value, owner.email.is_some(), options, &mut draft);
    draft.priority = priority(value, options, &mut draft);
    draft.assignee = owner.email;
    draft.requester = requester;
    // What people know the ticket by; its identifier is in addresses alone.
    draft.fields.extend(text("number").map(|number| ("source_number".to_owned(), Value::String(number))));
    for (theirs, ours) in &options.fields {
        draft.fields.extend(value.get(theirs).map(|value| (ours.clone(), json::field(value))));
    }
    draft
}

/// A person as an object, or as the login, which is an address for most.
fn person(value: &Value, name: &str) -> DraftPerson {
    let Some(given) = value.get(name) else { return DraftPerson::default() };
    if given.is_object() {
        let names = [json::text(given, "firstname"), json::text(given, "lastname")];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        return DraftPerson { id: json::text(given, "id"), email: json::text(given, "email"), name: Some(name) };
    }
    // Nobody is written as "-".
    let email = json::as_text(given).filter(|login| login.contains('@'));
    DraftPerson { id: json::text(value, &format!("{name}_id")), email, name: None }
}

/// The customer, with the name that they sign with.
fn requester(value: &Value, articles: &[Value], options: &Options) -> DraftPerson {
    let mut requester = person(value, "customer");
    if let Some(known) = options.directory.person(requester.id.as_deref()) {
        requester.email = requester.email.or_else(|| known.person.email.clone());
        requester.name = requester.name.or_else(|| known.person.name.clone());
    }
    let of_customer = articles.iter().filter(|article| json::text(article, "sender").as_deref() == Some("Customer"));
    for signed in of_customer.filter_map(|article| mailbox(&json::text(article, "from")?)) {
        let is_theirs = requester.email.as_deref().is_none_or(|email| email.eq_ignore_ascii_case(&signed.0));
        if is_theirs {
            requester.email = Some(signed.0);
            requester.name = requester.name.filter(|name| !name.is_empty()).or(signed.1);
            break;
        }
    }
    requester
}

/// The address and the name in `Nicole Braun <nicole@example.com>`.
fn mailbox(from: &str) -> Option<(String, Option<String>)> {
    let (name, address) = match from.rsplit_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"').trim(), rest.split('>').next().unwrap_or_default()),
        None => ("", from),
    };
    let address = EmailAddress::parse(address).ok()?;
    Some((address.into(), (!name.is_empty()).then(|| name.to_owned())))
}

fn status(value: &Value, is_taken: bool, options: &Options, draft: &mut Draft) -> Option<Status> {
    let word = json::named(value, "state")?;
    if let Some(status) = options.statuses.get(&word) {
        return Some(*status);
    }
    Some(match word.as_str() {
        "open" if is_taken => Status::InProgress,
        "new" | "open" => Status::New,
        "pending reminder" => Status::Pending,
        // Its work is done, and it closes by itself.
        "pending close" => Status::Resolved,
        "closed" => Status::Closed,
        "merged" => {
            draft.tags.push("merged".to_owned());
            Status::Closed
        }
        "removed" => {
            draft.wrong.push(FieldError::new("status", "deleted", "was deleted there"));
            return None;
        }
        _ => {
            let words = "new, open, pending reminder, pending close, closed, merged";
            let message = format!("must be one of {words}, or a word that the import translates");
            draft.wrong.push(FieldError::new("status", "unknown", message));
            return None;
        }
    })
}

fn priority(value: &Value, options: &Options, draft: &mut Draft) -> Option<Priority> {
    let word = json::named(value, "priority")?;
    let priority = options.priorities.get(&word).copied().or(match word.as_str() {
        "1 low" => Some(Priority::Low),
        "2 normal" => Some(Priority::Medium),
        "3 high" => Some(Priority::High),
        _ => None,
    });
    if priority.is_none() {
        let message = "must be one of 1 low, 2 normal, 3 high, or a word that the import translates";
        draft.wrong.push(FieldError::new("priority", "unknown", message));
    }
    priority
}

fn channel(value: &Value, articles: &[Value]) -> Channel {
    let of_first = || articles.first().and_then(|article| json::text(article, "type"));
    let word = json::text(value, "create_article_type").or_else(of_first).unwrap_or_default();
    match word.as_str() {
        "email" => Channel::Email,
        "phone" => Channel::Phone,
        "web" => Channel::Portal,
        "chat" | "sms" => Channel::Chat,
        word if ["facebook", "twitter", "telegram", "whatsapp"].iter().any(|service| word.starts_with(service)) => Channel::Chat,
        _ => Channel::Api,
    }
}

fn tags(value: &Value) -> Vec<String> {
    match value.get("tags") {
        Some(Value::String(tags)) => tags.split(',').map(str::to_owned).filter(|tag| !tag.trim().is_empty()).collect(),
        _ => json::list(value, "tags").iter().filter_map(json::as_text).collect(),
    }
}

fn message(article: &Value, requester: &DraftPerson) -> DraftMessage {
    let sender = json::text(article, "sender").unwrap_or_default();
    let is_staff = sender != "Customer";
    // What does not say that it is public is not shown to a customer.
    let kind = match article.get("internal") {
        Some(Value::Bool(false)) => MessageKind::Reply,
        _ => MessageKind::Note,
    };
    let is_html = json::text(article, "content_type").is_some_and(|kind| kind.starts_with("text/html"));
    let body = json::text(article, "body").unwrap_or_default();
    DraftMessage {
        id: json::text(article, "id"),
        author: author(article, &sender, requester),
        is_staff,
        kind,
        bodies: if is_html {
            vec![(body.clone(), BodyFormat::Html), (body, BodyFormat::Text)]
        } else {
            vec![(body, BodyFormat::Text)]
        },
        created_at: json::text(article, "created_at"),
        attachments: json::list(article, "attachments").iter().filter_map(|file| json::text(file, "filename")).collect(),
    }
}

/// An agent's mail is from the group's address, so who made it is the author; a customer's call is made by an agent, so who it
/// is from is.
fn author(article: &Value, sender: &str, requester: &DraftPerson) -> DraftPerson {
    let id = json::text(article, "origin_by_id").or_else(|| json::text(article, "created_by_id"));
    let from = json::text(article, "from");
    let signed = from.as_deref().and_then(mailbox);
    let name = signed.as_ref().and_then(|(_, name)| name.clone());
    match sender {
        "Customer" => match signed {
            Some((email, name)) => DraftPerson { id: None, email: Some(email), name },
            None => requester.clone(),
        },
        "Agent" => {
            let login = json::text(article, "created_by").filter(|login| login.contains('@'));
            let plain_name = from.filter(|from| !from.contains('@'));
            DraftPerson { id, email: login.or_else(|| signed.map(|(email, _)| email)), name: name.or(plain_name) }
        }
        _ => DraftPerson::default(),
    }
}
