//! Values of a person are planted wherever the service keeps something. While it lives, none of them lies
//! in the open in any byte that it keeps: what is personal is sealed. Then the person is forgotten, and
//! whoever has all keys that are left can read nothing of them.

use std::collections::BTreeSet;

use domain::account::Account;
use domain::space::{CandidateCv, CandidateProfile, JobAlert};
use domain::{JobApplication, examples};
use event_store::StreamId;
use event_store::testing::Engine;
use rstest::rstest;

use super::browser::{MILL, MILLER};
use super::every_aggregate::plant_in_every_aggregate;
use super::search::Search;
use super::space::{ALERT, SUMMARY, TITLE, TOLD, WANTED, ZONE};
use super::stage::*;
use crate::aftermath::read_models;
use crate::services::alone;

/// Everything that was ever said of her or to her.
const PLANTED: [&str; 40] = [
    FIRST,
    LAST,
    EMAIL,
    PHONE,
    ADDRESS,
    PEID,
    MESSAGE,
    FILE,
    TEXT,
    REASON,
    AGENT,
    BOSS,
    RECRUITER,
    RECRUITER_EMAIL,
    ANSWER,
    FORWARDED,
    BOUNCE,
    UNKNOWN,
    BUSY,
    USERNAME,
    FULL_NAME,
    COMPANY,
    POSITION,
    PLACE,
    ADVERTISEMENT,
    DESCRIPTION,
    NOTE,
    TAG,
    TASK,
    TASK_TEXT,
    CV,
    CV_TEXT,
    MILL,
    MILLER,
    ALERT,
    WANTED,
    ZONE,
    TOLD,
    TITLE,
    SUMMARY,
];

/// That her alert matched was seen to.
const ALERTED: &str = "SELECT count(*) FROM reactions WHERE reactor = 'alert_letters'";

