//! The steps: a file is chosen, its columns are matched, what will happen is shown, it happens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{Cause, NewTracked, Receipt, SpaceResult};
use domain::space::{TrackedApplication, TrackedStatus};
use event_store::Position;
use futures::{StreamExt as _, stream};
use projections::space::{Filter, Shelf, TrackedItem, Walk};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};
use web::upload::{Form as Upload, Reading, Trust};
use web::{Failure, networks};

use super::row::{Columns, FIELDS, Outcome, Refused, Taken, outcome};
use super::sheet::{MAX_BYTES, Sheet, Unreadable, packed, text, unpacked};
use crate::applications::shown;
use crate::pages::{Choice, Done, choices, local_day, whose};

/// What is there is read so many at once.
const PAGE: u32 = 1000;
/// Rows of each kind that the page shows.
const SHOWN: usize = 25;
/// Rows that are added side by side, so that the log takes them together.
const AT_ONCE: usize = 64;
/// How long an answer waits for the rows; they are added to the end in any case.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Template)]
#[template(path = "import/choose.html")]
struct ChoosePage {
    lang: Lang,
    frame: Workplace,
    errors: FieldErrors,
}

/// A field with the columns to choose from.
struct Matched {
    name: &'static str,
    label: &'static str,
    required: bool,
    /// The column that is chosen; empty for none.
    column: String,
}

/// A row that is taken, as the page shows it.
struct Line {
    number: u64,
    company: String,
    position: String,
    day: String,
    status: String,
}

#[derive(Template)]
#[template(path = "import/preview.html")]
struct PreviewPage {
    lang: Lang,
    frame: Workplace,
    packed: String,
    seen: String,
    matched: Vec<Matched>,
    /// The columns: number and name.
    columns: Vec<(String, String)>,
    statuses: Vec<Choice>,
    other: String,
    rows: usize,
    taken: usize,
    undated: usize,
    lines: Vec<Line>,
    refused: usize,
    refusals: Vec<Refused>,
    duplicates: usize,
    doubles: Vec<Refused>,
}

fn choose(signed: &CurrentUser, wrong: Option<String>, done: &Done) -> Response {
    let lang = signed.lang;
    let mut frame = accounts::frame(signed, "/me/import", "");
    done.tell(&mut frame, "/me/applications", lang);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let label = lang.t("space-import-file");
    let wrong = wrong.map(|text| WrongField { name: "file", label, text });
    let errors = FieldErrors::in_words(wrong.into_iter().collect());
    Page::new(ChoosePage { lang, frame, errors }).status(status).into_response()
}

fn unreadable(wrong: Unreadable, lang: Lang) -> String {
    lang.t(match wrong {
        Unreadable::Empty => "space-import-empty",
        Unreadable::TooLarge => "space-import-too-large",
        Unreadable::NoText => "space-import-no-text",
        Unreadable::TooManyRows => "space-import-too-many-rows",
        Unreadable::TooManyColumns => "space-import-too-many-columns",
        Unreadable::NoRows => "space-import-no-rows",
        Unreadable::Malformed => "space-import-malformed",
    })
    .to_owned()
}

/// The first step.
pub(crate) async fn page(signed: CurrentUser, Query(done): Query<Done>) -> Response {
    choose(&signed, None, &done)
}

/// Takes the file, and shows what would become of it.
pub(crate) async fn upload(
    State(app): State<App>,
    signed: CurrentUser,
    request: Request,
) -> Result<Response, Failure> {
    let (lang, none) = (signed.lang, Done::default());
    let (share, _) = signed.account.id.as_u64_pair();
    let trust = move |_: &[(String, String)]| Trust::Form(share);
    let uploads = Some(&app.request_limits.uploads);
    let network = networks::of(&request);
    let form = Upload::of(request, Reading { uploads, texts: &[], trust: &trust, network }).await;
    if let Some(error) = form.stopped {
        return match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Ok(choose(&signed, Some(unreadable(Unreadable::TooLarge, lang)), &none))
            }
            _ => Err(Notice::of_body(error, lang).into()),
        };
    }
    let bytes = form.files.into_iter().next().map(|file| file.bytes).unwrap_or_default();
    let read = text(&bytes).and_then(|text| Ok((Sheet::read(&text)?, text)));
    match read {
        Err(wrong) => Ok(choose(&signed, Some(unreadable(wrong, lang)), &none)),
        Ok((sheet, text)) => {
            let fields = Fields {
                file: packed(&text),
                columns: Columns::guessed(&sheet.head),
                ..Fields::default()
            };
            preview_of(&app, &signed, &sheet, fields).await
        }
    }
}

