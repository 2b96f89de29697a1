//! Job offers, invented: the same for the same seed.

use domain::Personal;
use domain::offer::{
    Contract, Currency, JobOffer, OfferContent, OfferEvent, OfferPlace, OfferSource, OfferText,
    PayPeriod, Remote, Salary, WorkingTime,
};
use event_store::{Actor, ActorKind, EncodeError, NewEvent};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

use super::{encoded, mixed, words};

/// They were published within so many days.
const DAYS: i64 = 21;

/// A trade: its titles, what one does, what one knows, and what is paid a year from and to, in thousands.
struct Trade {
    titles: &'static [&'static str],
    tasks: &'static [&'static str],
    skills: &'static [&'static str],
    pay: (u64, u64),
    from_home: bool,
}

const TRADES: &[Trade] = &[
    Trade {
        titles: &["Boulanger", "Boulangère tourière", "Chef boulanger"],
        tasks: &[
            "Pétrir, façonner et cuire les pains de tradition",
            "Tenir le fournil de quatre heures à midi",
            "Transmettre les gestes à deux apprentis",
            "Créer avec nous le pain de saison",
        ],
        skills: &["Pétrissage", "Levain", "Hygiène alimentaire", "Travail de nuit"],
        pay: (23, 32),
        from_home: false,
    },
    Trade {
        titles: &["Infirmier diplômé d’État", "Infirmière de nuit", "Infirmier en EHPAD"],
        tasks: &[
            "Soigner et écouter les résidents d’un service de vingt-quatre lits",
            "Préparer et tracer les traitements",
            "Accueillir les familles",
            "Encadrer les élèves infirmiers",
        ],
        skills: &["Soins infirmiers", "Pharmacologie", "Écoute", "Transmissions ciblées"],
        pay: (27, 39),
        from_home: false,
    },
    Trade {
        titles: &["Développeur Rust", "Développeuse back-end Rust", "Ingénieur logiciel Rust"],
        tasks: &[
            "Concevoir des services tenus par des tests",
            "Relire le code des autres, et faire relire le vôtre",
            "Suivre en production ce que vous livrez",
            "Choisir avec l’équipe ce qui ne sera pas fait",
        ],
        skills: &["Rust", "SQL", "PostgreSQL", "Linux", "HTTP"],
        pay: (42, 68),
        from_home: true,
    },
    Trade {
        titles: &["Data engineer", "Ingénieure données", "Data analyst"],
        tasks: &[
            "Rendre fiables les flux de données du groupe",
            "Construire des tableaux que les métiers comprennent",
            "Documenter ce que chaque chiffre veut dire",
        ],
        skills: &["Python", "SQL", "Airflow", "dbt", "Modélisation"],
        pay: (40, 60),
        from_home: true,
    },
    Trade {
        titles: &["Comptable", "Comptable fournisseurs", "Chef comptable"],
        tasks: &[
            "Tenir les comptes fournisseurs et clients",
            "Préparer les clôtures mensuelles",
            "Dialoguer avec le commissaire aux comptes",
        ],
        skills: &["Comptabilité générale", "TVA", "Excel", "Sage"],
        pay: (28, 45),
        from_home: true,
    },
    Trade {
        titles: &["Serveur en brasserie", "Serveuse en restauration", "Chef de rang"],
        tasks: &[
            "Accueillir, conseiller, servir en salle et en terrasse",
            "Connaître la carte et les vins sur le bout des doigts",
            "Garder le sourire un samedi soir",
        ],
        skills: &["Service à l’assiette", "Anglais", "Encaissement"],
        pay: (22, 29),
        from_home: false,
    },
    Trade {
        titles: &[
            "Électricien du bâtiment",
            "Électricienne de chantier",
            "Chef d’équipe électricité",
        ],
        tasks: &[
            "Tirer les lignes et poser les tableaux de logements neufs",
            "Lire les plans et chiffrer les reprises",
            "Mettre en service et expliquer aux habitants",
        ],
        skills: &["Habilitation B2V", "Lecture de plans", "Permis B"],
        pay: (25, 36),
        from_home: false,
    },
    Trade {
        titles: &["Conducteur de bus", "Conductrice de car scolaire", "Conducteur-receveur"],
        tasks: &[
            "Conduire en douceur les lignes de l’agglomération",
            "Renseigner les voyageurs",
            "Signaler ce qui cloche avant que cela casse",
        ],
        skills: &["Permis D", "FIMO voyageurs", "Relation client"],
        pay: (24, 31),
        from_home: false,
    },
    Trade {
        titles: &["Aide-soignant", "Aide-soignante à domicile", "Auxiliaire de vie"],
        tasks: &[
            "Aider au lever, à la toilette, au repas",
            "Veiller au confort et prévenir l’infirmière",
            "Faire des tournées courtes, à moins de dix kilomètres",
        ],
        skills: &["Diplôme d’aide-soignant", "Bientraitance", "Permis B"],
        pay: (23, 28),
        from_home: false,
    },
    Trade {
        titles: &[
            "Chargé de recrutement",
            "Responsable ressources humaines",
            "Gestionnaire de paie",
        ],
        tasks: &[
            "Recruter cinquante personnes par an, sans jamais laisser une candidature sans réponse",
            "Préparer la paie de deux cents salariés",
            "Faire vivre l’accueil des nouveaux",
        ],
        skills: &["Droit du travail", "Paie", "Entretiens", "Silae"],
        pay: (30, 48),
        from_home: true,
    },
    Trade {
        titles: &["Préparateur de commandes", "Cariste", "Chef d’équipe logistique"],
        tasks: &[
            "Préparer les commandes au casque vocal",
            "Charger les camions dans l’ordre des tournées",
            "Tenir l’entrepôt propre et sûr",
        ],
        skills: &["CACES 1B", "CACES 3", "Gestion de stock"],
        pay: (22, 30),
        from_home: false,
    },
    Trade {
        titles: &["Vendeur en prêt-à-porter", "Vendeuse conseil", "Responsable de boutique"],
        tasks: &[
            "Conseiller sans jamais forcer la main",
            "Composer les vitrines chaque semaine",
            "Tenir la caisse et l’inventaire",
        ],
        skills: &["Vente", "Merchandising", "Anglais"],
        pay: (22, 32),
        from_home: false,
    },
];

