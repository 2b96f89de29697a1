//! The bytes on the wire: every letter, with hostile texts and documents, to a server that takes a bare
//! LF for the end of a line.

use std::sync::Mutex;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What ends the message at such a server and begins another one.
const SMUGGLED: &str = "Mon CV\n.\nMAIL FROM:<direction@jobs.example>\nRCPT TO:<comptable@employeur.example>\nDATA\nFrom: direction@jobs.example\nSubject: Virement\n\nPayez.\n.\n";

/// A server in this process.
#[derive(Default)]
struct Lenient {
    /// Each receiver, with the bytes of its e-mail.
    mails: Mutex<Vec<(String, Vec<u8>)>>,
    greetings: Mutex<Vec<String>>,
}

impl Lenient {
    async fn start() -> (Arc<Self>, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Arc::new(Self::default());
        let kept = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move { kept.converse(stream).await });
            }
        });
        (server, port)
    }

    async fn converse(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        let mut receiver = String::new();
        write.write_all(b"220 mx.example\r\n").await.ok()?;
        loop {
            let line = line(&mut read).await?;
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            if let Some(name) = text.strip_prefix("EHLO ") {
                self.greetings.lock().unwrap().push(name.to_owned());
            }
            if let Some(to) = text.strip_prefix("RCPT TO:<") {
                to.trim_end_matches('>').clone_into(&mut receiver);
            }
            if text == "DATA" {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = vec![];
                loop {
                    let line = self::line(&mut read).await?;
                    if line.strip_suffix(b"\n").unwrap_or(&line).trim_ascii_end() == b"." {
                        break;
                    }
                    mail.extend(line);
                }
                self.mails.lock().unwrap().push((receiver.clone(), mail));
            }
            write.write_all(b"250 2.0.0 taken\r\n").await.ok()?;
            if text == "QUIT" {
                return None;
            }
        }
    }

    fn to(&self, receiver: &str) -> usize {
        self.mails.lock().unwrap().iter().filter(|(to, _)| to == receiver).count()
    }
}

async fn line(read: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Option<Vec<u8>> {
    let mut line = vec![];
    let number = read.read_until(b'\n', &mut line).await.ok()?;
    (number > 0).then_some(line)
}

/// Documents of every kind that holds line ends of its own.
fn documents() -> Vec<Upload> {
    let pdf = format!("%PDF-1.4\n1 0 obj\n<< >>\nendobj\n{SMUGGLED}\r\r%%EOF\n");
    let rtf = format!("{{\\rtf1\\ansi\n\\fs24 {SMUGGLED}}}\n");
    [("cv.txt", SMUGGLED.to_owned()), ("cv.pdf", pdf), ("Lettre & été.rtf", rtf)]
        .map(|(name, text)| Upload { name: name.into(), bytes: text.into() })
        .into()
}

/// All that a wire may not carry (RFC 5321 2.3.8, 4.5.3.1.6; RFC 5322 2.1.1; RFC 2047 2).
fn is_clean(mail: &[u8]) {
    let text = std::str::from_utf8(mail).unwrap();
    assert!(text.is_ascii(), "ASCII alone");
    let bare = text.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n', '\0']), "no bare CR, LF or NUL");
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    for line in headers.split("\r\n") {
        assert!(line.len() <= 78, "{} octets: {line}", line.len());
        assert!(!line.contains("=?") || line.len() <= 76, "{} octets: {line}", line.len());
    }
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "{} octets", line.len());
    }
}

#[tokio::test]
async fn no_byte_of_any_letter_ends_the_message_and_every_document_arrives_as_it_was() {
    let (server, port) = Lenient::start().await;
    let mut house = House::new(Engine::Sqlite, true).await;
    let settings =
        MailSettings { hello_name: Some("mx1.postulo.example".into()), ..MailSettings::default() };
    let url = format!("smtp://127.0.0.1:{port}?starttls=none");
    house.world.mailer = mailer(&url, &settings).unwrap();
    let workers = house.start().await;

    // As it was taken before the door asked for an address without quotes.
    let employer = "\"rh,paris\"@boulangerie.example";
    let uploads = documents();
    let sent: Vec<_> = uploads.iter().map(|it| (it.name.clone(), it.bytes.clone())).collect();
    let documents = recognise(uploads).unwrap();
    let mut submission = examples::submission();
    submission.send_confirmation = true;
    submission.attachments = documents.iter().map(|it| it.attachment.clone()).collect();
    submission.message = domain::Personal::new(examples::valid(SMUGGLED));
    submission.job = examples::valid("Boulanger =?utf-8?q?=0d=0aBcc:_all=40example.org?= & Fils");
    submission.employer.email = domain::Personal::new(employer.to_owned().try_into().unwrap());
    let submitted =
        house.world.commands.applications().submit(submission, &documents, None, &cause()).await;
    let id = submitted.unwrap().id;
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    house.clock.advance(SignedDuration::from_mins(10));

    for (nth, kind) in (1_u16..).zip([AnswerKind::Info, AnswerKind::Interview, AnswerKind::Hire]) {
        house.answer(id, nth.into(), kind, usize::from(nth) - 1).await;
        house.clock.advance(SignedDuration::from_mins(10));
        let count = async || {
            let kinds = house.kinds(id).await;
            kinds.iter().filter(|kind| **kind == "AnswerSentToCandidate").count()
        };
        until("the answer left", || async { count().await == usize::from(nth) }).await;
    }
    let (commands, request) = (&house.world.commands, Uuid::from_u128(7));
    commands.applications().resend(id, request, Letter::Employer, &cause()).await.unwrap();
    house.happened(id, "EmailResent").await;
    commands.people().request_personal_data(id, request, Wish::Export, &cause()).await.unwrap();
    house.happened(id, "PersonalDataLinkSent").await;
    let to = vec![examples::valid("direction@boulangerie.example")];
    commands.applications().forward_attachments(id, request, to, &cause()).await.unwrap();
    house.happened(id, "AttachmentsForwarded").await;
    until("nothing is under way", || async { house.parked().await.is_empty() }).await;
    workers.stop().await;

    assert_eq!(server.to("comptable@employeur.example"), 0, "no second mail was smuggled");
    assert_eq!(server.to(employer), 5, "the application twice, and three receipts");
    assert_eq!(server.to(CANDIDATE), 5, "the copy, three answers, and the link to their data");
    assert_eq!(server.to("direction@boulangerie.example"), 1);
    let mails = server.mails.lock().unwrap();
    assert_eq!(mails.len(), 11);
    let parser = MessageParser::default();
    let mut with_documents = 0;
    for (_, mail) in mails.iter() {
        is_clean(mail);
        let unstuffed = String::from_utf8(mail.clone()).unwrap().replace("\r\n..", "\r\n.");
        let message = parser.parse(unstuffed.as_bytes()).unwrap();
        let from = message.from().unwrap();
        assert_eq!(from.iter().count(), 1);
        let files: Vec<_> = message.attachments().collect();
        let named = |name: &str| files.iter().find(|it| it.attachment_name() == Some(name));
        if named("cv.txt").is_none() {
            continue;
        }
        with_documents += 1;
        for (name, bytes) in &sent {
            let file = named(name).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(file.contents(), &bytes[..], "{name}");
        }
    }
    assert_eq!(with_documents, 3, "the application twice, and the forward");
    let greetings = server.greetings.lock().unwrap();
    assert!(greetings.iter().all(|name| name == "mx1.postulo.example"), "{greetings:?}");
}
