//! The search of auditors: who did what, when, to which application; operators' own acts too.

use askama::Template;
use axum::extract::{Query, State};
use cqrs_es::Aggregate as _;
use domain::dates::date;
use domain::operator::Operator;
use domain::{AGGREGATES, Described, JobApplication};
use event_store::{ActorKind, Period, Position};
use projections::audit::{self, Found, Search};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};
use uuid::Uuid;

use super::application::operators;
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// Rows on a page.
const PAGE: u32 = 50;

/// What is asked for, as the form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    actor: String,
    actor_id: String,
    kind: String,
    application: String,
    from: String,
    to: String,
    before: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
pub(crate) struct Audit {
    lang: Lang,
    frame: Frame,
    asked: Asked,
    actors: Vec<(&'static str, String)>,
    /// Who can be named: addresses of operators, platforms.
    known: Vec<String>,
    kinds: Vec<(&'static str, Vec<&'static str>)>,
    /// What is wrong with the application's id.
    wrong: &'static str,
    rows: Vec<Row>,
    next: String,
}

struct Row {
    position: i64,
    at: String,
    actor: String,
    actor_name: String,
    kind: String,
    /// What was done or looked at, where the kind does not tell.
    action: String,
    subject: String,
    application: Option<Uuid>,
    /// Where the history of anything else is, and what that is.
    stream: Option<(String, String)>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Audit>, Failure> {
    let lang = signed.lang;
    let names = operators(&app).await?;
    let partners = projections::partners::all(&app.db).await?;
    let application = asked.application.trim();
    let id = application.parse::<Uuid>().ok();
    let is_wrong = id.is_none() && !application.is_empty();
    let mut found = vec![];
    if !is_wrong {
        let period = Period { from: date(&asked.from).ok(), to: date(&asked.to).ok() };
        let stretch = period.stretch(app.commands.log(), &texts::default_zone()).await;
        let (after, up_to) = stretch?;
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let search = Search {
            actor: asked.actor.parse().ok(),
            actor_id: text(&asked.actor_id).map(|id| operator_id(id, &names)),
            kind: text(&asked.kind),
            application: id,
            after: period.from.map(|_| after),
            up_to: period.to.map(|_| up_to),
            before: asked.before.parse().ok().map(Position::new),
        };
        found = audit::find(&app.db, &search, PAGE + 1).await?;
    }
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let next = found.last().filter(|_| more).map(|last| link(&asked, last.position));
    let mut known: Vec<_> = names.iter().map(|(_, email)| email.clone()).collect();
    known.push("command-line".to_owned());
    known.extend(partners.into_iter().map(|partner| partner.id.to_string()));
    Ok(Page::new(Audit {
        lang,
        frame: Frame::new(&signed, "/admin/audit", ""),
        actors: ActorKind::NAMES.map(|name| (name, actor_name(name, lang).to_owned())).to_vec(),
        known,
        kinds: AGGREGATES.iter().map(|aggregate| kinds_of(aggregate, lang)).collect(),
        wrong: if is_wrong { lang.t("admin-system-this-no-applications-id-it-has") } else { "" },
        rows: found.into_iter().map(|row| Row::new(row, &names, lang)).collect(),
        next: next.unwrap_or_default(),
        asked,
    }))
}

/// What may have happened to an aggregate, under its name.
fn kinds_of(aggregate: &Described, lang: Lang) -> (&'static str, Vec<&'static str>) {
    let name = match aggregate.aggregate_type {
        JobApplication::TYPE => lang.t("admin-system-of-an-application"),
        Operator::TYPE => lang.t("admin-system-operators"),
        other => other,
    };
    (name, aggregate.kinds.iter().map(|kind| kind.name).collect())
}

/// Operators are named by their addresses, and recorded by their ids.
fn operator_id(text: String, names: &[(String, String)]) -> String {
    let known = names.iter().find(|(_, email)| email.eq_ignore_ascii_case(&text));
    known.map_or(text, |(id, _)| id.clone())
}

/// The role's name in words; the stored one, where this version has none.
pub(super) fn actor_name(stored: &str, lang: Lang) -> &str {
    match stored.parse() {
        Ok(ActorKind::Partner) => lang.t("admin-system-partner"),
        Ok(ActorKind::Recruiter) => lang.t("admin-system-recruiter"),
        Ok(ActorKind::Candidate) => lang.t("admin-system-candidate"),
        Ok(ActorKind::Operator) => lang.t("admin-system-operator"),
        Ok(ActorKind::System) => lang.t("admin-system-system"),
        Ok(ActorKind::Other(_)) | Err(_) => stored,
    }
}

impl Row {
    fn new(row: Found, names: &[(String, String)], lang: Lang) -> Self {
        let name_of = |id: &str| {
            names.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name).to_owned()
        };
        // What happened to an operator names whom; what one did names to what.
        let whom = row.operator_id.filter(|_| row.action.is_none()).map(|id| name_of(&id));
        // The link names the application already.
        let linked = row.application_id.map(|id| format!("id={id}")).unwrap_or_default();
        let told = row.subject.map(|subject| subject.replace(&linked, "").trim().to_owned());
        let subject = [whom, told].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            position: row.position.get(),
            at: time(row.recorded_at),
            actor: actor_name(&row.actor, lang).to_owned(),
            actor_name: row.actor_id.as_deref().map(name_of).unwrap_or_default(),
            kind: row.kind,
            action: row.action.unwrap_or_default(),
            subject,
            stream: stream(row.stream),
            application: row.application_id,
        }
    }
}

/// Where the history of a stream is, and what it is; an application has a page of its own.
fn stream((aggregate, id): (String, String)) -> Option<(String, String)> {
    if aggregate == JobApplication::TYPE {
        return None;
    }
    let id: String = byte_serialize(id.as_bytes()).collect();
    Some((format!("/admin/audit/streams/{aggregate}/{id}"), aggregate))
}

/// The same search from another place on.
fn link(asked: &Asked, before: Position) -> String {
    let Asked { actor, actor_id, kind, application, from, to, .. } = asked;
    let before = before.to_string();
    let fields = [
        ("actor", actor.as_str()),
        ("actor_id", actor_id),
        ("kind", kind),
        ("application", application),
        ("from", from),
        ("to", to),
        ("before", &before),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    format!("/admin/audit?{}", Serializer::new(String::new()).extend_pairs(fields).finish())
}
