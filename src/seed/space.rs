//! What invented people track, their tasks, their profiles and their alerts: the same for the same seed.

use domain::space::{
    AddTask, AlertCriteria, AlertFrequency, AlertZone, CandidateProfile, CandidateProfileEvent,
    CandidateTask, CandidateTaskEvent, ChangeProfile, ChangeTracked, CreateAlert, CriteriaFields,
    DayOrTime, JobAlert, JobAlertEvent, JobType, ProfileAbout, ProfileEdit, TaskDetails,
    TaskStatus, TrackApplication, TrackedApplication, TrackedApplicationEvent, TrackedDetails,
    TrackedStatus,
};
use domain::{Decision, Personal};
use event_store::{Actor, ActorKind, EncodeError, NewEvent};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

use super::{encoded, id_at, mixed, words};

/// They applied within so many days.
const DAYS: i64 = 180;
/// What keeps their chance apart from that of others of the same seed and number.
const TRACKED: u64 = 0x57ac_0e4d;
const TASKS: u64 = 0x57ac_7a5c;
const ALERTS: u64 = 0x57ac_a1e7;
const PROFILES: u64 = 0x57ac_9f11;
/// Whatever its frequency, it is the time of an alert that is so many days old.
const DUE: i64 = 32;

/// What is to be done about an application.
const TO_DO: &[&str] = &[
    "Relancer",
    "Préparer l'entretien",
    "Envoyer le portfolio",
    "Appeler le service du personnel",
    "Écrire un mot de remerciement",
    "Relire le CV",
];

/// An application that somebody tracks, a task, a profile or an alert, with all that happened to it.
pub(crate) struct Seeded<E> {
    /// The id of its stream.
    pub(crate) id: Uuid,
    owner: Uuid,
    events: Vec<E>,
    generator: StdRng,
}

impl<E: domain::Events> Seeded<E> {
    /// Its events as the log takes them.
    pub(crate) fn encode(mut self) -> Result<Vec<NewEvent>, EncodeError> {
        let actor = Actor::named(ActorKind::Candidate, self.owner.to_string());
        let events = self.events.into_iter().map(|event| (event, actor.clone()));
        encoded(events, &mut self.generator)
    }
}

/// The application number `number` of `seed` that this account tracks.
pub(crate) fn tracked(
    seed: u64,
    number: u64,
    owner: Uuid,
    today: Timestamp,
) -> Seeded<TrackedApplicationEvent> {
    let mut generator = StdRng::seed_from_u64(mixed(seed ^ TRACKED, number));
    let at = today - SignedDuration::from_mins(generator.random_range(1..DAYS * 24 * 60));
    let id = id_at(at, &mut generator);
    let (job, _) = words::JOBS[generator.random_range(0..words::JOBS.len())];
    let (town, _) = words::PLACES[generator.random_range(0..words::PLACES.len())];
    let company = words::employer(generator.random_range(0..5_000));
    let line = |text: &str| Personal::new(words::valid(text));
    let details = TrackedDetails {
        company: line(&company),
        position: line(job),
        location: Some(Personal::new(words::valid(town))),
        url: None,
        applied_on: DayOrTime::Day(at.to_zoned(jiff::tz::TimeZone::UTC).date()),
    };
    let status = TrackedStatus::Sent;
    let first = TrackApplication { owner, details, status, description: None, notes: vec![], at };
    let mut state = TrackedApplication::default();
    let mut events = vec![];
    let mut take = |decision: &dyn Decision<Aggregate = TrackedApplication>| {
        for event in decision.decide(&state).unwrap_or_default() {
            state.apply(event.clone());
            events.push(event);
        }
    };
    take(&first);
    let mut when = at;
    for _ in 0..generator.random_range(0..3_u32) {
        when += SignedDuration::from_hours(generator.random_range(20..300));
        if when >= today {
            break;
        }
        let to = TrackedStatus::ALL[generator.random_range(2..TrackedStatus::ALL.len())];
        take(&ChangeTracked { status: Some(to), at: when, ..ChangeTracked::default() });
    }
    Seeded { id, owner, events, generator }
}

