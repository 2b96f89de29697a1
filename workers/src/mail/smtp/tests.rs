//! Conversations with a small mail server that answers as the receiver's name asks.

use std::sync::{Arc, Mutex};

use domain::Language;
use domain::examples::{at, valid};
use domain::fault::Problem;
use texts::Letter;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server in this process. A receiver called `refused`, `full`, `grey`, `hangup` or `silent` gets
/// what that says; a sender called `barred` is refused; every other e-mail is taken.
struct Server {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
    greetings: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let greetings: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, greeted) = (taken.clone(), greetings.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, kept.clone(), greeted.clone()));
            }
        });
        Self { port, taken, greetings }
    }

    fn transport(&self, user: &str) -> Smtp {
        let port = self.port;
        Smtp::open(&format!("smtp://{user}127.0.0.1:{port}?starttls=none&timeout=1"), None).unwrap()
    }
}

async fn converse(
    stream: TcpStream,
    taken: Arc<Mutex<Vec<String>>>,
    greetings: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    // "Bonjour à tous" in Latin-1.
    write.write_all(b"220 mx.example Bonjour \xe0 tous\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.as_str() {
            to if to.contains("<latin1@") => {
                write.write_all(b"550-5.1.1 Bo\xeete\r\n550 5.1.1 inconnue\r\n").await.ok()?;
                continue;
            }
            hello if hello.starts_with("EHLO") => {
                greetings.lock().unwrap().push(hello["EHLO ".len()..].to_owned());
                "250-mx.example\r\n250-AUTH PLAIN\r\n250 8BITMIME"
            }
            auth if auth.starts_with("AUTH") => "535 5.7.8 bad credentials",
            from if from.contains("<barred@") => "550 5.7.1 sender identity not verified",
            from if from.contains("<misled@") => "550 5.1.1 user unknown",
            to if to.contains("<refused@") => {
                "550-5.1.1 no such user\r\n550 5.1.1 <refused@x.example>"
            }
            to if to.contains("<full@") => "552 5.2.2 mailbox full",
            to if to.contains("<grey@") => "451 4.7.1 come back later",
            to if to.contains("<hangup@") => return None,
            to if to.contains("<silent@") => std::future::pending().await,
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                loop {
                    match lines.next_line().await.ok()?? {
                        end if end == "." => break,
                        line => text += &(line + "\n"),
                    }
                }
                taken.lock().unwrap().push(text);
                "250 2.0.0 taken"
            }
            "QUIT" => return None,
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

fn email(from: &str, to: &str) -> Email {
    Email {
        kind: "employer",
        template: None,
        from_name: "Emploi Facile".into(),
        from: valid(&format!("{from}@emploi-facile.example")),
        to: valid(&format!("{to}@x.example")),
        reply_to: None,
        unsubscribe: None,
        message_id: "0195.employer@postulo.example".into(),
        in_reply_to: None,
        language: Language::Fr,
        date: at("2026-11-20T09:00:00Z"),
        letter: Letter {
            subject: "Candidature".into(),
            text: "Bonjour".into(),
            html: "<p>Bonjour</p>".into(),
            calendar: None,
        },
        files: vec![],
    }
}

#[tokio::test]
async fn what_the_server_takes_is_sent_and_the_connection_serves_again() {
    let server = Server::start().await;
    let transport = server.transport("");
    for _ in 0..3 {
        transport.send(&email("hello", "taken")).await.unwrap();
    }
    let taken = server.taken.lock().unwrap();
    assert_eq!(taken.len(), 3);
    assert!(taken[0].contains("Message-ID: <0195.employer@postulo.example>"));
}

#[tokio::test]
async fn an_answer_is_sorted_by_its_codes() {
    let server = Server::start().await;
    let transport = server.transport("");
    let sent = transport.send(&email("hello", "refused")).await;
    let Err(SendError::Refused(reply)) = sent else { panic!("{sent:?}") };
    assert_eq!((reply.code, reply.enhanced.as_deref()), (550, Some("5.1.1")));
    let sent = transport.send(&email("hello", "full")).await;
    assert!(matches!(&sent, Err(SendError::Refused(reply)) if reply.code == 552), "{sent:?}");
    let sent = transport.send(&email("hello", "grey")).await;
    assert!(matches!(&sent, Err(SendError::Busy(reply)) if reply.code == 451), "{sent:?}");
    let sent = transport.send(&email("barred", "taken")).await;
    assert!(matches!(&sent, Err(SendError::Misconfigured(_))), "{sent:?}");
    transport.send(&email("hello", "taken")).await.unwrap();
    assert_eq!(server.taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_said_before_the_receiver_is_named_is_not_about_the_receiver() {
    let server = Server::start().await;
    let sent = server.transport("").send(&email("misled", "taken")).await;
    let Err(SendError::Misconfigured(reply)) = sent else { panic!("{sent:?}") };
    assert_eq!(reply.problem, Problem::SenderAddress);
}

#[tokio::test]
async fn a_reply_that_is_not_utf_8_keeps_its_code() {
    let server = Server::start().await;
    let sent = server.transport("").send(&email("hello", "latin1")).await;
    let Err(SendError::Refused(reply)) = sent else { panic!("{sent:?}") };
    assert_eq!((reply.code, reply.problem), (550, Problem::NoSuchMailbox));
}

#[rstest::rstest]
#[case(Some("mail.postulo.example"), "mail.postulo.example")]
#[case(Some("[192.0.2.1]"), "[192.0.2.1]")]
#[case(Some("[IPv6:2001:db8::1]"), "[IPv6:2001:db8::1]")]
#[case(Some("15b0717dc4c2"), "[127.0.0.1]")]
#[case(Some("localhost"), "[127.0.0.1]")]
#[case(None, "[127.0.0.1]")]
#[tokio::test]
async fn a_server_is_greeted_with_a_whole_name_or_an_address(
    #[case] name: Option<&str>,
    #[case] greeting: &str,
) {
    let server = Server::start().await;
    let url = format!("smtp://127.0.0.1:{}?starttls=none", server.port);
    Smtp::open(&url, name).unwrap().send(&email("hello", "taken")).await.unwrap();
    assert_eq!(*server.greetings.lock().unwrap(), [greeting]);
}

#[tokio::test]
async fn wrong_credentials_are_for_the_operator_and_are_not_told_on() {
    let server = Server::start().await;
    let error = server.transport("user:secr%40t@").send(&email("hello", "taken")).await;
    let Err(error @ SendError::Misconfigured(_)) = error else { panic!("{error:?}") };
    assert!(error.advice().contains("password"));
    assert!(!format!("{error:?} {} {}", error.detail(), error.advice()).contains("secr"));
    assert!(server.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_conversation_that_breaks_off_or_never_answers_is_tried_again() {
    let server = Server::start().await;
    let transport = server.transport("");
    for to in ["hangup", "silent"] {
        let sent = transport.send(&email("hello", to)).await;
        assert!(matches!(&sent, Err(SendError::Unreachable(_))), "{to}: {sent:?}");
    }
    transport.send(&email("hello", "taken")).await.unwrap();
}

#[tokio::test]
async fn a_closed_port_is_told_as_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let transport = Smtp::open(&format!("smtp://127.0.0.1:{port}?starttls=none"), None).unwrap();
    let error = transport.send(&email("hello", "taken")).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    assert!(error.advice().contains("refuses the connection"), "{}", error.advice());
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_where_encryption_is_required() {
    let server = Server::start().await;
    let transport =
        Smtp::open(&format!("smtp://127.0.0.1:{}?timeout=1", server.port), None).unwrap();
    let error = transport.send(&email("hello", "taken")).await.unwrap_err();
    assert!(matches!(error, SendError::Unusable(_)), "{error:?}");
    assert!(error.advice().contains("encryption"), "{}: {}", error.detail(), error.advice());
    assert!(server.taken.lock().unwrap().is_empty());
}

#[test]
fn an_address_is_read_with_its_parameters_or_refused() {
    assert_eq!(decoded("p%40ss%2Fword").unwrap(), "p@ss/word");
    for wrong in ["p%4", "p%zz", "%ff%fe"] {
        let read = decoded(wrong);
        assert!(read.is_err() || read.unwrap() == wrong, "{wrong}");
    }
    for wrong in ["smtp:", "http://example.org", "smtp://example.org?starttls=maybe"] {
        assert!(Smtp::open(wrong, None).is_err(), "{wrong}");
    }
}
