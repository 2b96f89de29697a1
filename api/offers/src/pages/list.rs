//! The page on which one looks for offers.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use domain::offer::{Contract, Remote};
use domain::space::Match;
use projections::offers::{self, OfferRow, Order};
use url::form_urlencoded;
use web::app::App;
use web::failure::Failure;
use web::lang::{Asked as Spoken, Lang};
use web::page::{Notice, Page};

use super::{Visitor, told, visitor};
use crate::asked::Asked;
use crate::fit::fits;

/// Offers of a page.
const SHOWN: u32 = 20;

#[derive(Template)]
#[template(path = "pages/list.html")]
pub(crate) struct ListPage {
    lang: Lang,
    keywords: String,
    location: String,
    contract: &'static str,
    remote: &'static str,
    salary: String,
    newest: bool,
    /// How many there are, in words.
    found: String,
    items: Vec<Item>,
    next: Option<String>,
    /// Whether this is not the first page.
    follows: bool,
    /// The same page in another language.
    here: String,
    narrowed: bool,
}

/// An offer in the list.
pub(crate) struct Item {
    id: String,
    title: String,
    company: String,
    place: String,
    terms: Vec<String>,
    since: String,
    /// How it fits whoever is signed in, and why; empty where nobody is, or says nothing of themselves.
    score: String,
    reasons: Vec<String>,
}

impl Item {
    fn of(row: &OfferRow, fit: Option<&Match>, lang: Lang) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title.clone(),
            company: row.company.clone(),
            place: told::place(row).to_owned(),
            terms: told::terms(row, lang),
            since: told::day(row.posted_at.unwrap_or(row.created_at), lang),
            // That nothing fits needs no words on each line.
            score: fit
                .filter(|fit| fit.score > 0)
                .map(|fit| texts::match_score(fit, lang.0))
                .unwrap_or_default(),
            reasons: fit.map(|fit| texts::match_reasons(fit, lang.0)).unwrap_or_default(),
        }
    }
}

impl ListPage {
    fn contracts(&self) -> Vec<(&'static str, &'static str)> {
        Contract::ALL.map(|it| (it.as_str(), told::contract(it, self.lang))).to_vec()
    }

    fn remotes(&self) -> Vec<(&'static str, &'static str)> {
        Remote::ALL.map(|it| (it.as_str(), told::remote(it, self.lang))).to_vec()
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    spoken: Spoken,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Failure> {
    let lang = spoken.or_browser();
    let Visitor(account) = match visitor(&app, &headers, &uri).await? {
        Ok(visitor) => visitor,
        Err(sign_in) => return Ok(sign_in),
    };
    let mut asked = Asked::of(&uri).map_err(|_| Notice::unreadable_form(lang))?;
    asked.page.limit = SHOWN;
    // Who looks for something wants what fits best, until they say otherwise.
    let sorts = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "sort" && !value.is_empty());
    if !sorts && !asked.filter.keywords.trim().is_empty() {
        asked.order = Order::Best;
    }
    let total = offers::count(&app.db, &asked.filter).await?;
    let list = offers::list(&app.db, &asked.filter, asked.order, asked.page).await?;
    let fits = fits(&app, account, &list.items).await?;
    let filter = &asked.filter;
    let with = |name: &str, value: &str| {
        let given = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let kept =
            given.filter(|(known, value)| known != name && known != "skip" && !value.is_empty());
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("/offers?{}", query.extend_pairs(kept).append_pair(name, value).finish())
    };
    let here = with("lang", "");
    let page = ListPage {
        lang,
        keywords: filter.keywords.clone(),
        location: filter.location.clone(),
        contract: filter.contracts.first().map_or("", |it| it.as_str()),
        remote: filter.remote.first().map_or("", |it| it.as_str()),
        salary: filter.salary.as_ref().map_or_else(String::new, |(yearly, _)| yearly.to_string()),
        newest: sorts && asked.order == Order::Newest,
        found: lang
            .with("offers-found", (("count", &total), ("number", &texts::count(total, lang.0)))),
        items: list.items.iter().map(|row| Item::of(row, fits.get(&row.id), lang)).collect(),
        next: list.next.map(|cursor| with("cursor", &cursor.to_string())),
        follows: asked.page.cursor.is_some(),
        here,
        narrowed: *filter != offers::OfferFilter::default(),
    };
    Ok(Page::new(page).into_response())
}
