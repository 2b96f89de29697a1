//! Documents, sealed with the keys of their applications.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::erasure::{ErasureBasis, RecordRef};
use domain::examples;
use event_store::seal::CHUNK;
use event_store::testing::{Engine, TestDb, master_keys};
use event_store::{ActorKind, FixedClock, Log, LogOptions, RandomIds};
use jiff::SignedDuration;
use rstest::rstest;

use super::*;
use crate::testing::key_ring;
use crate::{Cause, Commands, IdempotencyKey, SubmitError, Submitted};

struct House {
    folder: tempfile::TempDir,
    commands: Commands,
    clock: Arc<FixedClock>,
    test_db: TestDb,
}

impl House {
    async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let test_db = TestDb::new(engine).await;
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let codec = crate::codec(Some(master_keys()));
        let options = LogOptions { codec, ..LogOptions::default() };
        let log = Log::open(test_db.db(), clock.clone(), options).await.unwrap();
        let store = Attachments::local(folder.path()).unwrap();
        let ids = Arc::new(RandomIds::new(clock.clone()));
        let commands = Commands::new(log, clock.clone(), ids, store, &key_ring());
        Self { folder, commands, clock, test_db }
    }

    fn store(&self) -> &Attachments {
        self.commands.attachments()
    }

    async fn submit(&self, key: &str, documents: &[Document]) -> Result<Submitted, SubmitError> {
        let mut submission = examples::submission();
        submission.attachments = documents.iter().map(|it| it.attachment.clone()).collect();
        let key: IdempotencyKey = key.parse().unwrap();
        self.commands.applications().submit(submission, documents, Some(&key), &cause()).await
    }

    fn files(&self, id: Uuid) -> Vec<PathBuf> {
        let found = std::fs::read_dir(self.folder.path().join(id.to_string()));
        found.map(|it| it.map(|file| file.unwrap().path()).collect()).unwrap_or_default()
    }
}

fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

fn text(of: &str) -> Document {
    let upload = Upload { name: "cv.txt".into(), bytes: of.to_owned().into() };
    recognise(vec![upload]).unwrap().remove(0)
}

