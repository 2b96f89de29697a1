//! Given what somebody tracks, when something is decided about it, then this happens.

use domain::examples::{minutes, valid};
use domain::space::{
    AddNote, AddTask, ArchiveStale, ArchivedBy, ByOwner, CandidateCv, CandidateTask,
    CandidateTaskEvent, ChangeTask, ChangeTracked, DayOrTime, DescribeTracked, DescribedBy,
    Description, EditNote, EraseCv, EraseTask, EraseTracked, HideTracked, LinkTracked, MAX_NOTES,
    Note, RemoveCv, RemoveNote, RemoveTask, RemoveTracked, RestoreTask, RestoreTracked,
    SpaceRefusal, TaskDetails, TaskStatus, TrackApplication, TrackedApplication,
    TrackedApplicationEvent as Event, TrackedDetails, TrackedStatus, UploadCv,
};
use domain::{Decision, MediaType, Personal};
use uuid::Uuid;

const OWNER: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const NOTE: Uuid = Uuid::from_u128(7);
const URL: &str = "https://brume.test/offre";

fn details() -> TrackedDetails {
    TrackedDetails {
        company: Personal::new(valid("SNCF Réseau")),
        position: Personal::new(valid("Dev Rust")),
        location: Some(Personal::new(valid("Nantes"))),
        url: Some(Personal::new(valid(URL))),
        applied_on: valid("2026-11-20"),
    }
}

fn track() -> TrackApplication {
    TrackApplication {
        owner: OWNER,
        details: details(),
        status: TrackedStatus::Sent,
        description: None,
        notes: vec![],
        at: minutes(0),
    }
}

fn added() -> Event {
    Event::TrackedApplicationAdded {
        owner: OWNER,
        details: Box::new(details()),
        status: TrackedStatus::Sent,
        description: None,
        notes: vec![],
        at: minutes(0),
    }
}

fn linked() -> Event {
    let application_id = Uuid::from_u128(9);
    Event::TrackedApplicationLinked { owner: OWNER, application_id, at: minutes(0) }
}

fn moved(status: TrackedStatus, at: i64) -> Event {
    Event::TrackedApplicationMoved { status, at: minutes(at) }
}

fn removed(at: i64) -> Event {
    Event::TrackedApplicationRemoved { at: minutes(at) }
}

fn given(history: impl IntoIterator<Item = Event>) -> TrackedApplication {
    let mut state = TrackedApplication::default();
    history.into_iter().for_each(|event| state.apply(event));
    state
}

fn change() -> ChangeTracked {
    ChangeTracked { at: minutes(5), ..ChangeTracked::default() }
}

const DAY: i64 = 24 * 60;

#[test]
fn an_application_is_tracked_once_by_its_id() {
    assert_eq!(track().decide(&given([])), Ok(vec![added()]));
    assert_eq!(track().decide(&given([added()])), Ok(vec![]));
    let others = TrackApplication { owner: OTHER, ..track() };
    assert_eq!(others.decide(&given([added()])), Err(SpaceRefusal::NotYours));
}

#[test]
fn its_owner_alone_decides() {
    let by = |owner| ByOwner { owner, decision: RemoveTracked { at: minutes(1) } };
    assert_eq!(by(OWNER).decide(&given([added()])), Ok(vec![removed(1)]));
    assert_eq!(by(OTHER).decide(&given([added()])), Err(SpaceRefusal::NotYours));
    assert_eq!(by(OTHER).decide(&given([])), Err(SpaceRefusal::NotFound));
    let erased = Event::TrackedApplicationErased { at: minutes(2) };
    let state = given([added(), erased]);
    assert_eq!(by(OTHER).decide(&state), Err(SpaceRefusal::NotYours), "even when it is erased");
    assert_eq!(by(OWNER).decide(&state), Ok(vec![]));
}