const KINDS: &[&str] = &[
    "Boulangerie",
    "Clinique",
    "Atelier",
    "Ateliers",
    "Maison",
    "Coopérative",
    "Groupe",
    "Compagnie",
    "Transports",
    "Brasserie",
    "Librairie",
    "Constructions",
    "Studio",
    "Cabinet",
    "Fabrique",
    "Entrepôts",
];

const NAMES: &[&str] = &[
    "Dupont",
    "du Port",
    "des Tilleuls",
    "Sainte-Anne",
    "Lumière",
    "Belle-Rive",
    "Marceau",
    "de l’Ouest",
    "Mirabeau",
    "du Canal",
    "Solène",
    "Vauban",
    "des Halles",
    "Corail",
    "Grand Large",
    "Azur",
    "Rivoire",
    "Montclair",
    "des Deux Rives",
    "Étoile",
    "Garonne",
    "Kermor",
    "Lavoisier",
    "Nacre",
    "Brume",
    "Oriane",
    "Pastel",
    "Quintessence",
];

const FORMS: &[&str] = &["", "", " SAS", " SARL", " SA", " SCOP"];

const CITIES: &[(&str, &str)] = &[
    ("Paris", "75011"),
    ("Paris", "75015"),
    ("Lyon", "69003"),
    ("Marseille", "13006"),
    ("Nantes", "44000"),
    ("Toulouse", "31000"),
    ("Bordeaux", "33000"),
    ("Lille", "59800"),
    ("Rennes", "35000"),
    ("Strasbourg", "67000"),
    ("Montpellier", "34000"),
    ("Nice", "06000"),
    ("Grenoble", "38000"),
    ("Saint-Étienne", "42000"),
    ("Aix-en-Provence", "13100"),
    ("Brest", "29200"),
    ("Le Havre", "76600"),
    ("Clermont-Ferrand", "63000"),
    ("Dijon", "21000"),
    ("Angers", "49000"),
    ("Saint-Nazaire", "44600"),
    ("Bayonne", "64100"),
    ("Pau", "64000"),
    ("La Rochelle", "17000"),
    ("Metz", "57000"),
    ("Besançon", "25000"),
    ("Orléans", "45000"),
    ("Tours", "37000"),
];

