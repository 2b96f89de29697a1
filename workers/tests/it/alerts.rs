//! `alerts.send`, on real databases: each offer is told once, whatever happens in between.

use commands::schedules::{Outcome, Report};
use commands::{LinkUse, NewAlert, Password, Registration, UserAccount};
use domain::Language;
use domain::examples::{offer, valid};
use domain::offer::OfferContent;
use domain::space::{
    AlertCriteria, CriteriaFields, JobAlert, JobAlertEvent, MatchAlert, SwitchAlert,
};
use event_store::testing::{Engine, until};
use event_store::{args, checkpoint};
use jiff::SignedDuration;
use rstest::rstest;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workers::Settings;
use workers::jobs::run_by_hand;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const ALERT: Uuid = Uuid::from_u128(0xa1e7);

async fn camille(it: &Fixture) -> UserAccount {
    let new = Registration {
        email: valid("camille@example.org"),
        username: None,
        full_name: None,
        language: Language::En,
        password: Password::presented("seven green horses at noon"),
    };
    let account = it.commands.accounts().register(new, &cause()).await.unwrap();
    let link = it.commands.identity().make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
    it.commands.accounts().confirm_email(&link.token, &cause()).await.unwrap().unwrap()
}

fn criteria(word: &str) -> AlertCriteria {
    let keywords = vec![valid(word)];
    AlertCriteria::new(CriteriaFields { keywords, ..CriteriaFields::default() }).unwrap()
}

async fn create(it: &Fixture, owner: Uuid) {
    let new = NewAlert {
        name: valid("Du pain"),
        criteria: criteria("boulanger"),
        frequency: domain::space::AlertFrequency::Daily,
        zone: valid("Europe/Paris"),
    };
    it.commands.alerts().create(ALERT, owner, new, &cause()).await.unwrap();
}

/// An offer of this title is found; which one it is.
async fn offered(it: &Fixture, title: &str) -> Uuid {
    // Companies whose names are alike would be one.
    let company = Uuid::new_v5(&Uuid::NAMESPACE_URL, title.as_bytes());
    let url = format!("https://sites.example/{company}");
    let content = OfferContent { title: valid(title), url: Some(valid(&url)), ..offer() };
    let content = OfferContent { company: valid(&company.to_string()), ..content };
    let offers = it.commands.offers();
    offers.collect(valid("greenhouse"), valid(title), content, &cause()).await.unwrap().id()
}

async fn run(it: &Fixture) -> Report {
    it.caught_up().await;
    let (world, stop) = (it.world(), CancellationToken::new());
    let ended = run_by_hand("alerts.send", &world, &stop, &|_| {}).await.unwrap();
    assert_eq!(ended.0, Outcome::Done, "{:?}", ended.1);
    ended.1
}

/// Alerts whose time it was, new offers, letters.
fn counted(report: &Report) -> [u64; 3] {
    let of = |what: &str| report.counts.iter().find(|(name, _)| name == what).unwrap().1;
    ["alerts-due", "alerts-offers", "alerts-told"].map(of)
}

