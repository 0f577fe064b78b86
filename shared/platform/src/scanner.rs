//! Looking for what is harmful in files: by ClamAV over its own protocol, or by GuardDuty, which looks at the bucket itself and
//! leaves its findings in tags.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use lambdesk_domain::Scan;
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// The tag that GuardDuty Malware Protection for S3 puts on what it has looked at.
const GUARD_DUTY_TAG: &str = "GuardDutyMalwareScanStatus";
/// How long clamd may take to be reached, and to look at a file: a worker has 24 s for two.
const CONNECT: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_secs(9);
/// Bytes of one chunk of the stream.
const CHUNK: usize = 64 * 1024;
/// Longer than any answer that says something.
const MAX_ANSWER: u64 = 4096;

/// Who looks at files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// Nobody.
    Off,
    /// A clamd that listens on TCP, at `host:port`. It is spoken to in the clear: it belongs into the same network.
    ClamdTcp(String),
    /// A clamd that listens on a socket of this machine.
    ClamdUnix(PathBuf),
    /// GuardDuty Malware Protection for S3, set up on the bucket with tagging.
    GuardDuty,
}

/// Why nothing is known of a file: it is to be looked at again.
#[derive(Debug, Error)]
#[error("the scanner did not answer: {0}")]
pub struct ScanError(String);

impl From<std::io::Error> for ScanError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Scanner {
    /// Reads `off`, `guardduty`, `clamd:<host>:<port>` or `clamd:unix:<path>`; nothing is `off`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "SCANNER must be off, guardduty, clamd:<host>:<port> or clamd:unix:<path>".to_owned();
        match text {
            "" | "off" => return Ok(Self::Off),
            "guardduty" => return Ok(Self::GuardDuty),
            _ => {}
        }
        let address = text.strip_prefix("clamd:").ok_or_else(wrong)?;
        if let Some(path) = address.strip_prefix("unix:") {
            return if path.starts_with('/') { Ok(Self::ClamdUnix(path.into())) } else { Err(wrong()) };
        }
        let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
        let fits = !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0);
        if fits { Ok(Self::ClamdTcp(address.to_owned())) } else { Err(wrong()) }
    }

    /// Looks at a file. `Unknown` where nobody looks or it could not be told, `Pending` where somebody else looks by themselves.
    pub async fn look(&self, bytes: &[u8]) -> Result<Scan, ScanError> {
        let late = |_| ScanError("no time was left".to_owned());
        match self {
            Self::Off => Ok(Scan::Unknown),
            Self::GuardDuty => Ok(Scan::Pending),
            Self::ClamdTcp(address) => {
                let clamd = timeout(CONNECT, TcpStream::connect(address)).await.map_err(late)??;
                timeout(LOOK, ask(clamd, bytes)).await.map_err(late)?
            }
            Self::ClamdUnix(path) => {
                let clamd = timeout(CONNECT, UnixStream::connect(path)).await.map_err(late)??;
                timeout(LOOK, ask(clamd, bytes)).await.map_err(late)?
            }
        }
    }

    /// What the tags of an object say, if its scanner is one that leaves its findings there and has.
    pub fn read_tags(&self, tags: &BTreeMap<String, String>) -> Option<Scan> {
        if *self != Self::GuardDuty {
            return None;
        }
        // The others: UNSUPPORTED (a password, say), ACCESS_DENIED, FAILED.
        tags.get(GUARD_DUTY_TAG).map(|status| match status.as_str() {
            "NO_THREATS_FOUND" => Scan::Clean,
            "THREATS_FOUND" => Scan::Infected,
            _ => Scan::Unknown,
        })
    }
}

/// One `INSTREAM`: chunks, each after its length, and an empty one at the end.
async fn ask(mut clamd: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> Result<Scan, ScanError> {
    let sent = send(&mut clamd, bytes).await;
    // A file that is too large for it clamd does not read to its end: what it says counts, not that it stopped reading.
    let mut answer = Vec::new();
    let read = clamd.take(MAX_ANSWER).read_to_end(&mut answer).await;
    if answer.is_empty() {
        sent?;
        read?;
    }
    verdict(String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n', '\r']))
}

async fn send(clamd: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    clamd.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).unwrap_or_default();
        clamd.write_all(&length.to_be_bytes()).await?;
        clamd.write_all(chunk).await?;
    }
    clamd.write_all(&0_u32.to_be_bytes()).await?;
    clamd.flush().await
}

