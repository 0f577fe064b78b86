//! Answers that are written once and used often.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Preparable, Prepared, Whose,
    placeholder::{Reader, fault},
    wrong_text,
};
use crate::{
    attachment::MAX_FILE_BYTES,
    config::TenantConfig,
    error::{FieldError, ParseError},
    id::{AttachmentId, BrandId},
    text::Name,
    words::Language,
};

/// What an agent types to get an answer: `/` and 1 to 40 of `a–z 0–9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 2, max_length = 41, pattern = "^/[a-z0-9_-]{1,40}$")]
pub struct Shortcut(String);

impl Shortcut {
    /// Parses a shortcut; upper case becomes lower case.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let lower = text.to_ascii_lowercase();
        let name = lower.strip_prefix('/').unwrap_or("");
        let fits = (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if fits { Ok(Self(lower)) } else { Err(ParseError::new("must be / and 1 to 40 letters, digits, _ or -")) }
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Shortcut {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<Shortcut> for String {
    fn from(shortcut: Shortcut) -> Self {
        shortcut.0
    }
}

/// The most files of one answer: those of all answers stand in a list, and a message takes twenty.
pub const MAX_CANNED_FILES: usize = 10;
/// The most that the files of one answer may have together, in bytes.
pub const MAX_CANNED_BYTES: u64 = MAX_FILE_BYTES;

/// A file of an answer. Whoever uses the answer for a ticket gets a copy of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptFile {
    /// Identifier: `GET /v1/attachments/{attachment}` gives it out.
    pub id: AttachmentId,
    /// A safe name.
    pub name: String,
    /// What it was said to be when it was added.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CannedResponse {
    /// What an agent types to get it. The same in several languages is one answer in several languages.
    pub shortcut: Shortcut,
    /// What it is called.
    pub title: Name,
    /// What it says: Markdown with placeholders.
    pub body: String,
    /// The language that it is written in.
    #[serde(default)]
    pub language: Option<Language>,
    /// The files that go with it.
    #[serde(default)]
    pub attachments: Vec<KeptFile>,
}

impl Preparable for CannedResponse {
    const KIND: &'static str = "canned_response";

    fn check(&self, _: &Whose, config: &TenantConfig) -> Vec<FieldError> {
        let text = wrong_text("body", &self.body);
        let text = text.or_else(|| fault("body", &self.body, Reader::Customer, config));
        text.into_iter().chain(wrong_files(&self.attachments)).collect()
    }

    fn files(&self) -> &[KeptFile] {
        &self.attachments
    }

    fn title(&self) -> &str {
        self.title.as_str()
    }

    fn clashes_with(&self, other: &Self, brands_meet: bool) -> Option<FieldError> {
        let clash = brands_meet && (&self.shortcut, self.language) == (&other.shortcut, other.language);
        clash.then(|| FieldError::new("shortcut", "taken", "another answer has it, in this language and for these brands"))
    }
}

fn wrong_files(files: &[KeptFile]) -> Option<FieldError> {
    let wrong = |code, message| Some(FieldError::new("attachments", code, message));
    if files.len() > MAX_CANNED_FILES {
        return wrong("too_many", format!("must be at most {MAX_CANNED_FILES}"));
    }
    if files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size)) > MAX_CANNED_BYTES {
        return wrong("too_large", format!("must be at most {} MiB together", MAX_CANNED_BYTES >> 20));
    }
    None
}

/// The answer in the language of whoever it is for: one of the same shortcut for the same brand, and the one that was named where
/// there is none. One's own come before the team's, and those before everybody's.
pub fn variant<'a>(
    named: &'a Prepared<CannedResponse>,
    all: impl Iterator<Item = &'a Prepared<CannedResponse>>,
    (brand, language): (&BrandId, Language),
) -> &'a Prepared<CannedResponse> {
    if named.content.language == Some(language) {
        return named;
    }
    let same = |other: &&Prepared<CannedResponse>| {
        other.content.shortcut == named.content.shortcut && other.content.language == Some(language) && other.serves(brand)
    };
    all.filter(same).min_by_key(|other| (other.whose.scope != named.whose.scope, other.whose.scope, other.id)).unwrap_or(named)
}
