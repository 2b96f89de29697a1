//! The import of the CSV of another tracker.

use std::convert::Infallible;

use commands::NewTracked;
use domain::Personal;
use domain::account::{Account, ClosingReason};
use domain::space::{TrackedDetails, TrackedStatus};
use event_store::StreamId;
use event_store::testing::until;
use rstest::rstest;
use sha2::{Digest as _, Sha256};
use testing::http::{form, with_cookie};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::pages::{Reader, SITE, office};
use super::postulo::sent;
use super::proof::multiplied;
use super::*;

impl Reader<'_> {
    /// Sends a file to the import.
    async fn imports(&self, bytes: &[u8]) -> Answer {
        let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n".to_vec();
        body.extend(bytes);
        body.extend(b"\r\n--x--\r\n");
        let request = Request::post("/me/import")
            .header("host", "postulo.example")
            .header("sec-fetch-site", SITE)
            .header("content-type", "multipart/form-data; boundary=x");
        self.site.send(with_cookie(request.body(Body::from(body)).unwrap(), &self.cookie)).await
    }

    /// The request that confirms what a page shows of these columns.
    fn confirmation(&self, shown: &Answer, columns: &[(&str, &str)]) -> Request<Body> {
        let hidden = shown.hidden();
        let carried = hidden.iter().map(|(name, value)| (&**name, &**value));
        let carried = carried.filter(|(name, _)| ["file", "seen"].contains(name));
        let fields: Vec<_> = carried.chain(columns.iter().copied()).collect();
        with_cookie(form("/me/import/confirm", &fields, SITE), &self.cookie)
    }

    /// Confirms what a page shows of these columns.
    async fn confirms(&self, shown: &Answer, columns: &[(&str, &str)]) -> Answer {
        self.site.send(self.confirmation(shown, columns)).await
    }
}

/// The request, whose body says when it is read, and comes once it may.
async fn held(
    request: Request<Body>,
    read: oneshot::Sender<()>,
    may_come: oneshot::Receiver<()>,
) -> Request<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = async move {
        read.send(()).unwrap();
        may_come.await.unwrap();
        Ok::<_, Infallible>(body)
    };
    Request::from_parts(parts, Body::from_stream(futures::stream::once(body)))
}

fn tracked(company: &str, position: &str) -> NewTracked {
    let details = TrackedDetails {
        company: Personal::new(examples::valid(company)),
        position: Personal::new(examples::valid(position)),
        location: None,
        url: None,
        applied_on: examples::valid("2026-11-18"),
    };
    NewTracked { details, status: TrackedStatus::Sent, description: None, notes: vec![] }
}

/// The id of the row on this line of a file.
fn of_line(owner: Uuid, file: &str, line: u64) -> Uuid {
    let file = hex::encode(Sha256::digest(file));
    Uuid::new_v5(&owner, format!("import {file} {line}").as_bytes())
}

