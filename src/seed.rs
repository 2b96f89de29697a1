//! Applications for trying things out and for measuring: realistic, and the same for the same seed.
//!
//! Every event that would cause an e-mail stands beside its outcome, so that no reaction is left to
//! do: nothing is ever mailed. Addresses lie in domains that nobody can own (RFC 2606).

pub(crate) mod accounts;
pub(crate) mod offers;
pub(crate) mod permits;
mod words;

use domain::application::{
    AnswerDraft, AnswerId, AnswerKind, Application, ApplicationEvent, GiveAnswer, Letter,
    RecordAnswerSent, RecordConfirmed, RecordEmailFailed, RecordReceiptSent, RecordSentToEmployer,
    RecordWithdrawalSent, SubmissionDraft, Submit, Withdraw,
};
use domain::{Decision, Events, JobApplication, Language, PartnerId, Personal};
use event_store::{Actor, ActorKind, EncodeError, Metadata, NewEvent};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::{Builder, Uuid};

/// The first application is submitted then.
const BEGIN: &str = "2025-01-06T07:00:00Z";
/// One application after another.
const EVERY: SignedDuration = SignedDuration::from_secs(30);

/// One application with all that happened to it.
pub(crate) struct Seeded {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its events with who did each.
    events: Vec<(ApplicationEvent, Actor)>,
    generator: StdRng,
}

/// The clients are called `seed-1`, `seed-2` and so on.
pub(crate) fn client_id(number: u64) -> PartnerId {
    format!("seed-{number}").parse().expect("the name is a client id")
}

/// The application number `number` of `seed`, through one of so many clients.
pub(crate) fn application(seed: u64, number: u64, partners: u64) -> Seeded {
    let mut story = Story::new(StdRng::seed_from_u64(mixed(seed, number)), number, partners);
    story.tell();
    let Story { generator, id, events, .. } = story;
    Seeded { id, events, generator }
}

impl Seeded {
    /// Its events as the log takes them.
    pub(crate) fn encode(mut self) -> Result<Vec<NewEvent>, EncodeError> {
        encoded(self.events, &mut self.generator)
    }

    /// Its events.
    #[cfg(test)]
    fn events(&self) -> impl Iterator<Item = &ApplicationEvent> {
        self.events.iter().map(|(event, _)| event)
    }
}

/// What the chance of one story of a seed begins with.
const fn mixed(seed: u64, number: u64) -> u64 {
    seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03)
}

/// Events as the log takes them, each caused by the one before.
fn encoded<E: Events>(
    events: impl IntoIterator<Item = (E, Actor)>,
    generator: &mut StdRng,
) -> Result<Vec<NewEvent>, EncodeError> {
    let mut encoded: Vec<NewEvent> = vec![];
    for (event, actor) in events {
        let event_id = id_at(event.at(), generator);
        let first = encoded.first().map(|first| first.event_id);
        let metadata = Metadata {
            event_id,
            correlation_id: first.unwrap_or(event_id),
            causation_id: encoded.last().map_or(event_id, |last| last.event_id),
            actor,
            trace_id: None,
            span_id: None,
        };
        encoded.push(NewEvent::encode(&event, event_id, metadata)?);
    }
    Ok(encoded)
}

/// A UUID of version 7 of this time; its chance is the generator's.
fn id_at(at: Timestamp, generator: &mut StdRng) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let random: [u8; 10] = generator.random();
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// An application while it is told.
struct Story {
    generator: StdRng,
    number: u64,
    partner: PartnerId,
    id: Uuid,
    at: Timestamp,
    state: JobApplication,
    events: Vec<(ApplicationEvent, Actor)>,
}

impl Story {
    fn new(mut generator: StdRng, number: u64, partners: u64) -> Self {
        let begin: Timestamp = BEGIN.parse().expect("the beginning is a time");
        let passed = EVERY.saturating_mul(i32::try_from(number).unwrap_or(i32::MAX));
        let at = begin + passed + SignedDuration::from_millis(generator.random_range(0..30_000));
        let partner = client_id(generator.random_range(1..=partners));
        let id = id_at(at, &mut generator);
        Self { generator, number, partner, id, at, state: JobApplication::Absent, events: vec![] }
    }

