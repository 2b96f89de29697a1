//! Accounts that close while something begins in them: whichever comes first, nothing is left.

use domain::Stored;
use domain::space::{
    AddTask, HideTracked, ProfileAbout, ProfileEdit, TrackedDetails, TrackedStatus, UploadCv,
};
use event_store::args;

use super::*;
use crate::{AlertLook, CvError, NewTracked};

fn details() -> TaskDetails {
    let title = Personal::new(valid("Relancer"));
    TaskDetails { title, description: None, due_on: None, application: None }
}

fn tracked() -> NewTracked {
    NewTracked {
        details: TrackedDetails {
            company: Personal::new(valid("Brume")),
            position: Personal::new(valid("Boulanger")),
            location: None,
            url: None,
            applied_on: "2026-11-18".parse().unwrap(),
        },
        status: TrackedStatus::Sent,
        description: None,
        notes: vec![],
    }
}

fn profile() -> ProfileEdit {
    let about = ProfileAbout { title: Some(valid("Boulanger")), ..ProfileAbout::default() };
    ProfileEdit::About(Box::new(about))
}

fn is_refused<T>(outcome: &SpaceResult<T>) -> bool {
    matches!(outcome, Err(CommandError::Refused(SpaceRefusal::Erased)))
}

impl Fixture {
    async fn closes(&self, owner: Uuid) {
        self.commands.accounts().close(owner, ClosingReason::Owner, &cause()).await.unwrap();
    }

    async fn state<A: Stored>(&self, id: Uuid) -> A {
        self.commands.state_of::<A>(&id.to_string()).await.unwrap()
    }

