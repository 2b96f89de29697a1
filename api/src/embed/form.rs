//! The form in the iframe.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commands::{Client, CommandError};
use domain::FieldError;
use domain::application::SubmissionDraft;
use domain::mailbox::MailboxRefusal;
use url::Url;

use crate::app::App;
use crate::embed::token::claim;
use crate::lang::Lang;
use crate::page::{FieldErrors, Notice, Page};
use crate::security;

/// What came with a request to the form, from its address or from its body.
pub(crate) type Given = HashMap<String, String>;

/// A form that may be shown: its client is known, and its token holds.
pub(crate) struct Opened {
    pub(crate) client: Client,
    pub(crate) lang: Lang,
    pub(crate) ancestors: String,
}

/// Opens the form, or says on a page inside the frame why it does not open.
pub(crate) async fn open(app: &App, given: &Given) -> Result<Opened, Response> {
    let get = |name: &str| given.get(name).map(String::as_str);
    let asked = get("lang");
    let early = Lang::asked(asked, domain::Language::default());
    // Before the client is known nobody is named who may hold the page: it holds nothing.
    let refuse = |title: &str, message: &str, next: &str, lang, ancestors: &str, status| {
        let notice = Notice::new(lang, status, title, message, next);
        Page::new(notice).status(status).framed_by(ancestors).into_response()
    };
    let unknown = || {
        refuse(
            early.say("Ce formulaire n’est pas disponible", "This form is not available"),
            early.say(
                "Le site qui l’affiche n’est pas connu de notre service.",
                "The site that shows it is not known to our service.",
            ),
            early.say("Prévenez le site d’emploi.", "Tell the job site."),
            early,
            "*",
            StatusCode::FORBIDDEN,
        )
    };
    let Some(id) = get("client_id").and_then(|id| id.parse().ok()) else {
        return Err(unknown());
    };
    let client = match app.commands.client(&id).await {
        Ok(Some(client)) if client.disabled_at.is_none() => client,
        Ok(_) => return Err(unknown()),
        Err(error) => return Err(Notice::failed(early, &error).into_response()),
    };
    let lang = Lang::asked(asked, client.settings.language);
    let ancestors = security::frame_ancestors(&client.settings.origins);
    let timestamp = get("timestamp").and_then(|text| text.parse().ok()).unwrap_or_default();
    let checked = claim(get, timestamp).map_err(|name| {
        let message = lang.say("Il manque un paramètre\u{a0}: ", "A parameter is missing: ");
        format!("{message}{name}.")
    });
    let checked = checked.and_then(|claim| {
        let token = get("token").unwrap_or_default();
        let now = app.commands.now();
        app.commands.embed_tokens().check(token, &claim, now).map_err(|_| {
            let message = lang.say(
                "Sa clé d’accès est absente, modifiée, ou a plus de 30 minutes.",
                "Its access token is missing, altered, or more than 30 minutes old.",
            );
            message.to_owned()
        })
    });
    if let Err(message) = checked {
        return Err(refuse(
            lang.say("Ce formulaire ne peut pas s’ouvrir", "This form cannot be opened"),
            &message,
            lang.say(
                "Rechargez la page du site d’emploi, puis réessayez.",
                "Reload the page of the job site, then try again.",
            ),
            lang,
            &ancestors,
            StatusCode::FORBIDDEN,
        ));
    }
    Ok(Opened { client, lang, ancestors })
}

#[derive(Template)]
#[template(path = "embed/form.html")]
pub(crate) struct FormPage {
    lang: Lang,
    client_id: String,
    client_name: String,
    origins: String,
    token: String,
    timestamp: String,
    next_url: String,
    form_id: String,
    draft: SubmissionDraft,
    errors: FieldErrors,
    asks_for_job: bool,
    had_files: bool,
}

impl FormPage {
    /// The form as `given` fills it, with what is wrong with it.
    pub(crate) fn new(app: &App, opened: &Opened, given: &Given, errors: &[FieldError]) -> Self {
        let get = |name: &str| given.get(name).cloned().unwrap_or_default();
        let draft = draft(given);
        let origins: Vec<_> =
            opened.client.settings.origins.iter().map(domain::Origin::as_str).collect();
        let form_id = get("form_id");
        let known = uuid::Uuid::parse_str(&form_id).is_ok();
        let job_was_given = get("job_was_given") == "yes";
        Self {
            lang: opened.lang,
            client_id: opened.client.id.to_string(),
            client_name: opened.client.settings.name.to_string(),
            origins: origins.join(" "),
            token: get("token"),
            timestamp: get("timestamp"),
            next_url: next_url(given).unwrap_or_default(),
            form_id: if known { form_id } else { app.commands.fresh_id().to_string() },
            asks_for_job: draft.get("job").is_empty()
                || given.contains_key("form_id") && !job_was_given,
            had_files: false,
            errors: FieldErrors::new(errors, opened.lang),
            draft,
        }
    }

    /// Says that files must be chosen again: a browser does not keep them.
    pub(crate) fn without_files(mut self, had_files: bool) -> Self {
        self.had_files = had_files;
        self
    }
}

/// The fields of the application among those given.
pub(crate) fn draft(given: &Given) -> SubmissionDraft {
    let mut draft = SubmissionDraft::default();
    for (name, value) in given {
        draft.set(name, value.clone());
    }
    let confirmation = given.get("send_confirmation").map(String::as_str).unwrap_or_default();
    draft.send_confirmation = SubmissionDraft::boolean(confirmation).unwrap_or(false);
    draft
}

/// The addresses of a form to which nothing is sent for now.
pub(crate) async fn suppressed(
    app: &App,
    given: &Given,
) -> Result<Vec<FieldError>, CommandError<MailboxRefusal>> {
    let address = |name: &str| given.get(name).and_then(|text| text.trim().parse().ok());
    let addresses = (address("candidate_email"), address("employer_email"));
    match addresses {
        (Some(candidate), Some(employer)) => {
            crate::request::suppressed(app, &candidate, &employer).await
        }
        _ => Ok(vec![]), // wrong addresses are told by themselves
    }
}

/// Where the candidate goes afterwards: an http or https address, or none.
pub(crate) fn next_url(given: &Given) -> Option<String> {
    let url = Url::parse(given.get("next_url")?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

pub(crate) async fn page(State(app): State<App>, Query(given): Query<Given>) -> Response {
    match open(&app, &given).await {
        Ok(opened) => {
            let ancestors = opened.ancestors.clone();
            // Told before anything is typed; what cannot be looked up now is looked up when sent.
            let errors = suppressed(&app, &given).await.unwrap_or_default();
            Page::new(FormPage::new(&app, &opened, &given, &errors))
                .framed_by(&ancestors)
                .into_response()
        }
        Err(refused) => refused,
    }
}
