//! The signed token in a mail's reply address: says which ticket the answer belongs to and whom the mail was for.
//!
//! `reply+<token>@domain` must fit the 64 characters of a local part (RFC 5321, 4.5.3.1.1) and survive servers that
//! fold case, so the token is 36 bytes in 58 characters of base32: ticket (16), the random half of the person's
//! UUIDv7 (8), expiry in weeks, kind and key number (2: 12, 1 and 3 bits), and 10 bytes of HMAC-SHA256 over all of it and the tenant.
//!
//! The kind is 0 for a reply, as it is in all tokens of before there were kinds.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    id::{PersonId, TenantId, TicketId},
    message::MessageKind,
};

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const WEEK: i64 = 7 * 24 * 3600;
/// Weeks for which an answer to a mail finds its ticket by the token: a year.
const LIFETIME_WEEKS: i64 = 52;
/// 2020-01-06T00:00:00Z, a Monday: week 0.
const EPOCH: i64 = 1_578_268_800;
const SIGNED: usize = 26;
const SIGNATURE: usize = 10;
/// The bit that says that an answer becomes a note.
const NOTE: u16 = 0b1000;
const KEY_NUMBERS: u16 = 0b0111;

/// What a valid token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyToken {
    /// The ticket the answer belongs to.
    pub ticket: TicketId,
    /// What an answer becomes: one to a mail that shows what is internal is internal too, for its author's program quotes it.
    pub kind: MessageKind,
    person: [u8; 8],
}

impl ReplyToken {
    /// Whether the mail was for this person.
    pub fn is_for(&self, person: PersonId) -> bool {
        person.0.as_bytes()[8..] == self.person
    }

    /// Signs a token for a mail to `person` about `ticket`, an answer to which becomes a message of this kind. `key_number`
    /// (0 to 7) tells later which key signed it.
    pub fn sign(
        tenant: &TenantId,
        (ticket, person): (TicketId, PersonId),
        kind: MessageKind,
        now: Timestamp,
        key_number: u8,
        key: &[u8],
    ) -> String {
        let expires = week(now) + LIFETIME_WEEKS;
        let kind_bit = if kind == MessageKind::Note { NOTE } else { 0 };
        let kind_and_key = kind_bit | (u16::from(key_number) & KEY_NUMBERS);
        let expiry_and_key = u16::try_from(expires << 4 | i64::from(kind_and_key)).unwrap_or(u16::MAX);
        let mut bytes = Vec::with_capacity(SIGNED + SIGNATURE);
        bytes.extend_from_slice(ticket.0.as_bytes());
        bytes.extend_from_slice(&person.0.as_bytes()[8..]);
        bytes.extend_from_slice(&expiry_and_key.to_be_bytes());
        let signature = mac(tenant, &bytes, key).finalize().into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE]);
        encode(&bytes)
    }

    /// Reads a token; `None` for one that is malformed, expired, of another tenant, or signed by none of `keys`.
    pub fn verify<'k>(tenant: &TenantId, token: &str, now: Timestamp, keys: impl Fn(u8) -> Option<&'k [u8]>) -> Option<Self> {
        let bytes = decode(token)?;
        if bytes.len() != SIGNED + SIGNATURE {
            return None;
        }
        let (signed, signature) = bytes.split_at(SIGNED);
        let expiry_and_key = u16::from_be_bytes([signed[24], signed[25]]);
        let key = keys((expiry_and_key & KEY_NUMBERS) as u8)?;
        mac(tenant, signed, key).verify_truncated_left(signature).ok()?;
        if week(now) > i64::from(expiry_and_key >> 4) {
            return None;
        }
        let ticket = TicketId(Uuid::from_slice(&signed[..16]).ok()?);
        let kind = if expiry_and_key & NOTE == 0 { MessageKind::Reply } else { MessageKind::Note };
        Some(Self { ticket, kind, person: signed[16..24].try_into().ok()? })
    }
}

fn week(now: Timestamp) -> i64 {
    (now.as_second() - EPOCH).max(0) / WEEK
}