/// What each step after the first carries.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    file: String,
    #[serde(flatten)]
    columns: Columns,
    /// What an unknown word of status is taken for; empty for nothing.
    other: String,
    /// The columns that the page before showed the outcome of.
    seen: String,
}

impl Fields {
    /// The columns in one text.
    fn chosen(&self) -> String {
        let columns = FIELDS.iter().map(|(name, ..)| self.columns.of(name));
        columns.chain([self.other.as_str()]).collect::<Vec<_>>().join(".")
    }

    /// The file as it was sent: its text, and what stands in it.
    fn sheet(&self) -> Option<(String, Sheet)> {
        let text = unpacked(&self.file)?;
        let sheet = Sheet::read(&text).ok()?;
        Some((text, sheet))
    }

    fn other(&self) -> Option<TrackedStatus> {
        self.other.parse().ok()
    }
}

/// What is in somebody's space, hidden ones too.
async fn there(app: &App, signed: &CurrentUser) -> Result<Vec<TrackedItem>, Failure> {
    let (log, whose) = (app.commands.log(), whose(app, signed));
    let mut there = vec![];
    for shelf in [Shelf::NotHidden, Shelf::Hidden] {
        let filter = Filter { shelf, ..Filter::default() };
        let mut walk = Walk::new(log, whose, filter, PAGE);
        while let Some(items) = walk.page().await? {
            there.extend(items);
        }
    }
    Ok(there)
}

async fn of_fields(
    app: &App,
    signed: &CurrentUser,
    sheet: &Sheet,
    fields: &Fields,
) -> Result<Outcome, Failure> {
    let there = there(app, signed).await?;
    let today = local_day(app.commands.now());
    Ok(outcome(sheet, &fields.columns, fields.other(), &there, today, signed.lang))
}

async fn preview_of(
    app: &App,
    signed: &CurrentUser,
    sheet: &Sheet,
    fields: Fields,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Outcome { taken, refused, duplicates } = of_fields(app, signed, sheet, &fields).await?;
    let matched = FIELDS.map(|(name, label, _)| Matched {
        name,
        label: lang.t(label),
        required: matches!(name, "company" | "position"),
        column: fields.columns.of(name).to_owned(),
    });
    let line = |taken: &Taken| Line {
        number: taken.line,
        company: taken.new.details.company.reveal().to_string(),
        position: taken.new.details.position.reveal().to_string(),
        day: texts::day(taken.new.details.applied_on.day(), lang.0),
        status: crate::pages::status_name(taken.new.status, lang),
    };
    let named = |(number, name): (usize, &String)| {
        let name = if name.is_empty() { format!("{}", number + 1) } else { name.clone() };
        (number.to_string(), name)
    };
    let page = PreviewPage {
        seen: fields.chosen(),
        lang,
        frame: accounts::frame(signed, "/me/import", ""),
        packed: fields.file,
        matched: matched.into(),
        columns: sheet.head.iter().enumerate().map(named).collect(),
        statuses: choices(lang),
        other: fields.other,
        rows: sheet.rows.len(),
        undated: taken.iter().filter(|it| it.undated).count(),
        lines: taken.iter().take(SHOWN).map(line).collect(),
        taken: taken.len(),
        refused: refused.len(),
        refusals: refused.into_iter().take(SHOWN).collect(),
        duplicates: duplicates.len(),
        doubles: duplicates.into_iter().take(SHOWN).collect(),
    };
    Ok(Page::new(page).into_response())
}

