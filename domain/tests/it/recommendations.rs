//! Which offers fit somebody: ten invented CVs over 200 invented offers, and what counts for nothing.

use domain::examples::{at, minutes, valid};
use domain::offer::{Contract, OfferContent, OfferPlace, OfferText, Remote, search_terms};
use domain::space::{
    CvWords, Experience, Fit, JobType, LocationType, Match, OfferFacts, PlaceFit, ProfileAbout,
    ProfileFields, ProfileSkill, Seeker, WEIGHTS,
};
use jiff::SignedDuration;
use uuid::Uuid;

/// A trade: what it is called, what one should know, and what its CVs say.
struct Trade {
    job: &'static str,
    skills: [&'static str; 6],
}

const TRADES: [Trade; 10] = [
    Trade {
        job: "Boulanger",
        skills: ["Levain", "Pétrissage", "Viennoiserie", "Cuisson", "HACCP", "Façonnage"],
    },
    Trade {
        job: "Développeur Rust",
        skills: ["Rust", "PostgreSQL", "Linux", "Docker", "Git", "API REST"],
    },
    Trade {
        job: "Infirmier",
        skills: [
            "Perfusions",
            "Pansements",
            "Gériatrie",
            "Urgences",
            "Vaccination",
            "Soins palliatifs",
        ],
    },
    Trade {
        job: "Comptable",
        skills: ["TVA", "Bilan", "Fiscalité", "Sage", "Lettrage", "Liasse fiscale"],
    },
    Trade {
        job: "Électricien",
        skills: [
            "Câblage",
            "Domotique",
            "Habilitation BR",
            "Tableaux électriques",
            "Dépannage",
            "Photovoltaïque",
        ],
    },
    Trade {
        job: "Professeur de mathématiques",
        skills: [
            "Algèbre",
            "Géométrie",
            "Pédagogie",
            "Probabilités",
            "Évaluation",
            "Soutien scolaire",
        ],
    },
    Trade {
        job: "Chauffeur poids lourd",
        skills: ["Permis C", "FIMO", "Tachygraphe", "Livraison", "Arrimage", "Transpalette"],
    },
    Trade {
        job: "Data analyst",
        skills: ["Python", "Power BI", "Statistiques", "SQL", "Visualisation", "Tableau"],
    },
    Trade {
        job: "Serveur",
        skills: ["Encaissement", "Sommellerie", "Dressage", "Bar", "Anglais", "Banquets"],
    },
    Trade {
        job: "Jardinier",
        skills: ["Taille", "Tonte", "Arrosage", "Élagage", "Maçonnerie paysagère", "Certiphyto"],
    },
];

const CITIES: [(&str, &str); 5] = [
    ("Nantes", "44000"),
    ("Saint-Nazaire", "44600"),
    ("Lyon", "69003"),
    ("Lille", "59000"),
    ("Paris", "75011"),
];

fn now() -> jiff::Timestamp {
    at("2026-11-28T09:00:00Z")
}

/// The offer number `nth` of a trade, 0 to 19: each fifth is in Nantes, each second is for an open end; they ask for
/// four to six skills of the trade, for one more that nobody here has with each fifth, and each is three days older.
fn offer(trade: &Trade, nth: usize) -> OfferContent {
    let (city, code) = CITIES[nth % 5];
    let foreign = ["Mandarin", "Navigation", "Vol à voile", "Harpe"];
    let asked = trade.skills[..6 - nth % 3].iter().chain(&foreign[..nth / 5]);
    let contracts = [Contract::Permanent, Contract::FixedTerm];
    OfferContent {
        places: vec![OfferPlace {
            text: valid(city),
            postal_code: Some(valid(code)),
            country: Some(valid("FR")),
        }],
        remote: Some(Remote::None),
        contract: Some(contracts[nth % 2]),
        skills: asked.map(|skill| valid(skill)).collect(),
        description: OfferText::of_html("<p>Un poste dans une équipe de dix personnes.</p>"),
        posted_at: Some(
            now() - SignedDuration::from_hours(24 * 3 * i64::try_from(nth).unwrap_or_default()),
        ),
        ..OfferContent::new(valid(&format!("{} H/F", trade.job)), valid("Maison Nacre"))
    }
}

fn fit(seeker: &Seeker, offer: &OfferContent) -> Match {
    let terms = search_terms(offer).join(" ");
    let skills: Vec<_> = offer.skills.iter().map(|it| it.as_str().to_owned()).collect();
    let facts = OfferFacts {
        terms: &terms,
        skills: &skills,
        remote: offer.remote,
        contract: offer.contract,
        working_time: offer.working_time,
        since: offer.posted_at.unwrap_or(minutes(0)),
    };
    seeker.fits(facts, now())
}

/// The offers of all trades, the best first, as trade and number.
fn ranked(seeker: &Seeker) -> Vec<(usize, usize, u8)> {
    let all = (0..TRADES.len()).flat_map(|trade| (0..20).map(move |nth| (trade, nth)));
    let mut ranked: Vec<_> = all
        .map(|(trade, nth)| (trade, nth, fit(seeker, &offer(&TRADES[trade], nth)).score))
        .collect();
    ranked.sort_by_key(|(trade, nth, score)| (std::cmp::Reverse(*score), *trade, *nth));
    ranked
}

/// Who somebody is, which counts for nothing.
#[derive(Clone, Copy)]
struct Person {
    name: &'static str,
    about: &'static str,
    address: &'static str,
    contact: &'static str,
}

const PEOPLE: [Person; 4] = [
    Person {
        name: "Marie BOULANGER",
        about: "Née le 3 mars 1965 – 61 ans, mariée, trois enfants",
        address: "12 rue des Jardiniers, 44000 Nantes",
        contact: "marie.boulanger@example.org – 06 12 34 56 78",
    },
    Person {
        name: "Ahmed Serveur",
        about: "24 ans – célibataire",
        address: "3 impasse Python, 69003 Lyon",
        contact: "https://www.example.org/ahmed",
    },
    Person {
        name: "Infirmier Rust",
        about: "Nationalité belge",
        address: "Lille",
        contact: "+32 470 12 34 56",
    },
    Person { name: "N", about: "RQTH", address: "-", contact: "n@example.org" },
];

/// The text of a CV of this trade: the first skills of it.
fn cv(trade: &Trade, person: Person) -> String {
    let Person { name, about, address, contact } = person;
    let skills = trade.skills.join(", ");
    format!(
        "{name}\n{about}\n{address}\n{contact}\n\nExpérience professionnelle\n{job}, Maison Brume, 2019 – 2024\n\nCompétences\n{skills}\n\nÉtat civil\n{about}\n{address}\n\nCentres d’intérêt\nRust, jardinage, Python\n",
        job = trade.job,
    )
}

/// A profile of this trade in Nantes, for an open end.
fn profile(trade: &Trade) -> ProfileFields {
    let skill = |(nth, name): (u128, &&str)| ProfileSkill {
        id: Uuid::from_u128(nth),
        name: valid(name),
        level: None,
        category: None,
    };
    let about = ProfileAbout {
        title: Some(valid(trade.job)),
        location: Some(valid("44000 Nantes")),
        job_types: vec![JobType::Permanent],
        ..ProfileAbout::default()
    };
    let skills = (0..).zip(&trade.skills).map(skill).collect();
    ProfileFields { about, skills, ..ProfileFields::default() }
}

#[test]
fn the_weights_are_of_a_hundred() {
    let all = WEIGHTS;
    assert_eq!(all.skills + all.title + all.place + all.contract + all.recency, 100);
}

#[test]
fn ten_cvs_have_their_own_offers_first_in_the_order_of_what_they_want() {
    for (number, trade) in TRADES.iter().enumerate() {
        let words = CvWords::of(&cv(trade, PEOPLE[number % PEOPLE.len()]));
        let seeker = Seeker::of(&profile(trade), Some(&words));
        let ranked = ranked(&seeker);
        let own: Vec<_> = ranked[..20].iter().map(|(trade, nth, _)| (*trade, *nth)).collect();
        assert!(own.iter().all(|(trade, _)| *trade == number), "{}: {ranked:?}", trade.job);
        let order: Vec<_> = own.iter().map(|(_, nth)| *nth).collect();
        assert_eq!(order, ORDER, "{}: {:?}", trade.job, &ranked[..20]);
        assert_eq!(ranked[0].2, 100, "{}", trade.job);
        assert!(ranked[20].2 <= 20, "what is of another trade is far behind: {:?}", ranked[20]);
    }
}

/// The offers of one's own trade. First the one that is all that is wanted; then what asks for little more, in Nantes or
/// near, for an open end; in the middle what is elsewhere, or for a time; last what asks for three things that nobody
/// here knows, elsewhere, and is old.
const ORDER: [usize; 20] = [0, 6, 10, 2, 1, 4, 5, 16, 8, 15, 3, 12, 11, 14, 18, 7, 9, 13, 19, 17];

#[test]
fn a_cv_alone_finds_its_trade() {
    for (number, trade) in TRADES.iter().enumerate() {
        let words = CvWords::of(&cv(trade, PEOPLE[0]));
        let seeker = Seeker::of(&ProfileFields::default(), Some(&words));
        let ranked = ranked(&seeker);
        assert!(ranked[..20].iter().all(|(trade, ..)| *trade == number), "{}", trade.job);
        // Nothing is said of place and contract: what it asks for and how old it is decide.
        assert_eq!((ranked[0].1, ranked[19].1 >= 15), (0, true), "{}: {ranked:?}", trade.job);
    }
}

#[test]
fn who_somebody_is_changes_nothing() {
    for trade in &TRADES {
        let scores = PEOPLE.map(|person| {
            let mut profile = profile(trade);
            // What the profile says of them beside their work.
            profile.about.phone = Some(valid(&format!("06 {}", person.name.len())));
            profile.about.linkedin_url = Some(valid("https://www.linkedin.com/in/boulanger-rust"));
            profile.about.website_url = Some(valid("https://jardinier.example/"));
            profile.about.years_experience = u8::try_from(person.name.len()).ok();
            profile.about.salary_expectation_min = Some(20_000);
            profile.about.summary = Some(valid(&format!("{}\n{}", person.about, person.contact)));
            let words = CvWords::of(&cv(trade, person));
            ranked(&Seeker::of(&profile, Some(&words)))
        });
        let alone = CvWords::of(&cv(trade, PEOPLE[0]));
        let alone = ranked(&Seeker::of(&profile(trade), Some(&alone)));
        assert!(scores.iter().all(|score| *score == alone), "{}", trade.job);
    }
}

#[test]
fn a_job_is_the_same_for_women_and_men() {
    let offers: Vec<_> = (0..20).map(|nth| offer(&TRADES[2], nth)).collect();
    let of = |job: &str| {
        let mut profile = profile(&TRADES[2]);
        profile.about.title = Some(valid(job));
        let seeker = Seeker::of(&profile, None);
        offers.iter().map(|offer| fit(&seeker, offer)).collect::<Vec<_>>()
    };
    assert_eq!(of("Infirmière"), of("INFIRMIER"));
}

#[test]
fn a_match_says_what_is_found_what_is_missing_and_where() {
    let baker = Seeker::of(&profile(&TRADES[0]), None);
    let near = fit(&baker, &offer(&TRADES[0], 6));
    assert_eq!(near.skills_found.len(), 6);
    assert_eq!(near.skills_missing, ["Mandarin"]);
    assert_eq!((near.title, near.place), (Some(Fit::Yes), Some(PlaceFit::Near)));
    assert_eq!((near.contract, near.days), (Some(Fit::Yes), 18));
    let far = fit(&baker, &offer(&TRADES[0], 3));
    assert_eq!((far.place, far.contract), (Some(PlaceFit::Elsewhere), Some(Fit::No)));
    let nothing = fit(&baker, &offer(&TRADES[1], 0));
    assert_eq!(nothing.score, 0, "the right place makes no job of it: {nothing:?}");
    assert_eq!(nothing.place, Some(PlaceFit::There));
    let untold = OfferContent { places: vec![], contract: None, ..offer(&TRADES[0], 0) };
    let untold = fit(&baker, &untold);
    assert_eq!((untold.place, untold.contract), (Some(PlaceFit::NotSaid), Some(Fit::NotSaid)));
    assert!(untold.score < fit(&baker, &offer(&TRADES[0], 0)).score);
}

#[test]
fn what_is_done_from_anywhere_is_near_everybody_who_does_not_say_no() {
    let remote = OfferContent { remote: Some(Remote::Full), ..offer(&TRADES[1], 3) };
    let mut wanted = profile(&TRADES[1]);
    let place =
        |wanted: &ProfileFields, offer: &OfferContent| fit(&Seeker::of(wanted, None), offer).place;
    assert_eq!(place(&wanted, &remote), Some(PlaceFit::Remote));
    wanted.about.location_types = vec![LocationType::OnSite];
    assert_eq!(place(&wanted, &remote), Some(PlaceFit::Elsewhere));
    wanted.about.location = Some(valid("télétravail"));
    assert_eq!(place(&wanted, &remote), Some(PlaceFit::Remote));
    assert_eq!(place(&wanted, &offer(&TRADES[1], 0)), Some(PlaceFit::Elsewhere));
    wanted.about.location = None;
    assert_eq!(place(&wanted, &offer(&TRADES[1], 0)), Some(PlaceFit::AsWanted));
    wanted.about.location_types = vec![];
    assert_eq!(place(&wanted, &remote), None);
}

#[test]
fn what_somebody_did_counts_and_whoever_says_nothing_fits_nothing() {
    let titled = ProfileFields { skills: vec![], ..profile(&TRADES[0]) };
    let titled = fit(&Seeker::of(&titled, None), &offer(&TRADES[0], 0));
    assert_eq!((titled.score, titled.skills_missing.len()), (100, 6), "skills are left out");
    let mut profile = ProfileFields::default();
    assert!(!Seeker::of(&profile, None).says_something());
    assert_eq!(fit(&Seeker::of(&profile, None), &offer(&TRADES[0], 0)).score, 0);
    profile.experiences.push(Experience {
        id: Uuid::nil(),
        title: valid("Boulangère"),
        company: valid("Développeur Rust SARL"),
        location: None,
        start: None,
        end: None,
        current: false,
        description: Some(valid("Levain, cuisson")),
    });
    let seeker = Seeker::of(&profile, None);
    assert!(seeker.says_something());
    let baker = fit(&seeker, &offer(&TRADES[0], 0));
    assert_eq!(baker.skills_found, ["Levain", "Cuisson"]);
    assert_eq!(baker.title, Some(Fit::Yes));
    assert_eq!(fit(&seeker, &offer(&TRADES[1], 0)).score, 0, "where one worked is no job");
    assert_eq!(seeker.asks(), [["boulang"]]);
}
