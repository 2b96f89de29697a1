//! Work permits: the dossiers, one of them, those that prefectures follow, those that could not be read,
//! those in trouble, and all of it to take along.

mod dossier;
mod export;
mod follow_up;
mod list;
mod not_read;
mod slip;
mod told;
mod trouble;

use axum::routing::get;
use commands::History;
use domain::operator::Role;
use domain::permit::{Field, FieldKey, Permit};
use web::Failure;
use web::app::App;
use web::audience::Group;
use web::page::Notice;

use super::operator::CurrentOperator;
use super::{Entry, Permission, Shows};

pub(super) use trouble::Patience;

const GROUP: Group = Group { id: "menu-permits", name: |lang| lang.t("admin-permits-title") };

/// Their addresses.
pub(super) fn entries() -> Vec<Entry> {
    let people = |fields: &'static [&'static str]| (Permission::SeePermits, Shows::People(fields));
    let nobody = (Permission::SeePermits, Shows::Nobody);
    vec![
        Entry::page(
            "/admin/permits",
            people(&["state", "department", "expiring", "month"]),
            get(list::page),
        )
        .menu(GROUP, |lang| lang.t("admin-permits-dossiers")),
        Entry::page("/admin/permits/follow-up", people(&["state"]), get(follow_up::page))
            .menu(GROUP, |lang| lang.t("admin-permits-follow-up")),
        Entry::page("/admin/permits/trouble", people(&[]), get(trouble::page))
            .menu(GROUP, |lang| lang.t("admin-permits-trouble")),
        Entry::page("/admin/permits/not-read", nobody, get(not_read::page))
            .menu(GROUP, |lang| lang.t("admin-permits-not-read")),
        Entry::page(
            "/admin/permits/export/{file}",
            people(&["state", "department", "expiring", "month"]),
            get(export::file),
        ),
        Entry::page("/admin/permits/{dossier}", people(&[]), get(dossier::page)),
        Entry::page("/admin/permits/{dossier}/slip", nobody, get(slip::page)),
    ]
}

/// The departments whose dossiers whoever is signed in sees; all where none is named. Who has another role
/// by now is not limited any more.
fn within(signed: &CurrentOperator) -> Vec<String> {
    match signed.account.role {
        Role::Permits => signed.account.departments.clone(),
        Role::Support | Role::Admin | Role::Auditor | Role::Analyst => vec![],
    }
}

/// What happened to a dossier; one of another department is as if it did not exist.
async fn history(
    app: &App,
    signed: &CurrentOperator,
    id: &str,
) -> Result<History<Permit>, Failure> {
    let history = app.commands.history_of::<Permit>(id).await?;
    let known = history.state.remembered().map_err(|_| Notice::not_found(signed.lang))?;
    let department = known.dossier.field(FieldKey::DEPARTMENT).map(Field::text);
    let within = within(signed);
    if !within.is_empty() && !within.iter().any(|it| department == Some(it.as_str())) {
        return Err(Notice::not_found(signed.lang).into());
    }
    Ok(history)
}
