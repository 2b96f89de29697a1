//! Dossiers of work permits, invented: the same for the same seed.

use domain::permit::{
    Dossier, DossierDates, DossierState, FieldMap, FormAnswer, Holder, Permit, PermitEvent,
    TakeInDossier,
};
use domain::{Decision as _, EmailAddress, Personal};
use event_store::{Actor, ActorKind, EncodeError, NewEvent};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::{encoded, mixed, words};

/// The procedure that they belong to.
pub(crate) const PROCEDURE: u32 = 9_000_001;
/// The first number: far from those of any source.
const FIRST: u64 = 900_000_000;
/// They were filed within so many days.
const DAYS: i64 = 540;

const NATIONALITIES: &[&str] = &[
    "Maroc",
    "Algérie",
    "Tunisie",
    "Sénégal",
    "Côte d'Ivoire",
    "Cameroun",
    "Chine",
    "Inde",
    "Brésil",
    "Liban",
    "Madagascar",
    "Vietnam",
    "Colombie",
    "Corée du Sud",
    "Bénin",
    "Canada",
];
const CONTRACTS: &[&str] =
    &["CDD", "CDI", "Contrat d'apprentissage", "Contrat de professionnalisation"];
const DEPARTMENTS: &[&str] =
    &["75", "13", "69", "31", "33", "59", "44", "67", "34", "92", "93", "2A", "974"];

/// A dossier with all that happened to it.
pub(crate) struct SeededPermit {
    /// The id of its stream.
    pub(crate) id: String,
    events: Vec<PermitEvent>,
    generator: StdRng,
}

impl SeededPermit {
    /// Its events as the log takes them.
    pub(crate) fn encode(mut self) -> Result<Vec<NewEvent>, EncodeError> {
        let actor = Actor::named(ActorKind::System, "permits.sync");
        let events = self.events.into_iter().map(|event| (event, actor.clone()));
        encoded(events, &mut self.generator)
    }
}

/// The dossier number `number` of `seed`, as it stands on `today`.
pub(crate) fn permit(seed: u64, number: u64, today: Date) -> SeededPermit {
    let generator = StdRng::seed_from_u64(mixed(seed.wrapping_add(1), number));
    let mut story = Story { generator, number: FIRST + number, today, events: vec![] };
    story.tell();
    let Story { generator, number, events, .. } = story;
    SeededPermit { id: Permit::id_of(PROCEDURE, number), events, generator }
}

struct Story {
    generator: StdRng,
    number: u64,
    today: Date,
    events: Vec<PermitEvent>,
}

impl Story {
    fn tell(&mut self) {
        let filed = self.today.saturating_sub(self.generator.random_range(0..DAYS).days());
        let minutes = self.generator.random_range(7 * 60..19 * 60);
        let created = midnight(filed) + SignedDuration::from_mins(minutes);
        let today = midnight(self.today);
        let mut dossier = self.dossier(created);
        let mut permit = Permit::Absent;
        let mut at = created;
        self.see(&mut permit, &dossier, at);

        at += self.some(1, 4);
        if at > today || self.chance(4) {
            return;
        }
        dossier.state = DossierState::Received;
        (dossier.dates.received_at, dossier.dates.updated_at) = (Some(at), at);
        self.see(&mut permit, &dossier, at);

        at += self.some(2, 30);
        if at > today || self.chance(3) {
            return;
        }
        (dossier.dates.processed_at, dossier.dates.updated_at) = (Some(at), at);
        dossier.state = match self.generator.random_range(0..100) {
            0..=84 => DossierState::Closed,
            85..=93 => DossierState::Refused,
            _ => DossierState::WithoutContinuation,
        };
        if dossier.state == DossierState::Closed {
            let from = day_of(at).saturating_add(self.generator.random_range(0..20).days());
            let to = from.saturating_add(self.generator.random_range(30..360).days());
            Self::write(&mut dossier, "Date de début APT", &from.to_string());
            Self::write(&mut dossier, "Date de fin APT", &to.to_string());
        }
        self.see(&mut permit, &dossier, at);
    }

    fn see(&mut self, permit: &mut Permit, dossier: &Dossier, at: Timestamp) {
        let seen = TakeInDossier { dossier: dossier.clone(), at };
        for event in seen.decide(permit).expect("a seeded history is one that the rules allow") {
            permit.apply(event.clone());
            self.events.push(event);
        }
    }

