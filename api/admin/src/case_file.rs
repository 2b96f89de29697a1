//! The case file of one application: all that happened to it, for people and for programs, with the
//! proof that it is what was signed. It is read without Postulo.

use std::io::{Cursor, Write as _};
use std::time::Duration;

use askama::Template;
use commands::replay::{AsOf, Replay};
use commands::{CommandError, Commands};
use cqrs_es::Aggregate as _;
use domain::{ApplicationRefusal, JobApplication, Language};
use event_store::tree::{self, Proof, ProofError, Signer, TreeError};
use event_store::{DbError, Position};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::application::facts;
use super::steps::{self, Shown};
use web::lang::Lang;

/// How often it is signed and proven anew, when the log or its tree moved meanwhile.
const ATTEMPTS: u32 = 6;
/// The first wait before that; then longer.
const AGAIN: Duration = Duration::from_millis(20);
/// A document by itself has its styles in it.
const STYLE: &str = concat!("<style>\n", include_str!("case_file.css"), "</style>");

/// There is no case file.
#[derive(Debug, thiserror::Error)]
pub enum CaseFileError {
    /// There is no such application.
    #[error("there is no application {0}")]
    Unknown(Uuid),
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] CommandError<ApplicationRefusal>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The log cannot be signed.
    #[error("the log cannot be signed")]
    Tree(#[from] TreeError),
    /// There is no proof.
    #[error("there is no proof")]
    Proof(#[from] ProofError),
    /// It cannot be put together: a mistake of ours.
    #[error("the case file cannot be put together")]
    Written(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The case file as a ZIP archive: `events.jsonl`, `state.json`, `index.html`, `README.txt`, and
/// `proof.json` where there is a key, with which the log is signed first.
pub async fn case_file(
    commands: &Commands,
    id: Uuid,
    signer: Option<&Signer>,
    language: Language,
) -> Result<Vec<u8>, CaseFileError> {
    let lang = Lang(language);
    let history = commands.applications().find(id).await?;
    let application = history.state.known().map_err(|_| CaseFileError::Unknown(id))?;
    let facts = facts(application, lang);
    let end = history.events.last().map_or(Position::START, |last| last.position);
    let replay = Replay::of(history, AsOf::End);
    let proof = match signer {
        Some(signer) => Some(proof(commands, id, signer, end).await?),
        None => None,
    };
    let operators = commands.operators().all().await?;
    let names: Vec<_> =
        operators.into_iter().map(|it| (it.id.to_string(), it.email.reveal().clone())).collect();
    let made = commands.now();
    let about = About {
        lang,
        id,
        made: steps::moment(made),
        end: end.get(),
        events: replay.steps.len(),
        key: signer.map(|signer| signer.key.public().to_owned()).unwrap_or_default(),
    };
    put_together(&about, made, &replay, &names, facts, proof.as_ref())
        .map_err(CaseFileError::Written)
}

/// What each of the two documents says of the file.
struct About {
    lang: Lang,
    id: Uuid,
    made: String,
    /// The position of the last event.
    end: i64,
    events: usize,
    /// The public key, where the log is signed.
    key: String,
}

#[derive(Template)]
#[template(path = "case_file.html")]
struct Readable<'a> {
    lang: Lang,
    about: &'a About,
    style: &'static str,
    status: &'static str,
    status_name: &'static str,
    facts: Vec<(&'static str, String)>,
    steps: Vec<Shown>,
    state: &'a str,
}

#[derive(Template)]
#[template(path = "case_file.txt")]
struct Readme<'a> {
    about: &'a About,
}

fn put_together(
    about: &About,
    made: Timestamp,
    replay: &Replay,
    names: &[(String, String)],
    facts: Vec<(&'static str, String)>,
    proof: Option<&Proof>,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut events = String::new();
    for step in &replay.steps {
        events.push_str(&step.to_json().to_string());
        events.push('\n');
    }
    let state = serde_json::to_string_pretty(&replay.state)? + "\n";
    let status = replay.status();
    let readable = Readable {
        lang: about.lang,
        about,
        style: STYLE,
        status,
        status_name: steps::status_name(status, about.lang),
        facts,
        steps: steps::shown(replay, names, about.lang),
        state: &state,
    };
    let mut files = vec![
        ("README.txt", Readme { about }.render()?),
        ("index.html", readable.render()?),
        ("events.jsonl", events),
        ("state.json", state.clone()),
    ];
    if let Some(proof) = proof {
        files.push(("proof.json", serde_json::to_string_pretty(proof)? + "\n"));
    }
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(in_zip(made));
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in files {
        archive.start_file(name, options)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The proof of the events up to `end`. Others may sign at the same time, or add to the history:
/// then it is tried again.
async fn proof(
    commands: &Commands,
    id: Uuid,
    signer: &Signer,
    end: Position,
) -> Result<Proof, CaseFileError> {
    let log = commands.log();
    let mut attempt = 1;
    loop {
        let proven = async {
            tree::sign_now(log, commands.now(), signer).await?;
            let (kind, id) = (JobApplication::TYPE, id.to_string());
            Ok(tree::prove(log.db(), kind, &id, &signer.verifier()).await?)
        };
        match proven.await {
            Err(
                CaseFileError::Tree(TreeError::Moved(_))
                | CaseFileError::Proof(ProofError::NotSigned(_)),
            ) if attempt < ATTEMPTS => {
                tokio::time::sleep(AGAIN * attempt).await;
                attempt += 1;
            }
            outcome => {
                let mut proof = outcome?;
                proof.events.retain(|event| event.leaf.position <= end.get());
                return Ok(proof);
            }
        }
    }
}

/// A time as ZIP archives keep it: without a zone, from 1980 on, every other second.
fn in_zip(at: Timestamp) -> zip::DateTime {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |part: i8| part.unsigned_abs();
    zip::DateTime::from_date_and_time(
        at.year().unsigned_abs(),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )
    .unwrap_or_default()
}