const WELCOMES: &[&str] = &[
    "Nous sommes {n}, et nous cherchons quelqu’un qui aime le travail bien fait.",
    "Une équipe de {n} personnes, soudée et exigeante, vous attend.",
    "Depuis vingt ans, nos {n} collègues font vivre une maison à taille humaine.",
    "Nous avons grandi vite : {n} personnes aujourd’hui, et une place pour vous.",
];

const ENDS: &[&str] = &[
    "Mutuelle prise en charge, titres-restaurant, et des horaires annoncés un mois à l’avance.",
    "Formation payée dès la première semaine ; débutants accueillis avec plaisir.",
    "Prime d’équipe, treizième mois, et un jour de congé le jour de votre anniversaire.",
    "Une réponse à chaque candidature, sous dix jours.",
];

/// Sites on which offers are found, as their collectors are called.
const SITES: &[&str] = &["emplois-clairs", "travailler-ici", "metiers-du-coin"];

/// An offer with all that happened to it.
pub(crate) struct SeededOffer {
    /// The id of its stream.
    pub(crate) id: String,
    event: OfferEvent,
    generator: StdRng,
}

impl SeededOffer {
    /// Its events as the log takes them.
    pub(crate) fn encode(mut self) -> Result<Vec<NewEvent>, EncodeError> {
        let actor = Actor::named(ActorKind::System, "seed");
        encoded([(self.event, actor)], &mut self.generator)
    }
}

