//! How a local process is to run.

use std::path::PathBuf;

use lambdesk_local_ses::Relay;
use lambdesk_platform::Scanner;

/// What the caller decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port of the gateway on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// Where data lives.
    pub data: Data,
    /// Whether to bring the demo and the presets' tenants, people and a few tickets. Without them an empty directory
    /// runs, but nobody can sign in until a tenant and people are written to the table.
    pub demo: bool,
    /// The port for incoming mail on 127.0.0.1; 0 takes any that is free, `None` takes no mail.
    pub smtp: Option<u16>,
    /// The SMTP server that gets a copy of every mail.
    pub relay: Option<Relay>,
    /// Who looks at attachments.
    pub scanner: Scanner,
    /// Where the built console and portal are; nothing is served where they are not.
    pub web: Option<PathBuf>,
    /// Whether answers carry what they cost (`x-lambdesk-cost`).
    pub show_cost: bool,
}

/// Where data lives.
#[derive(Debug, Clone)]
pub enum Data {
    /// In this directory, which is made if missing. One process at a time.
    Directory(PathBuf),
    /// In a directory of its own that goes with the process.
    Ephemeral,
}
