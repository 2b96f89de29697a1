//! The objects that programs are told, and what they are told when something cannot be.

use commands::CommandError;
use domain::offer::NO_CITY;
use domain::space::{
    AlertCriteria, CriteriaFields, JobType, LocationType, SalaryFit, SpaceRefusal, Wanted,
};
use event_store::timestamp_text;
use projections::offers::OfferRow;
use projections::space::AlertItem;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::lang::Lang;
use web::problem::{Kind, Problem};

use crate::refused::{told, unfit};

const NOT_FOUND: &str = "Job alert not found";

pub(crate) fn not_found() -> Problem {
    Problem::new(Kind::NotFound, NOT_FOUND)
}

/// Why it did not happen. Somebody else's alert is not there.
pub(crate) fn refused(error: CommandError<SpaceRefusal>, lang: Lang) -> Problem {
    match error {
        CommandError::Refused(
            SpaceRefusal::NotFound | SpaceRefusal::NotYours | SpaceRefusal::Erased,
        ) => not_found(),
        CommandError::Refused(refusal) => unfit(told(&refusal, lang)),
        other => other.into(),
    }
}

/// What is looked for; what is not asked for is left out.
#[derive(Serialize, ToSchema)]
pub(crate) struct Criteria {
    /// Words, one of which stands in the title, the description or the skills; of several in one, all do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<String>,
    /// A city, a postal code or the number of a department; `remote` or `télétravail` is the location type.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// One of these: `full_time`, `part_time`, permanent, `fixed_term`, temporary, apprenticeship, internship,
    /// freelance, contract (`fixed_term` or freelance).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    job_types: Vec<&'static str>,
    /// One of these: `on_site`, hybrid, remote.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    location_types: Vec<&'static str>,
    /// In whole euros, for the period that such an amount must be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_min: Option<u64>,
    /// The same, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_max: Option<u64>,
    /// Whether offers that do not say what they pay are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    only_with_salary: bool,
}

impl From<&AlertCriteria> for Criteria {
    fn from(criteria: &AlertCriteria) -> Self {
        let CriteriaFields { keywords, location, salary_min, salary_max, .. } = criteria.fields();
        Self {
            keywords: keywords.iter().map(ToString::to_string).collect(),
            location: location.as_ref().map(ToString::to_string),
            job_types: criteria.fields().job_types.iter().map(|it| it.as_str()).collect(),
            location_types: criteria.fields().location_types.iter().map(|it| it.as_str()).collect(),
            salary_min: *salary_min,
            salary_max: *salary_max,
            only_with_salary: criteria.fields().only_with_salary,
        }
    }
}

/// A job alert.
#[derive(Serialize, ToSchema)]
pub(crate) struct Alert {
    id: Uuid,
    /// Whose it is.
    candidate_id: Uuid,
    name: String,
    criteria: Criteria,
    /// daily, weekly or monthly.
    frequency: &'static str,
    /// In which time zone (IANA) it is 09:00 then.
    time_zone: String,
    is_active: bool,
    /// How many offers its owner was told of.
    jobs_sent_count: u64,
    last_sent_at: Option<String>,
    last_matching_job_id: Option<Uuid>,
    created_at: String,
    updated_at: String,
}

impl From<AlertItem> for Alert {
    fn from(item: AlertItem) -> Self {
        Self {
            id: item.id,
            candidate_id: item.owner,
            name: item.name.reveal().clone(),
            criteria: item.criteria.reveal().into(),
            frequency: item.frequency.as_str(),
            time_zone: item.zone.to_string(),
            is_active: item.active,
            jobs_sent_count: item.told,
            last_sent_at: item.told_at.map(timestamp_text),
            last_matching_job_id: item.told_last,
            created_at: timestamp_text(item.created_at),
            updated_at: timestamp_text(item.updated_at),
        }
    }
}

/// An offer that matches.
#[derive(Serialize, ToSchema)]
pub(crate) struct MatchingJob {
    id: Uuid,
    title: String,
    /// Who offers it.
    company: String,
    /// Offers know their company by its name alone.
    company_id: Option<Uuid>,
    location: Option<String>,
    location_type: &'static str,
    job_type: Option<&'static str>,
    /// In whole units of the currency, for the period.
    salary_min: Option<i64>,
    salary_max: Option<i64>,
    salary_currency: Option<String>,
    salary_period: Option<&'static str>,
    /// within, `not_told`, `not_comparable`, or `not_asked` where no salary was asked for.
    salary_match: &'static str,
    posted_at: String,
    url: Option<String>,
}

impl MatchingJob {
    fn of(row: OfferRow, wanted: &Wanted) -> Self {
        let fit = wanted.pay.fit(row.salary().as_ref()).unwrap_or(SalaryFit::NotAsked);
        let units = |cents: Option<i64>| cents.map(|cents| cents / 100);
        let city = Some(row.city).filter(|city| city != NO_CITY);
        Self {
            id: row.id,
            title: row.title,
            company: row.company,
            company_id: None,
            location: city.or(row.place),
            location_type: LocationType::of(row.remote).as_str(),
            job_type: JobType::of(row.working_time, row.contract).map(JobType::as_str),
            salary_min: units(row.salary_min),
            salary_max: units(row.salary_max),
            salary_currency: row.salary_currency,
            salary_period: row.salary_period.map(domain::offer::PayPeriod::as_str),
            salary_match: fit.as_str(),
            posted_at: timestamp_text(row.posted_at.unwrap_or(row.created_at)),
            url: row.url,
        }
    }
}

/// The open offers that match.
#[derive(Serialize, ToSchema)]
pub(crate) struct Preview {
    /// None before the alert is saved.
    alert_id: Option<Uuid>,
    /// The newest of them, 20 at most.
    matching_jobs: Vec<MatchingJob>,
    /// How many there are.
    total_matches: u64,
}

impl Preview {
    pub(crate) fn of(
        alert_id: Option<Uuid>,
        criteria: &AlertCriteria,
        rows: Vec<OfferRow>,
        total_matches: u64,
    ) -> Self {
        let wanted = Wanted::of(criteria);
        let job = |row| MatchingJob::of(row, &wanted);
        Self { alert_id, matching_jobs: rows.into_iter().map(job).collect(), total_matches }
    }
}

/// How many alerts there are of each frequency.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ByFrequency {
    pub(crate) daily: usize,
    pub(crate) weekly: usize,
    pub(crate) monthly: usize,
}

/// The figures of somebody's alerts. Two names for the same are those of two generations of programs.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertSummary)]
pub(crate) struct Summary {
    pub(crate) total_alerts: usize,
    pub(crate) active: usize,
    pub(crate) active_alerts: usize,
    pub(crate) inactive: usize,
    pub(crate) inactive_alerts: usize,
    pub(crate) by_frequency: ByFrequency,
    /// Open offers that match, summed over the alerts.
    pub(crate) total_matching_jobs: u64,
    /// Offers told of, summed over the alerts.
    pub(crate) total_jobs_sent: u64,
}
