//! What a candidate's confirmed link opens: all applications from their address, to be downloaded or
//! erased. Opening it changes nothing, for mail scanners open it too.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use commands::{LinkPurpose, SignatureError};
use domain::application::Wish;
use domain::erasure::RecordRef;
use domain::{EmailAddress, Language};
use projections::applications::ApplicationRow;
use projections::people;
use uuid::Uuid;

use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang, time};
use web::page::{FieldErrors, Notice, Page, WrongField};

/// How long a page waits for the read models to show what was done a moment ago.
const CATCH_UP: std::time::Duration = std::time::Duration::from_secs(5);

/// What a link to a person's data opens.
pub(super) struct Matter {
    pub(super) lang: Lang,
    pub(super) address: EmailAddress,
    /// The application whose link it is.
    id: Uuid,
    token: String,
    wish: Wish,
    rows: Vec<ApplicationRow>,
}

/// The fields of the form: the applications, by their ids, and the confirmation.
#[derive(Debug, Default)]
pub(super) struct Fields {
    chosen: Vec<Uuid>,
    pub(super) confirmed: bool,
}

impl Fields {
    pub(super) fn read(
        fields: Result<Form<Vec<(String, String)>>, FormRejection>,
        lang: Lang,
    ) -> Result<Self, Failure> {
        let Form(fields) = fields.map_err(|_| Notice::unreadable_form(lang))?;
        let mut read = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "application" => read.chosen.extend(value.parse::<Uuid>()),
                "confirmed" => read.confirmed = true,
                _ => {}
            }
        }
        Ok(read)
    }
}

impl Matter {
    /// Opens a link of either kind, or says why it does not open.
    pub(super) async fn open(app: &App, token: &str, asked: &Asked) -> Result<Self, Failure> {
        let early = asked.or(Language::default());
        let (links, now) = (app.commands.links(), app.commands.now());
        let opened = match links.open(LinkPurpose::Export, token, now) {
            Ok(id) => Ok((id, Wish::Export)),
            Err(SignatureError::Expired) => Err(SignatureError::Expired),
            Err(SignatureError::Forged) => {
                links.open(LinkPurpose::Erasure, token, now).map(|id| (id, Wish::Erasure))
            }
        };
        let (id, wish) = opened.map_err(|error| match error {
            SignatureError::Forged => Notice::bad_link(early),
            SignatureError::Expired => expired(early),
        })?;
        let history = app.commands.applications().find(id).await?;
        let known = history.state.known().map_err(|_| Notice::bad_link(early))?;
        if known.erased_at.is_some() {
            return Err(Notice::erased(asked.or_browser()).into());
        }
        let lang = asked.settle(known.submission.language);
        let address = known.submission.candidate.email.reveal().clone();
        let head = app.commands.log().head().await?;
        if !(app.caught_up)(head, CATCH_UP).await {
            return Err(Notice::unavailable(lang).into());
        }
        let rows = people::applications_of(app.commands.log(), &address).await?;
        Ok(Self { lang, address, id, token: token.to_owned(), wish, rows })
    }

    /// Those that were chosen, of this address alone. The one whose link it is comes last: the link
    /// opens until the others are erased.
    pub(super) fn chosen(&self, fields: &Fields) -> Vec<Uuid> {
        let ids = self.rows.iter().map(|row| row.id);
        let mut chosen: Vec<_> = ids.filter(|id| fields.chosen.contains(id)).collect();
        chosen.sort_by_key(|id| *id == self.id);
        chosen
    }

    /// Those that were chosen, with what goes with them, as far as it is theirs: others may have given the
    /// address, or given it up.
    pub(super) async fn meant(
        &self,
        app: &App,
        fields: &Fields,
    ) -> Result<Vec<RecordRef>, Failure> {
        let chosen = self.chosen(fields);
        let meant = people::meant(app.commands.log(), &self.address, &chosen).await?;
        Ok(app.commands.people().theirs(&self.address, meant).await?)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// The page, with nothing chosen yet where `fields` is `None`: then all of them are.
    fn page(&self, fields: Option<&Fields>, errors: FieldErrors) -> DossierPage {
        let lang = self.lang;
        let rows = self.rows.iter().map(|row| Row {
            id: row.id,
            job: row.job.clone(),
            employer: row.employer_description.clone(),
            name: row.candidate_name().reveal().clone(),
            at: time(row.submitted_at, lang),
            checked: fields.is_none_or(|fields| fields.chosen.contains(&row.id)),
        });
        DossierPage {
            lang,
            token: self.token.clone(),
            is_erasure: self.wish == Wish::Erasure,
            address: self.address.readable().into_owned(),
            rows: rows.collect(),
            confirmed: fields.is_some_and(|fields| fields.confirmed),
            errors,
        }
    }

    /// The page again, with what is wrong with the form; `None` where nothing is.
    pub(super) fn objection(&self, fields: &Fields, needs_confirmation: bool) -> Option<Response> {
        let lang = self.lang;
        let mut wrong = vec![];
        if self.chosen(fields).is_empty() {
            wrong.push(WrongField {
                name: "applications",
                label: lang.t("candidate-applications"),
                text: lang.t("candidate-tick-at-least-one-application").to_owned(),
            });
        }
        if needs_confirmation && !fields.confirmed {
            wrong.push(WrongField {
                name: "confirmed",
                label: lang.t("candidate-confirmation"),
                text: texts::invalid(&domain::Invalid::NotConfirmed, lang.0),
            });
        }
        if wrong.is_empty() {
            return None;
        }
        let page = self.page(Some(fields), FieldErrors::in_words(wrong));
        Some(Page::new(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
    }
}

#[derive(Template)]
#[template(path = "candidate/dossier.html")]
pub(crate) struct DossierPage {
    lang: Lang,
    token: String,
    is_erasure: bool,
    address: String,
    rows: Vec<Row>,
    confirmed: bool,
    errors: FieldErrors,
}

struct Row {
    id: Uuid,
    job: String,
    employer: String,
    name: String,
    at: String,
    checked: bool,
}

/// Shows what is kept.
pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<DossierPage>, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    Ok(Page::new(matter.page(None, FieldErrors::none())))
}

/// Hands out the archive.
pub(crate) async fn export(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let fields = Fields::read(fields, matter.lang)?;
    if let Some(objection) = matter.objection(&fields, false) {
        return Ok(objection);
    }
    let records = matter.meant(&app, &fields).await?;
    let dossier = app.commands.people().dossier(&matter.address, &records).await?;
    let attachments = app.commands.attachments().clone();
    Ok(archive::download(dossier, attachments, Some(matter.lang.0)).await?)
}

fn expired(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("candidate-this-link-has-expired"),
        lang.t("candidate-links-to-your-data-valid-for"),
        lang.t("candidate-ask-for-another-one-from-page"),
    )
}
