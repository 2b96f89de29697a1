//! What another program reads out of the bytes.

use bytes::Bytes;
use domain::Language;
use domain::examples::{at, valid};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use texts::{Calendar, Letter};

use crate::mail::{Email, File, message};

fn email() -> Email {
    Email {
        kind: "employer",
        template: None,
        from_name: "Zoé Müller via Emploi Facile".into(),
        from: valid("candidatures@emploi-facile.example"),
        to: valid("recrutement@boulangerie.example"),
        reply_to: Some(valid("zoe.muller@example.org")),
        unsubscribe: None,
        message_id: "0195.employer@postulo.example".into(),
        in_reply_to: None,
        language: Language::Fr,
        date: at("2026-11-20T09:00:00Z"),
        letter: Letter {
            subject: "Candidature de Zoé : boulangère à l’essai".into(),
            text: "Bonjour,\n\nÀ bientôt.\n.\nUne ligne après un point seul.\n".into(),
            html: "<!doctype html><html lang=\"fr\"><p>Bonjour</p></html>".into(),
            calendar: None,
        },
        files: vec![],
    }
}

fn bytes(email: &Email) -> Vec<u8> {
    message::build(email, message::Reports::Nobody).unwrap().bytes
}

fn read(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

/// The parts as a tree: `multipart/mixed[..]`.
fn shape(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let kind = part.content_type().unwrap();
    let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap());
    match &part.body {
        PartType::Multipart(parts) => {
            let parts = parts.iter().map(|id| shape(message, message.part(*id).unwrap()));
            format!("{kind}[{}]", parts.collect::<Vec<_>>().join(", "))
        }
        _ => kind,
    }
}

#[test]
fn who_receives_letters_again_and_again_may_end_them_with_one_click() {
    let url = format!("https://postulo.example/alerts/stop/k1.{}.bWFj", "cGF5bG9hZA".repeat(12));
    let email = Email { unsubscribe: Some(url.clone()), ..email() };
    let bytes = bytes(&email);
    let message = read(&bytes);
    let raw = |name| message.header_raw(name).unwrap().trim();
    assert_eq!(raw("List-Unsubscribe"), format!("<{url}>"));
    assert_eq!(raw("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
}

#[test]
fn the_headers_say_who_writes_to_whom_about_what() {
    let mut email = email();
    email.in_reply_to = Some("0194.confirmation@postulo.example".into());
    let bytes = bytes(&email);
    let message = read(&bytes);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("Zoé Müller via Emploi Facile"));
    assert_eq!(from.address(), Some("candidatures@emploi-facile.example"));
    let to = message.to().unwrap();
    assert_eq!(to.first().unwrap().address(), Some("recrutement@boulangerie.example"));
    assert_eq!(to.iter().count(), 1);
    let reply_to = message.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("zoe.muller@example.org"));
    assert_eq!(message.subject(), Some("Candidature de Zoé : boulangère à l’essai"));
    assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-20T09:00:00Z");
    assert_eq!(message.message_id(), Some("0195.employer@postulo.example"));
    assert_eq!(message.in_reply_to().as_text(), Some("0194.confirmation@postulo.example"));
    assert_eq!(message.references().as_text(), Some("0194.confirmation@postulo.example"));
    assert_eq!(message.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    assert_eq!(message.header_raw("Content-Language").unwrap().trim(), "fr");
}

#[test]
fn the_bytes_are_ascii_in_lines_that_every_server_takes() {
    let mut email = email();
    email.letter.text = "é".repeat(5_000);
    email.files = vec![file("é.pdf", &[0xff; 5_000])];
    let bytes = bytes(&email);
    assert!(bytes.is_ascii());
    for line in bytes.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "RFC 5322 2.1.1: a line has 998 octets at most");
        assert!(line.is_empty() || line.ends_with(b"\r"), "every line ends with CRLF");
    }
}

fn file(name: &str, bytes: &[u8]) -> File {
    let bytes = Bytes::copy_from_slice(bytes);
    File { name: name.to_owned(), content_type: "application/pdf".into(), bytes }
}