    /// The first event of a task, as of a process that is killed behind it.
    async fn begins_task(&self, id: Uuid, owner: Uuid) {
        let at = self.commands.now();
        let add = AddTask { owner, details: details(), status: TaskStatus::ToDo, at };
        self.commands.perform(&id.to_string(), &add, &cause()).await.unwrap();
        assert!(!self.is_erased(id).await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_begins_in_a_closed_account_is_refused_and_erased(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    it.closes(mira).await;
    let (space, cause) = (it.commands.space(), cause());
    let [one, linked, task, alert] = [7, 8, 9, 10].map(Uuid::from_u128);
    let begun = space.track(one, mira, tracked(), &cause).await.map(drop);
    assert!(is_refused(&begun), "{begun:?}");
    let hide = HideTracked { hidden: true, at: it.commands.now() };
    let begun = space.decide_on_sent(linked, mira, hide, &cause).await.map(drop);
    assert!(is_refused(&begun), "{begun:?}");
    let begun = space.add_task(task, mira, details(), TaskStatus::ToDo, &cause).await.map(drop);
    assert!(is_refused(&begun), "{begun:?}");
    let begun = it.creates_alert(mira, alert).await;
    assert!(is_refused(&begun), "{begun:?}");
    let begun = space.change_profile(mira, profile(), &cause).await.map(drop);
    assert!(is_refused(&begun), "{begun:?}");
    let begun = space.upload_cv(mira, cv("first"), &cause).await.map(drop);
    let refused = CommandError::Refused(SpaceRefusal::Erased);
    assert!(
        matches!(&begun, Err(CvError::Command(error)) if error.refusal() == refused.refusal()),
        "{begun:?}"
    );

    let overlay = TrackedApplication::overlay_id(mira, linked);
    for id in [one, overlay] {
        let state: TrackedApplication = it.state(id).await;
        assert_eq!(state, TrackedApplication::Erased { owner: mira });
    }
    assert!(it.is_erased(task).await);
    assert_eq!(it.state::<JobAlert>(alert).await, JobAlert::Deleted { owner: mira });
    let state: CandidateProfile = it.state(mira).await;
    assert_eq!(state, CandidateProfile::Erased { owner: mira });
    assert_eq!(it.state::<CandidateCv>(mira).await, CandidateCv::Erased { owner: mira });
    assert!(!space.cvs().holds(mira).await.unwrap());
    assert_eq!(it.belongings(mira).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_before_its_account_closes_and_begins_after_is_found_by_its_note(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    let [seen, killed, never] = [7, 8, 9].map(Uuid::from_u128);
    for id in [seen, killed, never] {
        it.notes(mira, CandidateTask::TYPE, id).await;
    }
    it.notes(mira, CandidateCv::TYPE, mira).await;
    it.closes(mira).await;
    assert_eq!(it.belongings(mira).await, 4, "none of them began");

    it.begins_task(seen, mira).await;
    let seen_closed = it.commands.space().unless_closed::<CandidateTask>(mira, seen).await;
    assert!(is_refused(&seen_closed), "{seen_closed:?}");
    assert!(it.is_erased(seen).await, "at once");

    it.begins_task(killed, mira).await;
    let document = recognise(vec![cv("first")]).unwrap().remove(0).attachment;
    let upload = UploadCv { owner: mira, document, at: it.commands.now() };
    it.commands.perform(&mira.to_string(), &upload, &cause()).await.unwrap();
    assert_eq!(it.commands.tidy().await.unwrap().late, 1);
    assert!(it.is_erased(killed).await, "by housekeeping");
    assert_eq!(it.state::<CandidateCv>(mira).await, CandidateCv::Erased { owner: mira });
    assert_eq!(it.belongings(mira).await, 1, "one may begin yet");

    // Whoever notes it again has as long again.
    it.clock.advance(SignedDuration::from_mins(50));
    it.notes(mira, CandidateTask::TYPE, never).await;
    it.clock.advance(SignedDuration::from_mins(50));
    it.commands.tidy().await.unwrap();
    assert_eq!(it.belongings(mira).await, 1);
    it.clock.advance(SignedDuration::from_mins(20));
    it.commands.tidy().await.unwrap();
    assert_eq!(it.belongings(mira).await, 0);
    assert_eq!(it.commands.tidy().await.unwrap().late, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_in_a_closed_account_is_found_and_open_ones_keep_theirs(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let [mira, zoe] =
        [it.registers("mira@exemple.test").await, it.registers("zoe@exemple.test").await];
    it.closes(mira).await;
    let [late, own] = [7, 8].map(Uuid::from_u128);
    for (owner, task) in [(mira, late), (zoe, own)] {
        it.notes(owner, CandidateTask::TYPE, task).await;
        it.begins_task(task, owner).await;
    }
    // What is noted for somebody is not theirs by that.
    it.notes(mira, CandidateTask::TYPE, own).await;
    assert_eq!(it.commands.tidy().await.unwrap().late, 1);
    assert!(it.is_erased(late).await);
    assert!(!it.is_erased(own).await);
    assert_eq!((it.belongings(mira).await, it.belongings(zoe).await), (0, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_deleted_alert_nothing_is_left_whatever_was_cut_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    let [deleted, kept] = [7, 8].map(Uuid::from_u128);
    for id in [deleted, kept] {
        it.creates_alert(mira, id).await.unwrap();
    }
    let (alerts, at) = (it.commands.alerts(), it.commands.now());
    let up_to = it.commands.log().head().await.unwrap();
    let looks = [deleted, kept].map(|alert| AlertLook { alert, up_to, next_at: at });
    let looked_at = async || {
        let sql = "SELECT alert_id FROM alert_looks ORDER BY alert_id";
        let rows: Vec<(String,)> = it.commands.log().db().fetch_all(sql, args![]).await.unwrap();
        rows.into_iter().map(|(id,)| id).collect::<Vec<_>>()
    };
    alerts.looked(&looks).await.unwrap();
    // Cut off behind the event.
    alerts.decide(deleted, mira, DeleteAlert { at }, &cause()).await.unwrap();
    it.commands.people().clear_forgotten().await.unwrap();
    assert_eq!(looked_at().await, [kept.to_string()]);
    assert_eq!(it.belongings(mira).await, 1);
    // Somebody looked meanwhile.
    alerts.looked(&looks).await.unwrap();
    assert_eq!(it.commands.tidy().await.unwrap().alert_looks, 1);
    assert_eq!(looked_at().await, [kept.to_string()]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_the_log_does_not_come_after_its_account_closed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    let (space, offers) = (it.commands.space(), it.commands.offers());
    let collecting = it.commands.collecting();
    let lies_beside = async || {
        let marks = space.notification_marks(mira).await.unwrap();
        let hidden = offers.hidden_from(mira).await.unwrap();
        let asked = collecting.asked_for_by(mira).await.unwrap();
        [marks.len(), hidden.len(), asked.len()]
    };
    let writes = async || {
        space.read_notifications(mira, &[1, 2]).await.unwrap();
        space.remove_notification(mira, 3).await.unwrap();
        offers.hide_from(mira, Uuid::from_u128(7)).await.unwrap();
        collecting.note_asker(mira, Uuid::from_u128(8)).await.unwrap();
    };
    writes().await;
    assert_eq!(lies_beside().await, [3, 1, 1]);
    it.closes(mira).await;
    assert_eq!(lies_beside().await, [0, 0, 0]);
    writes().await;
    assert_eq!(lies_beside().await, [0, 0, 0]);
}
