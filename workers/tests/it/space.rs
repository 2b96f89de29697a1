//! What the clock does in the spaces of candidates: archiving what grew stale, erasing what was removed long ago.

use commands::schedules::{Outcome, Report};
use commands::{CommandError, NewTracked};
use domain::Personal;
use domain::examples::{self, valid};
use domain::space::{
    ArchivedBy, CandidateTask, ChangeTracked, RemoveTask, RemoveTracked, SpaceRefusal, TaskDetails,
    TaskStatus, TrackedApplication, TrackedDetails, TrackedStatus,
};
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workers::jobs::{retention, run_by_hand};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Somebody's space, on a fixture.
struct Tracker {
    fixture: Fixture,
    owner: Uuid,
}

impl Tracker {
    async fn new(engine: Engine) -> Self {
        let fixture = Fixture::new(engine).await;
        let owner = fixture.ids.uuid();
        Self { fixture, owner }
    }

    async fn tracks(&self, status: TrackedStatus) -> Uuid {
        let id = self.fixture.ids.uuid();
        let today = self.fixture.commands.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let new = NewTracked {
            details: TrackedDetails {
                company: Personal::new(valid("Brume")),
                position: Personal::new(valid("Dev")),
                location: None,
                url: None,
                applied_on: today.to_string().parse().unwrap(),
            },
            status,
            description: None,
            notes: vec![],
        };
        self.fixture.commands.space().track(id, self.owner, new, &cause()).await.unwrap();
        id
    }

    async fn adds_task(&self, application: Option<Uuid>) -> Uuid {
        let id = self.fixture.ids.uuid();
        let title = Personal::new(valid("Relancer"));
        let details = TaskDetails { title, description: None, due_on: None, application };
        let space = self.fixture.commands.space();
        space.add_task(id, self.owner, details, TaskStatus::ToDo, &cause()).await.unwrap();
        id
    }

    async fn changes(&self, id: Uuid, change: ChangeTracked) {
        let space = self.fixture.commands.space();
        space.decide(id, self.owner, change, &cause()).await.unwrap();
    }

    async fn archived(&self, id: Uuid) -> Option<ArchivedBy> {
        self.fixture.commands.space().tracked(id, self.owner).await.unwrap().archived
    }

