//! Who is behind the numbers: tickets of Zendesk name people, groups and organisations by number, and who that is stands
//! elsewhere in the file, or in another one.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    draft::DraftPerson,
    error::FileError,
    json,
    json_split::{Element, Splitter},
};

const SECTIONS: [&str; 4] = ["users", "groups", "organizations", "tickets"];

/// People, groups and organisations by number. Holds all of them in memory, about 200 bytes each. Can be stored, so that a job in
/// many steps learns it once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    people: HashMap<String, Known>,
    groups: HashMap<String, String>,
    organizations: HashMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) person: DraftPerson,
    /// Whether they are staff, where it is known.
    pub(crate) is_staff: Option<bool>,
}

impl Directory {
    /// How many people are known.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    pub(crate) fn person(&self, id: Option<&str>) -> Option<&Known> {
        self.people.get(id?)
    }

    pub(crate) fn group(&self, id: Option<&str>) -> Option<String> {
        self.groups.get(id?).cloned()
    }

    pub(crate) fn organization(&self, id: Option<&str>) -> Option<String> {
        self.organizations.get(id?).cloned()
    }

    fn add(&mut self, value: &Value, section: Option<u8>) {
        match section.and_then(|place| SECTIONS.get(usize::from(place))) {
            Some(&"groups") => add_named(&mut self.groups, value),
            Some(&"organizations") => add_named(&mut self.organizations, value),
            Some(&"users") => self.add_person(value, true),
            // In files of one thing alone: a user has an address, a ticket has people.
            _ if value.get("email").is_some() => self.add_person(value, true),
            _ => {
                for name in ["requester", "submitter", "assignee"] {
                    value.get(name).into_iter().for_each(|person| self.add_person(person, false));
                }
                json::list(value, "collaborator").iter().for_each(|person| self.add_person(person, false));
            }
        }
    }

    fn add_person(&mut self, value: &Value, is_certain: bool) {
        let known = known(value);
        let Some(id) = known.person.id.clone() else { return };
        if is_certain || !self.people.contains_key(&id) {
            self.people.insert(id, known);
        }
    }
}

fn add_named(to: &mut HashMap<String, String>, value: &Value) {
    if let (Some(id), Some(name)) = (json::text(value, "id"), json::text(value, "name")) {
        to.insert(id, name);
    }
}

/// Reads a person as Zendesk writes one.
pub(crate) fn known(value: &Value) -> Known {
    let person = DraftPerson { id: json::text(value, "id"), email: json::text(value, "email"), name: json::text(value, "name") };
    let is_staff = json::text(value, "role").map(|role| role != "end-user");
    Known { person, is_staff }
}

/// Reads a directory out of the chunks of a file: the file with the tickets (in its first pass), or one with users. What it
/// does not understand it passes over, as reading the tickets will tell.
#[derive(Debug)]
pub struct DirectoryReader {
    splitter: Splitter,
    directory: Directory,
    damage: Option<FileError>,
}

impl DirectoryReader {
    /// Begins, with what is known already.
    pub fn new(directory: Directory) -> Self {
        Self { splitter: Splitter::new(&SECTIONS), directory, damage: None }
    }

    /// Reads the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // The byte order mark; elsewhere these bytes are in texts, where they do no harm.
            if self.splitter.offset() < 3 && b"\xEF\xBB\xBF".contains(byte) {
                self.splitter.skip(1);
                continue;
            }
            match self.splitter.step(*byte) {
                Ok(element) => element.into_iter().for_each(|element| self.add(element)),
                Err(error) => {
                    self.damage.get_or_insert(error);
                    return;
                }
            }
        }
    }

    /// Ends.
    ///
    /// # Errors
    /// [`FileError::NotJson`], and [`FileError::Truncated`] where the file ends inside of something.
    pub fn finish(mut self) -> Result<Directory, FileError> {
        if let Some(error) = self.damage {
            return Err(error);
        }
        if let Some(element) = self.splitter.finish()? {
            self.add(element);
        }
        Ok(self.directory)
    }

    fn add(&mut self, element: Element) {
        if let Some(value) = element.bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            self.directory.add(&value, element.section);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Directory {
        let mut reader = DirectoryReader::new(Directory::default());
        reader.push(text.as_bytes());
        reader.finish().expect("whole")
    }

    #[test]
    fn people_come_from_users_and_from_tickets() {
        let ticket = r#"{"id":1,"requester":{"id":7,"name":"Ada","email":"ada@demo.test"},"group":{"id":3,"name":"x"}}"#;
        let user = r#"{"id":7,"name":"Ada L.","email":"ada@demo.test","role":"end-user"}"#;
        assert_eq!(read(ticket).person(Some("7")).and_then(|known| known.is_staff), None);
        let all = format!("\u{FEFF}{{\"users\":[{user}],\"tickets\":[{ticket}],\"groups\":[{{\"id\":3,\"name\":\"Support\"}}]}}");
        let directory = read(&all);
        assert_eq!(directory.person(Some("7")).and_then(|known| known.person.name.clone()).as_deref(), Some("Ada L."));
        assert_eq!(directory.person(Some("7")).and_then(|known| known.is_staff), Some(false));
        assert_eq!(directory.group(Some("3")).as_deref(), Some("Support"));
        assert_eq!(read(&format!("{user}\n{user}\n")).people(), 1);
        let stored = serde_json::to_string(&directory).expect("plain");
        assert_eq!(serde_json::from_str::<Directory>(&stored).ok(), Some(directory));
    }
}
