//! Documents on their way out, piece by piece.

use std::collections::VecDeque;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use domain::Digest;
use event_store::seal::{BlobAltered, BlobKey, BlobOpener, HEADER};
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::GetResult;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::store::AttachmentError;

/// Pieces of a document.
pub(super) type Pieces = BoxStream<'static, Result<Bytes, AttachmentError>>;

/// A document on its way out, or a range of one, piece by piece. The last piece of a whole one comes
/// when all of them together match the digest, so that nobody has an altered one whole.
pub struct Reading {
    /// How many bytes come.
    pub length: u64,
    pub(super) pieces: Pieces,
    pub(super) turn: OwnedSemaphorePermit,
}

impl Stream for Reading {
    type Item = Result<Bytes, AttachmentError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_next_unpin(context)
    }
}

impl From<BlobAltered> for AttachmentError {
    fn from(BlobAltered: BlobAltered) -> Self {
        Self::Corrupt
    }
}

/// The bytes of a sealed form as they come, to be taken in parts of given sizes.
pub(super) struct Parts {
    pieces: Pieces,
    held: VecDeque<Bytes>,
    size: usize,
}

impl Parts {
    pub(super) fn of(pieces: Pieces) -> Self {
        Self { pieces, held: VecDeque::new(), size: 0 }
    }

    /// Holds it against the content that nothing more comes.
    pub(super) async fn end(mut self) -> Result<(), AttachmentError> {
        while let Some(piece) = self.pieces.try_next().await? {
            self.size += piece.len();
        }
        if self.size == 0 { Ok(()) } else { Err(AttachmentError::Corrupt) }
    }

    /// The next so many bytes; fewer than that is a content that was cut off.
    pub(super) async fn take(&mut self, wanted: usize) -> Result<Vec<u8>, AttachmentError> {
        while self.size < wanted {
            let piece = self.pieces.try_next().await?.ok_or(AttachmentError::Corrupt)?;
            self.size += piece.len();
            self.held.push_back(piece);
        }
        let mut part = Vec::with_capacity(wanted);
        while let Some(mut piece) = self.held.pop_front() {
            let taken = piece.len().min(wanted - part.len());
            part.extend_from_slice(&piece[..taken]);
            piece.advance(taken);
            if !piece.is_empty() {
                self.held.push_front(piece);
                break;
            }
        }
        self.size -= part.len();
        Ok(part)
    }
}

/// What was found as it is stored.
pub(super) fn raw(found: GetResult) -> Pieces {
    found.into_stream().map_err(AttachmentError::Unavailable).boxed()
}

/// The content of what was found, and its length: opened with the key, or as it is.
pub(super) async fn content(
    found: GetResult,
    key: Option<BlobKey>,
) -> Result<(u64, Pieces), AttachmentError> {
    let stored = found.meta.size;
    let Some(key) = key else { return Ok((stored, raw(found))) };
    let mut parts = Parts::of(raw(found));
    let opener = key.opener(&parts.take(HEADER).await?, stored)?;
    Ok((opener.length(), opened(parts, opener, 0)))
}

/// These bytes of the content, out of the chunks that hold them.
pub(super) fn cut(
    found: GetResult,
    opener: BlobOpener,
    first: u64,
    before: usize,
    range: &Range<u64>,
) -> Pieces {
    let begin = (opened(Parts::of(raw(found)), opener, first), before, range.end - range.start);
    let cut = stream::try_unfold(begin, |(mut pieces, before, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let Some(mut piece) = pieces.try_next().await? else {
            return Err(AttachmentError::Corrupt);
        };
        piece.advance(before.min(piece.len()));
        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let left = left - piece.len() as u64;
        Ok(Some((piece, (pieces, 0, left))))
    });
    cut.boxed()
}

/// The contents of the chunks from this one on.
fn opened(parts: Parts, blob: BlobOpener, first: u64) -> Pieces {
    let contents = stream::try_unfold((parts, blob, first), |(mut parts, blob, nth)| async move {
        let Some(size) = blob.sealed_chunk(nth) else { return Ok(None) };
        let content = blob.chunk(nth, &parts.take(size).await?)?;
        Ok(Some((Bytes::from(content), (parts, blob, nth + 1))))
    });
    contents.boxed()
}

/// The same pieces; the last one waits for the digest of them all.
pub(super) fn checked(pieces: Pieces, digest: Digest) -> Pieces {
    let begin = (pieces, Sha256::new(), None::<Bytes>);
    let checked = stream::try_unfold(begin, move |(mut pieces, mut hash, mut held)| {
        let digest = digest.clone();
        async move {
            while let Some(piece) = pieces.try_next().await? {
                hash.update(&piece);
                if let Some(before) = held.replace(piece) {
                    return Ok(Some((before, (pieces, hash, held))));
                }
            }
            let Some(last) = held else { return Ok(None) };
            if Digest::from_bytes(hash.clone().finalize().into()) != digest {
                return Err(AttachmentError::Corrupt);
            }
            Ok(Some((last, (pieces, hash, None))))
        }
    });
    checked.boxed()
}
