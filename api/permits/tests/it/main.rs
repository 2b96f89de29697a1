//! What whoever is shown a permit is answered, through the routes over a real log.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod check;
mod figures;
mod limits;
mod pages;
mod pseudo;
mod slip;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::permit::{Dossier, DossierState, FieldMap, FormAnswer};
use domain::{Personal, examples};
use event_store::testing::Engine;
use futures::{StreamExt as _, stream};
use testing::http::{Answer, Site};
use testing::{Fixture, cause};
use web::networks::{Networks, Peer, PerMinute, Proxies};

/// The site whose pages may ask.
const OTHER_SITE: &str = "https://travail.example";

async fn site(engine: Engine) -> Site {
    let fixture = Fixture::new(engine).await;
    let origins = vec![examples::valid(OTHER_SITE)];
    fixture.http().settings(|settings| settings.permits.origins = origins).routes(permits::routes)
}

/// Takes in what the source holds, and waits until it is known.
async fn seen(site: &Site, dossiers: impl IntoIterator<Item = Dossier>) {
    for dossier in dossiers {
        site.commands.permits().take_in(dossier, &cause()).await.unwrap();
    }
    site.caught_up().await;
}

/// The same of many, side by side.
async fn taken_in_at_once(site: &Site, dossiers: impl IntoIterator<Item = Dossier>) {
    let take_in =
        |dossier| async { site.commands.permits().take_in(dossier, &cause()).await.unwrap() };
    stream::iter(dossiers).map(take_in).buffer_unordered(8).collect::<Vec<_>>().await;
    site.caught_up().await;
}

/// The dossier with other answers in its form.
fn with(mut dossier: Dossier, said: &[(&str, &str)]) -> Dossier {
    let answer = |(label, text): &(&str, &str)| FormAnswer {
        label: (*label).to_owned(),
        id: None,
        text: (*text).to_owned(),
    };
    let said: Vec<_> = said.iter().map(answer).collect();
    for field in FieldMap::own().read(&[], &said).unwrap() {
        dossier.fields.retain(|known| known.key != field.key);
        dossier.fields.push(field);
    }
    dossier
}

/// One that is still examined.
fn examined(number: u64) -> Dossier {
    Dossier { state: DossierState::Received, ..examples::dossier(number) }
}

/// A request from this address.
fn from(method: Method, path: &str, address: &str) -> Request<Body> {
    let networks = Arc::new(Networks::new(PerMinute::default(), Proxies::default()));
    let address: IpAddr = address.parse().unwrap();
    let request = Request::builder().method(method).uri(path).header("host", "postulo.example");
    request.extension(Peer { address, networks }).body(Body::empty()).unwrap()
}

async fn check(site: &Site, number: &str, date: &str) -> Answer {
    site.get(&format!("/api/v1/apt_validity_check/{number}/{date}")).await
}

/// What nobody may read in a file or an answer about the example dossier.
fn names_nobody(text: &str) {
    for word in ["Martin", "MARTIN", "Emma", "camille", "@", "Villejuif", "Dupont"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// A dossier of somebody whose every word is their own.
fn of_somebody(number: u64) -> Dossier {
    let word = |what: &str| format!("{what}xq{number}z");
    let mut dossier = with(
        examples::granted(number, "2027-05-10"),
        &[
            ("Nom", &word("Nom")),
            ("Prénom", &word("Prenom")),
            ("E-mail", &format!("{}@example.org", word("mail"))),
            ("Commune de résidence en France", &word("Ville")),
            ("Employeur", &word("Patron")),
            ("Nom de l'employeur", &word("Chef")),
            ("Adresse ou l'étudiant va travailler", &format!("{number} rue {}", word("Voie"))),
        ],
    );
    dossier.holder.email =
        Some(Personal::new(examples::valid(&format!("{}@example.org", word("compte")))));
    dossier.holder.company = Some(Personal::new(examples::valid(&word("Societe"))));
    dossier
}
