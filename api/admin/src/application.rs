//! One application: all its data, what happened to it, its e-mails, its reactions, and what can be
//! done.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use commands::parked::{self, Filter};
use commands::{AttachmentError, History};
use cqrs_es::Aggregate as _;
use domain::application::{Application, Letter};
use domain::{Digest, JobApplication};
use event_store::{Actor, Recorded, StreamId};
use uuid::Uuid;

use super::erased;
use super::frame::{Done, Frame, distance, stored_time, time};
use super::front::state_name;
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "application.html")]
pub(crate) struct ApplicationPage {
    lang: Lang,
    frame: Frame,
    id: Uuid,
    request_id: Uuid,
    /// When and why the candidate was forgotten; empty while they are not.
    erased: String,
    candidate: String,
    job: String,
    employer: String,
    status: &'static str,
    status_name: &'static str,
    facts: Vec<(&'static str, String)>,
    message: String,
    documents: Vec<(String, String, String)>,
    documents_deleted: String,
    events: Vec<Event>,
    emails: Vec<Email>,
    letters: Vec<(String, String)>,
    reactions: Vec<Reaction>,
    may_link: bool,
}

struct Event {
    position: i64,
    kind: &'static str,
    at: String,
    actor: String,
    payload: String,
}

struct Email {
    message_id: String,
    letter: String,
    at: String,
    outcome: String,
}

pub(super) struct Reaction {
    pub(super) reactor: String,
    pub(super) position: i64,
    /// Blank where it is about something else.
    pub(super) application_id: String,
    pub(super) about: String,
    pub(super) event_type: String,
    pub(super) state: String,
    pub(super) state_name: &'static str,
    pub(super) cause: String,
    pub(super) detail: String,
    pub(super) attempts: i64,
    pub(super) first_at: String,
    pub(super) due: String,
}

impl Reaction {
    pub(super) fn new(row: parked::Parked, now: jiff::Timestamp, lang: Lang) -> Self {
        let due = row.due_at.as_deref().and_then(|at| event_store::parse_timestamp(at).ok());
        let due = due.filter(|_| row.state == "delayed");
        let about = row.about();
        let is_of_application = row.aggregate_type == JobApplication::TYPE;
        Self {
            about: if is_of_application { String::new() } else { about },
            application_id: if is_of_application { row.aggregate_id } else { String::new() },
            state_name: state_name(&row.state, lang),
            due: due
                .map(|at| format!("{} ({})", time(at), distance(at, now, lang)))
                .unwrap_or_default(),
            first_at: stored_time(&row.first_at),
            reactor: row.reactor,
            position: row.position,
            event_type: row.event_type,
            state: row.state,
            cause: row.cause,
            detail: row.detail.unwrap_or_default(),
            attempts: row.attempts,
        }
    }

