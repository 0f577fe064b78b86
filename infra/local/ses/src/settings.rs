//! Identities and receipt rules, in one JSON file beside the mails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files::write_whole;

/// What callers set up and read back; nothing else is done with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// Addresses and domains, all of them verified.
    pub(crate) identities: BTreeSet<String>,
    pub(crate) rule_sets: BTreeMap<String, RuleSet>,
    pub(crate) active_rule_set: Option<String>,
}

/// A named list of receipt rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RuleSet {
    pub(crate) created: Timestamp,
    /// As the caller gave them, in the shape of the SES API.
    pub(crate) rules: Vec<Value>,
}

/// [`Settings`] and the file that keeps them.
pub(crate) struct SettingsFile {
    path: PathBuf,
    settings: Mutex<Settings>,
}

impl SettingsFile {
    /// Reads `ses.json` in `directory`, or starts empty.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join("ses.json");
        let settings = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
            Err(error) => return Err(error),
        };
        Ok(Self { path, settings: Mutex::new(settings) })
    }

    pub(crate) fn read(&self) -> Settings {
        self.lock().clone()
    }

    /// Changes the settings, unless `change` refuses or the disk fails.
    pub(crate) fn change<E: From<io::Error>>(&self, change: impl FnOnce(&mut Settings) -> Result<(), E>) -> Result<(), E> {
        let mut current = self.lock();
        let mut changed = current.clone();
        change(&mut changed)?;
        let bytes = serde_json::to_vec_pretty(&changed).map_err(io::Error::from)?;
        write_whole(&self.path, &bytes)?;
        *current = changed;
        Ok(())
    }

    // A panic under the lock leaves the old settings: they are replaced last.
    fn lock(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
