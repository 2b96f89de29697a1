//! What is put away: archived, hidden or deleted, and the letter about what was archived.

use rstest::rstest;
use testing::http::{form, unescaped};
use web::audience::Audience;

use super::pages::{Reader, office};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_added_moved_undone_and_put_away() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let path = camille.adds("Dev Rust").await;
    let page = camille.get(&format!("{path}?done=added")).await;
    assert!(page.main().contains("Candidature ajoutée."), "{}", page.main());
    let moved = [("status", "interview"), ("back", "/me/board")];
    let moved = camille.post(&format!("{path}/status"), &moved).await;
    assert!(moved.location().starts_with("/me/board?done=moved"), "{}", moved.location());
    let board = camille.get(moved.location()).await;
    assert!(board.main().contains("Candidature déplacée."));
    assert!(board.main().contains("name=\"status\" value=\"sent\""), "how to undo it");
    let undone = camille.post(&format!("{path}/status"), &[("status", "sent")]).await;
    assert!(undone.location().starts_with(&path), "{}", undone.location());
    let elsewhere = [("status", "interview"), ("back", "https://evil.example/")];
    let elsewhere = camille.post(&format!("{path}/status"), &elsewhere).await;
    assert!(elsewhere.location().starts_with(&path), "{}", elsewhere.location());
    for (what, on, shelf) in [
        ("archive", "yes", "Archivées"),
        ("archive", "", ""),
        ("hide", "yes", "Masquées"),
        ("hide", "", ""),
        ("remove", "", "Supprimées"),
    ] {
        let done = camille.post(&format!("{path}/{what}"), &[("on", on)]).await;
        assert_eq!(done.status, 303, "{what}: {}", done.body);
        let away = camille.get("/me/put-away").await.main();
        assert_eq!(away.contains("Dev Rust"), !shelf.is_empty(), "{what} {on}");
        assert!(away.contains(shelf));
    }
    assert_eq!(camille.get(&path).await.status, 404);
    camille.post(&format!("{path}/restore"), &[("on", "yes")]).await;
    assert_eq!(camille.get(&path).await.status, 200);
}

