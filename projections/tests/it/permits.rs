//! Work permits in the read models: lists, the search, the check, the figures, and what is left of whom
//! nobody knows any more.

use domain::permit::{
    Dossier, DossierState, FieldMap, FormAnswer, Permit, PermitEvent, TakeInDossier, WithdrawPermit,
};
use domain::{Decision, examples};
use event_store::testing::Engine;
use event_store::{NewEvent, Period, Position};
use jiff::civil::date;
use projections::permits::{self, Filter, FollowUp, statistics, validity};
use projections::status;
use rstest::rstest;

use crate::support::{Fixture, fixture, until};

/// Lets a synchronisation see these, one after the other, at the end of their streams.
async fn seen(it: &Fixture, dossiers: &[Dossier]) {
    for dossier in dossiers {
        let decision = TakeInDossier { dossier: dossier.clone(), at: it.clock_now() };
        decide(it, dossier.number, &decision).await;
    }
    it.project().await;
}

async fn decide<D: Decision<Aggregate = Permit>>(it: &Fixture, number: u64, decision: &D) {
    let id = Permit::id_of(3272, number);
    let known = it.log.stream("Permit", &id).await.unwrap();
    let mut permit = Permit::default();
    for event in &known {
        permit.apply(it.log.decode::<PermitEvent>(event).unwrap().event);
    }
    let events = decision.decide(&permit).unwrap();
    let new: Vec<_> = events.iter().map(|event| it.new_event(event)).collect();
    if !new.is_empty() {
        it.log.append("Permit", &id, i64::try_from(known.len()).unwrap(), new).await.unwrap();
    }
}

fn say(dossier: &mut Dossier, label: &str, text: &str) {
    let answer = FormAnswer { label: label.to_owned(), id: None, text: text.to_owned() };
    for field in FieldMap::own().read(&[], &[answer]).unwrap() {
        dossier.fields.retain(|known| known.key != field.key);
        dossier.fields.push(field);
    }
}

