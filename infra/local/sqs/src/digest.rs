//! The checksums the AWS SDKs verify, and the content hash FIFO queues deduplicate by.

use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::attribute::{AttributeValue, MessageAttributes};

/// Marks a text value in the attribute checksum.
const TEXT_TRANSPORT: u8 = 1;

/// Marks a binary value in the attribute checksum.
const BINARY_TRANSPORT: u8 = 2;

/// MD5 of a message body, in hex.
pub(crate) fn md5_of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// MD5 of message attributes, in hex; none when there are no attributes.
///
/// The algorithm of the SQS developer guide ("Calculating the MD5 message digest for message attributes"): by name, each of name, type
/// and value with its length before it as four bytes, big endian, and one transport byte before the value.
pub(crate) fn md5_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut hasher = Md5::new();
    for (name, attribute) in attributes {
        let transport = match attribute.value {
            AttributeValue::Text(_) => TEXT_TRANSPORT,
            AttributeValue::Binary(_) => BINARY_TRANSPORT,
        };
        update_with_length(&mut hasher, name.as_bytes());
        update_with_length(&mut hasher, attribute.data_type.as_bytes());
        hasher.update([transport]);
        update_with_length(&mut hasher, attribute.value.as_bytes());
    }
    Some(hex(&hasher.finalize()))
}

/// SHA-256 of a message body, in hex: the deduplication id of a queue with content-based deduplication.
pub(crate) fn sha256_of_body(body: &str) -> String {
    hex(&<Sha256 as sha2::Digest>::digest(body.as_bytes()))
}

fn update_with_length(hasher: &mut Md5, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a message is limited to 1 MiB before its checksum is made");
    hasher.update(length.to_be_bytes());
    hasher.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::MessageAttribute;

    #[test]
    fn body_checksums_are_the_well_known_ones() {
        assert_eq!(md5_of_body("hello"), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(sha256_of_body(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn no_attributes_have_no_checksum() {
        assert_eq!(md5_of_attributes(&MessageAttributes::new()), None);
    }

    /// The expected values were computed from the published algorithm, outside this crate.
    #[test]
    fn attribute_checksums_follow_the_published_algorithm() {
        let text = AttributeValue::Text("1493147359900".to_owned());
        let timestamp = MessageAttribute { data_type: "Number.java.lang.Long".to_owned(), value: text };
        let one = MessageAttributes::from([("timestamp".to_owned(), timestamp)]);
        assert_eq!(md5_of_attributes(&one).as_deref(), Some("2e2e4876d8e0bd6b8c2c8f556831c349"));

        let bytes = MessageAttribute { data_type: "Binary".to_owned(), value: AttributeValue::Binary(vec![0, 255]) };
        let two = MessageAttributes::from([("text".to_owned(), MessageAttribute::string("v")), ("bin".to_owned(), bytes)]);
        assert_eq!(md5_of_attributes(&two).as_deref(), Some("95a9b39889e3feb25d79ecdedac8fe61"));
    }
}
