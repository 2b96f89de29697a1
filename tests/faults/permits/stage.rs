//! The form service in another process, the command that synchronises, and what must hold afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use domain::permit::DossierState;
use event_store::testing::{Engine, TestDb};
use event_store::{Db, Log};
use projections::permits::{Filter, PermitRow, list};
use serde_json::{Value, json};

use crate::place::{Place, until};

/// The procedure that the counterpart has.
pub(super) const PROCEDURE: u32 = 3272;

/// How the form service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Interface {
    GraphQl,
    Rest,
}

impl Interface {
    const fn name(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql",
            Self::Rest => "rest",
        }
    }
}

/// The form service.
pub(super) struct Counterpart {
    child: Child,
    pub(super) base: String,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Counterpart {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/permits/counterpart.py");
        let child = Command::new("python3")
            .arg(program)
            .arg("--folder")
            .arg(folder.path())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let path = folder.path().join("port");
        until("the counterpart listens", || async { path.exists() }).await;
        let port = std::fs::read_to_string(path).unwrap();
        let base = format!("http://127.0.0.1:{port}");
        Self { child, base, client: reqwest::Client::new(), _folder: folder }
    }

    pub(super) async fn tell(&self, told: Value) {
        let answer = self.client.post(format!("{}/control", self.base)).json(&told).send().await;
        assert!(answer.unwrap().status().is_success());
    }

    async fn asked(&self) -> Value {
        let answer = self.client.get(format!("{}/control", self.base)).send().await;
        answer.unwrap().json().await.unwrap()
    }

    pub(super) async fn requests(&self) -> u64 {
        self.asked().await["requests"].as_u64().unwrap()
    }

    pub(super) async fn by_token_in_address(&self) -> u64 {
        self.asked().await["by_token_in_address"].as_u64().unwrap()
    }

    /// What it holds, as far as it is compared.
    async fn held(&self) -> BTreeMap<u64, Seen> {
        let asked = self.asked().await;
        let dossiers = asked["dossiers"].as_object().unwrap().iter();
        let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
        dossiers
            .map(|(number, it)| {
                let seen = Seen {
                    state: text(it, "state").parse().unwrap(),
                    name: text(it, "name"),
                    employer: text(it, "employer"),
                    valid_to: Some(text(it, "to")).filter(|day| !day.is_empty()),
                };
                (number.parse().unwrap(), seen)
            })
            .collect()
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A dossier as far as it is compared.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    state: DossierState,
    name: String,
    employer: String,
    valid_to: Option<String>,
}

impl From<PermitRow> for Seen {
    fn from(row: PermitRow) -> Self {
        Self {
            state: row.state,
            name: row.last_name.unwrap_or_default(),
            employer: row.employer.unwrap_or_default(),
            valid_to: row.valid_to.map(|day| day.to_string()),
        }
    }
}

/// Both, and how many events each dossier is to have by now.
pub(super) struct Stage {
    pub(super) source: Counterpart,
    pub(super) place: Place,
    _database: TestDb,
    expected: BTreeMap<u64, u64>,
}

/// What a run said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) checked: u64,
    pub(super) requests: u64,
    pub(super) processed: u64,
    pub(super) rest: String,
}

impl Stage {
    pub(super) async fn new(engine: Engine, interface: Interface) -> Self {
        let source = Counterpart::start().await;
        let database = TestDb::empty(engine).await;
        let place = Place::new(&[
            ("POSTULO_DATABASE_URL", database.url()),
            ("POSTULO_PERMITS_URL", &source.base),
            ("POSTULO_PERMITS_TOKEN", "secret"),
            ("POSTULO_PERMITS_PROCEDURES", "3272"),
            ("POSTULO_PERMITS_SOURCE", interface.name()),
        ]);
        Self { source, place, _database: database, expected: BTreeMap::new() }
    }

    /// Files so many dossiers, from this number on: a second after each other, long ago.
    pub(super) async fn file(&mut self, first: u64, count: u64) {
        let filed = |number: u64| {
            let at = 1_790_000_000 + number;
            json!({ "number": number, "created": at, "updated": at })
        };
        let all: Vec<_> = (first..first + count).map(filed).collect();
        self.source.tell(json!({ "change": all })).await;
        self.expected.extend((first..first + count).map(|number| (number, 1)));
    }

    /// Changes dossiers now: each time that is one event.
    pub(super) async fn change(&mut self, numbers: impl Iterator<Item = u64>, change: Value) {
        let changed = |number: u64| {
            *self.expected.entry(number).or_default() += 1;
            let mut change = change.clone();
            change["number"] = number.into();
            change
        };
        let all: Vec<_> = numbers.map(changed).collect();
        self.source.tell(json!({ "change": all })).await;
    }

