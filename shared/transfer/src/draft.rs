//! A ticket as a source wrote it, before anything is checked. The formats fill it in; one set of rules reads it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil, tz::TimeZone};
use lambdesk_domain::{
    Body, BodyFormat, Channel, EmailAddress, FieldError, FileName, MessageKind, Name, ParseError, Priority, Status, Subject, Tag,
    ticket::{too_many_tags, wrong_fields},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::the_first,
    ticket::{ExternalId, ImportedAuthor, ImportedMessage, ImportedRequester, ImportedTicket},
};

/// What to do with a value that does not fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Refuse it: whoever wrote the file can correct it, and an odd value is often a column that slipped.
    #[default]
    Strict,
    /// Make it fit and say so: nobody can correct the export of another desk, and a subject of 300 characters is no reason to
    /// lose a ticket.
    Lenient,
}

#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) manner: Manner,
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Priority>,
    pub(crate) category: Option<String>,
    pub(crate) brand: Option<String>,
    pub(crate) channel: Option<Channel>,
    pub(crate) requester: DraftPerson,
    pub(crate) assignee: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) created_at: Option<String>,
    pub(crate) updated_at: Option<String>,
    pub(crate) resolved_at: Option<String>,
    pub(crate) closed_at: Option<String>,
    pub(crate) messages: Vec<DraftMessage>,
    /// What the format found wrong already.
    pub(crate) wrong: Vec<FieldError>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DraftPerson {
    pub(crate) id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
}

#[derive(Debug)]
pub(crate) struct DraftMessage {
    pub(crate) id: Option<String>,
    pub(crate) author: DraftPerson,
    pub(crate) is_staff: bool,
    pub(crate) kind: MessageKind,
    /// The text in every way the source gives it, the best first.
    pub(crate) bodies: Vec<(String, BodyFormat)>,
    pub(crate) created_at: Option<String>,
    pub(crate) attachments: Vec<String>,
}

impl Draft {
    /// Reads all of it, or says all that is wrong.
    pub(crate) fn check(mut self) -> Result<ImportedTicket, Vec<FieldError>> {
        let mut check = Check { manner: self.manner, wrong: std::mem::take(&mut self.wrong), adjusted: Vec::new() };
        let external_id = check.required("external_id", Some(&self.id), ExternalId::parse);
        let subject = check.subject(&self.subject);
        let requester_email = check.required("requester.email", self.requester.email.as_deref(), EmailAddress::parse);
        let requester_name = check.name("requester.name", self.requester.name.as_deref());
        let assignee = check.address("assignee", self.assignee.as_deref());
        let tags = check.tags(&self.tags);
        let fields = check.fields(std::mem::take(&mut self.fields));
        let category = check.name("category", self.category.as_deref());
        let brand = check.name("brand", self.brand.as_deref());
        let team = check.name("team", self.team.as_deref());
        let organization = check.name("organization", self.organization.as_deref());
        let created_at = check.required("created_at", self.created_at.as_deref(), time);
        let status = self.status.unwrap_or(Status::New);
        let times = check.times(status, created_at, &self);
        let mut messages = check.messages(&self.messages);
        // Stable: messages of the same moment stay as they were.
        messages.sort_by_key(|message| message.created_at);

        let (Some(external_id), Some(subject), Some(email), Some(created_at), true) =
            (external_id, subject, requester_email, created_at, check.wrong.is_empty())
        else {
            return Err(check.wrong);
        };
        Ok(ImportedTicket {
            external_id,
            subject,
            status,
            priority: self.priority.unwrap_or(Priority::Medium),
            category,
            brand,
            channel: self.channel.unwrap_or(Channel::Api),
            requester: ImportedRequester { email, name: requester_name },
            assignee,
            team,
            organization,
            tags,
            fields,
            created_at,
            updated_at: times.updated_at,
            resolved_at: times.resolved_at,
            closed_at: times.closed_at,
            messages,
            adjusted: the_first(check.adjusted),
        })
    }
}

