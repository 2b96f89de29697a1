//! Documents of before, which lie in the open, are sealed by a process that is killed again and again.

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use commands::{Attachments, PlainDocuments, Upload};
use domain::application::Attachment;
use event_store::testing::Engine;
use event_store::{Clock as _, SystemClock};
use rstest::rstest;
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::files;
use crate::services::alone;

const PEOPLE: usize = 150;
const KILLS: usize = 8;

/// Somebody, and their document.
struct Applied {
    id: Uuid,
    document: Attachment,
    bytes: bytes::Bytes,
}

/// Puts the documents back as they lay before they were sealed.
async fn open_again(it: &Archive, applied: &[Applied]) {
    let folder = it.place.path("attachments");
    let plain = Attachments::local(&folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    drop(plain);
    let plain = Attachments::local(&folder).unwrap();
    for Applied { id, document, bytes } in applied {
        let document = commands::Document { attachment: document.clone(), bytes: bytes.clone() };
        plain.put(*id, &document).await.unwrap();
    }
}

/// How many files lie in the open.
fn in_the_open(it: &Archive) -> usize {
    let files = files(&it.place.path("attachments"));
    files.iter().filter(|file| file.extension().is_none()).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_documents_are_sealed_by_processes_that_are_killed_none_is_lost_or_unreadable(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let mut applied = vec![];
    for nth in 0..PEOPLE {
        let id =
            it.applied(&format!("zenobie{nth:03}quartzberg"), "usual", SystemClock.now()).await;
        let state = it.commands.applications().find(id).await.unwrap().state;
        let document = state.known().unwrap().documents()[0].clone();
        let bytes = it.commands.attachments().get(id, &document.digest).await.unwrap();
        applied.push(Applied { id, document, bytes });
    }
    open_again(&it, &applied).await;
    let store = Attachments::local(&it.place.path("attachments")).unwrap();
    let store = store.sealed_by(it.log.clone());
    assert_eq!(in_the_open(&it), PEOPLE);

    let (mut kills, mut seed) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    while kills < KILLS && in_the_open(&it) > 0 {
        let before = in_the_open(&it);
        let mut command = it.place.command();
        command.args(["schedules", "run", "documents"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Once it does something, and then at a moment that is random; the seed is not, so that a failure
        // can be met again.
        while in_the_open(&it) == before && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis((seed >> 33) % 40)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        for Applied { id, document, bytes } in &applied {
            assert!(store.get(*id, &document.digest).await.unwrap() == *bytes, "{id}");
        }
    }
    assert!(kills > 2, "it was killed {kills} times only");
    // What nobody killed tells that all is done, and then looks no more.
    let told = it.place.print(&["schedules", "run", "documents"]);
    assert!(told.contains("every document is sealed"), "{told}");
    let unsealed = store.unsealed().await.unwrap().unwrap();
    assert!(matches!(unsealed, PlainDocuments { documents: 0, oldest: None, .. }), "{unsealed:?}");
    it.place.print(&["schedules", "run", "documents"]);
    assert_eq!(store.unsealed().await.unwrap().unwrap(), unsealed, "it looked once more");
    let told = it.place.print(&["attachments", "verify"]);
    assert!(told.contains(&format!("{PEOPLE} documents are there")), "{told}");
    for Applied { id, document, bytes } in &applied {
        assert!(store.get(*id, &document.digest).await.unwrap() == *bytes);
        // What a killed process left of a file that it was writing is sealed, and goes a day later.
        let mut left = files(&it.place.path("attachments").join(id.to_string()));
        left.retain(|file| !file.to_str().unwrap().contains('#'));
        assert_eq!(left.len(), 1, "{left:?}");
    }
    for file in files(&it.place.path("attachments")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(7).any(|it| it == b"zenobie"), "{}", file.display());
    }
    it.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_answers_other_bytes_is_told_and_nothing_of_it_is_changed() {
    let _alone = alone().await;
    let it = Archive::new(Engine::Sqlite, &[]).await;
    let mut applied = vec![];
    for name in ["altered", "sealed", "missing", "good"] {
        let id = it.applied(name, "usual", SystemClock.now()).await;
        let state = it.commands.applications().find(id).await.unwrap().state;
        let document = state.known().unwrap().documents()[0].clone();
        let bytes = it.commands.attachments().get(id, &document.digest).await.unwrap();
        applied.push(Applied { id, document, bytes });
    }
    // CVs are looked at as well: one that is good, after another, and one that is not.
    let mut cvs = vec![];
    for name in ["Ancien", "Camille"] {
        let account = if name == "Ancien" { it.commands.fresh_id() } else { cvs[0] };
        let bytes = Bytes::from(format!("%PDF-1.7\n{name}"));
        let upload = Upload { name: "CV.pdf".to_owned(), bytes };
        it.commands.space().upload_cv(account, upload, &cause()).await.unwrap();
        cvs.push(account);
    }
    let spoilt = it.commands.fresh_id();
    let upload = Upload { name: "CV.pdf".to_owned(), bytes: Bytes::from("%PDF-1.7\nZoé") };
    it.commands.space().upload_cv(spoilt, upload, &cause()).await.unwrap();
    let cv = files(&it.place.path("attachments").join(spoilt.to_string())).remove(0);
    std::fs::write(cv, "something else").unwrap();
    let [altered, sealed, missing, good] = &applied[..] else { unreachable!("there are four") };
    let folder = |of: &Applied| it.place.path("attachments").join(of.id.to_string());
    // One that lies in the open, and is not what was sent.
    std::fs::remove_file(&files(&folder(altered))[0]).unwrap();
    let open = folder(altered).join(altered.document.digest.as_str());
    std::fs::write(&open, "something else").unwrap();
    // One that is sealed, without its last byte.
    let cut = files(&folder(sealed)).remove(0);
    let bytes = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    std::fs::remove_dir_all(folder(missing)).unwrap();

    let told = it.place.print(&["schedules", "run", "documents"]);
    assert!(told.contains("1 damaged document left as found"), "{told}");
    assert_eq!(std::fs::read(&open).unwrap(), b"something else");
    let unsealed = it.commands.attachments().unsealed().await.unwrap().unwrap();
    assert_eq!(unsealed.documents, 1);

    let output = it.place.run(&["attachments", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    for broken in [altered, sealed] {
        let line = format!("application {}, document 1: a stored document was altered", broken.id);
        assert!(told.contains(&line), "{told}");
    }
    let line = format!("application {}, document 1: this document is no longer kept", missing.id);
    assert!(told.contains(&line), "{told}");
    assert!(!told.contains(&good.id.to_string()), "{told}");
    assert!(told.contains(&format!("the CV of account {spoilt}: a stored document was altered")));
    assert!(!told.contains(&cvs[0].to_string()), "{told}");
    assert!(told.contains("2 documents are there"), "{told}");
    assert_eq!(std::fs::read(&cut).unwrap(), bytes[..bytes.len() - 1]);
    it.close().await;
}
