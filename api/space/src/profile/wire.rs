//! The objects that programs are told, and what they are told when something cannot be.

use commands::CommandError;
use domain::space::{
    Education, Experience, JobType, KnownCv, KnownProfile, LocationType, ProfileAbout,
    ProfileFields, ProfileSkill, SpaceRefusal,
};
use event_store::timestamp_text;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;
use web::lang::Lang;
use web::problem::{Kind, Problem};

use crate::refused::{told, unfit};

/// Why it did not happen.
pub(crate) fn refused(error: CommandError<SpaceRefusal>, lang: Lang) -> Problem {
    match error {
        CommandError::Refused(refusal @ SpaceRefusal::NoSuchEntry) => {
            Problem::new(Kind::NotFound, told(&refusal, lang))
        }
        CommandError::Refused(refusal) => unfit(told(&refusal, lang)),
        other => other.into(),
    }
}

/// A post that somebody had.
#[derive(Serialize, ToSchema)]
#[schema(as = ProfileExperience)]
pub(crate) struct ExperienceTold {
    id: Uuid,
    title: String,
    company: String,
    location: Option<String>,
    /// `YYYY-MM`.
    start_date: Option<String>,
    /// `YYYY-MM`.
    end_date: Option<String>,
    is_current: bool,
    description: Option<String>,
}

/// What somebody learned.
#[derive(Serialize, ToSchema)]
#[schema(as = ProfileEducation)]
pub(crate) struct EducationTold {
    id: Uuid,
    degree: String,
    school: String,
    location: Option<String>,
    /// `YYYY-MM`.
    start_date: Option<String>,
    /// `YYYY-MM`.
    end_date: Option<String>,
    description: Option<String>,
}

/// What somebody can.
#[derive(Serialize, ToSchema)]
#[schema(as = ProfileSkill)]
pub(crate) struct SkillTold {
    id: Uuid,
    name: String,
    level: Option<String>,
    category: Option<String>,
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

impl From<&Experience> for ExperienceTold {
    fn from(it: &Experience) -> Self {
        Self {
            id: it.id,
            title: it.title.to_string(),
            company: it.company.to_string(),
            location: text(it.location.as_ref()),
            start_date: text(it.start.as_ref()),
            end_date: text(it.end.as_ref()),
            is_current: it.current,
            description: text(it.description.as_ref()),
        }
    }
}

impl From<&Education> for EducationTold {
    fn from(it: &Education) -> Self {
        Self {
            id: it.id,
            degree: it.degree.to_string(),
            school: it.school.to_string(),
            location: text(it.location.as_ref()),
            start_date: text(it.start.as_ref()),
            end_date: text(it.end.as_ref()),
            description: text(it.description.as_ref()),
        }
    }
}

impl From<&ProfileSkill> for SkillTold {
    fn from(it: &ProfileSkill) -> Self {
        Self {
            id: it.id,
            name: it.name.to_string(),
            level: text(it.level.as_ref()),
            category: text(it.category.as_ref()),
        }
    }
}

/// A profile.
#[derive(Serialize, ToSchema)]
#[schema(as = CandidateProfile)]
pub(crate) struct ProfileTold {
    /// The account.
    id: Uuid,
    /// The same.
    user_id: Uuid,
    phone: Option<String>,
    /// Where they want to work.
    location: Option<String>,
    linkedin_url: Option<String>,
    website_url: Option<String>,
    /// The job that they look for.
    title: Option<String>,
    summary: Option<String>,
    years_experience: Option<u8>,
    /// In whole euros a year.
    salary_expectation_min: Option<u64>,
    salary_expectation_max: Option<u64>,
    /// The types of job that they look for, in the words of job alerts; none: any.
    job_types: Vec<&'static str>,
    /// From where they want to work: `on_site`, hybrid, remote; none: any.
    location_types: Vec<&'static str>,
    /// Where the CV is read, with the same token.
    cv_url: Option<String>,
    cv_filename: Option<String>,
    #[schema(format = DateTime)]
    cv_uploaded_at: Option<String>,
    experiences: Vec<ExperienceTold>,
    educations: Vec<EducationTold>,
    skills: Vec<SkillTold>,
    /// How much of the profile is there, 0 to 100.
    completion: u8,
    #[schema(format = DateTime)]
    created_at: Option<String>,
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

impl ProfileTold {
    /// The profile of an account, empty where nothing was written yet.
    pub(crate) fn of(
        app: &App,
        owner: Uuid,
        known: Option<&KnownProfile>,
        cv: Option<&KnownCv>,
    ) -> Self {
        let fields = known.map(|it| it.profile.reveal().fields().clone()).unwrap_or_default();
        let document = cv.and_then(|cv| cv.document.as_ref());
        let mut address = app.settings.base_url.clone();
        address.set_path("/users/cv");
        let completion = fields.completion();
        let ProfileFields { about, experiences, educations, skills } = fields;
        let ProfileAbout { job_types, location_types, .. } = &about;
        Self {
            id: owner,
            user_id: owner,
            phone: text(about.phone.as_ref()),
            location: text(about.location.as_ref()),
            linkedin_url: text(about.linkedin_url.as_ref()),
            website_url: text(about.website_url.as_ref()),
            title: text(about.title.as_ref()),
            summary: text(about.summary.as_ref()),
            years_experience: about.years_experience,
            salary_expectation_min: about.salary_expectation_min,
            salary_expectation_max: about.salary_expectation_max,
            job_types: job_types.iter().copied().map(JobType::as_str).collect(),
            location_types: location_types.iter().copied().map(LocationType::as_str).collect(),
            cv_url: document.map(|_| address.into()),
            cv_filename: document.map(|it| it.name.reveal().to_string()),
            cv_uploaded_at: cv.map(|cv| timestamp_text(cv.changed_at)),
            experiences: experiences.iter().map(Into::into).collect(),
            educations: educations.iter().map(Into::into).collect(),
            skills: skills.iter().map(Into::into).collect(),
            completion,
            created_at: known.map(|it| timestamp_text(it.created_at)),
            updated_at: known.map(|it| timestamp_text(it.updated_at)),
        }
    }
}

/// That something was done.
#[derive(Serialize, ToSchema)]
#[schema(as = ProfileEntryRemoved)]
pub(crate) struct Removed {
    pub(crate) message: &'static str,
}
