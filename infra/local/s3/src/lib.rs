//! The S3 that the local process talks to instead of AWS.
//!
//! The wire protocol (routing, XML, Signature Version 4, presigned URLs, POST
//! policies) is the `s3s` crate; this crate keeps the objects. An object is a
//! record (JSON) that names a blob (its bytes); renaming the record into place
//! is the one step that makes a write visible, so a process killed at any
//! moment leaves the old object or the new one.
//!
//! Why not `s3s-fs`: it renames the bytes into place before it checks their
//! digest and writes the metadata afterwards, so a refused or interrupted put
//! spoils the object that was there; and it uses keys as file names, which
//! forbids long keys and `a` next to `a/b`.
//!
//! Whoever is to know of new objects is told before the writer is ([`Store::notify`]), as S3 promises by its event
//! notifications: at least once, and here in order.
//!
//! Left out: versions, ACLs, bucket policies, lifecycle expiry, notifications of anything but new objects.

mod api;
mod blob;
mod cors;
mod digest;
mod error;
mod files;
mod listing;
mod notify;
mod precondition;
mod record;
mod serve;
mod store;
mod uploads;

pub use error::StoreError;
pub use notify::{Created, CreatedBy, Notifier};
pub use serve::{Credentials, serve};
pub use store::{Clock, Store};