fn holds(file: &Path, plain: &[u8]) -> bool {
    std::fs::read(file).unwrap().windows(plain.len()).any(|it| it == plain)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn documents_lie_sealed_under_names_that_tell_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine).await;
    let documents = [large(), text("Dominique"), text("Dominique")];
    let submitted = house.submit("first", &documents).await.unwrap();
    let files = house.files(submitted.id);
    assert_eq!(files.len(), 2, "the same document is stored once");
    for file in &files {
        assert!(!holds(file, b"Camille") && !holds(file, b"Dominique"));
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(documents.iter().all(|it| !name.contains(it.attachment.digest.as_str())));
    }
    for document in &documents {
        let (id, digest) = (submitted.id, &document.attachment.digest);
        assert!(house.store().keeps(id, digest).await.unwrap());
        assert!(house.store().get(id, digest).await.unwrap() == document.bytes);
        let reading = house.store().open(id, digest).await.unwrap();
        assert_eq!(reading.length, document.attachment.size);
        let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
        assert!(pieces.iter().all(|piece| piece.len() <= CHUNK));
        assert!(pieces.concat() == document.bytes);
        let size = document.attachment.size;
        for range in [0..1, 0..size, size - 1..size, size / 3..size / 2 + 1] {
            let reading = house.store().range(id, digest, range.clone()).await.unwrap();
            assert_eq!(reading.length, range.end - range.start);
            let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
            let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
            assert!(pieces.concat() == document.bytes[range]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_repeats_an_application_leaves_nothing_behind() {
    let house = House::new(Engine::Sqlite).await;
    let documents = [text("Camille"), text("Dominique")];
    let all = futures::future::join_all((0..6).map(|_| house.submit("once", &documents))).await;
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().filter(|it| !it.replayed).count(), 1);
    let other = house.submit("once", &[text("Sacha")]).await.unwrap_err();
    assert!(matches!(other, SubmitError::KeyReused));
    assert_eq!(house.files(all[0].id).len(), 2);
    for document in &documents {
        let bytes = house.store().get(all[0].id, &document.attachment.digest).await.unwrap();
        assert_eq!(bytes, document.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_repeat_left_that_was_cut_off_goes_later_and_nothing_else_does() {
    let house = House::new(Engine::Sqlite).await;
    let documents = [text("Camille")];
    let id = house.submit("once", &documents).await.unwrap().id;
    // Another one, which went away before it was told that it is a repeat.
    house.commands.unfinished.note(id, house.commands.now());
    let stream = id.to_string();
    let stream = event_store::StreamId::of::<domain::JobApplication>(&stream);
    let fresh = house.commands.log().fresh_key(stream);
    house.store().put_first(id, &[text("Camille"), text("Sacha")], fresh.as_ref()).await.unwrap();
    assert_eq!(house.files(id).len(), 3);
    house.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(house.commands.applications().clear_unfinished().await.unwrap(), 0);
    assert_eq!(house.files(id).len(), 1);
    let digest = &documents[0].attachment.digest;
    assert_eq!(house.store().get(id, digest).await.unwrap(), documents[0].bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_document_that_is_not_what_was_stored_is_refused() {
    const SEALED: usize = CHUNK + 16;
    let house = House::new(Engine::Sqlite).await;
    let documents = [large()];
    let (id, other) = (
        house.submit("one", &documents).await.unwrap().id,
        house.submit("other", &documents).await.unwrap().id,
    );
    let (file, foreign) = (house.files(id).remove(0), house.files(other).remove(0));
    let (whole, foreign) = (std::fs::read(&file).unwrap(), std::fs::read(foreign).unwrap());
    let exchanged = {
        let mut it = whole.clone();
        it[32..32 + SEALED].copy_from_slice(&whole[32 + SEALED..32 + 2 * SEALED]);
        it
    };
    let chunk_of_another = {
        let mut it = whole.clone();
        it[32..32 + SEALED].copy_from_slice(&foreign[32..32 + SEALED]);
        it
    };
    let digest = &documents[0].attachment.digest;
    let cases = [
        ("exchanged", exchanged),
        ("a chunk of another", chunk_of_another),
        ("another", foreign),
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("cut at a chunk", whole[..32 + SEALED].to_vec()),
        ("without a header", whole[..9].to_vec()),
        ("empty", vec![]),
        ("plain", documents[0].bytes.to_vec()),
    ];
    for (how, bytes) in cases {
        std::fs::write(&file, bytes).unwrap();
        let store = house.store();
        assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Corrupt)), "{how}");
        assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Corrupt)), "{how}");
        let range = async { store.range(id, digest, 9..99).await?.try_collect::<Vec<_>>().await };
        assert!(matches!(range.await, Err(AttachmentError::Corrupt)), "{how}");
    }
    std::fs::write(&file, whole).unwrap();
    assert!(house.store().get(id, digest).await.unwrap() == documents[0].bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_who_was_forgotten_no_document_can_be_read_or_found() {
    let house = House::new(Engine::Sqlite).await;
    let documents = [text("Camille")];
    let (id, other) = (
        house.submit("one", &documents).await.unwrap().id,
        house.submit("other", &documents).await.unwrap().id,
    );
    let copy = std::fs::read(house.files(id).remove(0)).unwrap();
    let file = house.files(id).remove(0);
    let record = RecordRef::application(id);
    let address = examples::submission().candidate.email.reveal().clone();
    let people = house.commands.people();
    people.forget_person(&address, &[record], &ErasureBasis::CommandLine, &cause()).await.unwrap();
    assert!(!file.parent().unwrap().exists());
    // Whoever kept a copy has no use for it.
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, copy).unwrap();
    let digest = &documents[0].attachment.digest;
    let gone = house.store().get(id, digest).await;
    assert!(matches!(gone, Err(AttachmentError::Gone)), "{gone:?}");
    assert!(matches!(house.store().open(id, digest).await, Err(AttachmentError::Gone)));
    assert!(!house.store().keeps(id, digest).await.unwrap());
    assert!(house.store().get(other, digest).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_before_are_read_and_deleted_like_others() {
    let house = House::new(Engine::Sqlite).await;
    let (id, document) = (Uuid::from_u128(1), text("Camille"));
    let digest = &document.attachment.digest;
    Attachments::local(house.folder.path()).unwrap().put(id, &document).await.unwrap();
    assert_eq!(house.store().get(id, digest).await.unwrap(), document.bytes);
    // Where there is no key of its own yet, that of the house seals.
    house.store().put(id, &document).await.unwrap();
    let files = house.files(id);
    assert_eq!(files.iter().filter(|file| holds(file, b"Camille")).count(), 1, "{files:?}");
    assert_eq!(house.store().get(id, digest).await.unwrap(), document.bytes);
    house.store().delete(id, digest).await.unwrap();
    assert!(matches!(house.store().get(id, digest).await, Err(AttachmentError::Gone)));
    assert_eq!(house.files(id), Vec::<PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_keys_cannot_be_read_no_document_counts_as_gone() {
    let house = House::new(Engine::Sqlite).await;
    let documents = [text("Camille")];
    let id = house.submit("one", &documents).await.unwrap().id;
    house.test_db.db().close().await;
    let digest = &documents[0].attachment.digest;
    assert!(matches!(house.store().get(id, digest).await, Err(AttachmentError::Keys(_))));
    assert!(matches!(house.store().keeps(id, digest).await, Err(AttachmentError::Keys(_))));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cv_that_lies_in_the_open_is_sealed_as_the_cv_of_its_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine).await;
    let (space, owner) = (house.commands.space(), Uuid::from_u128(7));
    let upload = |of: &str| Upload {
        name: "cv.pdf".into(),
        bytes: format!("%PDF-1.7\n{of}").into_bytes().into(),
    };
    for of in ["Sacha", "Camille"] {
        space.upload_cv(owner, upload(of), &cause()).await.unwrap();
    }
    // As a version did that sealed nothing; and one that was replaced since.
    space.cvs().delete_all(owner).await.unwrap();
    let open = Attachments::local(house.folder.path()).unwrap();
    let [now, former] =
        ["Camille", "Sacha"].map(|of| recognise(vec![upload(of)]).unwrap().remove(0));
    for document in [&now, &former] {
        open.put(owner, document).await.unwrap();
    }
    let applications = house.commands.applications();
    let left = applications.seal_documents(&|| false, &|_| {}).await.unwrap().unwrap();
    assert_eq!(left.documents, 0);
    let files = house.files(owner);
    assert!(files.len() == 1 && !holds(&files[0], b"Camille"), "{files:?}");
    assert_eq!(space.cvs().get(owner, &now.attachment.digest).await.unwrap(), now.bytes);
}
