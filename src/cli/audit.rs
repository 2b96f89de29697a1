//! `postulo audit …`

mod accept;
mod case_file;
mod history;
mod list;
mod search;
mod tree;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use uuid::Uuid;

use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Replay an application: every event with when, who and why, and what it changed; as it is, or as
    /// it was.
    History(history::Asked),
    /// Search what happened to applications and what operators did, latest first: by who, what and
    /// when.
    Search(search::Asked),
    /// Write all that happened to one application into a ZIP file, for people and for programs, with
    /// the proof that it is what was signed.
    CaseFile(case_file::Asked),
    /// Read the log again and compare it with what was signed; names the first event that is not as
    /// it was.
    Verify(tree::Verify),
    /// Sign the log as it is now, and print the signed note.
    Checkpoint {
        /// Write it to a file instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Begin to sign a log that has events and nothing that was signed of them: one that was never
    /// signed, or whose signatures are gone. What was kept is set aside, and the log says so.
    BeginTree(accept::Reason),
    /// Go on signing after a backup was restored, or after what was signed can no longer be: the
    /// newer notes that were kept are set aside, and the log says so.
    AcceptRestore(accept::Reason),
    /// Print the public key with which signatures over the log are verified.
    Key,
    /// Prove that an application's events are in the log that was signed.
    Prove {
        /// The application's id.
        application_id: Uuid,
        #[command(flatten)]
        with: tree::With,
        /// Write the proof to a file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a proof, without the database.
    CheckProof {
        /// What `prove` wrote.
        file: PathBuf,
        /// The log's public key, NAME+ID+KEY.
        #[arg(long, value_name = "KEY")]
        public: String,
    },
    /// Check a signed list of applications, the PDF or the JSON attached to it, without the database.
    CheckList {
        /// The file.
        file: PathBuf,
        /// The log's public key, NAME+ID+KEY; several may be given, where it was changed.
        #[arg(long, value_name = "KEY", required = true)]
        public: Vec<String>,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    match &command {
        Command::CheckProof { file, public } => return tree::check_proof(file, public),
        Command::CheckList { file, public } => return list::check(file, public),
        _ => {}
    }
    // What concerns the sealed bytes alone needs no master key.
    let parts = match &command {
        Command::Verify(_)
        | Command::Checkpoint { .. }
        | Command::BeginTree(_)
        | Command::AcceptRestore(_)
        | Command::Key
        | Command::Prove { .. } => Parts::open_sealed(config).await?,
        _ => Parts::open(config).await?,
    };
    let outcome = perform(config, &parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(config: &Config, parts: &Parts, command: Command) -> Result<()> {
    match command {
        Command::History(asked) => history::history(parts, &asked).await,
        Command::Search(asked) => search::search(parts, &asked).await,
        Command::CaseFile(asked) => case_file::write(config, parts, &asked).await,
        Command::Verify(asked) => tree::verify(config, parts, &asked).await,
        Command::Checkpoint { out } => tree::checkpoint(config, parts, out.as_deref()).await,
        Command::BeginTree(given) => accept::begin_tree(config, parts, &given).await,
        Command::AcceptRestore(given) => accept::restore(config, parts, &given).await,
        Command::Key => tree::public(config, parts),
        Command::Prove { application_id, with, out } => {
            tree::prove(config, parts, application_id, &with, out.as_deref()).await
        }
        Command::CheckProof { file, public } => tree::check_proof(&file, &public),
        Command::CheckList { file, public } => list::check(&file, &public),
    }
}
