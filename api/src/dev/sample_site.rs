//! A site with job offers, to be collected from in development: a sitemap, and a page for each offer with its data.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use jiff::ToSpan as _;
use serde_json::json;

use web::app::App;
use web::lang::Lang;
use web::page::Notice;

/// An invented offer.
struct Sample {
    title: &'static str,
    company: &'static str,
    /// Town and postal code.
    place: (&'static str, &'static str),
    contract: &'static str,
    salary: &'static str,
    missions: &'static str,
    profile: &'static str,
}

const fn sample(
    (title, company): (&'static str, &'static str),
    place: (&'static str, &'static str),
    (contract, salary): (&'static str, &'static str),
    (missions, profile): (&'static str, &'static str),
) -> Sample {
    Sample { title, company, place, contract, salary, missions, profile }
}

/// Companies are invented, as is everything else.
const SAMPLES: [Sample; 8] = [
    sample(
        ("Boulanger (H/F)", "Au Fournil de l’Erdre"),
        ("Nantes", "44000"),
        ("CDI, temps plein", "2 200 € par mois"),
        (
            "Préparer les pâtes, cuire le pain, tenir le fournil propre.",
            "CAP de boulanger\u{a0}; deux ans d’expérience.",
        ),
    ),
    sample(
        ("Développeuse ou développeur Rust", "Atelier Logiciel Horizon"),
        ("Lyon", "69003"),
        ("CDI", "42 000 - 50 000 € par an"),
        (
            "Concevoir et écrire des services, les mesurer, les tenir en vie.",
            "Rust ou C++, SQL, anglais lu.",
        ),
    ),
    sample(
        ("Infirmière ou infirmier de nuit", "Résidence des Tilleuls"),
        ("Rennes", "35000"),
        ("CDD de six mois", "15,50 € de l’heure"),
        ("Veiller sur soixante résidents, avec deux collègues.", "Diplôme d’État d’infirmier."),
    ),
    sample(
        ("Conducteur de travaux (H/F)", "Bâtir Ensemble SA"),
        ("Lille", "59800"),
        ("CDI", "38 000 - 45 000 € par an"),
        (
            "Préparer les chantiers, suivre les délais et les coûts.",
            "BTS bâtiment\u{a0}; permis B.",
        ),
    ),
    sample(
        ("Apprenti cuisinier (H/F)", "Brasserie du Canal"),
        ("Toulouse", "31000"),
        ("Alternance", ""),
        (
            "Apprendre les bases\u{a0}: légumes, fonds, cuissons.",
            "Envie d’apprendre\u{a0}; âge de 16 ans au moins.",
        ),
    ),
    sample(
        ("Comptable (H/F)", "Cabinet Rive Droite"),
        ("Bordeaux", "33000"),
        ("CDI, temps partiel", "2 500 € par mois"),
        ("Tenir les comptes de trente petites entreprises.", "DCG\u{a0}; trois ans en cabinet."),
    ),
    sample(
        ("Préparatrice ou préparateur de commandes", "Entrepôts du Midi"),
        ("Marseille", "13015"),
        ("Intérim", "12,30 € de l’heure"),
        ("Préparer les commandes au scanner, ranger les allées.", "CACES 1 apprécié."),
    ),
    sample(
        ("Stage\u{a0}: médiation au musée", "Musée des Marées"),
        ("Brest", "29200"),
        ("Stage", ""),
        ("Accueillir des classes, préparer une exposition.", "Licence d’histoire de l’art."),
    ),
];

/// The addresses of the site.
pub(super) const SITEMAP: &str = "/dev/jobs/sitemap.xml";

pub(super) async fn sitemap(State(app): State<App>) -> Response {
    let page =
        |number: usize| format!("<url><loc>{}dev/jobs/{number}</loc></url>", app.settings.base_url);
    let pages: String = (1..=SAMPLES.len()).map(page).collect();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{pages}</urlset>"
    );
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}

pub(super) async fn offer(
    State(app): State<App>,
    Path(number): Path<usize>,
) -> Result<Response, Notice> {
    let found = number.checked_sub(1).and_then(|at| SAMPLES.get(at));
    let offer = found.ok_or_else(|| Notice::not_found(Lang(domain::Language::default())))?;
    let Sample { title, company, place: (town, postal_code), contract, salary, missions, profile } =
        offer;
    // The same for a month, so that a page changes no more often.
    let today = app.commands.now().to_zoned(texts::default_zone()).date();
    let posted = today.first_of_month().checked_sub(1.day()).unwrap_or(today);
    let description = format!("<h3>Missions</h3><p>{missions}</p><h3>Profil</h3><p>{profile}</p>");
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": company, "value": format!("sample-{number}")},
        "title": title,
        "description": description,
        "datePosted": posted.to_string(),
        "employmentType": contract,
        "hiringOrganization": {"@type": "Organization", "name": company},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": town,
            "postalCode": postal_code, "addressCountry": "FR"}},
    });
    if !salary.is_empty() {
        data["baseSalary"] = json!(salary);
    }
    // It stands in a script, which "</" would end.
    let data = data.to_string().replace("</", "<\\/");
    Ok(Html(format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{title} – {company}</title>\
         <script type=\"application/ld+json\">{data}</script></head>\
         <body><main><h1>{title}</h1><p>{company}, {town}</p>{description}</main></body></html>"
    ))
    .into_response())
}
