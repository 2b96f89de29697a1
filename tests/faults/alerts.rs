//! Job alerts while the service is killed: each offer that matches is in exactly one letter of its
//! alert.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use commands::{Commands, LinkUse, NewAlert, Password, Registration, schedules};
use domain::Language;
use domain::examples::{offer, valid};
use domain::offer::OfferContent;
use domain::space::{AlertCriteria, AlertFrequency, CriteriaFields, JobAlert, JobAlertEvent};
use event_store::testing::{Engine, TestDb};
use event_store::{Clock as _, Db, FixedClock, RandomIds, SystemClock, checkpoint};
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions};
use rstest::rstest;
use testing::cause;
use uuid::Uuid;

use crate::aftermath::{count, settled};
use crate::place::{Place, caught_up, emails, until};
use crate::services::alone;

const OWNERS: usize = 8;
/// More than are looked at side by side, so that there is a middle.
const ALERTS_OF_EACH: usize = 20;
const ALERTS: usize = OWNERS * ALERTS_OF_EACH;
const MATCHED: &str = "SELECT count(*) AS n FROM events WHERE event_type = 'JobAlertMatched'";

/// What each alert is called, and the offers that it has to tell of.
struct Owed {
    alerts: BTreeMap<Uuid, String>,
    offers: BTreeSet<Uuid>,
}

/// Starts the service for the first time: from then on letters are owed.
async fn owing(place: &Place) {
    let server = place.serve().await;
    let db = place.database().await;
    let begun = async || checkpoint::read(&db, "reactor:alert_letters").await.unwrap().is_some();
    until("letters are owed", begun).await;
    db.close().await;
    server.stop().await;
}

/// People with alerts that are due, and what is new to all of them.
async fn prepared(place: &Place) -> Owed {
    let clock = Arc::new(FixedClock::new(SystemClock.now() - SignedDuration::from_hours(72)));
    let log = place.open_log_at(place.database().await, clock.clone()).await;
    let ids = Arc::new(RandomIds::new(clock.clone()));
    let commands = commands::testing::commands(&log, clock.clone(), ids);
    let mut owed = Owed { alerts: BTreeMap::new(), offers: BTreeSet::new() };
    for nth in 0..OWNERS {
        owed.alerts.extend(alerts(&commands, nth).await);
    }
    for nth in 1..=3 {
        let title = format!("Boulanger {nth}");
        let company = Uuid::new_v5(&Uuid::NAMESPACE_URL, title.as_bytes());
        let content = OfferContent {
            title: valid(&title),
            company: valid(&company.to_string()),
            url: None,
            valid_through: None,
            ..offer()
        };
        let offers = commands.offers();
        let found = offers.collect(valid("greenhouse"), valid(&title), content, &cause()).await;
        owed.offers.insert(found.unwrap().id());
    }
    // All of it is there before the service looks.
    let running = Projections::start(log.clone(), clock, &RunnerOptions::default());
    caught_up(&running, &log).await;
    running.stop().await;
    log.close().await;
    owed
}

/// The alerts of somebody.
async fn alerts(commands: &Commands, nth: usize) -> BTreeMap<Uuid, String> {
    let registration = Registration {
        email: valid(&format!("candidate{nth}@example.org")),
        username: None,
        full_name: None,
        language: Language::En,
        password: Password::presented("seven green horses at noon"),
    };
    let accounts = commands.accounts();
    let account = accounts.register(registration, &cause()).await.unwrap();
    let link = commands.identity().make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
    accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
    let mut named = BTreeMap::new();
    for of_owner in 0..ALERTS_OF_EACH {
        let (id, name) = (commands.fresh_id(), format!("Alert {nth} {of_owner}"));
        let fields =
            CriteriaFields { keywords: vec![valid("boulanger")], ..CriteriaFields::default() };
        let new = NewAlert {
            name: valid(&name),
            criteria: AlertCriteria::new(fields).unwrap(),
            frequency: AlertFrequency::Daily,
            zone: valid("Europe/Paris"),
        };
        commands.alerts().create(id, account.id, new, &cause()).await.unwrap();
        named.insert(id, name);
    }
    named
}

