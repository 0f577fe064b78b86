//! What jobs there are. A further kind is a variant here, its permission, and a file below `functions/jobs/src/run`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::filter::TicketFilter;
use crate::{
    error::ParseError,
    id::{BrandId, CategoryId, PersonId, SourceId, TeamId},
    role::Permission,
    text::{Name, Tag},
    ticket::Patch,
    words::{Priority, Status, word},
};

/// What a job does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobKind {
    /// Changes many tickets alike.
    Bulk {
        /// How.
        changes: BulkChanges,
        /// Which tickets; where it is not there, they were named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<TicketFilter>,
    },
    /// Puts one tag in the place of another, on all tickets that have it.
    Retag {
        /// The tag.
        from: Tag,
        /// What takes its place; where it is there already, the two become one.
        to: Tag,
    },
    /// Writes tickets into a file.
    Export {
        /// Which tickets.
        filter: TicketFilter,
        /// How they are written.
        what: ExportWhat,
    },
    /// Erases a customer, with all that they said, sent and asked.
    ErasePerson {
        /// Who.
        person: PersonId,
    },
    /// Writes what the desk knows about a customer into a file.
    ExportPerson {
        /// Who.
        person: PersonId,
    },
    /// Makes tickets of a file that was uploaded.
    Import {
        /// Which file, and how it is read.
        what: ImportWhat,
    },
}

impl JobKind {
    /// What who asks for it must be allowed, when they ask and as long as it runs.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Bulk { .. } | Self::Retag { .. } | Self::Export { .. } => Permission::TicketsBulk,
            Self::ErasePerson { .. } | Self::ExportPerson { .. } | Self::Import { .. } => Permission::SettingsManage,
        }
    }
}

/// How tickets are to be changed. A note stands beside it, because it may be long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkChanges {
    /// Where they are to stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How much they are to matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// What kind of thing they are to be; null clears.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<CategoryId>)]
    pub category: Patch<CategoryId>,
    /// Who is to answer; null takes them from whoever has them.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<PersonId>)]
    pub assignee: Patch<PersonId>,
    /// Which team is to answer; null clears.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<TeamId>)]
    pub team: Patch<TeamId>,
    /// Tags to add.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags_add: BTreeSet<Tag>,
    /// Tags to take away.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags_remove: BTreeSet<Tag>,
    /// Whether a note is left on each.
    #[serde(default)]
    pub note: bool,
    /// Whether they go to the bin.
    #[serde(default)]
    pub delete: bool,
    /// Only tickets that did not change after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub if_unchanged_since: Option<Timestamp>,
}

impl BulkChanges {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        !self.patches() && !self.note && !self.delete
    }

    /// Whether fields are to be changed.
    pub fn patches(&self) -> bool {
        let Self { note, delete, if_unchanged_since, .. } = *self;
        *self != Self { note, delete, if_unchanged_since, ..Self::default() }
    }
}

/// A field that is there: null is a value of it.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

word!(
    /// How a file is written.
    ExportFormat {
        /// Comma-separated values (RFC 4180), a ticket a line. No cell is a formula.
        Csv = "csv",
        /// JSON, a ticket a line.
        Jsonl = "jsonl",
    }
);

word!(
    /// A column of a CSV file.
    Column {
        /// Identifier.
        Id = "id",
        /// Number.
        Number = "number",
        /// Brand.
        Brand = "brand",
        /// Subject.
        Subject = "subject",
        /// Status.
        Status = "status",
        /// Priority.
        Priority = "priority",
        /// Category.
        Category = "category",
        /// Channel.
        Channel = "channel",
        /// Requester's identifier.
        Requester = "requester",
        /// Company.
        Organization = "organization",
        /// Assignee's identifier.
        Assignee = "assignee",
        /// Team.
        Team = "team",
        /// Tags, with commas between them.
        Tags = "tags",
        /// Custom fields, as JSON.
        Fields = "fields",
        /// When it was opened.
        CreatedAt = "created_at",
        /// When it last changed.
        UpdatedAt = "updated_at",
        /// When staff first answered.
        FirstResponseAt = "first_response_at",
        /// When it was resolved.
        ResolvedAt = "resolved_at",
        /// When it was closed.
        ClosedAt = "closed_at",
        /// How it was solved.
        ResolutionNote = "resolution_note",
        /// How often it was taken up again.
        ReopenCount = "reopen_count",
        /// Score of its rating.
        Rating = "rating",
        /// Version.
        Version = "version",
    }
);

/// How tickets are written into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportWhat {
    /// In which format.
    pub format: ExportFormat,
    /// Columns of CSV; all where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// Whether each line of JSON holds the ticket's messages.
    #[serde(default)]
    pub messages: bool,
}

word!(
    /// How a file of tickets is written.
    ImportFormat {
        /// A table, a message a row.
        Csv = "csv",
        /// Zendesk's JSON.
        Zendesk = "zendesk",
        /// Zammad's JSON.
        Zammad = "zammad",
    }
);

/// The largest file that is imported, in bytes.
pub const MAX_IMPORT_BYTES: u64 = 200 * 1024 * 1024;

/// Which file is imported, and how it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportWhat {
    /// In which format.
    pub format: ImportFormat,
    /// Which desk the tickets come from: those of the same source with the same id are the same, and are imported once.
    pub source: SourceId,
    /// What its owner calls the file.
    pub name: Option<Name>,
    /// Bytes of the file.
    pub size: u64,
    /// The brand of tickets that name none, or one that does not exist here; the default brand where it is null.
    pub brand: Option<BrandId>,
    /// Whether everything is checked and nothing is made.
    pub dry_run: bool,
    /// Words of the source for statuses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub statuses: BTreeMap<String, Status>,
    /// Words of the source for priorities.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub priorities: BTreeMap<String, Priority>,
    /// Custom fields of the source, and what they are called here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Whether a CSV file was written by a desk like this one, which sets an apostrophe before what looks like a formula.
    #[serde(default)]
    pub own_export: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_told_from_absent() {
        let read = |value| serde_json::from_value::<BulkChanges>(value).expect("reads");
        assert_eq!(read(json!({})).category, None);
        assert_eq!(read(json!({ "category": null })).category, Some(None));
        let changes = BulkChanges { team: Some(None), ..BulkChanges::default() };
        assert_eq!(read(serde_json::to_value(&changes).expect("plain data")), changes);
        assert!(BulkChanges { if_unchanged_since: Some(Timestamp::UNIX_EPOCH), ..read(json!({})) }.is_empty());
        assert!(!changes.is_empty());
    }
}
