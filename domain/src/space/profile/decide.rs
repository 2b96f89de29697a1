//! What may be decided about a profile.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    CandidateProfile, CandidateProfileEvent, Education, Experience, MAX_EDUCATIONS,
    MAX_EXPERIENCES, MAX_SKILLS, Profile, ProfileAbout, ProfileFields, ProfileSkill,
};
use crate::space::{Owned as _, SpaceRefusal};
use crate::{Decision, Personal};

type Outcome = Result<Vec<CandidateProfileEvent>, SpaceRefusal>;

/// What is to be otherwise in a profile.
#[derive(Clone, Debug)]
pub enum ProfileEdit {
    /// All that somebody is and looks for.
    About(Box<ProfileAbout>),
    /// A post, under its id: a new one, or one in the place of what was there.
    Experience(Box<Experience>),
    /// A course.
    Education(Box<Education>),
    /// A skill.
    Skill(Box<ProfileSkill>),
    /// All that they are and look for, and all skills: what is called as before keeps its id, level and kind.
    Whole {
        /// What they are and look for.
        about: Box<ProfileAbout>,
        /// What they can.
        skills: Vec<ProfileSkill>,
    },
    /// There is to be no post of this id.
    RemoveExperience(Uuid),
    /// There is to be no course of this id.
    RemoveEducation(Uuid),
    /// There is to be no skill of this id.
    RemoveSkill(Uuid),
}

/// The owner changes their profile; what is as it was is no event.
#[derive(Clone, Debug)]
pub struct ChangeProfile {
    /// Whose it is.
    pub owner: Uuid,
    /// What is to be otherwise.
    pub edit: ProfileEdit,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeProfile {
    type Aggregate = CandidateProfile;

    fn decide(&self, state: &CandidateProfile) -> Outcome {
        state.of(self.owner)?;
        if matches!(state, CandidateProfile::Erased { .. }) {
            return Err(SpaceRefusal::Erased);
        }
        let before = state.fields();
        let fields = edited(before.clone(), &self.edit)?;
        if fields == before {
            return Ok(vec![]);
        }
        let profile = Box::new(Personal::new(Profile::from(fields)));
        let (owner, at) = (self.owner, self.at);
        Ok(vec![CandidateProfileEvent::CandidateProfileChanged { owner, profile, at }])
    }
}

fn edited(mut fields: ProfileFields, edit: &ProfileEdit) -> Result<ProfileFields, SpaceRefusal> {
    match edit {
        ProfileEdit::About(about) => fields.about = ordered(about),
        ProfileEdit::Experience(it) => {
            put(&mut fields.experiences, it, |it| it.id, MAX_EXPERIENCES)?;
        }
        ProfileEdit::Education(it) => put(&mut fields.educations, it, |it| it.id, MAX_EDUCATIONS)?,
        ProfileEdit::Skill(it) => put(&mut fields.skills, it, |it| it.id, MAX_SKILLS)?,
        ProfileEdit::Whole { about, skills } => {
            fields.about = ordered(about);
            fields.skills = renamed(&fields.skills, skills)?;
        }
        ProfileEdit::RemoveExperience(id) => remove(&mut fields.experiences, |it| it.id == *id)?,
        ProfileEdit::RemoveEducation(id) => remove(&mut fields.educations, |it| it.id == *id)?,
        ProfileEdit::RemoveSkill(id) => remove(&mut fields.skills, |it| it.id == *id)?,
    }
    Ok(fields)
}

/// Bounds that are the wrong way round are exchanged.
fn ordered(about: &ProfileAbout) -> ProfileAbout {
    let mut about = about.clone();
    if let (Some(min), Some(max)) = (about.salary_expectation_min, about.salary_expectation_max) {
        about.salary_expectation_min = Some(min.min(max));
        about.salary_expectation_max = Some(min.max(max));
    }
    about
}

fn put<T: Clone>(
    items: &mut Vec<T>,
    item: &T,
    id: impl Fn(&T) -> Uuid,
    max: usize,
) -> Result<(), SpaceRefusal> {
    if let Some(known) = items.iter_mut().find(|known| id(known) == id(item)) {
        *known = item.clone();
        return Ok(());
    }
    if items.len() >= max {
        return Err(SpaceRefusal::TooManyEntries { max });
    }
    items.push(item.clone());
    Ok(())
}

fn remove<T>(items: &mut Vec<T>, is: impl Fn(&T) -> bool) -> Result<(), SpaceRefusal> {
    let before = items.len();
    items.retain(|item| !is(item));
    if items.len() == before { Err(SpaceRefusal::NoSuchEntry) } else { Ok(()) }
}

fn renamed(
    before: &[ProfileSkill],
    skills: &[ProfileSkill],
) -> Result<Vec<ProfileSkill>, SpaceRefusal> {
    if skills.len() > MAX_SKILLS {
        return Err(SpaceRefusal::TooManyEntries { max: MAX_SKILLS });
    }
    let known = |skill: &ProfileSkill| before.iter().find(|known| known.name == skill.name);
    Ok(skills.iter().map(|skill| known(skill).unwrap_or(skill).clone()).collect())
}

/// Its data are erased; erasing twice is erasing once.
#[derive(Clone, Copy, Debug)]
pub struct EraseProfile {
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseProfile {
    type Aggregate = CandidateProfile;

    fn decide(&self, state: &CandidateProfile) -> Outcome {
        let at = self.at;
        match state {
            CandidateProfile::Absent => Err(SpaceRefusal::NotFound),
            CandidateProfile::Known(_) => {
                Ok(vec![CandidateProfileEvent::CandidateProfileErased { at }])
            }
            CandidateProfile::Erased { .. } => Ok(vec![]),
        }
    }
}
