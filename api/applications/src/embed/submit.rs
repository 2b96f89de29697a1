//! The form, sent.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use commands::{CommandError, IdempotencyKey, SubmitError, Upload, advice, recognise};
use domain::{FieldError, Invalid};
use jiff::Timestamp;
use uuid::Uuid;

use crate::embed::answers::{done, not_opened, not_sent, told, unreadable, wrong_parameters};
use crate::embed::form::{FormPage, Told, again, suppressed};
use crate::embed::opening::{Given, NotOpened, Opened, open, trust};
use crate::embed::parameters::{self, draft, mended};
use web::app::App;
use web::lang::Lang;
use web::networks;
use web::request::Context;
use web::upload::{Form, FormError, Reading};

pub(crate) async fn submit(State(app): State<App>, context: Context, request: Request) -> Response {
    let browser = Lang::accepted(request.headers());
    let trust = |fields: &[(String, String)]| trust(&app, fields);
    let uploads = Some(&app.request_limits.uploads);
    let network = networks::of(&request);
    let form = Form::of(request, Reading { uploads, texts: &[], trust: &trust, network }).await;
    let given = mended(form.fields.iter().cloned().collect());
    let opened = match open(&app, &given).await {
        Ok(opened) => opened,
        Err(closed) => {
            return match form.stopped {
                Some(error) if given.is_empty() => {
                    unreadable(&NotOpened { lang: browser, ..closed }, &given, error)
                }
                _ => not_opened(&closed, &given),
            };
        }
    };
    let sent = Sent { app: &app, opened: &opened, given: &given, files: form.files.clone() };
    if let Some(error) = form.stopped {
        return sent.not_taken(error);
    }
    let (documents, mut errors) = match recognise(form.files.clone()) {
        Ok(documents) => (documents, form.wrong.clone()),
        Err(errors) => (vec![], [form.wrong.clone(), errors].concat()),
    };
    let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
    let partner = opened.partner.id.clone();
    let submission = match draft(&given).parse(partner.clone(), opened.lang.0, attachments) {
        Ok(submission) if errors.is_empty() => submission,
        Ok(_) => return sent.wrong(&errors),
        Err(wrong) => {
            let partners = parameters::wrong(&given, &opened);
            if !partners.is_empty() {
                return wrong_parameters(&opened, &given, &partners);
            }
            errors.splice(0..0, wrong);
            return sent.wrong(&errors);
        }
    };
    let key = form_key(&given, &app);
    let earlier = match &key {
        Some(key) => app.commands.applications().submitted_with(&partner, key).await,
        None => Ok(None),
    };
    let earlier = match earlier {
        Ok(earlier) => earlier,
        Err(error) => return sent.unavailable(&error),
    };
    // A repeat of what was taken is answered as it was: it counts no more, and nothing bars it.
    if earlier.is_none() {
        match suppressed(&app, &given).await {
            Ok(errors) if errors.is_empty() => {}
            Ok(errors) => return sent.wrong(&errors),
            Err(error) => return sent.unavailable(&error),
        }
        match app
            .commands
            .limits()
            .count_form(&opened.partner, submission.candidate.email.reveal())
            .await
        {
            Ok(Ok(())) => {}
            Ok(Err(until)) => return sent.too_many(until),
            Err(error) => return sent.unavailable(&error),
        }
    }
    let cause = context.partner(&partner);
    match app.commands.applications().submit(submission, &documents, key.as_ref(), &cause).await {
        Ok(submitted) => done(&opened, &given, &submitted),
        Err(SubmitError::KeyReused | SubmitError::Command(CommandError::Refused(_))) => {
            sent.changed_since(earlier)
        }
        Err(error) => sent.unavailable(&error),
    }
}

/// The key of the form, by the id it was made with: a second click sends the same one.
fn form_key(given: &Given, app: &App) -> Option<IdempotencyKey> {
    let sent = given.get("form_id").and_then(|text| Uuid::parse_str(text).ok());
    format!("form-{}", sent.unwrap_or_else(|| app.commands.fresh_id())).parse().ok()
}

