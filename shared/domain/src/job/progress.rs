//! How far a job came: what its next step begins with.

use serde::{Deserialize, Serialize};

use super::{Counts, Cursor};
use crate::id::TicketId;

/// How far a job came. Each kind uses what it needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Things of its list that were tried.
    #[serde(default)]
    pub position: usize,
    /// Where it is among the tickets that it looks through; `None` before it began, and after it came to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<Cursor>,
    /// Where it is within one thing that is too long for one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// Whether its list of things is complete.
    #[serde(default)]
    pub listed: bool,
    /// How often it has looked through all tickets, and whether it found something in this look.
    #[serde(default)]
    pub looks: u32,
    /// See `looks`.
    #[serde(default)]
    pub found: bool,
    /// The file that is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    /// The file that is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Reading>,
}

/// A place within one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// The ticket; `None` where the thing is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Where in it, in the words of who goes through it; `None` at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether something was found in it so far.
    #[serde(default)]
    pub found: bool,
    /// Which version of it this way through it began with.
    #[serde(default)]
    pub version: u64,
}

/// A file that is being read. What came of its rows is counted here, and not beside the job: it grows with the position and
/// never apart from it, so that rows which are done again are not counted again, and rows done at once do not wait for each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Where to go on, in the words of who reads it; `None` at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<serde_json::Value>,
    /// Bytes that were read.
    #[serde(default)]
    pub offset: u64,
    /// Whether it is known who is who in the file.
    #[serde(default)]
    pub people: bool,
    /// How many rows ended how.
    #[serde(default)]
    pub counts: Counts,
}

/// A file that is being written in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// What S3 calls it, once it has a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its parts: number and tag. The number of a part is the number of the step that wrote it, so that two steps never write
    /// the same one.
    #[serde(default)]
    pub parts: Vec<(u32, String)>,
    /// The step that left a rest that is too short for a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<u32>,
    /// Bytes in parts.
    #[serde(default)]
    pub bytes: u64,
    /// Tickets that were written.
    #[serde(default)]
    pub tickets: u64,
    /// The step that began the file, which is part of its object's name; 0 before.
    #[serde(default)]
    pub begun_by: u32,
}
