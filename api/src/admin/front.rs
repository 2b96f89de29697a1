//! The front page: what needs attention, and the figures of the last thirty days and of today.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Redirect;
use commands::{parked, webhooks};
use event_store::tree::{self, Refusal};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use projections::people;

use super::account;
use super::activity::{Activity, in_words, usual};
use super::chart::Days;
use super::frame::{Done, Frame, distance};
use super::guard::Signed;
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};

#[derive(Template)]
#[template(path = "admin/front.html")]
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
    signed: Signed,
    Query(done): Query<Done>,
) -> Result<Page<Front>, Notice> {
    let lang = signed.lang;
    let frame = Frame::new(&signed, "/admin", &done.done);
    let now = app.commands.now();
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let troubles = parked::causes(&app.db).await.map_err(|error| fail(&error))?;
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
    let activity = Activity::load(&app.db, period).await.map_err(|error| fail(&error))?;
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
        "delayed" => lang.say("en attente", "delayed"),
        "failed" => lang.say("en échec", "failed"),
        "skipped" => lang.say("sans suite", "skipped"),
        "archived" => lang.say("archivé", "archived"),
        _ => "?",
    }
}

/// The figures of the period, with today's share of each.
fn figures(activity: &Activity, today: Date, lang: Lang) -> Vec<Figure> {
    let figure = |name, (number, today)| Figure { name, number, today };
    vec![
        figure(lang.say("candidatures", "applications"), activity.applications(today)),
        figure(lang.say("réponses", "answers"), activity.answers(today)),
        figure(lang.say("e-mails partis", "e-mails sent"), activity.emails(|it| it.sent, today)),
        figure(lang.say("remis", "delivered"), activity.emails(|it| it.delivered, today)),
        figure(
            lang.say("revenus ou bloqués", "bounced or blocked"),
            activity.emails(|it| it.bounced + it.blocked, today),
        ),
        figure(
            lang.say("signalés comme indésirables", "called spam"),
            activity.emails(|it| it.spam, today),
        ),
    ]
}

/// What else an operator should look at, each with the page that shows it.
async fn notices(
    app: &App,
    frame: &Frame,
    now: Timestamp,
    lang: Lang,
) -> Result<Vec<(String, &'static str)>, Notice> {
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let mut notices = vec![];
    if let Some(refusal) = tree::stored_refusal(&app.db).await.map_err(|error| fail(&error))? {
        let to = if frame.may_audit() { "/admin/audit" } else { "/admin" };
        notices.push((unsigned(&refusal, lang), to));
    }
    let today = now.to_string().chars().take(10).collect::<String>();
    let statuses = projections::status(app.commands.log()).await.map_err(|error| fail(&error))?;
    for status in statuses.iter().filter(|status| status.stuck.is_some()) {
        let text = lang.say("La lecture ne peut pas avancer :", "A read model cannot go on:");
        notices.push((format!("{text} {}", status.name), "/admin/projections"));
    }
    let late = statuses.iter().map(|status| status.lag).max().unwrap_or_default();
    if late > 10_000 {
        let text = lang.say("Les lectures ont du retard :", "Read models lag behind:");
        notices.push((format!("{text} {late}"), "/admin/projections"));
    }
    let suppressed = projections::suppressions::count(&app.db, now).await.map_err(|e| fail(&e))?;
    if suppressed > 0 {
        let text = lang.say("Adresses écartées :", "Addresses on the suppression list:");
        notices.push((format!("{text} {suppressed}"), "/admin/suppressions"));
    }
    if frame.may_manage_people() {
        let waiting = people::requests_waiting(&app.db).await.map_err(|error| fail(&error))?;
        if waiting > 0 {
            let text = lang.say(
                "Demandes d’effacement qui attendent un second accord\u{a0}:",
                "Requests to erase somebody’s data that wait for a second operator:",
            );
            notices.push((format!("{text} {waiting}"), "/admin/people/requests"));
        }
    }
    let clients = projections::clients::all(&app.db).await.map_err(|error| fail(&error))?;
    let paused = clients.iter().filter(|client| client.paused_at.is_some()).count();
    if paused > 0 {
        let text = lang.say(
            "Plateformes en pause, dont les e-mails attendent :",
            "Paused platforms, whose e-mails wait:",
        );
        notices.push((format!("{text} {paused}"), "/admin/clients"));
    }
    let week = now - SignedDuration::from_hours(7 * 24);
    let withheld = projections::emails::withheld_since(&app.db, week).await;
    let withheld = withheld.map_err(|error| fail(&error))?;
    if withheld > 0 {
        let text = lang.say(
            "E-mails retenus par notre faute ou celle du prestataire, ces sept jours :",
            "E-mails held back by our fault or the mail provider’s, these seven days:",
        );
        // Who may not see whom they were for sees how many there were.
        let to = if frame.may_see_applications() {
            "/admin/emails?reason=withheld"
        } else {
            "/admin/statistics"
        };
        notices.push((format!("{text} {withheld}"), to));
    }
    let failing = clients.iter().flat_map(|client| &client.webhooks).filter(|it| it.failing);
    let failing = failing.count();
    if failing > 0 {
        let text = lang.say(
            "Webhooks suspendus après trois jours d’échec :",
            "Webhooks paused after failing for three days:",
        );
        notices.push((format!("{text} {failing}"), "/admin/clients"));
    }
    let posts = webhooks::counts(&app.db).await.map_err(|error| fail(&error))?;
    if let Some((_, failed)) = posts.iter().find(|(state, _)| state == "failed") {
        let text = lang.say("Envois de webhooks en échec :", "Webhook posts that failed:");
        notices.push((format!("{text} {failed}"), "/admin/clients"));
    }
    let unknown = app.commands.unknown_reports_since(&today).await.map_err(|error| fail(&error))?;
    if unknown > 0 {
        let text = lang.say(
            "Avis du prestataire d’e-mail sur des e-mails inconnus, aujourd’hui :",
            "Reports of the mail provider about unknown e-mails, today:",
        );
        notices.push((format!("{text} {unknown}"), "/admin/statistics"));
    }
    Ok(notices)
}

/// That the log is not signed, and why; an administrator of the machine has to act.
fn unsigned(refusal: &Refusal, lang: Lang) -> String {
    let why = match refusal {
        Refusal::NoTree { .. } => lang.say(
            "rien ne reste de ce qui a été signé, ou rien ne l’a jamais été.",
            "nothing is left of what was signed, or nothing ever was.",
        ),
        Refusal::Smaller { .. } => lang.say(
            "il est plus court que ce qui a été signé.",
            "it is shorter than what was signed.",
        ),
        Refusal::Inconsistent { .. } => {
            lang.say("ce n’est plus celui qui a été signé.", "it is not the one that was signed.")
        }
        Refusal::Unreadable { .. } => lang.say(
            "la signature conservée est illisible.",
            "the signature that was kept cannot be read.",
        ),
    };
    let begin = lang.say("Le journal n’est plus signé\u{a0}: ", "The log is not signed any more: ");
    let end = lang.say(
        " Demandez à l’administrateur du serveur de lancer postulo doctor.",
        " Ask who runs the server to run postulo doctor.",
    );
    format!("{begin}{why}{end}")
}
