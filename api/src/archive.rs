//! All that is kept of a person, as a file for that person (GDPR art. 15 and 20): `data.json` for
//! programs, `index.html` for people, the documents, the e-mails as they were sent.
//!
//! `README.txt` in the archive documents the keys of `data.json`; they are added to, never renamed.
//! What is not the candidate's is left out: what speaks for a recruiter having answered, links by which
//! others answer, what mail providers and partners' secrets say.

mod data;
mod names;
mod page;

use std::io::{self, Seek, Write};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use commands::Dossier;
use domain::Language;
use thiserror::Error;
use tokio::task::JoinError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::lang::Lang;
use crate::recruiter::attachment::disposition;

/// What the file is called when it is downloaded: without the person's name.
pub const FILE_NAME: &str = "postulo-data.zip";

const README_FR: &str = include_str!("archive/readme.fr.txt");
const README_EN: &str = include_str!("archive/readme.en.txt");

/// An archive could not be written.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The file cannot be written.
    #[error("the archive cannot be written")]
    Io(#[from] io::Error),
    /// The zip format does not take it.
    #[error("the archive cannot be put together")]
    Zip(#[from] zip::result::ZipError),
    /// The data cannot be written as JSON.
    #[error("the archive's data cannot be written")]
    Json(#[from] serde_json::Error),
    /// The readable page cannot be written.
    #[error("the archive's page cannot be written")]
    Page(#[from] askama::Error),
    /// The writing was cut off.
    #[error("the archive was not finished")]
    Cut(#[from] JoinError),
}

/// A file of the archive beside its data.
struct File {
    path: String,
    bytes: bytes::Bytes,
    /// Whether packing makes it smaller; documents and pictures are packed already.
    packs: bool,
}

/// Writes the archive, with its page in `language`; without one, in that of the newest application.
pub fn write(
    dossier: &Dossier,
    language: Option<Language>,
    to: impl Write + Seek,
) -> Result<(), ArchiveError> {
    let newest = dossier.applications.first().and_then(|it| it.history.state.known().ok());
    let newest = newest.map(|application| application.submission.language).unwrap_or_default();
    let lang = Lang(language.unwrap_or(newest));
    let (data, files) = data::of(dossier);
    let mut zip = ZipWriter::new(to);
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip_time(dossier.at));
    let mut put = |path: &str, bytes: &[u8], options| -> Result<(), ArchiveError> {
        zip.start_file(path, options)?;
        zip.write_all(bytes)?;
        Ok(())
    };
    put("index.html", page::render(dossier, &data, lang)?.as_bytes(), packed)?;
    put("data.json", &serde_json::to_vec_pretty(&data)?, packed)?;
    put("README.txt", lang.say(README_FR, README_EN).as_bytes(), packed)?;
    let stored = packed.compression_method(CompressionMethod::Stored);
    for file in files {
        put(&file.path, &file.bytes, if file.packs { packed } else { stored })?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

/// A time as zip files tell it: to two seconds, without a zone; UTC.
fn zip_time(at: jiff::Timestamp) -> zip::DateTime {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    zip::DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(1980),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    )
    .unwrap_or_default()
}

/// The archive as a download. It is written whole to a file without a name, then sent: a failure shows
/// as one.
pub(crate) async fn download(
    dossier: Dossier,
    language: Option<Language>,
) -> Result<Response, ArchiveError> {
    let written = tokio::task::spawn_blocking(move || -> Result<_, ArchiveError> {
        let mut file = tempfile::tempfile()?;
        write(&dossier, language, &mut file)?;
        let length = file.stream_position()?;
        file.rewind()?;
        Ok((file, length))
    });
    let (file, length) = written.await??;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, disposition(FILE_NAME)),
        (header::CONTENT_LENGTH, length.into()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