#[test]
fn both_bodies_and_every_file_arrive_as_they_were() {
    let mut email = email();
    let content: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    email.files = vec![file("CV Zoé Müller.pdf", &content), file("lettre.pdf", b"%PDF-1.7")];
    let bytes = bytes(&email);
    let message = read(&bytes);
    assert_eq!(
        shape(&message, message.root_part()),
        "multipart/mixed[multipart/alternative[text/plain, text/html], application/pdf, application/pdf]"
    );
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), email.letter.text);
    assert_eq!(message.body_html(0).unwrap(), email.letter.html);
    let files: Vec<_> = message.attachments().collect();
    assert_eq!(files[0].attachment_name(), Some("CV Zoé Müller.pdf"));
    assert_eq!(files[0].contents(), content);
    assert_eq!(files[1].attachment_name(), Some("lettre.pdf"));
    assert_eq!(files[1].contents(), b"%PDF-1.7");
}

#[test]
fn an_email_without_files_has_no_more_than_its_two_bodies() {
    let bytes = bytes(&email());
    let message = read(&bytes);
    let shape = shape(&message, message.root_part());
    assert_eq!(shape, "multipart/alternative[text/plain, text/html]");
}

#[test]
fn an_invitation_is_offered_by_the_mail_program_and_as_a_file() {
    let mut email = email();
    let ics = "BEGIN:VCALENDAR\r\nSUMMARY:Entretien à l’atelier\r\nEND:VCALENDAR\r\n";
    email.letter.calendar = Some(Calendar {
        method: "REQUEST",
        ics: ics.to_owned(),
        file_name: "entretien.ics".to_owned(),
    });
    let bytes = bytes(&email);
    let message = read(&bytes);
    assert_eq!(
        shape(&message, message.root_part()),
        "multipart/mixed[multipart/alternative[text/plain, text/html, text/calendar], application/ics]"
    );
    let inline = message.parts.iter().find(|part| part.is_content_type("text", "calendar"));
    let inline = inline.unwrap();
    assert_eq!(inline.content_type().unwrap().attribute("method"), Some("REQUEST"));
    assert_eq!(inline.text_contents(), Some(ics));
    let file = message.parts.iter().find(|part| part.is_content_type("application", "ics"));
    let file = file.unwrap();
    assert_eq!(file.attachment_name(), Some("entretien.ics"));
    assert_eq!(file.contents(), ics.as_bytes());
}

/// Names of every header, in lower case.
fn header_names(message: &Message<'_>) -> Vec<String> {
    message.headers().iter().map(|header| header.name().to_lowercase()).collect()
}

#[rstest::rstest]
#[case("Eve\r\nBcc: all@example.org")]
#[case("Eve\nX-Injected: yes\n\nbody")]
#[case("Eve\" <eve@example.org>, \"x")]
#[case("Eve, Adam; =?utf-8?q?=0d=0aBcc:_all=40example.org?=")]
#[case("Eve\u{0}\u{7f}\u{85}\u{2028}Bcc: x")]
#[case("\\\"\\")]
#[case(&"Ève ".repeat(2_500))]
fn a_hostile_name_adds_no_header_no_receiver_and_no_sender(#[case] name: &str) {
    let plain = bytes(&email());
    let expected = header_names(&read(&plain));
    let mut email = email();
    email.from_name = format!("{name} via Emploi Facile");
    email.letter.subject = format!("Candidature de {name}");
    email.files = vec![file(&format!("{name}.pdf"), b"%PDF")];
    let bytes = bytes(&email);
    let message = read(&bytes);
    assert_eq!(header_names(&message), expected);
    let from = message.from().unwrap();
    assert_eq!(from.iter().count(), 1);
    assert_eq!(from.first().unwrap().address(), Some("candidatures@emploi-facile.example"));
    assert_eq!(message.to().unwrap().iter().count(), 1);
    assert_eq!(message.attachments().count(), 1);
    assert_eq!(message.body_html(0).unwrap(), email.letter.html);
}

/// Lines of the headers; those with an encoded word have 76 octets at most (RFC 2047 2).
fn headers_are_short(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    for line in headers.split("\r\n") {
        assert!(line.len() <= 78, "{} octets: {line}", line.len());
        assert!(!line.contains("=?") || line.len() <= 76, "{} octets: {line}", line.len());
    }
}

