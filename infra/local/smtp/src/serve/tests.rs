use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use jiff::Timestamp;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    sync::oneshot,
    task::JoinHandle,
};

use super::*;
use crate::{Envelope, Recipient};

/// Keeps what it is given.
#[derive(Default)]
struct Memo {
    mails: Mutex<Vec<(Envelope, String)>>,
    full: AtomicBool,
}

impl Receiver for Memo {
    async fn recipient(&self, address: &str) -> Recipient {
        match address.split('@').next() {
            Some("nobody") => Recipient::Unknown,
            Some("later") => Recipient::Later,
            _ => Recipient::Accept,
        }
    }

    async fn accept(&self, envelope: Envelope, data: Vec<u8>) -> Result<(), String> {
        if self.full.load(Ordering::Relaxed) {
            return Err("the disk is full".to_owned());
        }
        self.mails.lock().unwrap().push((envelope, String::from_utf8(data).unwrap()));
        Ok(())
    }
}

/// A server for one test.
struct Server {
    memo: Arc<Memo>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(Arc::new(|| Timestamp::UNIX_EPOCH));
        change(&mut settings);
        let memo = Arc::new(Memo::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = serve(listener, Arc::clone(&memo), settings, async move {
            let _ = stopped.await;
        });
        Self { memo, address, stop: Some(stop), task: tokio::spawn(served) }
    }

    /// Past the greeting.
    async fn client(&self) -> Client {
        let mut client = self.silent_client().await;
        client.gets("220 lambdesk.local").await;
        client
    }

    async fn silent_client(&self) -> Client {
        Client(BufReader::new(TcpStream::connect(self.address).await.unwrap()))
    }

    /// Past hello, with a sender and a recipient.
    async fn client_with_mail(&self) -> Client {
        let mut client = self.client().await;
        client.begin_mail().await;
        client
    }

    /// The mails, without the lines of the server.
    fn texts(&self) -> Vec<String> {
        let text = |(_, data): &(Envelope, String)| data.split_once("auth=unchecked\r\n").unwrap().1.to_owned();
        self.memo.mails.lock().unwrap().iter().map(text).collect()
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next answer, whole.
    async fn answer(&mut self) -> String {
        let mut answer = String::new();
        loop {
            let start = answer.len();
            let read = self.0.read_line(&mut answer).await.unwrap();
            if read == 0 || answer.as_bytes().get(start + 3) != Some(&b'-') {
                return answer;
            }
        }
    }

    async fn gets(&mut self, start: &str) {
        let answer = self.answer().await;
        assert!(answer.starts_with(start) && answer.ends_with("\r\n"), "{answer:?} instead of {start}");
    }

    async fn says(&mut self, line: &str, start: &str) {
        self.send(format!("{line}\r\n")).await;
        let answer = self.answer().await;
        assert!(answer.starts_with(start), "{line:?} is answered {answer:?} instead of {start}");
    }

    async fn begin_mail(&mut self) {
        self.says("EHLO client.test", "250-").await;
        self.says("MAIL FROM:<carl@example.test>", "250 2.1.0").await;
        self.says("RCPT TO:<help@demo.test>", "250 2.1.5").await;
    }

    /// The server has hung up.
    async fn is_gone(&mut self) {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "");
    }
}

