//! The front page: what needs attention, and the figures of the last thirty days and of today.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Redirect;
use commands::{parked, schedules, webhooks};
use event_store::tree::{self, Refusal};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use projections::people;

use super::account;
use super::activity::{Activity, in_words, usual};
use super::chart::Days;
use super::frame::{Done, Frame, distance};
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

#[derive(Template)]
#[template(path = "front.html")]
pub(crate) struct Front {
    lang: Lang,
    frame: Frame,
    /// Today.
    day: String,
    /// The period of all figures and charts, which ends today.
    period: String,
    figures: Vec<Figure>,
    charts: Vec<Days>,
    troubles: Vec<Trouble>,
    notices: Vec<(String, &'static str)>,
}

/// A number of the period, and of today.
struct Figure {
    name: &'static str,
    number: i64,
    today: i64,
}

/// Reactions that wait or failed for one reason.
struct Trouble {
    reactor: String,
    state: String,
    state_name: &'static str,
    cause: String,
    number: i64,
    since: String,
}

pub(crate) async fn home() -> Redirect {
    Redirect::to("/admin")
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<Front>, Failure> {
    let lang = signed.lang;
    let frame = Frame::new(&signed, "/admin", &done.done);
    let now = app.commands.now();
    let troubles = parked::causes(&app.db).await?;
    let trouble = |row: parked::Causes| Trouble {
        state_name: state_name(&row.state, lang),
        since: event_store::parse_timestamp(&row.oldest)
            .map_or(row.oldest.clone(), |at| distance(at, now, lang)),
        reactor: row.reactor,
        state: row.state,
        cause: row.cause,
        number: row.number,
    };
    let mut all_notices = account::notices(&signed);
    all_notices.extend(notices(&app, &frame, now, lang).await?);
    let today = now.to_zoned(texts::default_zone()).date();
    let period = usual(today);
    let activity = Activity::load(&app.db, period).await?;
    // What only waits for its time needs nobody.
    let quiet = |row: &parked::Causes| row.cause.starts_with("the recruiter may still undo");
    Ok(Page::new(Front {
        lang,
        day: texts::day(today, lang.0),
        period: in_words(&period, lang),
        figures: figures(&activity, today, lang),
        charts: activity.charts(lang),
        troubles: troubles.into_iter().filter(|row| !quiet(row)).map(trouble).collect(),
        notices: all_notices,
        frame,
    }))
}

pub(super) fn state_name(state: &str, lang: Lang) -> &'static str {
    match state {
        "delayed" => lang.t("admin-delayed"),
        "failed" => lang.t("admin-failed"),
        "skipped" => lang.t("admin-skipped"),
        "archived" => lang.t("admin-archived-archive"),
        _ => "?",
    }
}

/// The figures of the period, with today's share of each.
fn figures(activity: &Activity, today: Date, lang: Lang) -> Vec<Figure> {
    let figure = |name, (number, today)| Figure { name, number, today };
    vec![
        figure(lang.t("admin-today-applications"), activity.applications(today)),
        figure(lang.t("admin-text-answers"), activity.answers(today)),
        figure(lang.t("admin-emails-sent"), activity.emails(|it| it.sent, today)),
        figure(lang.t("admin-today-delivered"), activity.emails(|it| it.delivered, today)),
        figure(
            lang.t("admin-bounced-or-blocked"),
            activity.emails(|it| it.bounced + it.blocked, today),
        ),
        figure(lang.t("admin-today-spam"), activity.emails(|it| it.spam, today)),
    ]
}

/// What else an operator should look at, each with the page that shows it.
async fn notices(
    app: &App,
    frame: &Frame,
    now: Timestamp,
    lang: Lang,
) -> Result<Vec<(String, &'static str)>, Failure> {
    let mut notices = vec![];
    if let Some(refusal) = tree::stored_refusal(&app.db).await? {
        let to = if frame.may_audit() { "/admin/audit" } else { "/admin" };
        notices.push((unsigned(&refusal, lang), to));
    }
    let today = now.to_string().chars().take(10).collect::<String>();
    let statuses = projections::status(app.commands.log()).await?;
    for status in statuses.iter().filter(|status| status.stuck.is_some()) {
        let text = lang.with("admin-read-model-cannot-go-on", ("name", &status.name));
        notices.push((text, "/admin/projections"));
    }
    let late = statuses.iter().map(|status| status.lag).max().unwrap_or_default();
    if late > 10_000 {
        let text = lang.with("admin-read-models-lag-behind", ("count", &late));
        notices.push((text, "/admin/projections"));
    }
    for task in schedules::failing(&app.db).await? {
        if app.commands.schedules().find(&task).await?.is_on() {
            notices.push((lang.with("schedules-failing", ("task", &task)), "/admin/schedules"));
        }
    }
    for name in app.commands.collecting().failing_sources().await? {
        notices.push((lang.with("sources-failing", ("name", &name)), "/admin/sources"));
    }
    let suppressed = projections::suppressions::count(&app.db, now).await?;
    if suppressed > 0 {
        let text = lang.with("admin-addresses-on-suppression-list", ("count", &suppressed));
        notices.push((text, "/admin/suppressions"));
    }
    if frame.may_manage_people() {
        let waiting = people::requests_waiting(&app.db).await?;
        if waiting > 0 {
            let text =
                lang.with("admin-requests-to-erase-somebodys-data-that", ("count", &waiting));
            notices.push((text, "/admin/people/requests"));
        }
    }
    let partners = projections::partners::all(&app.db).await?;
    let paused = partners.iter().filter(|partner| partner.paused_at.is_some()).count();
    if paused > 0 {
        let text = lang.with("admin-paused-platforms-whose-emails-wait", ("count", &paused));
        notices.push((text, "/admin/clients"));
    }
    let week = now - SignedDuration::from_hours(7 * 24);
    let withheld = projections::emails::withheld_since(&app.db, week).await?;
    if withheld > 0 {
        let text = lang.t("admin-emails-held-back-by-our-fault-or");
        // Who may not see whom they were for sees how many there were.
        let to = if frame.may_see_applications() {
            "/admin/emails?reason=withheld"
        } else {
            "/admin/statistics"
        };
        notices.push((format!("{text} {withheld}"), to));
    }
    let failing = partners.iter().flat_map(|partner| &partner.webhooks).filter(|it| it.failing);
    let failing = failing.count();
    if failing > 0 {
        let text = lang.with("admin-webhooks-paused-after-failing-for-three", ("count", &failing));
        notices.push((text, "/admin/clients"));
    }
    let posts = webhooks::counts(&app.db).await?;
    if let Some((_, failed)) = posts.iter().find(|(state, _)| state == "failed") {
        let text = lang.with("admin-webhook-posts-that-failed", ("count", &failed));
        notices.push((text, "/admin/clients"));
    }
    let unknown = app.commands.emails().unknown_reports_since(&today).await?;
    if unknown > 0 {
        let text =
            lang.with("admin-reports-mail-provider-about-unknown-emails", ("count", &unknown));
        notices.push((text, "/admin/statistics"));
    }
    Ok(notices)
}

/// That the log is not signed, and why; an administrator of the machine has to act.
fn unsigned(refusal: &Refusal, lang: Lang) -> String {
    let why = match refusal {
        Refusal::NoTree { .. } => lang.t("admin-nothing-left-what-signed-or-nothing"),
        Refusal::Smaller { .. } => lang.t("admin-it-shorter-than-what-signed"),
        Refusal::Inconsistent { .. } => lang.t("admin-it-not-one-that-signed"),
        Refusal::Unreadable { .. } => lang.t("admin-signature-that-kept-cannot-read"),
    };
    lang.with("admin-log-not-signed-any-more", ("why", &why))
}
