//! Metrics, as Prometheus reads them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use commands::{Attachments, parked, schedules, webhooks};
use event_store::{Db, DbError, Log, ReadError, args};
use jiff::SignedDuration;
use metrics::{Label, gauge};
use subtle::ConstantTimeEq as _;

use web::Metrics;
use web::problem::{Kind, Problem};

#[derive(Clone)]
pub(crate) struct Sources {
    pub(crate) log: Log,
    pub(crate) db: Db,
    pub(crate) attachments: Attachments,
    pub(crate) metrics: Metrics,
    pub(crate) seen: Seen,
}

/// The series of counted rows that were told before: one whose rows are all gone is told as 0, or
/// it would keep its last value for ever.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<BTreeSet<Series>>>);

type Series = (&'static str, Vec<Label>);

impl Seen {
    #[expect(clippy::cast_precision_loss, reason = "gauges are doubles")]
    fn tell<const N: usize>(
        &self,
        name: &'static str,
        rows: impl IntoIterator<Item = ([(&'static str, String); N], i64)>,
    ) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, labels) in seen.iter().filter(|(told, _)| *told == name) {
            gauge!(name, labels.clone()).set(0.0);
        }
        for (labels, number) in rows {
            let labels: Vec<_> =
                labels.into_iter().map(|(key, value)| Label::new(key, value)).collect();
            gauge!(name, labels.clone()).set(number as f64);
            seen.insert((name, labels));
        }
    }
}

pub(crate) async fn page(State(sources): State<Sources>, headers: HeaderMap) -> Response {
    if !may(&sources.metrics, &headers) {
        let why = "Send Authorization: Bearer with the token of POSTULO_METRICS_TOKEN.";
        let problem = Problem::new(Kind::WrongCredentials, why);
        return problem.with_header(header::WWW_AUTHENTICATE, "Bearer").into_response();
    }
    // What the database does not tell now is missing, and the rest is there.
    let up = observe(&sources).await;
    gauge!("postulo_database_up").set(if up.is_ok() { 1.0 } else { 0.0 });
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, (sources.metrics.render)()).into_response()
}

fn may(metrics: &Metrics, headers: &HeaderMap) -> bool {
    let Some(token) = &metrics.token else { return metrics.open };
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    token.as_bytes().ct_eq(shown.as_bytes()).into()
}

/// Times without success that are counted of a scheduled task.
const MOST_MISSED: usize = 100;

const EMAILS: &str = "
    SELECT status, coalesce(outcome, ''), count(*)
    FROM emails
    WHERE settled_at >= $1
    GROUP BY status, coalesce(outcome, '')";

/// What lies in the database, looked up when it is asked for.
#[expect(clippy::cast_precision_loss, reason = "gauges are doubles")]
async fn observe(sources: &Sources) -> Result<(), ReadError> {
    let Sources { log, db, attachments, metrics, seen } = sources;
    let now = (metrics.now)();
    let (open, idle) = db.connections();
    gauge!("postulo_database_connections", "state" => "idle").set(idle as f64);
    gauge!("postulo_database_connections", "state" => "used").set(f64::from(open) - idle as f64);
    gauge!("postulo_log_head").set(log.head().await?.get() as f64);
    for status in projections::status(log).await? {
        gauge!("postulo_projection_lag_events", "projection" => status.name).set(status.lag as f64);
        gauge!("postulo_projection_stuck", "projection" => status.name)
            .set(if status.stuck.is_some() { 1.0 } else { 0.0 });
    }
    let reactions = parked::counts(db).await?.into_iter();
    let reactions = reactions
        .map(|((reactor, state), number)| ([("reactor", reactor), ("state", state)], number));
    seen.tell("postulo_reactions", reactions);
    let oldest = parked::oldest_delayed(db).await?;
    let age = oldest.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
    gauge!("postulo_oldest_delayed_seconds").set(age);
    let outdated = projections::schema::outdated(db).await?;
    gauge!("postulo_projections_outdated").set(outdated.len() as f64);
    for unsealed in commands::plain_rows(db).await? {
        let age = unsealed.oldest.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
        gauge!("postulo_unsealed_rows", "table" => unsealed.table).set(unsealed.rows as f64);
        gauge!("postulo_unsealed_oldest_seconds", "table" => unsealed.table).set(age);
    }
    // As the last look found them; that the store cannot be read is told by whoever needs a document.
    if let Ok(Some(open)) = attachments.unsealed().await {
        let age = open.oldest.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
        gauge!("postulo_unsealed_rows", "table" => "documents").set(open.documents as f64);
        gauge!("postulo_unsealed_oldest_seconds", "table" => "documents").set(age);
    }
    let (tasks, succeeded) = (schedules::planned(db).await?, schedules::last_success(db).await?);
    for task in &tasks {
        let name = task.plan.task.clone();
        // An event that cannot be read is told elsewhere.
        let schedule = schedules::schedule_of(log, &name).await.unwrap_or_default();
        let missed = schedules::due_since_success(task, schedule, &succeeded, now, MOST_MISSED);
        gauge!("postulo_task_due_since_success", "task" => name.clone()).set(missed as f64);
        if let Some(at) = succeeded.get(&name) {
            gauge!("postulo_task_last_success_seconds", "task" => name).set(at.as_second() as f64);
        }
    }
    let posts = webhooks::counts(db).await?.into_iter();
    seen.tell("postulo_webhook_posts", posts.map(|(state, number)| ([("state", state)], number)));
    let since = now - SignedDuration::from_hours(24);
    let emails: Result<Vec<(String, String, i64)>, DbError> =
        db.fetch_all(EMAILS, args![since]).await;
    let emails = emails?.into_iter();
    let emails = emails
        .map(|(status, outcome, number)| ([("status", status), ("outcome", outcome)], number));
    seen.tell("postulo_emails_day", emails);
    Ok(())
}