    /// What the administration writes into the form.
    fn write(dossier: &mut Dossier, label: &str, text: &str) {
        let answer = FormAnswer { label: label.to_owned(), id: None, text: text.to_owned() };
        let read = FieldMap::own().read(&[answer], &[]);
        dossier.fields.extend(read.expect("a seeded form can be read"));
    }

    fn dossier(&mut self, created: Timestamp) -> Dossier {
        let (first, last) = (self.pick(words::FIRST_NAMES), self.pick(words::LAST_NAMES));
        let (place, code) = words::PLACES[self.generator.random_range(0..words::PLACES.len())];
        let (job, _) = words::JOBS[self.generator.random_range(0..words::JOBS.len())];
        let employer = self.generator.random_range(0..20_000_u32);
        let address = words::address(first, last, self.number);
        let filed = day_of(created);
        let born = filed.saturating_sub(self.generator.random_range(19 * 365..32 * 365).days());
        let title = filed.saturating_add(self.generator.random_range(-60..420).days());
        let salary = self.generator.random_range(1_000..2_400).to_string();
        let hours = self.generator.random_range(10..36).to_string();
        let begins = filed.saturating_add(self.generator.random_range(10..60).days());
        let ends = begins.saturating_add(self.generator.random_range(60..360).days());
        let company = words::employer(employer);
        let said = [
            ("Civilité", self.pick(&["Madame", "Monsieur"]).to_owned()),
            ("Nom", last.to_uppercase()),
            ("Prénom", first.to_owned()),
            ("Nationalité", self.pick(NATIONALITIES).to_owned()),
            ("Date de naissance", born.to_string()),
            ("Lieu de naissance", "Postville".to_owned()),
            ("E-mail", address.clone()),
            ("Téléphone", format!("06000{:05}", self.number % 100_000)),
            ("Commune de résidence en France", place.to_owned()),
            ("Code postal de résidence en France", code.to_owned()),
            ("Département qui figure sur le titre de séjour", self.pick(DEPARTMENTS).to_owned()),
            ("Date d’expiration", title.to_string()),
            ("Demande", "Première demande".to_owned()),
            ("Employeur", company.clone()),
            ("E-mail de l'employeur", format!("recrutement@employeur{employer}.example")),
            ("Emploi occupé", job.to_owned()),
            ("Type de contrat", self.pick(CONTRACTS).to_owned()),
            ("Salaire brut", salary),
            ("Nombre d'heures", hours),
            ("Date de début", begins.to_string()),
            ("Date de fin", ends.to_string()),
        ];
        let said = said.map(|(label, text)| FormAnswer { label: label.to_owned(), id: None, text });
        let address: EmailAddress = words::valid(&address);
        Dossier {
            procedure: PROCEDURE,
            number: self.number,
            state: DossierState::Initiated,
            dates: DossierDates {
                created_at: created,
                initiated_at: Some(created),
                received_at: None,
                processed_at: None,
                updated_at: created,
            },
            holder: Holder {
                email: Some(Personal::new(address.clone())),
                worker_email: Some(Personal::new(address)),
                siret: Some(words::valid(&words::siret(employer))),
                company: Some(Personal::new(words::valid(&company))),
                followers: vec![],
            },
            fields: FieldMap::own().read(&[], &said).expect("a seeded form can be read"),
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.generator.random_ratio(percent, 100)
    }

    fn some(&mut self, least: i64, most: i64) -> SignedDuration {
        SignedDuration::from_mins(self.generator.random_range(least * 1440..most * 1440))
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.generator.random_range(0..from.len())]
    }
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_same_seed_tells_the_same_and_every_end_comes() {
        let today = date(2026, 11, 27);
        let all = |seed| -> Vec<_> {
            (0..300).map(|number| permit(seed, number, today).encode().unwrap()).collect()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        let kinds: std::collections::BTreeSet<_> = (0..300)
            .flat_map(|number| permit(1, number, today).events)
            .map(|event| event.kind().as_str())
            .collect();
        for kind in ["PermitRequested", "PermitExamined", "PermitGranted", "PermitRefused"] {
            assert!(kinds.contains(kind), "{kind} never happens");
        }
    }
}
