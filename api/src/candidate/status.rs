//! Where an application stands, and how it came there.

use askama::Template;
use axum::extract::{Path, Query, State};
use commands::{History, Person, SignatureError};
use domain::JobApplication;
use domain::application::{Delivery, Event, Letter, SkipReason, Status};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::recruiter::matter::{details, time};

/// What the page is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    pub(crate) lang: Option<String>,
    withdrawn: Option<String>,
}

/// What a candidate's link opens.
pub(crate) struct Matter {
    pub(crate) id: Uuid,
    pub(crate) lang: Lang,
    pub(crate) history: History<JobApplication>,
}

impl Matter {
    pub(crate) async fn open(app: &App, token: &str, lang: Option<&str>) -> Result<Self, Notice> {
        let early = Lang::asked(lang, domain::Language::default());
        let opened = app.commands.links().open(Person::Candidate, token, app.commands.now());
        let id = opened.map_err(|error| match error {
            SignatureError::Forged => Notice::bad_link(early),
            SignatureError::Expired => Notice::expired_link(early),
        })?;
        let history = app.commands.application(id).await;
        let history = history.map_err(|error| Notice::failed(early, &error))?;
        let known = history.state.known().map_err(|_| Notice::bad_link(early))?;
        let lang = Lang::asked(lang, known.submission.language);
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
    may_withdraw: bool,
    just_withdrawn: bool,
}

struct Given {
    kind: &'static str,
    at: String,
    details: Vec<(String, String)>,
    message: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page<StatusPage>, Notice> {
    let Matter { lang, history, .. } = Matter::open(&app, &token, asked.lang.as_deref()).await?;
    let application = history.state.known().map_err(|_| Notice::bad_link(lang))?;
    let submission = &application.submission;
    // An answer that may still be taken back is not news yet.
    let now = app.commands.now();
    let told = |given: &&domain::application::GivenAnswer| {
        given.email.is_sent() || now >= given.undo_until
    };
    let answers = application.standing_answers().rev().filter(told).map(|given| Given {
        kind: texts::answer_kind(given.answer.kind(), lang.0),
        at: time(given.at, lang),
        details: details(&given.answer, lang),
        message: given.answer.message().unwrap_or_default().to_owned(),
    });
    let answers: Vec<_> = answers.collect();
    let events: Vec<_> = history.events.iter().map(|recorded| &recorded.event).collect();
    let hidden = |event: &Event| {
        event.given_answer().is_some_and(|given| {
            application.answer(given.id).is_none_or(|now| now.undone || !told(&now))
        })
    };
    let shown: Vec<_> = events.into_iter().filter(|event| !hidden(event)).collect();
    let status = JobApplication::replay(shown.iter().copied().cloned()).status();
    let status = status.unwrap_or(Status::Submitted);
    let is_employers = |message_id: &str| matches!(&application.employer_email, Delivery::Sent { message_id: of, .. } if of.as_str() == message_id);
    let steps = shown
        .iter()
        .filter_map(|event| Some((time(event.at(), lang), step(event, is_employers, lang)?)));
    Ok(Page::new(StatusPage {
        lang,
        job: submission.job.to_string(),
        employer: submission.employer.description.to_string(),
        status: texts::status(status, lang.0),
        meaning: meaning(status, lang).to_owned(),
        answers,
        steps: steps.collect(),
        message: submission.message.reveal().to_string(),
        attachments: submission
            .attachments
            .iter()
            .map(|a| (a.name.reveal().to_string(), texts::file_size(a.size, lang.0)))
            .collect(),
        may_withdraw: history.state.open().is_ok(),
        just_withdrawn: asked.withdrawn.is_some() && status == Status::Withdrawn,
        token,
    }))
}

/// What the status means for the candidate, and what comes next.
fn meaning(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Submitted => lang.say(
            "Nous l’avons reçue et l’envoyons à l’employeur.",
            "We have received it and are sending it to the employer.",
        ),
        Status::Sent => lang.say(
            "L’employeur l’a reçue par e-mail. Vous recevrez sa réponse à votre adresse.",
            "The employer has received it by e-mail. The answer will come to your address.",
        ),
        Status::Undeliverable => lang.say(
            "L’adresse e-mail de l’employeur ne fonctionne pas. Vous pouvez le contacter autrement.",
            "The employer’s e-mail address does not work. You may get in touch another way.",
        ),
        Status::InfoRequested => lang.say(
            "L’employeur souhaite en savoir plus. Répondez-lui directement.",
            "The employer would like to know more. Reply directly.",
        ),
        Status::InterviewProposed => lang.say(
            "Confirmez votre présence directement auprès de l’employeur.",
            "Confirm directly with the employer that you will be there.",
        ),
        Status::Rejected => lang.say(
            "L’employeur n’a pas retenu votre candidature.",
            "The employer did not retain your application.",
        ),
        Status::Hired => lang.say("Félicitations.", "Congratulations."),
        Status::Withdrawn => lang.say(
            "Vous l’avez retirée. L’employeur ne peut plus y répondre.",
            "You withdrew it. The employer can no longer answer it.",
        ),
    }
}

/// A step in words; what only concerns the machinery is left out.
fn step(event: &Event, is_employers: impl Fn(&str) -> bool, lang: Lang) -> Option<String> {
    let text = match event {
        Event::Submitted { .. } => {
            lang.say("Vous avez envoyé votre candidature", "You sent your application")
        }
        Event::SentToEmployer { .. } => {
            lang.say("L’e-mail est parti à l’employeur", "The e-mail left for the employer")
        }
        Event::EmailFailed { letter: Letter::Employer, .. } => lang.say(
            "L’e-mail n’a pas pu être remis à l’employeur",
            "The e-mail could not be delivered to the employer",
        ),
        Event::EmailSkipped {
            letter: Letter::Employer, reason: SkipReason::StagingClient, ..
        } => lang.say(
            "Site d’essai : l’employeur n’a pas été contacté",
            "Trial site: the employer was not contacted",
        ),
        Event::EmailSkipped {
            letter: Letter::Employer, reason: SkipReason::Suppressed, ..
        } => lang.say(
            "L’adresse de l’employeur ne reçoit plus d’e-mails : il n’a pas été contacté",
            "The employer’s address takes no e-mail any more: the employer was not contacted",
        ),
        Event::EmailResent { letter: Letter::Employer, .. } => lang.say(
            "L’e-mail est reparti à l’employeur",
            "The e-mail left for the employer once more",
        ),
        Event::ForwardedToMemo { .. } => lang.say(
            "Votre tableau de bord a reçu la candidature",
            "Your dashboard has received the application",
        ),
        Event::ForwardedToAmi { .. } => lang.say(
            "Votre conseiller a reçu la candidature",
            "Your adviser has received the application",
        ),
        Event::ConfirmedToCandidate { .. } => {
            lang.say("Une copie vous a été envoyée", "A copy was sent to you")
        }
        Event::InterviewProposed { .. } => {
            lang.say("L’employeur propose un entretien", "The employer proposes an interview")
        }
        Event::InfoRequested { .. } => {
            lang.say("L’employeur demande des informations", "The employer asks for information")
        }
        Event::Rejected { .. } => {
            lang.say("L’employeur a refusé la candidature", "The employer rejected the application")
        }
        Event::Hired { .. } => lang.say("L’employeur vous recrute", "The employer hires you"),
        Event::Withdrawn { .. } => {
            lang.say("Vous avez retiré votre candidature", "You withdrew your application")
        }
        Event::EmailBounced { message_id, permanent: true, .. }
        | Event::EmailBlocked { message_id, .. }
            if is_employers(message_id.as_str()) =>
        {
            lang.say(
                "L’e-mail à l’employeur est revenu : son adresse ne fonctionne pas",
                "The e-mail to the employer came back: the address does not work",
            )
        }
        _ => return None,
    };
    Some(text.to_owned())
}
