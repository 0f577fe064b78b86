//! OIDC tokens (JWT, RFC 7519): signature, issuer, audience, times, and the claims that make a caller.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use lambdesk_domain::{Audience, BrandId, Brands, Caller, OrganizationId, PersonId, Role, TenantId};
use lambdesk_platform::{App, Oidc};
use serde_json::{Map, Value};

use crate::{bearer::Refusal, jwks};

/// Asymmetric signatures only. `none` and the HMAC family, by which a public key could be passed off as a secret, do
/// not stand here.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::EdDSA,
];

/// Seconds that clocks may differ.
const LEEWAY: i64 = 60;

/// The caller that a token stands for.
pub(crate) async fn caller(app: &App, token: &str) -> Result<Caller, Refusal> {
    let header = decode_header(token).map_err(|_| Refusal::Malformed)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Refusal::Invalid("algorithm"));
    }
    let kid = header.kid.as_deref().ok_or(Refusal::Invalid("no key id"))?;
    let jwk = jwks::key(app, kid).await?;
    if jwk.common.key_algorithm.is_some_and(|algorithm| algorithm.to_string() != format!("{:?}", header.alg)) {
        return Err(Refusal::Invalid("algorithm is not the key's"));
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| Refusal::Invalid("unusable key"))?;
    let mut validation = Validation::new(header.alg);
    // Times and names are checked below, by the desk's own clock.
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    validation.required_spec_claims.clear();
    let data = decode::<Map<String, Value>>(token, &key, &validation).map_err(|_| Refusal::Invalid("signature"))?;
    check(&data.claims, &app.config().oidc, app.now())?;
    read(&data.claims, &app.config().oidc.claim_prefix)
}

fn check(claims: &Map<String, Value>, oidc: &Oidc, now: Timestamp) -> Result<(), Refusal> {
    if claims.get("iss").and_then(Value::as_str) != Some(&oidc.issuer) {
        return Err(Refusal::Invalid("issuer"));
    }
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => *one == oidc.audience,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(&oidc.audience)),
        _ => false,
    };
    if !audience {
        return Err(Refusal::Invalid("audience"));
    }
    let now = now.as_second();
    // NumericDate may have a fraction (RFC 7519, 2).
    let time = |name: &str| claims.get(name).map(|value| value.as_f64().ok_or(Refusal::Invalid("times"))).transpose();
    let expires = time("exp")?.ok_or(Refusal::Invalid("no expiry"))?;
    if expires + LEEWAY as f64 <= now as f64 {
        return Err(Refusal::Invalid("expired"));
    }
    let begins = [time("nbf")?, time("iat")?].into_iter().flatten().fold(f64::MIN, f64::max);
    if begins - LEEWAY as f64 > now as f64 {
        return Err(Refusal::Invalid("not yet valid"));
    }
    Ok(())
}

/// The caller is who the `person` claim names. An e-mail address in the token links to nobody: the provider may never
/// have verified it.
fn read(claims: &Map<String, Value>, prefix: &str) -> Result<Caller, Refusal> {
    let claim = |name: &str| claims.get(&format!("{prefix}{name}"));
    let text = |name: &'static str| claim(name).and_then(Value::as_str).ok_or(Refusal::Invalid(name));
    let brands = list(claim("brands"), |text| BrandId::parse(text).ok()).ok_or(Refusal::Invalid("brands"))?;
    let audiences = list(claim("audiences"), |text| Audience::parse(text).ok()).ok_or(Refusal::Invalid("audiences"))?;
    let organization =
        list(claim("organization"), |text| OrganizationId::parse(text).ok()).ok_or(Refusal::Invalid("organization"))?;
    Ok(Caller {
        tenant: TenantId::parse(text("tenant")?).map_err(|_| Refusal::Invalid("tenant"))?,
        person: text("person")?.parse::<PersonId>().map_err(|_| Refusal::Invalid("person"))?,
        role: Role::parse(text("role")?).map_err(|_| Refusal::Invalid("role"))?,
        brands: brands.map(|brands| brands.into_iter().collect::<BTreeSet<_>>()).map_or(Brands::All, Brands::Only),
        audiences: audiences.unwrap_or_default(),
        organization: organization.unwrap_or_default().into_iter().next(),
        scopes: None,
    })
}

/// A list as an array or, with providers that only know texts, with commas between. `Some(None)` where absent, `None`
/// where it is there and cannot be read: a limit that is not understood must not turn into no limit.
fn list<T>(value: Option<&Value>, parse: impl Fn(&str) -> Option<T>) -> Option<Option<Vec<T>>> {
    let texts: Vec<&str> = match value {
        None | Some(Value::Null) => return Some(None),
        Some(Value::String(text)) => text.split(',').map(str::trim).filter(|text| !text.is_empty()).collect(),
        Some(Value::Array(values)) => values.iter().map(Value::as_str).collect::<Option<_>>()?,
        Some(_) => return None,
    };
    texts.into_iter().map(parse).collect::<Option<Vec<T>>>().map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn oidc() -> Oidc {
        Oidc { issuer: "https://issuer".to_owned(), audience: "lambdesk".to_owned(), claim_prefix: String::new() }
    }

    fn claims(changes: Value) -> Map<String, Value> {
        let mut claims = json!({
            "iss": "https://issuer", "aud": "lambdesk", "exp": 2000, "iat": 1000, "tenant": "demo",
            "person": "01937b3c-0000-7000-8000-000000000001", "role": "agent",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object().unwrap().clone()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn jwt_issuer_audience_and_times_must_fit() {
        assert_eq!(check(&claims(json!({})), &oidc(), at(1500)), Ok(()));
        assert_eq!(check(&claims(json!({"aud": ["x", "lambdesk"]})), &oidc(), at(1500)), Ok(()));
        let wrong = [
            (json!({"iss": "https://other"}), 1500, "issuer"),
            (json!({"iss": null}), 1500, "issuer"),
            (json!({"aud": "other"}), 1500, "audience"),
            (json!({"aud": []}), 1500, "audience"),
            (json!({}), 2061, "expired"),
            (json!({"exp": null}), 1500, "times"),
            (json!({"exp": "2000"}), 1500, "times"),
            (json!({"nbf": 1600}), 1500, "not yet valid"),
            (json!({"iat": 1600}), 1500, "not yet valid"),
        ];
        for (changes, now, why) in wrong {
            assert_eq!(check(&claims(changes.clone()), &oidc(), at(now)), Err(Refusal::Invalid(why)), "{changes}");
        }
    }

    #[test]
    fn e1_an_address_in_a_token_is_nobody() {
        let mut only_mail = claims(json!({"email": "ada@demo.test", "email_verified": false}));
        only_mail.remove("person");
        assert_eq!(read(&only_mail, ""), Err(Refusal::Invalid("person")));
    }

    #[test]
    fn a_limit_to_brands_never_turns_into_no_limit() {
        let brands = |value: Value| read(&claims(json!({ "brands": value })), "").map(|caller| caller.brands);
        assert_eq!(read(&claims(json!({})), "").unwrap().brands, Brands::All);
        let only_ka = Brands::Only(BTreeSet::from([BrandId::parse("KA").unwrap()]));
        assert_eq!(brands(json!(["KA"])), Ok(only_ka.clone()));
        assert_eq!(brands(json!("KA")), Ok(only_ka));
        assert_eq!(brands(json!([])), Ok(Brands::Only(BTreeSet::new())));
        for unreadable in [json!(["K A"]), json!([1]), json!(1), json!({"KA": true})] {
            assert_eq!(brands(unreadable), Err(Refusal::Invalid("brands")));
        }
    }
}
