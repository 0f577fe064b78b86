//! Batches: up to ten entries in one call, each with an outcome of its own.

use std::collections::HashSet;

use crate::SqsError;

/// The most entries of a batch.
const MAX_ENTRIES: usize = 10;

/// The longest id of an entry.
const MAX_ID_LENGTH: usize = 80;

/// One entry of a batch, or the outcome of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchEntry<T> {
    /// Chosen by the caller, unique within the batch.
    pub id: String,
    /// What to do, or what came of it.
    pub item: T,
}

impl<T> BatchEntry<T> {
    /// An entry.
    pub fn new(id: impl Into<String>, item: T) -> Self {
        Self { id: id.into(), item }
    }
}

/// An entry that was refused; the others went on.
#[derive(Debug)]
pub struct BatchFailure {
    /// The id of the entry.
    pub id: String,
    /// Why it was refused.
    pub error: SqsError,
}

/// What came of the entries of a batch.
#[derive(Debug)]
pub struct BatchOutcome<T> {
    /// The entries that were done, in their order.
    pub successful: Vec<BatchEntry<T>>,
    /// The entries that were refused, in their order.
    pub failed: Vec<BatchFailure>,
}

/// Refuses a batch as a whole: none or too many entries, ids that are malformed or not distinct.
pub(crate) fn check_entries<T>(entries: &[BatchEntry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::EmptyBatchRequest);
    }
    if entries.len() > MAX_ENTRIES {
        return Err(SqsError::TooManyEntriesInBatchRequest(entries.len()));
    }
    let mut seen = HashSet::new();
    for BatchEntry { id, .. } in entries {
        let allowed = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if id.is_empty() || id.len() > MAX_ID_LENGTH || !allowed {
            return Err(SqsError::InvalidBatchEntryId);
        }
        if !seen.insert(id) {
            return Err(SqsError::BatchEntryIdsNotDistinct(id.clone()));
        }
    }
    Ok(())
}

/// Does each entry. A refusal fails its entry; a failing file fails the batch.
pub(crate) fn run<T, U>(
    entries: &[BatchEntry<T>],
    mut one: impl FnMut(&T) -> Result<U, SqsError>,
) -> Result<BatchOutcome<U>, SqsError> {
    let mut outcome = BatchOutcome { successful: Vec::with_capacity(entries.len()), failed: Vec::new() };
    for BatchEntry { id, item } in entries {
        match one(item) {
            Ok(done) => outcome.successful.push(BatchEntry::new(id, done)),
            Err(error @ SqsError::Storage(_)) => return Err(error),
            Err(error) => outcome.failed.push(BatchFailure { id: id.clone(), error }),
        }
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(ids: &[&str]) -> Vec<BatchEntry<()>> {
        ids.iter().map(|id| BatchEntry::new(*id, ())).collect()
    }

    #[test]
    fn a_batch_has_one_to_ten_entries_with_distinct_well_formed_ids() {
        assert!(check_entries(&entries(&["a", "b-1", "c_2"])).is_ok());
        assert!(matches!(check_entries(&entries(&[])), Err(SqsError::EmptyBatchRequest)));
        assert!(matches!(check_entries(&entries(&["a"; 11])), Err(SqsError::TooManyEntriesInBatchRequest(11))));
        assert!(matches!(check_entries(&entries(&["a", "a"])), Err(SqsError::BatchEntryIdsNotDistinct(_))));
        assert!(matches!(check_entries(&entries(&["a b"])), Err(SqsError::InvalidBatchEntryId)));
    }

    #[test]
    fn a_refused_entry_leaves_the_others() {
        let batch = [BatchEntry::new("a", 1), BatchEntry::new("b", 2), BatchEntry::new("c", 3)];
        let outcome = run(&batch, |n| if *n == 2 { Err(SqsError::ReceiptHandleIsInvalid) } else { Ok(n * 10) }).unwrap();
        assert_eq!(outcome.successful, [BatchEntry::new("a", 10), BatchEntry::new("c", 30)]);
        assert_eq!(outcome.failed[0].id, "b");
    }

    #[test]
    fn a_failing_file_fails_the_batch() {
        let broken = |_: &()| -> Result<(), SqsError> { Err(rusqlite::Error::InvalidQuery.into()) };
        assert!(run(&entries(&["a"]), broken).is_err());
    }
}
