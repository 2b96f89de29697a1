//! The store where nothing is sealed; sealed ones are in a file of their own.

mod sealed;

use bytes::Bytes;
use futures::TryStreamExt as _;
use uuid::Uuid;

use super::store::{AT_ONCE, AttachmentError, Attachments};
use crate::{Document, Upload, recognise};

fn document() -> Document {
    let upload = Upload { name: "cv.txt".into(), bytes: Bytes::from_static(b"Camille") };
    recognise(vec![upload]).unwrap().remove(0)
}

#[tokio::test]
async fn a_document_is_read_back_until_it_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(&folder.path().join("attachments")).unwrap();
    let (id, document) = (Uuid::from_u128(1), document());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    store.put(id, &document).await.unwrap();
    assert_eq!(store.get(id, digest).await.unwrap(), document.bytes);
    let other = store.get(Uuid::from_u128(2), digest).await;
    assert!(matches!(other, Err(AttachmentError::Gone)));
    store.delete(id, digest).await.unwrap();
    store.delete(id, digest).await.unwrap();
    assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Gone)));
}

#[tokio::test]
async fn who_holds_documents_whole_waits_for_those_who_do() {
    let store = Attachments::in_memory();
    let document = store.whole(8 << 20).await.hold(Bytes::from_static(b"Camille"));
    let copy = document.slice(1..3);
    let small = store.whole(1 << 20).await;
    let mut large = std::pin::pin!(store.whole(1 << 40));
    assert!(futures::poll!(large.as_mut()).is_pending());
    drop((document, small));
    assert!(futures::poll!(large.as_mut()).is_pending(), "a part of it is still held");
    drop(copy);
    large.await;
}

#[tokio::test]
async fn all_documents_of_one_application_go_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let (id, other, document) = (Uuid::from_u128(1), Uuid::from_u128(2), document());
    let digest = &document.attachment.digest;
    for id in [id, other] {
        store.put(id, &document).await.unwrap();
        assert!(store.holds(id).await.unwrap());
    }
    store.delete_all(id).await.unwrap();
    store.delete_all(id).await.unwrap();
    assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Gone)));
    assert_eq!(store.get(other, digest).await.unwrap(), document.bytes);
    assert!(!store.holds(id).await.unwrap() && store.holds(other).await.unwrap());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "an empty folder names its application");
}

#[tokio::test]
async fn altered_bytes_are_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let (id, document) = (Uuid::from_u128(1), document());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    let file = folder.path().join(id.to_string()).join(digest.as_str());
    std::fs::write(file, "Dominique").unwrap();
    assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Corrupt)));
    assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Corrupt)));
    let pieces: Result<Vec<_>, _> = store.read(id, digest).await.unwrap().try_collect().await;
    assert!(matches!(pieces, Err(AttachmentError::Corrupt)));
}

#[tokio::test]
async fn a_range_of_a_document_is_checked_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let (id, document) = (Uuid::from_u128(1), large());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    let reading = store.range(id, digest, 70_000..200_000).await.unwrap();
    assert_eq!(reading.length, 130_000);
    let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
    assert!(pieces.concat() == document.bytes[70_000..200_000]);
    let file = folder.path().join(id.to_string()).join(digest.as_str());
    std::fs::write(file, "Dominique").unwrap();
    assert!(matches!(store.range(id, digest, 0..2).await, Err(AttachmentError::Corrupt)));
}

/// A document of a megabyte, which comes in many pieces.
fn large() -> Document {
    let text = "Camille Martin, boulangère.\n".repeat(40_000);
    recognise(vec![Upload { name: "cv.txt".into(), bytes: text.into() }]).unwrap().remove(0)
}

#[tokio::test]
async fn a_large_document_comes_in_small_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let (id, document) = (Uuid::from_u128(1), large());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    assert!(store.keeps(id, digest).await.unwrap());
    assert!(!store.keeps(Uuid::from_u128(2), digest).await.unwrap());
    let reading = store.open(id, digest).await.unwrap();
    assert_eq!(reading.length, document.attachment.size);
    let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| piece.len() <= 64 * 1024), "{}", pieces.len());
    assert!(pieces.concat() == document.bytes);
    store.delete(id, digest).await.unwrap();
    assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Gone)));
}

#[tokio::test]
async fn a_document_that_is_altered_while_it_is_handed_out_never_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = Attachments::local(folder.path()).unwrap();
    let (id, document) = (Uuid::from_u128(1), large());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    let mut reading = store.open(id, digest).await.unwrap();
    let mut came = reading.try_next().await.unwrap().unwrap().len();
    let file = folder.path().join(id.to_string()).join(digest.as_str());
    let mut bytes = document.bytes.to_vec();
    let last = bytes.len() - 2;
    bytes[last] = b'!';
    std::fs::write(file, &bytes).unwrap();
    let ended = loop {
        match reading.try_next().await {
            Ok(Some(piece)) => came += piece.len(),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(matches!(ended, Some(AttachmentError::Corrupt)), "{ended:?}");
    assert!(came < bytes.len());
}

#[tokio::test]
async fn no_more_are_handed_out_at_once_than_memory_is_meant_for() {
    let store = Attachments::in_memory();
    let (id, document) = (Uuid::from_u128(1), document());
    let digest = &document.attachment.digest;
    store.put(id, &document).await.unwrap();
    let mut readings = vec![];
    for _ in 0..AT_ONCE {
        readings.push(store.open(id, digest).await.unwrap());
    }
    assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Busy)));
    readings.pop();
    assert!(store.open(id, digest).await.is_ok());
}