    /// Runs a task; answers what it counted.
    async fn run(&self, name: &str) -> (Report, u64) {
        self.fixture.caught_up().await;
        let (world, stop) = (self.fixture.world(), CancellationToken::new());
        let (outcome, report) = run_by_hand(name, &world, &stop, &|_| {}).await.unwrap();
        assert_eq!(outcome, Outcome::Done, "{report:?}");
        let count = report.counts.iter().map(|(_, count)| count).sum();
        (report, count)
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_or_refused_long_ago_is_archived_once_and_stays_out_when_its_owner_says_so(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let space = Tracker::new(engine).await;
    let (sent, rejected, interview, considered) = (
        space.tracks(TrackedStatus::Sent).await,
        space.tracks(TrackedStatus::Rejected).await,
        space.tracks(TrackedStatus::Interview).await,
        space.tracks(TrackedStatus::Considered).await,
    );
    space.fixture.clock.advance(DAY * 39);
    let young = space.tracks(TrackedStatus::Sent).await;
    assert_eq!(space.run("applications.archive").await.1, 0, "40 days are not over");
    space.fixture.clock.advance(DAY * 2);
    assert_eq!(space.run("applications.archive").await.1, 2);
    for (id, is) in [
        (sent, Some(ArchivedBy::Schedule)),
        (rejected, Some(ArchivedBy::Schedule)),
        (interview, None),
        (considered, None),
        (young, None),
    ] {
        assert_eq!(space.archived(id).await, is);
    }
    assert_eq!(space.run("applications.archive").await.1, 0, "once");
    let at = space.fixture.commands.now();
    let change =
        |archived, status| ChangeTracked { archived, status, at, ..ChangeTracked::default() };
    space.changes(sent, change(Some(false), None)).await;
    assert_eq!(space.run("applications.archive").await.1, 0, "its owner took it out");
    space.changes(sent, change(None, Some(TrackedStatus::Rejected))).await;
    assert_eq!(space.run("applications.archive").await.1, 1, "it moved");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_removed_more_than_thirty_days_ago_is_erased_and_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let tracker = Tracker::new(engine).await;
    let space = tracker.fixture.commands.space();
    let (gone, kept) =
        (tracker.tracks(TrackedStatus::Sent).await, tracker.tracks(TrackedStatus::Sent).await);
    let task = tracker.adds_task(None).await;
    let at = tracker.fixture.commands.now();
    space.decide(gone, tracker.owner, RemoveTracked { at }, &cause()).await.unwrap();
    space.decide_task(task, tracker.owner, RemoveTask { at }, &cause()).await.unwrap();
    tracker.fixture.clock.advance(DAY * 29);
    let later = tracker.tracks(TrackedStatus::Sent).await;
    let at = tracker.fixture.commands.now();
    space.decide(later, tracker.owner, RemoveTracked { at }, &cause()).await.unwrap();
    // Somebody sees to it that the clock is right.
    retention::by_hand(&tracker.fixture.commands, true).await.unwrap();
    assert_eq!(tracker.run("applications.clear").await.1, 0, "30 days are not over");
    tracker.fixture.clock.advance(DAY * 2);
    retention::by_hand(&tracker.fixture.commands, true).await.unwrap();
    assert_eq!(tracker.run("applications.clear").await.1, 2);
    assert_eq!(tracker.run("applications.clear").await.1, 0, "once");
    let commands = &tracker.fixture.commands;
    let state: TrackedApplication = commands.state_of(&gone.to_string()).await.unwrap();
    assert!(matches!(state, TrackedApplication::Erased { .. }), "{state:?}");
    let state: CandidateTask = commands.state_of(&task.to_string()).await.unwrap();
    assert!(matches!(state, CandidateTask::Erased { .. }), "{state:?}");
    assert!(space.tracked(kept, tracker.owner).await.is_ok());
    let removed = space.tracked(later, tracker.owner).await;
    assert!(
        matches!(removed, Err(CommandError::Refused(SpaceRefusal::NotFound))),
        "may be restored"
    );
    let state: TrackedApplication = commands.state_of(&later.to_string()).await.unwrap();
    assert!(state.known().is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_about_an_application_goes_with_it_and_with_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let tracker = Tracker::new(engine).await;
    let commands = &tracker.fixture.commands;
    let space = commands.space();
    tracker.fixture.register_demo(examples::partner_settings()).await;
    let submission = examples::submission();
    let sent = commands.applications().submit(submission, &[], None, &cause()).await.unwrap().id;
    let (gone, kept) =
        (tracker.tracks(TrackedStatus::Sent).await, tracker.tracks(TrackedStatus::Sent).await);
    let about = [
        tracker.adds_task(Some(gone)).await,
        tracker.adds_task(Some(sent)).await,
        tracker.adds_task(Some(kept)).await,
    ];
    let tags = vec![valid("important")];
    let tagged = ChangeTracked { tags: Some(tags), at: commands.now(), ..Default::default() };
    space.decide_on_sent(sent, tracker.owner, tagged, &cause()).await.unwrap();
    let noted = TrackedApplication::overlay_id(tracker.owner, sent);
    let at = commands.now();
    space.decide(gone, tracker.owner, RemoveTracked { at }, &cause()).await.unwrap();
    tracker.fixture.clock.advance(DAY * 31);
    retention::by_hand(commands, true).await.unwrap();
    assert_eq!(tracker.run("applications.clear").await.1, 2, "the application and its task");
    let remain = async || {
        let mut remain = vec![];
        for task in about {
            let state: CandidateTask = commands.state_of(&task.to_string()).await.unwrap();
            remain.push(state.known().is_ok());
        }
        let state: TrackedApplication = commands.state_of(&noted.to_string()).await.unwrap();
        remain.push(state.known().is_ok());
        remain
    };
    assert_eq!(remain().await, [false, true, true, true]);
    let basis = domain::erasure::ErasureBasis::CommandLine;
    let address = examples::submission().candidate.email.reveal().clone();
    let records = [domain::erasure::RecordRef::application(sent)];
    commands.people().forget_person(&address, &records, &basis, &cause()).await.unwrap();
    assert_eq!(tracker.run("applications.clear").await.1, 2, "a task and the notes");
    assert_eq!(remain().await, [false, false, true, false]);
    assert_eq!(tracker.run("applications.clear").await.1, 0, "once");
}
