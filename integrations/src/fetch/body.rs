//! The body of an answer: read up to what it may have, as it comes and again decompressed.

use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use url::Url;

use super::{FetchError, Page, Validators};

/// How much of a robots.txt is read, in bytes; RFC 9309 asks for 500 KiB at least.
const ROBOTS: usize = 512 * 1024;

/// The page that an answer is; one of more MiB than `most` is none.
pub(super) async fn read(response: Response, url: Url, most: usize) -> Result<Page, FetchError> {
    let too_long = FetchError::TooLong { mib: most };
    let bytes = most << 20;
    if response.content_length().is_some_and(|length| length > bytes as u64) {
        return Err(too_long);
    }
    let headers = response.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = text(CONTENT_TYPE).to_owned();
    let encoding = text(CONTENT_ENCODING).trim().to_ascii_lowercase();
    let validators = Validators::of(headers);
    let is_gzip = match encoding.as_str() {
        "" | "identity" => is_packed_file(&url),
        "gzip" | "x-gzip" => true,
        _ => return Err(FetchError::Compressed),
    };
    let (mut body, is_whole) = up_to(response, bytes).await?;
    if !is_whole {
        return Err(too_long);
    }
    if is_gzip && body.starts_with(&[0x1f, 0x8b]) {
        body = unpack(&body, bytes)?.ok_or(too_long)?;
        // A file that is compressed itself, sent compressed once more.
        if body.starts_with(&[0x1f, 0x8b]) && is_packed_file(&url) {
            body = unpack(&body, bytes)?.ok_or(FetchError::TooLong { mib: most })?;
        }
    }
    Ok(Page { url, content_type, validators, body })
}

/// The beginning of a robots.txt.
pub(super) async fn beginning(response: Response) -> Result<Vec<u8>, FetchError> {
    let (body, _) = up_to(response, ROBOTS).await?;
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(body);
    }
    let mut text = vec![];
    // What broke off is read as far as it goes.
    let _ = MultiGzDecoder::new(&body[..]).take(ROBOTS as u64).read_to_end(&mut text);
    Ok(text)
}

/// What came up to so many bytes, and whether that is all.
async fn up_to(mut response: Response, most: usize) -> Result<(Vec<u8>, bool), FetchError> {
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| FetchError::of(&error))? {
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok((body, false));
        }
    }
    Ok((body, true))
}

/// What is compressed; `None` where it is more than `most` bytes.
fn unpack(packed: &[u8], most: usize) -> Result<Option<Vec<u8>>, FetchError> {
    let mut body = vec![];
    let mut reader = MultiGzDecoder::new(packed).take(most as u64 + 1);
    reader.read_to_end(&mut body).map_err(|_| FetchError::Compressed)?;
    Ok((body.len() <= most).then_some(body))
}

/// Whether it is a compressed file by its name.
fn is_packed_file(url: &Url) -> bool {
    Path::new(url.path()).extension().is_some_and(|it| it.eq_ignore_ascii_case("gz"))
}