#[tokio::test]
async fn a_mail_arrives_with_its_envelope_and_the_lines_of_the_server() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.send("EHLO client.test\r\n").await;
    let offers = "250-lambdesk.local\r\n250-PIPELINING\r\n250-SIZE 41943040\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n";
    assert_eq!(client.answer().await, offers);
    client.says("MAIL FROM:<carl@example.test> SIZE=100 BODY=8BITMIME SMTPUTF8", "250 2.1.0").await;
    client.says("RCPT TO:<help@demo.test>", "250 2.1.5").await;
    client.says("RCPT TO:<jörg@demo.test>", "250 2.1.5").await;
    client.says("RCPT TO:<help@demo.test>", "250 2.1.5").await;
    client.says("DATA", "354").await;
    client.send("Subject: Grüße\r\n\r\n..dot\r\n.\r\n").await;
    let answer = client.answer().await;
    client.says("QUIT", "221 2.0.0").await;
    client.is_gone().await;

    let mails = server.memo.mails.lock().unwrap();
    let [(envelope, data)] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(answer, format!("250 2.0.0 Taken as {}\r\n", envelope.id));
    assert_eq!(envelope.helo, "client.test");
    assert!(envelope.peer.ip().is_loopback());
    assert_eq!(envelope.from.as_deref(), Some("carl@example.test"));
    assert_eq!(envelope.recipients, ["help@demo.test", "jörg@demo.test"]);
    assert!(envelope.body_8bit && envelope.smtputf8);
    assert!(
        data.starts_with("Return-Path: <carl@example.test>\r\nDelivered-To: help@demo.test\r\nDelivered-To: jörg@demo.test\r\n")
    );
    assert!(data.contains(&format!("with UTF8SMTP id {};\r\n", envelope.id)));
    assert!(data.ends_with("auth=unchecked\r\nSubject: Grüße\r\n\r\n.dot\r\n"), "{data:?}");
}

#[tokio::test]
async fn pipelined_commands_in_one_packet_are_answered_in_turn() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let mail = "MAIL FROM:<>\r\nRCPT TO:<help@demo.test>\r\nRCPT TO:<nobody@demo.test>\r\nRCPT TO:<later@demo.test>\r\nDATA\r\n";
    client.send(format!("HELO old.test\r\n{mail}first\r\n.\r\n{mail}second\r\n.\r\nQUIT\r\n")).await;
    client.gets("250 lambdesk.local").await;
    for _ in 0..2 {
        for expected in ["250 2.1.0", "250 2.1.5", "550 5.1.1", "451 4.3.0", "354", "250 2.0.0"] {
            client.gets(expected).await;
        }
    }
    client.gets("221 2.0.0").await;
    client.is_gone().await;
    assert_eq!(server.texts(), ["first\r\n", "second\r\n"]);
    let mails = server.memo.mails.lock().unwrap();
    assert_eq!(mails[0].0.from, None);
    assert_eq!(mails[0].0.recipients, ["help@demo.test"]);
    assert!(mails[0].1.starts_with("Return-Path: <>\r\n") && mails[0].1.contains("with SMTP id"));
    assert_ne!(mails[0].0.id, mails[1].0.id);
}

#[tokio::test]
async fn a_mail_may_come_byte_by_byte() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let conversation = "EHLO c\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<help@demo.test>\r\nDATA\r\n.\r\n..\r\n.\r\n";
    // The first dot alone is an empty mail; what follows it are no commands.
    for byte in conversation.as_bytes() {
        client.send([*byte]).await;
    }
    for expected in ["250-", "250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "500 5.5.2", "500 5.5.2"] {
        client.gets(expected).await;
    }
    client.begin_mail().await;
    client.says("DATA", "354").await;
    for byte in "a\r\n..\r\n.b\r\n\r\n.\r\n".as_bytes() {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    client.gets("250 2.0.0").await;
    assert_eq!(server.texts(), ["", "a\r\n.\r\nb\r\n\r\n"]);
}

#[tokio::test]
async fn a_smuggled_mail_is_neither_taken_nor_carried_on() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n.\r\r\n"] {
        client.begin_mail().await;
        client.says("DATA", "354").await;
        client.send(format!("a{end}MAIL FROM:<evil@x.test>\r\nRCPT TO:<help@demo.test>\r\nDATA\r\nb\r\n.\r\n")).await;
        client.gets("554 5.6.0").await;
        client.says("NOOP", "250 2.0.0").await;
    }
    assert_eq!(server.texts(), [""; 0]);
}

