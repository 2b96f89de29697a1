//! Processes that forget people are killed in the middle, and the store of documents is away.

use std::process::Stdio;
use std::time::Duration;

use commands::{ForgetError, parked};
use domain::JobApplication;
use domain::erasure::{ErasureBasis, RecordRef};
use event_store::testing::Engine;
use event_store::{Clock as _, StreamId, SystemClock, args};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::{Found, Search, files};
use crate::place::until;
use crate::services::alone;

/// People whose time has come, and others.
const DUE: usize = 120;
const OTHERS: usize = 40;

/// In all that is theirs.
fn name(nth: usize) -> String {
    format!("zenobie{nth:03}quartzberg")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_being_forgotten_when_the_process_was_killed_is_forgotten_in_the_end(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const KILLS: usize = 8;
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    it.place.print(&["client", "create", "usual", "--name", "U", "--contact-email", "a@b.example"]);
    let now = SystemClock.now();
    let mut people = vec![];
    for nth in 0..DUE + OTHERS {
        // Those whose time has come lie between the others.
        let age = if nth % 4 == 3 { 1 } else { 1000 };
        let at = now - SignedDuration::from_hours(24 * age);
        people.push((it.applied(&name(nth), "usual", at).await, name(nth), age > 1));
    }
    it.clock.set(now);
    it.settle().await;
    let all = Search::new(people.iter().map(|(_, name, _)| name));
    let found = it.look_opened(&all).await;
    assert_eq!(found.len(), people.len(), "a search that finds nothing is worth nothing");

    let mut projector = it.place.start(&["projector"]).await;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for nth in 0..KILLS {
        let before = it.erased().await.len();
        let mut command = it.place.command();
        command.args(["retention", "run"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Somebody is being forgotten. The moment is random; the seed is not.
        while it.erased().await.len() == before && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((seed >> 33) % 60)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        if nth % 2 == 0 {
            projector.kill().await;
            projector = it.place.start(&["projector"]).await;
        }
    }
    let cut_off = it.erased().await.len();
    assert!(cut_off < DUE, "nothing was cut off");
    it.place.print(&["retention", "run"]);
    assert_eq!(it.erased().await.len(), DUE);
    let head = it.head().await.get();
    until("the read models have seen all", || async {
        let behind = "SELECT min(position) FROM checkpoints WHERE name LIKE 'projection:%'";
        match it.db().fetch_one::<(i64,)>(behind, args![]).await {
            Ok((at,)) if at >= head => Ok(()),
            not_yet => Err(not_yet.ok()),
        }
    })
    .await;
    projector.stop().await;
    gone_and_there(&it, &people).await;

    // And it counts as done.
    let unfinished = event_store::seal::unfinished(it.db(), 999).await.unwrap();
    assert_eq!(unfinished, vec![]);
    it.close().await;
}

/// Nothing of the forgotten is left, and of everybody else everything is there.
async fn gone_and_there(it: &Archive, people: &[(Uuid, String, bool)]) {
    let names = |forgotten| people.iter().filter(move |it| it.2 == forgotten).map(|it| &it.1);
    let (gone, there) = (Search::new(names(true)), Search::new(names(false)));
    let left = it.look_opened(&gone).await;
    assert!(left.is_empty(), "of people who were forgotten this can be opened: {left:#?}");
    let mut left = Found::new();
    gone.look_in_tables(it.db(), &mut left).await;
    gone.look_in_files(&it.place.path("."), &mut left);
    if let Some(folder) = it.folder_of_database() {
        gone.look_in_files(folder, &mut left);
    }
    assert!(left.is_empty(), "of people who were forgotten there is left: {left:#?}");
    let found = it.look_opened(&there).await;
    assert_eq!(found.len(), there.values().len(), "somebody else was forgotten, too");
    for (id, name, forgotten) in people {
        let documents = files(&it.place.path("attachments").join(id.to_string())).len();
        assert_eq!(documents, usize::from(!forgotten), "documents of {name}");
        let emails = it
            .commands
            .emails()
            .of(StreamId::of::<JobApplication>(&id.to_string()))
            .await
            .unwrap()
            .len();
        assert_eq!(emails, usize::from(!forgotten), "e-mails of {name}");
        let history = it.commands.applications().find(*id).await.unwrap();
        let told = history.state.known().unwrap().submission.candidate.first_name.reveal();
        assert_eq!(told.as_str(), if *forgotten { "erased" } else { name });
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_documents_cannot_be_deleted_the_keys_are_gone_and_the_next_pass_finishes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let now = SystemClock.now();
    let id = it.applied(&name(1), "usual", now).await;
    let other = it.applied(&name(2), "usual", now).await;
    it.settle().await;
    // Something else stands where the store was.
    let (folder, aside) = (it.place.path("attachments"), it.place.path("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let address = domain::examples::valid(&format!("{}@example.org", name(1)));
    let outcome = it
        .commands
        .people()
        .forget_person(
            &address,
            &[RecordRef::application(id)],
            &ErasureBasis::CommandLine,
            &cause(),
        )
        .await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, ForgetError::Attachments(_)), "{error}");
    assert!(error.to_string().contains("the keys are destroyed"), "{error}");
    assert_eq!(it.erased().await, [id.to_string()]);
    // It does not count as done.
    it.commands.people().clear_forgotten().await.unwrap_err();
    assert_eq!(event_store::seal::unfinished(it.db(), 9).await.unwrap().len(), 1);

    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    it.settle().await;
    it.place.print(&["retention", "run"]);
    assert_eq!(event_store::seal::unfinished(it.db(), 9).await.unwrap(), vec![]);
    gone_and_there(&it, &[(id, name(1), true), (other, name(2), false)]).await;
    it.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_forgotten_is_so_at_once_also_while_read_models_stand_still_and_a_copy_was_left(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let now = SystemClock.now();
    let id = it.applied(&name(1), "usual", now).await;
    let other = it.applied(&name(2), "usual", now).await;
    it.settle().await;
    // What a rebuild leaves that is killed.
    let copied = it.head().await.get();
    for sql in [
        "INSERT INTO applications_rebuild SELECT * FROM applications".to_owned(),
        format!("INSERT INTO checkpoints VALUES ('projection:applications_rebuild', {copied})"),
    ] {
        it.db().execute(&sql, args![]).await.unwrap();
    }
    let address = domain::examples::valid(&format!("{}@example.org", name(1)));
    it.commands
        .people()
        .forget_person(
            &address,
            &[RecordRef::application(id)],
            &ErasureBasis::CommandLine,
            &cause(),
        )
        .await
        .unwrap();
    // Nobody waits for a read model: without the key nothing in them can be opened.
    assert_eq!(event_store::seal::unfinished(it.db(), 9).await.unwrap(), vec![]);
    assert_eq!(it.commands.people().clear_forgotten().await.unwrap(), 0);
    it.settle().await;
    gone_and_there(&it, &[(id, name(1), true), (other, name(2), false)]).await;
    let copies = projections::copies(it.db()).await.unwrap();
    let [(copy, at)] = copies[..] else { panic!("{copies:?}") };
    assert_eq!((copy, at.get()), ("applications", copied));
    let earlier = event_store::Position::new(copied - 1);
    assert!(!projections::abandon(it.db(), copy, earlier).await.unwrap(), "it is being built");
    assert!(projections::abandon(it.db(), copy, at).await.unwrap());
    assert_eq!(projections::copies(it.db()).await.unwrap(), []);
    it.close().await;
}

/// Rows as a version before wrote them, with a detail in plain.
const PLAIN: &str = "
    INSERT INTO reactions
        (reactor, position, aggregate_type, application_id, event_type, state, attempts, first_at,
         last_at, cause, detail)
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12000)
    SELECT 'employer_email', 1000 + n, 'JobApplication', $1, 'Submitted', 'failed', 1, $2, $2,
           'There is no such mailbox.', 'what was said ' || CAST(n AS TEXT)
    FROM n";

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_that_is_killed_again_and_again_goes_on_and_loses_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const KILLS: usize = 4;
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let id = it.applied(&name(1), "usual", SystemClock.now()).await;
    it.db().execute(PLAIN, args![id, SystemClock.now()]).await.unwrap();
    let left = async || {
        let all = commands::plain_rows(it.db()).await.unwrap();
        all.iter().map(|unsealed| unsealed.rows).sum::<i64>()
    };
    let details = async || {
        let of_it = parked::Filter::default();
        let rows = parked::page(&it.log, &of_it, 20_000).await.unwrap();
        rows.into_iter().map(|row| row.detail).collect::<Vec<_>>()
    };
    let before = details().await;
    assert!(before.iter().all(Option::is_some) && before.len() > 12_000);
    let mut kills = 0;
    while kills < KILLS {
        let had = left().await;
        assert!(had > 0, "it was not met in the middle often enough: {kills}");
        let mut command = it.place.command();
        command.args(["schedules", "run", "sealing"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // It goes batch by batch: it is killed after the first ones.
        while left().await == had && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        assert!(details().await == before, "something was lost or cannot be read");
    }
    it.place.print(&["schedules", "run", "sealing"]);
    assert_eq!(left().await, 0);
    assert!(details().await == before, "something was lost or cannot be read");
    let mut found = Found::new();
    Search::new(["what was said 11999", "what was said 12"])
        .look_in_tables(it.db(), &mut found)
        .await;
    assert!(found.is_empty(), "{found:#?}");
    it.close().await;
}
