//! How often a permit may be tried out.

use std::time::Instant;

use axum::http::{Method, StatusCode};
use commands::Slip;
use domain::examples;
use event_store::testing::Engine;
use jiff::SignedDuration;
use jiff::civil::date;
use rstest::rstest;
use testing::http::Site;

use super::{OTHER_SITE, check, from, seen, site};

/// Checks with a wrong date each, until one is refused: how many were taken.
async fn wrong_until_refused(site: &Site, number: &str) -> u32 {
    for tries in 0..30 {
        let answer = check(site, number, &format!("1970-01-{:02}", tries + 1)).await;
        if answer.status != StatusCode::OK {
            answer.is_problem(429, "too-many-requests");
            return tries;
        }
    }
    panic!("nothing is refused");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_ten_wrong_dates_a_number_is_not_told_of_until_the_next_day_but_its_slip_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    seen(&site, [examples::granted(11, "2027-05-10"), examples::granted(12, "2027-05-10")]).await;
    // Right ones do not count.
    for _ in 0..12 {
        assert_eq!(check(&site, "11", "1998-12-20").await.json()["status"], "valid");
    }
    assert_eq!(wrong_until_refused(&site, "11").await, 10);
    assert_eq!(wrong_until_refused(&site, "99").await, 10, "one that is nobody's looks alike");

    let right = check(&site, "11", "1998-12-20").await;
    right.is_problem(429, "too-many-requests");
    assert_eq!(right.body, check(&site, "99", "1998-12-20").await.body);
    // It is ten in the morning in Paris.
    assert_eq!(right.header("retry-after"), (14 * 3600 + 1).to_string());
    check(&site, "0011", "1998-12-20").await.is_problem(429, "too-many-requests");
    let page = site
        .post(
            "/permits/check?lang=en",
            &[("number", "11"), ("day", "20"), ("month", "12"), ("year", "1998")],
        )
        .await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.body.contains("Too many dates were tried for this number"), "{}", page.body);
    assert_eq!(page.header("retry-after"), right.header("retry-after"));
    assert_eq!(check(&site, "12", "1998-12-20").await.json()["status"], "valid", "another one");

    let slip = Slip { procedure: 3272, number: 11, last_day: date(2027, 5, 10) };
    let slip =
        site.get(&format!("/permits/slip/{}?lang=en", site.commands.slips().token(slip))).await;
    assert!(slip.body.contains("This permit is valid"), "{}", slip.body);

    site.clock.advance(SignedDuration::from_hours(14));
    assert_eq!(check(&site, "11", "1998-12-20").await.json()["status"], "valid", "a new day");
}

/// Checks from this address until one is refused, each of another number.
async fn until_refused(site: &Site, address: &str) -> u32 {
    for tries in 0..60_u32 {
        let path = format!("/api/v1/apt_validity_check/{}/1998-12-20", 1000 + tries);
        let mut request = from(Method::GET, &path, address);
        request.headers_mut().insert("origin", OTHER_SITE.parse().unwrap());
        let answer = site.send(request).await;
        if answer.status != StatusCode::OK {
            answer.is_problem(429, "too-many-requests");
            assert!(!answer.header("retry-after").is_empty());
            assert_eq!(answer.header("access-control-allow-origin"), OTHER_SITE, "a page reads it");
            return tries;
        }
    }
    panic!("nothing is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_tries_twenty_times_a_minute_and_its_neighbours_have_their_own() {
    let site = site(Engine::Sqlite).await;
    for (address, neighbour, same) in [
        ("203.0.113.9", "203.0.113.10", "203.0.113.9"),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:1:1:ffff::9"),
    ] {
        let began = Instant::now();
        let taken = until_refused(&site, address).await;
        // One comes back every three seconds.
        let back = u32::try_from(began.elapsed().as_secs() / 3 + 1).unwrap();
        assert!((20..=20 + back).contains(&taken), "{taken} were taken");
        let path = "/api/v1/apt_validity_check/11/1998-12-20";
        let other = site.send(from(Method::GET, path, neighbour)).await;
        assert_eq!(other.status, StatusCode::OK);
        let began = Instant::now();
        let refused = until_refused(&site, same).await;
        let back = u32::try_from(began.elapsed().as_secs() / 3 + 2).unwrap();
        assert!(refused <= back, "the same network: {refused}");
    }
    // Who looks at the pages alone is not refused.
    let page = site.send(from(Method::GET, "/permits/check", "203.0.113.9")).await;
    assert_eq!(page.status, StatusCode::OK);
}
