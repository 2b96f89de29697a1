//! What programs send of a profile. What is left out, or null, stays; an empty text clears.

use domain::space::{
    Education, Experience, JobType, LocationType, MAX_YEARS, Month, ProfileAbout, ProfileSkill,
};
use domain::{Invalid, WebAddress};
use uuid::Uuid;
use web::problem::Problem;

use crate::fields::{Fields, Given};

/// A value that may be cleared: as it was, where nothing is said.
fn cleared<T>(given: Given<T>, before: Option<T>) -> Option<T> {
    given.clearing().unwrap_or(before)
}

/// A value that must be there: as it was, where nothing is said and it was.
fn kept<T>(fields: &Fields, name: &str, given: Given<T>, before: Option<T>) -> Result<T, Problem> {
    let value = match given {
        Given::Some(value) => Some(value),
        Given::Absent => before,
        Given::Blank => None,
    };
    value.ok_or_else(|| fields.wrong(name, &Invalid::Missing))
}

/// Names in any case.
fn names<T>(
    fields: &Fields,
    name: &str,
    read: fn(&str) -> Result<T, Invalid>,
) -> Result<Option<Vec<T>>, Problem> {
    let Some(texts) = fields.list::<domain::Line<40>>(name)? else { return Ok(None) };
    let read = texts.iter().map(|text| read(text.as_str()));
    read.collect::<Result<_, _>>().map(Some).map_err(|invalid| fields.wrong(name, &invalid))
}

/// A number that may be cleared.
fn number(fields: &Fields, name: &str, before: Option<u64>) -> Result<Option<u64>, Problem> {
    if fields.is_blank(name) {
        return Ok(None);
    }
    Ok(fields.whole(name)?.or(before))
}

pub(super) fn about(fields: &Fields, before: ProfileAbout) -> Result<ProfileAbout, Problem> {
    let years = number(fields, "years_experience", before.years_experience.map(Into::into))?;
    let most = Invalid::Number { max: MAX_YEARS.into() };
    let years = years.map(|it| u8::try_from(it).ok().filter(|it| *it <= MAX_YEARS).ok_or(most));
    let years = years.transpose().map_err(|it| fields.wrong("years_experience", &it))?;
    let min = number(fields, "salary_expectation_min", before.salary_expectation_min)?;
    let max = number(fields, "salary_expectation_max", before.salary_expectation_max)?;
    Ok(ProfileAbout {
        title: cleared(fields.parse("title")?, before.title),
        summary: cleared(fields.parse("summary")?, before.summary),
        phone: cleared(fields.parse("phone")?, before.phone),
        location: cleared(fields.parse("location")?, before.location),
        linkedin_url: cleared(fields.read("linkedin_url", WebAddress::typed)?, before.linkedin_url),
        website_url: cleared(fields.read("website_url", WebAddress::typed)?, before.website_url),
        years_experience: years,
        salary_expectation_min: min,
        salary_expectation_max: max,
        job_types: names(fields, "job_types", JobType::read)?.unwrap_or(before.job_types),
        location_types: names(fields, "location_types", LocationType::read)?
            .unwrap_or(before.location_types),
    })
}

pub(super) fn experience(
    fields: &Fields,
    id: Uuid,
    before: Option<&Experience>,
) -> Result<Experience, Problem> {
    let was = before.cloned();
    let end: Option<Month> = cleared(fields.parse("end_date")?, was.as_ref().and_then(|it| it.end));
    Ok(Experience {
        id,
        title: kept(
            fields,
            "title",
            fields.parse("title")?,
            was.as_ref().map(|it| it.title.clone()),
        )?,
        company: kept(
            fields,
            "company",
            fields.parse("company")?,
            was.as_ref().map(|it| it.company.clone()),
        )?,
        location: cleared(
            fields.parse("location")?,
            was.as_ref().and_then(|it| it.location.clone()),
        ),
        start: cleared(fields.parse("start_date")?, was.as_ref().and_then(|it| it.start)),
        end,
        current: fields
            .boolean("is_current")?
            .unwrap_or_else(|| was.as_ref().is_some_and(|it| it.current)),
        description: cleared(fields.parse("description")?, was.and_then(|it| it.description)),
    })
}

pub(super) fn education(
    fields: &Fields,
    id: Uuid,
    before: Option<&Education>,
) -> Result<Education, Problem> {
    let was = before.cloned();
    Ok(Education {
        id,
        degree: kept(
            fields,
            "degree",
            fields.parse("degree")?,
            was.as_ref().map(|it| it.degree.clone()),
        )?,
        school: kept(
            fields,
            "school",
            fields.parse("school")?,
            was.as_ref().map(|it| it.school.clone()),
        )?,
        location: cleared(
            fields.parse("location")?,
            was.as_ref().and_then(|it| it.location.clone()),
        ),
        start: cleared(fields.parse("start_date")?, was.as_ref().and_then(|it| it.start)),
        end: cleared(fields.parse("end_date")?, was.as_ref().and_then(|it| it.end)),
        description: cleared(fields.parse("description")?, was.and_then(|it| it.description)),
    })
}

pub(super) fn skill(
    fields: &Fields,
    id: Uuid,
    before: Option<&ProfileSkill>,
) -> Result<ProfileSkill, Problem> {
    let was = before.cloned();
    Ok(ProfileSkill {
        id,
        name: kept(fields, "name", fields.parse("name")?, was.as_ref().map(|it| it.name.clone()))?,
        level: cleared(fields.parse("level")?, was.as_ref().and_then(|it| it.level.clone())),
        category: cleared(fields.parse("category")?, was.and_then(|it| it.category)),
    })
}