#[tokio::test]
async fn commands_out_of_turn_are_refused() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.says("MAIL FROM:<a@b.test>", "503 5.5.1").await;
    client.says("EHLO client.test", "250-").await;
    client.says("RCPT TO:<help@demo.test>", "503 5.5.1").await;
    client.says("DATA", "503 5.5.1").await;
    client.says("MAIL FROM:<a@b.test>", "250 2.1.0").await;
    client.says("MAIL FROM:<a@b.test>", "503 5.5.1").await;
    client.says("DATA", "554 5.5.1").await;
    client.says("RCPT TO:<nobody@demo.test>", "550 5.1.1").await;
    client.says("RCPT TO:<jörg@demo.test>", "553 5.6.7").await;
    client.says("RCPT TO:<help>", "553 5.1.3").await;
    client.says("VRFY help", "252 2.1.5").await;
    client.says("HELP", "214 2.0.0").await;
    client.says("NOOP anything", "250 2.0.0").await;
    client.says("EXPN all", "502 5.5.1").await;
    client.says("RCPT TO:<help@demo.test>", "250 2.1.5").await;
    client.says("RSET", "250 2.0.0").await;
    client.says("DATA", "503 5.5.1").await;
    client.begin_mail().await;
    client.says("HELO again.test", "250 lambdesk.local").await;
    client.says("DATA", "503 5.5.1").await;
    assert_eq!(server.texts(), [""; 0]);
}

#[tokio::test]
async fn lines_that_are_no_commands_are_refused_and_at_last_the_client() {
    let server = Server::with(|settings| settings.max_bad_commands = 5).await;
    let mut client = server.client().await;
    client.send("NOOP\n").await;
    client.gets("500 5.5.2 A line ends").await;
    client.send("NO\rOP\r\n").await;
    client.gets("500 5.5.2 A line ends").await;
    client.send([b"EHLO ".as_slice(), &[0xff], b"\r\n"].concat()).await;
    client.gets("500 5.5.2 A command is UTF-8").await;
    client.says(&"x".repeat(100_000), "500 5.5.2 The line is too long").await;
    client.says("NOOP", "250 2.0.0").await;
    client.says("NONSENSE", "500 5.5.2").await;
    client.gets("421 4.7.0 Too many bad commands").await;
    client.is_gone().await;
}

#[tokio::test]
async fn a_page_in_a_browser_sends_no_mail() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let mail = "EHLO c\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<help@demo.test>\r\nDATA\r\nhi\r\n.\r\n";
    client.says(&format!("POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n{mail}"), "421 4.7.0").await;
    client.is_gone().await;
    assert_eq!(server.texts(), [""; 0]);
}

#[tokio::test]
async fn a_mail_that_is_too_long_is_read_away() {
    let server = Server::with(|settings| settings.max_size = 1_000).await;
    let mut client = server.client().await;
    client.says("EHLO client.test", "250-").await;
    client.says("MAIL FROM:<a@b.test> SIZE=1001", "552 5.3.4").await;
    client.begin_mail().await;
    client.says("DATA", "354").await;
    client.says(&format!("{}\r\n.", "x".repeat(1_100)), "552 5.3.4").await;
    client.begin_mail().await;
    client.says("DATA", "354").await;
    let longest = "x".repeat(998);
    client.says(&format!("{longest}\r\n."), "250 2.0.0").await;
    client.begin_mail().await;
    client.says("DATA", "354").await;
    client.send("x".repeat(3_000)).await;
    client.gets("552 5.3.4").await;
    client.is_gone().await;
    assert_eq!(server.texts(), [format!("{longest}\r\n")]);
}

#[tokio::test]
async fn too_much_mail_at_once_comes_later() {
    let server = Server::with(|settings| settings.max_memory = 128 * 1024).await;
    let mut first = server.client_with_mail().await;
    first.says("DATA", "354").await;
    let mut second = server.client_with_mail().await;
    second.says("DATA", "354").await;
    second.says(&format!("{}\r\n.", "x".repeat(100_000)), "452 4.3.1").await;
    first.says(".", "250 2.0.0").await;
    second.begin_mail().await;
    second.says("DATA", "354").await;
    second.says(&format!("{}\r\n.", "x".repeat(100_000)), "250 2.0.0").await;
}

