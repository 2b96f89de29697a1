//! The settings of what is kept where.

use std::path::PathBuf;

use anyhow::Result;
use serde::Deserialize;
use url::Url;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Storage",
    settings: &[
        setting(
            "POSTULO_DATA_DIR",
            "data",
            "same",
            "The folder of the SQLite file, the documents, the mailbox and the development keys.",
        ),
        setting(
            "POSTULO_DATABASE_URL",
            "sqlite:data/postulo.db",
            "same",
            "The database: sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE.",
        ),
        setting(
            "POSTULO_ATTACHMENTS_URL",
            "the folder attachments in the data folder",
            "same",
            "Where documents are kept: file:///FOLDER or s3://BUCKET/PREFIX, with AWS_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION for an S3-compatible store.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    attachments_url: Option<Url>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Storage {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) attachments_url: Option<Url>,
}

impl Storage {
    /// A file or folder of the data folder.
    pub(super) fn in_data(&self, name: &str) -> String {
        self.data_dir.join(name).display().to_string()
    }
}

pub(super) fn read(source: &mut Source) -> Result<Storage> {
    let Given { data_dir, database_url, attachments_url } = source.read()?;
    let data_dir = data_dir.unwrap_or_else(|| PathBuf::from("data"));
    let file = || format!("sqlite:{}", data_dir.join("postulo.db").display());
    let database_url = database_url.unwrap_or_else(file);
    if source.is_production() {
        if database_url.contains(":memory:") {
            source.wrong("POSTULO_DATABASE_URL is in memory: all is lost at the next stop");
        }
        match attachments_url.as_ref().map(Url::scheme) {
            Some("memory") => source
                .wrong("POSTULO_ATTACHMENTS_URL is in memory: documents are lost at the next stop"),
            Some("http") => source.wrong(
                "POSTULO_ATTACHMENTS_URL is not https: candidates' documents would go in the clear",
            ),
            _ => {}
        }
    }
    Ok(Storage { data_dir, database_url, attachments_url })
}
