//! What templates may print of a ticket and what happened on it.

use jiff::{Timestamp, tz::TimeZone};
use lambdesk_domain::{
    Brand, Event, EventKind, Language, Message, MessageKind, Metric, Person, RatingComment, ResolutionNote, TenantConfig, Ticket,
};
use minijinja::{Value, context};

/// What a mail is about.
pub(crate) struct About<'a> {
    pub(crate) config: &'a TenantConfig,
    pub(crate) brand: &'a Brand,
    pub(crate) ticket: &'a Ticket,
    pub(crate) person: &'a Person,
    pub(crate) message: Option<&'a Message>,
    pub(crate) author: Option<&'a Person>,
    pub(crate) rating_url: Option<String>,
    pub(crate) event: &'a Event,
    pub(crate) language: Language,
}

/// The values by the names that [`variables`](crate::template::variables::variables) lists.
pub(crate) fn of(about: &About<'_>) -> Value {
    let About { config, brand, ticket, person, message, author, rating_url, event, language } = about;
    context! {
        brand => brand.name.as_str(),
        person => person.display_name(),
        number => ticket.number.as_str(),
        subject => ticket.subject.as_str(),
        status => config.status_label(ticket.status),
        is_done => !ticket.status.is_open(),
        resolution_note => ticket.resolution_note.as_ref().map(ResolutionNote::as_str),
        rating_url => rating_url,
        promise => promise(event, *language),
        due => due(event, config, ticket),
        score => ticket.rating.as_ref().map(|rating| rating.score.get()),
        comment => ticket.rating.as_ref().and_then(|rating| rating.comment.as_ref()).map(RatingComment::as_str),
        reason => reason(event, *language),
        author => author.map_or_else(|| brand.name.as_str(), Person::display_name),
        is_note => message.is_some_and(|message| message.kind == MessageKind::Note),
        is_pending => message.is_some_and(|message| message.enclosed.pending),
        // Sanitised when it was written; the one value that is printed as it is.
        message_html => message.map(|message| Value::from_safe_string(message.body.html())),
        message_text => message.map(|message| message.body.text.as_str()),
    }
}

/// What was promised.
fn promise(event: &Event, language: Language) -> Option<&'static str> {
    let (EventKind::SlaWarned { metric, .. } | EventKind::SlaBreached { metric, .. }) = &event.kind else { return None };
    Some(match (metric, language) {
        (Metric::FirstResponse, Language::En) => "the first answer",
        (Metric::FirstResponse, Language::De) => "die erste Antwort",
        (Metric::NextResponse, Language::En) => "the next answer",
        (Metric::NextResponse, Language::De) => "die nächste Antwort",
        (Metric::Resolution, Language::En) => "the solution",
        (Metric::Resolution, Language::De) => "die Lösung",
    })
}

/// Why a reply was not sent.
fn reason(event: &Event, language: Language) -> Option<&'static str> {
    let EventKind::SendFailed { code, .. } = &event.kind else { return None };
    Some(match (code.as_str(), language) {
        ("answered", Language::En) => "the customer wrote in the meantime",
        ("answered", Language::De) => "in der Zwischenzeit ist eine Nachricht gekommen",
        ("ticket_deleted", Language::En) => "the ticket was deleted",
        ("ticket_deleted", Language::De) => "die Anfrage wurde gelöscht",
        ("merged", Language::En) => "the ticket was merged into another",
        ("merged", Language::De) => "die Anfrage wurde mit einer anderen zusammengeführt",
        ("not_allowed", Language::En) => "you may not reply to it any more",
        ("not_allowed", Language::De) => "Sie dürfen darauf nicht mehr antworten",
        (_, Language::En) => "the ticket does not allow it as it is now",
        (_, Language::De) => "die Anfrage lässt es nicht mehr zu, wie sie jetzt ist",
    })
}

/// The time that the event is about, on the clock of whose working hours count.
fn due(event: &Event, config: &TenantConfig, ticket: &Ticket) -> Option<String> {
    let at: Timestamp = match &event.kind {
        EventKind::SlaWarned { due_at, .. } => (*due_at)?,
        EventKind::SlaBreached { passed_at, .. } => *passed_at,
        EventKind::UnassignedTooLong { since } => *since,
        _ => return None,
    };
    let calendar = ticket.promise.as_ref().and_then(|promise| config.calendar(&promise.calendar.as_ref()?.0));
    let zone = calendar.map_or(TimeZone::UTC, |calendar| calendar.time_zone.zone().clone());
    Some(at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string())
}
