//! One application: its timeline, notes, tasks, description, documents and e-mails.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use commands::parked::{self, Filter};
use domain::JobApplication;
use domain::space::{DescribedBy, TrackedApplication};
use event_store::StreamId;
use projections::space::{TrackedItem, tasks_on};
use uuid::Uuid;
use web::app::App;
use web::audience::Workplace;
use web::lang::{Lang, time};
use web::page::{Notice, Page};
use web::{Failure, download};

use super::card::{Card, Choice, choices, length, status_name};
use super::moves::{Done, Undo};
use super::tasks::TaskLine;
use super::whose;
use crate::history::{Step, lasted, timeline};
use crate::place::{Place, id, place};

/// Letters that were sent to the candidate.
const TO_CANDIDATE: [&str; 3] = ["confirmation", "answer", "cancellation"];

struct Line {
    at: String,
    text: String,
    /// How long it stood there; empty where that is not told.
    lasted: String,
}

struct NoteLine {
    id: Uuid,
    text: String,
    at: String,
    edited: bool,
}

struct EmailLine {
    subject: String,
    at: String,
}

#[derive(Template)]
#[template(path = "pages/application.html")]
struct ApplicationPage {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    card: Card,
    choices: Vec<Choice>,
    url: String,
    host: String,
    description: String,
    /// Who described it, in words; empty where its owner did.
    described_by: String,
    /// Why there is no description.
    no_description: &'static str,
    tags: String,
    notes: Vec<NoteLine>,
    new_note: Uuid,
    tasks: Vec<TaskLine>,
    documents: Vec<(usize, String)>,
    emails: Vec<EmailLine>,
    lines: Vec<Line>,
}

fn told(step: Step, lang: Lang) -> String {
    let status = |key: &'static str, status| {
        let status = status_name(status, lang);
        match key {
            "began" => lang.with("space-step-began", ("status", status.as_str())),
            _ => lang.with("space-step-moved", ("status", status.as_str())),
        }
    };
    match step {
        Step::Began(to) => status("began", to),
        Step::Moved(to) => status("moved", to),
        Step::Delivered => lang.t("space-step-delivered").to_owned(),
        Step::Corrected => lang.t("space-step-corrected").to_owned(),
        Step::Described(None) => lang.t("space-step-description-cleared").to_owned(),
        Step::Described(Some("owner")) => lang.t("space-step-described").to_owned(),
        Step::Described(Some(_)) => lang.t("space-step-described-for-you").to_owned(),
        Step::NoteAdded => lang.t("space-step-note-added").to_owned(),
        Step::NoteEdited => lang.t("space-step-note-edited").to_owned(),
        Step::NoteRemoved => lang.t("space-step-note-removed").to_owned(),
        Step::Tagged => lang.t("space-step-tagged").to_owned(),
        Step::Archived { by_schedule: true } => lang.t("space-step-archived-by-itself").to_owned(),
        Step::Archived { by_schedule: false } => lang.t("space-step-archived").to_owned(),
        Step::Unarchived => lang.t("space-step-unarchived").to_owned(),
        Step::Hidden => lang.t("space-step-hidden").to_owned(),
        Step::Shown => lang.t("space-step-shown").to_owned(),
        Step::Restored => lang.t("space-step-restored").to_owned(),
        Step::Removed => lang.t("space-step-removed").to_owned(),
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    Query(mut done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, owner, now) = (signed.lang, signed.account.id, app.commands.now());
    let place = place(&app, whose(&app, &signed), id(&text)).await;
    let place = place.map_err(|error| error.page(lang))?;
    let steps = timeline(&app, owner, &place).await.map_err(|error| error.page(lang))?;
    let lines = steps.iter().enumerate().rev().map(|(nth, happened)| Line {
        at: time(happened.at, lang),
        text: told(happened.step, lang),
        lasted: lasted(&steps, nth, now).map_or_else(String::new, |it| length(it, lang)),
    });
    let item = place.item();
    let tasks = tasks_on(app.commands.log(), owner, item.id).await?;
    let text = |text: &domain::Personal<String>| text.reveal().clone();
    let (documents, emails) = match &place {
        Place::Own(_) => (vec![], vec![]),
        Place::Sent(item) => sent(&app, item.id, lang).await?,
    };
    let url = item.url.as_ref().map(text).unwrap_or_default();
    let host = url.parse::<domain::WebAddress>().map(|it| it.site()).unwrap_or_default();
    if done.of.is_empty() {
        done.of = item.id.to_string();
    }
    let mut frame = accounts::frame(&signed, "/me/applications", "");
    let undo = done.tell(&mut frame, "", lang);
    Ok(Page::new(ApplicationPage {
        lang,
        frame,
        undo,
        card: Card::new(item, now, lang),
        choices: choices(lang),
        url,
        host,
        description: item.description.as_ref().map(text).unwrap_or_default(),
        described_by: described_by(&app, owner, item, lang).await?,
        no_description: no_description(&app, item, lang).await?,
        tags: item.tags.iter().map(text).collect::<Vec<_>>().join(", "),
        notes: item
            .notes
            .iter()
            .rev()
            .map(|note| NoteLine {
                id: note.id,
                text: text(&note.text),
                at: time(note.at, lang),
                edited: note.edited_at.is_some(),
            })
            .collect(),
        new_note: app.commands.fresh_id(),
        tasks: tasks.iter().map(|task| TaskLine::new(task, now, lang)).collect(),
        documents,
        emails,
        lines: lines.collect(),
    }))
}

