//! Somebody who looks for work, as offers are compared with them.

use std::collections::BTreeSet;
use std::fmt;

use super::cv_words::{CvWords, take_prose};
use crate::offer::telling;
use crate::space::alert::{is_anywhere, place_terms};
use crate::space::{JobType, LocationType, ProfileFields};
use crate::words::tokens;

/// So many skills and jobs are searched for at most.
const SEARCHED: usize = 20;
/// What a job that somebody had counts beside the one that they look for, in thousandths.
const EARLIER: u32 = 800;

/// Somebody who looks for work, by what they can and want alone. It is theirs: it is printed nowhere.
#[derive(Clone)]
pub struct Seeker {
    /// What they say that they can, each with its terms.
    pub(super) skills: Vec<(String, Vec<String>)>,
    /// The terms of the jobs that they look for or had, each with what it counts.
    pub(super) titles: Vec<(Vec<String>, u32)>,
    /// Every term of what they can and did.
    pub(super) knows: BTreeSet<String>,
    /// Whether they say anything of what they can, beside what their jobs are called.
    pub(super) says_skills: bool,
    /// Whether a CV was read.
    pub(super) has_cv: bool,
    /// Where they want to work.
    pub(super) place: Option<Place>,
    /// From where.
    pub(super) location_types: Vec<LocationType>,
    /// As what.
    pub(super) job_types: Vec<JobType>,
}

/// Where somebody wants to work.
#[derive(Clone)]
pub(super) enum Place {
    /// From anywhere.
    Anywhere,
    /// There.
    There {
        /// Its terms.
        terms: Vec<String>,
        /// The term of its department.
        department: Option<String>,
    },
}

impl fmt::Debug for Seeker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seeker(…)")
    }
}

fn distinct(text: &str) -> Vec<String> {
    let mut terms = vec![];
    for term in telling(text) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

impl Seeker {
    /// Somebody with this profile, and what their CV says about work.
    pub fn of(profile: &ProfileFields, cv: Option<&CvWords>) -> Self {
        let mut knows = BTreeSet::new();
        let skills: Vec<_> = profile
            .skills
            .iter()
            .map(|skill| (skill.name.to_string(), distinct(skill.name.as_str())))
            .filter(|(_, terms)| !terms.is_empty())
            .collect();
        knows.extend(skills.iter().flat_map(|(_, terms)| terms.clone()));
        let about = &profile.about;
        let wanted = about.title.iter().map(|title| (distinct(title.as_str()), 1000));
        let had = profile.experiences.iter().map(|it| (distinct(it.title.as_str()), EARLIER));
        let titles: Vec<_> = wanted.chain(had).filter(|(terms, _)| !terms.is_empty()).collect();
        let descriptions = profile.experiences.iter().filter_map(|it| it.description.as_ref());
        let learned = profile.educations.iter().filter_map(|it| it.description.as_ref());
        let prose = descriptions.chain(learned).map(crate::Prose::as_str);
        for text in prose.chain(about.summary.as_ref().map(crate::Prose::as_str)) {
            take_prose(text, &mut knows);
        }
        for education in &profile.educations {
            take_prose(education.degree.as_str(), &mut knows);
        }
        knows.extend(cv.into_iter().flat_map(CvWords::terms).cloned());
        let says_skills = !knows.is_empty();
        knows.extend(titles.iter().flat_map(|(terms, _)| terms.clone()));
        Self {
            skills,
            titles,
            knows,
            says_skills,
            has_cv: cv.is_some_and(|cv| !cv.is_empty()),
            place: about.location.as_ref().and_then(|place| Place::of(place.as_str())),
            location_types: about.location_types.clone(),
            job_types: about.job_types.clone(),
        }
    }

    /// Whether there is anything that offers may be compared with: a job, a skill, or a CV.
    pub const fn says_something(&self) -> bool {
        !self.skills.is_empty() || !self.titles.is_empty() || self.has_cv
    }

    /// What an offer that may fit has in it: all terms of one of these at least.
    pub fn asks(&self) -> Vec<Vec<String>> {
        let titles = self.titles.iter().map(|(terms, _)| terms);
        let skills = self.skills.iter().map(|(_, terms)| terms);
        let mut asked: Vec<Vec<String>> = vec![];
        for terms in titles.take(SEARCHED / 2).chain(skills) {
            if asked.len() < SEARCHED && !asked.contains(terms) {
                asked.push(terms.clone());
            }
        }
        asked
    }
}

impl Place {
    fn of(text: &str) -> Option<Self> {
        if is_anywhere(text) {
            return Some(Self::Anywhere);
        }
        let terms = place_terms(text);
        let is_code = |word: &String| word.len() == 5 && word.bytes().all(|it| it.is_ascii_digit());
        let code = tokens(text).into_iter().find(is_code);
        let department = code.and_then(|code| Some(format!("l_{}", code.get(..2)?)));
        Some(Self::There { terms, department }).filter(|place| match place {
            Self::There { terms, .. } => !terms.is_empty(),
            Self::Anywhere => true,
        })
    }
}
