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
use web::audience::Group;

use super::operator::CurrentOperator;
use super::{Entry, Permission, Shows};

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

/// The departments whose dossiers whoever is signed in sees; all where none is named.
fn within(signed: &CurrentOperator) -> Vec<String> {
    signed.account.departments.clone()
}
