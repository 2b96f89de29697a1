//! The addresses: making a list, for programs and for people; the page that checks one, for anybody.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{SignedListRow, UserAccount};
use event_store::tree::TreeVerifier;
use jiff::civil::Date;
use serde::Deserialize;
use web::api::Bearer;
use web::app::App;
use web::audience::Workplace;
use web::lang::{Asked, Lang, time};
use web::page::{FieldErrors, Notice, Page, WrongField};
use web::problem::{Kind, Problem};
use web::upload::{Form, Reading, Trust};
use web::{Failure, networks};

use super::check::{Checked, Wrong, check};
use super::list::Period;
use super::make::{Made, NotMade, make};
use crate::openapi::{ProofQuery, SpaceProblems};
use crate::place::id;
use crate::refused::unfit;

/// The days that are asked for, as they came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Days {
    from: String,
    to: String,
    /// The language of the list; without it that of whoever asks.
    lang: String,
}

impl Days {
    fn period(&self) -> Result<Period, &'static str> {
        let day = |text: &str, name| match text.trim() {
            "" => Ok(None),
            text => text.parse::<Date>().map(Some).map_err(|_| name),
        };
        Ok(Period { from: day(&self.from, "from")?, to: day(&self.to, "to")? })
    }

    fn lang(&self, otherwise: Lang) -> Lang {
        Lang::asked(Some(self.lang.as_str()).filter(|it| !it.is_empty()), otherwise.0)
    }
}

/// The list as the answer to whoever may have it.
fn answer(made: Made) -> Response {
    let name = format!("attachment; filename=\"{}\"", made.name);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    (headers, made.pdf).into_response()
}

/// Why there is no list, in words; `None` for what is ours.
fn told(error: &NotMade, lang: Lang) -> Option<&'static str> {
    Some(match error {
        NotMade::NoKey => lang.t("space-proof-no-key"),
        NotMade::EndsBefore => lang.t("space-proof-ends-before"),
        NotMade::Nothing => lang.t("space-proof-nothing"),
        NotMade::TooMany => lang.t("space-proof-too-many"),
        _ => return None,
    })
}

/// The signed list, as a PDF
///
/// What was sent through Postulo, proven by the log, and what was typed in. Whoever shows no token is led to the page
/// that makes it.
#[utoipa::path(
    get,
    path = "/me/proof.pdf",
    operation_id = "getSignedList",
    tag = "space",
    security((), ("bearer" = [])),
    params(ProofQuery),
    responses(
        (status = 200, description = "The list", content_type = "application/pdf"),
        (status = 303, description = "Without a token: the page that makes it"),
        SpaceProblems,
    ),
)]
pub(crate) async fn by_program(
    State(app): State<App>,
    Query(days): Query<Days>,
    RawQuery(query): RawQuery,
    bearer: Result<Bearer, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !headers.contains_key(header::AUTHORIZATION) {
        let query = query.unwrap_or_default();
        return Ok(Redirect::to(&format!("/me/proof?{query}")).into_response());
    }
    let bearer = bearer?;
    let lang = bearer.lang;
    let period = days.period().map_err(|field| {
        let detail = lang.t("space-proof-wrong-day");
        unfit(lang.with("space-wrong-field", (("field", field), ("detail", detail))))
    })?;
    match make(&app, &bearer.account, period, days.lang(lang)).await {
        Ok(made) => Ok(answer(made)),
        Err(NotMade::NoKey) => Err(Problem::new(Kind::NotFound, lang.t("space-proof-no-key"))),
        Err(error) => Err(match told(&error, lang) {
            Some(detail) => unfit(detail.to_owned()),
            None => Problem::unavailable(&error),
        }),
    }
}

#[derive(Template)]
#[template(path = "proof/make.html")]
struct MakePage {
    lang: Lang,
    frame: Workplace,
    days: Days,
    confirmed: bool,
    errors: FieldErrors,
}

impl MakePage {
    /// The language of the list.
    fn list_lang(&self) -> Lang {
        self.days.lang(self.lang)
    }
}