#[test]
fn a_change_is_one_event_for_each_thing_that_changes_and_none_for_what_stays() {
    let same = ChangeTracked {
        company: Some(valid("SNCF Réseau")),
        location: Some(Some(valid("Nantes"))),
        url: Some(Some(valid(URL))),
        applied_on: Some(valid("2026-11-20")),
        status: Some(TrackedStatus::Sent),
        notes: Some(vec![]),
        tags: Some(vec![]),
        archived: Some(false),
        description: Some(None),
        ..change()
    };
    assert_eq!(same.decide(&given([added()])), Ok(vec![]));
    let other = ChangeTracked {
        company: Some(valid("Brume")),
        location: Some(None),
        url: Some(None),
        status: Some(TrackedStatus::Interview),
        archived: Some(true),
        ..change()
    };
    let company = Personal::new(valid("Brume"));
    let details = TrackedDetails { company, location: None, url: None, ..details() };
    assert_eq!(
        other.decide(&given([added()])),
        Ok(vec![
            Event::TrackedApplicationCorrected { details: Box::new(details), at: minutes(5) },
            moved(TrackedStatus::Interview, 5),
            Event::TrackedApplicationArchived { by: ArchivedBy::Owner, at: minutes(5) },
        ])
    );
}

#[test]
fn any_status_may_follow_any_other() {
    for from in TrackedStatus::ALL {
        for to in TrackedStatus::ALL {
            let state = given([added(), moved(from, 1)]);
            let decided = ChangeTracked { status: Some(to), ..change() }.decide(&state).unwrap();
            assert_eq!(decided, if from == to { vec![] } else { vec![moved(to, 5)] });
        }
    }
}

#[test]
fn notes_of_the_same_words_stay_what_they_are() {
    let note = |n: u128, text: &str| Note {
        id: Uuid::from_u128(n),
        text: Personal::new(valid(text)),
        at: minutes(1),
        edited_at: None,
    };
    let noted =
        |n, text| Event::TrackedApplicationNoteAdded { note: note(n, text), at: minutes(1) };
    let history = [added(), noted(1, "one"), noted(2, "two"), noted(3, "two")];
    let wanted = ["two", "three"].map(|text| (Uuid::from_u128(8), valid(text)));
    let decided = ChangeTracked { notes: Some(wanted.to_vec()), ..change() };
    let decided = decided.decide(&given(history.clone())).unwrap();
    let state = given(history.clone().into_iter().chain(decided.clone()));
    let kept: Vec<_> =
        state.known().unwrap().notes.iter().map(|it| it.text.reveal().to_string()).collect();
    assert_eq!(kept, ["two", "three"]);
    assert_eq!(state.known().unwrap().notes[0].id, Uuid::from_u128(2), "the older of the two");
    assert_eq!(decided.len(), 3);
    let clear = ChangeTracked { notes: Some(vec![]), ..change() };
    assert_eq!(clear.decide(&given(history)).unwrap().len(), 3);
    let many = vec![(NOTE, valid("x")); MAX_NOTES + 1];
    let many = ChangeTracked { notes: Some(many), ..change() };
    assert!(matches!(many.decide(&state), Err(SpaceRefusal::TooManyNotes { .. })));
}

/// What becomes of the notes "a", "b" and "c", which are called 1, 2 and 3, where there are to be
/// these; a new one is called by its place, from 10 on. And how many events that takes.
fn notes_become(wanted: &[&str]) -> (Vec<(u128, String)>, usize) {
    let noted = |(n, text): (u128, &str)| {
        let (id, text) = (Uuid::from_u128(n), Personal::new(valid(text)));
        let note = Note { id, text, at: minutes(1), edited_at: None };
        Event::TrackedApplicationNoteAdded { note, at: minutes(1) }
    };
    let history = [added()].into_iter().chain([(1, "a"), (2, "b"), (3, "c")].map(noted));
    let mut state = given(history);
    let wanted = (10..).zip(wanted).map(|(n, text)| (Uuid::from_u128(n), valid(text)));
    let decided = ChangeTracked { notes: Some(wanted.collect()), ..change() };
    let decided = decided.decide(&state).expect("notes that there may be");
    let events = decided.len();
    for event in decided {
        state.apply(event);
    }
    let known = state.known().expect("it was added");
    let told = known.notes.iter().map(|note| (note.id.as_u128(), note.text.reveal().to_string()));
    (told.collect(), events)
}

