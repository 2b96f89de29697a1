//! The printed slip, opened by its link.

use axum::http::StatusCode;
use commands::Slip;
use domain::examples;
use domain::permit::Dossier;
use event_store::testing::Engine;
use jiff::SignedDuration;
use jiff::civil::date;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, Site};

use super::{names_nobody, seen, site};

async fn open(site: &Site, slip: Slip) -> Answer {
    let token = site.commands.slips().token(slip);
    let page = site.get(&format!("/permits/slip/{token}?lang=en")).await;
    names_nobody(&page.main());
    page
}

fn slip(number: u64) -> Slip {
    Slip { procedure: 3272, number, last_day: date(2027, 5, 10) }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_slip_says_what_is_known_of_its_permit_today_and_names_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let permit = examples::granted(11, "2027-05-10");
    seen(&site, [permit.clone(), examples::granted(12, "2026-11-19"), examples::dossier(13)]).await;

    let holds = open(&site, slip(11)).await;
    assert_eq!(holds.status, StatusCode::OK);
    assert!(holds.body.contains("through Monday 10 May 2027"), "{}", holds.body);
    assert!(!holds.body.contains("printed with another last day"), "{}", holds.body);
    let over = open(&site, slip(12)).await;
    assert!(over.body.contains("This permit is over"), "{}", over.body);
    assert!(over.body.contains("Thursday 19 November 2026"), "{}", over.body);
    for number in [13, 99] {
        let gone = open(&site, slip(number)).await;
        assert!(gone.body.contains("no longer valid"), "{number}: {}", gone.body);
    }

    // It was corrected since.
    let mut corrected: Dossier = examples::granted(11, "2027-03-31");
    corrected.dates.updated_at += SignedDuration::from_hours(1);
    seen(&site, [corrected]).await;
    let page = open(&site, slip(11)).await;
    assert!(page.body.contains("through Wednesday 31 March 2027"), "{}", page.body);
    assert!(page.body.contains("another last day, Monday 10 May 2027"), "{}", page.body);

    site.commands.permits().withdraw(3272, 11, None, None, &cause()).await.unwrap();
    site.caught_up().await;
    let gone = open(&site, slip(11)).await;
    assert!(gone.body.contains("no longer valid"), "{}", gone.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_that_was_not_made_here_is_told_as_that_and_says_nothing_of_a_permit() {
    let site = site(Engine::Sqlite).await;
    seen(&site, [examples::granted(11, "2027-05-10")]).await;
    let token = site.commands.slips().token(slip(11));
    let (start, end) = token.split_at(token.len() - 4);
    let altered = format!("{start}{}", end.chars().rev().collect::<String>() + "x");
    for token in [altered.as_str(), "k1.AAAA.BBBB", "nothing", &token[..token.len() - 10]] {
        let page = site.get(&format!("/permits/slip/{token}?lang=en")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{token}");
        assert!(page.body.contains("This is not a slip of ours"), "{}", page.body);
        assert!(!page.body.contains("2027"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_was_forgotten_is_in_no_check_and_on_no_slip() {
    let site = site(Engine::Sqlite).await;
    seen(&site, [examples::granted(11, "2027-05-10")]).await;
    let address = examples::valid("camille.martin@example.org");
    let record = domain::erasure::RecordRef::new("Permit", "3272-11").unwrap();
    let basis = domain::erasure::ErasureBasis::CommandLine;
    site.commands.people().forget_person(&address, &[record], &basis, &cause()).await.unwrap();
    site.caught_up().await;
    let page = open(&site, slip(11)).await;
    assert!(page.body.contains("no longer valid"), "{}", page.body);
    let answer = super::check(&site, "11", "1998-12-20").await;
    assert_eq!(answer.json()["status"], "invalid");
}