fn make_page(signed: &CurrentUser, days: Days, errors: FieldErrors) -> Page<MakePage> {
    let (lang, frame) = (signed.lang, accounts::frame(signed, "/me/proof", ""));
    let confirmed = signed.account.confirmed_email().is_some();
    Page::new(MakePage { lang, frame, days, confirmed, errors })
}

/// The page where somebody chooses the days.
pub(crate) async fn form(signed: CurrentUser, Query(days): Query<Days>) -> Page<impl Template> {
    make_page(&signed, days, FieldErrors::none())
}

/// The list for whoever is signed in.
pub(crate) async fn by_session(
    State(app): State<App>,
    signed: CurrentUser,
    days: Result<axum::Form<Days>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let axum::Form(days) = days.map_err(|_| Notice::impossible_form(lang))?;
    let wrong = |name: &'static str, text: &'static str| {
        let label = if name == "to" { "space-proof-last-day" } else { "space-proof-first-day" };
        let wrong = WrongField { name, label: lang.t(label), text: text.to_owned() };
        let page = make_page(&signed, days.clone(), FieldErrors::in_words(vec![wrong]));
        page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
    };
    let period = match days.period() {
        Ok(period) => period,
        Err(field) => return Ok(wrong(field, lang.t("space-proof-wrong-day"))),
    };
    let account: &UserAccount = &signed.account;
    match make(&app, account, period, days.lang(lang)).await {
        Ok(made) => Ok(answer(made)),
        Err(error) => match told(&error, lang) {
            Some(text) => {
                Ok(wrong(if matches!(error, NotMade::EndsBefore) { "to" } else { "from" }, text))
            }
            None => Err(Failure::of(error)),
        },
    }
}

/// What came of a file.
struct Outcome {
    /// Why it is refused; empty where it is not.
    wrong: String,
    /// What is said of one that is not refused.
    facts: Vec<(&'static str, String)>,
    is_pdf: bool,
    other_list: bool,
}

#[derive(Template)]
#[template(path = "proof/check.html")]
struct CheckPage {
    lang: Lang,
    /// The address that the file is sent to.
    action: String,
    service: String,
    key: String,
    /// When the list of this address was made; empty without one.
    made: String,
    outcome: Option<Outcome>,
}

fn verifier(app: &App) -> Option<TreeVerifier> {
    Some(app.audit.as_ref()?.verifier())
}

fn shown(
    app: &App,
    list: Option<(uuid::Uuid, &SignedListRow)>,
    outcome: Option<Outcome>,
    lang: Lang,
) -> Response {
    let status = match &outcome {
        Some(outcome) if !outcome.wrong.is_empty() || outcome.other_list => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::OK,
    };
    let page = CheckPage {
        lang,
        action: match list {
            Some((id, _)) => format!("/proof/{id}?lang={}", lang.code()),
            None => format!("/proof?lang={}", lang.code()),
        },
        service: app.settings.base_url.host_str().unwrap_or_default().to_owned(),
        key: app.audit.as_ref().map(|it| it.key.public().to_owned()).unwrap_or_default(),
        made: list.map(|(_, row)| time(row.made_at, lang)).unwrap_or_default(),
        outcome,
    };
    Page::new(page).status(status).into_response()
}

/// What the service remembers of the list of an address.
async fn remembered(
    app: &App,
    text: Option<&str>,
    lang: Lang,
) -> Result<Option<(uuid::Uuid, SignedListRow)>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let unknown = || {
        Notice::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("space-proof-unknown"),
            lang.t("space-proof-unknown-means"),
            lang.t("space-proof-unknown-next"),
        )
    };
    let id = id(text).ok_or_else(unknown)?;
    let row = app.commands.space().signed_list(id).await?.ok_or_else(unknown)?;
    Ok(Some((id, row)))
}

/// The page that checks any list of this service.
pub(crate) async fn check_page(State(app): State<App>, asked: Asked) -> Response {
    shown(&app, None, None, asked.or_browser())
}

