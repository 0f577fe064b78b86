//! Digests of a body while it streams, and the ones a writer claims for it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::{S3Result, TrailingHeaders, s3_error};

const CRC32: &str = "x-amz-checksum-crc32";
const CRC32C: &str = "x-amz-checksum-crc32c";
const CRC64NVME: &str = "x-amz-checksum-crc64nvme";
const SHA1: &str = "x-amz-checksum-sha1";
const SHA256: &str = "x-amz-checksum-sha256";
const ALL: [&str; 5] = [CRC32, CRC32C, CRC64NVME, SHA1, SHA256];

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a writer says about its body, in headers or in trailers after it.
pub(crate) struct Claims {
    headers: HeaderMap,
    trailers: Option<TrailingHeaders>,
    /// Base64, from `Content-MD5`.
    md5: Option<String>,
}

/// The digests of a body that was read to its end.
pub(crate) struct Digests {
    pub(crate) md5: [u8; 16],
    /// Header name to base64 digest, for the algorithms the writer named.
    pub(crate) checksums: BTreeMap<String, String>,
}

/// Computes the MD5 and the checksums the writer named.
pub(crate) struct Digester {
    md5: Md5,
    checksums: ChecksumHasher,
}

impl Claims {
    pub(crate) fn new(headers: HeaderMap, trailers: Option<TrailingHeaders>, md5: Option<String>) -> Self {
        Self { headers, trailers, md5 }
    }

    /// A digester for what was claimed. Trailers are read only after the body,
    /// but `x-amz-trailer` announces them before it.
    pub(crate) fn digester(&self) -> Digester {
        let announced = self.text("x-amz-trailer").unwrap_or_default();
        let algorithm = self.text("x-amz-sdk-checksum-algorithm").unwrap_or_default();
        let wanted = |header: &str| {
            let name = header.trim_start_matches("x-amz-checksum-");
            self.headers.contains_key(header)
                || announced.split(',').any(|trailer| trailer.trim().eq_ignore_ascii_case(header))
                || algorithm.eq_ignore_ascii_case(name)
        };
        Digester {
            md5: Md5::new(),
            checksums: ChecksumHasher {
                crc32: wanted(CRC32).then(Crc32::new),
                crc32c: wanted(CRC32C).then(Crc32c::new),
                sha1: wanted(SHA1).then(Sha1::new),
                sha256: wanted(SHA256).then(Sha256::new),
                crc64nvme: wanted(CRC64NVME).then(Crc64Nvme::new),
            },
        }
    }

    /// `BadDigest` if a claim does not match; call it once the body is read.
    pub(crate) fn verify(self, digests: &Digests) -> S3Result<()> {
        if let Some(claimed) = &self.md5
            && *claimed != BASE64_STANDARD.encode(digests.md5)
        {
            return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match."));
        }
        let trailers = self.trailers.as_ref().and_then(TrailingHeaders::take).unwrap_or_default();
        for header in ALL {
            let Some(claimed) = self.headers.get(header).or_else(|| trailers.get(header)) else {
                continue;
            };
            let computed = digests.checksums.get(header).map(String::as_bytes);
            if computed != Some(claimed.as_bytes()) {
                return Err(s3_error!(BadDigest, "The {header} you specified did not match."));
            }
        }
        Ok(())
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers.get(header)?.to_str().ok()
    }
}

impl Digester {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.checksums.update(bytes);
    }

    pub(crate) fn finish(self) -> Digests {
        let sums = self.checksums.finalize();
        let named = [
            (CRC32, sums.checksum_crc32),
            (CRC32C, sums.checksum_crc32c),
            (CRC64NVME, sums.checksum_crc64nvme),
            (SHA1, sums.checksum_sha1),
            (SHA256, sums.checksum_sha256),
        ];
        let checksums = named.into_iter().filter_map(|(header, digest)| Some((header.to_owned(), digest?))).collect();
        Digests { md5: self.md5.finalize(), checksums }
    }
}
