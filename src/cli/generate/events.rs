//! `docs/event-kinds.md`: every kind of event of every aggregate, from the one list of them.

use std::fmt::Write as _;

use domain::{AGGREGATES, KindOfEvent};

const INTRODUCTION: &str = "# Every kind of event

Written by `postulo generate`; [events.md](events.md) tells how they hang together, and
[read-models.md](read-models.md) which read model reads which. No two kinds have one name. A kind that is
*told* is posted to the webhooks of its platform; with one that *erases*, the key that seals the personal
data of its stream is destroyed.
";

/// The page.
pub(super) fn page() -> String {
    let (schemas, reactors) =
        (domain::schema::of_events(AGGREGATES), workers::events_of_reactors());
    let mut page = INTRODUCTION.to_owned();
    for aggregate in AGGREGATES {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n## `{}`\n\n| event | version | what it says | reactions | |\n| --- | --- | --- | --- | --- |\n",
            aggregate.aggregate_type
        );
        for kind in aggregate.kinds {
            let file = format!("{}.v{}.json", kind.name, kind.version);
            let schema = schemas.iter().find(|(name, _)| *name == file);
            let says = schema.and_then(|(_, schema)| schema.get("description")?.as_str());
            let reactors: Vec<_> = reactors
                .iter()
                .filter(|(_, events)| events.contains(&kind.name))
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            let _ = writeln!(
                page,
                "| [`{}`](../schemas/events/{file}) | {} | {} | {} | {} |",
                kind.name,
                kind.version,
                says.unwrap_or_default().replace('\n', " "),
                reactors.join(", "),
                marks(kind),
            );
        }
    }
    page
}

fn marks(kind: &KindOfEvent) -> String {
    let marks = [(kind.public, "told"), (kind.erases, "erases")];
    let marks: Vec<_> = marks.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    marks.join(", ")
}