/// A form that was sent and is given back, as it was filled in.
struct Sent<'a> {
    app: &'a App,
    opened: &'a Opened,
    given: &'a Given,
    files: Vec<Upload>,
}

impl Sent<'_> {
    /// Some fields are wrong.
    fn wrong(&self, errors: &[FieldError]) -> Response {
        self.again(errors, None, StatusCode::UNPROCESSABLE_ENTITY, None)
    }

    /// Its body could not be taken whole.
    fn not_taken(&self, error: FormError) -> Response {
        if error == FormError::TooLarge {
            let error = Invalid::FilesTooLarge { max_mebibytes: commands::MAX_BYTES >> 20 };
            let errors = [FieldError::new("attachments", error)];
            return self.again(&errors, None, StatusCode::PAYLOAD_TOO_LARGE, None);
        }
        let wait = matches!(error, FormError::Busy | FormError::TooSlow).then_some(5);
        let text = told(self.opened.lang, error).to_owned();
        self.again(&[], Some(text), error.status(), wait)
    }

    /// What is behind does not answer.
    fn unavailable(&self, error: &(dyn std::error::Error + 'static)) -> Response {
        tracing::error!(error = %advice::told(error), "an application could not be taken");
        let text = self.opened.lang.t("apply-service-does-not-answer-right-now-what");
        self.again(&[], Some(text.to_owned()), StatusCode::SERVICE_UNAVAILABLE, Some(5))
    }

    /// Too many forms were sent for this candidate within the hour.
    fn too_many(&self, until: Timestamp) -> Response {
        let lang = self.opened.lang;
        let wait = until.as_second().saturating_sub(self.app.commands.now().as_second()).max(0);
        let when = texts::timestamp(until, &texts::default_zone(), lang.0);
        let text = lang.with("apply-too-many-applications-left-within-hour", ("time", &when));
        let text = Some(text);
        let wait = u64::try_from(wait).map_or(1, |seconds| seconds + 1);
        self.again(&[], text, StatusCode::TOO_MANY_REQUESTS, Some(wait))
    }

    /// The same form was sent before, with other content: it comes back as another form.
    fn changed_since(&self, first: Option<Timestamp>) -> Response {
        let lang = self.opened.lang;
        let mut given = self.given.clone();
        given.remove("form_id");
        let first = first.map(|at| texts::timestamp(at, &texts::default_zone(), lang.0));
        let text = match first {
            Some(at) => lang.with("apply-first-version-left", ("time", &at)),
            None => lang.t("apply-first-version-has-left-already").to_owned(),
        };
        let told = Told { title: lang.t("apply-this-version-has-not-left").to_owned(), text };
        let page = FormPage::new(self.app, self.opened, &given, &[])
            .telling(Some(told))
            .without_files(self.has_files(), vec![]);
        again(page, StatusCode::CONFLICT, &self.opened.ancestors, None)
    }

    fn again(
        &self,
        errors: &[FieldError],
        text: Option<String>,
        status: StatusCode,
        wait: Option<u64>,
    ) -> Response {
        let title = not_sent(self.opened.lang).to_owned();
        let page = FormPage::new(self.app, self.opened, self.given, errors)
            .telling(text.map(|text| Told { title, text }))
            .without_files(self.has_files(), self.refused());
        again(page, status, &self.opened.ancestors, wait)
    }

    fn has_files(&self) -> bool {
        self.files.iter().any(|file| !file.name.is_empty())
    }

    /// The documents that would be refused by themselves, by their place.
    fn refused(&self) -> Vec<(usize, String)> {
        let chosen = self.files.iter().filter(|file| self::is_chosen(file)).enumerate();
        chosen
            .filter(|(_, file)| recognise(vec![(*file).clone()]).is_err())
            .map(|(place, file)| (place, file.name.clone()))
            .collect()
    }
}

/// Whether a browser sent the file because somebody chose it.
fn is_chosen(file: &Upload) -> bool {
    !(file.name.is_empty() && file.bytes.is_empty())
}
