//! The bootstraps as they are deployed: where they are, and how large.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// What all others are measured against.
pub(crate) const HELLO: &str = "hello";

/// A release build of a bootstrap.
pub(crate) struct Binary {
    /// Its area.
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) size_mb: f64,
    /// As `sam deploy` uploads it; without `python3` nobody knows.
    pub(crate) zipped_mb: Option<f64>,
}

impl Binary {
    /// Finds what `cargo lambda build` made, or else what `cargo build` did.
    pub(crate) fn find(name: &'static str) -> Result<Self, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let target = this.ancestors().nth(3).ok_or("a benchmark lies in target/<profile>/deps")?;
        let file = format!("{name}-bootstrap");
        let places = [target.join("lambda").join(&file).join("bootstrap"), target.join("release").join(&file)];
        let path = places.iter().find(|path| path.exists()).cloned().ok_or_else(|| {
            let places = places.map(|path| path.display().to_string()).join(" nor ");
            format!("there is neither {places}: run `make build`")
        })?;
        let size_mb = megabytes(&path)?;
        let zipped_mb = zip(&path)?;
        Ok(Self { name, path, size_mb, zipped_mb })
    }
}

fn megabytes(path: &Path) -> Result<f64, String> {
    let size = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.len();
    Ok(size as f64 / 1e6)
}

/// By the library that `sam` uses, at its own level.
fn zip(path: &Path) -> Result<Option<f64>, String> {
    let directory = TempDir::with_prefix("lambdesk-bench-").map_err(|error| error.to_string())?;
    let bootstrap = directory.path().join("bootstrap");
    fs::copy(path, &bootstrap).map_err(|error| format!("{}: {error}", path.display()))?;
    let archive = directory.path().join("bootstrap.zip");
    let zipped = Command::new("python3")
        .args(["-m", "zipfile", "-c"])
        .args([&archive, &bootstrap])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if zipped.is_ok_and(|status| status.success()) { megabytes(&archive).map(Some) } else { Ok(None) }
}
