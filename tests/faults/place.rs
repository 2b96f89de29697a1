//! The real binary, as its users run it, in a folder of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use event_store::testing::checkpoints;
pub(crate) use event_store::testing::{PATIENCE, until};
use event_store::{Clock, Log, LogOptions, SystemClock};
use projections::{NotProjected, Projections};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

/// The file that its processes log to.
const LOG: &str = "log";

/// A data folder and the settings to run on it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn new(settings: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            folder: tempfile::tempdir().unwrap(),
            settings: settings.iter().map(owned).collect(),
        }
    }

    /// Changes a setting.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with its settings and without those of the tests.
    pub(crate) fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_postulo"))
    }

    /// Another program that will run this one, with its settings.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("POSTULO_")) {
            command.env_remove(name);
        }
        command
            .env("POSTULO_DATA_DIR", self.folder.path())
            .env("POSTULO_LISTEN", "127.0.0.1:0")
            .env("POSTULO_LOG", "warn")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command of the command line to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; what it printed.
    pub(crate) fn print(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the whole service and waits until it listens.
    pub(crate) async fn serve(&self) -> Server {
        self.start(&["serve"]).await
    }

    /// Starts the service in this role and waits until it listens.
    pub(crate) async fn start(&self, arguments: &[&str]) -> Server {
        self.start_as(self.command(), arguments).await
    }

    /// Like [`Self::start`], by a command that ends in the program itself.
    pub(crate) async fn start_as(&self, command: Command, arguments: &[&str]) -> Server {
        let mut command = tokio::process::Command::from(command);
        let log = File::options().create(true).append(true).open(self.path(LOG)).unwrap();
        command.args(arguments).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = tokio::time::timeout(PATIENCE, async {
            loop {
                let Some(line) = lines.next_line().await.unwrap() else {
                    panic!("the service ended at its start: {:?}", child.wait().await);
                };
                if let Some((_, address)) = line.split_once(" listens on ") {
                    return address.to_owned();
                }
            }
        });
        let address = address.await.expect("the service did not start");
        Server { child, base: format!("http://{address}"), _lines: lines }
    }

    /// Opens the database beside the service.
    pub(crate) async fn database(&self) -> event_store::Db {
        event_store::Db::connect(&self.database_url()).await.unwrap()
    }

    /// The log of this database, under the master keys of the service.
    pub(crate) async fn open_log(&self, db: event_store::Db) -> Log {
        self.open_log_at(db, Arc::new(SystemClock)).await
    }

    /// The same at another time.
    pub(crate) async fn open_log_at(&self, db: event_store::Db, clock: Arc<dyn Clock>) -> Log {
        let given = self.settings.iter().find(|(name, _)| name == "POSTULO_MASTER_KEYS");
        let made = || std::fs::read_to_string(self.path("master-keys")).unwrap();
        let keys = given.map_or_else(made, |(_, keys)| keys.clone());
        let codec = commands::codec(Some(keys.trim().parse().unwrap()));
        let options = LogOptions { codec, ..LogOptions::default() };
        Log::open(db, clock, options).await.unwrap()
    }

    /// What its processes logged.
    fn log(&self) -> String {
        std::fs::read_to_string(self.path(LOG)).unwrap_or_default()
    }

    pub(crate) fn database_url(&self) -> String {
        let given = self.settings.iter().find(|(name, _)| name == "POSTULO_DATABASE_URL");
        let file = || format!("sqlite:{}", self.path("postulo.db").display());
        given.map_or_else(file, |(_, url)| url.clone())
    }
}

/// A test that fails shows what the service logged at last.
impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().rev().take(60).collect();
            for line in lines.iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

/// A running service.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Ends the process at once, as a power cut would: no handler of its runs.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Sends it a signal: STOP freezes it, CONT lets it go on.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.signal("TERM");
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        assert!(ended.expect("the service did not stop").unwrap().success());
    }
}

/// Waits until these read models have seen the whole log.
pub(crate) async fn caught_up(running: &Projections, log: &Log) {
    const LOOK: Duration = Duration::from_secs(1);
    let head = log.head().await.unwrap();
    until("the read models have seen all", async || {
        match running.wait_for(&[], head, LOOK).await {
            Err(NotProjected::Late { .. }) => Err(checkpoints(log.db()).await),
            other => {
                other.unwrap();
                Ok(())
            }
        }
    })
    .await;
}

/// The e-mails in the built-in mailbox.
pub(crate) fn emails(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return vec![];
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
        .collect()
}
