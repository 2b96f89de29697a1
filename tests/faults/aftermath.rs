//! What must hold after any fault.

use std::collections::{BTreeMap, BTreeSet};

use event_store::testing::checkpoints;
use event_store::{Db, Log, args};
use futures::FutureExt as _;

use crate::place::{Place, emails, until};

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

#[derive(sqlx::FromRow)]
struct Text {
    text: String,
}

/// A count, once the database answers.
pub(crate) async fn count(db: &Db, sql: &str) -> Option<i64> {
    db.fetch_one::<Number>(sql, args![]).await.ok().map(|row| row.n)
}

/// Waits until every application has its two letters and the read models have seen all.
pub(crate) async fn settled(db: &Db) {
    let happened = || async {
        let submitted =
            count(db, "SELECT count(*) AS n FROM events WHERE event_type = 'Submitted'").await;
        let sent = "SELECT count(*) AS n FROM events WHERE event_type = 'SentToEmployer'";
        let told = "SELECT count(*) AS n FROM events WHERE event_type = 'ConfirmedToCandidate'";
        let (sent, told) = (count(db, sent).await, count(db, told).await);
        if submitted.is_some() && submitted == sent && submitted == told {
            return Ok(());
        }
        Err((submitted, sent, told, checkpoints(db).await))
    };
    let settled = std::panic::AssertUnwindSafe(until("every reaction has happened", happened));
    if let Err(panic) = settled.catch_unwind().await {
        tell(db).await;
        std::panic::resume_unwind(panic);
    }
    until("every projection has seen everything", || async {
        let head = count(db, "SELECT max(position) AS n FROM events").await;
        let behind = "SELECT min(position) AS n FROM checkpoints WHERE name LIKE 'projection:%'";
        if head.is_some() && head == count(db, behind).await {
            return Ok(());
        }
        Err(checkpoints(db).await)
    })
    .await;
}

/// Prints where each reader stands, and what waits.
async fn tell(db: &Db) {
    let sql = "SELECT name || ' ' || position AS text FROM checkpoints
               UNION ALL
               SELECT reactor || ' ' || position || ' ' || state || ' due ' || coalesce(due_at, '-')
                   || ': ' || cause FROM reactions
               UNION ALL
               SELECT 'head ' || max(position) FROM events";
    match db.fetch_all::<Text>(sql, args![]).await {
        Ok(rows) => rows.iter().for_each(|row| println!("{}", row.text)),
        Err(error) => println!("{error}"),
    }
}

/// Checks the log, the letters and the read models against what partners were told. The service may
/// be running; nothing may be under way.
pub(crate) async fn check(place: &Place, db: &Db, told: &BTreeMap<String, String>) {
    // Each acknowledged application is there once, and none has two of anything.
    let sql = "SELECT aggregate_id AS text FROM events WHERE event_type = 'Submitted'";
    let rows: Vec<Text> = db.fetch_all(sql, args![]).await.unwrap();
    let present: BTreeSet<_> = rows.iter().map(|row| row.text.clone()).collect();
    assert_eq!(present.len(), rows.len(), "an application was submitted twice");
    let lost: Vec<_> = told.values().filter(|id| !present.contains(*id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert_eq!(told.values().collect::<BTreeSet<_>>().len(), told.len());
    for kind in ["SentToEmployer", "ConfirmedToCandidate"] {
        let twice = format!(
            "SELECT count(*) AS n FROM (SELECT aggregate_id FROM events WHERE event_type = '{kind}' \
             GROUP BY aggregate_id HAVING count(*) > 1) AS twice"
        );
        assert_eq!(count(db, &twice).await, Some(0), "{kind} is recorded twice");
    }
    let parked = "SELECT count(*) AS n FROM reactions WHERE state = 'failed'";
    assert_eq!(count(db, parked).await, Some(0), "a reaction failed for good");

    // Positions have no gap.
    let events = count(db, "SELECT count(*) AS n FROM events").await;
    assert_eq!(count(db, "SELECT max(position) AS n FROM events").await, events);
    assert_eq!(count(db, "SELECT min(position) AS n FROM events").await, Some(1));

    // Every e-mail left; one may have left twice, with the same Message-ID, and no other.
    let mut letters: BTreeMap<String, usize> = BTreeMap::new();
    for email in emails(&place.path("mailbox")) {
        let id = email.lines().find(|line| line.to_lowercase().starts_with("message-id:")).unwrap();
        *letters.entry(id.to_owned()).or_default() += 1;
    }
    assert_eq!(letters.len(), 2 * present.len(), "a letter is missing, or one too many is there");
    let repeated: usize = letters.values().map(|count| count - 1).sum();
    println!("{} applications; {repeated} of {} e-mails left twice", told.len(), letters.len());

    // Read models equal a rebuild.
    let log = place.open_log(db.clone()).await;
    let before = read_models(&log).await;
    assert_eq!(before["applications"].len(), present.len());
    place.print(&["projections", "rebuild", "--all"]);
    assert_eq!(read_models(&log).await, before);
    log.close().await;
}

/// Every row of every read model, opened, as text.
pub(crate) async fn read_models(log: &Log) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for (_, table) in projections::columns::tables() {
        all.insert(table.name, testing::rows(log, table).await);
    }
    all
}
