//! Large contents beside the log (blobs), sealed in chunks with a key that follows from the key of a
//! stream: documents, for instance.
//!
//! A blob is sealed by the STREAM construction over XChaCha20-Poly1305 ([`Stream`]). So any part of it can be
//! opened without the rest, and a chunk that is cut off, altered, exchanged or from another blob is refused. As it
//! is stored:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `PSB1`: what this is, and the version of this form |
//! | 8 | the length of the content in bytes, big-endian |
//! | 19 | the beginning of the nonces, drawn anew each time a blob is sealed |
//! | 1 | the size of a chunk, as a power of two: 16 |
//! | then | the chunks: 65,536 bytes of content each, the last one of what remains, each with a tag of 16 bytes |
//!
//! The header is associated data of each chunk. An empty content has one empty chunk.

use std::ops::Range;

use cipher::{PREFIX, Stream, TAG};
use rand::Rng as _;

use super::beside::SealedError;
use super::codec::OpenError;
use super::data_key::{DataKey, named};
use super::fresh::FreshKey;
use super::stream_key::{self, StreamKey};
use crate::{Log, StreamId};

/// The content of one chunk, in bytes.
pub const CHUNK: usize = 1 << CHUNK_LOG2;
/// What a blob begins with, in bytes.
pub const HEADER: usize = 32;
const CHUNK_LOG2: u8 = 16;
const VERSION: &[u8; 4] = b"PSB1";

/// A sealed blob is not what was sealed: it was altered, cut off, exchanged, or belongs elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed content was altered, cut off or exchanged")]
pub struct BlobAltered;

/// The keys of the blobs of one stream: gone with the stream's key.
#[derive(Clone, Debug)]
pub struct BlobKeys(DataKey);

impl BlobKeys {
    pub(super) fn of(key: &DataKey) -> Self {
        Self(key.derived("blobs"))
    }

    /// The key and the name of the blob with this content, by its digest or whatever else tells it
    /// from the stream's others.
    #[must_use]
    pub fn blob(&self, content: &str) -> BlobKey {
        let name = named(&self.0.derived("blob name"), content);
        BlobKey { name, key: self.0.derived(&format!("blob key\0{content}")) }
    }
}

/// Who holds the keys of a stream's blobs.
#[derive(Clone, Debug)]
pub enum BlobKeyring {
    /// Nothing is sealed here.
    None,
    /// The stream's key was destroyed: what it sealed is forgotten.
    Destroyed,
    /// The stream's own keys where it has a key, and those of the whole database.
    Keys {
        /// Of the stream.
        own: Option<BlobKeys>,
        /// Of the database: for streams that have no key, because all their events were recorded before
        /// anything was sealed.
        house: BlobKeys,
    },
}

impl Log {
    /// The keys of a stream's blobs.
    pub async fn blob_keys(&self, stream: StreamId<'_>) -> Result<BlobKeyring, SealedError> {
        let Some(secrets) = self.codec().secrets() else {
            return Ok(BlobKeyring::None);
        };
        let key = stream_key::read(self.db(), stream).await?;
        if key == StreamKey::Destroyed {
            return Ok(BlobKeyring::Destroyed);
        }
        let own = key.unwrap(secrets, stream).map_err(OpenError::from)?;
        let own = own.as_ref().map(BlobKeys::of);
        Ok(BlobKeyring::Keys { own, house: BlobKeys::of(&secrets.roots().of_none) })
    }
}

impl FreshKey {
    /// The keys of the blobs of the stream that gets this key.
    #[must_use]
    pub fn blobs(&self) -> BlobKeys {
        BlobKeys::of(&self.key)
    }
}

/// The key of one blob.
#[derive(Clone, Debug)]
pub struct BlobKey {
    name: String,
    key: DataKey,
}

impl BlobKey {
    /// What to call the blob where it is stored: 64 hexadecimal digits, random to who has no key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seals a content of so many bytes, a chunk at a time.
    pub fn sealer(&self, length: u64) -> BlobSealer {
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(VERSION);
        header[4..12].copy_from_slice(&length.to_be_bytes());
        rand::rng().fill_bytes(&mut header[12..12 + PREFIX]);
        header[HEADER - 1] = CHUNK_LOG2;
        let left = length;
        BlobSealer { cipher: self.cipher(&header), header, next: 0, chunks: chunks(length), left }
    }

    /// Opens a blob that begins with `header` and has `stored` bytes, a chunk at a time.
    pub fn opener(&self, header: &[u8], stored: u64) -> Result<BlobOpener, BlobAltered> {
        let header: [u8; HEADER] =
            header.get(..HEADER).and_then(|it| it.try_into().ok()).ok_or(BlobAltered)?;
        let length = header[4..12].try_into().map(u64::from_be_bytes).map_err(|_| BlobAltered)?;
        let known = header.starts_with(VERSION) && header[HEADER - 1] == CHUNK_LOG2;
        if !known || sealed_length(length) != Some(stored) {
            return Err(BlobAltered);
        }
        Ok(BlobOpener { cipher: self.cipher(&header), header, length })
    }

