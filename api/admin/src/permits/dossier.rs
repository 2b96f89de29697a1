//! One dossier: all that its form says, what changed when, and how it stood on a day.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::dates;
use domain::permit::{
    Changes, Dossier, Field, FieldKey, FieldMap, KnownPermit, Part, Permit, PermitEvent,
    PermitEventKind,
};
use event_store::Recorded;
use jiff::civil::Date;
use serde::Deserialize;

use super::history;
use super::told::{Line, created, day, state};
use crate::frame::{Frame, time};
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    on: String,
}

#[derive(Template)]
#[template(path = "permits/dossier.html")]
pub(crate) struct DossierPage {
    lang: Lang,
    frame: Frame,
    id: String,
    number: u64,
    name: String,
    state: &'static str,
    state_name: &'static str,
    /// What is to be known before all else: that it is deleted, or that nobody is named any more.
    notes: Vec<String>,
    on: String,
    wrong: String,
    /// Whether it had not been seen by then.
    unseen: bool,
    facts: Vec<(&'static str, String)>,
    sections: Vec<(&'static str, Vec<Line>)>,
    steps: Vec<Step>,
    later: usize,
    may_print: bool,
}

/// What happened to it, and what its form says since.
struct Step {
    position: i64,
    at: String,
    name: &'static str,
    changes: Vec<Line>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page<DossierPage>, Failure> {
    let lang = signed.lang;
    let history = history(&app, &signed, &id).await?;
    let now = history.state.remembered().map_err(|_| Notice::not_found(lang))?;
    let (on, wrong) = match asked.on.trim() {
        "" => (None, String::new()),
        text => match dates::date(text) {
            Ok(day) => (Some(day), String::new()),
            Err(invalid) => (None, texts::invalid(&invalid, lang.0)),
        },
    };
    let fields = &app.settings.permits.fields;
    let seen: Vec<_> = history.events.iter().filter(|event| is_by(event, on)).collect();
    let later = history.events.len() - seen.len();
    let mut then = Permit::default();
    for event in &seen {
        then.apply(event.event.clone());
    }
    let shown = then.remembered().ok();
    // A forgotten person's fields hold placeholders: they are nobody's.
    let erased = now.erased_at.is_some();
    let of = shown.unwrap_or(now);
    let steps = seen.iter().rev().map(|event| step(event, fields, erased, lang)).collect();
    Ok(Page::new(DossierPage {
        lang,
        frame: Frame::new(&signed, "/admin/permits", ""),
        number: now.dossier.number,
        name: if erased { String::new() } else { name(&of.dossier) },
        state: of.dossier.state.as_str(),
        state_name: state(of.dossier.state, lang),
        notes: notes(now, lang),
        on: asked.on,
        wrong,
        unseen: shown.is_none(),
        facts: if shown.is_some() { facts(of, erased, lang) } else { vec![] },
        sections: if erased || shown.is_none() {
            vec![]
        } else {
            sections(&of.dossier, fields, lang)
        },
        steps,
        later,
        may_print: now.is_granted() && !erased && now.dossier.valid_to().is_some(),
        id,
    }))
}

/// Whether something was seen by the end of this day in Paris.
fn is_by(event: &Recorded<PermitEvent>, on: Option<Date>) -> bool {
    on.is_none_or(|day| projections::permits::day_in_paris(event.recorded_at) <= day)
}

fn name(dossier: &Dossier) -> String {
    let part = |key: &str| dossier.field(key).map_or("", Field::text);
    format!("{} {}", part(FieldKey::FIRST_NAME), part(FieldKey::LAST_NAME)).trim().to_owned()
}

fn notes(known: &KnownPermit, lang: Lang) -> Vec<String> {
    let mut notes = vec![];
    if let Some(at) = known.erased_at {
        notes.push(lang.with("admin-permits-forgotten-on", ("time", &time(at))));
    }
    if let Some(at) = known.withdrawn_at {
        notes.push(lang.with("admin-permits-deleted-on", ("time", &time(at))));
    }
    notes
}

fn facts(known: &KnownPermit, erased: bool, lang: Lang) -> Vec<(&'static str, String)> {
    let (dates, holder) = (known.dossier.dates, &known.dossier.holder);
    let mut facts = vec![
        (lang.t("admin-permits-procedure"), known.dossier.procedure.to_string()),
        (lang.t("admin-permits-created"), created(dates.created_at)),
    ];
    for (name, at) in [
        (lang.t("admin-permits-initiated-on"), dates.initiated_at),
        (lang.t("admin-permits-received-on"), dates.received_at),
        (lang.t("admin-permits-processed-on"), dates.processed_at),
    ] {
        facts.extend(at.map(|at| (name, created(at))));
    }
    facts.push((lang.t("admin-permits-updated"), created(dates.updated_at)));
    if erased {
        return facts;
    }
    let from = known.dossier.valid_from().map(day);
    let to = known.dossier.valid_to().map(day);
    facts.extend(from.map(|from| (lang.t("admin-permits-from"), from)));
    facts.extend(to.map(|to| (lang.t("admin-permits-to"), to)));
    if let Some(email) = &holder.email {
        facts.push((lang.t("admin-permits-filed-by"), email.reveal().readable().into_owned()));
    }
    if let Some(company) = &holder.company {
        facts.push((lang.t("admin-permits-employer"), company.reveal().to_string()));
    }
    facts.extend(holder.siret.as_ref().map(|siret| ("SIRET", siret.to_string())));
    let followers: Vec<_> = holder.followers.iter().map(|it| it.reveal().to_string()).collect();
    if !followers.is_empty() {
        facts.push((lang.t("admin-permits-followers"), followers.join(", ")));
    }
    facts
}

/// All fields of the mapping, absent ones too, and those that only another mapping knows.
fn sections(dossier: &Dossier, fields: &FieldMap, lang: Lang) -> Vec<(&'static str, Vec<Line>)> {
    let mut left: BTreeMap<&str, &Field> =
        dossier.fields.iter().map(|field| (field.key.as_str(), field)).collect();
    let mut of = |part: Part| -> Vec<Line> {
        let known = fields.fields().iter().filter(|field| field.part == part);
        known
            .map(|field| match left.remove(field.key.as_str()) {
                Some(said) => Line::of(field.label.clone(), said),
                None => Line::absent(field.label.clone()),
            })
            .collect()
    };
    let (private, public) = (of(Part::Private), of(Part::Public));
    let others: Vec<_> =
        left.into_iter().map(|(key, field)| Line::of(key.to_owned(), field)).collect();
    let sections = [
        (lang.t("admin-permits-of-administration"), private),
        (lang.t("admin-permits-of-form"), public),
        (lang.t("admin-permits-of-another-mapping"), others),
    ];
    sections.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

fn step(event: &Recorded<PermitEvent>, fields: &FieldMap, erased: bool, lang: Lang) -> Step {
    let changes = match &event.event {
        _ if erased => vec![],
        PermitEvent::PermitFieldsChanged { changes, .. }
        | PermitEvent::PermitSubmitted { changes, .. }
        | PermitEvent::PermitExamined { changes, .. }
        | PermitEvent::PermitGranted { changes, .. }
        | PermitEvent::PermitRefused { changes, .. }
        | PermitEvent::PermitClosedWithoutFollowUp { changes, .. }
        | PermitEvent::PermitCorrected { changes, .. }
        | PermitEvent::PermitReopened { changes, .. } => changed(changes, fields),
        PermitEvent::PermitRequested { .. }
        | PermitEvent::PermitWithdrawn { .. }
        | PermitEvent::PermitErased { .. } => vec![],
    };
    Step {
        position: event.position.get(),
        at: time(event.recorded_at),
        name: happened(event.event.kind(), lang),
        changes,
    }
}

fn changed(changes: &Changes, fields: &FieldMap) -> Vec<Line> {
    let label = |key: &str| {
        let known = fields.fields().iter().find(|field| field.key.as_str() == key);
        known.map_or_else(|| key.to_owned(), |field| field.label.clone())
    };
    let said = changes.fields.iter().map(|it| Line::of(label(it.key.as_str()), it));
    let absent = changes.absent.iter().map(|key| Line::absent(label(key.as_str())));
    said.chain(absent).collect()
}

fn happened(kind: PermitEventKind, lang: Lang) -> &'static str {
    match kind {
        PermitEventKind::PermitRequested => lang.t("admin-permits-was-seen"),
        PermitEventKind::PermitFieldsChanged => lang.t("admin-permits-was-changed"),
        PermitEventKind::PermitSubmitted => lang.t("admin-permits-was-submitted"),
        PermitEventKind::PermitExamined => lang.t("admin-permits-is-examined"),
        PermitEventKind::PermitGranted => lang.t("admin-permits-was-granted"),
        PermitEventKind::PermitRefused => lang.t("admin-permits-was-refused"),
        PermitEventKind::PermitClosedWithoutFollowUp => lang.t("admin-permits-was-not-followed-up"),
        PermitEventKind::PermitCorrected => lang.t("admin-permits-was-corrected"),
        PermitEventKind::PermitReopened => lang.t("admin-permits-was-reopened"),
        PermitEventKind::PermitWithdrawn => lang.t("admin-permits-was-deleted"),
        PermitEventKind::PermitErased => lang.t("admin-permits-was-forgotten"),
    }
}
