//! What templates may print of a ticket and what happened on it.

use lambdesk_domain::{Brand, Message, Person, ResolutionNote, TenantConfig, Ticket};
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
}

/// The values by the names that [`variables`](crate::template::variables::variables) lists.
pub(crate) fn of(about: &About<'_>) -> Value {
    let About { config, brand, ticket, person, message, author, rating_url } = about;
    context! {
        brand => brand.name.as_str(),
        person => person.display_name(),
        number => ticket.number.as_str(),
        subject => ticket.subject.as_str(),
        status => config.status_label(ticket.status),
        is_done => !ticket.status.is_open(),
        resolution_note => ticket.resolution_note.as_ref().map(ResolutionNote::as_str),
        rating_url => rating_url,
        author => author.map_or_else(|| brand.name.as_str(), Person::display_name),
        is_pending => message.is_some_and(|message| message.enclosed.pending),
        // Sanitised when it was written; the one value that is printed as it is.
        message_html => message.map(|message| Value::from_safe_string(message.body.html())),
        message_text => message.map(|message| message.body.text.as_str()),
    }
}
