//! Which column is what, and what a row becomes.

use std::collections::HashSet;

use commands::NewTracked;
use domain::space::{DayOrTime, TrackedDetails, TrackedStatus};
use domain::words::fold;
use domain::{Invalid, Line, Personal, Prose, WebAddress};
use jiff::civil::Date;
use projections::space::TrackedItem;
use serde::Deserialize;
use web::lang::Lang;

use super::dates::{self, First};
use super::sheet::Sheet;
use super::statuses::status;

/// What a column may be: its name in forms, the key of its label, and how other trackers call it, folded.
pub(crate) const FIELDS: [(&str, &str, &[&str]); 8] = [
    (
        "company",
        "space-column-company",
        &[
            "company",
            "company name",
            "employer",
            "organization",
            "organisation",
            "entreprise",
            "societe",
            "employeur",
            "nom de l'entreprise",
        ],
    ),
    (
        "position",
        "space-column-position",
        &[
            "position",
            "job title",
            "title",
            "role",
            "job",
            "job position",
            "poste",
            "intitule",
            "intitule du poste",
            "titre",
            "emploi",
            "metier",
            "offre",
        ],
    ),
    (
        "applied_on",
        "space-column-applied-on",
        &[
            "date applied",
            "applied",
            "applied on",
            "application date",
            "applied at",
            "date",
            "date of application",
            "date de candidature",
            "date d'envoi",
            "date candidature",
            "envoyee le",
            "postule le",
            "created at",
            "date added",
            "date saved",
        ],
    ),
    (
        "status",
        "space-column-status",
        &["status", "stage", "state", "list", "statut", "etat", "etape", "phase"],
    ),
    (
        "location",
        "space-column-location",
        &["location", "city", "place", "lieu", "ville", "localisation"],
    ),
    (
        "url",
        "space-column-url",
        &[
            "url",
            "link",
            "job url",
            "job link",
            "job posting",
            "advertisement",
            "lien",
            "lien de l'offre",
            "annonce",
            "url de l'offre",
        ],
    ),
    (
        "description",
        "space-column-description",
        &["description", "job description", "descriptif", "mission", "missions"],
    ),
    (
        "note",
        "space-column-notes",
        &["notes", "note", "comments", "comment", "remarques", "commentaires", "commentaire"],
    ),
];

/// The columns of the fields, as a form has them: numbers from 0; empty for none.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Columns {
    pub(crate) company: String,
    pub(crate) position: String,
    pub(crate) applied_on: String,
    pub(crate) status: String,
    pub(crate) location: String,
    pub(crate) url: String,
    pub(crate) description: String,
    pub(crate) note: String,
}

impl Columns {
    /// The columns by their names: each is one thing, the first that fits.
    pub(crate) fn guessed(head: &[String]) -> Self {
        let names: Vec<String> = head.iter().map(|name| plain(name)).collect();
        let mut used = HashSet::new();
        let mut found = FIELDS.map(|(_, _, known)| {
            let of = known.iter().find_map(|known| names.iter().position(|name| name == known));
            of.filter(|column| used.insert(*column))
        });
        for (number, (_, _, known)) in FIELDS.iter().enumerate() {
            let close = |name: &String| known.iter().any(|known| name.contains(known));
            let free = || names.iter().enumerate().find(|(at, it)| !used.contains(at) && close(it));
            if found[number].is_none()
                && let Some((column, _)) = free()
            {
                used.insert(column);
                found[number] = Some(column);
            }
        }
        let [company, position, applied_on, status, location, url, description, note] =
            found.map(|column| column.map(|it| it.to_string()).unwrap_or_default());
        Self { company, position, applied_on, status, location, url, description, note }
    }

    /// The column of a field, as the form has it.
    pub(crate) fn of(&self, field: &str) -> &str {
        match field {
            "company" => &self.company,
            "position" => &self.position,
            "applied_on" => &self.applied_on,
            "status" => &self.status,
            "location" => &self.location,
            "url" => &self.url,
            "description" => &self.description,
            _ => &self.note,
        }
    }

    fn cell<'a>(&self, field: &str, cells: &'a [String]) -> &'a str {
        let column = self.of(field).parse::<usize>().ok();
        column.and_then(|column| cells.get(column)).map_or("", String::as_str)
    }
}

/// A text as it is compared.
fn plain(text: &str) -> String {
    let text = fold(text).replace(['’', '_'], "'").replace("'s", "s");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What makes two applications one.
type Same = (String, String, Date);

fn same(company: &str, position: &str, on: Date) -> Same {
    (plain(company), plain(position), on)
}

/// A row that is taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) line: u64,
    pub(crate) new: NewTracked,
    /// Whether it says no date, so that it is today's.
    pub(crate) undated: bool,
}

/// A row that is not taken, and why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) line: u64,
    pub(crate) shown: String,
    pub(crate) why: String,
}

/// What would become of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) taken: Vec<Taken>,
    pub(crate) refused: Vec<Refused>,
    /// Those that are in the space already, or twice in the file.
    pub(crate) duplicates: Vec<Refused>,
}

