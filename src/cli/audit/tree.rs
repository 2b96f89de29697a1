//! The tree over the log: what was signed, what is proven.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use cqrs_es::Aggregate as _;
use domain::JobApplication;
use event_store::Position;
use event_store::tree::{self, Keeper, Proof, Scope, Signer, TreeKey, TreeVerifier};
use serde_json::json;
use uuid::Uuid;

use crate::cli::look;
use crate::cli::out::{self, row, say};
use crate::config::Config;
use crate::folder;
use crate::wiring::{self, Parts};

#[derive(Args)]
pub(crate) struct Verify {
    /// From this position of the log on.
    #[arg(long)]
    from: Option<i64>,
    /// Up to this position of the log.
    #[arg(long)]
    to: Option<i64>,
    /// A signature over the log that was kept elsewhere; several may be given.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    with: With,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

const NO_KEY: &str = "POSTULO_AUDIT_KEY is none: the log is not signed by this configuration";

#[derive(Args)]
pub(crate) struct With {
    /// A public key of the log, NAME+ID+KEY, as `postulo audit key` printed it, besides that of
    /// `POSTULO_AUDIT_KEY` and those of `POSTULO_AUDIT_EARLIER_KEYS`: for what was signed with an earlier key.
    /// Several may be given.
    #[arg(long, value_name = "KEY")]
    public: Vec<String>,
}

impl With {
    fn verifier(&self, config: &Config, parts: &Parts) -> Result<TreeVerifier> {
        let own = wiring::signer(config, parts.ids.as_ref(), None)?.map(|it| it.verifier());
        let own = own.or_else(|| config.audit.earlier.clone());
        if self.public.is_empty() {
            return own.context(NO_KEY);
        }
        let given = TreeVerifier::new(self.public.iter().map(String::as_str))?;
        Ok(match own {
            Some(own) => own.and(given),
            None => given,
        })
    }
}

fn key(config: &Config, parts: &Parts) -> Result<TreeKey> {
    wiring::audit_key(config, parts.ids.as_ref())?.context(NO_KEY)
}

pub(super) fn signer(config: &Config, parts: &Parts) -> Result<Signer> {
    let earlier = config.audit.earlier.clone();
    Ok(Signer { key: key(config, parts)?, earlier, keepers: keepers(config)? })
}

/// Where the newest note is looked for.
fn keepers(config: &Config) -> Result<Vec<Arc<dyn Keeper>>> {
    let elsewhere = wiring::elsewhere(config)?;
    let elsewhere = elsewhere.map(|elsewhere| Arc::new(elsewhere) as Arc<dyn Keeper>);
    Ok(wiring::keepers(config, elsewhere))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Prints the public key.
pub(super) fn public(config: &Config, parts: &Parts) -> Result<()> {
    row!("{}", key(config, parts)?.public())
}

/// Signs what there is, and prints the note.
pub(super) async fn checkpoint(config: &Config, parts: &Parts, out: Option<&Path>) -> Result<()> {
    let signer = signer(config, parts)?;
    let note = tree::sign_now(&parts.log, parts.clock.now(), &signer).await?;
    let note = note.context("the log is empty: there is nothing to sign")?;
    match out {
        Some(out) => folder::write_whole(out, &note)?,
        None => out::text(format_args!("{note}"))?,
    }
    Ok(())
}

pub(super) async fn verify(config: &Config, parts: &Parts, asked: &Verify) -> Result<()> {
    let verifier = asked.with.verifier(config, parts)?;
    let (mut kept, mut places) = (vec![], vec![]);
    for path in &asked.checkpoint {
        kept.push(read(path)?);
        places.push(path.display().to_string());
    }
    for keeper in keepers(config)? {
        if let Some(note) = keeper.newest().await? {
            let place = keeper.place();
            // One that another key signed is told with its place.
            verifier.open(&note).with_context(|| {
                format!("the note in {place} cannot be compared with; give the key that signed it with --public")
            })?;
            kept.push(note);
            places.push(place);
        }
    }
    let (from, to) = (asked.from.map(Position::new), asked.to.map(Position::new));
    let scope = Scope { from, to, kept };
    let outcome = tree::verify(&parts.log, &verifier, &scope).await?;
    let finding = outcome.finding.as_ref().map(ToString::to_string);
    if asked.json {
        let told = json!({
            "events": outcome.events,
            "signed": outcome.signed,
            "not_signed_yet": outcome.unsigned,
            "signatures": outcome.signatures,
            "kept": places,
            "finding": finding,
        });
        say!("{told}");
    } else if finding.is_none() {
        say!(
            "{} events are what was signed (signatures: {}, events under them: {}, since then: {})",
            outcome.events,
            outcome.signatures,
            outcome.signed,
            outcome.unsigned
        );
        if places.is_empty() {
            say!("no note was kept besides the database, which vouches for itself alone");
        } else {
            say!("compared with the notes kept in {}", places.join(", "));
        }
    }
    match finding {
        Some(finding) => bail!("{finding}"),
        None => Ok(()),
    }
}

pub(super) async fn prove(
    config: &Config,
    parts: &Parts,
    id: Uuid,
    with: &With,
    out: Option<&Path>,
) -> Result<()> {
    let verifier = with.verifier(config, parts)?;
    look::record(parts, "audit prove", &[("id", Some(id.to_string()))]).await?;
    let proof = tree::prove(&parts.db, JobApplication::TYPE, &id.to_string(), &verifier).await?;
    let text = serde_json::to_string_pretty(&proof)? + "\n";
    match out {
        Some(out) => folder::write_whole(out, &text)?,
        None => out::text(format_args!("{text}"))?,
    }
    Ok(())
}

/// Needs no database, and no setting.
pub(super) fn check_proof(file: &Path, public: &str) -> Result<()> {
    let proof: Proof = serde_json::from_str(&read(file)?)
        .with_context(|| format!("{} is no proof", file.display()))?;
    let verifier = TreeVerifier::new([public])?;
    tree::check(&proof, &verifier)?;
    let size = verifier.open(&proof.checkpoint)?.size;
    say!("{} events are in the log of {size} events that was signed", proof.events.len());
    Ok(())
}
