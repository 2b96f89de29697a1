//! The built-in mailbox, over a folder of real messages.

use axum::http::StatusCode;
use event_store::testing::Engine;
use testing::Fixture;
use testing::http::Site;

use super::service;

const HTML: &str = "<html><head><title>x</title></head><body style=\"color:red\"><a href=\"http://postulo.example/r/t\">Voir</a><script>alert(1)</script></body></html>";

/// A message with a text part, an HTML part and an attachment, as the transport writes it.
fn message(subject: &str) -> String {
    [
        "From: Postulo <noreply@postulo.example>",
        "To: \"Dominique <Dupont>\" <rh@boulangerie.example>",
        "Reply-To: camille@example.org",
        &format!("Subject: {subject}"),
        "Date: Fri, 20 Nov 2026 09:00:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: multipart/alternative; boundary=a",
        "",
        "--a",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Bonjour <vous>",
        "--a",
        "Content-Type: text/html; charset=utf-8",
        "",
        HTML,
        "--a--",
        "--b",
        "Content-Type: text/html; name=\"page.html\"",
        "Content-Disposition: attachment; filename=\"page.html\"",
        "",
        "<script>alert(2)</script>",
        "--b--",
        "",
    ]
    .join("\r\n")
}

async fn with_mail() -> Site {
    let service = service(Engine::Sqlite).await;
    let folder = service.mailbox();
    std::fs::write(folder.join("1795000000001.eml"), message("First")).unwrap();
    std::fs::write(folder.join("1795000000002.eml"), message("Second <b>")).unwrap();
    std::fs::write(folder.join("notes.txt"), "not mail").unwrap();
    std::fs::write(folder.join("1.eml.tmp"), message("Half written")).unwrap();
    service
}

#[tokio::test]
async fn messages_are_listed_newest_first() {
    let service = with_mail().await;
    let page = service.get("/dev/mailbox").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    let second = text.find("Second &#60;b&#62;").expect("it is listed, as text");
    assert!(second < text.find("First").unwrap());
    assert!(!text.contains("Half written") && !text.contains("notes"));
    assert!(text.contains("<a class=\"button second\" href=\"/dev/mailbox\">"), "reload is a link");
}

#[tokio::test]
async fn an_empty_mailbox_says_what_to_do() {
    let service = service(Engine::Sqlite).await;
    assert!(service.get("/dev/mailbox").await.text().contains("page de démonstration"));
    std::fs::remove_dir(service.mailbox()).unwrap();
    assert_eq!(service.get("/dev/mailbox").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_message_shows_its_people_parts_headers_and_attachments() {
    let service = with_mail().await;
    let text = service.get("/dev/mailbox/1795000000002.eml").await.text();
    for part in [
        "<h1>Second &#60;b&#62;</h1>",
        "noreply@postulo.example",
        "rh@boulangerie.example",
        "camille@example.org",
        "Bonjour &#60;vous&#62;",
        "Content-Type: multipart/mixed",
        "page.html",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("src=\"/dev/mailbox/1795000000002.eml/html\""));
    assert!(text.contains("sandbox=\"") && !text.contains("allow-scripts"));
}

#[tokio::test]
async fn the_html_part_runs_no_script_and_its_links_open_in_the_window() {
    let service = with_mail().await;
    let html = service.get("/dev/mailbox/1795000000001.eml/html").await;
    assert!(html.header("content-type").starts_with("text/html"));
    let policy = html.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox "));
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"));
    assert!(policy.contains("style-src 'unsafe-inline'"));
    assert!(html.text().contains("<head><base target=\"_top\">"));
}

#[tokio::test]
async fn the_message_and_its_attachments_are_downloads() {
    let service = with_mail().await;
    let raw = service.get("/dev/mailbox/1795000000001.eml/raw").await;
    assert_eq!(raw.text(), message("First"));
    assert_eq!(raw.header("content-type"), "message/rfc822");
    assert!(raw.header("content-disposition").starts_with("attachment"));

    let file = service.get("/dev/mailbox/1795000000001.eml/attachments/0").await;
    assert_eq!(file.text().trim_end(), "<script>alert(2)</script>");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''page.html");
    let missing = service.get("/dev/mailbox/1795000000001.eml/attachments/1").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    let service = with_mail().await;
    let parent = service.mailbox().parent().unwrap();
    let outside = tempfile::Builder::new().prefix("1").suffix(".eml").tempfile_in(parent).unwrap();
    let name = outside.path().file_name().unwrap().to_str().unwrap().to_owned();
    for bad in ["notes.txt", "1.eml.tmp", ".eml", "..%2F1.eml", &format!("..%2f{name}"), "%00.eml"]
    {
        for part in ["", "/html", "/raw", "/attachments/0"] {
            let answer = service.get(&format!("/dev/mailbox/{bad}{part}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bad}{part}");
        }
    }
}

#[tokio::test]
async fn there_is_no_mailbox_where_mail_is_really_sent() {
    let http = Fixture::new(Engine::Sqlite).await.http();
    let service = http.settings(|settings| settings.mailbox = None).router(crate::router);
    std::fs::write(service.mailbox().join("1795000000001.eml"), message("First")).unwrap();
    for path in ["/dev/mailbox", "/dev/mailbox/1795000000001.eml"] {
        assert_eq!(service.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn neither_the_mailbox_nor_the_sign_in_holds_a_word_that_a_third_language_would_miss() {
    let _spoken = texts::pseudo::speak();
    let service = service(Engine::Sqlite).await;
    for path in ["/dev/mailbox", "/admin/sign-in"] {
        let page = service.get(path).await.text();
        let left = texts::pseudo::words_left(&page, &["Postulo", "Français", "English"]);
        assert_eq!(left, Vec::<String>::new(), "{path}");
    }
}