/// And of somebody who is not forgotten.
const OTHERS: [&str; 3] =
    ["basile.ardoisier@courrier.example", "Basile-Ardoisier", "J'aime les ardoises d'Angers."];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_lies_in_the_open_and_of_the_forgotten_nothing_can_be_opened(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let mut stage = Stage::new(engine).await;
    let she = [EMAIL, FIRST, LAST];
    let mut hers = vec![stage.apply(application(she, MESSAGE, BOSS), Some((FILE, TEXT))).await];
    for employer in ["unknown.feldspath@fournil.example", "busy.feldspath@fournil.example"] {
        let again = application(she, MESSAGE, employer);
        hers.push(stage.apply(again, Some((FILE, TEXT))).await);
    }
    let he = [OTHERS[0], OTHERS[1], "Martin"];
    let his = application(he, OTHERS[2], "recrutement@boulangerie.example");
    let his = stage.apply(his, Some(("CV.txt", "Son CV"))).await;
    stage.counted(2, "SELECT count(*) FROM events WHERE event_type = 'SentToEmployer'").await;
    stage.counted(2, "SELECT count(*) FROM reactions WHERE sealed_detail IS NOT NULL").await;
    stage.happens(hers[0]).await;
    stage.counted(1, "SELECT count(*) FROM events WHERE event_type = 'AttachmentsForwarded'").await;
    stage.counted(1, "SELECT count(*) FROM events WHERE event_type = 'EmailResent'").await;
    stage.counted(2, ANSWERED).await;
    let mut kept_elsewhere = stage.others_come(hers[0]).await;
    let space = stage.keeps_a_space().await;
    kept_elsewhere.extend(space.secrets);
    // Nobody is told at an address that is not confirmed.
    stage.counted(1, ALERTED).await;
    stage.settled().await;
    stage.it.place.print(&["projections", "rebuild", "--all"]);
    assert!(stage.count("SELECT count(*) FROM snapshots").await > 0);

    // Nobody is forgotten yet, and nothing of anybody lies in the open.
    stage.is_searched().await;
    let mut values: Vec<String> = PLANTED.into_iter().chain(OTHERS).map(str::to_owned).collect();
    values.extend([OPERATOR, GUESSED].map(str::to_owned));
    values.extend(kept_elsewhere);
    let everything = Search::new(values);
    let open = stage.look_at_rest(&everything).await;
    assert!(open.is_empty(), "this lies in the open: {open:#?}");
    // It is all there for who has the keys.
    let planted = Search::new(PLANTED.into_iter().chain(OTHERS).chain([OPERATOR]));
    let there: BTreeSet<_> = stage.it.look_opened(&planted).await.into_keys().collect();
    assert_eq!(there, planted.values().iter().cloned().collect());

    // After the search: what waits for a busy server ends with it.
    let it = &stage.it;
    it.place.print(&["suppressions", "add", EMAIL]);
    stage.settled().await;
    stage.counted(1, "SELECT count(*) FROM suppressions WHERE sealed IS NOT NULL").await;
    let refused = stage.post(application(she, MESSAGE, BOSS), None).await;
    let refusal = (refused.status(), refused.text().await.unwrap());
    assert!(refusal.0.is_client_error(), "{refusal:?}");
    // Hers, and the one that a service in development has.
    assert_eq!(stage.count("SELECT count(*) FROM accounts").await, 2);
    let told = it.place.print(&["person", "erase", EMAIL, "--yes"]);
    assert!(told.contains("3 applications erased"), "{told}");
    assert_eq!(stage.count("SELECT count(*) FROM accounts").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM belongings").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM sessions WHERE kind = 'user'").await, 0);
    // It is over at once: nothing is looked for again.
    let hers: Vec<_> = hers.iter().map(ToString::to_string).collect();
    let (account, alert) = (space.account.to_string(), space.alert.to_string());
    let streams = hers.iter().map(|id| StreamId::of::<JobApplication>(id));
    let streams = streams.chain([
        StreamId::of::<Account>(&account),
        StreamId::of::<JobAlert>(&alert),
        StreamId::of::<CandidateCv>(&account),
        StreamId::of::<CandidateProfile>(&account),
    ]);
    let streams: Vec<_> = streams.collect();
    stage.settled().await;
    it.is_forgotten(&examples::valid(EMAIL), &streams).await;

    let of_hers = Search::new(PLANTED);
    let left = it.look_opened(&of_hers).await;
    assert!(left.is_empty(), "of who was forgotten this can be opened: {left:#?}");
    let others = Search::new(OTHERS);
    assert_eq!(
        it.look_opened(&others).await.len(),
        OTHERS.len(),
        "somebody else was forgotten, too"
    );
    assert!(it.commands.attachments().holds(his).await.unwrap());
    let open = stage.look_at_rest(&everything).await;
    assert!(open.is_empty(), "this lies in the open: {open:#?}");
    // Read models tell nothing of her, sealed or not.
    let mut cells = super::search::Found::new();
    of_hers.look_in_tables(it.db(), &mut cells).await;
    assert!(cells.is_empty(), "{cells:#?}");
    // Everything goes on: the log verifies, the read models are built anew, and nobody writes to her.
    it.place.print(&["audit", "checkpoint"]);
    it.place.print(&["audit", "verify"]);
    let grown = read_models(&it.log).await;
    it.place.print(&["projections", "rebuild", "--all"]);
    assert_eq!(read_models(&it.log).await, grown);
    let refused = stage.post(application(she, MESSAGE, BOSS), None).await;
    assert_eq!((refused.status(), refused.text().await.unwrap()), refusal);

    // Whatever any aggregate may hold, also one of tomorrow; and then everything ends.
    stage.stop().await;
    let mut values = plant_in_every_aggregate(&stage.it).await;
    values.extend(everything.values().iter().cloned());
    let open = stage.look_after_the_end(&Search::new(values)).await;
    assert!(open.is_empty(), "this lies in the open: {open:#?}");
}
