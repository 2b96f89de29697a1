//! How an offer fits, and why.
//!
//! Each aspect is worth a number of thousandths and has a weight; what somebody does not say is left out, with its
//! weight. Place, contract and recency count as far as the job does: an offer with which somebody has nothing in
//! common fits them nowhere.

use std::collections::HashMap;

use jiff::Timestamp;

use super::cv_words;
use super::seeker::{Place, Seeker};
use crate::offer::{Contract, Remote, WorkingTime, telling};
use crate::space::{JobType, LocationType};

/// What the aspects weigh, of 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// What somebody can.
    pub skills: u32,
    /// What the job is called.
    pub title: u32,
    /// Where it is.
    pub place: u32,
    /// The contract and the hours.
    pub contract: u32,
    /// How new it is.
    pub recency: u32,
}

/// What the aspects weigh here.
pub const WEIGHTS: Weights = Weights { skills: 45, title: 25, place: 15, contract: 10, recency: 5 };

/// All of an aspect.
const WHOLE: u32 = 1000;
/// What nobody says is worth half of it.
const NOT_SAID: u32 = 500;
/// What a place in the same department is worth.
const NEAR: u32 = 600;
/// What a word of a job is worth that stands in the offer, but not in its title.
const IN_TEXT: u32 = 300;
/// What it is worth that the words of an offer's title stand in a CV.
const IN_CV: u32 = 700;
/// For so many days an offer is new, and after so many it is old.
const NEW: i64 = 2;
const OLD: i64 = 60;
/// The terms of places under which what is done from anywhere is found.
const FROM_ANYWHERE: [&str; 3] = ["l_distance", "l_remote", "l_teletravail"];
/// So many skills are named as a reason.
const NAMED: usize = 12;

/// What of an offer is looked at.
#[derive(Clone, Copy, Debug)]
pub struct OfferFacts<'a> {
    /// The terms by which it is found ([`crate::offer::search_terms`]), in order, parted by spaces.
    pub terms: &'a str,
    /// What one should know, as it says.
    pub skills: &'a [String],
    /// From where one works.
    pub remote: Option<Remote>,
    /// The contract.
    pub contract: Option<Contract>,
    /// The hours.
    pub working_time: Option<WorkingTime>,
    /// When it was published, or first seen.
    pub since: Timestamp,
}

/// How an aspect fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does.
    Yes,
    /// In parts.
    Partly,
    /// It does not.
    No,
    /// The offer does not say.
    NotSaid,
}

names! {
    Fit { Yes = "yes", Partly = "partly", No = "no", NotSaid = "not_said" }
}

/// How the place fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceFit {
    /// It is where somebody wants to work.
    There,
    /// It is in the same department.
    Near,
    /// One works from anywhere.
    Remote,
    /// One works from where they want: at the employer's, or in parts.
    AsWanted,
    /// It is elsewhere, or one works otherwise.
    Elsewhere,
    /// The offer does not say.
    NotSaid,
}

names! {
    PlaceFit {
        There = "there",
        Near = "near",
        Remote = "remote",
        AsWanted = "as_wanted",
        Elsewhere = "elsewhere",
        NotSaid = "not_said",
    }
}

/// How an offer fits, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// 0 to 100.
    pub score: u8,
    /// What it asks for, or says, that they can.
    pub skills_found: Vec<String>,
    /// What it asks for that they do not say.
    pub skills_missing: Vec<String>,
    /// Whether it is the job that they look for, or had; none where they say nothing of it.
    pub title: Option<Fit>,
    /// Whether it is where they want; none where they do not say.
    pub place: Option<PlaceFit>,
    /// Whether it is the contract that they want; none where they do not say.
    pub contract: Option<Fit>,
    /// How many days old it is.
    pub days: u32,
}

/// The terms of skills, which many offers share.
type Stems = HashMap<String, Vec<String>>;

/// The terms of an offer, in order.
struct Terms<'a>(Vec<&'a str>);

impl<'a> Terms<'a> {
    fn has(&self, term: &str) -> bool {
        self.0.binary_search(&term).is_ok()
    }