/// How many offers each letter that was called for tells of.
async fn told(it: &Fixture) -> Vec<u64> {
    let history = it.commands.history_of::<JobAlert>(&ALERT.to_string()).await.unwrap();
    let told = history.events.iter().filter_map(|recorded| match &recorded.event {
        JobAlertEvent::JobAlertMatched { total, .. } => Some(*total),
        _ => None,
    });
    told.collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_offer_is_told_once_at_the_time_of_its_alert(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let owner = camille(&it).await.id;
    offered(&it, "Boulanger de hier").await;
    create(&it, owner).await;
    offered(&it, "Boulanger un").await;
    offered(&it, "Maçon").await;
    assert_eq!(counted(&run(&it).await), [0, 0, 0], "it is not its time");
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 2, 1]);
    assert_eq!(told(&it).await, [1], "what was there before is not new");
    assert_eq!(counted(&run(&it).await), [0, 0, 0], "it was told");
    // Cut off after the event: the look was not noted.
    it.db().execute("DELETE FROM alert_looks", args![]).await.unwrap();
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 0, 0], "nothing new");
    assert_eq!(counted(&run(&it).await), [0, 0, 0], "that nothing matched was noted");
    // Another process read the alert before it was told.
    offered(&it, "Boulanger deux").await;
    it.clock.advance(DAY);
    let up_to = it.events().await;
    let known = it.commands.alerts().find(ALERT, owner).await.unwrap();
    let stale = MatchAlert {
        after: known.up_to,
        up_to,
        criteria: criteria("boulanger"),
        offers: vec![Uuid::nil()],
        total: 1,
        at: it.commands.now(),
    };
    assert_eq!(counted(&run(&it).await), [1, 1, 1]);
    let again = it.commands.alerts().matched(ALERT, &stale, &cause()).await.unwrap();
    assert_eq!(again.events, []);
    assert_eq!(told(&it).await, [1, 1]);
    // What comes while it is off is not told when it is on again.
    let switch = async |active| {
        let alerts = it.commands.alerts();
        let up_to = alerts.end().await.unwrap();
        let switch = SwitchAlert { active, up_to, at: it.commands.now() };
        alerts.decide(ALERT, owner, switch, &cause()).await.unwrap();
    };
    switch(false).await;
    offered(&it, "Boulanger trois").await;
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [0, 0, 0], "it is off");
    switch(true).await;
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_tells_of_all_that_is_new_and_how_to_stop() {
    let it = Fixture::new(Engine::Sqlite).await;
    let world = it.world();
    let workers = it.workers(&world, &Settings::default()).await;
    let owner = camille(&it).await.id;
    create(&it, owner).await;
    for nth in 1..=23 {
        offered(&it, &format!("Boulanger {nth}")).await;
    }
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 23, 1]);
    let mut letters = vec![];
    until("the letter leaves", async || {
        letters = it.letters();
        !letters.is_empty()
    })
    .await;
    workers.stop().await;
    let [mail] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert_eq!(mail.subject(), Some("23 new offers: Du pain"));
    let text = mail.body_text(0).unwrap();
    assert_eq!(text.matches("https://postulo.example/offers/").count(), 20);
    assert!(text.contains("Boulanger 23") && text.contains("3 more offers"), "{text}");
    let stop = mail.header_raw("List-Unsubscribe").unwrap().trim().trim_matches(['<', '>']);
    assert!(text.contains(stop), "the same link stands in the letter");
    let token = stop.strip_prefix("https://postulo.example/alerts/stop/").unwrap();
    let links = it.commands.links();
    let opened = links.open(commands::LinkPurpose::Alert, token, it.commands.now());
    assert_eq!(opened, Ok(ALERT));
    super::closes_with(&it.commands, owner, "job_alert").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_handed_to_the_letters_twice_is_one_letter(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const LETTERS: &str = "reactor:alert_letters";
    let it = Fixture::new(engine).await;
    let (world, owner) = (it.world(), camille(&it).await.id);
    // Behind what the account itself has letters for.
    let workers = it.workers(&world, &Settings::default()).await;
    create(&it, owner).await;
    offered(&it, "Boulanger").await;
    it.clock.advance(DAY);
    let before = it.log.head().await.unwrap();
    assert_eq!(counted(&run(&it).await), [1, 1, 1]);
    until("the letter leaves", async || !it.letters().is_empty()).await;
    workers.stop().await;
    let (events, stood) = (it.events().await, checkpoint::read(it.db(), LETTERS).await.unwrap());
    let alert = it.log.stream("JobAlert", &ALERT.to_string()).await.unwrap();
    let matched = alert.iter().find(|event| event.event_type == "JobAlertMatched").unwrap();
    let matched = Some(matched.position);
    assert!(stood >= matched && matched > Some(before), "{stood:?}");

    // Its process died once the letter was asked for, and before it noted that.
    let mut tx = it.db().begin().await.unwrap();
    checkpoint::set(&mut tx, LETTERS, before).await.unwrap();
    tx.commit().await.unwrap();
    let workers = it.workers(&world, &Settings::default()).await;
    let stands = async || checkpoint::read(it.db(), LETTERS).await.unwrap();
    until("it is handed over again", async || stands().await >= matched).await;
    workers.stop().await;
    assert_eq!(it.events().await, events, "nothing more is asked for");
    assert_eq!(it.letters().len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_hides_is_not_told_to_them(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let world = it.world();
    // From here on letters are owed.
    it.workers(&world, &Settings::default()).await.stop().await;
    let owner = camille(&it).await.id;
    create(&it, owner).await;
    let hide = async |offer| it.commands.offers().hide_from(owner, offer).await.unwrap();
    hide(offered(&it, "Boulanger un").await).await;
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 1, 0], "all that is new is hidden");
    let second = offered(&it, "Boulanger deux").await;
    hide(offered(&it, "Boulanger trois").await).await;
    offered(&it, "Boulanger quatre").await;
    it.clock.advance(DAY);
    assert_eq!(counted(&run(&it).await), [1, 3, 1]);
    assert_eq!(told(&it).await, [2]);
    // Between the match and the letter.
    hide(second).await;
    let workers = it.workers(&world, &Settings::default()).await;
    until("the letter leaves", async || !it.letters().is_empty()).await;
    workers.stop().await;
    let letters = it.letters();
    let [mail] = &letters[..] else { panic!("{} letters", letters.len()) };
    let text = mail.body_text(0).unwrap();
    assert!(text.contains("Boulanger quatre"), "{text}");
    for hidden in ["Boulanger un", "Boulanger deux", "Boulanger trois"] {
        assert!(!text.contains(hidden), "{text}");
    }
}