#[rstest::rstest]
#[case("Plain")]
#[case("Emplois, Centre & Cie")]
#[case("Zoé Müller via Emploi Facile")]
#[case("=?utf-8?q?Jean?= Martin")]
#[case("Jean =?iso-8859-1?b?TWFydGlu?=")]
#[case("=?")]
#[case("a ?= b =? c")]
#[case("two  spaces and \"quotes\" and \\ and (a comment), <x@y.example>;")]
#[case(&"word ".repeat(40))]
#[case(&"é".repeat(60))]
#[case(&"x".repeat(200))]
#[case("日本語の名前の人がここに応募します、どうぞよろしくお願いいたします")]
fn a_text_is_read_as_it_was_written_in_short_lines(#[case] text: &str) {
    let mut email = email();
    email.from_name = text.to_owned();
    email.letter.subject = format!("Candidature : {text}");
    email.files = vec![file(&format!("{}.pdf", text.trim()), b"%PDF")];
    let bytes = bytes(&email);
    headers_are_short(&bytes);
    let message = read(&bytes);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.name().map(str::trim), Some(text.trim()));
    assert_eq!(from.address(), Some("candidatures@emploi-facile.example"));
    assert_eq!(message.subject(), Some(email.letter.subject.as_str()));
    let raw = String::from_utf8_lossy(&bytes);
    let looks_alike = ["=?utf-8?q?", "=?iso-8859-1?b?"].iter().any(|it| raw.contains(it));
    assert!(!looks_alike, "nothing that a reader would decode stands there: {raw}");
    let name = message.attachments().next().unwrap().attachment_name().unwrap();
    assert_eq!(name, format!("{}.pdf", text.trim()));
}

#[test]
fn a_name_with_an_ampersand_stands_there_in_plain_words() {
    let mut email = email();
    email.from_name = "Emplois, Centre & Cie".into();
    let bytes = String::from_utf8(bytes(&email)).unwrap();
    let expected = "From: \"Emplois, Centre & Cie\" <candidatures@emploi-facile.example>\r\n";
    assert!(bytes.starts_with(expected), "{bytes}");
}

#[rstest::rstest]
#[case("\"rh,paris\"@employeur.example")]
#[case("\"rh@paris\"@employeur.example")]
#[case("\"a;b<c>\"@employeur.example")]
#[case("o'neil+tag@employeur.example")]
fn the_envelope_has_the_address_that_was_taken(#[case] address: &str) {
    let mut email = email();
    // As it was taken before quotes were taken away at the door.
    let taken = domain::EmailAddress::try_from(address.to_owned()).unwrap();
    email.to = taken.clone();
    email.reply_to = Some(taken);
    let built = message::build(&email, message::Reports::Nobody).unwrap();
    let to: Vec<_> = built.envelope.to().iter().map(ToString::to_string).collect();
    assert_eq!(to, [address]);
    let from = built.envelope.from().unwrap().to_string();
    assert_eq!(from, "candidatures@emploi-facile.example");
    let text = String::from_utf8(built.bytes).unwrap();
    assert!(text.contains(&format!("\r\nTo: {address}\r\n")), "{text}");
}

#[rstest::rstest]
#[case(b"Mon CV\n.\nMAIL FROM:<a@b.example>\n")]
#[case(b"a\rb\r.\r\n.\r\n")]
#[case(b"\r\n.\r\nQUIT\r\n")]
#[case(b"{\\rtf1\\ansi\n}")]
#[case(b"")]
#[case(b"\0\0")]
fn no_byte_of_a_document_or_a_text_is_a_line_end_of_the_conversation(#[case] content: &[u8]) {
    let mut email = email();
    let text = String::from_utf8(content.to_vec()).unwrap();
    email.letter.text.clone_from(&text);
    email.letter.html = format!("<pre>{text}</pre>");
    email.letter.calendar = Some(Calendar {
        method: "REQUEST",
        ics: format!("BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n"),
        file_name: "entretien.ics".into(),
    });
    email.files = vec![file("cv.pdf", content), file("cv.txt", content)];
    let bytes = bytes(&email);
    let bare = String::from_utf8(bytes.clone()).unwrap().replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n', '\0']));
    let message = read(&bytes);
    for name in ["cv.pdf", "cv.txt"] {
        let file = message.attachments().find(|file| file.attachment_name() == Some(name));
        assert_eq!(file.unwrap().contents(), content, "{name}");
    }
    let encodings = String::from_utf8(bytes).unwrap().matches("Transfer-Encoding: base64").count();
    assert!(encodings >= 3, "every file is base64");
}