#[derive(Default)]
struct Times {
    updated_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

struct Check {
    manner: Manner,
    wrong: Vec<FieldError>,
    adjusted: Vec<FieldError>,
}

impl Check {
    fn lenient(&self) -> bool {
        self.manner == Manner::Lenient
    }

    fn required<T>(&mut self, path: &str, text: Option<&str>, parse: fn(&str) -> Result<T, ParseError>) -> Option<T> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.wrong.push(FieldError::new(path, "missing", "must be given"));
        }
        self.strict(path, text?, parse)
    }

    fn strict<T>(&mut self, path: &str, text: &str, parse: fn(&str) -> Result<T, ParseError>) -> Option<T> {
        parse(text).map_err(|error| self.wrong.push(FieldError::new(path, "invalid", error.0))).ok()
    }

    /// Refuses a value, or says what became of it.
    fn unfit(&mut self, path: impl Into<String>, error: &ParseError, done: &str) {
        // The name of a custom field is part of it.
        let path: String = path.into().chars().take(100).collect();
        if self.lenient() {
            self.adjusted.push(FieldError::new(path, "adjusted", format!("{}; {done}", error.0)));
        } else {
            self.wrong.push(FieldError::new(path, "invalid", error.0.clone()));
        }
    }

    fn subject(&mut self, text: &str) -> Option<Subject> {
        match Subject::parse(text) {
            Ok(subject) => Some(subject),
            Err(error) => {
                self.unfit("subject", &error, "it was made to fit");
                let fitted = Subject::parse(&fitted(text, 250)).or_else(|_| Subject::parse("(no subject)"));
                fitted.ok().filter(|_| self.lenient())
            }
        }
    }

    fn name(&mut self, path: &str, text: Option<&str>) -> Option<Name> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        match Name::parse(text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.unfit(path, &error, "it was made to fit");
                Name::parse(&fitted(text, 120)).ok()
            }
        }
    }

    fn address(&mut self, path: &str, text: Option<&str>) -> Option<EmailAddress> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        EmailAddress::parse(text).map_err(|error| self.unfit(path, &error, "it was left out")).ok()
    }

    fn tags(&mut self, texts: &[String]) -> BTreeSet<Tag> {
        let mut tags = BTreeSet::new();
        for (place, text) in texts.iter().enumerate() {
            let text = if self.lenient() { text.trim().replace([' ', '\t', ','], "_") } else { text.clone() };
            match Tag::parse(&text) {
                Ok(tag) => drop(tags.insert(tag)),
                Err(error) => self.unfit(format!("tags[{place}]"), &error, "it was left out"),
            }
        }
        if let Some(error) = too_many_tags(&tags) {
            self.unfit("tags", &ParseError(error.message), "the first 50 were kept");
            tags = tags.into_iter().take(50).collect();
        }
        tags
    }

    fn fields(&mut self, mut fields: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        fields.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
        let wrong = wrong_fields(&fields, None);
        if !self.lenient() {
            self.wrong.extend(wrong);
            return fields;
        }
        for error in wrong {
            match error.path.strip_prefix("fields.") {
                Some(name) => drop(fields.remove(name)),
                None => self.keep_what_fits(&mut fields),
            }
            self.unfit(error.path, &ParseError(error.message), "it was left out");
        }
        fields
    }

    fn keep_what_fits(&self, fields: &mut BTreeMap<String, Value>) {
        let mut bytes = 0;
        let mut count = 0;
        fields.retain(|name, value| {
            let size = name.len() + value.as_str().map_or(8, str::len);
            let fits = count < 50 && bytes + size <= 16 * 1024;
            if fits {
                bytes += size;
                count += 1;
            }
            fits
        });
    }

    fn later(&mut self, path: &str, text: Option<&str>, created_at: Option<Timestamp>) -> Option<Timestamp> {
        let at = self.strict(path, text.filter(|text| !text.trim().is_empty())?, time)?;
        let created_at = created_at?;
        if at < created_at {
            let error = ParseError("must not be before created_at".to_owned());
            self.unfit(path, &error, "created_at was taken");
        }
        Some(at.max(created_at))
    }

    fn times(&mut self, status: Status, created_at: Option<Timestamp>, draft: &Draft) -> Times {
        let updated_at = self.later("updated_at", draft.updated_at.as_deref(), created_at);
        let resolved_at = self.later("resolved_at", draft.resolved_at.as_deref(), created_at);
        let closed_at = self.later("closed_at", draft.closed_at.as_deref(), created_at);
        let last = updated_at.or(created_at);
        // A ticket that was taken up again still says in some desks when it was resolved before.
        let (resolved_at, closed_at) = match status {
            Status::Resolved => (resolved_at.or(last), None),
            Status::Closed => (resolved_at, closed_at.or(last).max(resolved_at)),
            _ => (None, None),
        };
        Times { updated_at, resolved_at, closed_at }
    }

    fn messages(&mut self, drafts: &[DraftMessage]) -> Vec<ImportedMessage> {
        drafts.iter().enumerate().filter_map(|(place, draft)| self.message(&format!("messages[{place}]"), draft)).collect()
    }

    fn message(&mut self, path: &str, draft: &DraftMessage) -> Option<ImportedMessage> {
        let id = draft.id.as_deref().filter(|id| !id.trim().is_empty());
        let external_id = id.and_then(|id| self.strict(&format!("{path}.external_id"), id, ExternalId::parse));
        let email = self.address(&format!("{path}.author.email"), draft.author.email.as_deref());
        let name = self.name(&format!("{path}.author.name"), draft.author.name.as_deref());
        let created_at = self.required(&format!("{path}.created_at"), draft.created_at.as_deref(), time);
        let body = self.body(&format!("{path}.body"), &draft.bodies);
        Some(ImportedMessage {
            external_id,
            author: ImportedAuthor {
                external_id: draft.author.id.as_deref().and_then(|id| ExternalId::parse(id).ok()),
                email,
                name,
                is_staff: draft.is_staff,
            },
            kind: draft.kind,
            body: body?,
            created_at: created_at?,
            attachments: draft.attachments.iter().map(|name| FileName::safe(name)).collect(),
        })
    }

    fn body(&mut self, path: &str, bodies: &[(String, BodyFormat)]) -> Option<Body> {
        if !self.lenient() {
            let (source, format) = bodies.first()?;
            return Body::parse(source, *format).map_err(|error| self.unfit(path, &error, "")).ok();
        }
        // As with mail: strangers wrote these too, and pictures from elsewhere must not be asked for.
        for (place, (source, format)) in bodies.iter().enumerate() {
            if let Some((body, is_cut)) = Body::from_mail(source, *format) {
                let error = ParseError("is too long or cannot be read within reason".to_owned());
                if is_cut {
                    self.unfit(path, &error, "the beginning was kept");
                } else if place > 0 && !bodies[0].0.trim().is_empty() {
                    self.unfit(path, &error, "the plain text was taken");
                }
                return Some(body);
            }
        }
        let error = ParseError("has nothing to see".to_owned());
        self.unfit(path, &error, "a placeholder was taken");
        Body::parse("(no text)", BodyFormat::Text).ok()
    }
}

