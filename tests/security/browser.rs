//! Signing in with a browser: the authorization code flow of the local identity provider, and what must not get through it.

use axum::http::{Method, StatusCode};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, Desk, Session};

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123";
const BACK: &str = "http://127.0.0.1:3000/signed-in";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn request<'a>(challenge: &'a str, more: &[(&'a str, &'a str)]) -> String {
    let mut pairs = vec![
        ("client_id", "lambdesk-console"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("state", "s&1"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("nonce", "n"),
    ];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    encoded(&pairs)
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()))
}

async fn authorize(by: &Session, query: &str, cookie: &str) -> Answer {
    by.send(Method::GET, &format!("/local/oidc/authorize?{query}"), &[("cookie", cookie)], None).await
}

async fn pick(by: &Session, email: &str, headers: &[(&str, &str)]) -> Answer {
    let body = request(&challenge(), &[("tenant", "demo"), ("email", email)]);
    let mut all = vec![FORM];
    all.extend_from_slice(headers);
    by.send_raw(Method::POST, "/local/oidc/authorize", &all, body).await
}

async fn exchange(by: &Session, pairs: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", "lambdesk-console")];
    all.extend_from_slice(pairs);
    by.send_raw(Method::POST, "/local/oidc/token", &[FORM], encoded(&all)).await
}

/// What the address that somebody is sent to says.
fn told(answer: &Answer, name: &str) -> String {
    let (to, query) = answer.header("location").split_once('?').expect("a query");
    assert_eq!((answer.status, to), (StatusCode::SEE_OTHER, BACK));
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn code_of(by: &Session, email: &str) -> String {
    told(&pick(by, email, &[]).await, "code")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_becomes_tokens_once_and_they_are_renewed() {
    let desk = Desk::start().await;
    let nobody = desk.client.anonymous();
    let page = authorize(&nobody, &request(&challenge(), &[]), "").await;
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(html.contains("ada@demo.test") && html.contains("s&amp;1"), "{html}");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));

    let picked = pick(&nobody, "ada@demo.test", &[]).await;
    assert_eq!(told(&picked, "state"), "s&1");
    let code = told(&picked, "code");
    let grant = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let tokens = exchange(&nobody, &grant).await.expect(StatusCode::OK);
    let me = async |tokens: &Value| {
        let by = desk.client.with_credential(tokens["access_token"].as_str().unwrap());
        by.get("/v1/me").await.expect(StatusCode::OK)["role"].clone()
    };
    assert_eq!(me(&tokens).await, "agent");
    assert_eq!(exchange(&nobody, &grant).await.expect(StatusCode::BAD_REQUEST)["error"], "invalid_grant", "once");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let renew = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let renewed = exchange(&nobody, &renew).await.expect(StatusCode::OK);
    assert_eq!(me(&renewed).await, "agent");
    assert_eq!(exchange(&nobody, &renew).await.expect(StatusCode::BAD_REQUEST)["error"], "invalid_grant", "once");

    // Who is signed in need not pick again; and no longer, once they have left.
    let cookie = picked.header("set-cookie").split(';').next().unwrap().to_owned();
    let silent = request(&challenge(), &[("prompt", "none")]);
    assert!(!told(&authorize(&nobody, &silent, &cookie).await, "code").is_empty());
    assert_eq!(told(&authorize(&nobody, &silent, "").await, "error"), "login_required");
    nobody.send(Method::GET, "/local/oidc/logout", &[("cookie", &cookie)], None).await;
    assert_eq!(told(&authorize(&nobody, &silent, &cookie).await, "error"), "login_required");
    let last = [("grant_type", "refresh_token"), ("refresh_token", renewed["refresh_token"].as_str().unwrap())];
    assert_eq!(exchange(&nobody, &last).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_who_asked_for_it() {
    let desk = Desk::start().await;
    let nobody = desk.client.anonymous();
    for wrong in [
        vec![("code_verifier", "another-verifier-of-at-least-forty-three-characters"), ("redirect_uri", BACK)],
        vec![("code_verifier", VERIFIER), ("redirect_uri", "http://127.0.0.1:3000/elsewhere")],
    ] {
        let code = code_of(&nobody, "ada@demo.test").await;
        let mut grant = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
        grant.extend(wrong);
        assert_eq!(exchange(&nobody, &grant).await.expect(StatusCode::BAD_REQUEST)["error"], "invalid_grant");
    }
    let late = code_of(&nobody, "ada@demo.test").await;
    desk.advance("PT2M").await;
    let grant = [("grant_type", "authorization_code"), ("code", &late), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    assert_eq!(exchange(&nobody, &grant).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_elsewhere_and_nothing_taken_from_there() {
    let desk = Desk::start().await;
    let nobody = desk.client.anonymous();
    for back in ["https://evil.example/", "http://localhost@evil.example/", "http://127.0.0.1.evil.example/"] {
        let refused = authorize(&nobody, &request(&challenge(), &[("redirect_uri", back)]), "").await;
        refused.problem(StatusCode::BAD_REQUEST);
    }
    authorize(&nobody, &request(&challenge(), &[("client_id", "other")]), "").await.problem(StatusCode::BAD_REQUEST);
    let without_proof = authorize(&nobody, &request("", &[("code_challenge_method", "plain")]), "").await;
    assert_eq!(told(&without_proof, "error"), "invalid_request");
    pick(&nobody, "ada@demo.test", &[("origin", "https://evil.example")]).await.problem(StatusCode::FORBIDDEN);
    pick(&nobody, "nobody@demo.test", &[]).await.problem(StatusCode::NOT_FOUND);
}
