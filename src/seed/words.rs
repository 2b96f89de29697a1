//! What seeded applications are made of.

use domain::Language;

/// A value that is valid because it is written here.
pub(super) fn valid<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("the seed's {text:?} is valid"))
}

pub(super) const FIRST_NAMES: &[&str] = &[
    "Camille",
    "Zoé",
    "Mohamed",
    "Léa",
    "Thomas",
    "Inès",
    "Yanis",
    "Chloé",
    "Noël",
    "Fatima",
    "Hugo",
    "Élodie",
    "Jean-Pierre",
    "Agnès",
    "Kévin",
    "Aïcha",
    "Loïc",
    "Maëlle",
    "Paul",
    "Sarah",
    "Björn",
    "Grace",
    "William",
    "Olivia",
    "Siobhán",
    "Nguyễn",
    "José",
    "Ana",
    "Łukasz",
    "Dominique",
];

pub(super) const LAST_NAMES: &[&str] = &[
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefèvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Vincent",
    "Fournier",
    "O’Connor",
    "Benali",
    "N’Diaye",
    "Le Goff",
    "Smith",
    "Müller",
    "Nowak",
    "da Silva",
    "Tran",
    "Haddad",
];

/// Jobs with their ROME code.
pub(super) const JOBS: &[(&str, &str)] = &[
    ("Boulanger (H/F)", "D1102"),
    ("Développeuse web (H/F)", "M1805"),
    ("Aide-soignant (H/F)", "J1501"),
    ("Vendeur en prêt-à-porter (H/F)", "D1214"),
    ("Conductrice de bus (H/F)", "N4103"),
    ("Maçon (H/F)", "F1703"),
    ("Comptable (H/F)", "M1203"),
    ("Serveur en restauration (H/F)", "G1803"),
    ("Agent d’entretien (H/F)", "K2204"),
    ("Infirmière (H/F)", "J1506"),
    ("Préparateur de commandes (H/F)", "N1103"),
    ("Électricien du bâtiment (H/F)", "F1602"),
];

/// Towns with a postal code.
pub(super) const PLACES: &[(&str, &str)] = &[
    ("Paris", "75011"),
    ("Lyon", "69003"),
    ("Marseille", "13006"),
    ("Saint-Étienne", "42000"),
    ("Nîmes", "30000"),
    ("Brest", "29200"),
    ("Lille", "59800"),
    ("Besançon", "25000"),
    ("Pau", "64000"),
    ("Orléans", "45000"),
];

pub(super) const STREETS: &[&str] = &[
    "rue des Lilas",
    "avenue de la République",
    "place du Marché",
    "boulevard Voltaire",
    "chemin de l’Église",
    "rue Victor-Hugo",
    "impasse des Tilleuls",
    "quai de la Loire",
];

/// How mobile numbers begin.
pub(super) const MOBILES: &[&str] = &["0612", "0622", "0633", "0645", "0678", "0695"];

pub(super) const REASONS: &[&str] = &["skills", "experience", "novacancy", "unknown"];

pub(super) const INTERVIEWS: &[&str] = &["onsite", "phone", "video"];

pub(super) const ANSWERS: &[&str] = &[
    "Merci de votre candidature.",
    "Votre parcours nous intéresse ; pouvez-vous préciser vos disponibilités ?",
    "Nous avons reçu beaucoup de candidatures et vous remercions de la vôtre.",
    "Merci d’apporter une pièce d’identité et vos diplômes.",
];

const FRENCH: &[&str] = &[
    "Votre annonce pour le poste de JOB à PLACE m’intéresse beaucoup.",
    "J’ai travaillé quatre ans dans une équipe de six personnes, où j’ai appris à organiser mon travail.",
    "Je suis disponible tout de suite et j’ai le permis B.",
    "Ma dernière expérience m’a permis de prendre des responsabilités et de former deux apprentis.",
    "Je suis à l’aise avec les horaires décalés, et le travail le week-end ne me fait pas peur.",
    "J’habite à vingt minutes de PLACE, en transports comme à vélo.",
    "Curieuse et rigoureuse, je m’adapte vite à de nouveaux outils.",
    "J’ai suivi l’an dernier une formation qualifiante, que j’ai terminée avec mention.",
    "Je serais heureux de vous en dire plus lors d’un entretien.",
];

const ENGLISH: &[&str] = &[
    "I am writing about the position of JOB in PLACE.",
    "For the past four years I have worked in a small team where everybody did a bit of everything.",
    "I am free to start at once and hold a driving licence.",
    "In my last job I trained two apprentices and planned the week’s work.",
    "Early and late shifts suit me, and so do weekends.",
    "I live twenty minutes from PLACE.",
    "I would be glad to tell you more when we meet.",
];

/// How a letter begins, what it may say, and how it ends.
pub(super) const fn letter(
    language: Language,
) -> (&'static str, &'static [&'static str], &'static str) {
    match language {
        Language::Fr => ("Bonjour,", FRENCH, "Bien cordialement"),
        Language::En => ("Dear Sir or Madam,", ENGLISH, "Kind regards"),
    }
}

/// An address that nobody has.
pub(super) fn address(first: &str, last: &str, number: u64) -> String {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_lowercase()
    };
    format!("{}.{}{number}@courriel.example", plain(first), plain(last))
}

/// The name of the employer number `number`.
pub(super) fn employer(number: u32) -> String {
    const KINDS: [&str; 6] =
        ["Boulangerie", "Clinique", "Transports", "Atelier", "Restaurant", "Services"];
    let kind = KINDS[number as usize % KINDS.len()];
    let name = LAST_NAMES[number as usize / KINDS.len() % LAST_NAMES.len()];
    format!("{kind} {name} {number}")
}

/// The SIRET of the employer number `number`: its last digit makes the Luhn sum of all a multiple of
/// ten, and so does the ninth for the SIREN before it.
pub(super) fn siret(number: u32) -> String {
    let with_check = |digits: String| {
        // Doubled are the second, fourth … digits from the right, once the check digit is there.
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
                if digit > 9 { digit - 9 } else { digit }
            })
            .sum();
        format!("{digits}{}", (10 - sum % 10) % 10)
    };
    let siren = with_check(format!("5{:07}", number * 37 % 10_000_000));
    with_check(format!("{siren}0001"))
}
