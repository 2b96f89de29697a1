//! What matches an alert: the database, the index of new offers and the rule itself say the same.

use domain::examples::{minutes, offer, valid};
use domain::offer::{
    Contract, JobOffer, OfferContent, OfferEvent, OfferPlace, PayPeriod, Remote, Salary,
    WorkingTime, search_terms,
};
use domain::space::{AlertCriteria, CriteriaFields, JobType, LocationType, OfferIndex, Wanted};
use event_store::NewEvent;
use event_store::testing::Engine;
use projections::{offers, space};
use rstest::rstest;

use crate::support::fixture;

/// Offers that differ in what can be asked for.
fn contents() -> Vec<OfferContent> {
    let titles = ["Boulanger", "Développeuse Rust", "Data engineer", "Maçon"];
    let places = ["44000 Nantes", "Lyon 3e", "Paris"];
    let remotes = [None, Some(Remote::None), Some(Remote::Hybrid), Some(Remote::Full)];
    let terms = [
        (Some(Contract::Permanent), Some(WorkingTime::FullTime)),
        (Some(Contract::Freelance), None),
        (None, Some(WorkingTime::PartTime)),
        (Some(Contract::Internship), Some(WorkingTime::FullTime)),
    ];
    let paid =
        |min, max, currency: &str, period| Salary::new(min, max, valid(currency), period).ok();
    let salaries = [
        None,
        paid(Some(4_000_000), Some(5_000_000), "EUR", PayPeriod::Year),
        paid(Some(250_001), None, "EUR", PayPeriod::Month),
        paid(None, Some(1_999), "EUR", PayPeriod::Hour),
        paid(Some(9_000_000), None, "CHF", PayPeriod::Year),
    ];
    let of = |nth: usize| OfferContent {
        title: valid(titles[nth % titles.len()]),
        company: valid("Rust et Compagnie"),
        places: vec![OfferPlace {
            text: valid(places[nth % places.len()]),
            postal_code: None,
            country: None,
        }],
        remote: remotes[nth / 2 % remotes.len()],
        contract: terms[nth / 3 % terms.len()].0,
        working_time: terms[nth / 3 % terms.len()].1,
        salary: salaries[nth % salaries.len()].clone(),
        skills: vec![],
        description: None,
        ..offer()
    };
    (0..60).map(of).collect()
}

fn questions() -> Vec<AlertCriteria> {
    let none = CriteriaFields::default;
    let words = |words: &[&str]| CriteriaFields {
        keywords: words.iter().map(|word| valid(word)).collect(),
        ..none()
    };
    let at = |place: &str| CriteriaFields { location: Some(valid(place)), ..none() };
    let asked = vec![
        words(&["rust"]),
        words(&["boulangère", "engineer data"]),
        at("Nantes"),
        at("télétravail"),
        CriteriaFields { location: Some(valid("Lyon, France")), ..words(&["développeur"]) },
        CriteriaFields { location_types: vec![LocationType::OnSite], ..none() },
        CriteriaFields { location_types: LocationType::ALL[1..].to_vec(), ..none() },
        CriteriaFields { job_types: vec![JobType::PartTime, JobType::Internship], ..none() },
        CriteriaFields { salary_min: Some(2_500), ..none() },
        CriteriaFields { salary_min: Some(30_001), salary_max: Some(39_999), ..none() },
        CriteriaFields { salary_max: Some(30_000), only_with_salary: true, ..words(&["maçon"]) },
        words(&["cobol"]),
    ];
    asked.into_iter().map(|fields| AlertCriteria::new(fields).unwrap()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_what_is_told_later(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let all = contents();
    for (nth, content) in all.iter().enumerate() {
        let external_id = valid(&nth.to_string());
        let id = JobOffer::id_of(&valid("greenhouse"), &external_id).to_string();
        let event: NewEvent = it.new_event(&OfferEvent::OfferCollected {
            source: valid("greenhouse"),
            external_id,
            content: Box::new(content.clone()),
            at: minutes(1),
        });
        it.log.append("JobOffer", &id, 0, vec![event]).await.unwrap();
    }
    it.project().await;
    let up_to = offers::known_up_to(it.db()).await.unwrap();
    let mut index = OfferIndex::default();
    for offer in offers::new_between(it.db(), 0, up_to, 1000).await.unwrap() {
        index.add(offer.id, offer.ordinal, offer.terms.split(' '), offer.salary());
    }
    assert_eq!(index.len(), all.len());
    for (nth, criteria) in questions().iter().enumerate() {
        let wanted = Wanted::of(criteria);
        let fits = |content: &&OfferContent| {
            let terms = search_terms(content);
            let has = |term: &str| terms.iter().any(|known| known == term);
            wanted.fits(has, content.salary.as_ref()).is_some()
        };
        let expected = all.iter().filter(fits).count();
        // The last one asks for what nobody offers.
        assert_eq!(expected == 0, nth == questions().len() - 1, "{:?}", criteria.fields());
        let found = space::matches(it.db(), criteria, uuid::Uuid::nil(), 1000).await.unwrap();
        let total = space::matches_total(it.db(), criteria, uuid::Uuid::nil()).await.unwrap();
        assert_eq!(total, expected as u64, "{:?}", criteria.fields());
        let found: Vec<_> = found.iter().map(|row| row.id).collect();
        assert_eq!(found, index.find(&wanted, 0), "{:?}", criteria.fields());
        assert_eq!(found.len(), expected);
    }
}