    /// A content that is at hand, sealed: the header and the chunks.
    pub fn seal(&self, content: &[u8]) -> Vec<Vec<u8>> {
        let mut sealer = self.sealer(content.len() as u64);
        let mut parts = vec![sealer.header().to_vec()];
        let mut rest = content;
        while let Some(wanted) = sealer.wants() {
            let (chunk, after) = rest.split_at(wanted.min(rest.len()));
            rest = after;
            parts.extend(sealer.chunk(chunk));
        }
        parts
    }

    fn cipher(&self, header: &[u8; HEADER]) -> Stream {
        let prefix: [u8; PREFIX] = std::array::from_fn(|nth| header[12 + nth]);
        Stream::new(self.key.bytes(), prefix)
    }
}

/// How many chunks a content has.
const fn chunks(length: u64) -> u64 {
    if length == 0 { 1 } else { length.div_ceil(CHUNK as u64) }
}

/// How many bytes the sealed form of a content has; `None` where it is longer than any.
fn sealed_length(length: u64) -> Option<u64> {
    u32::try_from(chunks(length)).ok()?;
    length.checked_add(HEADER as u64 + chunks(length) * TAG as u64)
}

/// A content on its way into its sealed form.
pub struct BlobSealer {
    cipher: Stream,
    header: [u8; HEADER],
    next: u32,
    chunks: u64,
    left: u64,
}

impl BlobSealer {
    /// What comes before the chunks.
    pub const fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// How many bytes the next chunk must have; `None` after the last one.
    pub fn wants(&self) -> Option<usize> {
        let more = u64::from(self.next) < self.chunks;
        more.then(|| usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK)))
    }

    /// The next chunk, sealed; `None` where it has another size than [`BlobSealer::wants`], or the
    /// content is longer than any.
    pub fn chunk(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        if self.wants() != Some(content.len()) {
            return None;
        }
        let mut sealed = Vec::with_capacity(content.len() + TAG);
        sealed.extend_from_slice(content);
        let after = self.next.checked_add(1)?;
        let last = u64::from(after) == self.chunks;
        self.cipher.seal(self.next, last, &self.header, &mut sealed)?;
        self.next = after;
        self.left -= content.len() as u64;
        Some(sealed)
    }
}

/// A sealed content on its way into the open.
pub struct BlobOpener {
    cipher: Stream,
    header: [u8; HEADER],
    length: u64,
}

/// Where chunks lie in the sealed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// The number of the first one.
    pub first: u64,
    /// All their bytes.
    pub bytes: Range<u64>,
    /// Bytes of content in the first one that come before what was asked for.
    pub before: usize,
}

impl BlobOpener {
    /// How many bytes the content has.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes a sealed chunk has; `None` after the last one.
    pub fn sealed_chunk(&self, nth: u64) -> Option<usize> {
        let begin = nth.checked_mul(CHUNK as u64)?;
        let left = self.length.checked_sub(begin)?;
        let content = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        (content > 0 || nth == 0).then_some(content + TAG)
    }

    /// The chunks that hold these bytes of the content.
    pub fn covering(&self, content: &Range<u64>) -> Chunks {
        const SEALED: u64 = (CHUNK + TAG) as u64;
        let first = content.start / CHUNK as u64;
        let last = content.end.clamp(1, self.length.max(1)).div_ceil(CHUNK as u64);
        let whole = HEADER as u64 + self.length + chunks(self.length) * TAG as u64;
        let end = (HEADER as u64 + last * SEALED).min(whole);
        let before = usize::try_from(content.start % CHUNK as u64).unwrap_or(0);
        Chunks { first, bytes: HEADER as u64 + first * SEALED..end, before }
    }

    /// The content of a chunk.
    pub fn chunk(&self, nth: u64, sealed: &[u8]) -> Result<Vec<u8>, BlobAltered> {
        if self.sealed_chunk(nth) != Some(sealed.len()) {
            return Err(BlobAltered);
        }
        let last = nth + 1 == chunks(self.length);
        let nth = u32::try_from(nth).map_err(|_| BlobAltered)?;
        let mut content = sealed.to_vec();
        let opened = self.cipher.open(nth, last, &self.header, &mut content);
        opened.map(|()| content).ok_or(BlobAltered)
    }