/// Whose words the description is in; empty where they are its owner's.
async fn described_by(
    app: &App,
    owner: Uuid,
    item: &TrackedItem,
    lang: Lang,
) -> Result<String, Failure> {
    match item.described_by.as_deref() {
        Some("page") => Ok(lang.t("space-described-by-page").to_owned()),
        Some("model") => {
            let known = app.commands.space().tracked(item.id, owner).await?;
            let description = known.own().and_then(|own| own.description.as_ref());
            let Some(DescribedBy::Model { model }) = description.map(|it| &it.by) else {
                return Ok(String::new());
            };
            Ok(lang.with("space-described-by-model", ("model", model.as_str())))
        }
        _ => Ok(String::new()),
    }
}

/// Why there is no description: the page of the advertisement is read still, or could not be.
async fn no_description(
    app: &App,
    item: &TrackedItem,
    lang: Lang,
) -> Result<&'static str, Failure> {
    if item.description.is_some() || item.url.is_none() {
        return Ok(lang.t("space-no-description"));
    }
    let id = item.id.to_string();
    let filter = Filter {
        reactor: Some("tracked_description".to_owned()),
        ..Filter::of(StreamId::of::<TrackedApplication>(&id))
    };
    let latest = parked::page(app.commands.log(), &filter, 1).await?.into_iter().next();
    Ok(match latest.as_ref().map(|parked| parked.state.as_str()) {
        None => lang.t("space-no-description"),
        Some("delayed") => lang.t("space-description-later"),
        Some(_) => lang.t("space-description-failed"),
    })
}

/// The documents that were sent, and the letters that the candidate got.
async fn sent(
    app: &App,
    id: Uuid,
    lang: Lang,
) -> Result<(Vec<(usize, String)>, Vec<EmailLine>), Failure> {
    let history = app.commands.applications().find(id).await?;
    let documents = history.state.known().map(domain::application::Application::documents);
    let documents = documents.unwrap_or_default().iter().enumerate();
    let documents = documents.map(|(nth, it)| (nth + 1, it.name.reveal().to_string())).collect();
    let (text, mut emails) = (id.to_string(), vec![]);
    let stream = StreamId::of::<JobApplication>(&text);
    for mailed in app.commands.emails().of(stream).await? {
        if !TO_CANDIDATE.contains(&mailed.letter.as_str()) {
            continue;
        }
        if let Some(email) = app.commands.emails().find(stream, &mailed.message_id).await? {
            let (subject, at) = (email.subject.reveal().clone(), time(email.date, lang));
            emails.push(EmailLine { subject, at });
        }
    }
    Ok((documents, emails))
}

/// A document that was sent with it.
pub(crate) async fn document(
    State(app): State<App>,
    signed: CurrentUser,
    Path((text, number)): Path<(String, usize)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let place = place(&app, whose(&app, &signed), id(&text)).await;
    let Place::Sent(item) = place.map_err(|error| error.page(lang))? else {
        return Err(Notice::not_found(lang).into());
    };
    let history = app.commands.applications().find(item.id).await?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let wanted = number.checked_sub(1).and_then(|nth| application.documents().get(nth));
    let document = wanted.ok_or_else(|| Notice::not_found(lang))?;
    match download::document(app.commands.attachments(), item.id, document, &headers).await {
        Ok(answer) => Ok(answer),
        Err(commands::AttachmentError::Gone) => Err(Notice::not_found(lang).into()),
        Err(error) => Err(error.into()),
    }
}