#[test]
fn notes_are_what_was_asked_for_in_its_order() {
    let cases: [(&[&str], &[u128], usize); 12] = [
        (&["a", "b", "c"], &[1, 2, 3], 0),
        (&["a", "b", "c", "d"], &[1, 2, 3, 13], 1),
        (&["A", "b", "c"], &[1, 2, 3], 1),
        (&["a", "b", "C"], &[1, 2, 3], 1),
        (&["A", "B", "C", "d"], &[1, 2, 3, 13], 4),
        (&["a", "c"], &[1, 3], 1),
        (&["A", "c"], &[1, 3], 2),
        (&["b", "a", "c"], &[2, 11, 12], 4),
        (&["c", "b", "a"], &[3, 11, 12], 4),
        (&["x", "a", "b", "c"], &[10, 11, 12, 13], 7),
        (&["a", "a"], &[1, 2], 2),
        (&[], &[], 3),
    ];
    for (wanted, ids, events) in cases {
        let (notes, happened) = notes_become(wanted);
        let (known, texts): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
        assert_eq!(texts, wanted);
        assert_eq!((&*known, happened), (ids, events), "{wanted:?}");
    }
}

#[test]
fn a_note_is_added_edited_and_removed_once() {
    let add = AddNote { id: NOTE, text: valid("rappeler lundi"), at: minutes(2) };
    let noted = add.decide(&given([added()])).unwrap();
    assert_eq!(noted.len(), 1);
    let history: Vec<_> = [added()].into_iter().chain(noted).collect();
    assert_eq!(add.decide(&given(history.clone())), Ok(vec![]), "a second click");
    let edit = EditNote { id: NOTE, text: valid("rappeler mardi"), at: minutes(3) };
    let edited = edit.decide(&given(history.clone())).unwrap();
    assert_eq!(edited.len(), 1);
    let history: Vec<_> = history.into_iter().chain(edited).collect();
    let state = given(history.clone());
    assert_eq!(edit.decide(&state), Ok(vec![]));
    let note = &state.known().unwrap().notes[0];
    assert_eq!((note.at, note.edited_at), (minutes(2), Some(minutes(3))));
    let remove = RemoveNote { id: NOTE, at: minutes(4) };
    assert_eq!(remove.decide(&state).unwrap().len(), 1);
    assert_eq!(remove.decide(&given([added()])), Ok(vec![]), "it is removed already");
    assert_eq!(edit.decide(&given([added()])), Err(SpaceRefusal::NoSuchNote));
}

fn described(by: DescribedBy) -> Event {
    let text = Personal::new(valid("Un poste."));
    let description = Some(Description { text, by });
    Event::TrackedApplicationDescribed { description, at: minutes(2) }
}

#[test]
fn what_is_generated_never_takes_the_place_of_what_was_typed() {
    let describe = |url: &str| DescribeTracked {
        url: valid(url),
        text: valid("Missions : des trains."),
        model: None,
        at: minutes(6),
    };
    let by_page = describe(URL).decide(&given([added()])).unwrap();
    assert_eq!(by_page.len(), 1);
    assert_eq!(describe(URL).decide(&given([added(), by_page[0].clone()])), Ok(vec![]));
    let typed = given([added(), described(DescribedBy::Owner)]);
    assert_eq!(describe(URL).decide(&typed), Ok(vec![]));
    let page = given([added(), described(DescribedBy::Page)]);
    assert_eq!(describe(URL).decide(&page).unwrap().len(), 1, "a better one of the same kind");
    let elsewhere = describe("https://autre.test/");
    assert_eq!(elsewhere.decide(&given([added()])), Ok(vec![]), "there is another address by now");
    assert_eq!(describe(URL).decide(&given([linked()])), Err(SpaceRefusal::SentThroughPostulo));
    assert_eq!(describe(URL).decide(&given([added(), removed(1)])), Err(SpaceRefusal::NotFound));
}

