//! Macros as they are written.

use std::collections::BTreeSet;

use lambdesk_domain::{
    BrandId, Macro, Name, TeamId,
    prepared::{KeptFile, MacroChanges, Reach, Whose},
};
use lambdesk_function::input;

use crate::shelf::{Written, whose};

/// Where they are.
pub(crate) const PATH: &str = "/v1/macros";

input! {
    /// Several changes and a message that are done in one step.
    pub(crate) struct Input {
        /// Whose it is: `personal` (the default), a `team`'s, or `shared` with everybody who works for its brands.
        scope: Option<Reach>,
        /// Which team's.
        team: Option<TeamId>,
        /// The brands that it is for; null is all of them.
        brands: Option<BTreeSet<BrandId>>,
        /// What it is called.
        name: Name,
        /// What it changes.
        changes: Option<MacroChanges>,
        /// What it answers: Markdown with placeholders, at most 8 KiB.
        reply: Option<String>,
        /// What it notes for staff, in place of an answer.
        note: Option<String>,
    }
}

impl Written for Input {
    type Thing = Macro;

    fn read(self, _: Vec<KeptFile>) -> (Whose, Macro) {
        let Self { scope, team, brands, name, changes, reply, note } = self;
        (whose(scope, team, brands), Macro { name, changes: changes.unwrap_or_default(), reply, note })
    }
}
