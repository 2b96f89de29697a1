//! What comes again under another guise: back where nothing changed, or from another site under the
//! same name.

use domain::offer::ExpiryReason;
use rstest::rstest;

use super::*;

#[rstest]
#[tokio::test]
async fn an_offer_that_was_not_seen_for_long_is_back_though_its_page_did_not_change(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    assert_eq!(told(&bench.collected().await), (DONE, [3, 3, 0, 0]));
    let id = bench.id(2);
    let (offers, cause) = (bench.world.commands.offers(), bench.cause());
    assert!(offers.expire(id, ExpiryReason::NotSeen, &cause).await.unwrap());
    assert_eq!(bench.status(2).await.0, OfferStatus::Expired);
    assert_eq!(told(&bench.collected().await), (DONE, [3, 1, 0, 0]));
    assert_eq!(bench.status(2).await.0, OfferStatus::Open);
    // The other pages were not read anew, nor is this one once more.
    assert_eq!(told(&bench.collected().await), (DONE, [3, 0, 0, 0]));
}

#[rstest]
#[tokio::test]
async fn what_two_sites_of_one_source_call_the_same_is_two_offers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    let other = Site::start().await;
    bench.world.integrations.collectors = Some(collectors_of(&[&bench.site, &other]));
    assert_eq!(told(&bench.collected().await), (DONE, [3, 3, 0, 0]));
    other.offer(1, "Pâtissier");
    other.sitemap(&[1]);
    let (target, cause) = (other.url.join("/sitemap.xml").unwrap(), bench.cause());
    let (name, collecting) = (source("acme"), bench.world.commands.collecting());
    let changed = collecting.change_source(&name, SourceKind::Pages, target.as_str(), None, &cause);
    changed.await.unwrap();
    assert_eq!(told(&bench.collected().await), (DONE, [1, 1, 0, 3]));
    assert_eq!(bench.status(1).await, (OfferStatus::Closed, "Chef".to_owned()));
}

#[rstest]
#[tokio::test]
async fn a_page_changes_no_offer_of_a_site_that_it_names(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    let other = Site::start().await;
    bench.world.integrations.collectors = Some(collectors_of(&[&bench.site, &other]));
    bench.collected().await;
    let theirs = bench.site.url.join("/offer/1").unwrap();
    let data = format!(
        r#"{{"@type":"JobPosting","title":"Arnaque","hiringOrganization":"Zinc","url":"{theirs}"}}"#
    );
    let page = format!("<script type='application/ld+json'>{data}</script>");
    other.show("/trap", 200, &page);
    let trap = other.url.join("/trap").unwrap();
    let (name, cause) = (source("trap"), bench.cause());
    let collecting = bench.world.commands.collecting();
    let added = collecting.add_source(&name, SourceKind::Pages, trap.as_str(), None, &cause);
    added.await.unwrap();
    let sources = [collecting.source("trap").await.unwrap().unwrap()];
    collecting.ask(&sources, AskedBy::Operator).await.unwrap();
    bench.run(&OfferCollection, true).await;
    assert_eq!(told(&bench.latest("trap").await[0]), (DONE, [1, 1, 0, 0]), "an offer of its own");
    assert_eq!(bench.status(1).await, (OfferStatus::Open, "Chef".to_owned()));
}