    /// A content that is at hand whole: what comes after the header.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, BlobAltered> {
        let mut content = Vec::with_capacity(sealed.len());
        let (mut rest, mut nth) = (sealed, 0);
        while let Some(size) = self.sealed_chunk(nth) {
            let (chunk, after) = rest.split_at_checked(size).ok_or(BlobAltered)?;
            content.extend(self.chunk(nth, chunk)?);
            (rest, nth) = (after, nth + 1);
        }
        if rest.is_empty() { Ok(content) } else { Err(BlobAltered) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> BlobKey {
        BlobKeys::of(&DataKey::draw()).blob("content")
    }

    fn sealed(key: &BlobKey, length: usize) -> (Vec<u8>, Vec<u8>) {
        let mut content = vec![0; length];
        rand::rng().fill_bytes(&mut content);
        let sealed = key.seal(&content).concat();
        (content, sealed)
    }

    fn open(key: &BlobKey, sealed: &[u8]) -> Result<Vec<u8>, BlobAltered> {
        key.opener(sealed, sealed.len() as u64)?.open(&sealed[HEADER..])
    }

    #[test]
    fn a_content_of_any_size_comes_back() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 7] {
            let key = key();
            let (content, sealed) = sealed(&key, length);
            assert_eq!(Some(sealed.len() as u64), sealed_length(length as u64), "{length}");
            assert!(open(&key, &sealed).unwrap() == content, "{length}");
        }
    }

    #[test]
    fn names_and_keys_are_those_of_one_content_of_one_stream() {
        let (one, other) = (BlobKeys::of(&DataKey::draw()), BlobKeys::of(&DataKey::draw()));
        assert_eq!(one.blob("a").name(), one.blob("a").name());
        let names = [one.blob("a"), one.blob("b"), other.blob("a")];
        let names: std::collections::BTreeSet<_> = names.iter().map(BlobKey::name).collect();
        assert_eq!(names.len(), 3);
        let (_, sealed) = sealed(&one.blob("a"), 9);
        assert!(open(&one.blob("a"), &sealed).is_ok());
        assert_eq!(open(&one.blob("b"), &sealed), Err(BlobAltered));
        assert_eq!(open(&other.blob("a"), &sealed), Err(BlobAltered));
    }

    #[test]
    fn chunks_that_are_cut_off_exchanged_or_foreign_are_refused() {
        const SEALED: usize = CHUNK + TAG;
        let key = key();
        let (_, one) = sealed(&key, 3 * CHUNK);
        let (_, other) = sealed(&key, 3 * CHUNK);
        let (first, second) = (HEADER..HEADER + SEALED, HEADER + SEALED..HEADER + 2 * SEALED);
        // Exchanged with one another.
        let mut altered = one.clone();
        altered[first.clone()].copy_from_slice(&one[second.clone()]);
        altered[second.clone()].copy_from_slice(&one[first.clone()]);
        assert_eq!(open(&key, &altered), Err(BlobAltered));
        // From another sealing of the same content.
        let mut altered = one.clone();
        altered[second.clone()].copy_from_slice(&other[second.clone()]);
        assert_eq!(open(&key, &altered), Err(BlobAltered));
        // Without its last chunk, with a header that says so.
        let mut altered = one[..HEADER + 2 * SEALED].to_vec();
        altered[4..12].copy_from_slice(&(2 * CHUNK as u64).to_be_bytes());
        assert_eq!(open(&key, &altered), Err(BlobAltered));
        // Without its last chunk, or with something more.
        assert_eq!(open(&key, &one[..HEADER + 2 * SEALED]), Err(BlobAltered));
        assert_eq!(open(&key, &[one.as_slice(), b"x"].concat()), Err(BlobAltered));
        // In another version of the form.
        let mut altered = one.clone();
        altered[3] = b'2';
        assert_eq!(open(&key, &altered), Err(BlobAltered));
        assert_eq!(open(&key, b""), Err(BlobAltered));
        assert!(open(&key, &one).is_ok());
    }

    #[test]
    fn a_chunk_of_another_size_than_the_next_one_is_not_sealed() {
        let mut sealer = key().sealer(CHUNK as u64 + 1);
        assert_eq!(sealer.wants(), Some(CHUNK));
        assert_eq!(sealer.chunk(b"x"), None);
        assert!(sealer.chunk(&vec![0; CHUNK]).is_some());
        assert_eq!(sealer.wants(), Some(1));
        assert!(sealer.chunk(b"x").is_some());
        assert_eq!((sealer.wants(), sealer.chunk(b"")), (None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_range_is_in_the_chunks_that_cover_it(
            length in 0..4 * CHUNK, begin: prop::sample::Index, size: prop::sample::Index
        ) {
            let key = key();
            let (content, sealed) = sealed(&key, length);
            let begin = begin.index(length + 1);
            let end = begin + size.index(length - begin + 1);
            prop_assume!(begin < end);
            let opener = key.opener(&sealed, sealed.len() as u64).unwrap();
            let Chunks { first, bytes, before } = opener.covering(&(begin as u64..end as u64));
            let mut rest = &sealed[usize::try_from(bytes.start).unwrap()..usize::try_from(bytes.end).unwrap()];
            let (mut nth, mut opened) = (first, vec![]);
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at(opener.sealed_chunk(nth).unwrap());
                opened.extend(opener.chunk(nth, chunk).unwrap());
                (nth, rest) = (nth + 1, after);
            }
            prop_assert!(opened.len() < end - begin + 2 * CHUNK);
            prop_assert!(opened[before..before + end - begin] == content[begin..end]);
        }

        #[test]
        fn no_byte_of_it_can_be_another(length in 0..2 * CHUNK, place: prop::sample::Index, flip in 1_u8..) {
            let key = key();
            let (_, mut sealed) = sealed(&key, length);
            let place = place.index(sealed.len());
            sealed[place] ^= flip;
            prop_assert_eq!(open(&key, &sealed), Err(BlobAltered));
        }
    }
}
