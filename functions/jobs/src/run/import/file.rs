//! The file of an import, read a piece at a time.

use lambdesk_domain::job::{ImportFormat, ImportWhat, Reading};
use lambdesk_platform::{BucketName, ObjectError};
use lambdesk_store::import_key;
use lambdesk_transfer::{Directory, DirectoryReader, FileError, Format, Options, Position, Reader, Row};
use serde_json::Value;

use super::{
    super::{Trouble, Work},
    FILE,
};

/// Bytes that are read at once.
const PIECE: u64 = 1024 * 1024;
/// Bytes of text in one batch after which no further ticket is added: so much is in memory a few times over.
const MOST_TEXT: usize = 2 * 1024 * 1024;
/// What was learnt of the people in the file.
pub(super) const PEOPLE: &str = "people.json";
/// More than a file of 200 MiB can hold.
const MOST_PEOPLE: u64 = 128 * 1024 * 1024;

pub(super) struct File {
    key: String,
    reader: Reader,
    /// Where the next piece begins.
    offset: u64,
    is_read: bool,
}

impl File {
    /// Goes on where the job was left, or begins.
    pub(super) fn open(work: &Work<'_>, what: &ImportWhat, directory: Directory, reading: &Reading) -> Result<Self, Trouble> {
        let options = Options {
            directory,
            statuses: what.statuses.clone(),
            priorities: what.priorities.clone(),
            fields: what.fields.clone(),
            own_export: what.own_export,
        };
        let format = match what.format {
            ImportFormat::Csv => Format::Csv,
            ImportFormat::Zendesk => Format::Zendesk,
            ImportFormat::Zammad => Format::Zammad,
        };
        let position = reading.position.clone().map(serde_json::from_value::<Position>).transpose();
        let position = position.map_err(|_| unreadable(&FileError::WrongPosition))?;
        let offset = position.as_ref().map_or(0, |position| position.offset);
        let reader = match position {
            None => Reader::new(format, options),
            Some(position) => Reader::resume(format, options, position).map_err(|error| unreadable(&error))?,
        };
        Ok(Self { key: key_of(work, FILE), reader, offset, is_read: false })
    }

    /// The next tickets, at most so many; none at the end. What cannot be read at all ends the job, after what came before it.
    pub(super) async fn next_rows(&mut self, work: &Work<'_>, most: usize) -> Result<Vec<Row>, Trouble> {
        let (mut rows, mut text) = (Vec::new(), 0);
        while rows.len() < most && text < MOST_TEXT {
            match self.reader.next_row() {
                Ok(Some(row)) => {
                    text += weight(&row);
                    rows.push(row);
                }
                Ok(None) if self.is_read => break,
                Ok(None) => self.read_on(work).await?,
                Err(error) if rows.is_empty() => return Err(unreadable(&error)),
                Err(_) => break,
            }
        }
        Ok(rows)
    }

    async fn read_on(&mut self, work: &Work<'_>) -> Result<(), Trouble> {
        let piece = piece(work, &self.key, self.offset).await?;
        self.offset += piece.len() as u64;
        if piece.is_empty() {
            self.reader.finish();
            self.is_read = true;
        } else {
            self.reader.push(&piece);
        }
        Ok(())
    }
}

fn weight(row: &Row) -> usize {
    let Ok(ticket) = &row.outcome else { return 0 };
    ticket.messages.iter().map(|message| message.body.source.len() + message.body.text.len()).sum()
}

async fn piece(work: &Work<'_>, key: &str, offset: u64) -> Result<Vec<u8>, Trouble> {
    match work.app.objects().get_range(BucketName::Attachments, key, offset, PIECE).await {
        Err(ObjectError::NotFound) => Err(Trouble::ended("file_missing", "The file is no longer there.")),
        piece => Ok(piece?),
    }
}

fn key_of(work: &Work<'_>, name: &str) -> String {
    import_key(work.desk.tenant(), work.job.id, name)
}

fn unreadable(error: &FileError) -> Trouble {
    Trouble::ended("unreadable_file", format!("The file cannot be read: {error}."))
}

/// The place, to be stored.
pub(super) fn written(position: &Position) -> Result<Value, Trouble> {
    serde_json::to_value(position).map_err(|error| Trouble::ended("unreadable_file", error.to_string()))
}

/// Reads the whole file for who is who in it, and writes that beside it: tickets come before or after the people they name.
pub(super) async fn learn_people(work: &Work<'_>) -> Result<(), Trouble> {
    let (key, mut offset) = (key_of(work, FILE), 0);
    let mut reader = DirectoryReader::new(Directory::default());
    loop {
        let piece = piece(work, &key, offset).await?;
        if piece.is_empty() {
            break;
        }
        offset += piece.len() as u64;
        reader.push(&piece);
    }
    // What is wrong with the file is told when its tickets are read.
    let directory = reader.finish().unwrap_or_default();
    let bytes = serde_json::to_vec(&directory).map_err(|error| Trouble::ended("unreadable_file", error.to_string()))?;
    Ok(work.app.objects().put(BucketName::Attachments, &key_of(work, PEOPLE), "application/json", bytes).await?)
}

/// What was learnt.
pub(super) async fn known_people(work: &Work<'_>) -> Result<Directory, Trouble> {
    let bytes = work.app.objects().get(BucketName::Attachments, &key_of(work, PEOPLE), MOST_PEOPLE).await;
    let bytes = match bytes {
        Err(ObjectError::NotFound | ObjectError::TooLarge(_)) => {
            return Err(Trouble::ended("file_missing", "What was read of the file is no longer there."));
        }
        bytes => bytes?,
    };
    serde_json::from_slice(&bytes).map_err(|error| Trouble::ended("unreadable_file", error.to_string()))
}
