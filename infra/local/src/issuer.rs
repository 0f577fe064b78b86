//! The identity provider of the local process: signs tokens for development, with keys of its own that are made at first
//! start and never leave the data directory.

use std::{
    path::{Path, PathBuf},
    sync::{RwLock, RwLockReadGuard},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use jiff::SignedDuration;
use lambdesk_domain::{Brands, Person, TenantId};
use lambdesk_platform::Clock as _;
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, VerifyingKey, signature::Signer as _},
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding},
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{clock::MovableClock, private_file};

/// The audience of its tokens.
pub(crate) const AUDIENCE: &str = "lambdesk";
/// Where it lives below the gateway.
pub(crate) const PATH: &str = "/local/oidc";
/// How long a token is good for.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

const END_OF_KEY: &str = "-----END PRIVATE KEY-----";

/// An OIDC issuer.
pub struct Issuer {
    url: String,
    file: PathBuf,
    clock: MovableClock,
    /// Newest first; never empty.
    keys: RwLock<Vec<Key>>,
}

struct Key {
    id: String,
    signing: SigningKey,
    pem: String,
}

impl Issuer {
    /// Reads the keys, or makes the first.
    pub(crate) fn open(file: &Path, gateway: &str, clock: MovableClock) -> Result<Self, String> {
        let wrong = |error: String| format!("{}: {error}", file.display());
        let first = Key::generate().map_err(wrong)?;
        let content = private_file::read_or_create(file, || first.pem).map_err(|error| wrong(error.to_string()))?;
        let pems = content.split_inclusive(END_OF_KEY).map(str::trim).filter(|pem| !pem.is_empty());
        let keys = pems.map(Key::read).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        if keys.is_empty() {
            return Err(wrong("holds no key".to_owned()));
        }
        Ok(Self { url: format!("{gateway}{PATH}"), file: file.to_owned(), clock, keys: RwLock::new(keys) })
    }

    /// The `iss` of its tokens; its documents are below.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `/.well-known/openid-configuration`.
    pub fn configuration(&self) -> Value {
        json!({
            "issuer": self.url,
            "jwks_uri": format!("{}/jwks.json", self.url),
            "authorization_endpoint": format!("{}/authorize", self.url),
            "token_endpoint": format!("{}/token", self.url),
            "end_session_endpoint": format!("{}/logout", self.url),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": true,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.keys().iter().map(Key::public).collect::<Vec<_>>() })
    }

    /// What a token says of a person, valid from now for an hour.
    pub fn claims(&self, tenant: &TenantId, person: &Person) -> Value {
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": person.id,
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": (now + LIFETIME).as_second(),
            "tenant": tenant,
            "person": person.id,
            "role": person.role,
            "audiences": person.audiences,
        });
        if let Some(organization) = &person.organization {
            claims["organization"] = json!(organization);
        }
        if let Brands::Only(brands) = &person.brands {
            claims["brands"] = json!(brands);
        }
        claims
    }

    /// A token for a person.
    pub fn token(&self, tenant: &TenantId, person: &Person) -> String {
        self.sign(&self.claims(tenant, person), &Value::Null)
    }

    /// Signs any claims, with the newest key. `header` replaces parts of the token's header, and null removes one: for
    /// tests of what must be refused. An `alg` of `none` leaves the signature out; `HS256` signs with the public key's
    /// PEM as the secret, which is the classic confusion.
    pub fn sign(&self, claims: &Value, header: &Value) -> String {
        let keys = self.keys();
        let key = &keys[0];
        let mut all = Map::from_iter([
            ("alg".to_owned(), json!("ES256")),
            ("typ".to_owned(), json!("JWT")),
            ("kid".to_owned(), json!(key.id)),
        ]);
        for (name, value) in header.as_object().into_iter().flatten() {
            all.insert(name.clone(), value.clone());
        }
        all.retain(|_, value| !value.is_null());
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let algorithm = all.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned();
        let signed = format!("{}.{}", encode(&Value::Object(all)), encode(claims));
        let signature = key.signature(&algorithm, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Signs with a new key from now on. The old ones are published further, so that their tokens stay valid, or are
    /// dropped with them.
    ///
    /// # Errors
    /// If the key cannot be kept.
    pub fn rotate(&self, keep_old: bool) -> Result<(), String> {
        let mut keys = self.keys.write().map_err(|_| "the keys are in an unknown state".to_owned())?;
        let mut rotated = vec![Key::generate()?];
        if keep_old {
            rotated.extend(keys.iter().map(|key| Key::read(&key.pem)).collect::<Result<Vec<_>, _>>()?);
        }
        let content: String = rotated.iter().map(|key| key.pem.as_str()).collect();
        private_file::write(&self.file, &content).map_err(|error| error.to_string())?;
        *keys = rotated;
        Ok(())
    }

    fn keys(&self) -> RwLockReadGuard<'_, Vec<Key>> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Key {
    fn generate() -> Result<Self, String> {
        loop {
            // All but 2^-32 of all numbers are keys.
            if let Ok(secret) = SecretKey::from_slice(&private_file::random::<32>()) {
                let pem = secret.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
                return Self::read(&pem);
            }
        }
    }

    fn read(pem: &str) -> Result<Self, String> {
        let signing = SigningKey::from_pkcs8_pem(pem).map_err(|error| format!("not a key: {error}"))?;
        let point = VerifyingKey::from(&signing).to_encoded_point(false);
        let id = URL_SAFE_NO_PAD.encode(&Sha256::digest(point.as_bytes())[..12]);
        Ok(Self { id, signing, pem: format!("{}\n", pem.trim()) })
    }

    fn public(&self) -> Value {
        let point = VerifyingKey::from(&self.signing).to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
            "kid": self.id, "x": coordinate(point.x()), "y": coordinate(point.y()),
        })
    }