/// The letters of alerts at the sink: how many there are of each subject. One that left twice has
/// one Message-ID, and is one.
fn letters(place: &Place) -> BTreeMap<String, usize> {
    let header = |email: &str, name: &str| {
        let mut lines = email.lines().take_while(|line| !line.is_empty());
        lines.find(|line| line.to_lowercase().starts_with(name)).map(str::to_owned)
    };
    let mails = emails(&place.path("mailbox"));
    let of_alerts = mails.iter().filter(|email| header(email, "list-unsubscribe-post:").is_some());
    let told: BTreeSet<_> = of_alerts
        .map(|email| (header(email, "message-id:").unwrap(), header(email, "subject:").unwrap()))
        .collect();
    let mut subjects = BTreeMap::new();
    for (_, subject) in told {
        *subjects.entry(subject).or_default() += 1;
    }
    subjects
}

async fn ask(db: &Db) {
    schedules::request(db, "alerts.send", "test", SystemClock.now()).await.unwrap();
}

/// Waits until nothing that was asked for is under way.
async fn over(db: &Db) {
    let open =
        "SELECT count(*) AS n FROM schedule_runs WHERE task = 'alerts.send' AND outcome IS NULL";
    until("every run is over", async || match count(db, open).await {
        Some(0) => Ok(()),
        open => Err(open),
    })
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_match_is_in_exactly_one_letter_after_three_kills(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let database = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(TestDb::empty(engine).await),
    };
    let mut settings = vec![("POSTULO_LOG", "off")];
    settings.extend(database.iter().map(|it| ("POSTULO_DATABASE_URL", it.url())));
    let place = Place::new(&settings);
    owing(&place).await;
    let owed = prepared(&place).await;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    // Once some are told, once the first letter left, and amid the letters.
    for (matched, left) in [(1, 0), (1, 1), (1, ALERTS / 3)] {
        let server = place.serve().await;
        let db = place.database().await;
        ask(&db).await;
        until("it is at work", async || {
            let seen = (count(&db, MATCHED).await, letters(&place).len());
            if seen.0 >= Some(matched) && seen.1 >= left { Ok(()) } else { Err(seen) }
        })
        .await;
        db.close().await;
        // The moment is random; the seed is not, so that a failure can be met again.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((seed >> 33) % 50)).await;
        server.kill().await;
    }
    let server = place.serve().await;
    let db = place.database().await;
    ask(&db).await;
    until("every letter left", async || {
        let seen = letters(&place).len();
        if seen == ALERTS { Ok(()) } else { Err((count(&db, MATCHED).await, seen)) }
    })
    .await;
    // One more time: there is nothing left to tell.
    over(&db).await;
    ask(&db).await;
    over(&db).await;
    settled(&db).await;
    server.stop().await;
    check(&place, db, &owed).await;
}

async fn check(place: &Place, db: Db, owed: &Owed) {
    let expected: BTreeMap<_, _> = owed
        .alerts
        .values()
        .map(|name| (format!("Subject: {} new offers: {name}", owed.offers.len()), 1))
        .collect();
    assert_eq!(letters(place), expected);
    let failed = "SELECT count(*) AS n FROM reactions WHERE state = 'failed'";
    assert_eq!(count(&db, failed).await, Some(0), "a letter failed for good");
    let clock = Arc::new(SystemClock);
    let log = place.open_log(db).await;
    let ids = Arc::new(RandomIds::new(clock.clone()));
    let commands = commands::testing::commands(&log, clock, ids);
    for alert in owed.alerts.keys() {
        let history = commands.history_of::<JobAlert>(&alert.to_string()).await.unwrap();
        let told = history.events.iter().filter_map(|recorded| match &recorded.event {
            JobAlertEvent::JobAlertMatched { offers, .. } => Some(offers.reveal().ids().to_vec()),
            _ => None,
        });
        let told: Vec<_> = told.flatten().collect();
        assert_eq!(told.len(), owed.offers.len(), "{alert}");
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), owed.offers, "{alert}");
    }
    log.close().await;
}
