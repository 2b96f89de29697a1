//! One application: all its data, what happened to it, its e-mails, its reactions, and what can be
//! done.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
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
use super::guard::Signed;
use crate::address::readable;
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::recruiter::attachment;
use crate::recruiter::matter::documents_deleted;

#[derive(Template)]
#[template(path = "admin/application.html")]
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
    signed: Signed,
    Path(id): Path<Uuid>,
    Query(done): Query<Done>,
) -> Result<Page<ApplicationPage>, Notice> {
    let lang = signed.lang;
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let history = app.commands.application(id).await.map_err(|error| fail(&error))?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let status = history.state.status().ok_or_else(|| Notice::not_found(lang))?;
    let names = operators(&app).await.map_err(|error| fail(&error))?;
    let stream_id = id.to_string();
    let stream = StreamId::of::<JobApplication>(&stream_id);
    let mailed = app.commands.emails_of(stream).await.map_err(|error| fail(&error))?;
    let emails = mailed.into_iter().map(|email| Email {
        outcome: outcome(application, &email.message_id, lang).to_owned(),
        letter: letter_name(&email.letter, lang).to_owned(),
        at: stored_time(&email.handed_over_at),
        message_id: email.message_id,
    });
    let parked = parked::list(&app.db, &Filter::of(stream)).await.map_err(|error| fail(&error))?;
    let now = app.commands.now();
    let submission = &application.submission;
    let erased = erased::told(&history, lang).unwrap_or_default();
    let shown = |text: String| if erased.is_empty() { text } else { String::new() };
    let nobody = lang.say("Candidature effacée", "Erased application").to_owned();
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
        documents_deleted: shown(documents_deleted(application, lang)),
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
    let operators = app.commands.operators().await?;
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
    let shown = |recorded: &Recorded<domain::application::Event>| Event {
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
        (lang.say("Candidat", "Candidate"), candidate.full_name().reveal().clone()),
        (
            lang.say("E-mail du candidat", "Candidate’s e-mail"),
            candidate.email.reveal().readable().into_owned(),
        ),
        (lang.say("Téléphone", "Phone"), candidate.phone.reveal().to_string()),
        (lang.say("Adresse", "Address"), candidate.address.reveal().to_string()),
        (
            lang.say("Identifiant du candidat", "Candidate’s id"),
            candidate.peid.reveal().to_string(),
        ),
        (
            lang.say("E-mail de l’employeur", "Employer’s e-mail"),
            employer.email.reveal().readable().into_owned(),
        ),
    ];
    if application.erased_at.is_some() {
        personal.clear();
    }
    let mut facts = personal;
    facts.extend([
        (lang.say("Employeur", "Employer"), employer.description.to_string()),
        ("SIRET", employer.siret.to_string()),
        (lang.say("Poste", "Job"), submission.job.to_string()),
        (lang.say("Plateforme", "Platform"), submission.client.to_string()),
        (lang.say("Reçue", "Received"), time(application.submitted_at)),
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
        "employer" => lang.say("candidature, à l’employeur", "application, to the employer"),
        "confirmation" => lang.say("copie, au candidat", "copy, to the candidate"),
        "answer" => lang.say("réponse, au candidat", "answer, to the candidate"),
        "receipt" => lang.say("reçu, à l’employeur", "receipt, to the employer"),
        "withdrawal" => lang.say("retrait, à l’employeur", "withdrawal, to the employer"),
        "recruiter_withdrawal" => lang.say("retrait, au recruteur", "withdrawal, to the recruiter"),
        "cancellation" => lang
            .say("annulation de l’entretien, au candidat", "cancelled interview, to the candidate"),
        "personal_data" => {
            lang.say("lien vers ses données, au candidat", "link to their data, to the candidate")
        }
        "documents" => lang.say("documents transmis", "documents passed on"),
        _ => lang.say("autre", "another"),
    }
}

/// What the mail provider reported last of an e-mail.
fn outcome(application: &Application, message_id: &str, lang: Lang) -> &'static str {
    use domain::application::ReportKind as Kind;
    match application.reports_of(message_id).last().map(|report| report.kind) {
        None => "",
        Some(Kind::SoftBounced) => lang.say("retardé chez le destinataire", "deferred there"),
        Some(Kind::Delivered) => lang.say("remis", "delivered"),
        Some(Kind::Opened) => lang.say("ouvert", "opened"),
        Some(Kind::Clicked) => lang.say("lien suivi", "link followed"),
        Some(Kind::Withheld) => lang.say(
            "retenu par notre faute : y remédier, puis renvoyer",
            "held back by our fault: mend it, then send it again",
        ),
        Some(Kind::Blocked) => lang.say("bloqué par le prestataire", "blocked by the provider"),
        Some(Kind::Bounced) => lang.say("revenu", "bounced"),
        Some(Kind::Spam) => lang.say("signalé comme indésirable", "called spam"),
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
    signed: Signed,
    Path((id, digest)): Path<(Uuid, String)>,
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let digest: Digest = digest.parse().map_err(|_| Notice::not_found(lang))?;
    let history = app.commands.application(id).await;
    let history = history.map_err(|error| Notice::failed(lang, &error))?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let found = application.submission.attachments.iter().find(|it| it.digest == digest);
    let found = found.ok_or_else(|| Notice::not_found(lang))?;
    match app.commands.attachments().open(id, &digest).await {
        Ok(reading) => Ok(attachment::file(found, reading).into_response()),
        Err(AttachmentError::Gone) => Err(Notice::new(
            lang,
            StatusCode::GONE,
            lang.say("Ce document n’est plus conservé", "This document is no longer kept"),
            "",
            "",
        )),
        Err(error) => Err(Notice::failed(lang, &error)),
    }
}