    fn signature(&self, algorithm: &str, signed: &[u8]) -> Vec<u8> {
        match algorithm {
            "none" => Vec::new(),
            "HS256" => {
                let public = VerifyingKey::from(&self.signing).to_public_key_pem(LineEnding::LF).unwrap_or_default();
                let mut mac = Hmac::<Sha256>::new_from_slice(public.as_bytes()).expect("HMAC takes keys of any length");
                mac.update(signed);
                mac.finalize().into_bytes().to_vec()
            }
            _ => {
                let signature: Signature = self.signing.sign(signed);
                signature.to_bytes().to_vec()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

    use super::*;
    use crate::state::State;

    fn issuer(directory: &Path) -> Issuer {
        let state = State::open(&directory.join("state.sqlite")).expect("opens");
        let clock = MovableClock::open(state).expect("opens");
        Issuer::open(&directory.join("oidc.pem"), "http://127.0.0.1:3000", clock).expect("opens")
    }

    fn accepts(jwks: &Value, token: &str) -> bool {
        let kid = decode_header(token).expect("a header").kid.expect("a key id");
        let Some(key) = jwks["keys"].as_array().expect("a list").iter().find(|key| key["kid"] == kid.as_str()) else {
            return false;
        };
        let part = |name: &str| key[name].as_str().expect("a coordinate").to_owned();
        let key = DecodingKey::from_ec_components(&part("x"), &part("y")).expect("a key");
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&["http://127.0.0.1:3000/local/oidc"]);
        decode::<Value>(token, &key, &validation).is_ok()
    }

    fn claims(issuer: &Issuer) -> Value {
        let exp = (issuer.clock.now() + LIFETIME).as_second();
        json!({ "iss": issuer.url(), "aud": AUDIENCE, "sub": "x", "exp": exp })
    }

    #[test]
    fn its_tokens_are_valid_by_its_published_keys_also_after_a_restart() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = issuer(directory.path());
        let token = first.sign(&claims(&first), &Value::Null);
        assert!(accepts(&first.jwks(), &token));
        assert!(accepts(&issuer(directory.path()).jwks(), &token));
    }

    #[test]
    fn a_new_key_takes_over_and_the_old_stays_or_goes() {
        let directory = tempfile::tempdir().expect("a directory");
        let issuer = issuer(directory.path());
        let first = issuer.sign(&claims(&issuer), &Value::Null);
        issuer.rotate(true).expect("rotated");
        let second = issuer.sign(&claims(&issuer), &Value::Null);
        assert!(accepts(&issuer.jwks(), &first) && accepts(&issuer.jwks(), &second));
        issuer.rotate(false).expect("rotated");
        assert!(!accepts(&issuer.jwks(), &first) && !accepts(&issuer.jwks(), &second));
        assert_eq!(self::issuer(directory.path()).jwks(), issuer.jwks(), "kept on disk");
    }

    #[test]
    fn it_can_sign_what_must_be_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let issuer = issuer(directory.path());
        let none = issuer.sign(&claims(&issuer), &json!({ "alg": "none", "kid": null }));
        assert!(none.ends_with('.'));
        let header = none.split('.').next().expect("a header");
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON");
        assert_eq!(header, json!({ "alg": "none", "typ": "JWT" }));
        assert!(!accepts(&issuer.jwks(), &issuer.sign(&claims(&issuer), &json!({ "alg": "HS256" }))));
    }
}
