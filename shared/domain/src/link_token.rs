//! The signed token in a link of a mail: lets whoever has the mail do one thing without signing in.
//!
//! The token says whose desk it is, because a link comes without a credential. In base32: what may be done (1), the person
//! (16), the ticket, notice or file (16), the hour in which it ends (4), the tenant's name, and 16 bytes of HMAC-SHA256 over all
//! of it.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    id::{AttachmentId, PersonId, TenantId, TicketId},
    notification::Notice,
    reply_token::{decode, encode},
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const FIXED: usize = 1 + 16 + 16 + 4;
const SIGNATURE: usize = 16;

/// What a link lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Be told no more of a ticket that they take part in.
    Leave(TicketId),
    /// Get no more mails of a kind.
    Mute(Notice),
    /// Rate their ticket.
    Rate(TicketId),
    /// Get a file that was too large for the mail, as long as they see its message.
    File(AttachmentId),
}

impl Link {
    /// The ticket that it is about, where it says so.
    pub const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::Leave(ticket) | Self::Rate(ticket) => Some(ticket),
            Self::Mute(_) | Self::File(_) => None,
        }
    }

    /// How long it works. RFC 8058 sets no end for unsubscribing: a year.
    const fn lifetime(self) -> i64 {
        match self {
            Self::Leave(_) | Self::Mute(_) => 365 * DAY,
            Self::Rate(_) => 60 * DAY,
            Self::File(_) => 30 * DAY,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Leave(_) => 1,
            Self::Mute(_) => 2,
            Self::Rate(_) => 3,
            Self::File(_) => 4,
        }
    }

    fn subject(self) -> [u8; 16] {
        match self {
            Self::Leave(ticket) | Self::Rate(ticket) => *ticket.0.as_bytes(),
            Self::Mute(notice) => padded(notice),
            Self::File(file) => *file.0.as_bytes(),
        }
    }

    fn read(code: u8, subject: [u8; 16]) -> Option<Self> {
        let id = Uuid::from_bytes(subject);
        match code {
            1 => Some(Self::Leave(TicketId(id))),
            2 => Notice::ALL.iter().copied().find(|notice| padded(*notice) == subject).map(Self::Mute),
            3 => Some(Self::Rate(TicketId(id))),
            4 => Some(Self::File(AttachmentId(id))),
            _ => None,
        }
    }
}

/// The beginning of the notice's word; no two begin alike.
fn padded(notice: Notice) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(notice.as_str().bytes()).for_each(|(byte, letter)| *byte = letter);
    bytes
}

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkToken {
    /// Whose desk.
    pub tenant: TenantId,
    /// Whom the mail was for.
    pub person: PersonId,
    /// What they may do.
    pub link: Link,
}

impl LinkToken {
    /// Signs a token that works from `now` on.
    pub fn sign(&self, now: Timestamp, key: &[u8]) -> String {
        let ends = (now.as_second() + self.link.lifetime()) / HOUR;
        let mut bytes = vec![self.link.code()];
        bytes.extend_from_slice(self.person.0.as_bytes());
        bytes.extend_from_slice(&self.link.subject());
        bytes.extend_from_slice(&u32::try_from(ends).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(self.tenant.as_str().as_bytes());
        let signature = mac(&bytes, key).finalize().into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE]);
        encode(&bytes)
    }

    /// Reads a token; `None` for one that is malformed, expired, or not signed by this key.
    pub fn verify(token: &str, now: Timestamp, key: &[u8]) -> Option<Self> {
        let bytes = decode(token).filter(|bytes| bytes.len() > FIXED + SIGNATURE)?;
        let (signed, signature) = bytes.split_at(bytes.len() - SIGNATURE);
        mac(signed, key).verify_truncated_left(signature).ok()?;
        let ends = u32::from_be_bytes(signed[33..FIXED].try_into().ok()?);
        if now.as_second() / HOUR > i64::from(ends) {
            return None;
        }
        Some(Self {
            tenant: TenantId::parse(std::str::from_utf8(&signed[FIXED..]).ok()?).ok()?,
            person: PersonId(Uuid::from_slice(&signed[1..17]).ok()?),
            link: Link::read(signed[0], signed[17..33].try_into().ok()?)?,
        })
    }
}

fn mac(signed: &[u8], key: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"lambdesk link\0");
    mac.update(signed);
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_763_640_000, 0);

    fn token(link: Link) -> LinkToken {
        LinkToken { tenant: TenantId::parse("demo").expect("fits"), person: PersonId(Uuid::from_u128(9)), link }
    }

    fn all() -> impl Iterator<Item = LinkToken> {
        let ticket = TicketId(Uuid::from_u128(7));
        let notices = Notice::ALL.iter().map(|notice| Link::Mute(*notice));
        notices.chain([Link::Leave(ticket), Link::Rate(ticket), Link::File(AttachmentId(ticket.0))]).map(token)
    }

    #[test]
    fn every_link_reads_back_in_any_case() {
        for token in all() {
            let text = token.sign(NOW, b"key");
            assert_eq!(LinkToken::verify(&text.to_uppercase(), NOW, b"key"), Some(token.clone()));
            assert_eq!(LinkToken::verify(&text, NOW, b"other key"), None);
        }
    }

    #[test]
    fn a_link_ends() {
        let rate = token(Link::Rate(TicketId(Uuid::from_u128(7)))).sign(NOW, b"key");
        let in_days = |days: i64| Timestamp::from_second(NOW.as_second() + days * DAY).expect("in range");
        assert!(LinkToken::verify(&rate, in_days(60), b"key").is_some());
        assert_eq!(LinkToken::verify(&rate, in_days(61), b"key"), None);
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in 0usize..90, letter in "[a-z2-7]") {
            let text = token(Link::Leave(TicketId(Uuid::from_u128(7)))).sign(NOW, b"key");
            let mut changed = text.clone();
            changed.replace_range(at..=at, &letter);
            // The last character holds unused bits; another spelling of the same bytes is the same token.
            if decode(&changed) != decode(&text) {
                prop_assert_eq!(LinkToken::verify(&changed, NOW, b"key"), None);
            }
        }

        #[test]
        fn noise_is_refused_without_a_panic(noise in ".{0,120}") {
            prop_assert_eq!(LinkToken::verify(&noise, NOW, b"key"), None);
        }
    }
}