    pub(super) async fn delete(&mut self, numbers: impl Iterator<Item = u64>, for_good: bool) {
        let all: Vec<_> = numbers.collect();
        self.expect_more(&all);
        self.source.tell(json!({ "delete": all, "for_good": for_good })).await;
    }

    /// What happens to these without this stage: each once.
    pub(super) fn expect_more(&mut self, numbers: &[u64]) {
        for number in numbers {
            *self.expected.entry(*number).or_default() += 1;
        }
    }

    /// Runs the command to its end.
    pub(super) fn run(&self, more: &[&str]) -> Output {
        self.place.run(&[&["permits", "sync"], more].concat())
    }

    /// Runs it, and it must succeed.
    pub(super) fn sync(&self, more: &[&str]) -> Said {
        let printed = self.place.print(&[&["permits", "sync"], more].concat());
        let lines: Vec<_> = printed.lines().collect();
        let number = |line: &str, what: &str| -> u64 {
            let number = line.strip_suffix(what).and_then(|line| line.strip_suffix(" - "));
            number.unwrap_or_else(|| panic!("{printed}")).parse().unwrap()
        };
        assert_eq!((lines.len(), lines[3]), (5, "Done."), "{printed}");
        Said {
            checked: number(lines[0], "number of dossiers checked"),
            requests: number(lines[1], "number of HTTP queries performed"),
            processed: number(lines[2], "number of dossiers processed"),
            rest: lines[4].to_owned(),
        }
    }

    /// Starts the command.
    pub(super) fn spawn(&self) -> Child {
        let mut command = self.place.command();
        let (out, err) = (Stdio::null(), Stdio::null());
        command.args(["permits", "sync"]).stdout(out).stderr(err).spawn().unwrap()
    }

    /// Waits until the source was asked for so much more than it was.
    pub(super) async fn asked_for(&self, more: u64) {
        let goal = self.source.requests().await + more;
        until("the source is asked", || async { self.source.requests().await >= goal }).await;
    }

    pub(super) async fn log(&self) -> Log {
        self.place.open_log(self.place.database().await).await
    }

    /// Whether what is here is what the source holds, and each change is one event.
    pub(super) async fn check(&self) {
        let log = self.log().await;
        let (mut seen, mut filter) = (BTreeMap::new(), Filter::default());
        loop {
            let page = list(&log, &filter, 1000).await.unwrap();
            seen.extend(page.items.into_iter().map(|row| (row.number(), Seen::from(row))));
            filter.cursor = page.next;
            if filter.cursor.is_none() {
                break;
            }
        }
        let held = self.source.held().await;
        for number in seen.keys().chain(held.keys()) {
            assert_eq!(seen.get(number), held.get(number), "dossier {number}");
        }
        let events = events(log.db()).await;
        for number in events.keys().chain(self.expected.keys()) {
            let (found, expected) = (events.get(number), self.expected.get(number));
            assert_eq!(found, expected, "events of dossier {number}");
        }
        log.close().await;
    }

    /// The dossiers that are set aside: their numbers, and where they cannot be read.
    pub(super) async fn set_aside(&self) -> Vec<String> {
        let db = self.place.database().await;
        let sql = "SELECT dossier_number, place, kind FROM permits_set_aside ORDER BY 1";
        let rows: Vec<(i64, String, String)> = db.fetch_all(sql, vec![]).await.unwrap();
        db.close().await;
        rows.into_iter().map(|(number, place, kind)| format!("{number} {place} {kind}")).collect()
    }

    /// Expects an event less of one that may have been seen after its change alone.
    pub(super) async fn may_have_one_less(&mut self, number: u64) {
        let db = self.place.database().await;
        let found = events(&db).await.get(&number).copied().unwrap_or_default();
        db.close().await;
        if let Some(expected) = self.expected.get_mut(&number)
            && found + 1 == *expected
        {
            *expected = found;
        }
    }

    /// Nothing was recorded of any dossier.
    pub(super) async fn check_nothing(&self) {
        let db = self.place.database().await;
        assert_eq!(events(&db).await, BTreeMap::new());
        db.close().await;
    }
}

/// How many events there are of each dossier.
async fn events(db: &Db) -> BTreeMap<u64, u64> {
    let sql = "
        SELECT aggregate_id, count(*)
        FROM events
        WHERE aggregate_type = 'Permit'
        GROUP BY aggregate_id";
    let rows: Vec<(String, i64)> = db.fetch_all(sql, vec![]).await.unwrap();
    let number = |id: &str| id.strip_prefix(&format!("{PROCEDURE}-")).unwrap().parse().unwrap();
    rows.into_iter().map(|(id, count)| (number(&id), count.unsigned_abs())).collect()
}