fn mac(tenant: &TenantId, signed: &[u8], key: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"lambdesk reply token\0");
    mac.update(tenant.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(signed);
    mac
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in bytes {
        buffer = (buffer & 0xff) << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(buffer << (5 - bits) & 31) as usize]));
    }
    text
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for c in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == c.to_ascii_lowercase())?;
        buffer = (buffer & 0x7f) << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).expect("fits")
    }

    const NOW: Timestamp = Timestamp::constant(1_763_640_000, 0);
    const KEY: &[u8] = b"one key";

    fn sign(ticket: u128, person: u128) -> String {
        sign_kind(ticket, person, MessageKind::Reply)
    }

    fn sign_kind(ticket: u128, person: u128, kind: MessageKind) -> String {
        let whom = (TicketId(Uuid::from_u128(ticket)), PersonId(Uuid::from_u128(person)));
        ReplyToken::sign(&tenant("demo"), whom, kind, NOW, 3, KEY)
    }

    fn verify(token: &str, of: &str, now: Timestamp) -> Option<ReplyToken> {
        ReplyToken::verify(&tenant(of), token, now, |number| (number == 3).then_some(KEY))
    }

    #[test]
    fn a_token_fits_a_local_part_and_survives_upper_case() {
        let token = sign(7, 9);
        assert_eq!("reply+".len() + token.len(), 64);
        let read = verify(&token.to_uppercase(), "demo", NOW).expect("valid");
        assert_eq!(read.ticket, TicketId(Uuid::from_u128(7)));
        assert!(read.is_for(PersonId(Uuid::from_u128(9))) && !read.is_for(PersonId(Uuid::from_u128(8))));
    }

    #[test]
    fn what_an_answer_becomes_is_signed() {
        for kind in [MessageKind::Reply, MessageKind::Note] {
            assert_eq!(verify(&sign_kind(7, 9, kind), "demo", NOW).expect("valid").kind, kind);
        }
        let mut bytes = decode(&sign_kind(7, 9, MessageKind::Note)).expect("letters");
        bytes[25] ^= 0b1000;
        assert_eq!(verify(&encode(&bytes), "demo", NOW), None, "a note is not made a reply");
    }

    /// Written before tokens had a kind.
    #[test]
    fn a_token_of_before_still_reads_as_a_reply() {
        let read = verify("aaaaaaaaaaaaaaaaaaaaaaaaa4aaaaaaaaaaaciwmmj26i5n6g4r2cjvxi", "demo", NOW);
        assert_eq!(read.map(|read| read.kind), Some(MessageKind::Reply));
    }

    #[test]
    fn another_tenant_another_key_and_another_year_are_refused() {
        let token = sign(7, 9);
        assert_eq!(verify(&token, "other", NOW), None);
        assert_eq!(ReplyToken::verify(&tenant("demo"), &token, NOW, |_| Some(b"other key")), None);
        assert_eq!(ReplyToken::verify(&tenant("demo"), &token, NOW, |_| None), None);
        let in_weeks = |weeks| Timestamp::from_second(NOW.as_second() + weeks * WEEK).expect("in range");
        assert!(verify(&token, "demo", in_weeks(52)).is_some());
        assert_eq!(verify(&token, "demo", in_weeks(53)), None);
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(ticket: u128, person: u128, at in 0usize..58, letter in 0usize..32) {
            let token = sign(ticket, person);
            let mut changed = token.clone().into_bytes();
            changed[at] = ALPHABET[letter];
            let changed = String::from_utf8(changed).expect("ASCII");
            // The last character holds two unused bits; another spelling of the same bytes is the same token.
            if decode(&changed) != decode(&token) {
                prop_assert_eq!(verify(&changed, "demo", NOW), None);
            }
        }

        #[test]
        fn noise_is_refused_without_a_panic(noise in ".{0,80}") {
            prop_assert_eq!(verify(&noise, "demo", NOW), None);
        }
    }
}
