//! Canned responses as they are written.

use std::collections::BTreeSet;

use lambdesk_domain::{
    BrandId, CannedResponse, Language, Name, TeamId,
    prepared::{Reach, Shortcut, Whose},
};
use lambdesk_function::input;

use crate::shelf::{Written, whose};

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
    }
}

impl Written for Input {
    type Thing = CannedResponse;

    fn read(self) -> (Whose, CannedResponse) {
        let Self { scope, team, brands, shortcut, title, body, language } = self;
        (whose(scope, team, brands), CannedResponse { shortcut, title, body, language })
    }
}
