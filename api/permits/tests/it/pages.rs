//! The pages as people see them.

use axum::http::StatusCode;
use commands::Slip;
use domain::examples;
use event_store::testing::Engine;
use jiff::civil::date;
use rstest::rstest;
use testing::http::Fields;

use super::{names_nobody, seen, site};

const RIGHT: Fields<'static> =
    &[("number", "11"), ("day", "20"), ("month", "12"), ("year", "1998")];
const WRONG: Fields<'static> =
    &[("number", "11"), ("day", "21"), ("month", "12"), ("year", "1998")];
const UNREADABLE: Fields<'static> =
    &[("number", "n° 11"), ("day", "32"), ("month", ""), ("year", "98")];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_say_what_they_say(#[values("fr", "en")] lang: &str) {
    let site = site(Engine::Sqlite).await;
    seen(&site, [examples::granted(11, "2027-05-10")]).await;
    let to = format!("/permits/check?lang={lang}");
    insta::assert_snapshot!(format!("form_{lang}"), site.get(&to).await.main());
    let holds = site.post(&to, RIGHT).await;
    names_nobody(&holds.main());
    insta::assert_snapshot!(format!("holds_{lang}"), holds.main());
    insta::assert_snapshot!(format!("nothing_{lang}"), site.post(&to, WRONG).await.main());
    let wrong = site.post(&to, UNREADABLE).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    insta::assert_snapshot!(format!("errors_{lang}"), wrong.main());
    let slip = Slip { procedure: 3272, number: 11, last_day: date(2027, 5, 10) };
    let slip = format!("/permits/slip/{}?lang={lang}", site.commands.slips().token(slip));
    insta::assert_snapshot!(format!("slip_{lang}"), site.get(&slip).await.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_another_date_and_over_are_the_same_page() {
    let site = site(Engine::Sqlite).await;
    let to = "/permits/check?lang=en";
    let wrong = site.post(to, WRONG).await.body;
    seen(&site, [examples::granted(11, "2026-11-19")]).await;
    assert_eq!(site.post(to, WRONG).await.body, wrong, "another date");
    assert_eq!(site.post(to, RIGHT).await.body, wrong, "it is over");
}

#[rstest]
#[case(&[("number", "1 234 567"), ("day", "1"), ("month", "2"), ("year", "1998")], None)]
#[case(&[("number", "11"), ("day", "30"), ("month", "2"), ("year", "1998")], Some("There is no such day"))]
#[case(&[("number", "11"), ("day", "1"), ("month", "1"), ("year", "2027")], Some("four digits"))]
#[case(&[("number", "11"), ("day", "21"), ("month", "11"), ("year", "2026")], Some("yet to come"))]
#[case(&[("number", ""), ("day", "1"), ("month", "1"), ("year", "1998")], Some("Type the number of the permit"))]
#[case(&[("day", "1"), ("month", "1"), ("year", "1998")], Some("Type the number of the permit"))]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_read_as_people_write_it_and_kept_where_it_is_wrong(
    #[case] fields: Fields<'static>,
    #[case] objection: Option<&str>,
) {
    let site = site(Engine::Sqlite).await;
    let page = site.post("/permits/check?lang=en", fields).await;
    match objection {
        None => assert!(page.body.contains("1234567"), "{}", page.body),
        Some(objection) => {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains(objection), "{}", page.body);
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
                let kept = format!(
                    "name=\"{name}\" type=\"text\" inputmode=\"numeric\" value=\"{value}\""
                );
                assert!(page.body.contains(&kept), "{name}: {}", page.body);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_not_taken() {
    let site = site(Engine::Sqlite).await;
    let request = testing::http::form("/permits/check", RIGHT, "cross-site");
    assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN);
    let other = site.send(testing::http::form("/permits/check", &[("number", "x")], None)).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "a program may send it");
}
