//! All that is kept of a person, as a file for that person (GDPR art. 15 and 20): `data.json` for
//! programs, `index.html` for people, the documents, the e-mails as they were sent.
//!
//! `README.txt` in the archive documents the keys of `data.json`; they are added to, never renamed.
//! What is not the candidate's is left out: what speaks for a recruiter having answered, links by which
//! others answer, what mail providers and partners' secrets say.

mod data;
mod details;
mod names;
mod page;
pub mod told;

use std::io::{self, Seek, Write};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use commands::{AttachmentError, Attachments, SubjectExport};
use domain::space::CandidateCv;
use domain::{Digest, Language};
use futures::TryStreamExt as _;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use web::Failure;
use web::download::disposition;
use web::lang::Lang;

/// What the file is called when it is downloaded: without the person's name.
pub const FILE_NAME: &str = "postulo-data.zip";

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
    /// A document cannot be read.
    #[error("a document of the archive cannot be read")]
    Document(#[from] AttachmentError),
    /// The writing was cut off.
    #[error("the archive was not finished")]
    Cut(#[from] JoinError),
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        Self::of(error)
    }
}

/// A file of the archive beside its data.
struct File {
    path: String,
    content: Content,
}

enum Content {
    /// A part of an e-mail.
    Text(String),
    /// A document of an application; it is read when its turn comes.
    Document(Uuid, Digest),
    /// The CV of an account.
    Cv(Uuid, Digest),
}

/// Writes the archive, with its page in `language`; without one, in that of the newest application.
/// It waits for the documents: to be called within a runtime, where a thread may be held.
pub fn write(
    dossier: &SubjectExport,
    attachments: &Attachments,
    language: Option<Language>,
    to: impl Write + Seek,
) -> Result<(), ArchiveError> {
    let newest = dossier.applications().next().and_then(|it| it.history.state.known().ok());
    let newest = newest.map(|application| application.submission.language).unwrap_or_default();
    let lang = Lang(language.unwrap_or(newest));
    let (data, files) = data::of(dossier);
    let mut zip = ZipWriter::new(to);
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip_time(dossier.at));
    let page = page::render(dossier, &data, lang)?;
    let json = serde_json::to_vec_pretty(&data)?;
    let readme = format!("{}\n", lang.t("archive-readme"));
    for (path, bytes) in [
        ("index.html", page.as_bytes()),
        ("data.json", json.as_slice()),
        ("README.txt", readme.as_bytes()),
    ] {
        zip.start_file(path, packed)?;
        zip.write_all(bytes)?;
    }
    let stored = packed.compression_method(CompressionMethod::Stored);
    let cvs = attachments.of::<CandidateCv>();
    for File { path, content } in files {
        match content {
            Content::Text(text) => {
                zip.start_file(path, packed)?;
                zip.write_all(text.as_bytes())?;
            }
            // Most are packed already.
            Content::Document(id, digest) => {
                zip.start_file(path, stored)?;
                Handle::current().block_on(copy(attachments, id, &digest, &mut zip))?;
            }
            Content::Cv(account, digest) => {
                zip.start_file(path, stored)?;
                Handle::current().block_on(copy(&cvs, account, &digest, &mut zip))?;
            }
        }
    }
    zip.finish()?.flush()?;
    Ok(())
}

async fn copy(
    attachments: &Attachments,
    id: Uuid,
    digest: &Digest,
    to: &mut impl Write,
) -> Result<(), ArchiveError> {
    let mut reading = attachments.read(id, digest).await?;
    while let Some(piece) = reading.try_next().await? {
        to.write_all(&piece)?;
    }
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
pub async fn download(
    dossier: SubjectExport,
    attachments: Attachments,
    language: Option<Language>,
) -> Result<Response, ArchiveError> {
    let written = tokio::task::spawn_blocking(move || -> Result<_, ArchiveError> {
        let mut file = tempfile::tempfile()?;
        write(&dossier, &attachments, language, &mut file)?;
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
