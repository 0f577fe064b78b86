//! The SES that the local process talks to instead of AWS, and the mailbox in
//! which sent mail ends up.
//!
//! It speaks the AWS Query protocol of SES v1: a form in, XML out. Signatures
//! are not checked, and any sender may send: a local mail leaves the machine
//! only if a [`Relay`] was configured, which is meant to be a mail catcher.
//!
//! A mail is `<id>.eml` and `<id>.json` in the mailbox directory. The JSON is
//! renamed into place last and makes the mail visible, so a killed process
//! leaves a whole mail or none.
//!
//! Mail to SES's mailbox simulator (`bounce@simulator.amazonses.com` and its
//! neighbours) is stored like any other, and the event that SES would publish
//! of it goes to whoever listens ([`Mailbox::tell`]).
//!
//! Left out: templates, bulk sending, quotas, other feedback, and receiving (receipt rules are kept and described, not applied). Unlike AWS,
//! the `Message-ID` header is not rewritten.

mod actions;
mod addresses;
mod compose;
mod error;
mod files;
mod mailbox;
mod params;
mod receipt;
mod relay;
mod send;
mod serve;
mod settings;
mod simulator;
mod xml;

pub use error::MailError;
pub use mailbox::{Clock, Listener, Mail, Mailbox, NewMail};
pub use relay::{Relay, RelayError};
pub use serve::{router, serve};