    fn begin(&self, with: &str) -> impl Iterator<Item = &'a str> {
        let (from, with) = (self.0.partition_point(|term| *term < with), with.to_owned());
        self.0.iter().skip(from).copied().take_while(move |term| term.starts_with(&with))
    }
}

impl Seeker {
    /// How an offer fits them now.
    pub fn fits(&self, offer: OfferFacts<'_>, now: Timestamp) -> Match {
        self.fit(offer, now, &mut Stems::new())
    }

    /// How each of many offers fits them now, in their order.
    pub fn fits_each<'a>(
        &self,
        offers: impl IntoIterator<Item = OfferFacts<'a>>,
        now: Timestamp,
    ) -> Vec<Match> {
        let mut stems = Stems::new();
        offers.into_iter().map(|offer| self.fit(offer, now, &mut stems)).collect()
    }

    fn fit(&self, offer: OfferFacts<'_>, now: Timestamp, stems: &mut Stems) -> Match {
        let terms = Terms(offer.terms.split_ascii_whitespace().collect());
        let skills = self.skills(offer.skills, &terms, stems);
        let title = self.title(&terms);
        let place = self.place(&terms, offer.remote);
        let contract = self.contract(offer.contract, offer.working_time);
        let days = now.duration_since(offer.since).as_hours().max(0) / 24;
        let job = skills.worth.max(title).unwrap_or(0);
        let as_far = |worth: u32| worth * (job * 2).min(WHOLE) / WHOLE;
        let aspects = [
            (WEIGHTS.skills, skills.worth),
            (WEIGHTS.title, title),
            (WEIGHTS.place, place.map(|(worth, _)| as_far(worth))),
            (WEIGHTS.contract, contract.map(|(worth, _)| as_far(worth))),
            (WEIGHTS.recency, Some(as_far(recency(days)))),
        ];
        Match {
            score: score(aspects),
            skills_found: skills.found,
            skills_missing: skills.missing,
            title: title.map(|worth| match worth {
                800.. => Fit::Yes,
                300.. => Fit::Partly,
                _ => Fit::No,
            }),
            place: place.map(|(_, fit)| fit),
            contract: contract.map(|(_, fit)| fit),
            days: u32::try_from(days).unwrap_or(u32::MAX),
        }
    }

    /// What they can of what it asks for; and what they say that they can, and it speaks of.
    fn skills(&self, listed: &[String], terms: &Terms<'_>, stems: &mut Stems) -> Skills {
        let mut skills = Skills::default();
        let mut count = 0;
        for skill in listed {
            let asked =
                stems.entry(skill.clone()).or_insert_with(|| telling(skill.as_str()).collect());
            if asked.is_empty() {
                continue;
            }
            count += 1;
            let knows = cv_words::knows(&self.knows, asked);
            let list = if knows { &mut skills.found } else { &mut skills.missing };
            list.push(skill.clone());
        }
        let found = share(skills.found.len(), count);
        let spoken_of =
            self.skills.iter().filter(|(_, own)| own.iter().all(|term| terms.has(term)));
        let spoken_of: Vec<_> = spoken_of.collect();
        let own = |most: usize| share(spoken_of.len().min(most), self.skills.len().min(most));
        skills.worth = match (found, own(3)) {
            (Some(found), Some(own)) => Some((found * 3 + own) / 4),
            (Some(found), None) => Some(found),
            (None, _) => own(4),
        };
        skills.worth = skills.worth.filter(|_| self.says_skills);
        for (name, own) in spoken_of {
            let is_named = |skill: &String| stems.get(skill).is_some_and(|terms| terms == own);
            if !skills.found.iter().any(is_named) {
                skills.found.push(name.clone());
            }
        }
        skills.found.truncate(NAMED);
        skills.missing.truncate(NAMED);
        skills
    }

    /// Whether it is a job that they look for, or had; or that their CV tells of.
    fn title(&self, terms: &Terms<'_>) -> Option<u32> {
        let of_job = |(job, counts): &(Vec<String>, u32)| {
            let worth = job.iter().map(|term| match term {
                term if terms.has(&format!("t_{term}")) => WHOLE,
                term if terms.has(term) => IN_TEXT,
                _ => 0,
            });
            let worth: u32 = worth.sum();
            worth / u32::try_from(job.len()).unwrap_or(u32::MAX).max(1) * counts / WHOLE
        };
        let jobs = self.titles.iter().map(of_job).max();
        let of_cv = self.has_cv.then(|| {
            let title: Vec<_> = terms.begin("t_").filter_map(|term| term.get(2..)).collect();
            let told = title.iter().filter(|term| self.knows.contains(**term)).count();
            share(told, title.len()).unwrap_or(0) * IN_CV / WHOLE
        });
        jobs.max(of_cv)
    }

    fn place(&self, terms: &Terms<'_>, remote: Option<Remote>) -> Option<(u32, PlaceFit)> {
        let wanted = |kind| self.location_types.is_empty() || self.location_types.contains(&kind);
        let kind = LocationType::of(remote);
        let is_remote = kind == LocationType::Remote;
        Some(match &self.place {
            None if self.location_types.is_empty() => return None,
            None if !wanted(kind) => (0, PlaceFit::Elsewhere),
            None | Some(Place::Anywhere) if is_remote => (WHOLE, PlaceFit::Remote),
            None if remote.is_none() => (NOT_SAID, PlaceFit::NotSaid),
            None => (WHOLE, PlaceFit::AsWanted),
            Some(Place::Anywhere) if remote.is_none() => (NOT_SAID / 2, PlaceFit::NotSaid),
            Some(Place::Anywhere) => (0, PlaceFit::Elsewhere),
            Some(Place::There { .. }) if is_remote && wanted(kind) => (WHOLE, PlaceFit::Remote),
            Some(Place::There { terms: there, department }) => {
                if there.iter().all(|term| terms.has(term)) {
                    (WHOLE, PlaceFit::There)
                } else if department.as_ref().is_some_and(|it| terms.has(it)) {
                    (NEAR, PlaceFit::Near)
                } else if !terms.begin("l_").any(|term| !FROM_ANYWHERE.contains(&term)) {
                    (NOT_SAID, PlaceFit::NotSaid)
                } else {
                    (0, PlaceFit::Elsewhere)
                }
            }
        })
    }

    fn contract(
        &self,
        contract: Option<Contract>,
        time: Option<WorkingTime>,
    ) -> Option<(u32, Fit)> {
        let contracts: Vec<_> = self.job_types.iter().flat_map(|it| it.contracts()).collect();
        let times: Vec<_> =
            self.job_types.iter().filter_map(|it| JobType::working_time(*it)).collect();
        let of_contract = (!contracts.is_empty())
            .then(|| contract.map(|contract| contracts.contains(&&contract)));
        let of_time = (!times.is_empty()).then(|| time.map(|time| times.contains(&time)));
        let asked: Vec<_> = of_contract.into_iter().chain(of_time).collect();
        if asked.is_empty() {
            return None;
        }
        Some(if asked.contains(&Some(false)) {
            (0, Fit::No)
        } else if asked.contains(&None) {
            (NOT_SAID, Fit::NotSaid)
        } else {
            (WHOLE, Fit::Yes)
        })
    }
}

/// What of the skills was found.
#[derive(Default)]
struct Skills {
    worth: Option<u32>,
    found: Vec<String>,
    missing: Vec<String>,
}

/// A part of a whole, in thousandths; `None` where there is no whole.
fn share(part: usize, whole: usize) -> Option<u32> {
    let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
    (part * WHOLE).checked_div(whole)
}

fn recency(days: i64) -> u32 {
    let left = (OLD - days).clamp(0, OLD - NEW) * i64::from(WHOLE) / (OLD - NEW);
    u32::try_from(left).unwrap_or(0)
}

/// The aspects that count, brought to 100.
fn score(aspects: [(u32, Option<u32>); 5]) -> u8 {
    let counted = aspects.iter().filter_map(|(weight, worth)| Some((weight, (*worth)?)));
    let (mut points, mut weights) = (0, 0);
    for (weight, worth) in counted {
        points += weight * worth;
        weights += weight;
    }
    let rounded = (points + weights * 5).checked_div(weights * 10).unwrap_or(0);
    u8::try_from(rounded).unwrap_or(100).min(100)
}