    fn tell(&mut self) {
        let confirmed = self.chance(70);
        let submission = self.submission(confirmed);
        let partner = Actor::named(ActorKind::Partner, self.partner.to_string());
        self.decide(&Submit { submission, request_digest: None, at: self.at }, &partner);
        self.later(2, 20);
        if self.chance(2) {
            let cause = Personal::new(words::valid("550 5.1.1 mailbox unknown"));
            let letter = Letter::Employer;
            let failed = RecordEmailFailed { letter, cause, at: self.at };
            self.decide(&failed, &system("employer_email"));
        } else {
            let sent =
                RecordSentToEmployer { message_id: self.message_id("employer"), at: self.at };
            self.decide(&sent, &system("employer_email"));
        }
        if confirmed {
            self.later(1, 5);
            let message_id = self.message_id("confirmation");
            self.decide(
                &RecordConfirmed { message_id, at: self.at },
                &system("confirmation_email"),
            );
        }
        let answered = self.chance(40);
        if answered {
            self.answers();
        }
        if self.chance(3) && self.state.open().is_ok() {
            self.later(3_600, 500_000);
            self.decide(&Withdraw { reason: None, at: self.at }, &Actor::new(ActorKind::Candidate));
            self.later(1, 3);
            self.tell_of_withdrawal();
        }
    }

    fn answers(&mut self) {
        self.later(3_600, 1_200_000);
        if self.chance(15) {
            self.answer(AnswerKind::Info);
            self.later(86_400, 500_000);
        }
        if self.chance(30) {
            self.answer(AnswerKind::Interview);
            self.later(400_000, 1_500_000);
            match self.generator.random_range(0..10) {
                0..=2 => self.answer(AnswerKind::Hire),
                3..=6 => self.answer(AnswerKind::Rejection),
                _ => {}
            }
        } else {
            self.answer(AnswerKind::Rejection);
        }
    }

    fn tell_of_withdrawal(&mut self) {
        let letters = self.state.known().map(Application::withdrawal_letters);
        for letter in letters.unwrap_or_default() {
            let reactor = match letter {
                Letter::Cancellation => "cancellation_email",
                Letter::RecruiterWithdrawal { .. } => "recruiter_withdrawal_email",
                _ => "withdrawal_email",
            };
            let message_id = self.message_id(letter.name());
            let sent = RecordWithdrawalSent { letter, message_id, at: self.at };
            self.decide(&sent, &system(reactor));
        }
    }

    /// An answer with its receipt and its letter.
    fn answer(&mut self, kind: AnswerKind) {
        let answers_seen = self.state.known().map_or(0, |known| known.answers.len());
        let answer_id = AnswerId(id_at(self.at, &mut self.generator));
        let answer = self.answer_draft().parse(kind, self.at).expect("a seeded answer is valid");
        let undo_until = self.at + SignedDuration::from_mins(2);
        let at = self.at;
        let given =
            GiveAnswer { id: answer_id, answer, answers_seen, evidence: None, undo_until, at };
        self.decide(&given, &Actor::new(ActorKind::Recruiter));
        self.later(1, 3);
        let receipt =
            RecordReceiptSent { answer_id, message_id: self.message_id("receipt"), at: self.at };
        self.decide(&receipt, &system("recruiter_receipt"));
        self.later(120, 125);
        let sent =
            RecordAnswerSent { answer_id, message_id: self.message_id("answer"), at: self.at };
        self.decide(&sent, &system("answer_email"));
    }

    fn decide<D: Decision<Aggregate = JobApplication>>(&mut self, decision: &D, actor: &Actor) {
        let events = decision.decide(&self.state);
        for event in events.expect("a seeded history is one that the rules allow") {
            cqrs_es::Aggregate::apply(&mut self.state, event.clone());
            self.events.push((event, actor.clone()));
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.generator.random_ratio(percent, 100)
    }

    /// Lets so many seconds pass.
    fn later(&mut self, least: i64, most: i64) {
        self.at +=
            SignedDuration::from_millis(self.generator.random_range(least * 1000..most * 1000));
    }

    fn message_id(&mut self, kind: &str) -> domain::Line<255> {
        let random: u64 = self.generator.random();
        words::valid(&format!("{random:016x}.{kind}@seed.postulo.example"))
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.generator.random_range(0..from.len())]
    }

