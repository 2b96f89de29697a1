//! Scheduled tasks: what the page shows of them, and what an operator does.

use axum::http::StatusCode;
use commands::schedules::{self, Outcome, Plan, Report, STARTED_BY_CLOCK};
use domain::operator::Role;
use domain::schedule::Timetable;
use event_store::Clock as _;
use event_store::testing::Engine;
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use testing::http::Office;

use super::service;

const PATH: &str = "/admin/schedules";

/// Two tasks, of which a worker has told.
async fn told(service: &Office) {
    let plan = |task: &str, cron: &str, enabled| Plan {
        task: task.to_owned(),
        timetable: Timetable::parse(cron, "Europe/Paris").unwrap(),
        enabled,
    };
    let plans = [plan("retention", "43 * * * *", true), plan("housekeeping", "0 4 * * 1-5", false)];
    schedules::register(service.db(), &plans, service.clock.now()).await.unwrap();
}

/// A run of so many minutes ago.
async fn ran(service: &Office, ago: i64, outcome: Outcome, documents: u64) -> Timestamp {
    let due = service.clock.now() - SignedDuration::from_mins(ago);
    let db = service.db();
    assert!(schedules::claim(db, "retention", due, STARTED_BY_CLOCK, due).await.unwrap());
    let mut report = Report::default();
    report.count("documents", documents);
    if outcome == Outcome::Failed {
        report.error = Some("the other side is busy".to_owned());
    }
    let ended = due + SignedDuration::from_secs(2);
    schedules::end(db, "retention", due, (outcome, &report), ended).await.unwrap();
    due
}

/// The page in English, its no-break spaces as plain ones.
async fn english(service: &Office, cookie: &str) -> String {
    let page = service.get_as(PATH, &format!("{cookie}; postulo_language=en")).await;
    page.body.replace('\u{a0}', " ")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_each_task_does_when_it_runs_next_and_how_it_went(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let cookie = service.sign_in(Role::Analyst).await;
    let page = english(&service, &cookie).await;
    assert!(page.contains("No process has run scheduled tasks yet"), "{page}");

    told(&service).await;
    ran(&service, 120, Outcome::Done, 7).await;
    ran(&service, 60, Outcome::Done, 3).await;
    let page = english(&service, &cookie).await;
    assert!(page.contains("Deletes what was kept for long enough"), "{page}");
    assert!(page.contains("documents of 3 applications deleted"), "{page}");
    assert!(page.contains("took 2 s"), "{page}");
    assert!(page.contains("2 done, 0 failed, 0 broken off; up to 7 a run"), "{page}");
    assert_eq!(page.matches("(Paris time)").count(), 3, "the next three times in words: {page}");
    assert!(page.contains(":43 pm (Paris time)") || page.contains(":43 am (Paris time)"), "{page}");
    assert!(page.contains("switched off by the settings"), "{page}");
    assert!(page.contains("It has not run yet."), "{page}");
    assert!(!page.contains("<button name=\"act\""), "who may not, is not offered to: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_asks_for_a_run_and_switches_a_task_off_and_on() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    told(&service).await;
    let act = async |act: &str| {
        let fields = [("task", "retention"), ("act", act)];
        let answer = service.post_as(PATH, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.location().to_owned()
    };
    assert_eq!(act("run").await, "/admin/schedules?done=task-asked");
    assert_eq!(act("run").await, "/admin/schedules?done=task-was-asked");
    let asked = schedules::latest(service.db(), "retention", 9).await.unwrap();
    assert_eq!((asked.len(), asked[0].started_at), (1, None));
    let page = english(&service, &cookie).await;
    assert!(page.contains("asked for by admin@postulo.example"), "{page}");
    assert!(page.contains("hx-trigger"), "it is looked at again: {page}");

    assert_eq!(act("off").await, "/admin/schedules?done=task-off");
    let page = english(&service, &cookie).await;
    assert!(page.contains("Switched off "), "{page}");
    assert!(page.contains("never: it is switched off") && page.contains("Switch on"), "{page}");
    let switch = service.commands.schedules().schedule_switch("retention").await.unwrap().unwrap();
    let admin = service.operator(Role::Admin).await;
    assert_eq!((switch.on, switch.by), (false, Some(admin.id.to_string())));
    assert_eq!(act("on").await, "/admin/schedules?done=task-on");
    assert!(service.commands.schedules().find("retention").await.unwrap().is_on());

    for fields in [[("task", "nothing"), ("act", "run")], [("task", "retention"), ("act", "?")]] {
        let answer = service.post_as(PATH, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_fails_twice_in_a_row_needs_attention_until_it_succeeds_or_is_switched_off() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    told(&service).await;
    let front = async || service.get_as("/admin", &cookie).await.body;
    let told = "a échoué deux fois de suite";
    ran(&service, 60, Outcome::Failed, 0).await;
    assert!(!front().await.contains(told));
    ran(&service, 50, Outcome::BrokenOff, 0).await;
    ran(&service, 40, Outcome::Failed, 0).await;
    let page = front().await;
    assert!(page.contains(told) && page.contains("href=\"/admin/schedules\""), "{page}");
    let page = english(&service, &cookie).await;
    assert!(page.contains("failed twice in a row"), "{page}");
    assert!(page.contains("the other side is busy"), "{page}");
    let off = [("task", "retention"), ("act", "off")];
    service.post_as(PATH, &cookie, &off).await;
    assert!(!front().await.contains(told));
    service.post_as(PATH, &cookie, &[("task", "retention"), ("act", "on")]).await;
    assert!(front().await.contains(told));
    ran(&service, 30, Outcome::Done, 0).await;
    assert!(!front().await.contains(told));
}
