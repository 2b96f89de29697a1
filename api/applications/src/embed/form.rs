//! The form in the iframe.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::CommandError;
use domain::FieldError;
use domain::application::SubmissionDraft;
use domain::suppression::SuppressionRefusal;
use uuid::Uuid;

use crate::embed::answers;
use crate::embed::opening::{Given, Opened, claim, open, origins};
use crate::embed::parameters::{self, draft, mended, names_job, next_url};
use web::app::App;
use web::lang::Lang;
use web::page::{FieldErrors, Page};

/// What a form that is shown again says on top: what happened, and what to do.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) title: String,
    pub(crate) text: String,
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
    form_ticket: String,
    /// Under which the browser keeps what it is asked to remember.
    holder: String,
    draft: SubmissionDraft,
    errors: FieldErrors,
    told: Option<Told>,
    asks_for_job: bool,
    had_files: bool,
    /// Which documents are refused, by their place among those that were sent, and their names.
    refused: Vec<(usize, String)>,
}

impl FormPage {
    /// The form as `given` fills it, with what is wrong with it.
    pub(crate) fn new(app: &App, opened: &Opened, given: &Given, errors: &[FieldError]) -> Self {
        let get = |name: &str| given.get(name).cloned().unwrap_or_default();
        let known = Uuid::parse_str(&get("form_id")).ok();
        let form_id = known.unwrap_or_else(|| app.commands.fresh_id());
        let holder = claim(|name| given.get(name).map(String::as_str), 0);
        let holder = holder.map(|claim| app.commands.form_tickets().holder(&claim));
        Self {
            lang: opened.lang,
            client_id: opened.partner.id.to_string(),
            client_name: opened.partner.settings.name.to_string(),
            origins: origins(&opened.partner),
            token: get("token"),
            timestamp: get("timestamp"),
            next_url: next_url(given).map(String::from).unwrap_or_default(),
            form_id: form_id.to_string(),
            form_ticket: opened.ticket(app, given, form_id),
            holder: holder.unwrap_or_default(),
            asks_for_job: !names_job(given),
            had_files: false,
            refused: vec![],
            told: None,
            errors: FieldErrors::new(errors, opened.lang),
            draft: draft(given),
        }
    }

    /// Says on top what happened, besides what is wrong with single fields.
    pub(crate) fn telling(mut self, told: Option<Told>) -> Self {
        self.told = told;
        self
    }

    /// Says that files must be chosen again, which a browser without the script does not keep, and
    /// which of them are refused.
    pub(crate) fn without_files(mut self, had_files: bool, refused: Vec<(usize, String)>) -> Self {
        self.had_files = had_files;
        self.refused = refused;
        self
    }

    /// The places of the refused documents, for the script.
    fn refused_places(&self) -> String {
        let places: Vec<_> = self.refused.iter().map(|(place, _)| place.to_string()).collect();
        places.join(" ")
    }
}

/// The form, shown again.
pub(crate) fn again(
    page: FormPage,
    status: StatusCode,
    ancestors: &str,
    wait: Option<u64>,
) -> Response {
    let mut response = Page::new(page).status(status).framed_by(ancestors).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The addresses of a form to which nothing is sent for now.
pub(crate) async fn suppressed(
    app: &App,
    given: &Given,
) -> Result<Vec<FieldError>, CommandError<SuppressionRefusal>> {
    let address = |name: &str| given.get(name).and_then(|text| text.trim().parse().ok());
    let addresses = (address("candidate_email"), address("employer_email"));
    match addresses {
        (Some(candidate), Some(employer)) => {
            crate::suppressed::suppressed(app, &candidate, &employer).await
        }
        _ => Ok(vec![]), // wrong addresses are told by themselves
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    given: Result<Query<Given>, QueryRejection>,
) -> Response {
    let given = mended(given.map(|Query(given)| given).unwrap_or_default());
    let opened = match open(&app, &given).await {
        Ok(opened) => opened,
        // Nothing was typed yet: what the address holds is not shown.
        Err(closed) => return answers::not_opened(&closed, &Given::new()),
    };
    // Told before anything is typed.
    let wrong = parameters::wrong(&given, &opened);
    if !wrong.is_empty() {
        return answers::wrong_parameters(&opened, &Given::new(), &wrong);
    }
    if given.get("next_url").is_some_and(|url| !url.is_empty()) && next_url(&given).is_none() {
        let partner = &opened.partner.id;
        tracing::warn!(client.id = %partner, parameter = "next_url", "a platform gives the form a parameter that is left out");
    }
    // What cannot be looked up now is looked up when it is sent.
    let errors = suppressed(&app, &given).await.unwrap_or_default();
    let page = FormPage::new(&app, &opened, &given, &errors);
    again(page, StatusCode::OK, &opened.ancestors, None)
}
