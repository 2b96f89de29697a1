//! The figures and the counts of the board, worked out by hand.

use domain::application::AnswerKind;
use domain::space::{HideTracked, TrackedStatus};
use projections::space::{Whose, counts, figures};
use rstest::rstest;
use serde_json::json;

use super::postulo::{answers, sent};
use super::*;

const EMAIL: &str = "camille@example.org";

impl Person<'_> {
    fn whose(&self) -> Whose<'_> {
        let (owner, now) = (self.account.id, self.site.commands.now());
        Whose { owner, email: Some(EMAIL), now }
    }

    /// Types in an application of this day that stands there.
    async fn tracks(&self, status: &str, date: &str) -> String {
        let body = json!({
            "company": "Brume",
            "position": "Dev",
            "status": status,
            "application_date": date,
        });
        id(&self.post("/applications", body).await)
    }

    async fn moves(&self, application: &str, status: &str) {
        let path = format!("/applications/{application}");
        let moved = self.put(&path, json!({ "status": status })).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
    }

    /// How many were sent, were answered, came to an interview, an offer, a contract; and the
    /// median of their waits.
    async fn figures(&self) -> ([u64; 5], Option<i64>) {
        let found = figures(self.site.commands.log(), self.whose()).await.unwrap();
        let [interview, offer, accepted] = [3, 5, 6].map(|stage| found.reached(stage));
        let sent = found.sent.len() as u64;
        ([sent, found.answered(), interview, offer, accepted], found.median_seconds())
    }

    /// How many are considered, are sent, have an interview, are rejected; and how many there are.
    async fn counts(&self) -> [u64; 5] {
        let found = counts(self.site.commands.log(), self.whose()).await.unwrap();
        let [considered, sent, interview, rejected] = [
            TrackedStatus::Considered,
            TrackedStatus::Sent,
            TrackedStatus::Interview,
            TrackedStatus::Rejected,
        ]
        .map(|status| found.of(status));
        [considered, sent, interview, rejected, found.total()]
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_in_as_answered_is_answered_and_tells_nothing_of_how_long_that_took(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let camille = Person::confirmed(&site, EMAIL).await;
    camille.tracks("En étude", "2026-11-19").await;
    assert_eq!(camille.figures().await, ([0; 5], None), "nothing is sent");
    camille.tracks("Candidature envoyée", "2026-11-19").await;
    // A year ago, and answered at some time; came to an interview, and then to nothing.
    camille.tracks("Refusée", "2025-11-20").await;
    let interview = camille.tracks("Entretien", "2026-11-01").await;
    camille.moves(&interview, "Refusée").await;
    camille.tracks("Offre acceptée", "2026-10-01").await;
    assert_eq!(camille.figures().await, ([4, 3, 2, 1, 1], None));
    // It is nine o'clock: one waited for an hour, the other for a day and nine hours.
    let soon = camille.tracks("Candidature envoyée", "2026-11-20T08:00:00Z").await;
    camille.moves(&soon, "Refusée").await;
    assert_eq!(camille.figures().await.1, Some(3600));
    let later = camille.tracks("Candidature envoyée", "2026-11-19").await;
    camille.moves(&later, "Entretien").await;
    assert_eq!(camille.figures().await, ([6, 5, 3, 1, 1], Some(17 * 3600)));
    assert_eq!(camille.counts().await, [1, 1, 1, 3, 7]);

    // What is hidden is in neither; what is archived is in the figures, and on no board.
    let hide = HideTracked { hidden: true, at: site.commands.now() };
    let (space, owner) = (site.commands.space(), camille.account.id);
    space.decide(soon.parse().unwrap(), owner, hide, &cause()).await.unwrap();
    let archive = json!({ "archived": true });
    let path = format!("/applications/{later}");
    assert_eq!(camille.put(&path, archive).await.status, 200);
    site.caught_up().await;
    assert_eq!(camille.figures().await, ([5, 4, 3, 1, 1], Some(33 * 3600)));
    assert_eq!(camille.counts().await, [1, 1, 0, 2, 5]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_from_when_it_is_told(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let camille = Person::confirmed(&site, EMAIL).await;
    let application = sent(&site, EMAIL).await;
    answers(&site, application, 1, AnswerKind::Interview, 1).await;
    assert_eq!(camille.figures().await, ([1, 0, 0, 0, 0], None));
    assert_eq!(camille.counts().await, [0, 1, 0, 0, 1]);
    site.clock.advance(jiff::SignedDuration::from_mins(7));
    assert_eq!(camille.figures().await, ([1, 1, 1, 0, 0], Some(60)));
    assert_eq!(camille.counts().await, [0, 0, 1, 0, 1]);
    // A rejection does not undo how far it came, nor when the first answer was.
    answers(&site, application, 2, AnswerKind::Rejection, 8).await;
    assert_eq!(camille.counts().await, [0, 0, 1, 0, 1], "it is not told yet");
    site.clock.advance(jiff::SignedDuration::from_mins(7));
    assert_eq!(camille.figures().await, ([1, 1, 1, 0, 0], Some(60)));
    assert_eq!(camille.counts().await, [0, 0, 0, 1, 1]);
}
