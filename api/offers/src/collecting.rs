//! Collecting what is asked for: `POST /job-offers/collect`, and how a run goes.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use commands::collecting::{AskedBy, SEARCHED, Source, WholeRun};
use commands::schedules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;
use web::api::{Bearer, Body};
use web::lang::Lang;
use web::problem::{Kind, Problem};

use crate::openapi::OfferProblems;

/// The task that collects.
const TASK: &str = "offers.collect";
/// How long a request waits for its run to end.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often it looks whether it has.
const LOOK: Duration = Duration::from_millis(250);
/// The longest sentence that is searched for, in characters.
const SENTENCE: usize = 300;

/// What is to be collected; all sources where nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Collect {
    /// A sentence that says which offers are looked for, on the web and at France Travail, where these are set up.
    #[schema(max_length = 300)]
    query: Option<String>,
    /// The name of one source.
    source: Option<String>,
}

/// How a run goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Run {
    /// Offers that were not known.
    saved: u64,
    /// Offers that say something else now.
    updated: u64,
    /// Offers that are gone.
    gone: u64,
    /// Which run.
    #[serde(rename = "run")]
    id: Uuid,
    /// running, done, or failed: where nothing of it came to a good end.
    state: &'static str,
    /// Sources that it asks.
    sources: usize,
    /// Of these, those that failed.
    sources_failed: usize,
}

impl Run {
    const fn of(run: Uuid, whole: WholeRun) -> Self {
        let WholeRun { counts, collections, failed, .. } = whole;
        Self {
            saved: counts.new,
            updated: counts.changed,
            gone: counts.gone,
            id: run,
            state: if !whole.is_over() {
                "running"
            } else if failed > 0 && failed == collections {
                "failed"
            } else {
                "done"
            },
            sources: collections,
            sources_failed: failed,
        }
    }
}

/// Collect job offers
///
/// From one source, from all, or what a search for a sentence finds. Answers 200 when that is over within 25 seconds,
/// otherwise 202, with a run to look at. An account may ask twice a minute, and ten times an hour.
#[utoipa::path(
    post,
    path = "/job-offers/collect",
    operation_id = "collectJobOffers",
    tag = "job offers",
    request_body = Collect,
    responses(
        (status = 200, description = "It is over", body = Run),
        (status = 202, description = "It goes on", body = Run),
        OfferProblems,
    ),
    security(("bearer" = []))
)]
pub(crate) async fn collect(
    State(app): State<App>,
    bearer: Bearer,
    Body(Collect { query, source }): Body<Collect>,
) -> Result<Response, Problem> {
    let lang = bearer.lang;
    let said =
        |text: Option<String>| text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let (query, source) = (said(query), said(source));
    if query.as_ref().is_some_and(|query| query.chars().count() > SENTENCE) {
        return Err(wrong(lang, "sources-query-too-long"));
    }
    let unavailable = |error: event_store::DbError| Problem::unavailable(&error);
    let sources = match &source {
        Some(name) => {
            let found = app.commands.collecting().source(name).await.map_err(unavailable)?;
            vec![found.ok_or_else(|| wrong(lang, "sources-no-such-source"))?]
        }
        None if query.is_some() => vec![],
        None => {
            let mut sources = app.commands.collecting().sources().await.map_err(unavailable)?;
            sources.retain(|source: &Source| !source.paused);
            sources
        }
    };
    let allowed = app.commands.limits().count_collection(bearer.account.id).await;
    if let Err(until) = allowed.map_err(unavailable)? {
        let wait = until.duration_since(app.commands.now()).as_secs().max(0).unsigned_abs();
        let problem = Problem::new(Kind::TooManyRequests, lang.t("api-too-many"));
        return Err(problem.in_language(lang).retry_after(wait + 1));
    }
    let collecting = app.commands.collecting();
    let run = match &query {
        Some(query) => {
            let kinds = SEARCHED.map(|(kind, _)| kind);
            collecting.ask_words(query, &kinds, AskedBy::User).await
        }
        None => collecting.ask(&sources, AskedBy::User).await,
    };
    let run = run.map_err(unavailable)?;
    collecting.note_asker(bearer.account.id, run).await.map_err(unavailable)?;
    // The task is not told whose account it was: a person asked.
    let asked = schedules::request(&app.db, TASK, AskedBy::User.as_str(), app.commands.now()).await;
    asked.map_err(unavailable)?;
    let whole = ended(&app, run).await.map_err(unavailable)?;
    let status = if whole.is_over() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(Run::of(run, whole))).into_response())
}

/// A run once it is over, or as it is when patience is.
async fn ended(app: &App, run: Uuid) -> Result<WholeRun, event_store::DbError> {
    let over = tokio::time::sleep(PATIENCE);
    tokio::pin!(over);
    loop {
        // Without a source there is nothing to wait for.
        let whole = app.commands.collecting().whole_run(run).await?.unwrap_or_default();
        if whole.is_over() {
            return Ok(whole);
        }
        tokio::select! {
            () = &mut over => return Ok(whole),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn wrong(lang: Lang, key: &'static str) -> Problem {
    Problem::new(Kind::InvalidFields, lang.t(key)).in_language(lang)
}

/// How a run goes
///
/// What it brought until now, and whether it is over. It is told to whoever asked for it.
#[utoipa::path(
    get,
    path = "/job-offers/collect/{run}",
    operation_id = "findCollection",
    tag = "job offers",
    params(("run" = Uuid, Path, description = "Which.")),
    responses((status = 200, description = "The run", body = Run), OfferProblems),
    security(("bearer" = []))
)]
pub(crate) async fn run(
    State(app): State<App>,
    bearer: Bearer,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Run>, Problem> {
    let lang = bearer.lang;
    let id = path.ok().and_then(|Path(id)| id.parse::<Uuid>().ok());
    let id = id.ok_or_else(|| {
        Problem::new(Kind::MalformedRequest, lang.t("offers-id-not-valid")).in_language(lang)
    })?;
    // One that somebody else asked for is not there.
    let whole = app.commands.collecting().whole_run_for(bearer.account.id, id).await;
    let whole = whole.map_err(|error| Problem::unavailable(&error))?;
    let whole = whole.ok_or_else(|| {
        Problem::new(Kind::NotFound, lang.t("sources-no-such-run")).in_language(lang)
    })?;
    Ok(Json(Run::of(id, whole)))
}