/// The offer number `number` of `seed`, as it stands on `today`.
pub(crate) fn offer(seed: u64, number: u64, today: Date) -> SeededOffer {
    let mut generator = StdRng::seed_from_u64(mixed(seed.wrapping_add(2), number));
    let mut content = content(&mut generator, number, today);
    let at = content.posted_at.unwrap_or_default();
    let (id, event) = if generator.random_ratio(3, 5) {
        let name = format!("https://postulo.example/seed/{seed}/{number}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
        let address = format!("recrutement@employeur{}.example", number % 20_000);
        content.apply_email = Some(Personal::new(words::valid(&address)));
        let employer = u32::try_from(number % 20_000).unwrap_or_default();
        content.siret = Some(words::valid(&words::siret(employer)));
        (id, OfferEvent::OfferPublished { content: Box::new(content), at })
    } else {
        let site = pick(&mut generator, SITES);
        let source: OfferSource = words::valid(site);
        let external_id = words::valid(&format!("{seed}-{number}"));
        content.url = Some(words::valid(&format!("https://{site}.example/offres/{seed}-{number}")));
        content.source_url = Some(words::valid(&format!("https://{site}.example/offres")));
        let id = JobOffer::id_of(&source, &external_id);
        (id, OfferEvent::OfferCollected { source, external_id, content: Box::new(content), at })
    };
    SeededOffer { id: id.to_string(), event, generator }
}

fn content(generator: &mut StdRng, number: u64, today: Date) -> OfferContent {
    let trade = &TRADES[generator.random_range(0..TRADES.len())];
    let (kind, name) = (pick(generator, KINDS), pick(generator, NAMES));
    let company = format!("{kind} {name}{}", pick(generator, FORMS));
    let (city, code) = CITIES[generator.random_range(0..CITIES.len())];
    let title = format!("{} (H/F)", pick(generator, trade.titles));
    let minutes = generator.random_range(0..DAYS * 1440);
    let midnight = today.to_zoned(jiff::tz::TimeZone::UTC);
    let midnight = midnight.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    let posted = midnight - SignedDuration::from_mins(minutes);
    let contract = match generator.random_range(0..20) {
        0..=10 => Contract::Permanent,
        11..=14 => Contract::FixedTerm,
        15 => Contract::Temporary,
        16 | 17 => Contract::Apprenticeship,
        18 => Contract::Internship,
        _ => Contract::Freelance,
    };
    let remote = match (trade.from_home, generator.random_range(0..4)) {
        (true, 0) => Remote::Full,
        (true, 1 | 2) => Remote::Hybrid,
        _ => Remote::None,
    };
    let time =
        if generator.random_ratio(1, 8) { WorkingTime::PartTime } else { WorkingTime::FullTime };
    let place = OfferPlace {
        text: words::valid(&format!("{code} {city}")),
        postal_code: Some(words::valid(code)),
        country: Some(words::valid("FR")),
    };
    OfferContent {
        places: vec![place],
        remote: Some(remote),
        contract: Some(contract),
        working_time: Some(time),
        salary: salary(generator, trade, contract),
        description: OfferText::of_html(&description(generator, trade, number)),
        skills: trade.skills.iter().map(|skill| words::valid(skill)).collect(),
        language: Some(domain::Language::Fr),
        posted_at: Some(posted),
        valid_through: Some(
            posted + SignedDuration::from_hours(24 * generator.random_range(30..75)),
        ),
        ..OfferContent::new(words::valid(&title), words::valid(&company))
    }
}

/// What is paid, for most of them.
fn salary(generator: &mut StdRng, trade: &Trade, contract: Contract) -> Option<Salary> {
    if generator.random_ratio(1, 4) || contract == Contract::Internship {
        return None;
    }
    let (low, high) = trade.pay;
    let from = generator.random_range(low..high) * 1000;
    let to = from + generator.random_range(0..6) * 1000;
    let period = match contract {
        Contract::Freelance => PayPeriod::Day,
        Contract::Temporary => PayPeriod::Hour,
        _ if generator.random_ratio(1, 2) => PayPeriod::Month,
        _ => PayPeriod::Year,
    };
    // Rounded as people round it.
    let paid = |yearly: u64| match period {
        PayPeriod::Hour | PayPeriod::Week | PayPeriod::Year => yearly * 100 / period.in_a_year(),
        PayPeriod::Day | PayPeriod::Month => yearly / period.in_a_year() / 10 * 1000,
    };
    Salary::new(Some(paid(from)), Some(paid(to)), Currency::euro(), period).ok()
}

fn description(generator: &mut StdRng, trade: &Trade, number: u64) -> String {
    let people = (number % 180 + 6).to_string();
    let welcome = pick(generator, WELCOMES).replace("{n}", &people);
    let begin = generator.random_range(0..trade.tasks.len());
    let tasks = trade.tasks.iter().cycle().skip(begin).take(trade.tasks.len());
    let tasks: String = tasks.flat_map(|task| ["<li>", task, ".</li>"]).collect();
    let end = pick(generator, ENDS);
    format!(
        "<p>{welcome}</p><h3>Vos journées</h3><ul>{tasks}</ul><h3>Ce que nous offrons</h3><p>{end}</p>"
    )
}

fn pick<'a>(generator: &mut StdRng, from: &[&'a str]) -> &'a str {
    from[generator.random_range(0..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_same_seed_tells_the_same_offers_of_both_origins() {
        let today = date(2026, 11, 27);
        let all = |seed| -> Vec<_> {
            (0..200).map(|number| offer(seed, number, today).encode().unwrap()).collect()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        let kinds: std::collections::BTreeSet<_> =
            (0..200).map(|number| offer(1, number, today).event.kind().as_str()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["OfferCollected", "OfferPublished"]);
    }
}