/// Shows what would happen with other columns.
pub(crate) async fn preview(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(signed.lang))?;
    let (_, sheet) = fields.sheet().ok_or_else(|| Notice::impossible_form(signed.lang))?;
    preview_of(&app, &signed, &sheet, fields).await
}

/// Some rows are there, and some are not.
fn cut_off(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::SERVICE_UNAVAILABLE,
        lang.t("space-import-cut-off"),
        lang.t("space-import-cut-off-means"),
        lang.t("space-import-cut-off-next"),
    )
}

/// Adds the rows that are taken. Each has its id by the file's digest and its line: the same file again, also after
/// a cut, adds what is missing and nothing twice.
pub(crate) async fn confirm(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let (text, sheet) = fields.sheet().ok_or_else(|| Notice::impossible_form(lang))?;
    // Nobody agreed to what they have not seen.
    if fields.seen != fields.chosen() {
        return preview_of(&app, &signed, &sheet, fields).await;
    }
    let taken = of_fields(&app, &signed, &sheet, &fields).await?.taken;
    let (owner, cause) = (signed.account.id, signed.cause());
    let file = hex::encode(Sha256::digest(&text));
    let adding = tokio::spawn(add(app.clone(), owner, file, taken, cause));
    match tokio::time::timeout(PATIENCE, adding).await {
        Ok(added) => {
            // Why it was cut off is logged where that happened.
            let Ok(Ok((count, last))) = added else { return Err(cut_off(lang).into()) };
            if let Some(last) = last {
                shown(&app, last).await;
            }
            Ok(Redirect::to(&format!("/me/applications?done=imported&from={count}"))
                .into_response())
        }
        Err(_) => Ok(Redirect::to("/me/applications?done=importing").into_response()),
    }
}

/// How many rows were added, and where the last of all is in the log. After one that fails, as
/// where the account is closed meanwhile, none is begun any more.
async fn add(
    app: App,
    owner: Uuid,
    file: String,
    taken: Vec<Taken>,
    cause: Cause,
) -> SpaceResult<(usize, Option<Position>)> {
    let cut_off = AtomicBool::new(false);
    let (app, file, cause, cut_off) = (&app, &file, &cause, &cut_off);
    let added = stream::iter(taken).map(|Taken { line, new, .. }| async move {
        if cut_off.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let name = format!("import {file} {line}");
        let added = add_row(app, owner, &name, new, cause).await;
        if added.is_err() {
            cut_off.store(true, Ordering::Relaxed);
        }
        added.map(Some)
    });
    // Those under way come to their end: each sees for itself whether the account is closed.
    let receipts: Vec<SpaceResult<_>> = added.buffer_unordered(AT_ONCE).collect().await;
    match receipts.into_iter().collect::<SpaceResult<Vec<_>>>() {
        Ok(receipts) => {
            let receipts: Vec<_> = receipts.into_iter().flatten().collect();
            let added = receipts.iter().filter(|receipt| !receipt.events.is_empty()).count();
            Ok((added, receipts.into_iter().map(|receipt| receipt.position).max()))
        }
        Err(error) => {
            tracing::error!(
                error = %commands::advice::told(&error),
                account.id = %owner,
                "an import was cut off; the same again adds what is missing"
            );
            Err(error)
        }
    }
}

/// Adds a row under the id of its name, unless it is there. One that its owner deleted after an earlier import comes
/// back under another id.
async fn add_row(
    app: &App,
    owner: Uuid,
    name: &str,
    new: NewTracked,
    cause: &Cause,
) -> SpaceResult<Receipt<TrackedApplication>> {
    let mut id = Uuid::new_v5(&owner, name.as_bytes());
    loop {
        let receipt = app.commands.space().track(id, owner, new.clone(), cause).await?;
        if receipt.state.there().is_ok() {
            return Ok(receipt);
        }
        id = Uuid::new_v5(&owner, id.as_bytes());
    }
}

/// The bound of the forms that carry a file.
pub(crate) const MAX_FORM: usize = 2 * MAX_BYTES;