/// What would become of each row.
pub(crate) fn outcome(
    sheet: &Sheet,
    columns: &Columns,
    other: Option<TrackedStatus>,
    there: &[TrackedItem],
    today: Date,
    lang: Lang,
) -> Outcome {
    let key = |item: &TrackedItem| {
        same(item.company.reveal(), item.position.reveal(), item.applied_on.day())
    };
    let mut known: HashSet<Same> = there.iter().map(key).collect();
    let dates = sheet.rows.iter().map(|(_, cells)| columns.cell("applied_on", cells));
    let reader = Reader { columns, other, first: dates::first(dates), today, lang };
    let mut outcome = Outcome::default();
    for (line, cells) in &sheet.rows {
        let (company, position) = (columns.cell("company", cells), columns.cell("position", cells));
        let shown = [position, company].into_iter().filter(|it| !it.is_empty());
        let shown: String = shown.collect::<Vec<_>>().join(" – ").chars().take(120).collect();
        let refused = |why| Refused { line: *line, shown: shown.clone(), why };
        match reader.row(cells) {
            Err(why) => outcome.refused.push(refused(why)),
            Ok((new, undated)) => {
                if known.insert(same(company, position, new.details.applied_on.day())) {
                    outcome.taken.push(Taken { line: *line, new, undated });
                } else {
                    outcome.duplicates.push(refused(String::new()));
                }
            }
        }
    }
    outcome
}

struct Reader<'a> {
    columns: &'a Columns,
    /// What an unknown word of status is taken for.
    other: Option<TrackedStatus>,
    first: First,
    today: Date,
    lang: Lang,
}

impl Reader<'_> {
    /// What a row becomes, and whether it says no date; or why it is refused.
    fn row(&self, cells: &[String]) -> Result<(NewTracked, bool), String> {
        let text = self.columns.cell("applied_on", cells);
        let applied_on = match text {
            "" => self.today,
            text => dates::date(text, self.first).ok_or_else(|| {
                self.wrong("applied_on", self.lang.t("space-import-no-date"), text)
            })?,
        };
        let status = match self.columns.cell("status", cells) {
            "" => TrackedStatus::Sent,
            text => status(text)
                .or(self.other)
                .ok_or_else(|| self.wrong("status", self.lang.t("space-import-no-status"), text))?,
        };
        let details = TrackedDetails {
            company: Personal::new(self.must("company", cells)?),
            position: Personal::new(self.must("position", cells)?),
            location: self.may("location", cells, str::parse::<Line<200>>)?.map(Personal::new),
            url: self.may("url", cells, WebAddress::typed)?.map(Personal::new),
            applied_on: DayOrTime::Day(applied_on),
        };
        let description = self.may("description", cells, str::parse::<Prose<20_000>>)?;
        let notes = self.may("note", cells, str::parse::<Prose<5000>>)?.into_iter().collect();
        Ok((NewTracked { details, status, description, notes }, text.is_empty()))
    }

    fn must(&self, field: &'static str, cells: &[String]) -> Result<Line<200>, String> {
        let found = self.may(field, cells, str::parse)?;
        found.ok_or_else(|| self.wrong(field, &texts::invalid(&Invalid::Missing, self.lang.0), ""))
    }

    fn may<T>(
        &self,
        field: &'static str,
        cells: &[String],
        read: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, String> {
        let text = self.columns.cell(field, cells);
        if domain::as_seen(text).trim().is_empty() {
            return Ok(None);
        }
        let told =
            |invalid: Invalid| self.wrong(field, &texts::invalid(&invalid, self.lang.0), text);
        read(text).map(Some).map_err(told)
    }

    fn wrong(&self, field: &str, why: &str, text: &str) -> String {
        let label = FIELDS
            .iter()
            .find(|(name, ..)| *name == field)
            .map_or("", |(_, label, _)| self.lang.t(label));
        let short: String = text.chars().take(60).collect();
        let why = if short.is_empty() { why.to_owned() } else { format!("{why} ({short})") };
        self.lang.with("space-wrong-field", (("field", label), ("detail", why.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    fn of(text: &str) -> Outcome {
        let sheet = Sheet::read(text).unwrap();
        let columns = Columns::guessed(&sheet.head);
        outcome(&sheet, &columns, None, &[], "2026-11-28".parse().unwrap(), Lang(Language::En))
    }

    #[test]
    fn columns_are_guessed_by_the_names_of_other_trackers() {
        let head = |names: &str| names.split(',').map(str::to_owned).collect::<Vec<_>>();
        let huntr =
            Columns::guessed(&head("Title,Company Name,List,Date Applied,Location,Url,Note"));
        assert_eq!(
            [&*huntr.position, &huntr.company, &huntr.status, &huntr.applied_on],
            ["0", "1", "2", "3"]
        );
        assert_eq!(
            [&*huntr.location, &huntr.url, &huntr.note, &huntr.description],
            ["4", "5", "6", ""]
        );
        let french =
            Columns::guessed(&head("Intitulé du poste,Nom de l’entreprise,Date d'envoi,État"));
        assert_eq!(
            [&*french.position, &french.company, &french.applied_on, &french.status],
            ["0", "1", "2", "3"]
        );
        assert_eq!(Columns::guessed(&head("x,y")), Columns::default());
    }

    #[test]
    fn each_row_is_taken_refused_with_its_reason_or_there_already() {
        let outcome = of(
            "Company;Title;Status;Date\nBrume;Dev;Applied;18/11/2026\nBRUME;dév;Rejected;18/11/2026\n;Dev;;\nX;Y;Zzz;\nX;Y;;hier\nX;Y;;\n",
        );
        assert_eq!(outcome.taken.len(), 2);
        assert!(!outcome.taken[0].undated && outcome.taken[1].undated);
        assert_eq!(outcome.duplicates.iter().map(|it| it.line).collect::<Vec<_>>(), [3]);
        let lines: Vec<_> = outcome.refused.iter().map(|it| it.line).collect();
        assert_eq!(lines, [4, 5, 6]);
        assert!(outcome.refused[1].why.contains("Zzz") && outcome.refused[2].why.contains("hier"));
    }
}
