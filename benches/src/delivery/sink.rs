//! A mail server (RFC 5321) that takes every message, and notes when it said so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What was taken.
#[derive(Default)]
struct Taken {
    /// When the message to the employer of this number was.
    employers: HashMap<usize, Instant>,
    /// How many messages, to whomever.
    messages: usize,
    /// When the first and the last of them were.
    first: Option<Instant>,
    last: Option<Instant>,
    /// Connections that are open, and the most that were.
    open: usize,
    most: usize,
    /// A message to an employer and one to somebody else, as they came: to show what is sent.
    samples: [Option<Vec<u8>>; 2],
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Taken>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Sink {
    url: String,
    taken: Shared,
}

impl Sink {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("smtp://{}?starttls=none", listener.local_addr()?);
        let taken = Shared::default();
        let shared = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = shared.clone();
                tokio::spawn(async move {
                    {
                        let mut taken = taken.lock();
                        taken.open += 1;
                        taken.most = taken.most.max(taken.open);
                    }
                    let ended = converse(stream, &taken).await;
                    taken.lock().open -= 1;
                    ended
                });
            }
        });
        Ok(Self { url, taken })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn taken(&self) -> HashMap<usize, Instant> {
        self.taken.lock().employers.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.taken.lock().employers.len()
    }

    /// Messages to whomever, and when the first and the last of them were taken.
    pub(crate) fn messages(&self) -> (usize, Option<(Instant, Instant)>) {
        let taken = self.taken.lock();
        (taken.messages, taken.first.zip(taken.last))
    }

    /// The most connections that were open at once.
    pub(crate) fn most_connections(&self) -> usize {
        self.taken.lock().most
    }

    /// Messages as they came, with the dots of the conversation.
    pub(crate) fn samples(&self) -> Vec<Vec<u8>> {
        self.taken.lock().samples.iter().flatten().cloned().collect()
    }

    pub(crate) fn forget(&self) {
        let mut taken = self.taken.lock();
        let (open, samples) = (taken.open, std::mem::take(&mut taken.samples));
        *taken = Taken { open, most: open, samples, ..Taken::default() };
    }
}

async fn converse(stream: TcpStream, taken: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
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
                let kind = usize::from(employer.is_none());
                let wanted = taken.lock().samples[kind].is_none();
                let Some(sample) = message(&mut stream, wanted).await? else { return Ok(()) };
                let now = Instant::now();
                let mut taken = taken.lock();
                if wanted {
                    taken.samples[kind] = Some(sample);
                }
                taken.messages += 1;
                taken.first.get_or_insert(now);
                taken.last = Some(now);
                if let Some(number) = employer.take() {
                    taken.employers.insert(number, now);
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

/// Reads a message to its end, a dot on a line: the sender says nothing more before the answer. Answers
/// it where it is wanted; `None` where the connection ended before.
async fn message(
    stream: &mut BufReader<TcpStream>,
    wanted: bool,
) -> std::io::Result<Option<Vec<u8>>> {
    const END: &[u8] = b"\r\n.\r\n";
    let (mut message, mut tail) = (vec![], vec![]);
    while !tail.ends_with(END) {
        let piece = stream.fill_buf().await?;
        if piece.is_empty() {
            return Ok(None);
        }
        tail.extend_from_slice(&piece[piece.len().saturating_sub(END.len())..]);
        tail.drain(..tail.len().saturating_sub(END.len()));
        if wanted {
            message.extend_from_slice(piece);
        }
        let length = piece.len();
        stream.consume(length);
    }
    Ok(Some(message))
}

/// The number in `employer-NUMBER@`.
fn number(line: &str) -> Option<usize> {
    let (_, rest) = line.split_once("employer-")?;
    rest.split_once('@')?.0.parse().ok()
}
