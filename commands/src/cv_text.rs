//! The text of a CV: of a PDF, a DOCX or an ODT. A DOC, the older format of Word, is not read.
//!
//! What somebody sends may be made to harm whoever reads it: the pages, what anything unpacks to, and the length of the
//! text are bounded, and so are the time that somebody waits and how many are read at once. The text is its owner's: it
//! is kept nowhere, and nothing of it is in an error or a log.

mod office;
mod pdf;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::MediaType;
use thiserror::Error;
use tokio::sync::Semaphore;

/// So long somebody waits for the text of a CV.
const PATIENCE: Duration = Duration::from_secs(5);
/// For so long pages are read.
const READING: Duration = Duration::from_secs(4);
/// A longer text is cut off there, in bytes.
const MAX_TEXT: usize = 256 * 1024;
/// So many are read at once.
const AT_ONCE: usize = 2;
/// The stack of the thread that reads: what is nested deeply in a PDF is read by functions that call themselves.
const STACK: usize = 16 * 1024 * 1024;

/// Why there is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoText {
    /// Documents of this kind are not read.
    #[error("the text of such a document is not read")]
    Kind,
    /// It is damaged, protected, or made of pictures.
    #[error("this document has no text that can be read")]
    Unreadable,
    /// It unpacks to too much, or takes too long.
    #[error("reading this document takes too much")]
    TooMuch,
}

/// Room for reading CVs.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// The text of a document, read on a thread of its own.
pub(crate) async fn text_of(room: &Room, kind: MediaType, bytes: Bytes) -> Result<String, NoText> {
    let waited = async {
        let turn = Arc::clone(&room.0).acquire_owned().await.map_err(|_| NoText::TooMuch)?;
        let (done, text) = tokio::sync::oneshot::channel();
        let read = move || {
            // It may be left alone, and takes up its room until it is done all the same.
            let _turn = turn;
            drop(done.send(read(kind, &bytes)));
        };
        let thread = std::thread::Builder::new().name("cv".into()).stack_size(STACK).spawn(read);
        thread.map_err(|_| NoText::TooMuch)?;
        // A reader that panicked sends nothing.
        text.await.unwrap_or(Err(NoText::Unreadable))
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap_or(Err(NoText::TooMuch))
}

/// The text of a document.
fn read(kind: MediaType, bytes: &[u8]) -> Result<String, NoText> {
    let text = match kind {
        MediaType::Pdf => pdf::text(bytes, Instant::now() + READING)?,
        MediaType::Docx | MediaType::Odt => office::text(kind, bytes)?,
        _ => return Err(NoText::Kind),
    };
    if text.trim().is_empty() { Err(NoText::Unreadable) } else { Ok(text) }
}

/// Adds to a text; says whether there is room for more.
fn add(text: &mut String, more: &str) -> bool {
    let left = MAX_TEXT.saturating_sub(text.len());
    text.push_str(more.get(..more.floor_char_boundary(left)).unwrap_or_default());
    text.len() < MAX_TEXT
}

#[cfg(test)]
mod tests;
