//! The dossiers of work permits, for spreadsheets.

use std::io::Write;

use event_store::{Log, Value, args};

use super::sheet::Sheet;
use super::{ExportError, Exported, Format};
use crate::permits::{self, Filter, PermitRow};
use crate::{Column, Kind};

/// The columns of the file.
const COLUMNS: &[Column] = &[
    Column::new("numero", Kind::Integer, "The dossier's number."),
    Column::new("procedure", Kind::Integer, "The number of its procedure."),
    Column::new("etat", Kind::Text, "Where it stands."),
    Column::new("depot", Kind::Text, "When it was handed in, in Paris."),
    Column::new("departement", Kind::Text, "The department on the residence title."),
    Column::new("debut_apt", Kind::Text, "The first day of the permit."),
    Column::new("fin_apt", Kind::Text, "The last day of the permit."),
    Column::new("expiration_titre", Kind::Text, "The last day of the residence title."),
    Column::new("nationalite", Kind::Text, "The nationality."),
    Column::new("type_de_contrat", Kind::Text, "The type of contract."),
    Column::new("siret", Kind::Text, "The employer's establishment."),
    Column::new("employeur", Kind::Text, "The employer's name."),
    Column::new("nom", Kind::Text, "The last name."),
    Column::new("prenom", Kind::Text, "The first name."),
    Column::new("suivi_par", Kind::Integer, "How many officials follow it."),
];

/// Dossiers that are read at once.
const PAGE: u32 = 1000;

/// Writes all dossiers of a filter, newest first; `named` says what a state is called.
pub async fn permits(
    log: &Log,
    filter: &Filter,
    named: impl Fn(domain::permit::DossierState) -> &'static str,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, COLUMNS, None, to)?;
    let mut filter = Filter { cursor: None, ..filter.clone() };
    let mut exported = Exported::default();
    loop {
        let page = permits::list(log, &filter, PAGE).await?;
        for item in page.items {
            sheet.row(row(item, &named))?;
            exported.rows += 1;
        }
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            sheet.finish()?;
            return Ok(exported);
        }
    }
}

fn row(
    row: PermitRow,
    named: &impl Fn(domain::permit::DossierState) -> &'static str,
) -> Vec<Value> {
    let zone = jiff::tz::TimeZone::get(permits::ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let created = row.created_at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    args![
        row.dossier_number,
        row.procedure_number,
        named(row.state),
        created,
        row.department,
        day(row.valid_from),
        day(row.valid_to),
        day(row.title_expires),
        row.nationality,
        row.contract,
        row.siret,
        row.employer,
        row.last_name,
        row.first_name,
        row.followers,
    ]
}