const COLUMNS: [(&str, &str); 3] = [("company", "0"), ("position", "1"), ("status", "2")];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_what_is_missing_is_added_and_nothing_twice_however_lines_end(
    #[values("\n", "\r\n", "\r")] end: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let lines =
        ["Company,Title,Status", "Luna,Waiter,", "", "X,Y,Zzz", "Nacre,Cook,", "Zinc,Baker,"];
    // What the first try added has another name since.
    let there = of_line(camille.owner, &lines.join("\n"), 5);
    let new = tracked("Nacre et Fils", "Cook");
    site.commands.space().track(there, camille.owner, new, &cause()).await.unwrap();
    site.caught_up().await;
    let shown = camille.imports(lines.join(end).as_bytes()).await;
    assert!(shown.main().contains("Ligne 4"), "{}", shown.main());
    let added = camille.confirms(&shown, &COLUMNS).await;
    assert!(added.location().ends_with("from=2"), "{}", added.location());
    let list = camille.get("/me/applications").await.main();
    for position in ["Waiter", "Cook", "Baker"] {
        assert_eq!(list.matches(&format!("<strong>{position}")).count(), 1, "{position}: {list}");
    }
    let again = camille.confirms(&shown, &COLUMNS).await;
    assert!(again.location().ends_with("from=0"), "{}", again.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_is_known_however_much_came_later() {
    let site = office(Engine::Sqlite).await;
    site.register_demo(examples::partner_settings()).await;
    sent(&site, "camille@example.org").await;
    let camille = Reader::new(&site, "camille@example.org").await;
    camille.adds("Dev Rust").await;
    multiplied(&site, 14).await;
    let file = "Company,Title,Date\nBrume,dev rust,18/11/2026\nBrume,Chef,18/11/2026\n";
    let shown = camille.imports(file.as_bytes()).await.main();
    assert!(shown.contains("1 à ajouter") && shown.contains("1 déjà présente"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cut_off_says_what_to_do() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let zoe = Person::new(&site, "zoe@example.org").await;
    let file = "Company,Title,Status\nLuna,Waiter,\nZinc,Baker,\n";
    // A row that cannot be added: its place is taken.
    let taken = of_line(camille.owner, file, 3);
    let new = tracked("Brume", "Dev");
    site.commands.space().track(taken, zoe.account.id, new, &cause()).await.unwrap();
    let shown = camille.imports(file.as_bytes()).await;
    let cut = camille.confirms(&shown, &COLUMNS).await;
    assert_eq!(cut.status, 503, "{}", cut.body);
    assert!(cut.body.contains("Importez à nouveau le même fichier"), "{}", cut.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_shows_what_will_happen_and_keeps_nothing_until_it_is_confirmed() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    camille.adds("Dev Rust").await;
    let file = "Soci\u{e9}t\u{e9};Poste;\u{c9}tat;Envoy\u{e9}e le\r\nCaf\u{e9} Luna;Serveuse;Postul\u{e9};17/11/2026\r\nBrume;dev rust;;18/11/2026\r\nX;Y;Zzz;\r\n";
    let latin: Vec<u8> = file.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let events = site.events().await;
    let preview = camille.imports(&latin).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    for shown in [
        "Café Luna",
        "1 à ajouter, 1 refusée, 1 déjà présente",
        "Zzz",
        "Rien n’est encore conservé",
    ] {
        assert!(preview.main().contains(shown), "{shown}: {}", preview.main());
    }
    assert_eq!(site.events().await, events);
    let hidden = preview.hidden();
    let carried = |name: &str| hidden.iter().find(|(it, _)| it == name).unwrap().1.clone();
    let (file, seen) = (carried("file"), carried("seen"));
    let columns = |company: &'static str| {
        vec![
            ("file", file.as_str()),
            ("seen", seen.as_str()),
            ("company", company),
            ("position", "1"),
            ("status", "2"),
            ("applied_on", "3"),
        ]
    };
    let other = camille.post("/me/import/confirm", &columns("1")).await;
    assert_eq!(other.status, 200, "what was not shown is shown first");
    assert_eq!(site.events().await, events);
    let added = camille.post("/me/import/confirm", &columns("0")).await;
    assert_eq!(added.status, 303, "{}", added.body);
    let list = camille.get(added.location()).await;
    assert!(list.main().contains("Une candidature a été ajoutée"), "{}", list.main());
    assert!(list.main().contains("Serveuse"));
    let events = site.events().await;
    let again = camille.post("/me/import/confirm", &columns("0")).await;
    assert!(again.location().ends_with("from=0"), "{}", again.location());
    assert_eq!(site.events().await, events, "a second click adds nothing");
    let list = list.main();
    let (before, _) = list.split_once("<strong>Serveuse").unwrap();
    let (_, page) = before.rsplit_once("href=\"").unwrap();
    let page = page.split('"').next().unwrap();
    assert!(camille.get(page).await.main().contains("Serveuse"), "{page}");
    let other = [("company", "Luna"), ("position", "Serveuse"), ("applied_on", "2026-11-17")];
    assert_eq!(camille.post(&format!("{page}/edit"), &other).await.status, 303);
    let events = site.events().await;
    let again = camille.post("/me/import/confirm", &columns("0")).await;
    assert!(again.location().ends_with("from=0"), "{}", again.location());
    assert_eq!(site.events().await, events, "the same file is the same, whatever became of it");
    assert_eq!(camille.post(&format!("{page}/remove"), &[]).await.status, 303);
    let back = camille.post("/me/import/confirm", &columns("0")).await;
    assert!(back.location().ends_with("from=1"), "what was deleted comes back");
    let events = site.events().await;
    let many = "a;b\n".repeat(100_001);
    let refused = camille.imports(many.as_bytes()).await;
    assert_eq!(refused.status, 422);
    assert!(refused.main().contains("Rien n’en a été conservé"), "{}", refused.main());
    let broken = [("file", "%")];
    assert!(camille.post("/me/import/confirm", &broken).await.status.is_client_error());
    assert_eq!(site.events().await, events);
}

const LIVING: &str = "
    SELECT count(*)
    FROM events AS e
    WHERE e.aggregate_type = 'TrackedApplication' AND e.sequence = 1 AND NOT EXISTS (
        SELECT 1
        FROM events AS o
        WHERE o.aggregate_type = e.aggregate_type AND o.aggregate_id = e.aggregate_id
          AND o.event_type = 'TrackedApplicationErased')";

const BEGUN: &str = "
    SELECT count(*)
    FROM events
    WHERE aggregate_type = 'TrackedApplication' AND sequence = 1";

/// The first import is under way when its account closes, however far it came by then. The second
/// was let in before, and begins when the account is closed.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_ends_with_its_account_and_leaves_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const ROWS: i64 = 5_000;
    const EMAIL: &str = "camille@example.org";
    const DATED: [(&str, &str); 4] =
        [("company", "0"), ("position", "1"), ("status", "2"), ("applied_on", "3")];
    let site = office(engine).await;
    let camille = Reader::new(&site, EMAIL).await;
    let accounts = site.commands.accounts();
    let owner = accounts.of_address(&examples::valid(EMAIL)).await.unwrap().remove(0).id;
    let shown = async |company: &str| {
        let row = |n: i64| format!("{company};Dev {n};Envoy\u{e9};17/11/2026\r\n");
        let rows: String = (0..ROWS).map(row).collect();
        let file = format!("Soci\u{e9}t\u{e9};Poste;\u{c9}tat;Envoy\u{e9}e le\r\n{rows}");
        let preview = camille.imports(file.as_bytes()).await;
        assert_eq!(preview.status, 200, "{}", preview.body);
        preview
    };
    let (first, late) = (shown("Brume").await, shown("Luna").await);
    let db = site.commands.log().db();
    let count = async |sql: &str| {
        let (count,): (i64,) = db.fetch_one(sql, vec![]).await.unwrap();
        count
    };
    let ((read, is_read), (over, is_over)) = (oneshot::channel(), oneshot::channel());
    let late = held(camille.confirmation(&late, &DATED), read, is_over).await;
    let closing = async {
        is_read.await.unwrap();
        until("the import is under way", async || count(BEGUN).await > 0).await;
        accounts.close(owner, ClosingReason::Owner, &cause()).await.unwrap();
    };
    let before = async {
        let (answer, ()) = tokio::join!(camille.confirms(&first, &DATED), closing);
        assert_ne!(answer.status, 200, "what was shown is added: {}", answer.body);
        let begun = count(BEGUN).await;
        over.send(()).unwrap();
        begun
    };
    let (answer, before) = tokio::join!(site.send(late), before);
    assert_eq!(answer.status, 503, "it is cut off: {}", answer.body);
    let id = owner.to_string();
    let account = StreamId::of::<Account>(&id);
    until("nothing is left", async || {
        let noted = site.commands.people().belongings(account).await.unwrap();
        noted.is_empty() && count(LIVING).await == 0
    })
    .await;
    let begun = count(BEGUN).await - before;
    assert!((1..ROWS).contains(&begun), "{begun} rows were begun after the account closed");
}
