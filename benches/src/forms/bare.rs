//! The same messages, sent in a bare loop over the same number of connections: what the mail server and
//! the wire allow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Sends so many messages, one kind after the other; how many a second were taken.
pub(super) async fn send(
    address: &str,
    connections: usize,
    messages: &[Vec<u8>],
    many: usize,
) -> anyhow::Result<f64> {
    let (messages, next) = (Arc::new(messages.to_vec()), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (messages, next) = (Arc::clone(&messages), Arc::clone(&next));
        tasks.spawn(async move {
            let mut stream = BufReader::new(stream);
            heard(&mut stream, "220").await?;
            say(&mut stream, b"EHLO bench.example\r\n", "250 ").await?;
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= many {
                    return say(&mut stream, b"QUIT\r\n", "221").await;
                }
                let message = messages.get(nth % messages.len()).context("there are some")?;
                say(&mut stream, b"MAIL FROM:<bench@example.org>\r\n", "250").await?;
                say(&mut stream, b"RCPT TO:<bare@example.org>\r\n", "250").await?;
                say(&mut stream, b"DATA\r\n", "354").await?;
                say(&mut stream, message, "250").await?;
            }
        });
    }
    for task in tasks.join_all().await {
        task?;
    }
    Ok(crate::figures::count(many) / begin.elapsed().as_secs_f64())
}

async fn say(stream: &mut BufReader<TcpStream>, text: &[u8], code: &str) -> anyhow::Result<()> {
    stream.write_all(text).await?;
    heard(stream, code).await
}

/// Waits for the last line of an answer.
async fn heard(stream: &mut BufReader<TcpStream>, code: &str) -> anyhow::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        if line.as_bytes().get(3) != Some(&b'-') {
            anyhow::ensure!(line.starts_with(code), "the mail server said {line:?}");
            return Ok(());
        }
    }
}
