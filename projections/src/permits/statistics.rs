//! The figures of work permits: how many, of which kinds, and how long they took.

use std::collections::BTreeMap;

use domain::permit::DossierState;
use event_store::{Db, DbError, args};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::day_in_paris;

/// The figures of all dossiers that were not deleted at their source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermitStatistics {
    /// When they were counted.
    pub at: Timestamp,
    /// All dossiers.
    pub dossiers: i64,
    /// Permits that were granted.
    pub granted: i64,
    /// Whole days that these took, on average; `None` where there is none.
    pub days_to_process: Option<i64>,
    /// Dossiers on each of the last 31 days.
    pub by_day: Vec<(Date, i64)>,
    /// Dossiers in each month of the last 365 days that has any: its first day.
    pub by_month: Vec<(Date, i64)>,
    /// Dossiers by where they stand, the most first.
    pub by_state: Vec<(DossierState, i64)>,
    /// Dossiers by nationality, the most first.
    pub by_nationality: Vec<(String, i64)>,
    /// Whole days that granted permits took, by the month in which they were handed in.
    pub days_by_month: Vec<DaysByMonth>,
}

/// How long the permits took that were handed in in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaysByMonth {
    /// Its first day.
    pub first_day: Date,
    /// Whole days, on average.
    pub days: i64,
    /// How many permits that is the average of.
    pub permits: i64,
}

const BY_STATE: &str = "
    SELECT state, count(*)
    FROM permits
    WHERE withdrawn_at IS NULL
    GROUP BY state";

const BY_DAY: &str = "
    SELECT created_day, count(*)
    FROM permits
    WHERE withdrawn_at IS NULL AND created_day >= $1 AND created_day <= $2
    GROUP BY created_day";

const BY_NATIONALITY: &str = "
    SELECT nationality, count(*)
    FROM permits
    WHERE withdrawn_at IS NULL AND erased_at IS NULL AND nationality IS NOT NULL
    GROUP BY nationality";

const TOOK: &str = "
    SELECT substr(created_day, 1, 7), count(*), CAST(sum(seconds_to_process) AS BIGINT)
    FROM permits
    WHERE withdrawn_at IS NULL AND state = 'closed' AND seconds_to_process IS NOT NULL
    GROUP BY substr(created_day, 1, 7)
    ORDER BY substr(created_day, 1, 7)";

const DAY: i64 = 86_400;

/// How many were created on each day from one to another that has any.
async fn days(db: &Db, from: Date, to: Date) -> Result<BTreeMap<Date, i64>, DbError> {
    let args = args![from.to_string(), to.to_string()];
    let rows: Vec<(String, i64)> = db.fetch_all(BY_DAY, args).await?;
    Ok(rows.into_iter().filter_map(|(day, count)| Some((day.parse().ok()?, count))).collect())
}

/// The figures as they are now.
pub async fn statistics(db: &Db, now: Timestamp) -> Result<PermitStatistics, DbError> {
    let today = day_in_paris(now);
    let ago = move |days: i64| today.saturating_sub(days.days());
    let states: Vec<(String, i64)> = db.fetch_all(BY_STATE, args![]).await?;
    let states: BTreeMap<String, i64> = states.into_iter().collect();
    let of = |state: DossierState| states.get(state.as_str()).copied().unwrap_or_default();
    let mut by_state = DossierState::ALL.map(|state| (state, of(state))).to_vec();
    // The sort is stable: those with as many stay in the order of a dossier's life.
    by_state.sort_by_key(|(_, count)| std::cmp::Reverse(*count));

    let year = days(db, ago(365), today).await?;
    let mut by_month: BTreeMap<Date, i64> = BTreeMap::new();
    for (day, count) in &year {
        *by_month.entry(day.first_of_month()).or_default() += count;
    }
    let month = ago(30);
    let by_day = month.series(1.day()).take_while(|day| *day <= today);
    let by_day = by_day.map(|day| (day, year.get(&day).copied().unwrap_or_default())).collect();

    let nationalities: Vec<(String, i64)> = db.fetch_all(BY_NATIONALITY, args![]).await?;
    let mut by_nationality: BTreeMap<String, i64> = BTreeMap::new();
    for (nationality, count) in nationalities {
        *by_nationality.entry(capitalised(&nationality)).or_default() += count;
    }
    let mut by_nationality: Vec<_> = by_nationality.into_iter().collect();
    by_nationality.sort_by_key(|(_, count)| std::cmp::Reverse(*count));

    let took: Vec<(String, i64, i64)> = db.fetch_all(TOOK, args![]).await?;
    let (granted_with, seconds) =
        took.iter().fold((0, 0), |(count, sum), it| (count + it.1, sum + it.2));
    let by_month_taken = |(month, count, sum): &(String, i64, i64)| {
        let first_day = format!("{month}-01").parse().ok()?;
        Some(DaysByMonth { first_day, days: sum / (*count).max(1) / DAY, permits: *count })
    };
    let days_by_month = took.iter().filter_map(by_month_taken).collect();
    Ok(PermitStatistics {
        at: now,
        dossiers: states.values().sum(),
        granted: of(DossierState::Closed),
        days_to_process: (granted_with > 0).then(|| seconds / granted_with / DAY),
        by_day,
        by_month: by_month.into_iter().collect(),
        by_state,
        by_nationality,
        days_by_month,
    })
}

/// The words of a name, each with a capital letter and small ones behind it.
pub fn capitalised(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters.flat_map(char::to_lowercase)).collect::<String>()
    };
    name.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