#[test]
fn an_empty_description_clears_what_was_typed_and_nothing_that_was_generated() {
    let clear = ChangeTracked { description: Some(None), ..change() };
    let generated = given([added(), described(DescribedBy::Page)]);
    assert_eq!(clear.decide(&generated), Ok(vec![]));
    let typed = given([added(), described(DescribedBy::Owner)]);
    let cleared = Event::TrackedApplicationDescribed { description: None, at: minutes(5) };
    assert_eq!(clear.decide(&typed), Ok(vec![cleared]));
    let again = ChangeTracked { description: Some(Some(valid("Un poste."))), ..change() };
    assert_eq!(again.decide(&generated), Ok(vec![]), "it came back as it was");
}

#[test]
fn what_was_sent_through_postulo_takes_notes_and_tags_and_nothing_else() {
    let state = given([linked()]);
    for touching in [
        ChangeTracked { company: Some(valid("X")), ..change() },
        ChangeTracked { status: Some(TrackedStatus::Rejected), ..change() },
        ChangeTracked { url: Some(None), ..change() },
        ChangeTracked { description: Some(None), ..change() },
    ] {
        assert_eq!(touching.decide(&state), Err(SpaceRefusal::SentThroughPostulo));
    }
    assert_eq!(
        RemoveTracked { at: minutes(5) }.decide(&state),
        Err(SpaceRefusal::SentThroughPostulo)
    );
    let tags = Some(vec![valid("Bureau"), valid("bureau"), valid("vélo")]);
    let tagged = ChangeTracked { tags, ..change() }.decide(&state).unwrap();
    let state = given([linked()].into_iter().chain(tagged));
    assert_eq!(state.known().unwrap().tags.len(), 2, "each once");
    let hide = |hidden| HideTracked { hidden, at: minutes(6) };
    let hidden = hide(true).decide(&state).unwrap();
    assert_eq!(hidden, [Event::TrackedApplicationHidden { at: minutes(6) }]);
    assert_eq!(hide(false).decide(&state), Ok(vec![]));
    let link = |owner| LinkTracked { owner, application: Uuid::from_u128(9), at: minutes(7) };
    assert_eq!(link(OWNER).decide(&state), Ok(vec![]));
    assert_eq!(link(OTHER).decide(&state), Err(SpaceRefusal::NotYours));
    assert_eq!(
        link(OWNER).decide(&given([])),
        Ok(vec![Event::TrackedApplicationLinked {
            owner: OWNER,
            application_id: Uuid::from_u128(9),
            at: minutes(7),
        }])
    );
}

#[test]
fn what_grew_stale_is_archived_once_and_not_again_after_its_owner_took_it_out() {
    let archive = |before: i64| ArchiveStale { before: minutes(before), at: minutes(50 * DAY) };
    let archived =
        Event::TrackedApplicationArchived { by: ArchivedBy::Schedule, at: minutes(50 * DAY) };
    let late = archive(10 * DAY);
    assert_eq!(late.decide(&given([added()])), Ok(vec![archived.clone()]));
    assert_eq!(late.decide(&given([added(), archived.clone()])), Ok(vec![]));
    assert_eq!(archive(-DAY).decide(&given([added()])), Ok(vec![]), "it is too young");
    assert_eq!(late.decide(&given([linked()])), Ok(vec![]), "it follows the log");
    assert_eq!(late.decide(&given([added(), removed(1)])), Err(SpaceRefusal::NotFound));
    let out = ChangeTracked { archived: Some(false), ..change() };
    let out = out.decide(&given([added(), archived.clone()])).unwrap();
    let history: Vec<_> = [added(), archived.clone()].into_iter().chain(out).collect();
    assert_eq!(late.decide(&given(history.clone())), Ok(vec![]));
    let moved_on = history.into_iter().chain([moved(TrackedStatus::Rejected, 9)]);
    assert_eq!(late.decide(&given(moved_on)), Ok(vec![archived]), "it moved since");
    for status in TrackedStatus::ALL {
        let decided = late.decide(&given([added(), moved(status, 1)])).unwrap();
        let stale = matches!(status, TrackedStatus::Sent | TrackedStatus::Rejected);
        assert_eq!(!decided.is_empty(), stale, "{status:?}");
    }
}