/// The task number `number` of `seed` of this account.
pub(crate) fn task(
    seed: u64,
    number: u64,
    owner: Uuid,
    today: Timestamp,
) -> Seeded<CandidateTaskEvent> {
    let mut generator = StdRng::seed_from_u64(mixed(seed ^ TASKS, number));
    let at = today - SignedDuration::from_mins(generator.random_range(1..DAYS * 24 * 60));
    let id = id_at(at, &mut generator);
    let title = TO_DO[generator.random_range(0..TO_DO.len())];
    let due = today + SignedDuration::from_hours(24 * generator.random_range(-20..40));
    let due = DayOrTime::Day(due.to_zoned(jiff::tz::TimeZone::UTC).date());
    let details = TaskDetails {
        title: Personal::new(words::valid(title)),
        description: None,
        due_on: Some(due).filter(|_| generator.random_ratio(3, 4)),
        application: None,
    };
    let status = if generator.random_ratio(2, 3) { TaskStatus::Done } else { TaskStatus::ToDo };
    let add = AddTask { owner, details, status, at };
    let events = add.decide(&CandidateTask::default()).unwrap_or_default();
    Seeded { id, owner, events, generator }
}

/// The alert number `number` of `seed` of this account. Every offer is new to it.
pub(crate) fn alert(
    seed: u64,
    number: u64,
    owner: Uuid,
    today: Timestamp,
) -> Seeded<JobAlertEvent> {
    let mut generator = StdRng::seed_from_u64(mixed(seed ^ ALERTS, number));
    let at = today - SignedDuration::from_mins(generator.random_range(DUE..DAYS) * 24 * 60);
    let id = id_at(at, &mut generator);
    let (job, _) = words::JOBS[generator.random_range(0..words::JOBS.len())];
    let (town, _) = words::PLACES[generator.random_range(0..words::PLACES.len())];
    let is_anywhere = generator.random_ratio(1, 4);
    let fields = CriteriaFields {
        keywords: vec![words::valid(job)],
        location: Some(words::valid(if is_anywhere { "télétravail" } else { town })),
        job_types: generator.random_ratio(1, 5).then_some(JobType::Permanent).into_iter().collect(),
        salary_min: generator.random_ratio(1, 3).then(|| generator.random_range(20..45) * 1000),
        ..CriteriaFields::default()
    };
    let name = words::valid(&format!("{job} – {town}"));
    let frequency = AlertFrequency::ALL[generator.random_range(0..AlertFrequency::ALL.len())];
    let events = AlertCriteria::new(fields).ok().and_then(|criteria| {
        let zone = AlertZone::default();
        let create = CreateAlert { owner, name, criteria, frequency, zone, up_to: 0, at };
        create.decide(&JobAlert::default()).ok()
    });
    Seeded { id, owner, events: events.unwrap_or_default(), generator }
}

/// The profile of this account, which is the one of this number of `seed`: a job and a town.
pub(crate) fn profile(
    seed: u64,
    number: u64,
    owner: Uuid,
    today: Timestamp,
) -> Seeded<CandidateProfileEvent> {
    let mut generator = StdRng::seed_from_u64(mixed(seed ^ PROFILES, number));
    let at = today - SignedDuration::from_mins(generator.random_range(1..DAYS * 24 * 60));
    let (job, _) = words::JOBS[generator.random_range(0..words::JOBS.len())];
    let (town, _) = words::PLACES[generator.random_range(0..words::PLACES.len())];
    let about = ProfileAbout {
        title: Some(words::valid(job.trim_end_matches(" (H/F)"))),
        location: Some(words::valid(town)),
        job_types: generator.random_ratio(1, 2).then_some(JobType::Permanent).into_iter().collect(),
        ..ProfileAbout::default()
    };
    let change = ChangeProfile { owner, edit: ProfileEdit::About(Box::new(about)), at };
    let events = change.decide(&CandidateProfile::default()).unwrap_or_default();
    Seeded { id: owner, owner, events, generator }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_invents_the_same() {
        let today = "2026-11-28T00:00:00Z".parse().unwrap();
        let owner = Uuid::from_u128(7);
        for number in 0..200 {
            let (one, again) = (tracked(1, number, owner, today), tracked(1, number, owner, today));
            assert_eq!((one.id, &one.events), (again.id, &again.events));
            assert!(!one.events.is_empty());
            assert_eq!(task(1, number, owner, today).events.len(), 1);
            let profiles = [1, 1].map(|seed| profile(seed, number, owner, today).events);
            assert_eq!((profiles[0].len(), &profiles[0]), (1, &profiles[1]));
            let alerts = [1, 1].map(|seed| alert(seed, number, owner, today).events);
            assert_eq!((alerts[0].len(), &alerts[0]), (1, &alerts[1]));
        }
    }
}
