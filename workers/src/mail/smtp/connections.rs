//! Connections to the mail server, kept open between e-mails. lettre speaks on them; they are ours
//! because of Nagle's algorithm (RFC 896): the end of a message goes out by itself, and with the
//! receiver's delayed acknowledgement (RFC 1122 4.2.3.2) each e-mail would wait 40 ms for it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::fault::Stage;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Starttls};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::stream::{Encrypted, Legible, Lent};
use crate::mail::SendError;

/// A connection that spoke as lately is taken to be open.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Servers hang up on the silent; a connection is not used again after so long.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// When a conversation is encrypted.
pub(super) enum Encryption {
    /// From the first byte (RFC 8314).
    Always(Tls),
    /// After STARTTLS (RFC 3207), or not at all.
    Required(Tls),
    /// After STARTTLS, where the server offers it.
    Offered(Tls),
    /// Never.
    Never,
}

/// How a stream is encrypted: whom to trust, and the name that the server's certificate must have.
pub(super) struct Tls {
    pub(super) config: Arc<rustls::ClientConfig>,
    pub(super) name: ServerName<'static>,
}

impl Tls {
    async fn encrypt(&self, stream: TcpStream) -> Result<Encrypted, SendError> {
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let stream = connector.connect(self.name.clone(), stream).await;
        stream.map(Encrypted).map_err(|error| no_connection(&error))
    }
}

fn no_connection(error: &io::Error) -> SendError {
    SendError::of_silence(format!("Connection error: {error}"))
}

/// How to get into a conversation with the server.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
    /// What we call ourselves; the address that we connect from otherwise.
    pub(super) hello: Option<ClientId>,
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
        if let Err(error) = hand_over(&mut connection, envelope, message).await {
            connection.abort().await;
            return Err(error);
        }
        if !connection.has_broken() {
            self.idle().push((Instant::now(), connection));
        }
        Ok(())
    }

    /// Connects and signs in, and leaves.
    pub(super) async fn check(&self) -> Result<(), SendError> {
        let mut connection = self.server.connect().await?;
        connection
            .quit()
            .await
            .map(drop)
            .map_err(|error| SendError::of_smtp(Stage::Connection, &error))
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
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| no_connection(&error))?;
        stream.set_nodelay(true).map_err(|error| no_connection(&error))?;
        let hello = match &self.hello {
            Some(hello) => hello.clone(),
            None => literal(&stream).map_err(|error| no_connection(&error))?,
        };
        let mut connection = match &self.encryption {
            Encryption::Always(tls) => {
                greet(Legible::new(tls.encrypt(stream).await?), &hello).await?
            }
            Encryption::Never => greet(Legible::new(stream), &hello).await?,
            Encryption::Required(tls) | Encryption::Offered(tls) => {
                let lent = Lent::new(stream);
                let plain = greet(Legible::new(lent.clone()), &hello).await?;
                if plain.can_starttls() {
                    let stream = start_tls(plain, &lent).await?;
                    greet(Legible::greeted(tls.encrypt(stream).await?), &hello).await?
                } else if matches!(self.encryption, Encryption::Offered(_)) {
                    plain
                } else {
                    let why = "STARTTLS is not supported on this server";
                    return Err(SendError::of_silence(why.to_owned()));
                }
            }
        };
        if let Some(credentials) = &self.credentials {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| SendError::of_smtp(Stage::Authentication, &error))?;
        }
        Ok(connection)
    }
}

/// Reads the greeting and says EHLO.
async fn greet(
    stream: impl AsyncTokioStream + 'static,
    hello: &ClientId,
) -> Result<AsyncSmtpConnection, SendError> {
    let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello).await;
    greeted.map_err(|error| SendError::of_smtp(Stage::Connection, &error))
}

/// Asks for encryption. What came after the answer is not read (RFC 3207 5: it is nobody's word).
async fn start_tls(mut plain: AsyncSmtpConnection, lent: &Lent) -> Result<TcpStream, SendError> {
    let answer = plain.command(Starttls).await;
    answer.map_err(|error| SendError::of_smtp(Stage::Connection, &error))?;
    lent.take_back().map_err(|error| no_connection(&error))
}

/// An address literal (RFC 5321 4.1.3), for who has no name.
fn literal(stream: &TcpStream) -> io::Result<ClientId> {
    Ok(match stream.local_addr()?.ip().to_canonical() {
        std::net::IpAddr::V4(address) => ClientId::Ipv4(address),
        std::net::IpAddr::V6(address) => ClientId::Ipv6(address),
    })
}

/// One transaction (RFC 5321 3.3), which knows at which of its stages it ended.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    message: &[u8],
) -> Result<(), SendError> {
    let at = |stage| move |error| SendError::of_smtp(stage, &error);
    let from = Mail::new(envelope.from().cloned(), vec![]);
    connection.command(from).await.map_err(at(Stage::Sender))?;
    for receiver in envelope.to() {
        let to = Rcpt::new(receiver.clone(), vec![]);
        connection.command(to).await.map_err(at(Stage::Recipient))?;
    }
    connection.command(Data).await.map_err(at(Stage::Content))?;
    connection.message(message).await.map(drop).map_err(at(Stage::Content))
}
