//! The bytes of an object: streamed in to a new file, streamed out of it.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3ErrorCode, S3Result};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use crate::digest::{Claims, Digests};
use crate::files::discard;

/// How much is read from disk at a time, in bytes.
const CHUNK: u64 = 64 * 1024;

/// A blob that no record names yet. Dropped before [`PendingBlob::keep`], it
/// is removed; a kill leaves it to the sweep at the next open.
pub(crate) struct PendingBlob {
    pub(crate) id: Uuid,
    /// In bytes.
    pub(crate) size: u64,
    path: PathBuf,
    kept: bool,
}

impl PendingBlob {
    fn new(directory: &Path, id: Uuid) -> Self {
        Self { id, size: 0, path: directory.join(id.to_string()), kept: false }
    }

    /// Streams `body` to a new file and checks it against what was claimed.
    pub(crate) async fn receive(
        directory: &Path,
        id: Uuid,
        body: Option<StreamingBlob>,
        claims: Claims,
    ) -> S3Result<(Self, Digests)> {
        let mut blob = Self::new(directory, id);
        let mut file = File::create(&blob.path).await.map_err(S3Error::internal_error)?;
        let mut digester = claims.digester();
        if let Some(mut body) = body {
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(|error| S3Error::with_source(S3ErrorCode::IncompleteBody, error))?;
                digester.update(&chunk);
                file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
                blob.size += chunk.len() as u64;
            }
        }
        file.flush().await.map_err(S3Error::internal_error)?;

        let digests = digester.finish();
        claims.verify(&digests)?;
        Ok((blob, digests))
    }

    /// Writes `sources`, one after the other, to a new file.
    pub(crate) async fn concatenate(directory: &Path, id: Uuid, sources: Vec<fs::File>) -> io::Result<Self> {
        let mut blob = Self::new(directory, id);
        let writing = tokio::task::spawn_blocking(move || {
            let mut file = fs::File::create(&blob.path)?;
            for mut source in sources {
                blob.size += io::copy(&mut source, &mut file)?;
            }
            Ok(blob)
        });
        writing.await.map_err(io::Error::other)?
    }

    /// Gives the file a name of the caller's choice and keeps it.
    pub(crate) fn keep_as(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.kept = true;
        Ok(())
    }

    /// Says that a record names the blob now.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for PendingBlob {
    fn drop(&mut self) {
        if !self.kept && self.path.exists() {
            discard(&self.path);
        }
    }
}

/// Streams `range` of an open blob.
pub(crate) async fn read(file: fs::File, range: Range<u64>) -> io::Result<StreamingBlob> {
    let mut file = File::from_std(file);
    file.seek(io::SeekFrom::Start(range.start)).await?;
    let left = range.end - range.start;
    let chunks = stream::try_unfold((file, left), |(mut file, left)| async move {
        if left == 0 {
            return Ok::<_, io::Error>(None);
        }
        let length = usize::try_from(left.min(CHUNK)).expect("CHUNK fits in memory");
        let mut chunk = vec![0; length];
        file.read_exact(&mut chunk).await?;
        Ok(Some((Bytes::from(chunk), (file, left - length as u64))))
    });
    Ok(StreamingBlob::wrap(chunks))
}
