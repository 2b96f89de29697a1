//! The application and the four answers; and the page after an answer.

use askama::Template;
use axum::extract::{Path, State};
use domain::application::{AnswerId, AnswerKind};
use uuid::Uuid;

use crate::recruiter::matter::{AnswerInWords, Matter, path_of};
use crate::recruiter::undo::undone;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang, time};
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "recruiter/overview.html")]
pub(crate) struct Overview {
    lang: Lang,
    token: String,
    candidate: String,
    job: String,
    employer: String,
    submitted_at: String,
    email: String,
    /// The same as links take it.
    email_link: String,
    phone: String,
    phone_link: String,
    address: String,
    message: String,
    attachments: Vec<Document>,
    documents_deleted: String,
    actions: Vec<(&'static str, &'static str)>,
    closed_because: String,
    answers: Vec<AnswerInWords>,
}

struct Document {
    name: String,
    kind: &'static str,
    size: String,
    digest: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<Overview>, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let lang = matter.lang;
    let application = matter.application();
    let submission = &application.submission;
    let candidate = &submission.candidate;
    let attachments = application.documents().iter().map(|attachment| Document {
        name: attachment.name.reveal().to_string(),
        kind: texts::media_type(attachment.media_type, lang.0),
        size: texts::file_size(attachment.size, lang.0),
        digest: attachment.digest.to_string(),
    });
    let actions = AnswerKind::ALL.map(|kind| (path_of(kind), texts::answer_action(kind, lang.0)));
    Ok(Page::new(Overview {
        lang,
        candidate: candidate.full_name().reveal().clone(),
        job: submission.job.to_string(),
        employer: submission.employer.description.to_string(),
        submitted_at: time(application.submitted_at, lang),
        email_link: candidate.email.reveal().to_string(),
        email: candidate.email.reveal().readable().into_owned(),
        phone: candidate.phone.reveal().to_string(),
        phone_link: candidate.phone.reveal().e164(),
        address: candidate.address.reveal().to_string(),
        message: submission.message.reveal().to_string(),
        attachments: attachments.collect(),
        documents_deleted: matter.documents_deleted(),
        actions: if matter.is_open() { actions.to_vec() } else { vec![] },
        closed_because: matter.closed_because(),
        answers: matter.answers(),
        token,
    }))
}

#[derive(Template)]
#[template(path = "recruiter/done.html")]
pub(crate) struct Done {
    lang: Lang,
    token: String,
    candidate: String,
    answer: AnswerInWords,
    is_open: bool,
}

pub(crate) async fn done(
    State(app): State<App>,
    Path((token, answer)): Path<(String, Uuid)>,
    asked: Asked,
) -> Result<Page<Done>, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let application = matter.application();
    let given = application.answer(AnswerId(answer));
    let given = given.ok_or_else(|| Notice::not_found(matter.lang))?;
    if given.undone {
        return Err(undone(matter.lang).into());
    }
    Ok(Page::new(Done {
        lang: matter.lang,
        candidate: application.submission.candidate.full_name().reveal().clone(),
        answer: matter.in_words(given),
        is_open: matter.is_open(),
        token,
    }))
}
