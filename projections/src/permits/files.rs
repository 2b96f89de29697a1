//! The two files for others: `validity_check.json` for the public check of elsewhere, and `stats.json`.
//! The names of their members and the order of these are what others read by, and never change.

use std::io::Write;

use domain::permit::{DossierState, has_expired};
use event_store::{DbError, Log};
use jiff::civil::Date;
use serde::Serialize;

use super::statistics::PermitStatistics;
use super::validity::{self, BEGINNING, ValidityRow};
use crate::export::ExportError;

/// The name of the file of permits.
pub const VALIDITY: &str = "validity_check.json";
/// The name of the file of figures.
pub const STATISTICS: &str = "stats.json";

/// Permits that are in memory at once.
const PAGE: u32 = 1000;
/// Numbers of permits that are told to be left out, at the most.
const TOLD: u32 = 1000;

/// A permit as whoever checks it is told of it: its names are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "its members are those of the older service")]
pub struct ToldPermit<'a> {
    pub ds_id: u64,
    pub siret: Option<&'a str>,
    pub prenom: &'a str,
    pub nom: &'a str,
    pub date_de_naissance: &'a str,
    pub has_expired: bool,
    pub date_de_debut_apt: Option<&'a str>,
    pub date_de_fin_apt: &'a str,
}

impl ValidityRow {
    /// It, on this day in Paris.
    pub fn told(&self, day: Date) -> ToldPermit<'_> {
        ToldPermit {
            ds_id: self.number(),
            siret: self.siret.as_deref(),
            prenom: &self.first_name,
            nom: &self.last_name,
            date_de_naissance: &self.birth_date,
            has_expired: self.last_day().is_none_or(|last| has_expired(last, day)),
            date_de_debut_apt: self.valid_from.as_deref(),
            date_de_fin_apt: &self.valid_to,
        }
    }
}

/// What stands in a file of permits, and what does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidityFile {
    /// How many permits it tells of.
    pub permits: u64,
    /// The numbers of dossiers that were granted and of which it cannot tell, the first thousand.
    pub left_out: Vec<u64>,
}

/// Writes the permits that were granted, in the order of their numbers, as they are on this day in Paris:
/// a JSON array, a line each. A page of them is in memory at once.
pub async fn write_validity(
    log: &Log,
    day: Date,
    to: &mut (dyn Write + Send),
) -> Result<ValidityFile, ExportError> {
    let mut file = ValidityFile { permits: 0, left_out: validity::left_out(log, TOLD).await? };
    let mut last = BEGINNING;
    to.write_all(b"[")?;
    loop {
        let (rows, unread, next) = page(log, last).await?;
        file.left_out.extend(unread);
        for row in &rows {
            to.write_all(if file.permits == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *to, &row.told(day)).map_err(std::io::Error::from)?;
            file.permits += 1;
        }
        let Some(next) = next else { break };
        last = next;
    }
    to.write_all(b"\n]\n")?;
    file.left_out.sort_unstable();
    file.left_out.truncate(TOLD as usize);
    Ok(file)
}

/// The permits after this number, the numbers of those that cannot be opened, and where to go on.
async fn page(
    log: &Log,
    last: (i64, i64),
) -> Result<(Vec<ValidityRow>, Vec<u64>, Option<(i64, i64)>), DbError> {
    match validity::after(log, last, PAGE).await {
        Ok(rows) => {
            let next = rows.last().map(|row| (row.dossier_number, row.procedure_number));
            // The others were forgotten a moment ago.
            Ok((rows.into_iter().filter(ValidityRow::is_kept).collect(), vec![], next))
        }
        // One of them is damaged: the others are told.
        Err(DbError::Sealed(_)) => {
            let numbers = validity::numbers_after(log, last, PAGE).await?;
            let (mut rows, mut unread) = (vec![], vec![]);
            for (number, procedure) in &numbers {
                let dossier = number.cast_unsigned();
                let procedure = u32::try_from(*procedure).unwrap_or_default();
                match validity::of(log, procedure, dossier).await {
                    Ok(row) => rows.extend(row),
                    Err(DbError::Sealed(_)) => unread.push(dossier),
                    Err(error) => return Err(error),
                }
            }
            Ok((rows, unread, numbers.last().copied()))
        }
        Err(error) => Err(error),
    }
}

#[derive(Serialize)]
struct StatisticsFile {
    data: Totals,
    data_num_dossiers_day: Chart,
    data_num_dossiers_month: Chart,
    data_num_by_status: Chart,
    data_num_by_contry: Chart,
    data_time_to_process_by_month: Chart,
}

#[derive(Serialize)]
struct Totals {
    last_update: String,
    time_to_process: Option<i64>,
    total_dossiers_closed: i64,
    total_dossiers: i64,
}

