//! Private servers of a test's own, which it may stop and kill.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tokio::sync::{Mutex, MutexGuard};

/// These tests start many processes each: one at a time, so that each has the machine.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: OnceLock<Mutex<()>> = OnceLock::new();
    ALONE.get_or_init(Mutex::default).lock().await
}

/// PostgreSQL and Kafka of a test's own. They go when this is dropped.
pub(crate) struct Services {
    folder: tempfile::TempDir,
}

impl Services {
    pub(crate) fn start() -> Self {
        let services = Self { folder: tempfile::tempdir().unwrap() };
        services.tell(&["start", "postgres", "kafka"]);
        services
    }

    /// Runs `script/services`; what it printed.
    pub(crate) fn tell(&self, arguments: &[&str]) -> String {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("script/services");
        let output = Command::new(script)
            .args(arguments)
            .env("POSTULO_SERVICES_DIR", self.folder.path().join("services"))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn variable(&self, service: &str, name: &str) -> String {
        let printed = self.tell(&["env", service]);
        let found = printed.lines().find_map(|line| {
            line.strip_prefix("export ")?.strip_prefix(name)?.strip_prefix('=').map(str::to_owned)
        });
        found.expect("script/services prints how to reach its services")
    }

    /// The address of the server's first database.
    pub(crate) fn postgres(&self) -> String {
        self.variable("postgres", "POSTULO_TEST_POSTGRES_URL")
    }

    /// The folders in which they keep what they keep, with what they log.
    pub(crate) fn folders(&self) -> [PathBuf; 2] {
        let services = self.folder.path().join("services");
        let data = std::fs::read_to_string(services.join("postgres/data")).unwrap();
        let cluster = Path::new(data.trim()).parent().unwrap().to_owned();
        [cluster, services.join("kafka")]
    }

    pub(crate) fn kafka(&self) -> String {
        self.variable("kafka", "POSTULO_TEST_KAFKA_BROKERS")
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.tell(&["delete"]);
            return;
        }
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("script/services");
        let folder = self.folder.path().join("services");
        let _ = Command::new(script).arg("delete").env("POSTULO_SERVICES_DIR", folder).status();
    }
}
