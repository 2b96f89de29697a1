//! The check for programs.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::examples;
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;

use super::{
    OTHER_SITE, check, examined, names_nobody, of_somebody, seen, site, taken_in_at_once, with,
};

const INVALID: &str = r#"{"status":"invalid","data":[]}"#;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_permit_that_holds_is_told_with_masked_names_and_its_members_in_their_order(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    seen(&site, [examples::granted(11, "2027-05-10")]).await;
    let answer = check(&site, "11", "1998-12-20").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.body,
        concat!(
            r#"{"status":"valid","data":[{"ds_id":11,"siret":"73282932000074","#,
            r#""prenom":"*m** ******","nom":"*a****","date_de_naissance":"1998-12-20","#,
            r#""has_expired":false,"date_de_debut_apt":"2026-11-01","#,
            r#""date_de_fin_apt":"2027-05-10"}]}"#
        )
    );
    names_nobody(&answer.body);
    assert_eq!(answer.body, check(&site, "00011", "1998-12-20").await.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_one_answer_byte_by_byte_whatever_the_reason(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let without_birth = with(examples::granted(14, "2027-05-10"), &[("Date de naissance", "hier")]);
    let mut without_end = examples::granted(15, "2027-05-10");
    without_end.fields.retain(|field| field.key.as_str() != "date_de_fin_apt");
    seen(
        &site,
        [
            examples::granted(11, "2027-05-10"),
            examples::granted(12, "2026-11-19"),
            examined(13),
            without_birth,
            without_end,
            examples::granted(16, "2027-05-10"),
        ],
    )
    .await;
    site.commands.permits().withdraw(3272, 16, None, None, &cause()).await.unwrap();
    site.caught_up().await;
    for (why, number, date) in [
        ("unknown", "99", "1998-12-20"),
        ("another date", "11", "1998-12-21"),
        ("over", "12", "1998-12-20"),
        ("examined", "13", "1998-12-20"),
        ("without a date of birth", "14", "1998-12-20"),
        ("without a last day", "15", "1998-12-20"),
        ("deleted", "16", "1998-12-20"),
        ("nobody's number", "0000000000", "0000-00-00"),
        ("no day of a calendar", "11", "1998-02-30"),
        ("no number that there can be", "99999999999999999999999", "1998-12-20"),
    ] {
        let answer = check(&site, number, date).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, INVALID), "{why}");
        let mut names: Vec<_> = answer.headers.keys().map(|it| it.as_str().to_owned()).collect();
        names.sort();
        let valid = check(&site, "11", "1998-12-20").await;
        let mut of_valid: Vec<_> = valid.headers.keys().map(|it| it.as_str().to_owned()).collect();
        of_valid.sort();
        assert_eq!(names, of_valid, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_holds_through_its_last_day_in_paris() {
    let site = site(Engine::Sqlite).await;
    let ends = [("yesterday", "2026-11-19"), ("today", "2026-11-20"), ("tomorrow", "2026-11-21")];
    for (number, (_, last_day)) in (11..).zip(ends) {
        seen(&site, [examples::granted(number, last_day)]).await;
    }
    let holds = async || {
        let mut holds = vec![];
        for (number, (name, _)) in (11..).zip(ends) {
            if check(&site, &number.to_string(), "1998-12-20").await.body != INVALID {
                holds.push(name);
            }
        }
        holds
    };
    assert_eq!(holds().await, ["today", "tomorrow"]);
    // It is one minute to midnight in Paris, and an hour more in UTC.
    site.clock.advance(SignedDuration::from_mins(13 * 60 + 59));
    assert_eq!(holds().await, ["today", "tomorrow"]);
    site.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(holds().await, ["tomorrow"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_number_or_no_date_is_a_problem_that_names_it() {
    let site = site(Engine::Sqlite).await;
    for (number, date, fields) in [
        ("12a45", "1998-12-20", &["ds_id"][..]),
        ("-1", "1998-12-20", &["ds_id"]),
        ("%20", "1998-12-20", &["ds_id"]),
        ("12345", "20-12-1998", &["date"]),
        ("12345", "1998-12-20T00:00", &["date"]),
        ("12345", "hier", &["date"]),
        ("abc", "def", &["ds_id", "date"]),
        ("%ff", "1998-12-20", &["ds_id", "date"]),
    ] {
        let answer = check(&site, number, date).await;
        answer.is_problem(400, "malformed-request");
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let named: Vec<_> = errors.iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{number}/{date}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_of_two_permits_of_a_number_is_the_one_that_is_told() {
    let site = site(Engine::Sqlite).await;
    let mut other = examples::granted(11, "2027-09-30");
    other.procedure = 4000;
    seen(&site, [examples::granted(11, "2027-05-10"), other]).await;
    let answer = check(&site, "11", "1998-12-20").await.json();
    assert_eq!(answer["data"][0]["date_de_fin_apt"], "2027-09-30");
    assert_eq!(answer["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_sites_that_are_named_may_ask_and_no_others() {
    let site = site(Engine::Sqlite).await;
    let path = "/api/v1/apt_validity_check/11/1998-12-20";
    let ask = async |method: Method, origin: &str| {
        let request = Request::builder().method(method).uri(path).header("origin", origin);
        let request = request.header("access-control-request-method", "GET");
        site.send(request.body(Body::empty()).unwrap()).await
    };
    for method in [Method::GET, Method::OPTIONS] {
        let allowed = ask(method.clone(), OTHER_SITE).await;
        assert_eq!(allowed.status, StatusCode::OK);
        assert_eq!(allowed.header("access-control-allow-origin"), OTHER_SITE, "{method}");
        assert!(allowed.header("access-control-allow-credentials").is_empty());
        for other in ["https://evil.example", "http://travail.example", "null"] {
            let refused = ask(method.clone(), other).await;
            assert_eq!(refused.header("access-control-allow-origin"), "", "{method} {other}");
            assert!(refused.header("vary").contains("origin"), "a cache keeps them apart");
        }
    }
    let preflight = ask(Method::OPTIONS, OTHER_SITE).await;
    assert_eq!(preflight.header("access-control-allow-methods"), "GET");
    for page in ["/permits/check", "/static/stats.json"] {
        let request = Request::get(page).header("origin", OTHER_SITE).body(Body::empty()).unwrap();
        let answer = site.send(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{page} is not the check");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_word_of_those_who_are_concerned() {
    let site = site(Engine::Sqlite).await;
    taken_in_at_once(&site, (1..=100).map(of_somebody)).await;
    let mut told = 0;
    for number in 1..=100_u64 {
        let answer = check(&site, &number.to_string(), "1998-12-20").await;
        told += usize::from(answer.body.contains("\"valid\""));
        for what in ["xq", "Nom", "Ville", "rue", "@", "Patron", "Societe"] {
            assert!(!answer.body.contains(what), "{what}: {}", answer.body);
        }
    }
    assert_eq!(told, 100);
}
