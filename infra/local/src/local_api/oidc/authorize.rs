//! The authorization endpoint: a page of people to be, or an answer at once for who is signed in already.

use axum::{
    extract::{Form, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lambdesk_domain::{EmailAddress, TenantId};
use serde::{Deserialize, Serialize};

use super::{
    CLIENT, SignIn,
    page::people,
    session::{Code, Member},
};
use crate::{gateway::problem::Problem, issuer::PATH, local_api::guard::is_loopback_origin};

const COOKIE: &str = "lambdesk_issuer";

/// What a client asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    client_id: String,
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    prompt: Option<String>,
}

/// Somebody was picked.
#[derive(Deserialize)]
pub(super) struct Picked {
    tenant: String,
    email: String,
    #[serde(flatten)]
    request: Request,
}

/// Where to after signing out.
#[derive(Deserialize)]
pub(super) struct SignedOut {
    post_logout_redirect_uri: Option<String>,
}

/// `GET …/authorize`.
pub(super) async fn ask(
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    Query(request): Query<Request>,
) -> Result<Response, Problem> {
    request.check_client()?;
    if let Some(error) = request.error() {
        return request.back(&[("error", error)], None);
    }
    let known = cookie(&headers).and_then(|cookie| sign_in.sessions.of(cookie));
    let prompt = request.prompt.as_deref().unwrap_or_default();
    match known {
        Some(member) if prompt == "none" => request.answer(&sign_in, member, None),
        _ if prompt == "none" => request.back(&[("error", "login_required")], None),
        _ => people(&sign_in.identity, &request).await,
    }
}

/// `POST …/authorize`, from the page.
pub(super) async fn pick(State(sign_in): State<SignIn>, Form(picked): Form<Picked>) -> Result<Response, Problem> {
    let Picked { tenant, email, request } = picked;
    request.check_client()?;
    if let Some(error) = request.error() {
        return request.back(&[("error", error)], None);
    }
    let (Ok(tenant), Ok(email)) = (TenantId::parse(tenant.trim()), EmailAddress::parse(email.trim())) else {
        return Err(Problem::not_found("This tenant has nobody with this address."));
    };
    if sign_in.identity.app.desk_of(&tenant).person_by_address(&email).await.is_err() {
        return Err(Problem::not_found("This tenant has nobody with this address."));
    }
    let member = Member { tenant, email };
    let cookie = sign_in.sessions.begin(member.clone());
    request.answer(&sign_in, member, Some(&cookie))
}

/// `GET …/logout`.
pub(super) async fn sign_out(
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    Query(signed_out): Query<SignedOut>,
) -> Result<Response, Problem> {
    if let Some(cookie) = cookie(&headers) {
        sign_in.sessions.end(cookie);
    }
    let to = signed_out.post_logout_redirect_uri.filter(|uri| is_ours(uri)).unwrap_or_else(|| "/".to_owned());
    redirect(&to, Some(&set_cookie("", 0)))
}

impl Request {
    /// Whoever is not a page of this machine is told so here, and sent nothing.
    fn check_client(&self) -> Result<(), Problem> {
        let refused = |detail| Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_request", detail));
        if self.client_id != CLIENT {
            return refused("There is no such client.");
        }
        if !is_ours(&self.redirect_uri) {
            return refused("Answers go to pages of this machine alone.");
        }
        Ok(())
    }

    /// What else is wrong, in the words of RFC 6749, section 4.1.2.1.
    fn error(&self) -> Option<&'static str> {
        if self.response_type != "code" {
            return Some("unsupported_response_type");
        }
        // 43 characters are what a SHA-256 in base64url has.
        let is_safe = self.code_challenge_method == "S256" && self.code_challenge.len() == 43;
        (!is_safe).then_some("invalid_request")
    }

    fn answer(&self, sign_in: &SignIn, member: Member, cookie: Option<&str>) -> Result<Response, Problem> {
        let code = sign_in.sessions.code(Code {
            member,
            redirect_uri: self.redirect_uri.clone(),
            challenge: self.code_challenge.clone(),
            nonce: self.nonce.clone(),
        });
        // Twelve hours, as long as the session.
        let cookie = cookie.map(|cookie| set_cookie(cookie, 12 * 60 * 60));
        self.back(&[("code", &code), ("iss", sign_in.identity.issuer.url())], cookie.as_deref())
    }

    fn back(&self, answer: &[(&str, &str)], cookie: Option<&str>) -> Result<Response, Problem> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        if !self.state.is_empty() {
            query.append_pair("state", &self.state);
        }
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        redirect(&format!("{}{separator}{}", self.redirect_uri, query.finish()), cookie)
    }

    /// The request once more, for the page's forms.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", &self.response_type),
            ("state", &self.state),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
            ("nonce", self.nonce.as_deref().unwrap_or_default()),
        ]
    }
}

/// Whether the address is one of a page of this machine, without a fragment.
fn is_ours(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let origin = HeaderValue::from_str(&format!("http://{host}"));
    !uri.contains('#') && !host.contains('@') && origin.is_ok_and(|origin| is_loopback_origin(&origin))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn set_cookie(value: &str, seconds: u32) -> String {
    format!("{COOKIE}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

fn redirect(to: &str, cookie: Option<&str>) -> Result<Response, Problem> {
    let to = HeaderValue::from_str(to);
    let to = to.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "invalid_request", "The address cannot be gone to."))?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, to);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_to_pages_of_this_machine_alone() {
        for good in ["http://127.0.0.1:3000/", "http://localhost:5173/signed-in?x=1"] {
            assert!(is_ours(good), "{good}");
        }
        for bad in [
            "https://evil.example/",
            "http://evil.example/",
            "http://localhost@evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost:3000/#x",
            "javascript:alert(1)",
            "//evil.example",
            "",
        ] {
            assert!(!is_ours(bad), "{bad}");
        }
    }
}
