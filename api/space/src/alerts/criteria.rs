//! The criteria of a body, field by field.

use domain::space::{AlertCriteria, CriteriaFields, JobType, LocationType};
use domain::{Invalid, Line};
use serde_json::{Map, Value};
use web::lang::Lang;
use web::problem::Problem;

use crate::fields::Fields;
use crate::refused::unfit;

/// What may be looked for.
const KNOWN: &[&str] = &[
    "keywords",
    "location",
    "job_types",
    "location_types",
    "salary_min",
    "salary_max",
    "only_with_salary",
];

/// The criteria of a body; `None` where it has none.
pub(crate) fn of(body: &Map<String, Value>, lang: Lang) -> Result<Option<AlertCriteria>, Problem> {
    let given = match body.get("criteria") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(given)) => given.clone(),
        Some(_) => return Err(wrong(&Invalid::NoCriterion, lang)),
    };
    let fields = Fields::new(given, lang);
    fields.known(KNOWN)?;
    let criteria = CriteriaFields {
        keywords: fields.list("keywords")?.unwrap_or_default(),
        location: fields.parse("location")?.some(),
        job_types: names(&fields, "job_types", JobType::read)?,
        location_types: names(&fields, "location_types", LocationType::read)?,
        salary_min: fields.amount("salary_min")?,
        salary_max: fields.amount("salary_max")?,
        only_with_salary: fields.boolean("only_with_salary")?.unwrap_or_default(),
    };
    AlertCriteria::new(criteria).map(Some).map_err(|invalid| wrong(&invalid, lang))
}

/// The criteria of a body that must have some.
pub(crate) fn required(body: &Map<String, Value>, lang: Lang) -> Result<AlertCriteria, Problem> {
    of(body, lang)?.ok_or_else(|| wrong(&Invalid::NoCriterion, lang))
}

fn wrong(invalid: &Invalid, lang: Lang) -> Problem {
    let detail = texts::invalid(invalid, lang.0);
    unfit(lang.with("space-wrong-field", (("field", "criteria"), ("detail", &*detail))))
}

fn names<T>(
    fields: &Fields,
    name: &str,
    read: fn(&str) -> Result<T, Invalid>,
) -> Result<Vec<T>, Problem> {
    let given: Vec<Line<40>> = fields.list(name)?.unwrap_or_default();
    let read = given.iter().map(|text| read(text.as_str()));
    read.collect::<Result<_, _>>().map_err(|invalid| fields.wrong(name, &invalid))
}