#[test]
fn what_was_removed_may_be_restored_for_30_days() {
    let remove = RemoveTracked { at: minutes(1) };
    assert_eq!(remove.decide(&given([added()])), Ok(vec![removed(1)]));
    let state = given([added(), removed(1)]);
    assert_eq!(remove.decide(&state), Ok(vec![]), "a second click");
    assert_eq!(state.there().unwrap_err(), SpaceRefusal::NotFound);
    assert_eq!(change().decide(&state), Err(SpaceRefusal::NotFound));
    let restore = |at| RestoreTracked { at: minutes(at) };
    let restored = Event::TrackedApplicationRestored { at: minutes(30 * DAY) };
    assert_eq!(restore(30 * DAY).decide(&state), Ok(vec![restored]));
    assert_eq!(restore(31 * DAY).decide(&state), Err(SpaceRefusal::RemovedTooLongAgo));
    assert_eq!(restore(1).decide(&given([added()])), Ok(vec![]));
    let erase = |before| EraseTracked { removed_before: Some(minutes(before)), at: minutes(99) };
    assert_eq!(erase(1).decide(&state), Ok(vec![]));
    let erased = vec![Event::TrackedApplicationErased { at: minutes(99) }];
    assert_eq!(erase(2).decide(&state), Ok(erased.clone()));
    assert_eq!(erase(2).decide(&given([added()])), Ok(vec![]), "it was not removed");
    let whole = EraseTracked { removed_before: None, at: minutes(99) };
    assert_eq!(whole.decide(&given([added()])), Ok(erased.clone()));
    let state = given([added()].into_iter().chain(erased));
    assert_eq!(whole.decide(&state), Ok(vec![]));
    assert_eq!(restore(1).decide(&state), Err(SpaceRefusal::Erased));
    assert_eq!(whole.decide(&given([])), Err(SpaceRefusal::NotFound));
}

#[test]
fn when_the_employer_first_said_something_is_kept() {
    let history = [added(), moved(TrackedStatus::Interview, 4), moved(TrackedStatus::Rejected, 8)];
    let state = given(history);
    let own = state.known().unwrap().own().unwrap();
    assert_eq!((own.answered_at, own.moved_at), (Some(minutes(4)), minutes(8)));
    let withdrawn = given([added(), moved(TrackedStatus::Withdrawn, 4)]);
    assert_eq!(withdrawn.known().unwrap().own().unwrap().answered_at, None);
}

#[test]
fn when_an_answer_came_that_was_there_from_the_beginning_is_not_known() {
    let status = TrackedStatus::Interview;
    let begun = TrackApplication { status, ..track() }.decide(&given([])).unwrap();
    let answered_at = |more: &[Event]| {
        let state = given(begun.iter().chain(more).cloned());
        state.known().unwrap().own().unwrap().answered_at
    };
    assert_eq!(answered_at(&[]), None);
    assert_eq!(answered_at(&[moved(TrackedStatus::Rejected, 4)]), None);
    let mistaken = [moved(TrackedStatus::Sent, 4), moved(TrackedStatus::Rejected, 8)];
    assert_eq!(answered_at(&mistaken), Some(minutes(8)), "there was none yet");
}

fn task() -> AddTask {
    let details = TaskDetails {
        title: Personal::new(valid("Relancer")),
        description: None,
        due_on: Some(valid("2026-12-01")),
        application: None,
    };
    AddTask { owner: OWNER, details, status: TaskStatus::ToDo, at: minutes(0) }
}

fn with_task(more: impl IntoIterator<Item = CandidateTaskEvent>) -> CandidateTask {
    let mut state = CandidateTask::default();
    let added = task().decide(&state).expect("a task may begin");
    added.into_iter().chain(more).for_each(|event| state.apply(event));
    state
}

