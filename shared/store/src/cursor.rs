//! Cursors: opaque, authenticated, and bound to the tenant, the person and the query they were given for.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{AeadInPlace, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

const NONCE: usize = 24;
const TAG: usize = 16;

/// Seals and opens cursors.
#[derive(Clone)]
pub(crate) struct Cursors {
    cipher: XChaCha20Poly1305,
}

impl Cursors {
    /// `secret` may have any length; cursors sealed under another secret are refused.
    pub(crate) fn new(secret: &[u8]) -> Self {
        let key = Sha256::new_with_prefix(b"lambdesk cursor\0").chain_update(secret).finalize();
        Self { cipher: XChaCha20Poly1305::new(&key) }
    }

    /// Seals a position; `query` names the tenant and the query that it belongs to.
    pub(crate) fn seal(&self, position: &str, query: &str) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| StoreError::Unavailable(format!("no randomness: {error}")))?;
        let mut bytes = position.as_bytes().to_vec();
        let tag = self
            .cipher
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), query.as_bytes(), &mut bytes)
            .map_err(|_| StoreError::Corrupt("a cursor is too long to seal".to_owned()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &tag[..], &bytes[..]].concat()))
    }

    /// Opens a cursor of the same query.
    pub(crate) fn open(&self, cursor: &str, query: &str) -> Result<String, StoreError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::InvalidCursor)?;
        if bytes.len() < NONCE + TAG {
            return Err(StoreError::InvalidCursor);
        }
        let (nonce, rest) = bytes.split_at(NONCE);
        let (tag, sealed) = rest.split_at(TAG);
        let mut position = sealed.to_vec();
        self.cipher
            .decrypt_in_place_detached(XNonce::from_slice(nonce), query.as_bytes(), &mut position, Tag::from_slice(tag))
            .map_err(|_| StoreError::InvalidCursor)?;
        String::from_utf8(position).map_err(|_| StoreError::InvalidCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_cursor_opens_only_for_its_query_and_only_whole() {
        let cursors = Cursors::new(b"secret");
        let cursor = cursors.seal("2025#1", "demo?status=new").expect("sealed");
        assert_eq!(cursors.open(&cursor, "demo?status=new").expect("opened"), "2025#1");
        assert!(cursors.open(&cursor, "other?status=new").is_err(), "another tenant's");
        assert!(Cursors::new(b"another").open(&cursor, "demo?status=new").is_err(), "another secret's");
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(cursors.open(&changed, "demo?status=new").is_err(), "changed at {at}");
        }
        for noise in ["", "x", "äöü", "AAAA", &"A".repeat(500)] {
            assert!(cursors.open(noise, "demo?status=new").is_err());
        }
    }
}