/// One line of a text, cut to so many characters.
fn fitted(text: &str, max: usize) -> String {
    let line = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    line.collect::<Vec<_>>().join(" ").chars().take(max).collect()
}

/// A time: RFC 3339, or a date with or without a time of day, which is in UTC.
pub(crate) fn time(text: &str) -> Result<Timestamp, ParseError> {
    let text = text.trim();
    let in_utc = || text.parse::<civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    let at = text.parse::<Timestamp>().ok().or_else(in_utc);
    // Later is a mistake, and would stand at the head of every list for ever.
    at.filter(|at| (0..4_102_444_800).contains(&at.as_second()))
        .ok_or_else(|| ParseError("must be a time between 1970 and 2100, such as 2024-05-01T10:00:00Z".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(manner: Manner) -> Draft {
        Draft {
            manner,
            id: "1".to_owned(),
            subject: "Printer".to_owned(),
            requester: DraftPerson { email: Some("ada@demo.test".to_owned()), ..DraftPerson::default() },
            created_at: Some("2024-05-01T10:00:00Z".to_owned()),
            ..Draft::default()
        }
    }

    fn message(body: &str, format: BodyFormat) -> DraftMessage {
        DraftMessage {
            id: None,
            author: DraftPerson::default(),
            is_staff: false,
            kind: MessageKind::Reply,
            bodies: vec![(body.to_owned(), format)],
            created_at: Some("2024-05-01".to_owned()),
            attachments: Vec::new(),
        }
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let wrong = Draft {
            id: "a b".to_owned(),
            subject: "two\nlines".to_owned(),
            requester: DraftPerson { email: Some("nobody".to_owned()), ..DraftPerson::default() },
            assignee: Some("nobody".to_owned()),
            tags: vec!["ok".to_owned(), "x".repeat(51)],
            created_at: Some("yesterday".to_owned()),
            messages: vec![message("ok", BodyFormat::Text), DraftMessage { created_at: None, ..message(" ", BodyFormat::Text) }],
            ..draft(Manner::Strict)
        }
        .check()
        .expect_err("all is wrong");
        let paths: Vec<_> = wrong.iter().map(|error| error.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "external_id",
                "subject",
                "requester.email",
                "assignee",
                "tags[1]",
                "created_at",
                "messages[1].created_at",
                "messages[1].body"
            ]
        );
    }

    #[test]
    fn what_another_desk_wrote_is_made_to_fit_and_told() {
        let ticket = Draft {
            subject: format!("a\tb {}", "x".repeat(300)),
            assignee: Some("-".to_owned()),
            tags: vec!["two words".to_owned(), String::new()],
            fields: BTreeMap::from([("ä".to_owned(), Value::from(1)), ("ok".to_owned(), Value::from("yes"))]),
            updated_at: Some("2020-01-01".to_owned()),
            messages: vec![message("<script>1</script>", BodyFormat::Html), message("a\0b", BodyFormat::Text)],
            ..draft(Manner::Lenient)
        }
        .check()
        .expect("all is made to fit");
        assert_eq!(ticket.subject.as_str().chars().count(), 250);
        assert_eq!(ticket.tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["two_words"]);
        assert_eq!(ticket.fields.keys().collect::<Vec<_>>(), ["ok"]);
        assert_eq!(ticket.updated_at, Some(ticket.created_at));
        assert_eq!(ticket.messages[0].body.text, "(no text)");
        assert_eq!(ticket.messages[1].body.text, "ab");
        let paths: Vec<_> = ticket.adjusted.iter().map(|error| error.path.as_str()).collect();
        assert_eq!(paths, ["subject", "assignee", "tags[1]", "fields.ä", "updated_at", "messages[0].body"]);
    }

    #[test]
    fn the_times_agree_with_the_status() {
        let with = |status| Draft {
            status: Some(status),
            updated_at: Some("2024-06-01".to_owned()),
            resolved_at: Some("2024-07-01".to_owned()),
            ..draft(Manner::Strict)
        };
        let times = |status| with(status).check().map(|ticket| (ticket.resolved_at.is_some(), ticket.closed_at)).expect("fits");
        assert_eq!(times(Status::InProgress), (false, None));
        assert_eq!(times(Status::Resolved), (true, None));
        assert_eq!(times(Status::Closed), (true, time("2024-07-01").ok()), "not closed before it was resolved");
    }

    #[test]
    fn times_have_few_spellings() {
        for text in ["2024-05-01T10:00:00Z", "2024-05-01 10:00", "2024-05-01T12:00:00+02:00", " 2024-05-01T10:00:00.000Z "] {
            assert_eq!(time(text).map(|at| at.to_string()), Ok("2024-05-01T10:00:00Z".to_owned()), "{text}");
        }
        for text in ["", "01/05/2024", "1969-12-31", "2100-01-01", "9999-12-31T23:59:59Z", "now"] {
            assert!(time(text).is_err(), "{text} was taken");
        }
    }
}
