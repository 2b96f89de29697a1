//! The streams under a conversation: encrypted, lent for a while, and with replies that lettre can
//! read.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// The longest line of a reply that is passed on, in octets; lettre takes 1,000.
const LONGEST_LINE: usize = 900;

/// A stream that is encrypted from its first byte, as lettre takes it.
pub(super) struct Encrypted(pub(super) TlsStream<TcpStream>);

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// A stream that is lent for the conversation before STARTTLS, and taken back to be encrypted.
#[derive(Clone, Debug)]
pub(super) struct Lent(Arc<Mutex<Option<TcpStream>>>);

impl Lent {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(Some(stream))))
    }

    /// The stream itself; nobody speaks on it any more.
    pub(super) fn take_back(&self) -> io::Result<TcpStream> {
        self.stream().take().ok_or_else(taken)
    }

    fn stream(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        act: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match self.stream().as_mut() {
            Some(stream) => act(Pin::new(stream)),
            None => Poll::Ready(Err(taken())),
        }
    }
}

fn taken() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the stream was taken back")
}

impl AsyncTokioStream for Lent {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream().as_ref().map_or_else(|| Err(taken()), TcpStream::peer_addr)
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(context))
    }
}

/// A stream whose replies are lines that lettre can read, so that their codes count: the text of a
/// reply is for people (RFC 5321 4.2), may come in any encoding, be missing, or be long.
#[derive(Debug)]
pub(super) struct Legible<S> {
    stream: S,
    /// A line whose end has not come.
    line: Vec<u8>,
    /// What can be read, and how much of it was.
    ready: Vec<u8>,
    read: usize,
}

impl<S> Legible<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self { stream, line: vec![], ready: vec![], read: 0 }
    }

    /// The same in the middle of a conversation, where no greeting comes any more (RFC 3207 4.2) and
    /// lettre waits for one.
    pub(super) fn greeted(stream: S) -> Self {
        let ready = b"220 encrypted\r\n".to_vec();
        Self { ready, ..Self::new(stream) }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.end_line();
            } else if self.line.len() < LONGEST_LINE {
                self.line.push(*byte);
            }
        }
    }

    fn end_line(&mut self) {
        let bytes = std::mem::take(&mut self.line);
        for chunk in bytes.trim_ascii_end().utf8_chunks() {
            self.ready.extend_from_slice(chunk.valid().as_bytes());
            if !chunk.invalid().is_empty() {
                self.ready.push(b'?');
            }
        }
        if bytes.trim_ascii_end().len() == "250".len() {
            self.ready.push(b' ');
        }
        self.ready.extend_from_slice(b"\r\n");
    }
}

impl<S: AsyncTokioStream> AsyncTokioStream for Legible<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Legible<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let rest = &this.ready[this.read..];
            if !rest.is_empty() {
                let number = rest.len().min(buffer.remaining());
                buffer.put_slice(&rest[..number]);
                this.read += number;
                return Poll::Ready(Ok(()));
            }
            this.ready.clear();
            this.read = 0;
            let mut bytes = [0; 1024];
            let mut bytes = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut bytes))?;
            if bytes.filled().is_empty() {
                return Poll::Ready(Ok(())); // a line without an end is none
            }
            this.take_in(bytes.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Legible<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[rstest::rstest]
    #[case(b"250 ok\r\n", "250 ok\r\n")]
    #[case(b"550 5.1.1 Bo\xeete inconnue\r\n", "550 5.1.1 Bo?te inconnue\r\n")]
    #[case("550 5.1.1 Boîte inconnue\r\n".as_bytes(), "550 5.1.1 Boîte inconnue\r\n")]
    #[case(b"550-\xd3\xca\xcf\xe4\r\n550 \xb2\xbb\r\n", "550-???\r\n550 ?\r\n")]
    #[case(b"250-a\n250 b\n", "250-a\r\n250 b\r\n")]
    #[case(b"354\r\n", "354 \r\n")]
    #[case(b"cut", "")]
    #[tokio::test]
    async fn a_reply_in_any_encoding_keeps_its_code(#[case] sent: &[u8], #[case] read: &str) {
        let mut text = String::new();
        Legible::new(sent).read_to_string(&mut text).await.unwrap();
        let bare = |text: &str| text.replace('?', "");
        assert_eq!(bare(&text), bare(read));
        assert_eq!(text.contains('?'), read.contains('?'));
    }

    #[tokio::test]
    async fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let sent = [b"550-".as_slice(), &[0xff; 5_000], b"\r\n550 end\r\n"].concat();
        let mut text = String::new();
        Legible::new(sent.as_slice()).read_to_string(&mut text).await.unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("550-") && lines[0].len() <= LONGEST_LINE);
        assert_eq!(lines[1..], ["550 end", ""]);
    }

    #[tokio::test]
    async fn in_the_middle_of_a_conversation_the_greeting_is_ours() {
        let mut text = String::new();
        Legible::greeted(b"250 ok\r\n".as_slice()).read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "220 encrypted\r\n250 ok\r\n");
    }
}