async fn numbers(it: &Fixture, filter: Filter) -> Vec<u64> {
    let found = permits::list(&it.log, &filter, 100).await.unwrap();
    found.items.iter().map(permits::PermitRow::number).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn dossiers_are_found_by_names_numbers_and_where_they_stand(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut other = examples::dossier(12);
    (other.dates.created_at, other.state) = (examples::minutes(60), DossierState::Initiated);
    other.holder.company = None;
    say(&mut other, "Nom", "Éluard");
    say(&mut other, "Employeur", "Librairie du Port");
    say(&mut other, "Département qui figure sur le titre de séjour", "13");
    say(&mut other, "Date d’expiration", "2026-08-01");
    seen(&it, &[examples::granted(11, "2027-05-10"), other.clone()]).await;

    let text = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
    assert_eq!(numbers(&it, Filter::default()).await, [12, 11], "newest first");
    for (sought, found) in [
        ("eluard", vec![12]),
        ("martin emma", vec![11]),
        ("DUPONT", vec![11]),
        ("librairie", vec![12]),
        ("732 829 320 00074", vec![12, 11]),
        ("Camille.Martin@example.org", vec![12, 11]),
        ("12", vec![12]),
        ("nobody", vec![]),
        ("?", vec![]),
    ] {
        assert_eq!(numbers(&it, text(sought)).await, found, "{sought}");
    }
    let department = Some("75".to_owned());
    assert_eq!(numbers(&it, Filter { department, ..Filter::default() }).await, [11]);
    let within = vec!["13".to_owned(), "2A".to_owned()];
    assert_eq!(numbers(&it, Filter { within: within.clone(), ..text("martin") }).await, [0; 0]);
    assert_eq!(numbers(&it, Filter { within: within.clone(), ..Filter::default() }).await, [12]);
    let state = Some(DossierState::Closed);
    assert_eq!(numbers(&it, Filter { state, ..Filter::default() }).await, [11]);
    let expiring = Some(permits::Expiring { from: date(2027, 5, 1), to: date(2027, 5, 10) });
    assert_eq!(numbers(&it, Filter { expiring, ..Filter::default() }).await, [11]);
    let (from, to) = (Some(date(2026, 11, 1)), Some(date(2026, 11, 30)));
    let november = Period { from, to }.interval(&jiff::tz::TimeZone::UTC);
    let created = Some(november);
    assert_eq!(numbers(&it, Filter { created, ..Filter::default() }).await, [12, 11]);

    // A page at a time, with and without words.
    for mut filter in [Filter::default(), text("732 829 320 00074")] {
        let first = permits::list(&it.log, &filter, 1).await.unwrap();
        filter.cursor = first.next;
        let second = permits::list(&it.log, &filter, 1).await.unwrap();
        assert_eq!((first.items[0].number(), second.items[0].number()), (12, 11));
        assert_eq!(second.next, None);
    }

    let follow = FollowUp { since: date(2026, 9, 19), state: None, within: vec![], cursor: None };
    let followed = permits::to_follow(&it.log, &follow, 10).await.unwrap();
    assert_eq!(followed.items.iter().map(permits::PermitRow::number).collect::<Vec<_>>(), [11]);

    // The one that was granted took three days; half a month more, and the other is in trouble.
    let patience = permits::trouble_begins(&it.log).await.unwrap().unwrap();
    assert_eq!(patience.as_hours(), (3 + 14) * 24);
    for (since, many) in [(examples::minutes(61), 1), (examples::minutes(59), 0)] {
        let trouble = permits::in_trouble(&it.log, since, &[], None, 10).await.unwrap();
        assert_eq!(trouble.items.len(), many);
    }

    // What was corrected is found by what stands there now alone.
    say(&mut other, "Nom", "Aragon");
    other.dates.updated_at = examples::minutes(70);
    seen(&it, &[other]).await;
    assert_eq!(numbers(&it, text("eluard")).await, [0; 0]);
    assert_eq!(numbers(&it, text("aragon")).await, [12]);
    assert!(it.rebuild_all().await.is_empty());
    assert_eq!(numbers(&it, text("aragon")).await, [12]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_check_tells_what_is_granted_and_goes_on_and_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut endless = examples::granted(13, "2027-05-10");
    endless.fields.retain(|field| field.key.as_str() != "date_de_fin_apt");
    seen(&it, &[examples::granted(11, "2027-05-10"), examples::dossier(12), endless]).await;
    let born = date(1998, 12, 20);
    let check =
        async |number, born, day| validity::check(&it.log, number, born, day).await.unwrap();
    let last = date(2027, 5, 10);
    let row = check(11, born, last).await.unwrap();
    assert_eq!((row.first_name.as_str(), row.last_name.as_str()), ("*m** ******", "*a****"));
    assert_eq!((row.valid_to.as_str(), row.birth_date.as_str()), ("2027-05-10", "1998-12-20"));
    assert_eq!(check(11, born, date(2027, 5, 11)).await, None, "it is over");
    assert_eq!(check(11, date(1998, 12, 21), last).await, None, "another date");
    assert_eq!(check(12, born, last).await, None, "it is not decided");
    assert_eq!(check(13, born, last).await, None, "it has no last day");
    assert_eq!(validity::left_out(&it.log, 10).await.unwrap(), [13]);
    assert_eq!(validity::after(&it.log, validity::BEGINNING, 10).await.unwrap().len(), 1);

    // Deleted at the source: nobody is told of it any more.
    let withdrawn = WithdrawPermit { reason: None, deleted_at: None, at: it.clock_now() };
    decide(&it, 11, &withdrawn).await;
    it.project().await;
    assert_eq!(check(11, born, last).await, None);
    assert_eq!(numbers(&it, Filter::default()).await.len(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_counted_by_day_and_state_and_found_nowhere(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut other = examples::granted(12, "2027-05-10");
    say(&mut other, "Nationalité", "CÔTE D'IVOIRE");
    seen(&it, &[examples::granted(11, "2027-05-10"), other]).await;
    let now = examples::minutes(5 * 24 * 60);
    let before = statistics::statistics(it.log.db(), now).await.unwrap();
    assert_eq!((before.dossiers, before.granted, before.days_to_process), (2, 2, Some(3)));
    assert_eq!(before.by_day.len(), 31);
    assert_eq!(before.by_day.iter().map(|(_, count)| count).sum::<i64>(), 2);
    let counted = |name: &str| (name.to_owned(), 1);
    assert_eq!(before.by_nationality, [counted("Côte D'ivoire"), counted("Maroc")]);
    assert_eq!(before.by_state[0], (DossierState::Closed, 2));
    assert_eq!(
        before.by_state[1],
        (DossierState::Draft, 0),
        "then in the order of a dossier's life"
    );

    decide(&it, 11, &domain::permit::ErasePermit { at: it.clock_now() }).await;
    it.project().await;
    let after = statistics::statistics(it.log.db(), now).await.unwrap();
    assert_eq!((after.dossiers, after.granted, after.days_to_process), (2, 2, Some(3)));
    assert_eq!((after.by_day, after.by_state), (before.by_day, before.by_state));
    assert_eq!(after.by_nationality, [counted("Côte D'ivoire")]);
    assert_eq!(numbers(&it, Filter::default()).await, [12]);
    let text = "camille.martin@example.org".to_owned();
    assert_eq!(numbers(&it, Filter { text, ..Filter::default() }).await, [12]);
    let born = date(1998, 12, 20);
    assert_eq!(validity::check(&it.log, 11, born, date(2027, 1, 1)).await.unwrap(), None);
    assert!(validity::left_out(&it.log, 10).await.unwrap().is_empty());
    let row = permits::find(&it.log, "3272-11").await.unwrap().unwrap();
    assert!(row.erased_at.is_some() && row.nationality.is_none() && row.last_name.is_none());
}

/// Which rows of the search and of the check are there, and by which statement each was written last.
async fn written(it: &Fixture, engine: Engine) -> Vec<(String, i64)> {
    let mark = match engine {
        Engine::Sqlite => "rowid",
        Engine::Postgres => "xmin::text::bigint",
    };
    let sql = format!(
        "SELECT CAST(term AS TEXT) AS what, {mark} AS mark FROM permit_terms
         UNION ALL SELECT id, {mark} FROM permit_validity
         ORDER BY what, mark"
    );
    it.log.db().fetch_all(&sql, vec![]).await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_search_and_of_the_check_are_written_where_they_change_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let (mut granted, mut open) = (examples::granted(11, "2027-05-10"), examples::dossier(12));
    seen(&it, &[granted.clone(), open.clone()]).await;
    let before = written(&it, engine).await;
    assert!(before.len() > 10, "{before:?}");
    assert_eq!(before.iter().filter(|(what, _)| what == "3272-11").count(), 1);

    // Where it stands, and what neither asks for.
    (open.state, open.dates.updated_at) = (DossierState::Received, examples::minutes(70));
    say(&mut granted, "Département qui figure sur le titre de séjour", "13");
    granted.dates.updated_at = examples::minutes(5 * 24 * 60);
    seen(&it, &[granted.clone(), open.clone()]).await;
    assert_eq!(written(&it, engine).await, before);
    let row = permits::find(&it.log, "3272-11").await.unwrap().unwrap();
    assert_eq!(row.department.as_deref(), Some("13"));

    // Deleted at the source, and there again as it was.
    let withdrawn = WithdrawPermit { reason: None, deleted_at: None, at: it.clock_now() };
    decide(&it, 11, &withdrawn).await;
    it.project().await;
    let found = |text: &str| numbers_of(&it, text.to_owned());
    assert_eq!(found("dupont").await, [12]);
    granted.dates.updated_at = examples::minutes(6 * 24 * 60);
    seen(&it, &[granted]).await;
    assert_eq!(found("dupont").await, [12, 11]);
    let after = written(&it, engine).await;
    assert_eq!(
        after.iter().map(|(what, _)| what).collect::<Vec<_>>(),
        before.iter().map(|(what, _)| what).collect::<Vec<_>>()
    );
    let born = date(1998, 12, 20);
    assert!(validity::check(&it.log, 11, born, date(2027, 1, 1)).await.unwrap().is_some());
    assert!(it.rebuild_all().await.is_empty());
}

async fn numbers_of(it: &Fixture, text: String) -> Vec<u64> {
    numbers(it, Filter { text, ..Filter::default() }).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn words_that_wait_for_others_are_there_up_to_an_event_that_cannot_be_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for number in 1..=5 {
        let decision = TakeInDossier { dossier: examples::dossier(number), at: it.clock_now() };
        decide(&it, number, &decision).await;
    }
    let at = it.clock_now();
    let known = it.new_event(&PermitEvent::PermitWithdrawn { reason: None, at });
    let unknown = NewEvent {
        event_version: "2.0.0".to_owned(),
        payload: r#"{"type":"PermitWithdrawn","when":"another day"}"#.to_owned(),
        ..known
    };
    it.log.append("Permit", &Permit::id_of(3272, 5), 1, vec![unknown]).await.unwrap();
    // Each page is as long as pages are: all of them wait.
    let running = it.start(1);
    until("it is noted", async || {
        let statuses = status(&it.log).await.unwrap();
        let found = statuses.iter().find(|status| status.name == "permit_terms").unwrap();
        found.stuck.is_some()
    })
    .await;
    running.stop().await;
    let statuses = status(&it.log).await.unwrap();
    let found = statuses.iter().find(|status| status.name == "permit_terms").unwrap();
    assert_eq!(found.position, Position::new(5), "all before it is written");
    let (found,): (i64,) = it
        .log
        .db()
        .fetch_one("SELECT count(DISTINCT seen_position) FROM permit_terms", vec![])
        .await
        .unwrap();
    assert_eq!(found, 5);
}
