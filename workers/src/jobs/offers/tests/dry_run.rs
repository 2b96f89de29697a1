//! What collecting would come to, and that nothing is recorded.

use rstest::rstest;

use super::super::would_collect;
use super::*;

#[rstest]
#[tokio::test]
async fn a_dry_run_says_what_collecting_comes_to_and_records_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let collectors = collectors(&bench.site);
    let (collecting, log) = (bench.world.commands.collecting(), bench.world.commands.log());
    let source = collecting.source("acme").await.unwrap().unwrap();
    let dry = async || {
        let before = log.head().await.unwrap();
        let brings = would_collect(&bench.world, &collectors, &source).await.unwrap();
        assert_eq!(log.head().await.unwrap(), before, "nothing is recorded");
        let counts = brings.counts;
        let counted = [counts.found, counts.new, counts.changed, counts.gone];
        (counted, counts.pages_failed, brings.failed.map(|error| error.name()))
    };
    assert_eq!(dry().await, ([3, 3, 0, 0], 0, None));
    assert_eq!(dry().await, ([3, 3, 0, 0], 0, None), "nor noted beside the log");
    assert!(bench.latest("acme").await.is_empty());
    assert_eq!(told(&bench.collected().await), (DONE, [3, 3, 0, 0]));
    assert_eq!(dry().await, ([3, 0, 0, 0], 0, None));

    bench.site.offer(2, "Serveuse");
    bench.site.sitemap(&[2, 3]);
    assert_eq!(dry().await, ([2, 0, 1, 1], 0, None));
    assert_eq!(bench.status(1).await, (OfferStatus::Open, "Chef".to_owned()));
    assert_eq!(told(&bench.collected().await), (DONE, [2, 0, 1, 1]));

    // The offers of a page that is not to be had count as seen.
    bench.site.show("/offer/3", 500, "");
    assert_eq!(dry().await, ([1, 0, 0, 0], 1, None));
    bench.site.show("/sitemap.xml", 404, "");
    assert_eq!(dry().await, ([0, 0, 0, 0], 0, Some("missing")));
}
