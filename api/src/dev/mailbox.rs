//! A folder of `.eml` files, as pages.

use std::path::PathBuf;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use mail_parser::{Address, Message, MessageParser, MimeHeaders as _};

use web::app::App;
use web::download::disposition;
use web::lang::Lang;
use web::page::{EMAIL_POLICY, Notice, Page};

#[derive(Template)]
#[template(path = "dev/list.html")]
pub(crate) struct List {
    lang: Lang,
    emails: Vec<Line>,
}

struct Line {
    name: String,
    subject: String,
    from: String,
    to: String,
    date: String,
}

fn folder(app: &App) -> PathBuf {
    app.settings.mailbox.clone().unwrap_or_default()
}

/// The bytes of the e-mail called `name`: digits and `.eml`, so that no path leads elsewhere.
async fn read(app: &App, name: &str) -> Option<Vec<u8>> {
    let number = name.strip_suffix(".eml")?;
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !plain {
        return None;
    }
    tokio::fs::read(folder(app).join(name)).await.ok()
}

pub(crate) async fn list(State(app): State<App>, headers: HeaderMap) -> Page<List> {
    let mut names = vec![];
    if let Ok(mut entries) = tokio::fs::read_dir(folder(&app)).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    let mut emails = vec![];
    for name in names.into_iter().rev().take(200) {
        let Some(bytes) = read(&app, &name).await else {
            continue;
        };
        let Some(message) = MessageParser::default().parse(&bytes) else {
            continue;
        };
        emails.push(Line {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: people(message.from()),
            to: people(message.to()),
            date: message.date().map(ToString::to_string).unwrap_or_default(),
            name,
        });
    }
    Page::new(List { lang: Lang::accepted(&headers), emails })
}

fn people(addresses: Option<&Address<'_>>) -> String {
    let all = addresses.into_iter().flat_map(|addresses| addresses.iter());
    let texts: Vec<_> = all
        .map(|one| match (one.name(), one.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (name, address) => name.or(address).unwrap_or_default().to_owned(),
        })
        .collect();
    texts.join(", ")
}

#[derive(Template)]
#[template(path = "dev/email.html")]
pub(crate) struct Email {
    lang: Lang,
    name: String,
    subject: String,
    from: String,
    reply_to: String,
    to: String,
    date: String,
    text: String,
    headers: String,
    attachments: Vec<(String, String)>,
}

pub(crate) async fn email(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Page<Email>, Notice> {
    let lang = Lang::accepted(&headers);
    let bytes = read(&app, &name).await.ok_or_else(|| Notice::not_found(lang))?;
    let message = MessageParser::default().parse(&bytes);
    let message = message.ok_or_else(|| Notice::not_found(lang))?;
    let attachments = message.attachments().map(|part| {
        let size = texts::file_size(part.contents().len() as u64, lang.0);
        (part.attachment_name().unwrap_or("?").to_owned(), size)
    });
    let all = String::from_utf8_lossy(&bytes);
    let head = all.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    Ok(Page::new(Email {
        lang,
        subject: message.subject().unwrap_or_default().to_owned(),
        from: people(message.from()),
        reply_to: people(message.reply_to()),
        to: people(message.to()),
        date: message.date().map(ToString::to_string).unwrap_or_default(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        headers: head,
        attachments: attachments.collect(),
        name,
    }))
}

/// The HTML part by itself, for the frame.
pub(crate) async fn html(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Notice> {
    let lang = Lang::accepted(&headers);
    let bytes = read(&app, &name).await.ok_or_else(|| Notice::not_found(lang))?;
    let message = MessageParser::default().parse(&bytes);
    let html = message.as_ref().and_then(|message| message.body_html(0)).unwrap_or_default();
    // Links open in the whole window, as they would from a mail program; buttons say "_self", which
    // here would be the frame.
    let html = html
        .replacen("<head>", "<head><base target=\"_top\">", 1)
        .replace("target=\"_self\"", "target=\"_top\"");
    let policy = [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMAIL_POLICY))];
    Ok((policy, Html(html)).into_response())
}

pub(crate) async fn raw(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Notice> {
    let lang = Lang::accepted(&headers);
    let bytes = read(&app, &name).await.ok_or_else(|| Notice::not_found(lang))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822")),
        (header::CONTENT_DISPOSITION, disposition(&name)),
    ];
    Ok((headers, bytes).into_response())
}

pub(crate) async fn attachment(
    State(app): State<App>,
    Path((name, number)): Path<(String, usize)>,
    headers: HeaderMap,
) -> Result<Response, Notice> {
    let nothing = || Notice::not_found(Lang::accepted(&headers));
    let bytes = read(&app, &name).await.ok_or_else(nothing)?;
    let parsed: Option<Message<'_>> = MessageParser::default().parse(&bytes);
    let parsed = parsed.ok_or_else(nothing)?;
    let part = u32::try_from(number).ok().and_then(|number| parsed.attachment(number));
    let part = part.ok_or_else(nothing)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, disposition(part.attachment_name().unwrap_or("file"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
    ];
    Ok((headers, part.contents().to_vec()).into_response())
}
