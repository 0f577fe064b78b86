//! The mail server that the local process takes mail with, where AWS has SES.
//!
//! RFC 5321 as a receiver needs it, with PIPELINING (RFC 2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531) and
//! ENHANCEDSTATUSCODES (2034). A mail is answered `250` once the [`Receiver`] has stored it, and never before: whoever
//! sends keeps a mail that was not, and tries again.
//!
//! Commands are read by `smtp-proto`; the conversation is ours. Of the servers for tokio, `smtpd` and `minismtp` are first
//! versions (the second ends a mail where a chunk ends), `samotop` stands on async-std and `mailin` is synchronous. Nor is
//! the data reader of `smtp-proto` used: it ends a mail at CRLF `.` CR CR LF, does not see that a mail is empty, and lets
//! bare line feeds pass.
//!
//! **Smuggling** (CVE-2023-51764 and its kin): CRLF `.` CRLF alone ends a mail, and one with a CR or LF on its own in it is
//! refused whole, so that nobody behind this server reads another end into it.
//!
//! Left out: TLS and AUTH (it listens on this machine alone), CHUNKING, addresses with a literal such as `a@[192.0.2.1]`,
//! `<Postmaster>` without a domain, and any check of SPF, DKIM or DMARC.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod address;
mod buffer;
mod command;
mod data;
mod envelope;
mod reply;
mod serve;
mod session;
mod settings;
mod trace;
mod wire;

pub use envelope::{Envelope, Receiver, Recipient};
pub use serve::serve;
pub use settings::{Clock, Settings};

/// What the server calls itself.
const HOST: &str = "lambdesk.local";
