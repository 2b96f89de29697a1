//! Job alerts: a card each, the offers that match one, the switch, and deleting.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::offer::NO_CITY;
use domain::space::{AlertCriteria, SalaryFit, SwitchAlert, Wanted};
use projections::offers::OfferRow;
use projections::space::{AlertItem, alerts, matches, matches_total};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::card::{day, local_day};
use super::moves::{Done, refused};
use crate::applications::shown;
use crate::place::id;

/// Offers that a page shows.
pub(super) const SHOWN: u32 = 20;

/// An alert on a card.
struct AlertCard {
    id: Uuid,
    name: String,
    criteria: Vec<String>,
    frequency: &'static str,
    frequency_name: String,
    frequency_means: String,
    active: bool,
    told: String,
}

impl AlertCard {
    fn new(item: &AlertItem, lang: Lang) -> Self {
        let slug = item.frequency.as_str();
        let last = item.told_at.map(|at| day(local_day(at), lang)).unwrap_or_default();
        Self {
            id: item.id,
            name: item.name.reveal().clone(),
            criteria: in_words(item.criteria.reveal(), lang),
            frequency: slug,
            frequency_name: lang.with("alerts-frequency-name", ("frequency", slug)),
            frequency_means: lang.with("alerts-frequency-means", ("frequency", slug)),
            active: item.active,
            told: lang.with("alerts-told", (("count", item.told), ("day", last.as_str()))),
        }
    }
}

/// Criteria as a card tells them.
fn in_words(criteria: &AlertCriteria, lang: Lang) -> Vec<String> {
    let fields = criteria.fields();
    let mut words: Vec<String> = fields.keywords.iter().map(ToString::to_string).collect();
    words.extend(fields.location.as_ref().map(ToString::to_string));
    words.extend(
        fields.job_types.iter().map(|it| lang.with("alerts-job-type", ("type", it.as_str()))),
    );
    let types = fields.location_types.iter();
    words.extend(types.map(|it| lang.with("alerts-location-type", ("type", it.as_str()))));
    let amount = |amount| texts::count(amount, lang.0);
    words.extend(match (fields.salary_min, fields.salary_max) {
        (Some(min), Some(max)) => Some(lang.with(
            "alerts-salary-between",
            (("min", amount(min).as_str()), ("max", amount(max).as_str())),
        )),
        (Some(min), None) => Some(lang.with("alerts-salary-from", ("min", amount(min).as_str()))),
        (None, Some(max)) => Some(lang.with("alerts-salary-up-to", ("max", amount(max).as_str()))),
        (None, None) => None,
    });
    if fields.only_with_salary {
        words.push(lang.t("alerts-only-with-salary").to_owned());
    }
    words
}

/// An offer that matches, on a line.
pub(super) struct OfferLine {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) facts: String,
    pub(super) note: String,
}

/// The open offers that match.
pub(super) struct Matching {
    pub(super) lines: Vec<OfferLine>,
    pub(super) total: String,
    pub(super) first: String,
}

impl Matching {
    /// Looks for them.
    pub(super) async fn of(
        app: &App,
        criteria: &AlertCriteria,
        signed: &CurrentUser,
    ) -> Result<Self, Failure> {
        let (lang, owner) = (signed.lang, signed.account.id);
        let rows = matches(&app.db, criteria, owner, SHOWN).await?;
        let total = matches_total(&app.db, criteria, owner).await?;
        let wanted = Wanted::of(criteria);
        let more = total > rows.len() as u64;
        let first = lang.with("alerts-matches-first", ("shown", rows.len()));
        Ok(Self {
            lines: rows.into_iter().map(|row| line(row, &wanted, lang)).collect(),
            total: counted(total, lang),
            first: Some(first).filter(|_| more).unwrap_or_default(),
        })
    }
}

/// How many match, in words.
pub(super) fn counted(total: u64, lang: Lang) -> String {
    lang.with("alerts-matches", ("count", total))
}

fn line(row: OfferRow, wanted: &Wanted, lang: Lang) -> OfferLine {
    let fit = wanted.pay.fit(row.salary().as_ref()).unwrap_or(SalaryFit::NotAsked);
    let since = day(local_day(row.posted_at.unwrap_or(row.created_at)), lang);
    let mut facts = vec![row.company];
    facts.extend(Some(row.city).filter(|city| city != NO_CITY));
    facts.push(since);
    OfferLine {
        id: row.id,
        title: row.title,
        facts: facts.join(" · "),
        note: texts::letters::salary_note(fit, lang.0).unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(path = "pages/alerts.html")]
struct AlertsPage {
    lang: Lang,
    frame: Workplace,
    cards: Vec<AlertCard>,
    /// Whether nothing can be sent, since the address is not confirmed.
    unconfirmed: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let items = alerts(app.commands.log(), signed.account.id).await?;
    let mut frame = accounts::frame(&signed, "/me/alerts", "");
    done.tell(&mut frame, "/me/alerts", lang);
    Ok(Page::new(AlertsPage {
        lang,
        frame,
        cards: items.iter().map(|item| AlertCard::new(item, lang)).collect(),
        unconfirmed: signed.account.confirmed_email().is_none(),
    }))
}

#[derive(Template)]
#[template(path = "pages/alert.html")]
struct AlertPage {
    lang: Lang,
    frame: Workplace,
    card: AlertCard,
    matching: Matching,
}

/// An alert, with all that match.
pub(crate) async fn one(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let known = app.commands.alerts().find(id, signed.account.id).await;
    let known = known.map_err(|error| refused(error, lang))?;
    let matching = Matching::of(&app, known.criteria.reveal(), &signed).await?;
    let card = AlertCard::new(&AlertItem::of_state(id, &known), lang);
    let frame = accounts::frame(&signed, "/me/alerts", "");
    Ok(Page::new(AlertPage { lang, frame, card, matching }))
}

/// Whether it is to be on.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Switched {
    on: String,
}

pub(crate) async fn switch(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    sent: Result<Form<Switched>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(Switched { on }) = sent.map_err(|_| Notice::impossible_form(lang))?;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let (commands, owner) = (app.commands.alerts(), signed.account.id);
    let up_to = commands.end().await.map_err(|error| refused(error, lang))?;
    let active = on == "yes";
    let switch = SwitchAlert { active, up_to, at: app.commands.now() };
    let receipt = commands.decide(id, owner, switch, &signed.cause()).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    let done = if active { "alert-on" } else { "alert-off" };
    Ok(Redirect::to(&format!("/me/alerts?done={done}")).into_response())
}

pub(crate) async fn delete(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let deleted = app.commands.alerts().delete(id, signed.account.id, &signed.cause()).await;
    let receipt = deleted.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to("/me/alerts?done=alert-deleted").into_response())
}
