//! Connections to the mail server, kept open between e-mails. lettre speaks on them; they are ours
//! because of Nagle's algorithm (RFC 896): the end of a message goes out by itself, and with the
//! receiver's delayed acknowledgement (RFC 1122 4.2.3.2) each e-mail would wait 40 ms for it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::mail::SendError;

/// A connection that spoke as lately is taken to be open.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Servers hang up on the silent; a connection is not used again after so long.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// When a conversation is encrypted.
pub(super) enum Encryption {
    /// From the first byte (RFC 8314).
    Always(Arc<rustls::ClientConfig>, ServerName<'static>),
    /// After STARTTLS (RFC 3207), or not at all.
    Required(TlsParameters),
    /// After STARTTLS, where the server offers it.
    Offered(TlsParameters),
    /// Never.
    Never,
}

/// How to get into a conversation with the server.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
    /// How long it may take to be let in.
    pub(super) timeout: Duration,
}

/// The server's connections.
pub(super) struct Connections {
    server: Server,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Connections {
    pub(super) const fn new(server: Server) -> Self {
        Self { server, idle: Mutex::new(vec![]) }
    }

    /// Hands one e-mail over. The connection is kept where the conversation ended well.
    pub(super) async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<(), SendError> {
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        connection.send(envelope, message).await.map_err(|error| SendError::of_smtp(&error))?;
        if !connection.has_broken() {
            self.idle().push((Instant::now(), connection));
        }
        Ok(())
    }

    /// Connects and signs in, and leaves.
    pub(super) async fn check(&self) -> Result<(), SendError> {
        let mut connection = self.server.connect().await?;
        connection.quit().await.map(drop).map_err(|error| SendError::of_smtp(&error))
    }

    /// An open connection that nobody uses, the latest first.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (since, mut connection) = {
                let mut idle = self.idle();
                idle.retain(|(since, _)| since.elapsed() < KEPT_FOR);
                idle.pop()?
            };
            if since.elapsed() < TRUSTED_FOR || connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, AsyncSmtpConnection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        tokio::time::timeout(self.timeout, self.converse())
            .await
            .map_err(|_| SendError::Unreachable("Connection error: timed out".to_owned()))?
    }

    async fn converse(&self) -> Result<AsyncSmtpConnection, SendError> {
        let no_connection = |error| SendError::of_silence(format!("Connection error: {error}"));
        let stream =
            TcpStream::connect((self.host.as_str(), self.port)).await.map_err(no_connection)?;
        stream.set_nodelay(true).map_err(no_connection)?;
        let stream: Box<dyn AsyncTokioStream> = match &self.encryption {
            Encryption::Always(config, name) => {
                let connector = TlsConnector::from(Arc::clone(config));
                let stream = connector.connect(name.clone(), stream).await;
                Box::new(Encrypted(stream.map_err(no_connection)?))
            }
            Encryption::Required(_) | Encryption::Offered(_) | Encryption::Never => {
                Box::new(stream)
            }
        };
        let of_smtp = |error| SendError::of_smtp(&error);
        let hello = ClientId::default();
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(stream, &hello).await.map_err(of_smtp)?;
        match &self.encryption {
            Encryption::Required(parameters) => {
                connection.starttls(parameters.clone(), &hello).await.map_err(of_smtp)?;
            }
            Encryption::Offered(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), &hello).await.map_err(of_smtp)?;
            }
            Encryption::Offered(_) | Encryption::Always(..) | Encryption::Never => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(of_smtp)?;
        }
        Ok(connection)
    }
}

/// A stream that is encrypted from its first byte, as lettre takes it.
struct Encrypted(TlsStream<TcpStream>);

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
