//! The search of everything: applications, people, platforms and pages, from the head of every page.
//!
//! What was typed is in the address of this page alone, as in the search for applications: neither a
//! log, nor a metric, nor the record of the look holds it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{EmailAddress, PartnerId};
use projections::applications::search::{self, Search};
use projections::partners::PartnerRow;
use projections::people::{self, Person};
use projections::words;
use serde::Deserialize;
use uuid::Uuid;

use super::applications::{Row, all_of};
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// Of each kind, so many are shown.
const MOST: usize = 10;
/// People come before their applications, and leave room for them.
const PEOPLE: usize = 5;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
    /// Where the applications are that are not shown; empty where all are.
    more: String,
    people: Vec<PersonRow>,
    platforms: Vec<Platform>,
    pages: Vec<(&'static str, &'static str)>,
}

impl SearchPage {
    fn is_empty(&self) -> bool {
        self.rows.is_empty()
            && self.people.is_empty()
            && self.platforms.is_empty()
            && self.pages.is_empty()
    }
}

struct PersonRow {
    /// Empty for an address that was typed and that nobody applied from.
    name: String,
    /// As the form that looks the person up sends it.
    address: String,
    readable: String,
    applications: i64,
    /// When the newest of them was submitted.
    at: String,
}

struct Platform {
    id: PartnerId,
    name: String,
    contact: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let text = asked.q.trim();
    let frame = Frame::new(&signed, "/admin/search", "").of_search(text);
    let mut page = SearchPage {
        lang,
        rows: vec![],
        more: String::new(),
        people: vec![],
        platforms: vec![],
        pages: vec![],
        frame,
    };
    if text.is_empty() {
        return Ok(Page::new(page).into_response());
    }
    if page.frame.may_see_applications() {
        if let Some(to) = by_id(&app, text).await? {
            return Ok(Redirect::to(&to).into_response());
        }
        let search = Search { text: text.to_owned(), ..Search::default() };
        let limit = u32::try_from(MOST).unwrap_or(u32::MAX);
        let found = search::find(app.commands.log(), &search, limit).await?;
        page.more = found.next.map(|_| all_of(text)).unwrap_or_default();
        page.rows = found.items.into_iter().map(|row| Row::new(row, lang)).collect();
    }
    if page.frame.may_manage_people() {
        let people = people::named(app.commands.log(), text).await?;
        page.people = people.iter().take(PEOPLE).map(PersonRow::new).collect();
        // Somebody may be known otherwise than as a candidate.
        if let Ok(address) = text.parse::<EmailAddress>()
            && page.people.is_empty()
        {
            page.people.push(PersonRow::unknown(&address));
        }
    }
    if page.frame.may_see_clients() {
        let partners = projections::partners::all(&app.db).await?;
        let found = partners.into_iter().filter(|partner| is_meant(partner, text));
        page.platforms = found.take(MOST).map(Platform::new).collect();
    }
    let open = signed.open_places();
    let meant = open.filter(|place| {
        let names = domain::Language::ALL.into_iter().map(|language| place.name(Lang(language)));
        let mut words = names.chain([place.path.trim_start_matches("/admin")]);
        words.any(|name| words::fits(name, text))
    });
    page.pages = meant.map(|place| (place.path, place.name(lang))).collect();
    // The id of a platform is a word, too: it leads straight there where it is nothing else.
    if let [only] = page.platforms.as_slice()
        && only.id.as_str() == text
        && page.rows.is_empty()
        && page.people.is_empty()
        && page.pages.is_empty()
    {
        return Ok(Redirect::to(&format!("/admin/clients/{}", only.id)).into_response());
    }
    Ok(Page::new(page).into_response())
}

/// The page of the application whose id this is.
async fn by_id(app: &App, text: &str) -> Result<Option<String>, event_store::DbError> {
    let Ok(id) = text.parse::<Uuid>() else { return Ok(None) };
    let found = projections::applications::find(app.commands.log(), id).await?;
    Ok(found.map(|_| format!("/admin/applications/{id}")))
}

impl PersonRow {
    fn new(person: &Person) -> Self {
        Self {
            name: person.name.reveal().clone(),
            readable: readable(person.address.reveal()),
            address: person.address.reveal().clone(),
            applications: person.applications,
            at: time(person.last_at),
        }
    }

    fn unknown(address: &EmailAddress) -> Self {
        Self {
            name: String::new(),
            readable: address.readable().into_owned(),
            address: address.to_string(),
            applications: 0,
            at: String::new(),
        }
    }
}

impl Platform {
    fn new(partner: PartnerRow) -> Self {
        Self {
            id: partner.id,
            name: partner.settings.name.to_string(),
            contact: partner.settings.contact_email.readable().into_owned(),
        }
    }
}

/// Whether a platform is searched for: by its id, its name or its contact address.
fn is_meant(partner: &PartnerRow, text: &str) -> bool {
    let contact = &partner.settings.contact_email;
    words::fits(partner.id.as_str(), text)
        || words::fits(partner.settings.name.as_str(), text)
        || text.parse::<EmailAddress>().is_ok_and(|address| address.matches(contact))
}
