//! How a desk's own words for mails come and go over the API.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{BrandId, Language, MailTemplate, Notice};
use lambdesk_function::ApiError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::template::{Words, check, variables::variables};

/// The words of a mail, as templates.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MailTemplate)]
pub(crate) struct TemplateView {
    pub(crate) notice: Notice,
    pub(crate) language: Language,
    /// The brand that it is for; null is all that have none of their own.
    pub(crate) brand: Option<BrandId>,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// Null where it is made from the text.
    pub(crate) html: Option<String>,
    /// Whether these are the built-in words.
    pub(crate) built_in: bool,
    /// The values that it may name; those in `_html` in its HTML alone.
    pub(crate) variables: Vec<&'static str>,
}

impl TemplateView {
    pub(crate) fn own(template: &MailTemplate) -> Self {
        Self::of(template.notice, template.language, template.brand.clone(), &Words::of(template), false)
    }

    pub(crate) fn built_in(notice: Notice, language: Language) -> Self {
        Self::of(notice, language, None, &crate::template::built_in(notice, language), true)
    }

    fn of(notice: Notice, language: Language, brand: Option<BrandId>, words: &Words<'_>, built_in: bool) -> Self {
        Self {
            notice,
            language,
            brand,
            subject: words.subject.to_owned(),
            text: words.text.to_owned(),
            html: words.html.map(str::to_owned),
            built_in,
            variables: variables(notice).iter().map(|variable| variable.name).collect(),
        }
    }
}

/// Refuses words that break the rules, and says where each does.
pub(crate) fn check(notice: Notice, words: &Words<'_>) -> Result<(), ApiError> {
    let faults = check::faults(notice, words);
    if faults.is_empty() { Ok(()) } else { Err(ApiError::invalid(faults)) }
}

/// A `{notice}` in a path; what is none is not there.
pub(crate) struct NoticePath(pub(crate) Notice);

impl<S: Send + Sync> FromRequestParts<S> for NoticePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(name) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        Notice::parse(&name).map(Self).map_err(|_| ApiError::not_found())
    }
}