fn verdict(answer: &str) -> Result<Scan, ScanError> {
    match answer {
        "stream: OK" => Ok(Scan::Clean),
        found if found.starts_with("stream: ") && found.ends_with(" FOUND") => Ok(Scan::Infected),
        "INSTREAM size limit exceeded. ERROR" => Ok(Scan::Unknown),
        other => Err(ScanError(format!("it said {other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A clamd that knows one signature, on a port of its own. It reads a stream as the real one does, up to `limit` bytes.
    async fn clamd(limit: usize) -> Scanner {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let scanner = Scanner::ClamdTcp(listener.local_addr().expect("bound").to_string());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut command = [0; 10];
                stream.read_exact(&mut command).await.expect("a command");
                assert_eq!(&command, b"zINSTREAM\0");
                let mut file = Vec::new();
                let answer: &[u8] = loop {
                    let length = stream.read_u32().await.expect("a length");
                    if length == 0 {
                        let found = file.windows(5).any(|window| window == b"EICAR");
                        break if found { b"stream: Win.Test.EICAR_HDB-1 FOUND\0" } else { b"stream: OK\0" };
                    }
                    let mut chunk = vec![0; length as usize];
                    stream.read_exact(&mut chunk).await.expect("a chunk");
                    file.extend(chunk);
                    if file.len() > limit {
                        break b"INSTREAM size limit exceeded. ERROR\0";
                    }
                };
                stream.write_all(answer).await.expect("heard");
                stream.shutdown().await.expect("said");
                // What is still to come is read and forgotten: a connection closed on it would be reset.
                drop(stream.read_to_end(&mut Vec::new()).await);
            }
        });
        scanner
    }

    #[tokio::test]
    async fn clamd_is_asked_in_its_own_protocol() {
        let scanner = clamd(1 << 20).await;
        assert_eq!(scanner.look(b"nothing").await.expect("answered"), Scan::Clean);
        assert_eq!(scanner.look(b"").await.expect("answered"), Scan::Clean);
        let mut large = vec![b'x'; CHUNK * 3 - 2];
        large.extend(b"EICAR across two chunks");
        assert_eq!(scanner.look(&large).await.expect("answered"), Scan::Infected);
    }

    #[tokio::test]
    async fn what_cannot_be_told_is_unknown_and_what_does_not_answer_an_error() {
        let scanner = clamd(10).await;
        assert_eq!(scanner.look(&vec![0; CHUNK]).await.expect("answered"), Scan::Unknown);
        let nobody = Scanner::ClamdTcp("127.0.0.1:1".to_owned());
        assert!(nobody.look(b"x").await.is_err());
        for odd in ["", "UNKNOWN COMMAND", "stream: x ERROR", "FOUND", "stream: OK, or so"] {
            assert!(verdict(odd).is_err(), "{odd} is no all-clear");
        }
        assert_eq!(Scanner::Off.look(b"x").await.expect("answered"), Scan::Unknown);
    }

    #[tokio::test]
    async fn clamd_may_listen_on_a_socket() {
        let path = std::env::temp_dir().join(format!("lambdesk-clamd-{}", std::process::id()));
        let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("asked");
            let mut asked = [0; 19];
            stream.read_exact(&mut asked).await.expect("all of it");
            stream.write_all(b"stream: OK\0").await.expect("heard");
            asked
        });
        assert_eq!(Scanner::ClamdUnix(path.clone()).look(b"x").await.expect("answered"), Scan::Clean);
        assert_eq!(&served.await.expect("served"), b"zINSTREAM\0\0\0\0\x01x\0\0\0\0");
        std::fs::remove_file(path).expect("mine");
    }

    #[test]
    fn a_scanner_has_a_name() {
        assert_eq!(Scanner::parse(""), Ok(Scanner::Off));
        assert_eq!(Scanner::parse("guardduty"), Ok(Scanner::GuardDuty));
        assert_eq!(Scanner::parse("clamd:av.internal:3310"), Ok(Scanner::ClamdTcp("av.internal:3310".to_owned())));
        assert_eq!(Scanner::parse("clamd:[::1]:3310"), Ok(Scanner::ClamdTcp("[::1]:3310".to_owned())));
        assert_eq!(Scanner::parse("clamd:unix:/run/clamd"), Ok(Scanner::ClamdUnix("/run/clamd".into())));
        for wrong in ["clam", "clamd:", "clamd:host", "clamd:host:0", "clamd::3310", "clamd:unix:relative"] {
            assert!(Scanner::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_guard_duty_is_read_from_tags() {
        let tags = |status: &str| BTreeMap::from([(GUARD_DUTY_TAG.to_owned(), status.to_owned())]);
        let read = |status| Scanner::GuardDuty.read_tags(&tags(status));
        assert_eq!((read("NO_THREATS_FOUND"), read("THREATS_FOUND")), (Some(Scan::Clean), Some(Scan::Infected)));
        assert_eq!((read("UNSUPPORTED"), Scanner::GuardDuty.read_tags(&BTreeMap::new())), (Some(Scan::Unknown), None));
        assert_eq!(Scanner::Off.read_tags(&tags("NO_THREATS_FOUND")), None);
    }
}