#[tokio::test]
async fn what_breaks_off_or_cannot_be_stored_is_not_taken() {
    let server = Server::start().await;
    let mut client = server.client_with_mail().await;
    client.says("DATA", "354").await;
    client.send("a\r\n.\r").await;
    client.0.shutdown().await.unwrap();
    client.is_gone().await;

    server.memo.full.store(true, Ordering::Relaxed);
    let mut client = server.client_with_mail().await;
    client.says("DATA", "354").await;
    client.says("a\r\n.", "451 4.3.0").await;
    assert_eq!(server.texts(), [""; 0]);
    server.memo.full.store(false, Ordering::Relaxed);
    client.begin_mail().await;
    client.says("DATA", "354").await;
    client.says("a\r\n.", "250 2.0.0").await;
    assert_eq!(server.texts(), ["a\r\n"]);
}

#[tokio::test]
async fn recipients_beyond_the_limit_are_for_another_mail() {
    let server = Server::start().await;
    let mut client = server.client_with_mail().await;
    for index in 1..100 {
        client.says(&format!("RCPT TO:<r{index}@demo.test>"), "250 2.1.5").await;
    }
    client.says("RCPT TO:<r100@demo.test>", "452 4.5.3").await;
    client.says("RCPT TO:<r1@demo.test>", "250 2.1.5").await;
    client.says("DATA", "354").await;
    client.says(".", "250 2.0.0").await;
    assert_eq!(server.memo.mails.lock().unwrap()[0].0.recipients.len(), 100);
}

#[tokio::test]
async fn clients_beyond_the_limit_are_turned_away() {
    let server = Server::with(|settings| settings.max_connections = 2).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    let mut third = server.silent_client().await;
    third.gets("421 4.3.2 Too many connections").await;
    third.is_gone().await;
    second.says("QUIT", "221 2.0.0").await;
    second.is_gone().await;
    drop(second);
    first.says("NOOP", "250 2.0.0").await;
    // The place is free once the server has seen that the second is gone.
    let mut tries = 0;
    loop {
        let mut fourth = server.silent_client().await;
        if fourth.answer().await.starts_with("220") {
            break;
        }
        tries += 1;
        assert!(tries < 1_000, "the place is not freed");
    }
}

#[tokio::test]
async fn many_clients_are_served_at_once() {
    let server = Server::start().await;
    let address = server.address;
    let clients: Vec<_> = (0..8)
        .map(|client_index| {
            tokio::spawn(async move {
                let mut client = Client(BufReader::new(TcpStream::connect(address).await.unwrap()));
                client.gets("220").await;
                for mail_index in 0..5 {
                    client.begin_mail().await;
                    client.says("DATA", "354").await;
                    client.says(&format!("{client_index} {mail_index}\r\n."), "250 2.0.0").await;
                }
                client.says("QUIT", "221").await;
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let mut texts = server.texts();
    texts.sort();
    let expected: Vec<_> = (0..40).map(|index| format!("{} {}\r\n", index / 5, index % 5)).collect();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn a_silent_client_is_left() {
    let server = Server::with(|settings| settings.idle = Duration::from_millis(50)).await;
    let mut client = server.client().await;
    client.gets("421 4.4.2").await;
    client.is_gone().await;
    let mut client = server.client_with_mail().await;
    client.says("DATA", "354").await;
    client.send("half a mail").await;
    client.gets("421 4.4.2").await;
    client.is_gone().await;
    assert_eq!(server.texts(), [""; 0]);
}

#[tokio::test]
async fn a_server_that_stops_takes_the_mail_on_its_way_and_no_other() {
    let mut server = Server::start().await;
    let mut idle = server.client().await;
    let mut busy = server.client_with_mail().await;
    busy.says("DATA", "354").await;
    server.stop.take().unwrap().send(()).unwrap();
    idle.gets("421 4.3.2").await;
    assert!(TcpStream::connect(server.address).await.is_err());
    busy.says("the last\r\n.", "250 2.0.0").await;
    busy.gets("421 4.3.2").await;
    drop((idle, busy));
    server.task.await.unwrap();
    assert_eq!(server.memo.mails.lock().unwrap().len(), 1);
}
