//! Where an application stands, and how it came there.

use askama::Template;
use axum::extract::{Path, Query, State};
use commands::{History, LinkPurpose, SignatureError};
use domain::JobApplication;
use domain::application::{ApplicationStatus, Wish};
use serde::Deserialize;
use uuid::Uuid;

use archive::told::Told;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang, time};
use web::page::{Notice, Page};

/// What just happened.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Just {
    withdrawn: Option<String>,
}

/// What a candidate's link opens.
pub(crate) struct Matter {
    pub(crate) id: Uuid,
    pub(crate) lang: Lang,
    pub(crate) history: History<JobApplication>,
}

impl Matter {
    pub(crate) async fn open(app: &App, token: &str, asked: &Asked) -> Result<Self, Failure> {
        let early = asked.or(domain::Language::default());
        let opened = app.commands.links().open(LinkPurpose::Candidate, token, app.commands.now());
        let id = opened.map_err(|error| match error {
            SignatureError::Forged => Notice::bad_link(early),
            SignatureError::Expired => Notice::expired_link(early),
        })?;
        let history = app.commands.applications().find(id).await?;
        let known = history.state.known().map_err(|_| Notice::bad_link(early))?;
        if known.erased_at.is_some() {
            return Err(Notice::erased(asked.or_browser()).into());
        }
        let lang = asked.settle(known.submission.language);
        Ok(Self { id, lang, history })
    }
}

#[derive(Template)]
#[template(path = "candidate/status.html")]
pub(crate) struct StatusPage {
    lang: Lang,
    token: String,
    job: String,
    employer: String,
    status: &'static str,
    meaning: String,
    answers: Vec<Given>,
    steps: Vec<(String, String)>,
    message: String,
    attachments: Vec<(String, String)>,
    documents_deleted: String,
    request_ids: [Uuid; 2],
    may_withdraw: bool,
    just_withdrawn: bool,
}

impl StatusPage {
    /// What a candidate may ask of their data: the name in the form, and what the button says.
    fn wishes(&self) -> [(&'static str, &'static str); 2] {
        let lang = self.lang;
        [
            (Wish::Export.as_str(), lang.t("candidate-ask-for-copy-my-data")),
            (Wish::Erasure.as_str(), lang.t("candidate-ask-for-my-data-to-erased")),
        ]
    }
}

struct Given {
    kind: &'static str,
    at: String,
    details: Vec<(String, String)>,
    message: String,
    /// That it no longer holds; empty otherwise.
    note: &'static str,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(just): Query<Just>,
    asked: Asked,
) -> Result<Page<StatusPage>, Failure> {
    let Matter { lang, history, .. } = Matter::open(&app, &token, &asked).await?;
    let application = history.state.known().map_err(|_| Notice::bad_link(lang))?;
    let submission = &application.submission;
    let told = Told::of(&history, application, app.commands.now());
    let (status, steps) = (told.status, told.steps(lang));
    let answers = told.answers.iter().map(|given| Given {
        kind: texts::answer_kind(given.answer.kind(), lang.0),
        at: time(given.at, lang),
        details: texts::answer_details(&given.answer, lang.0),
        message: given.answer.message().unwrap_or_default().to_owned(),
        note: told.note(given, lang),
    });
    Ok(Page::new(StatusPage {
        lang,
        job: submission.job.to_string(),
        employer: submission.employer.description.to_string(),
        status: texts::status(status, lang.0),
        meaning: meaning(status, lang).to_owned(),
        answers: answers.collect(),
        steps,
        message: submission.message.reveal().to_string(),
        documents_deleted: texts::documents_deleted(application, lang.0),
        attachments: application
            .documents()
            .iter()
            .map(|a| (a.name.reveal().to_string(), texts::file_size(a.size, lang.0)))
            .collect(),
        // Made with the page: a second press of the same button asks for nothing more.
        request_ids: [app.commands.fresh_id(), app.commands.fresh_id()],
        may_withdraw: history.state.open().is_ok(),
        just_withdrawn: just.withdrawn.is_some() && status == ApplicationStatus::Withdrawn,
        token,
    }))
}

/// What the status means for the candidate, and what comes next.
fn meaning(status: ApplicationStatus, lang: Lang) -> &'static str {
    match status {
        ApplicationStatus::Submitted => lang.t("candidate-we-have-received-it-and-sending"),
        ApplicationStatus::Sent => lang.t("candidate-employer-has-received-it-by-email"),
        ApplicationStatus::Undeliverable => {
            lang.t("candidate-employers-email-address-does-not-work")
        }
        ApplicationStatus::InfoRequested => lang.t("candidate-employer-would-like-to-know-more"),
        ApplicationStatus::InterviewProposed => {
            lang.t("candidate-confirm-directly-with-employer-that-you")
        }
        ApplicationStatus::Rejected => lang.t("candidate-employer-did-not-retain-your-application"),
        ApplicationStatus::Hired => lang.t("candidate-congratulations"),
        ApplicationStatus::Withdrawn => lang.t("candidate-you-withdrew-it-employer-can-no"),
    }
}
