//! What the issuer remembers while the process runs: who is signed in, codes that wait to be exchanged, refresh tokens.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{EmailAddress, TenantId};
use lambdesk_platform::App;

use crate::private_file;

/// How long a code waits: RFC 6749 says ten minutes at most.
const CODE: SignedDuration = SignedDuration::from_secs(60);
/// How long somebody stays signed in.
const SESSION: SignedDuration = SignedDuration::from_hours(12);

/// Somebody of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) tenant: TenantId,
    pub(super) email: EmailAddress,
}

/// A code that was given out.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) member: Member,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

/// Everything that ends by itself.
pub(in crate::local_api) struct Sessions {
    app: App,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    codes: HashMap<String, (Code, Timestamp)>,
    refresh_tokens: HashMap<String, (Member, Timestamp)>,
    cookies: HashMap<String, (Member, Timestamp)>,
}

impl Sessions {
    pub(super) fn new(app: App) -> Self {
        Self { app, kept: Mutex::default() }
    }

    /// Signs somebody in; answers the value of the cookie.
    pub(super) fn begin(&self, member: Member) -> String {
        let (cookie, until) = (secret(), self.app.now() + SESSION);
        self.kept().cookies.insert(cookie.clone(), (member, until));
        cookie
    }

    /// Who has this cookie.
    pub(super) fn of(&self, cookie: &str) -> Option<Member> {
        let now = self.app.now();
        self.kept().cookies.get(cookie).filter(|(_, until)| *until > now).map(|(member, _)| member.clone())
    }

    /// Signs out.
    pub(super) fn end(&self, cookie: &str) {
        let mut kept = self.kept();
        if let Some((member, _)) = kept.cookies.remove(cookie) {
            kept.refresh_tokens.retain(|_, (other, _)| *other != member);
        }
    }

    /// Gives out a code.
    pub(super) fn code(&self, code: Code) -> String {
        let (name, until) = (secret(), self.app.now() + CODE);
        self.kept().codes.insert(name.clone(), (code, until));
        name
    }

    /// Takes a code back; it is good once.
    pub(super) fn take_code(&self, name: &str) -> Option<Code> {
        let now = self.app.now();
        self.kept().codes.remove(name).filter(|(_, until)| *until > now).map(|(code, _)| code)
    }

    /// Gives out a refresh token.
    pub(super) fn refresh_token(&self, member: Member) -> String {
        let (name, until) = (secret(), self.app.now() + SESSION);
        self.kept().refresh_tokens.insert(name.clone(), (member, until));
        name
    }

    /// Takes a refresh token back: each is good once, and its answer has the next.
    pub(super) fn take_refresh_token(&self, name: &str) -> Option<Member> {
        let now = self.app.now();
        self.kept().refresh_tokens.remove(name).filter(|(_, until)| *until > now).map(|(member, _)| member)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        let now = self.app.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.codes.retain(|_, (_, until)| *until > now);
        kept.refresh_tokens.retain(|_, (_, until)| *until > now);
        kept.cookies.retain(|_, (_, until)| *until > now);
        kept
    }
}

fn secret() -> String {
    private_file::hex(&private_file::random::<32>())
}
