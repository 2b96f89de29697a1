//! `docs/privacy.md`: where personal data lie, from the declarations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use commands::{HOLDINGS, Holding};
use projections::{Column, Privacy};

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
    let mut text = "Sealed with the key of the stream whose row it is, and gone with it:

| table | personal values | what stands for them |
| --- | --- | --- |"
        .to_owned();
    let names = |columns: Vec<&Column>| -> String {
        let names: Vec<_> = columns.iter().map(|column| format!("`{}`", column.name)).collect();
        names.join(", ")
    };
    for (_, table) in projections::columns::tables() {
        let sealed: Vec<_> = table.personal().collect();
        let stands = |it: &&Column| it.privacy != Privacy::Open;
        let stand_for: Vec<_> = table.plain().filter(stands).collect();
        if !sealed.is_empty() || !stand_for.is_empty() {
            let (sealed, stand_for) = (names(sealed), names(stand_for));
            let _ = write!(text, "\n| `{}` | {sealed} | {stand_for} |", table.name);
        }
    }
    text
}

fn beside() -> String {
    let mut text =
        "| table | what | personal columns | and then |\n| --- | --- | --- | --- |".to_owned();
    for Holding { table, about, personal, names, goes } in HOLDINGS {
        let columns: Vec<_> = names.iter().chain(*personal).map(|it| format!("`{it}`")).collect();
        let _ = write!(text, "\n| `{table}` | {about} | {} | {goes} |", columns.join(", "));
    }
    text
}
