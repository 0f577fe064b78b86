//! Receipt handles: what a receiver shows to delete or keep a message.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::SqsError;

const FIELD: usize = 8;
const LENGTH: usize = 4 * FIELD;

/// Names one receive of one message. Opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptHandle(String);

/// What a handle says. Row ids are never used twice, so a handle never leads to a later message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue_id: i64,
    pub(crate) message_row: i64,
    /// The receive count at that receive: tells the current handle from older ones.
    pub(crate) receive: i64,
}

impl ReceiptHandle {
    /// Takes the text of a handle; it is judged when it is used.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the handle. Fails with `ReceiptHandleIsInvalid` when it was not made by `queue_id`.
    pub(crate) fn open(&self, queue_id: i64) -> Result<Receipt, SqsError> {
        let receipt = self.decode().ok_or(SqsError::ReceiptHandleIsInvalid)?;
        if receipt.queue_id != queue_id {
            return Err(SqsError::ReceiptHandleIsInvalid);
        }
        Ok(receipt)
    }

    fn decode(&self) -> Option<Receipt> {
        let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(&self.0).ok()?.try_into().ok()?;
        let field = |i: usize| bytes[i * FIELD..(i + 1) * FIELD].try_into().ok().map(i64::from_be_bytes);
        let receipt = Receipt { queue_id: field(0)?, message_row: field(1)?, receive: field(2)? };
        (receipt.encode() == *self).then_some(receipt)
    }
}

impl Receipt {
    /// The handle for this receipt, with a check sum that tells a mistyped handle from a real one.
    pub(crate) fn encode(self) -> ReceiptHandle {
        let mut bytes = Vec::with_capacity(LENGTH);
        for field in [self.queue_id, self.message_row, self.receive] {
            bytes.extend(field.to_be_bytes());
        }
        let sum = Sha256::digest(&bytes);
        bytes.extend(&sum[..FIELD]);
        ReceiptHandle(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Display for ReceiptHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIPT: Receipt = Receipt { queue_id: 3, message_row: 41, receive: 2 };

    #[test]
    fn a_handle_leads_back_to_its_receive() {
        assert_eq!(RECEIPT.encode().open(3).unwrap(), RECEIPT);
    }

    #[test]
    fn each_receive_has_a_handle_of_its_own() {
        assert_ne!(RECEIPT.encode(), Receipt { receive: 3, ..RECEIPT }.encode());
    }

    #[test]
    fn foreign_and_damaged_handles_are_refused() {
        let handle = RECEIPT.encode();
        assert!(handle.open(4).is_err());
        let damaged = handle.as_str().replacen('A', "B", 1);
        for text in ["", "garbage", &damaged] {
            assert!(matches!(ReceiptHandle::new(text).open(3), Err(SqsError::ReceiptHandleIsInvalid)), "{text}");
        }
    }
}
