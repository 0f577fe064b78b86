//! Pages that a mail's links open: small, without scripts, styles or anything from elsewhere.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use lambdesk_domain::{BrandId, Caller, Change, Context, DomainError, Language, LinkToken, Person, Ticket, TicketId, TicketRef};
use lambdesk_function::ApiError;
use lambdesk_platform::App;
use lambdesk_store::{Save, StoreError};
use minijinja::{Environment, context};

const PAGE: &str = include_str!("../templates/page.html");
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;

/// A page.
pub(crate) struct Page {
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) form: Option<Form>,
}

/// What a page lets its reader do: a form that is posted to the page's own address.
pub(crate) struct Form {
    /// Name, value and label of each button.
    pub(crate) buttons: Vec<(&'static str, String, String)>,
    /// The label of a field for a comment.
    pub(crate) comment: Option<&'static str>,
}

impl Page {
    /// The page as an answer. Its address is a key: it is passed on to nobody.
    pub(crate) fn answer(&self) -> Result<Response, ApiError> {
        let form = self.form.as_ref().map(|form| context! { buttons => form.buttons.clone(), comment => form.comment });
        let values = context! { language => self.language.as_str(), title => self.title, text => self.text.as_str(), form };
        let page = Environment::new()
            .template_from_named_str("page.html", PAGE)
            .and_then(|template| template.render(values))
            .map_err(|error| ApiError::internal(error.to_string()))?;
        let mut response = Html(page).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
        Ok(response)
    }
}

/// Whoever holds the link, and what they may do by it.
pub(crate) struct Holder {
    pub(crate) token: LinkToken,
    pub(crate) person: Person,
}

impl Holder {
    /// Reads a link; one that is not ours, is over, or was for somebody who is gone is not there.
    pub(crate) async fn of(app: &App, token: &str) -> Result<Self, ApiError> {
        let token = app.read_link(token).ok_or_else(ApiError::not_found)?;
        let person = app.desk_of(&token.tenant).person(token.person).await?;
        Ok(Self { token, person })
    }

    /// The language that the person chose; where they chose none, that of their mails: the language of the ticket's brand, or of
    /// the desk's first where the link is about no ticket.
    pub(crate) async fn language(&self, app: &App, ticket: Option<TicketId>) -> Result<Language, ApiError> {
        if let Some(language) = self.person.language {
            return Ok(language);
        }
        let config = app.desk_of(&self.token.tenant).config().await?;
        let brand = match ticket {
            Some(ticket) => Some(self.ticket(app, ticket).await?.brand),
            None => None,
        };
        let of = |brand: &BrandId| config.brand(brand).map(|brand| brand.language);
        Ok(brand.as_ref().and_then(of).or_else(|| of(&config.default_brand)).unwrap_or(Language::En))
    }

    pub(crate) async fn ticket(&self, app: &App, id: TicketId) -> Result<Ticket, ApiError> {
        Ok(app.desk_of(&self.token.tenant).ticket(&TicketRef::Id(id)).await?)
    }

    /// Changes a ticket as the person, who may do no more than a customer, whoever they are.
    pub(crate) async fn change(
        &self,
        app: &App,
        ticket: TicketId,
        decide: impl Fn(Ticket, &mut Context<'_>) -> Result<Change, DomainError>,
    ) -> Result<(), ApiError> {
        let caller = Caller::by_mail(&self.person, &self.token.tenant);
        let desk = app.desk(&caller);
        for _ in 0..TRIES {
            let ticket = self.ticket(app, ticket).await?;
            let config = desk.config_for(&ticket).await?;
            let change = app.act(&caller, &config, |ctx| decide(ticket, ctx))?;
            let save = Save::of(&change, &config, app.now());
            match desk.save(save).await {
                Err(StoreError::Stale) => {}
                saved => return Ok(saved?),
            }
        }
        Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
    }
}
