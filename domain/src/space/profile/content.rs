//! What a profile says.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::Month;
use crate::personal::Forgettable;
use crate::space::{JobType, LocationType};
use crate::{Line, Prose, WebAddress};

/// So many posts a profile has at most.
pub const MAX_EXPERIENCES: usize = 30;
/// So many courses.
pub const MAX_EDUCATIONS: usize = 20;
/// So many skills.
pub const MAX_SKILLS: usize = 60;
/// So many years somebody has worked at most.
pub const MAX_YEARS: u8 = 70;

/// What somebody is and looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileAbout {
    /// The job that they have, or look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Line<200>>,
    /// They themselves, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Prose<5000>>,
    /// Where they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line<40>>,
    /// Where they want to work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Line<200>>,
    /// Their page there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin_url: Option<WebAddress>,
    /// Their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_url: Option<WebAddress>,
    /// For how many years they have worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years_experience: Option<u8>,
    /// What they want to be paid at least, in whole euros a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_expectation_min: Option<u64>,
    /// What they hope for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_expectation_max: Option<u64>,
    /// The type of job: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub job_types: Vec<JobType>,
    /// From where they want to work: one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub location_types: Vec<LocationType>,
}

/// A post that somebody had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Experience {
    /// Names it.
    pub id: Uuid,
    /// What it was called.
    pub title: Line<200>,
    /// Where.
    pub company: Line<200>,
    /// In which place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Line<200>>,
    /// From.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Month>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Month>,
    /// Whether they still have it.
    #[serde(default)]
    pub current: bool,
    /// What they did there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<2000>>,
}

/// What somebody learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Education {
    /// Names it.
    pub id: Uuid,
    /// The degree.
    pub degree: Line<200>,
    /// Where.
    pub school: Line<200>,
    /// In which place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Line<200>>,
    /// From.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Month>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Month>,
    /// About what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<2000>>,
}

/// Something that somebody can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSkill {
    /// Names it.
    pub id: Uuid,
    /// In a few words.
    pub name: Line<80>,
    /// How well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Line<40>>,
    /// Of which kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Line<40>>,
}

/// All that a profile says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileFields {
    /// What they are and look for.
    #[serde(flatten)]
    pub about: ProfileAbout,
    /// The posts that they had, as they added them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiences: Vec<Experience>,
    /// What they learned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub educations: Vec<Education>,
    /// What they can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<ProfileSkill>,
}

impl ProfileFields {
    /// How much of it is there, 0 to 100: title, summary, place, a skill, a post, a course.
    pub fn completion(&self) -> u8 {
        let about = &self.about;
        let there = [
            (about.title.is_some(), 20),
            (about.summary.is_some(), 15),
            (about.location.is_some(), 15),
            (!self.skills.is_empty(), 20),
            (!self.experiences.is_empty(), 20),
            (!self.educations.is_empty(), 10),
        ];
        there.iter().filter(|(is_there, _)| *is_there).map(|(_, worth)| worth).sum()
    }
}

/// A profile. It is stored as a text, JSON, which is sealed as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Profile(ProfileFields);

/// A text is no [`Profile`]. It tells nothing of the text, which is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no profile")]
pub struct NoProfile;

impl Profile {
    /// What it says.
    pub const fn fields(&self) -> &ProfileFields {
        &self.0
    }
}

impl From<ProfileFields> for Profile {
    fn from(fields: ProfileFields) -> Self {
        Self(fields)
    }
}

impl FromStr for Profile {
    type Err = NoProfile;

    fn from_str(text: &str) -> Result<Self, NoProfile> {
        serde_json::from_str(text).map(Self).map_err(|_| NoProfile)
    }
}

impl TryFrom<String> for Profile {
    type Error = NoProfile;

    fn try_from(text: String) -> Result<Self, NoProfile> {
        text.parse()
    }
}

impl From<Profile> for String {
    fn from(profile: Profile) -> Self {
        serde_json::to_string(&profile.0).unwrap_or_default()
    }
}

impl Forgettable for Profile {
    const PLACEHOLDER: &'static str = "{}";
}

impl JsonSchema for Profile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Profile".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "contentMediaType": "application/json" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_a_text_that_is_read_again() {
        let skill = ProfileSkill {
            id: Uuid::from_u128(1),
            name: "Levain".parse().unwrap(),
            level: None,
            category: None,
        };
        let about = ProfileAbout {
            title: Some("Boulangère".parse().unwrap()),
            job_types: vec![JobType::Permanent],
            ..ProfileAbout::default()
        };
        let fields = ProfileFields { about, skills: vec![skill], ..ProfileFields::default() };
        let json = serde_json::to_value(Profile::from(fields.clone())).unwrap();
        let text = r#"{"title":"Boulangère","job_types":["permanent"],"skills":[{"id":"00000000-0000-0000-0000-000000000001","name":"Levain"}]}"#;
        assert_eq!(json, serde_json::Value::String(text.to_owned()));
        assert_eq!(serde_json::from_value::<Profile>(json).unwrap().fields(), &fields);
        assert_eq!(Profile::PLACEHOLDER.parse(), Ok(Profile::default()));
        assert_eq!("[".parse::<Profile>(), Err(NoProfile));
        assert_eq!((fields.completion(), ProfileFields::default().completion()), (40, 0));
    }
}
