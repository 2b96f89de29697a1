//! The rule that a test leaves no reaction behind.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use commands::parked;
use event_store::Db;

/// What is left over when it is dropped, against what the test said.
#[derive(Debug)]
pub(crate) struct LeftOver {
    url: String,
    watches: AtomicBool,
    /// Reactor and state.
    expected: Mutex<BTreeSet<(String, String)>>,
}

impl LeftOver {
    pub(crate) fn in_database(url: &str) -> Self {
        Self { url: url.to_owned(), watches: AtomicBool::new(false), expected: Mutex::default() }
    }

    pub(crate) fn watch(&self) {
        self.watches.store(true, Ordering::SeqCst);
    }

    pub(crate) fn expect(&self, reactor: &str, state: &str) {
        let mut expected = self.expected.lock().unwrap();
        expected.insert((reactor.to_owned(), state.to_owned()));
    }
}

impl Drop for LeftOver {
    fn drop(&mut self) {
        // A test that failed already says why itself.
        if !self.watches.load(Ordering::SeqCst) || std::thread::panicking() {
            return;
        }
        // The test's own runtime stands still while this drops: another one asks.
        let url = self.url.clone();
        let left = std::thread::spawn(move || left(&url)).join().expect("the database answers");
        let expected = std::mem::take(&mut *self.expected.lock().unwrap());
        assert_eq!(left, expected, "reactions that are left over, and those that the test named");
    }
}

fn left(url: &str) -> BTreeSet<(String, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::connect(url).await.unwrap();
        let counts = parked::counts(&db).await.unwrap();
        db.close().await;
        counts.into_keys().filter(|(_, state)| matches!(&**state, "delayed" | "failed")).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use commands::parked::Filter;
    use domain::examples;
    use event_store::testing::{Engine, until};
    use workers::Settings;
    use workers::mail::{MailSettings, mailer};

    use super::*;
    use crate::{Fixture, cause};

    /// A service whose e-mails go nowhere, after an application.
    async fn fixture_with_delayed_letters() -> Fixture {
        let fixture = Fixture::new(Engine::Sqlite).await;
        fixture.register_demo(examples::partner_settings()).await;
        let mut world = fixture.world();
        let nowhere = "smtp://127.0.0.1:1?starttls=none";
        world.mailer = mailer(nowhere, &MailSettings::default()).unwrap();
        let settings = Settings { first_delay: Duration::from_mins(10), ..Settings::default() };
        let workers = fixture.workers(&world, &settings).await;
        let submission = examples::submission();
        fixture.commands.applications().submit(submission, &[], None, &cause()).await.unwrap();
        until("the letter is delayed", || async {
            let rows = parked::list(&fixture.log, &Filter::default()).await.unwrap();
            rows.iter().any(|row| row.reactor == "employer_email" && row.state == "delayed")
        })
        .await;
        workers.stop().await;
        fixture
    }

    #[tokio::test]
    #[should_panic(expected = "reactions that are left over")]
    async fn a_test_that_leaves_a_reaction_behind_fails() {
        drop(fixture_with_delayed_letters().await);
    }

    #[tokio::test]
    async fn what_the_test_named_may_be_left() {
        fixture_with_delayed_letters().await.leaves("employer_email", "delayed");
    }

    #[tokio::test]
    #[should_panic(expected = "reactions that are left over")]
    async fn what_the_test_named_must_be_left() {
        let fixture = fixture_with_delayed_letters().await;
        fixture.leaves("employer_email", "delayed");
        fixture.leaves("employer_email", "failed");
    }
}