/// The page of one list.
pub(crate) async fn check_page_of(
    State(app): State<App>,
    asked: Asked,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let lang = asked.or_browser();
    let list = remembered(&app, Some(&text), lang).await?;
    Ok(shown(&app, list.as_ref().map(|(id, row)| (*id, row)), None, lang))
}

/// The public keys, for programs: the present one, then those before it, a line each.
pub(crate) async fn key(State(app): State<App>) -> Response {
    match verifier(&app) {
        Some(verifier) => {
            verifier.public().flat_map(|key| [key, "\n"]).collect::<String>().into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Checks a file that somebody sends; nothing of it is kept.
pub(crate) async fn check_file(
    State(app): State<App>,
    asked: Asked,
    path: Option<Path<String>>,
    request: Request,
) -> Result<Response, Failure> {
    let lang = asked.or_browser();
    let text = path.map(|Path(text)| text);
    let list = remembered(&app, text.as_deref(), lang).await?;
    let of = list.as_ref().map(|(id, row)| (*id, row));
    let refuse =
        |text: String| Outcome { wrong: text, facts: vec![], is_pdf: false, other_list: false };
    let network = networks::of(&request);
    let trust = |_: &[(String, String)]| Trust::Stranger;
    let uploads = Some(&app.request_limits.uploads);
    let sent = Form::of(request, Reading { uploads, texts: &[], trust: &trust, network }).await;
    if let Some(error) = sent.stopped {
        let too_large = lang.t("space-proof-too-large");
        return match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let page = shown(&app, of, Some(refuse(too_large.to_owned())), lang);
                Ok((StatusCode::PAYLOAD_TOO_LARGE, page).into_response())
            }
            _ => Err(Notice::of_body(error, lang).into()),
        };
    }
    let Some(verifier) = verifier(&app) else {
        return Ok(shown(&app, of, Some(refuse(lang.t("space-proof-no-key").to_owned())), lang));
    };
    let file = sent.files.into_iter().next().map(|file| file.bytes).unwrap_or_default();
    let checked = tokio::task::spawn_blocking(move || check(&file, &verifier)).await;
    let outcome = match checked.map_err(Failure::of)? {
        Err(wrong) => refuse(wrong_in_words(&wrong, lang)),
        Ok(checked) => outcome(&checked, of, lang),
    };
    Ok(shown(&app, of, Some(outcome), lang))
}

fn outcome(checked: &Checked, of: Option<(uuid::Uuid, &SignedListRow)>, lang: Lang) -> Outcome {
    let made = checked
        .list
        .made_at
        .parse()
        .map_or_else(|_| checked.list.made_at.clone(), |at| time(at, lang));
    let (proven, declared) = checked.counts();
    let facts = vec![
        (lang.t("space-proof-made-on"), made),
        (lang.t("space-proof-proven"), proven.to_string()),
        (lang.t("space-proof-declared"), declared.to_string()),
    ];
    let other_list =
        of.is_some_and(|(id, row)| id != checked.list.id || row.digest != checked.digest.as_str());
    Outcome { wrong: String::new(), facts, is_pdf: checked.is_pdf, other_list }
}

/// What is wrong with a file, for people.
fn wrong_in_words(wrong: &Wrong, lang: Lang) -> String {
    let key = match wrong {
        Wrong::UnknownKey(key) => {
            return lang.with("space-proof-unknown-key", ("key", key.as_str()));
        }
        Wrong::Empty => "space-proof-no-file",
        Wrong::Other => "space-proof-other-file",
        Wrong::TooLarge => "space-proof-json-too-large",
        Wrong::NoSignature => "space-proof-no-signature",
        Wrong::PdfAltered => "space-proof-pdf-altered",
        Wrong::NotCanonical => "space-proof-not-canonical",
        Wrong::Altered => "space-proof-altered",
        Wrong::NotProven => "space-proof-not-proven",
    };
    lang.t(key).to_owned()
}