    pub(super) const fn may_retry(&self) -> bool {
        self.position > 0
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    Query(done): Query<Done>,
) -> Result<Page<ApplicationPage>, Failure> {
    let lang = signed.lang;
    let history = app.commands.applications().find(id).await?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let status = history.state.status().ok_or_else(|| Notice::not_found(lang))?;
    let names = operators(&app).await?;
    let stream_id = id.to_string();
    let stream = StreamId::of::<JobApplication>(&stream_id);
    let mailed = app.commands.emails().of(stream).await?;
    let emails = mailed.into_iter().map(|email| Email {
        outcome: outcome(application, &email.message_id, lang).to_owned(),
        letter: letter_name(&email.letter, lang).to_owned(),
        at: stored_time(&email.handed_over_at),
        message_id: email.message_id,
    });
    let parked = parked::list(app.commands.log(), &Filter::of(stream)).await?;
    let now = app.commands.now();
    let submission = &application.submission;
    let erased = erased::told(&history, lang).unwrap_or_default();
    let shown = |text: String| if erased.is_empty() { text } else { String::new() };
    let nobody = lang.t("admin-applications-erased-application").to_owned();
    let candidate = Some(submission.candidate.full_name().reveal().clone());
    let documents = application.documents().iter().map(|it| {
        let (name, size) = (it.name.reveal().to_string(), texts::file_size(it.size, lang.0));
        (name, size, it.digest.to_string())
    });
    Ok(Page::new(ApplicationPage {
        lang,
        frame: Frame::new(&signed, "/admin/applications", &done.done),
        id,
        request_id: app.commands.fresh_id(),
        candidate: candidate.filter(|_| erased.is_empty()).unwrap_or(nobody),
        job: submission.job.to_string(),
        employer: submission.employer.description.to_string(),
        status: status.as_str(),
        status_name: texts::status(status, lang.0),
        facts: facts(application, lang),
        message: shown(submission.message.reveal().to_string()),
        documents: documents.collect(),
        documents_deleted: shown(texts::documents_deleted(application, lang.0)),
        events: events(&history, &names, lang),
        emails: emails.collect(),
        letters: if erased.is_empty() { letters(application, lang) } else { vec![] },
        reactions: parked.into_iter().map(|row| Reaction::new(row, now, lang)).collect(),
        may_link: history.state.open().is_ok(),
        erased,
    }))
}

/// The addresses of operators by their id, for people who read histories.
pub(super) async fn operators(app: &App) -> Result<Vec<(String, String)>, event_store::DbError> {
    let operators = app.commands.operators().all().await?;
    Ok(operators.into_iter().map(|it| (it.id.to_string(), readable(it.email.reveal()))).collect())
}

pub(super) fn actor_name(actor: &Actor, names: &[(String, String)]) -> String {
    let kind = actor.kind.as_str();
    let name = actor.id.as_ref().map(|id| {
        names.iter().find(|(known, _)| known == id).map_or(id.as_str(), |(_, name)| name)
    });
    name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}

fn events(history: &History<JobApplication>, names: &[(String, String)], lang: Lang) -> Vec<Event> {
    let shown = |recorded: &Recorded<domain::application::ApplicationEvent>| Event {
        position: recorded.position.get(),
        kind: recorded.event.kind().as_str(),
        at: time(recorded.recorded_at),
        actor: actor_name(&recorded.metadata.actor, names),
        payload: erased::payload(recorded, lang),
    };
    history.events.iter().map(shown).collect()
}

pub(super) fn facts(application: &Application, lang: Lang) -> Vec<(&'static str, String)> {
    let submission = &application.submission;
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let mut personal = vec![
        (lang.t("admin-applications-candidate"), candidate.full_name().reveal().clone()),
        (
            lang.t("admin-applications-candidates-email"),
            candidate.email.reveal().readable().into_owned(),
        ),
        (lang.t("admin-applications-phone"), candidate.phone.reveal().to_string()),
        (lang.t("admin-applications-address"), candidate.address.reveal().to_string()),
        (lang.t("admin-applications-candidates-id"), candidate.peid.reveal().to_string()),
        (
            lang.t("admin-applications-employers-email"),
            employer.email.reveal().readable().into_owned(),
        ),
    ];
    if application.erased_at.is_some() {
        personal.clear();
    }
    let mut facts = personal;
    facts.extend([
        (lang.t("admin-applications-employer"), employer.description.to_string()),
        ("SIRET", employer.siret.to_string()),
        (lang.t("admin-applications-job"), submission.job.to_string()),
        (lang.t("admin-applications-platform"), submission.partner.to_string()),
        (lang.t("admin-applications-received"), time(application.submitted_at)),
    ]);
    if let Some(code) = &candidate.rome_code {
        facts.push(("ROME", code.to_string()));
    }
    if let Some(at) = application.forwarded_to_memo_at {
        facts.push(("Memo", time(at)));
    }
    if let Some(at) = application.forwarded_to_ami_at {
        facts.push(("AMI", time(at)));
    }
    facts
}

/// What a letter is called where e-mails are listed.
pub(super) fn letter_name(letter: &str, lang: Lang) -> &'static str {
    match letter {
        "employer" => lang.t("admin-applications-application-to-employer"),
        "confirmation" => lang.t("admin-applications-copy-to-candidate"),
        "answer" => lang.t("admin-applications-answer-to-candidate"),
        "receipt" => lang.t("admin-applications-receipt-to-employer"),
        "withdrawal" => lang.t("admin-applications-withdrawal-to-employer"),
        "recruiter_withdrawal" => lang.t("admin-applications-withdrawal-to-recruiter"),
        "cancellation" => lang.t("admin-applications-cancelled-interview-to-candidate"),
        "personal_data" => lang.t("admin-applications-link-to-their-data-to-candidate"),
        "documents" => lang.t("admin-applications-documents-passed-on"),
        _ => lang.t("admin-applications-another"),
    }
}

/// What the mail provider reported last of an e-mail.
fn outcome(application: &Application, message_id: &str, lang: Lang) -> &'static str {
    use domain::application::ReportKind as Kind;
    match application.reports_of(message_id).last().map(|report| report.kind) {
        None => "",
        Some(Kind::SoftBounced) => lang.t("admin-applications-deferred-there"),
        Some(Kind::Delivered) => lang.t("admin-applications-delivered"),
        Some(Kind::Opened) => lang.t("admin-applications-opened"),
        Some(Kind::Clicked) => lang.t("admin-applications-link-followed"),
        Some(Kind::Withheld) => lang.t("admin-applications-held-back-by-our-fault-mend"),
        Some(Kind::Blocked) => lang.t("admin-applications-blocked-by-provider"),
        Some(Kind::Bounced) => lang.t("admin-applications-bounced"),
        Some(Kind::Spam) => lang.t("admin-applications-called-spam"),
    }
}

/// The letters that can be sent once more: name in forms, and for people.
fn letters(application: &Application, lang: Lang) -> Vec<(String, String)> {
    let mut letters = vec![Letter::Employer, Letter::Confirmation];
    for given in &application.answers {
        let answer_id = given.id;
        letters.extend([Letter::Answer { answer_id }, Letter::Receipt { answer_id }]);
    }
    letters.extend(application.withdrawal_letters());
    let sent = letters.into_iter().filter(|letter| {
        application.delivery(*letter).is_some_and(domain::application::Delivery::is_sent)
    });
    sent.map(|letter| {
        let value = match letter.answer_id() {
            Some(id) => format!("{}:{id}", letter.name()),
            None => letter.name().to_owned(),
        };
        (value, letter_name(letter.name(), lang).to_owned())
    })
    .collect()
}

/// A document, to be downloaded.
pub(crate) async fn attachment(
    State(app): State<App>,
    signed: CurrentOperator,
    Path((id, digest)): Path<(Uuid, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let digest: Digest = digest.parse().map_err(|_| Notice::not_found(lang))?;
    let history = app.commands.applications().find(id).await?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let found = application.submission.attachments.iter().find(|it| it.digest == digest);
    let found = found.ok_or_else(|| Notice::not_found(lang))?;
    match web::download::document(app.commands.attachments(), id, found, &headers).await {
        Ok(answer) => Ok(answer),
        Err(AttachmentError::Gone) => Err(Notice::new(
            lang,
            StatusCode::GONE,
            lang.t("admin-applications-this-document-no-longer-kept"),
            "",
            "",
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}
