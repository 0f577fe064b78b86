//! What a mail says: read within limits, told apart from machines' mail, and split into what is new and what is quoted.
//!
//! Pure, as the domain is: bytes in, values out. What the desk does about a mail is the domain's to decide.

mod address;
mod automatic;
mod body;
mod bounce;
mod complaint;
mod decode;
mod forwarded;
mod header;
mod id;
pub mod limits;
mod mail;
mod mime;
mod quote;
mod read;
mod verdict;
mod words;

pub use automatic::Automatic;
pub use bounce::{Bounce, BouncedRecipient};
pub use complaint::Complaint;
pub use forwarded::Forwarded;
pub use mail::{Mail, Mailbox, Part, Unreadable};
pub use quote::{Fragment, FragmentKind, Split, split_html, split_quote_above, split_text};
pub use read::{Receiver, addressed_to, read};
pub use verdict::{Verdict, Verdicts};
