//! A mail while it arrives: as long as one may be, and only while all of them together fit.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is counted at a time, in bytes.
const UNIT: usize = 64 * 1024;

/// Memory for all mails that arrive at once.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Semaphore>);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT)))
    }
}

/// Why a mail cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// It is too long.
    Mail,
    /// Too many others arrive.
    Memory,
}

/// A mail, and its share of the memory.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    limit: usize,
    memory: Memory,
    held: Vec<OwnedSemaphorePermit>,
}

impl Buffer {
    /// An empty one for `limit` bytes at most.
    pub(crate) fn new(memory: Memory, limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, memory, held: Vec::new() }
    }

    pub(crate) fn push(&mut self, more: &[u8]) -> Result<(), Full> {
        let length = self.bytes.len() + more.len();
        if length > self.limit {
            return Err(Full::Mail);
        }
        if length > self.bytes.capacity() {
            self.grow(length)?;
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    /// Doubles, as a vector does by itself, but asks before.
    fn grow(&mut self, length: usize) -> Result<(), Full> {
        let units = length.max(self.bytes.capacity().saturating_mul(2)).min(self.limit).max(length).div_ceil(UNIT);
        let more = units.saturating_sub(self.bytes.capacity() / UNIT);
        let more = u32::try_from(more).map_err(|_| Full::Memory)?;
        self.held.push(Arc::clone(&self.memory.0).try_acquire_many_owned(more).map_err(|_| Full::Memory)?);
        self.bytes.reserve_exact(units * UNIT - self.bytes.len());
        Ok(())
    }

    /// The mail, and what is to be dropped when it is done with.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Vec<OwnedSemaphorePermit>) {
        (self.bytes, self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_no_longer_than_allowed() {
        let mut buffer = Buffer::new(Memory::new(10 * UNIT), 5);
        assert_eq!(buffer.push(b"12345"), Ok(()));
        assert_eq!(buffer.push(b"6"), Err(Full::Mail));
        assert_eq!(buffer.into_parts().0, b"12345");
    }

    #[test]
    fn memory_is_shared_and_given_back() {
        let memory = Memory::new(3 * UNIT);
        let mut first = Buffer::new(memory.clone(), 10 * UNIT);
        first.push(&vec![0; 2 * UNIT]).unwrap();
        let mut second = Buffer::new(memory, 10 * UNIT);
        assert_eq!(second.push(&vec![0; 2 * UNIT]), Err(Full::Memory));
        drop(first);
        assert_eq!(second.push(&vec![0; 2 * UNIT]), Ok(()));
    }
}