#[test]
fn a_task_is_added_changed_and_removed_once() {
    assert_eq!(task().decide(&with_task([])), Ok(vec![]));
    let others = AddTask { owner: OTHER, ..task() };
    assert_eq!(others.decide(&with_task([])), Err(SpaceRefusal::NotYours));
    let change = ChangeTask {
        title: Some(valid("Relancer par téléphone")),
        due_on: Some(Some(valid::<DayOrTime>("2026-12-02"))),
        status: Some(TaskStatus::Done),
        archived: Some(true),
        at: minutes(3),
        ..ChangeTask::default()
    };
    let changed = change.decide(&with_task([])).unwrap();
    let kinds: Vec<_> = changed.iter().map(|event| event.kind().as_str()).collect();
    assert_eq!(kinds, ["CandidateTaskCorrected", "CandidateTaskMoved", "CandidateTaskArchived"]);
    let state = with_task(changed);
    assert_eq!(change.decide(&state), Ok(vec![]));
    assert_eq!(state.known().unwrap().done_at, Some(minutes(3)));
    let remove = RemoveTask { at: minutes(4) };
    let removed = remove.decide(&state).unwrap();
    assert_eq!(removed, [CandidateTaskEvent::CandidateTaskRemoved { at: minutes(4) }]);
    let state = with_task(removed);
    assert_eq!(remove.decide(&state), Ok(vec![]), "a second click");
    assert_eq!(change.decide(&state), Err(SpaceRefusal::NotFound));
    assert_eq!(RestoreTask { at: minutes(5) }.decide(&state).unwrap().len(), 1);
    let late = RestoreTask { at: minutes(31 * DAY) };
    assert_eq!(late.decide(&state), Err(SpaceRefusal::RemovedTooLongAgo));
    let erase = EraseTask { removed_before: None, at: minutes(6) };
    let erased = erase.decide(&state).unwrap();
    let state = with_task(erased);
    assert_eq!(erase.decide(&state), Ok(vec![]));
    assert_eq!(remove.decide(&state), Ok(vec![]), "and a third one after 30 days");
}

#[test]
fn a_later_cv_takes_the_place_of_an_earlier_one() {
    let document = |byte: u8| domain::application::Attachment {
        name: Personal::new(valid("cv.pdf")),
        media_type: MediaType::Pdf,
        size: 10,
        digest: domain::Digest::from_bytes([byte; 32]),
    };
    let upload =
        |owner, byte| UploadCv { owner, document: document(byte), at: minutes(i64::from(byte)) };
    let mut state = CandidateCv::default();
    let mut decide = |decision: &dyn Decision<Aggregate = CandidateCv>| {
        let decided = decision.decide(&state)?;
        decided.iter().cloned().for_each(|event| state.apply(event));
        Ok::<_, SpaceRefusal>(decided.len())
    };
    assert_eq!(decide(&EraseCv { at: minutes(1) }), Err(SpaceRefusal::NotFound));
    assert_eq!(decide(&RemoveCv { at: minutes(1) }), Ok(0));
    assert_eq!(decide(&upload(OWNER, 1)), Ok(1));
    assert_eq!(decide(&upload(OWNER, 1)), Ok(0), "the same again");
    assert_eq!(decide(&upload(OTHER, 2)), Err(SpaceRefusal::NotYours));
    assert_eq!(decide(&upload(OWNER, 2)), Ok(1));
    assert_eq!(decide(&RemoveCv { at: minutes(3) }), Ok(1));
    assert_eq!(decide(&RemoveCv { at: minutes(3) }), Ok(0));
    assert_eq!(decide(&upload(OWNER, 2)), Ok(1), "it is there again");
    assert_eq!(decide(&EraseCv { at: minutes(4) }), Ok(1));
    assert_eq!(decide(&EraseCv { at: minutes(4) }), Ok(0));
    assert_eq!(decide(&upload(OWNER, 3)), Err(SpaceRefusal::Erased));
}
