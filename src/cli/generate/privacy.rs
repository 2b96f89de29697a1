//! `docs/privacy.md`: where personal data lie, from the declarations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use commands::{HOLDINGS, Holding};
use projections::Column;

const PAGE: &str = include_str!("privacy.md");

/// The page.
pub(super) fn page() -> String {
    PAGE.replace("{{events}}", &events())
        .replace("{{read_models}}", &read_models())
        .replace("{{beside}}", &beside())
}

fn events() -> String {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in domain::schema::personal_fields(domain::AGGREGATES) {
        kinds.entry(field.event).or_default().push(format!("`{}`", field.path.join(".")));
    }
    let mut table = "| event | personal values |\n| --- | --- |".to_owned();
    for (kind, fields) in kinds {
        // Writing to a String cannot fail.
        let _ = write!(table, "\n| `{kind}` | {} |", fields.join(", "));
    }
    table
}

fn read_models() -> String {
    let mut text = "| table | personal columns |\n| --- | --- |".to_owned();
    for (_, table) in projections::columns::tables() {
        let personal = table.columns.iter().filter(|column| column.personal);
        let names: Vec<_> = personal.map(|Column { name, .. }| format!("`{name}`")).collect();
        if !names.is_empty() {
            let _ = write!(text, "\n| `{}` | {} |", table.name, names.join(", "));
        }
    }
    text
}

fn beside() -> String {
    let mut text =
        "| table | what | personal columns | and then |\n| --- | --- | --- | --- |".to_owned();
    for Holding { table, about, personal, goes } in HOLDINGS {
        let names: Vec<_> = personal.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(text, "\n| `{table}` | {about} | {} | {goes} |", names.join(", "));
    }
    text
}
