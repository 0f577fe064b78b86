//! A client that delivers mail, as other people's servers do.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Delivers a mail; its lines may end with `\n`. Answers what the server said last.
pub(crate) async fn deliver(at: SocketAddr, from: &str, to: &str, mail: &str) -> Result<String, String> {
    let stream = TcpStream::connect(at).await.map_err(|error| error.to_string())?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220").await?;
    let data = mail.replace("\r\n", "\n").replace("\n.", "\n..").replace('\n', "\r\n");
    for (command, code) in [
        ("EHLO client.test".to_owned(), "250"),
        (format!("MAIL FROM:<{from}>"), "250"),
        (format!("RCPT TO:<{to}>"), "250"),
        ("DATA".to_owned(), "354"),
        (format!("{}\r\n.", data.trim_end_matches("\r\n")), "250"),
    ] {
        stream.get_mut().write_all(format!("{command}\r\n").as_bytes()).await.map_err(|error| error.to_string())?;
        expect(&mut stream, code).await?;
    }
    stream.get_mut().write_all(b"QUIT\r\n").await.map_err(|error| error.to_string())?;
    expect(&mut stream, "221").await
}

async fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> Result<String, String> {
    loop {
        let mut line = String::new();
        let read = stream.read_line(&mut line).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("the server has gone".to_owned());
        }
        if !line.starts_with(code) {
            return Err(line);
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    }
}