    fn submission(&mut self, send_confirmation: bool) -> domain::application::Submission {
        let language = if self.chance(85) { Language::Fr } else { Language::En };
        let (first, last) = (self.pick(words::FIRST_NAMES), self.pick(words::LAST_NAMES));
        let (job, rome) = words::JOBS[self.generator.random_range(0..words::JOBS.len())];
        let (place, code) = words::PLACES[self.generator.random_range(0..words::PLACES.len())];
        let employer = self.generator.random_range(0..20_000_u32);
        let (house, street) = (self.generator.random_range(1..150), self.pick(words::STREETS));
        let phone = self.generator.random_range(0..1_000_000_u32);
        let mobile = self.pick(words::MOBILES);
        let mut draft = SubmissionDraft::default();
        let mut set = |name: &str, value: String| {
            draft.set(name, value);
        };
        set("candidate_email", words::address(first, last, self.number));
        set("candidate_first_name", first.to_owned());
        set("candidate_last_name", last.to_owned());
        set("candidate_phone", format!("{mobile}{phone:06}"));
        set("candidate_address", format!("{house} {street}, {code} {place}"));
        set("candidate_peid", format!("{:07}{}", self.number % 10_000_000, 'A'));
        set("candidate_rome_code", rome.to_owned());
        set("employer_email", format!("recrutement@employeur{employer}.example"));
        set("employer_description", words::employer(employer));
        set("siret", words::siret(employer));
        set("job", job.to_owned());
        let message = self.message(language, job, place);
        draft.set("message", message);
        draft.send_confirmation = send_confirmation;
        draft.parse(self.partner.clone(), language, vec![]).expect("a seeded application is valid")
    }

    /// Some sentences, as long as people write.
    fn message(&mut self, language: Language, job: &str, place: &str) -> String {
        let (greeting, sentences, closing) = words::letter(language);
        let mut message = format!("{greeting}\n\n");
        for _ in 0..self.generator.random_range(3..9) {
            message.push_str(&self.pick(sentences).replace("JOB", job).replace("PLACE", place));
            message.push(' ');
        }
        format!("{}\n\n{closing}", message.trim_end())
    }

    fn answer_draft(&mut self) -> AnswerDraft {
        let day = (self.at + SignedDuration::from_hours(24 * self.generator.random_range(3..20)))
            .to_zoned(jiff::tz::TimeZone::UTC);
        let (first, last) = (self.pick(words::FIRST_NAMES), self.pick(words::LAST_NAMES));
        AnswerDraft {
            reason: self.pick(words::REASONS).to_owned(),
            place: self.pick(words::INTERVIEWS).to_owned(),
            date: day.strftime("%Y-%m-%d").to_string(),
            time: self.pick(&["09:00", "10:30", "14:00", "16:15"]).to_owned(),
            zone: "Europe/Paris".to_owned(),
            recruiter_name: Personal::new(format!("{first} {last}")),
            recruiter_email: Personal::new(words::address(first, last, self.number)),
            message: Personal::new(self.pick(words::ANSWERS).to_owned()),
            confirmed: true,
            ..AnswerDraft::default()
        }
    }
}

fn system(reactor: &str) -> Actor {
    Actor::named(ActorKind::System, reactor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_and_another_one_something_else() {
        let all = |seed| -> Vec<_> {
            (0..200).map(|number| application(seed, number, 5).encode().unwrap()).collect()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn every_story_leaves_no_letter_to_be_sent() {
        let mut kinds = std::collections::BTreeSet::new();
        for number in 0..2_000 {
            let seeded = application(7, number, 5);
            let state = JobApplication::replay(seeded.events().cloned());
            let known = state.known().unwrap();
            let pending = |delivery: &domain::application::Delivery| {
                matches!(delivery, domain::application::Delivery::Pending)
            };
            assert!(!pending(&known.employer_email));
            assert!(!known.submission.send_confirmation || !pending(&known.confirmation));
            assert!(known.answers.iter().all(|it| !pending(&it.email) && !pending(&it.receipt)));
            let told = known.withdrawal_letters();
            assert!(told.iter().all(|it| known.delivery(*it).is_some_and(|it| !pending(it))));
            assert!(known.submission.candidate.email.reveal().as_str().ends_with(".example"));
            assert!(known.submission.employer.email.reveal().as_str().ends_with(".example"));
            kinds.extend(seeded.events().map(|event| event.kind().as_str()));
            let times: Vec<_> = seeded.events().map(ApplicationEvent::at).collect();
            assert!(times.is_sorted());
        }
        for kind in ["Submitted", "Rejected", "InterviewProposed", "Hired", "Withdrawn"] {
            assert!(kinds.contains(kind), "{kind} never happens");
        }
    }
}
