//! Canned responses as they are written.

use std::collections::BTreeSet;

use lambdesk_domain::{
    AttachmentId, BrandId, CannedResponse, Language, Name, TeamId,
    prepared::{KeptFile, Reach, Shortcut, Whose},
};
use lambdesk_function::input;

use crate::{
    files::FileInput,
    shelf::{Written, whose},
};

/// Where they are.
pub(crate) const PATH: &str = "/v1/canned-responses";

input! {
    /// An answer that is written once and used often.
    pub(crate) struct Input {
        /// Whose it is: `personal` (the default), a `team`'s, or `shared` with everybody who works for its brands.
        scope: Option<Reach>,
        /// Which team's.
        team: Option<TeamId>,
        /// The brands that it is for; null is all of them.
        brands: Option<BTreeSet<BrandId>>,
        /// What an agent types to get it, such as `/refund`. The same in several languages is one answer in several languages.
        shortcut: Shortcut,
        /// What it is called.
        title: Name,
        /// What it says: Markdown with placeholders such as `{{ requester.first_name | there }}`, at most 8 KiB.
        body: String,
        /// The language that it is written in.
        language: Option<Language>,
        /// The files that go with it, at most 10 and 10 MiB together: uploads of yours for no ticket in particular. In a patch, those
        /// that it is to have: others that it had are erased.
        #[schema(value_type = Option<Vec<AttachmentId>>)]
        attachments: Option<Vec<FileInput>>,
    }
}

impl Written for Input {
    type Thing = CannedResponse;

    fn files(&self) -> Vec<AttachmentId> {
        self.attachments.iter().flatten().map(|file| file.id()).collect()
    }

    fn read(self, attachments: Vec<KeptFile>) -> (Whose, CannedResponse) {
        let Self { scope, team, brands, shortcut, title, body, language, attachments: _ } = self;
        (whose(scope, team, brands), CannedResponse { shortcut, title, body, language, attachments })
    }
}
