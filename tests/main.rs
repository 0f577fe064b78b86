//! Whole flows over HTTP and mail, against the real local process. Every test has a desk of its own.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing may stop right there")]

mod acceptance;
mod answers;
mod api;
mod attachments;
mod audit;
mod costs;
mod crash;
mod deletion;
mod deployed;
mod imports;
mod inbound;
mod jobs;
mod mail;
mod merge;
mod people;
mod privacy;
mod promises;
mod registry;
mod roles;
mod routing;
mod runtime;
mod security;
mod service;
mod sla;
mod support;
mod suppression;
mod together;
mod views;
