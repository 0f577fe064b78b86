//! The words of mails: built in, or the desk's own; what they may hold; and how they become a mail's text.

mod built_in;
pub(crate) mod check;
mod render;
pub(crate) mod variables;

use lambdesk_domain::{BrandId, Language, MailTemplate, Notice};

pub(crate) use self::{
    built_in::built_in,
    render::{Frame, Rendered, render},
};

/// The words of a mail, as templates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    /// Of which mail.
    pub(crate) notice: Notice,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    /// Made from the text where there is none.
    pub(crate) html: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// The words of a template.
    pub(crate) fn of(template: &'a MailTemplate) -> Self {
        Self { notice: template.notice, subject: &template.subject, text: &template.text, html: template.html.as_deref() }
    }

    /// The desk's own words for a mail, or the built-in ones.
    pub(crate) fn choose(own: &'a [MailTemplate], notice: Notice, brand: &BrandId, language: Language) -> Self {
        MailTemplate::choose(own, notice, brand, language).map_or_else(|| built_in(notice, language), Self::of)
    }
}
