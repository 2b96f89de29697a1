//! The page of an offer.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use domain::offer::{KnownOffer, OfferDescription, OfferStatus};
use projections::offers::OfferRow;
use uuid::Uuid;
use web::app::App;
use web::failure::Failure;
use web::lang::{Asked as Spoken, Lang};
use web::page::{Notice, Page};

use super::{told, visitor};
use crate::calls::found;
use crate::here::Here;
use crate::posting;

#[derive(Template)]
#[template(path = "pages/one.html")]
struct OfferPage {
    lang: Lang,
    id: Uuid,
    title: String,
    company: String,
    place: String,
    facts: Vec<(&'static str, String)>,
    /// Safe HTML.
    description: Option<String>,
    parts: Vec<(&'static str, String)>,
    /// The model that wrote the parts.
    model: Option<String>,
    skills: Vec<String>,
    is_open: bool,
    /// Whether the form of this service sends the application.
    applies_here: bool,
    /// The page of whoever offers it, and its site.
    elsewhere: Option<(String, String)>,
    canonical: String,
    about: String,
    /// For search engines, where one may apply and anybody may look.
    posting: Option<String>,
}

/// Letters of what search engines show beneath the title.
const ABOUT: usize = 155;

pub(crate) async fn page(
    State(app): State<App>,
    spoken: Spoken,
    headers: HeaderMap,
    uri: Uri,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    let lang = spoken.or_browser();
    if let Err(sign_in) = visitor(&app, &headers, &uri).await? {
        return Ok(sign_in);
    }
    let id = path.ok().and_then(|Path(id)| id.parse::<Uuid>().ok());
    let found = match id {
        Some(id) => found(&app, id).await?,
        None => None,
    };
    let Some((row, known)) = found else { return Err(gone(lang).into()) };
    let page = OfferPage::of(&app, &Here::of(&app).await?, (&row, &known), lang);
    let is_open = page.is_open;
    let mut response = Page::new(page).into_response();
    if is_open {
        let robots = HeaderName::from_static("x-robots-tag");
        response.headers_mut().insert(robots, HeaderValue::from_static("all"));
    }
    Ok(response)
}

/// There is no such offer, or there is none any more.
pub(super) fn gone(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::NOT_FOUND,
        lang.t("offers-not-found"),
        lang.t("offers-not-found-means"),
        lang.t("offers-not-found-next"),
    )
}

impl OfferPage {
    fn of(app: &App, here: &Here, (row, known): (&OfferRow, &KnownOffer), lang: Lang) -> Self {
        let content = &known.content;
        let is_open = row.status == OfferStatus::Open && content.is_valid_at(app.commands.now());
        let page = content.source_url.as_ref().map(domain::WebAddress::as_str);
        let takes = content.applies_here() && here.takes(known.source.as_str(), page);
        let applies_here = is_open && takes;
        let mut canonical = app.settings.base_url.clone();
        canonical.set_path(&format!("/offers/{}", row.id));
        let text = content.description.as_ref().map(domain::offer::OfferText::text);
        let elsewhere = row.url.clone().zip(row.site.clone());
        Self {
            lang,
            id: row.id,
            title: row.title.clone(),
            company: row.company.clone(),
            place: told::place(row).to_owned(),
            facts: facts(row, lang),
            description: content.description.as_ref().map(|text| text.as_html().to_owned()),
            parts: known
                .description
                .as_ref()
                .map_or_else(Vec::new, |parts| told_parts(parts, lang)),
            model: known.description.as_ref().and_then(|it| Some(it.model.as_ref()?.to_string())),
            skills: row.skills(),
            is_open,
            applies_here,
            elsewhere,
            canonical: canonical.into(),
            about: about(row, text.as_deref().unwrap_or_default()),
            posting: is_open.then(|| posting::script(row.id, known, applies_here)),
        }
    }
}

/// What search engines show beneath the title: the beginning of the text, or who offers it and where.
fn about(row: &OfferRow, text: &str) -> String {
    let line = texts::one_line(text);
    if line.is_empty() {
        return format!("{} – {}", row.company, told::place(row));
    }
    if line.chars().count() <= ABOUT {
        return line;
    }
    let cut: String = line.chars().take(ABOUT).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

fn facts(row: &OfferRow, lang: Lang) -> Vec<(&'static str, String)> {
    let mut facts = vec![];
    let place = row.place.clone().unwrap_or_default();
    if !place.is_empty() {
        facts.push((lang.t("offers-where"), place));
    }
    facts.extend(
        row.contract.map(|it| (lang.t("offers-contract"), told::contract(it, lang).to_owned())),
    );
    facts.extend(
        row.remote.map(|it| (lang.t("offers-from-where"), told::remote(it, lang).to_owned())),
    );
    facts.extend(told::salary(row, lang).map(|it| (lang.t("offers-salary"), it)));
    let posted = row.posted_at.unwrap_or(row.created_at);
    facts.push((lang.t("offers-posted"), told::day(posted, lang)));
    facts.extend(row.valid_through.map(|it| (lang.t("offers-until"), told::day(it, lang))));
    facts
}

fn told_parts(parts: &OfferDescription, lang: Lang) -> Vec<(&'static str, String)> {
    let named = [
        (lang.t("offers-summary"), &parts.summary),
        (lang.t("offers-missions"), &parts.missions),
        (lang.t("offers-skills"), &parts.skills),
        (lang.t("offers-further"), &parts.further),
    ];
    let told =
        named.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?.to_string())));
    told.collect()
}
