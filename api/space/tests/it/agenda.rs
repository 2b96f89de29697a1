//! Tasks by when they are due, with how many there are of each kind.

use commands::NewTracked;
use domain::Personal;
use domain::space::{
    ChangeTask, ChangeTracked, DayOrTime, TaskDetails, TaskStatus, TrackedDetails, TrackedStatus,
};
use jiff::{SignedDuration, ToSpan as _};
use projections::space::{Agenda, Horizon, TaskItem, TaskLot, agenda, dated_tasks, due_tasks};
use rstest::rstest;
use uuid::Uuid;

use super::*;

impl Person<'_> {
    async fn must(&self, title: &str, due: Option<DayOrTime>, about: Option<Uuid>) -> Uuid {
        let details = TaskDetails {
            title: Personal::new(examples::valid(title)),
            description: None,
            due_on: due,
            application: about,
        };
        let (space, id) = (self.site.commands.space(), self.site.commands.fresh_id());
        let owner = self.account.id;
        space.add_task(id, owner, details, TaskStatus::ToDo, &cause()).await.unwrap();
        id
    }

    async fn changes(&self, task: Uuid, change: ChangeTask) {
        let change = ChangeTask { at: self.site.commands.now(), ..change };
        let space = self.site.commands.space();
        space.decide_task(task, self.account.id, change, &cause()).await.unwrap();
    }

    /// An application in the archive.
    async fn archived(&self) -> Uuid {
        let (space, id) = (self.site.commands.space(), self.site.commands.fresh_id());
        let now = self.site.commands.now();
        let details = TrackedDetails {
            company: Personal::new(examples::valid("Brume")),
            position: Personal::new(examples::valid("Chef")),
            location: None,
            url: None,
            applied_on: DayOrTime::utc(now),
        };
        let status = TrackedStatus::Sent;
        let new = NewTracked { details, status, description: None, notes: vec![] };
        space.track(id, self.account.id, new, &cause()).await.unwrap();
        let change = ChangeTracked { archived: Some(true), at: now, ..ChangeTracked::default() };
        space.decide(id, self.account.id, change, &cause()).await.unwrap();
        id
    }

    async fn agenda(&self, limit: u32) -> Agenda {
        self.site.caught_up().await;
        let now = self.site.commands.now();
        let today = now.to_zoned(texts::default_zone()).date();
        let horizon = Horizon { now, today, until: today.saturating_add(7.days()) };
        agenda(&self.site.log, self.account.id, horizon, limit, limit).await.unwrap()
    }
}

fn titles(items: &[TaskItem]) -> Vec<&str> {
    items.iter().map(|item| item.title.reveal().as_str()).collect()
}

fn told(lot: &TaskLot) -> (u64, Vec<&str>) {
    (lot.count, titles(&lot.items))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_counted_by_when_they_are_due_and_what_is_put_away_is_late_for_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let now = site.commands.now();
    let today = now.to_zoned(texts::default_zone()).date();
    let day = |days: i64| Some(DayOrTime::Day(today.saturating_add(days.days())));
    let at = |minutes: i64| Some(DayOrTime::utc(now + SignedDuration::from_mins(minutes)));
    let archived = camille.archived().await;
    for (title, due, about) in [
        ("last week", day(-7), None),
        ("yesterday", day(-1), None),
        ("a minute ago", at(-1), None),
        ("in a minute", at(1), None),
        ("today", day(0), None),
        ("in a week", day(7), None),
        ("later", day(8), None),
        ("one day", None, None),
        ("of the archive", day(-1), Some(archived)),
    ] {
        camille.must(title, due, about).await;
    }
    let first = camille.must("done last", day(-3), None).await;
    let second = camille.must("done first", day(-3), None).await;
    let put_away = camille.must("put away", day(-3), None).await;
    camille.changes(put_away, ChangeTask { archived: Some(true), ..ChangeTask::default() }).await;
    for task in [second, first] {
        let done = ChangeTask { status: Some(TaskStatus::Done), ..ChangeTask::default() };
        camille.changes(task, done).await;
        site.clock.advance(SignedDuration::from_secs(1));
    }
    let zoe = Person::new(&site, "zoe@example.org").await;
    zoe.must("of somebody else", day(-1), None).await;

    let all = camille.agenda(100).await;
    assert_eq!(told(&all.overdue), (3, vec!["last week", "yesterday", "a minute ago"]));
    let mut soon = titles(&all.soon.items);
    soon.sort_unstable();
    assert_eq!((all.soon.count, soon), (3, vec!["in a minute", "in a week", "today"]));
    assert_eq!(told(&all.later), (1, vec!["later"]));
    assert_eq!(told(&all.any_time), (1, vec!["one day"]));
    assert_eq!(told(&all.away), (2, vec!["put away", "of the archive"]));
    assert_eq!(told(&all.done), (2, vec!["done last", "done first"]));
    let few = camille.agenda(1).await;
    assert_eq!(told(&few.overdue), (3, vec!["last week"]), "all are counted");
    assert_eq!(told(&few.done), (2, vec!["done last"]));
    let due = due_tasks(&site.log, camille.account.id, now, 100).await.unwrap();
    assert!(!titles(&due.due).contains(&"of the archive") && titles(&due.due).len() >= 3);
    assert_eq!(zoe.agenda(100).await.overdue.count, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_is_full_shows_what_is_coming_before_what_is_overdue(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let now = site.commands.now();
    for (title, days) in [("long ago", -9), ("lately", -3), ("later", 9), ("soon", 1)] {
        let due = DayOrTime::utc(now + SignedDuration::from_hours(24 * days));
        camille.must(title, Some(due), None).await;
    }
    camille.must("whenever", None, None).await;
    site.caught_up().await;
    let dated = async |limit| {
        let found = dated_tasks(&site.log, camille.account.id, now, limit).await.unwrap();
        titles(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(dated(3).await, ["soon", "later", "lately"]);
    assert_eq!(dated(1).await, ["soon"]);
    assert_eq!(dated(9).await, ["soon", "later", "lately", "long ago"]);
}