/// The address of what follows on a shelf.
fn next_of(page: &str, shelf: &str) -> String {
    let begins = format!("/me/put-away?shelf={shelf}");
    let (_, rest) = page.split_once(&format!("href=\"{begins}")).expect("there are more");
    begins + &unescaped(rest.split('"').next().unwrap())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_put_away_can_be_reached_however_much_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let mut removed = vec![];
    for nth in 1..=53 {
        let path = camille.adds(&format!("Deleted {nth}.")).await;
        camille.post(&format!("{path}/remove"), &[("on", "")]).await;
        removed.push(format!("Deleted {nth}."));
    }
    let path = camille.adds("Hidden 1.").await;
    camille.post(&format!("{path}/hide"), &[("on", "yes")]).await;
    let first = camille.get("/me/put-away").await.main();
    assert!(first.contains("50+") && first.contains("Hidden 1."), "{first}");
    let next = next_of(&first, "removed");
    let second = camille.get(&next).await.main();
    assert!(!second.contains("Hidden 1."), "one shelf alone: {second}");
    for other in ["", "unknown"] {
        let shelf = next.replace("shelf=removed", &format!("shelf={other}"));
        assert_ne!(shelf, next);
        assert_eq!(camille.get(&shelf).await.main(), first, "all of them, from the beginning");
    }
    let empty = camille.get("/me/put-away?shelf=archived").await.main();
    assert!(!empty.contains("Rien n’est rangé"), "the others are not: {empty}");
    assert!(empty.contains("<a href=\"/me/put-away\">"), "{empty}");
    let shown = |page: &str, title: &str| page.contains(&format!("<span>{title}<br>"));
    for title in removed {
        assert!(shown(&first, &title) != shown(&second, &title), "{title} stands on one page");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_was_deleted_comes_back_within_30_days_and_to_its_owner_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use domain::space::{RESTORABLE, RemoveTask, TaskDetails, TaskStatus};
    use projections::space::removed_tasks;

    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let zoe = Reader::new(&site, "zoe@example.org").await;
    let (space, owner, now) = (site.commands.space(), camille.owner, site.commands.now());
    let mut ids = vec![];
    for nth in 1..=51 {
        let id = site.commands.fresh_id();
        let title = domain::Personal::new(examples::valid(&format!("Task {nth}.")));
        let details = TaskDetails { title, description: None, due_on: None, application: None };
        space.add_task(id, owner, details, TaskStatus::ToDo, &cause()).await.unwrap();
        space.decide_task(id, owner, RemoveTask { at: now }, &cause()).await.unwrap();
        ids.push(id);
    }
    site.caught_up().await;
    let first = camille.get("/me/put-away").await.main();
    assert!(first.contains("50+") && !first.contains("Rien n’est rangé"), "{first}");
    let second = camille.get(&next_of(&first, "tasks")).await.main();
    for nth in 1..=51 {
        let shown = |page: &str| page.contains(&format!("<span>Task {nth}.</span>"));
        assert!(shown(&first) != shown(&second), "{nth} stands on one page");
    }
    assert!(!zoe.get("/me/put-away").await.body.contains("Task"));

    let path = format!("/me/tasks/{}", ids[0]);
    let restore = format!("{path}/restore");
    assert_eq!(zoe.post(&restore, &[("back", "/me/put-away")]).await.status, 404);
    assert_eq!(camille.get(&path).await.status, 404);
    let back = camille.post(&restore, &[("back", "/me/put-away")]).await;
    let away = camille.get(back.location()).await.main();
    assert!(away.contains("Tâche rétablie.") && !away.contains("<span>Task 1.</span>"), "{away}");
    assert!(camille.get("/me/tasks").await.main().contains("Task 1."));
    let gone = camille.post(&path, &[("what", "remove")]).await;
    let tasks = camille.get(gone.location()).await.main();
    assert!(tasks.contains("Tâche supprimée.") && tasks.contains(&restore), "{tasks}");
    let undone = camille.post(&restore, &[("back", "/me/tasks")]).await;
    assert!(undone.location().starts_with("/me/tasks?"), "{}", undone.location());
    assert_eq!(camille.get(&path).await.status, 200);

    site.clock.advance(RESTORABLE + jiff::SignedDuration::from_secs(1));
    let since = site.commands.now() - RESTORABLE;
    let left = removed_tasks(site.commands.log(), owner, since, None, 100).await.unwrap();
    assert_eq!(left.items, [], "nothing is offered that is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monthly_letter_is_switched_on_by_its_reader_and_off_by_its_link() {
    let site = Fixture::new(Engine::Sqlite).await.http().routes(|app| {
        let users = Audience::new(space::entries()).and(accounts::entries());
        accounts::page_routes(users, app).merge(space::routes(app))
    });
    let camille = Reader::new(&site, "camille@example.org").await;
    let owner = site.commands.accounts().owner_of(&examples::valid("camille@example.org")).await;
    let owner = owner.unwrap().unwrap().id;
    let wants = async || site.commands.accounts().wants_archive_letters(owner).await.unwrap();
    assert!(!wants().await, "it is off unless it is switched on");
    let on = camille.post("/me/put-away/letters", &[("on", "yes")]).await;
    assert!(wants().await);
    let page = camille.get(on.location()).await.main();
    assert!(page.contains("Ne plus le recevoir") && page.contains("à partir de la fin"), "{page}");
    let links = site.commands.links();
    let purpose = commands::LinkPurpose::ArchiveLetters;
    let token = links.token(purpose, owner, site.commands.now());
    let path = format!("/archive-letters/stop/{token}");
    let asked = site.get(&path).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert!(wants().await, "a scanner that follows the link stops nothing");
    let other = links.token(commands::LinkPurpose::Alert, owner, site.commands.now());
    let other = format!("/archive-letters/stop/{other}");
    let one_click = [("List-Unsubscribe", "One-Click")];
    assert_eq!(site.send(form(&other, &one_click, "cross-site")).await.status, 404);
    assert!(wants().await);
    let stopped = site.send(form(&path, &one_click, "cross-site")).await;
    assert_eq!(stopped.status, 200, "{}", stopped.body);
    assert!(!wants().await);
    assert_eq!(site.send(form(&path, &one_click, "cross-site")).await.status, 200, "twice");
}