/// Numbers as a library of charts takes them.
#[derive(Serialize)]
struct Chart {
    labels: Vec<String>,
    datasets: [Dataset; 1],
}

#[derive(Serialize)]
struct Dataset {
    name: &'static str,
    values: Vec<i64>,
}

impl Chart {
    fn of(name: &'static str, points: impl Iterator<Item = (String, i64)>) -> Self {
        let (labels, values) = points.unzip();
        Self { labels, datasets: [Dataset { name, values }] }
    }
}

/// What the older service calls where a dossier stands.
const fn state(state: DossierState) -> &'static str {
    match state {
        DossierState::Draft => "Brouillon",
        DossierState::Initiated => "En construction",
        DossierState::Received => "En instruction",
        DossierState::Closed => "Accepté",
        DossierState::Refused => "Refusé",
        DossierState::WithoutContinuation => "Sans suite",
    }
}

/// The figures as the file holds them: a JSON object on one line.
pub fn statistics_json(figures: &PermitStatistics) -> String {
    let days = |days: &[(Date, i64)], format: &'static str| {
        let point = |(day, count): &(Date, i64)| (day.strftime(format).to_string(), *count);
        days.iter().map(point).collect::<Vec<_>>().into_iter()
    };
    let took = figures.days_by_month.iter().map(|month| {
        let label = format!("{} - {} jour(s)", month.first_day.strftime("%m/%Y"), month.days);
        (label, month.days)
    });
    let file = StatisticsFile {
        data: Totals {
            last_update: figures.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            time_to_process: figures.days_to_process,
            total_dossiers_closed: figures.granted,
            total_dossiers: figures.dossiers,
        },
        data_num_dossiers_day: Chart::of(
            "Nombre de dossiers par jour",
            days(&figures.by_day, "%d/%m/%y"),
        ),
        data_num_dossiers_month: Chart::of(
            "Nombre de dossiers par mois",
            days(&figures.by_month, "%m/%y"),
        ),
        data_num_by_status: Chart::of(
            "Nombre de dossiers par statut",
            figures.by_state.iter().map(|(of, count)| (state(*of).to_owned(), *count)),
        ),
        data_num_by_contry: Chart::of(
            "Nombre de dossiers par pays",
            figures.by_nationality.iter().cloned(),
        ),
        data_time_to_process_by_month: Chart::of(
            "Temps de traitement moyen par mois (en jours)",
            took,
        ),
    };
    serde_json::to_string(&file).expect("texts and numbers are JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permits::statistics::DaysByMonth;
    use jiff::civil::date;

    #[test]
    fn the_file_of_figures_has_the_members_that_others_read_in_their_order() {
        let figures = PermitStatistics {
            at: "2026-11-27T08:00:00.0406Z".parse().unwrap(),
            dossiers: 7,
            granted: 2,
            days_to_process: None,
            by_day: vec![(date(2026, 11, 26), 0), (date(2026, 11, 27), 3)],
            by_month: vec![(date(2026, 9, 1), 4), (date(2026, 11, 1), 3)],
            by_state: vec![(DossierState::Received, 5), (DossierState::Closed, 2)],
            by_nationality: vec![("Maroc".to_owned(), 6), ("Côte D'ivoire".to_owned(), 1)],
            days_by_month: vec![DaysByMonth { first_day: date(2026, 9, 1), days: 12, permits: 2 }],
        };
        assert_eq!(
            statistics_json(&figures),
            concat!(
                r#"{"data":{"last_update":"2026-11-27T08:00:00.040Z","time_to_process":null,"#,
                r#""total_dossiers_closed":2,"total_dossiers":7},"#,
                r#""data_num_dossiers_day":{"labels":["26/11/26","27/11/26"],"#,
                r#""datasets":[{"name":"Nombre de dossiers par jour","values":[0,3]}]},"#,
                r#""data_num_dossiers_month":{"labels":["09/26","11/26"],"#,
                r#""datasets":[{"name":"Nombre de dossiers par mois","values":[4,3]}]},"#,
                r#""data_num_by_status":{"labels":["En instruction","Accepté"],"#,
                r#""datasets":[{"name":"Nombre de dossiers par statut","values":[5,2]}]},"#,
                r#""data_num_by_contry":{"labels":["Maroc","Côte D'ivoire"],"#,
                r#""datasets":[{"name":"Nombre de dossiers par pays","values":[6,1]}]},"#,
                r#""data_time_to_process_by_month":{"labels":["09/2026 - 12 jour(s)"],"#,
                r#""datasets":[{"name":"Temps de traitement moyen par mois (en jours)","values":[12]}]}}"#,
                "\n"
            )
        );
    }
}
