//! A mail server (RFC 5321) that takes every message, and notes when it said so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// When the message to the employer of this number was taken.
type Taken = Arc<Mutex<HashMap<usize, Instant>>>;

pub(crate) struct Sink {
    url: String,
    taken: Taken,
}

impl Sink {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("smtp://{}?starttls=none", listener.local_addr()?);
        let taken = Taken::default();
        let shared = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&shared);
                tokio::spawn(async move { converse(stream, &taken).await });
            }
        });
        Ok(Self { url, taken })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn taken(&self) -> HashMap<usize, Instant> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn forget(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn converse(stream: TcpStream, taken: &Taken) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.example ESMTP\r\n").await?;
    let mut employer = None;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                employer = number(&line).or(employer);
                "250 2.1.5 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                while line.trim_end() != "." {
                    line.clear();
                    if stream.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                }
                if let Some(number) = employer.take() {
                    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.insert(number, Instant::now());
                }
                "250 2.0.0 taken\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 2.0.0 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// The number in `employer-NUMBER@`.
fn number(line: &str) -> Option<usize> {
    let (_, rest) = line.split_once("employer-")?;
    rest.split_once('@')?.0.parse().ok()
}
