//! E and tokens: who gets in, and who must not.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Desk, Session, eventually, text};

/// Claims of a good token for demo's Ada, to be bent.
async fn claims(desk: &Desk) -> Value {
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let token = ada.authorization.unwrap();
    let payload = token.split('.').nth(1).expect("a token").to_owned();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn with(desk: &Desk, claims: &Value, changes: &Value, header: &Value) -> Session {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    desk.client.with_credential(&desk.local.issuer().sign(&claims, header))
}

#[tokio::test(flavor = "multi_thread")]
async fn jwt_a_token_must_be_ours_for_us_and_of_now() {
    let desk = Desk::start().await;
    let good = claims(&desk).await;
    let now = good["iat"].as_i64().unwrap();
    with(&desk, &good, &json!({}), &json!({})).get("/v1/me").await.expect(StatusCode::OK);
    let wrong_claims = [
        json!({ "iss": "https://evil.test" }),
        json!({ "iss": null }),
        json!({ "aud": "another-app" }),
        json!({ "aud": null }),
        json!({ "exp": now - 3600 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 3600 }),
        json!({ "iat": now + 3600 }),
        json!({ "tenant": null }),
        json!({ "tenant": "demo#ticket" }),
        json!({ "person": null }),
        json!({ "person": "ada@demo.test" }),
        json!({ "role": "superuser" }),
        json!({ "role": null }),
        json!({ "brands": "K A" }),
    ];
    for changes in wrong_claims {
        let answer = with(&desk, &good, &changes, &json!({})).get("/v1/me").await;
        assert_eq!(answer.problem(StatusCode::UNAUTHORIZED)["code"], "unauthenticated", "{changes}");
        desk.advance("PT2M").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jwt_the_algorithm_and_the_key_are_not_the_senders_choice() {
    let desk = Desk::start().await;
    let good = claims(&desk).await;
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES384" }),
        json!({ "kid": "another" }),
        json!({ "kid": null }),
    ] {
        let answer = with(&desk, &good, &json!({}), &header).get("/v1/me").await;
        answer.problem(StatusCode::UNAUTHORIZED);
    }
    let token = desk.local.issuer().sign(&good, &json!({}));
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    let mut admin = good.clone();
    admin["role"] = json!("admin");
    parts[1] = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, admin.to_string());
    for forged in [unsigned, parts.join("."), "a.b.c".to_owned(), String::new(), "..".to_owned()] {
        desk.client.with_credential(&forged).get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
    }
    // The published key used as an HMAC secret: the classic confusion.
    let jwks = desk.client.anonymous().get("/local/oidc/jwks").await;
    if jwks.status == StatusCode::OK {
        let header = json!({ "alg": "HS256", "typ": "JWT", "kid": jwks.json()["keys"][0]["kid"] });
        let encode = |value: &Value| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, value.to_string());
        let forged = format!("{}.{}.{}", encode(&header), encode(&good), encode(&jwks.json()["keys"][0]["x"]));
        desk.client.with_credential(&forged).get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jwt_keys_rotate_and_withdrawn_ones_stop_working() {
    let desk = Desk::start().await;
    let before = desk.sign_in("demo", "ada@demo.test").await;
    before.get("/v1/me").await.expect(StatusCode::OK);
    let good = claims(&desk).await;
    desk.local.issuer().rotate(true).expect("a new key");
    let advance =
        async |by: &str| desk.client.anonymous().post("/local/clock", json!({ "advance": by })).await.expect(StatusCode::OK);
    advance("PT1M").await;
    with(&desk, &good, &json!({}), &json!({})).get("/v1/me").await.expect(StatusCode::OK);
    before.get("/v1/me").await.expect(StatusCode::OK);
    desk.local.issuer().rotate(false).expect("a new key");
    advance("PT10M").await;
    before.get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
    let after = desk.sign_in("demo", "ada@demo.test").await;
    after.get("/v1/me").await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_an_address_in_a_token_links_to_nobody() {
    let desk = Desk::start().await;
    let good = claims(&desk).await;
    let changes = json!({ "person": null, "email": "admin@demo.test", "email_verified": false });
    with(&desk, &good, &changes, &json!({})).get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_headers_that_claim_a_caller_are_nothing() {
    let desk = Desk::start().await;
    let caller = json!({ "tenant": "demo", "person": "01937b3c-0000-7000-8000-000000000001", "role": "admin", "brands": null })
        .to_string();
    let headers = [
        ("x-forwarded-user", "admin@demo.test"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-remote-user", "admin"),
        ("x-amzn-oidc-data", caller.as_str()),
        ("x-apigateway-context", caller.as_str()),
        ("x-lambdesk-caller", caller.as_str()),
    ];
    desk.client.anonymous().send(Method::GET, "/v1/me", &headers, None).await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_guessing_is_slowed_down() {
    let desk = Desk::start().await;
    let id = "01937b3c-0000-7000-8000-000000000001";
    let mut limited = None;
    for n in 0..60 {
        let answer = desk.client.with_credential(&format!("ldk_{id}_guess{n}")).get("/v1/me").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(answer);
            break;
        }
        answer.problem(StatusCode::UNAUTHORIZED);
    }
    let limited = limited.expect("somebody who guesses is told to wait");
    limited.problem(StatusCode::TOO_MANY_REQUESTS);
    assert!(limited.header("retry-after").parse::<u32>().is_ok());
    desk.advance("PT2M").await;
    desk.client.with_credential("ldk_x").get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_two_desks_share_no_secret() {
    let (one, two) = (Desk::start().await, Desk::start().await);
    let ada = one.sign_in("demo", "ada@demo.test").await;
    let elsewhere = Session { client: two.client.clone(), ..ada };
    elsewhere.get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);
    let secret = |desk: &Desk| desk.local.app().config().secret.reveal().to_vec();
    assert_ne!(secret(&one), secret(&two));
    assert!(secret(&one).len() >= 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn api_keys_are_scoped_expire_and_are_revoked() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let make = async |admin: &Session, body: Value| admin.post("/v1/api-keys", body).await;
    let body = json!({ "name": "CI", "scopes": ["tickets.create", "tickets.read"], "expires_in_days": 1 });
    let made = make(&admin, body.clone()).await.expect(StatusCode::CREATED);
    let key = desk.client.with_credential(&text(&made, "credential"));
    let ticket = key.open("By a program").await;
    key.get(&format!("/v1/tickets/{}", text(&ticket, "id"))).await.expect(StatusCode::OK);
    key.note_is_refused(&ticket).await;
    key.get("/v1/stats").await.problem(StatusCode::FORBIDDEN);
    let wrong = desk.client.with_credential(&format!("{}x", text(&made, "credential")));
    wrong.get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);

    assert_eq!(admin.delete(&format!("/v1/api-keys/{}", text(&made, "id"))).await.status, StatusCode::NO_CONTENT);
    eventually("the revocation", async || (key.get("/v1/me").await.status == StatusCode::UNAUTHORIZED).then_some(())).await;

    let second = make(&admin, body).await.expect(StatusCode::CREATED);
    let key = desk.client.with_credential(&text(&second, "credential"));
    key.get("/v1/me").await.expect(StatusCode::OK);
    desk.advance("PT25H").await;
    key.get("/v1/me").await.problem(StatusCode::UNAUTHORIZED);

    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let too_much = json!({ "name": "x", "scopes": ["keys.manage"], "role": "agent", "expires_in_days": 400 });
    assert_eq!(make(&admin, too_much).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["expires_in_days"]);
    let beyond = json!({ "name": "x", "scopes": ["keys.manage"], "role": "agent", "expires_in_days": 1 });
    assert_eq!(make(&admin, beyond).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["scopes"]);
    let operator = json!({ "name": "x", "scopes": ["tickets.read"], "role": "operator", "expires_in_days": 1 });
    assert_eq!(make(&admin, operator).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["role"]);
}

impl Session {
    async fn note_is_refused(&self, ticket: &Value) {
        let path = format!("/v1/tickets/{}/messages", text(ticket, "id"));
        self.post(&path, json!({ "kind": "note", "body": "x" })).await.problem(StatusCode::FORBIDDEN);
    }
}
