//! How much memory a large document takes while it is sealed and while a range of it is read: in a
//! process of its own, whose memory the kernel tells.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]
#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::sync::Arc;

use commands::{Attachments, Commands, KeyRing, Moved};
use domain::Digest;
use event_store::testing::{Engine, TestDb, master_keys};
use event_store::{FixedClock, Log, LogOptions, RandomIds};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The document, in bytes.
const SIZE: usize = 200 << 20;
/// What a range of it may take, in bytes.
const MOST: u64 = 4 << 20;
/// What sealing it may take, in bytes: the parts that S3 asks for are of 5 MiB each, and two are under
/// way.
const MOST_TO_SEAL: u64 = 32 << 20;

/// A figure of this process's memory, in bytes (`proc_pid_status(5)`).
fn memory(name: &str) -> u64 {
    let told = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}

/// What `work` took at most, over what was taken before it.
async fn taken(work: impl Future<Output = ()>) -> u64 {
    // The highest mark is the present one again (`proc_pid_clear_refs(5)`).
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    work.await;
    memory("VmHWM:").saturating_sub(before)
}

/// A mebibyte of the document.
fn block(nth: usize) -> Vec<u8> {
    u32::try_from(nth).unwrap().to_be_bytes().repeat((1 << 20) / 4)
}

#[tokio::test]
async fn a_large_document_is_sealed_and_read_in_little_memory() {
    let (folder, test_db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite).await);
    let clock = Arc::new(FixedClock::new(Timestamp::UNIX_EPOCH));
    let codec = commands::codec(Some(master_keys()));
    let options = LogOptions { codec, ..LogOptions::default() };
    let log = Log::open(test_db.db(), clock.clone(), options).await.unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let ids = Arc::new(RandomIds::new(clock.clone()));
    let commands = Commands::new(log, clock, ids, store, &KeyRing::single("k1", [7; 32]));
    let (store, id) = (commands.attachments(), Uuid::from_u128(1));

    // It lies in the open, as documents did.
    let (mut hash, place) = (Sha256::new(), folder.path().join(id.to_string()));
    std::fs::create_dir(&place).unwrap();
    let mut file = std::fs::File::create(place.join("new")).unwrap();
    for nth in 0..SIZE >> 20 {
        let block = block(nth);
        hash.update(&block);
        file.write_all(&block).unwrap();
    }
    let digest = Digest::from_bytes(hash.finalize().into());
    std::fs::rename(place.join("new"), place.join(digest.as_str())).unwrap();

    let took = taken(async {
        let watch = |moved| assert_eq!(moved, Moved::Sealed);
        let left = commands.applications().seal_documents(&|| false, &watch).await.unwrap();
        assert_eq!(left.unwrap().documents, 0);
    })
    .await;
    assert!(took < MOST_TO_SEAL, "sealing took {took} bytes");
    assert!(!place.join(digest.as_str()).exists());

    for (first, length) in [(150, 1), (60, 30), (199, 1)] {
        let range = (first << 20) as u64..((first + length) << 20) as u64;
        let took = taken(async {
            let mut reading = store.range(id, &digest, range).await.unwrap();
            let (mut nth, mut at, mut expected) = (first, 0, block(first));
            while let Some(piece) = reading.try_next().await.unwrap() {
                let mut piece = &piece[..];
                while !piece.is_empty() {
                    let here = piece.len().min(expected.len() - at);
                    assert!(piece[..here] == expected[at..at + here], "{nth} {at}");
                    (piece, at) = (&piece[here..], at + here);
                    if at == expected.len() {
                        (nth, at) = (nth + 1, 0);
                        expected = block(nth);
                    }
                }
            }
            assert_eq!((nth, at), (first + length, 0));
        })
        .await;
        assert!(took < MOST, "a range of {length} MiB took {took} bytes");
    }
}
