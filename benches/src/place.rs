//! The release build, as operators run it, in a folder of its own.

use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use event_store::{Db, Log, LogOptions, SystemClock};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::database::setting;

/// A data folder and the settings to run on it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn new(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Ok(Self {
            folder: TempDir::with_prefix("postulo-bench-")?,
            settings: settings.iter().map(owned).collect(),
        })
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(setting("POSTULO_BENCH_BIN")?);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("POSTULO_")) {
            command.env_remove(name);
        }
        command
            .env("POSTULO_DATA_DIR", self.folder.path())
            .env("POSTULO_LISTEN", "127.0.0.1:0")
            .env("POSTULO_LOG", "warn")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        Ok(command)
    }

    /// Runs a command that must succeed; what it printed.
    pub(crate) fn print(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command()?.args(arguments).output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "postulo {arguments:?}: {errors}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The log, with what the service sealed opened.
    pub(crate) async fn open_log(&self, url: &str) -> anyhow::Result<Log> {
        let keys = std::fs::read_to_string(self.folder.path().join("master-keys"))?;
        let codec = commands::codec(Some(keys.trim().parse()?));
        let options = LogOptions { codec, ..LogOptions::default() };
        Ok(Log::open(Db::connect(url).await?, Arc::new(SystemClock), options).await?)
    }

    /// Starts the service in this role and waits until it is ready.
    pub(crate) async fn start(&self, arguments: &[&str]) -> anyhow::Result<Server> {
        self.start_with(arguments, &[]).await
    }

    /// The same with these settings besides.
    pub(crate) async fn start_with(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Server> {
        let mut command = tokio::process::Command::from(self.command()?);
        command.envs(settings.iter().copied());
        let log = self.folder.path().join("log");
        let log = File::options().create(true).append(true).open(log)?;
        command.args(arguments).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(output).lines();
        loop {
            let line = lines.next_line().await?.context("the service ended at its start")?;
            if let Some((_, address)) = line.split_once(" listens on ") {
                let base = format!("http://{address}");
                return Ok(Server { child, base, _lines: lines });
            }
        }
    }

    /// Starts a command that ends by itself, and watches it; how long it took, and its memory.
    pub(crate) async fn watch(&self, arguments: &[&str]) -> anyhow::Result<(Duration, f64)> {
        let mut command = tokio::process::Command::from(self.command()?);
        let mut child = command.args(arguments).stdout(Stdio::null()).spawn()?;
        let (id, begin) = (child.id().context("it runs")?, Instant::now());
        let mut memory = 0.0_f64;
        loop {
            if let Some(peak) = status(id, "VmHWM") {
                memory = memory.max(peak);
            }
            if let Some(ended) = child.try_wait()? {
                anyhow::ensure!(ended.success(), "postulo {arguments:?} failed");
                return Ok((begin.elapsed(), memory));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts a command and kills it after so long; whether it had not ended by then.
    pub(crate) async fn kill_after(
        &self,
        arguments: &[&str],
        after: Duration,
    ) -> anyhow::Result<bool> {
        let mut command = tokio::process::Command::from(self.command()?);
        let mut child = command.args(arguments).stdout(Stdio::null()).spawn()?;
        let is_killed = tokio::time::timeout(after, child.wait()).await.is_err();
        if is_killed {
            child.kill().await?;
        }
        Ok(is_killed)
    }

    /// Registers the partner `bench`; answers its secret.
    pub(crate) fn register(&self) -> anyhow::Result<String> {
        let mail = "bench@example.org";
        let arguments = ["client", "create", "bench", "--name", "Bench", "--contact-email", mail];
        // One machine is all its partners, candidates and employers here.
        let unlimited =
            ["--sender-limits=0,0,0", "--recipient-limits=0,0,0", "--requests-per-minute=0"];
        let created = self.print(&[&arguments[..], &unlimited, &["--json"]].concat())?;
        let created: Value = serde_json::from_str(&created)?;
        Ok(created["client_secret"].as_str().context("a secret is told")?.to_owned())
    }
}

/// A running service.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// A line of `/proc/PID/status` that counts kilobytes, in megabytes.
    pub(crate) fn memory(&self, line: &str) -> Option<f64> {
        status(self.child.id()?, line)
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> anyhow::Result<usize> {
        let id = self.child.id().context("it runs")?;
        Ok(std::fs::read_dir(format!("/proc/{id}/fd"))?.count())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("it runs")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait().await?;
        Ok(())
    }
}

fn status(process: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: u32 = line.split_whitespace().next()?.parse().ok()?;
    Some(f64::from(kilobytes) / 1024.0)
}

/// A partner's request; each number has an employer of its own.
pub(crate) fn application(number: usize) -> Value {
    json!({
        "candidate_email": "camille.martin@example.org",
        "candidate_first_name": "Camille",
        "candidate_last_name": "Martin",
        "candidate_phone": "06 12 34 56 78",
        "candidate_address": "12 rue des Lilas, 75020 Paris",
        "candidate_peid": "1234567A",
        "employer_email": format!("employer-{number}@boulangerie.example"),
        "employer_description": "Boulangerie Dupont",
        "siret": "73282932000074",
        "job": "Boulanger (H/F)",
        "message": "Madame, Monsieur, votre fournil me plaît. ".repeat(10),
    })
}
