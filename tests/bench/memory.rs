//! How much memory a process takes.

use std::fs;

/// In millions of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) resident_mb: f64,
    pub(crate) peak_mb: f64,
}

impl Memory {
    /// Of a process that runs.
    pub(crate) fn of(process: u32) -> Result<Self, String> {
        let path = format!("/proc/{process}/status");
        let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.strip_suffix("kB"));
            kib.and_then(|kib| kib.trim().parse::<f64>().ok()).map(|kib| kib * 1024.0 / 1e6).ok_or_else(|| format!("no {name}"))
        };
        Ok(Self { resident_mb: field("VmRSS:")?, peak_mb: field("VmHWM:")? })
    }
}
