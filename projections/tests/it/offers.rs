//! Job offers in the read model: lists and counts with every filter, both orders, pages, figures, and that both
//! engines give the same answers in the same order.

use domain::examples::{minutes, offer, valid};
use domain::offer::{
    Contract, Currency, ExpiryReason, JobOffer, OfferContent, OfferEvent, OfferPlace, OfferText,
    PayPeriod, Remote, Salary,
};
use event_store::NewEvent;
use event_store::testing::Engine;
use projections::offers::{self, Cursor, OfferFilter, Order, PageOf, statistics};
use rstest::rstest;
use uuid::Uuid;

use crate::support::{Fixture, fixture};

fn id(number: u32) -> Uuid {
    JobOffer::id_of(&valid("greenhouse"), &valid(&number.to_string()))
}

fn collected(number: u32, content: OfferContent) -> OfferEvent {
    let (source, external_id) = (valid("greenhouse"), valid(&number.to_string()));
    let content = Box::new(content);
    OfferEvent::OfferCollected { source, external_id, content, at: minutes(number.into()) }
}

async fn append(it: &Fixture, number: u32, expected: i64, events: &[OfferEvent]) {
    let new: Vec<NewEvent> = events.iter().map(|event| it.new_event(event)).collect();
    it.log.append("JobOffer", &id(number).to_string(), expected, new).await.unwrap();
}

fn place(text: &str) -> OfferPlace {
    let postal_code = text.split(' ').next().filter(|it| it.len() == 5).map(valid);
    OfferPlace { text: valid(text), postal_code, country: None }
}

/// An offer of a title, a company, a place.
fn of(title: &str, company: &str, where_: &str) -> OfferContent {
    OfferContent {
        title: valid(title),
        company: valid(company),
        places: vec![place(where_)],
        url: Some(valid(&format!(
            "https://{}.example/1",
            company.to_lowercase().replace(' ', "-")
        ))),
        ..offer()
    }
}

fn words(keywords: &str) -> OfferFilter {
    OfferFilter { keywords: keywords.to_owned(), ..OfferFilter::default() }
}

fn at(location: &str) -> OfferFilter {
    OfferFilter { location: location.to_owned(), ..OfferFilter::default() }
}

/// The first letters of the ids, as the offers were numbered.
async fn found(it: &Fixture, filter: &OfferFilter, order: Order) -> Vec<u32> {
    let page = PageOf { limit: 100, ..PageOf::default() };
    let list = offers::list(it.db(), filter, order, page).await.unwrap();
    let count = offers::count(it.db(), filter).await.unwrap();
    assert_eq!(count, list.items.len() as u64, "the count is that of the list: {filter:?}");
    let number = |row: &offers::OfferRow| (1..100).find(|number| id(*number) == row.id).unwrap();
    list.items.iter().map(number).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn offers_are_found_by_what_they_say_and_where(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let salary = |cents, period| Salary::new(Some(cents), None, Currency::euro(), period).ok();
    let offers = [
        of("Boulanger H/F", "Boulangerie Dupont", "44000 Nantes"),
        OfferContent {
            remote: Some(Remote::Full),
            contract: Some(Contract::Freelance),
            salary: salary(45_000, PayPeriod::Day),
            ..of("Développeuse C++", "Capgemini SA", "75012 PARIS")
        },
        OfferContent {
            description: OfferText::of_html("<p>Avec nos boulangers et nos infirmières</p>"),
            salary: salary(1_250, PayPeriod::Hour),
            ..of("Vendeuse en boulangerie", "Le Fournil", "Lyon 1er")
        },
        OfferContent {
            salary: None,
            remote: Some(Remote::Hybrid),
            ..of("Infirmier(ère) de nuit", "CHU de Nantes", "Saint-Nazaire")
        },
    ];
    for (number, content) in (1..).zip(offers) {
        append(&it, number, 0, &[collected(number, content)]).await;
    }
    it.project().await;
    let newest = Order::Newest;
    assert_eq!(found(&it, &OfferFilter::default(), newest).await, [4, 3, 2, 1]);
    for (keywords, numbers) in [
        ("boulanger", vec![3, 1]),
        ("BOULANGÈRES h/f", vec![3, 1]),
        ("vendeur", vec![3]),
        ("infirmières", vec![4, 3]),
        ("infirmiere nantes", vec![4]),
        ("developpeur c++", vec![2]),
        ("developpeur c", vec![]),
        ("c#", vec![]),
        ("dupont", vec![1]),
        ("nantes", vec![4, 1]),
        ("(", vec![]),
        ("%", vec![]),
        ("boulanger*", vec![3, 1]),
        ("\"boulanger\" OR NOT", vec![]),
        ("de la", vec![4, 3, 2, 1]),
    ] {
        assert_eq!(found(&it, &words(keywords), newest).await, numbers, "{keywords}");
    }
    for (location, numbers) in [
        ("Nantes", vec![1]),
        ("nan", vec![1]),
        ("44", vec![1]),
        ("44000", vec![1]),
        ("paris", vec![2]),
        ("saint-na", vec![4]),
        ("télétravail", vec![4, 2]),
        ("remote", vec![4, 2]),
        ("'; DROP TABLE offers", vec![]),
    ] {
        assert_eq!(found(&it, &at(location), newest).await, numbers, "{location}");
    }
    let of_company = |company: &str| OfferFilter { company: company.to_owned(), ..words("") };
    assert_eq!(found(&it, &of_company("capg"), newest).await, [2]);
    assert_eq!(found(&it, &of_company("chu nantes"), newest).await, [4]);
    let remote = OfferFilter { remote: vec![Remote::Hybrid, Remote::Full], ..words("") };
    assert_eq!(found(&it, &remote, newest).await, [4, 2]);
    let contract = OfferFilter { contracts: vec![Contract::Freelance], ..words("") };
    assert_eq!(found(&it, &contract, newest).await, [2]);
    let pays = |least| OfferFilter { salary: Some((least, Currency::euro())), ..words("") };
    assert_eq!(found(&it, &pays(22_000), newest).await, [3, 2, 1]);
    assert_eq!(found(&it, &pays(31_000), newest).await, [2]);
    let narrow = OfferFilter { keywords: "boulanger".to_owned(), ..pays(25_000) };
    assert_eq!(found(&it, &narrow, newest).await, [1]);
    // In the title first.
    assert_eq!(found(&it, &words("infirmiers"), Order::Best).await, [4, 3]);

    let figures = statistics::figures(it.db()).await.unwrap();
    assert_eq!(figures.total, 4);
    let named = |all: &[statistics::Frequent]| -> Vec<String> {
        all.iter().map(|it| format!("{} {}", it.name, it.offers)).collect()
    };
    assert_eq!(named(&figures.cities), ["Lyon 1", "Nantes 1", "Paris 1", "Saint-Nazaire 1"]);
    assert_eq!(named(&figures.companies)[1], "CAPGEMINI 1");
    assert_eq!(named(&figures.sites)[0], "boulangerie-dupont.example 1");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_is_found_no_more_and_what_is_back_is_found_where_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for number in 1..=3 {
        append(&it, number, 0, &[collected(number, of("Boulanger", "Dupont", "Nantes"))]).await;
    }
    append(&it, 1, 1, &[OfferEvent::OfferClosed { at: minutes(10) }]).await;
    append(&it, 2, 1, &[OfferEvent::OfferRemoved { at: minutes(10) }]).await;
    let reason = ExpiryReason::NotSeen;
    append(&it, 3, 1, &[OfferEvent::OfferExpired { reason, at: minutes(10) }]).await;
    it.project().await;
    let all = OfferFilter::default();
    assert_eq!(found(&it, &all, Order::Newest).await, Vec::<u32>::new());
    assert_eq!(found(&it, &words("boulanger"), Order::Newest).await, Vec::<u32>::new());
    assert_eq!(offers::find(it.db(), id(2)).await.unwrap(), None, "nothing is left of it");
    assert!(offers::find(it.db(), id(1)).await.unwrap().is_some());
    append(&it, 1, 2, &[collected(1, of("Boulanger", "Dupont", "Lyon"))]).await;
    append(&it, 4, 0, &[collected(4, of("Boulanger", "Dupont", "Nantes"))]).await;
    it.project().await;
    assert_eq!(found(&it, &words("boulanger"), Order::Newest).await, [4, 1]);
    assert_eq!(found(&it, &at("lyon"), Order::Newest).await, [1]);
    assert_eq!(found(&it, &at("nantes"), Order::Newest).await, [4]);
    // Built anew, and built anew again: the index changes sides with its table each time.
    for _ in 0..2 {
        it.rebuild("offers").await;
        assert_eq!(found(&it, &words("boulanger"), Order::Newest).await, [4, 1]);
        assert_eq!(found(&it, &at("lyon"), Order::Newest).await, [1]);
    }
    append(&it, 4, 1, &[OfferEvent::OfferClosed { at: minutes(20) }]).await;
    it.project().await;
    assert_eq!(found(&it, &words("boulanger"), Order::Newest).await, [1]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_by_cursors_and_by_skipping(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for number in 1..=9 {
        let title = if number % 3 == 0 { "Boulanger" } else { "Vendeur" };
        let text = OfferText::of_html("<p>Chez un boulanger</p>");
        let content = OfferContent { description: text, ..of(title, "Dupont", "Nantes") };
        append(&it, number, 0, &[collected(number, content)]).await;
    }
    it.project().await;
    for order in [Order::Newest, Order::Best] {
        let filter = words("boulanger");
        let whole = found(&it, &filter, order).await;
        assert_eq!(whole.len(), 9);
        if order == Order::Best {
            assert_eq!(whole, [9, 6, 3, 8, 7, 5, 4, 2, 1]);
        }
        for limit in [1, 2, 3, 4] {
            let (mut by_cursor, mut by_skip, mut cursor) = (vec![], vec![], None::<Cursor>);
            loop {
                let page = PageOf { limit, skip: 0, cursor };
                let list = offers::list(it.db(), &filter, order, page).await.unwrap();
                by_cursor.extend(list.items.iter().map(|row| row.id));
                let skip = u32::try_from(by_skip.len()).unwrap();
                let page = PageOf { limit, skip, cursor: None };
                let list_by_skip = offers::list(it.db(), &filter, order, page).await.unwrap();
                by_skip.extend(list_by_skip.items.iter().map(|row| row.id));
                // What a page names is read back as it was.
                cursor = list.next.map(|next| next.to_string().parse().unwrap());
                if cursor.is_none() {
                    break;
                }
            }
            let expected: Vec<_> = whole.iter().map(|number| id(*number)).collect();
            assert_eq!(by_cursor, expected, "{order:?} {limit}");
            assert_eq!(by_skip, expected, "{order:?} {limit}");
        }
    }
}

/// Numbers that look like chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const JOBS: &[&str] = &[
    "Boulanger",
    "Infirmière",
    "Développeur C++",
    "Développeuse Java",
    "Data engineer",
    "Data analyst",
    "Vendeuse",
    "Commercial",
    "Chef d’équipe",
    "Ingénieur réseau",
    "Comptable",
    "Aide-soignant",
    "Manager",
    "Электрик",
    "Œnologue",
    "Employée polyvalente",
    "Technicien .NET",
    "软件工程师",
    "Straßenbauer",
    "Conducteur·rice de bus",
];
const QUALITIES: &[&str] =
    &["senior", "de nuit", "confirmé", "débutant accepté", "H/F", "(F/H)", "bilingue", "C#"];
const COMPANIES: &[&str] =
    &["Dupont SARL", "Capgemini", "CHU", "Société Générale", "L’Atelier", "Ça roule", "3M"];
const PLACES: &[&str] = &[
    "44000 Nantes",
    "75012 Paris",
    "Lyon 1er",
    "Aix-en-Provence",
    "L’Haÿ-les-Roses",
    "67000 Strasbourg",
    "Télétravail",
];
const SENTENCES: &[&str] = &[
    "Vous travaillez avec des développeurs et des ingénieurs.",
    "Expérience en boulangerie souhaitée.",
    "You will work with engineers and managers.",
    "Permis B exigé, horaires décalés.",
    "Rust, SQL & Kubernetes",
    "Formation assurée par nos équipes.",
    "Prime d’ancienneté, 13e mois.",
];

fn invented(chance: &mut Chance) -> OfferContent {
    let title = format!("{} {}", chance.of(JOBS), chance.of(QUALITIES));
    let sentences: Vec<_> = (0..=chance.below(3)).map(|_| chance.of(SENTENCES)).collect();
    let amount = 1_000 + chance.below(4_000) as u64 * 1_000;
    let salary =
        Salary::new(Some(amount), None, Currency::euro(), PayPeriod::likely_for(amount)).ok();
    OfferContent {
        description: OfferText::of_text(&sentences.join("\n")),
        remote: Some(Remote::ALL[chance.below(3)]),
        contract: Some(Contract::ALL[chance.below(8)]),
        salary: salary.filter(|_| chance.below(2) == 0),
        skills: vec![],
        ..of(&title, chance.of(COMPANIES), chance.of(PLACES))
    }
}

fn asked(chance: &mut Chance) -> OfferFilter {
    let mut filter = OfferFilter::default();
    let sources = [JOBS, QUALITIES, SENTENCES, COMPANIES];
    for _ in 0..chance.below(3) {
        let source = sources[chance.below(4)];
        let text = chance.of(source);
        let words: Vec<_> = text.split(' ').collect();
        filter.keywords.push_str(words[chance.below(words.len())]);
        filter.keywords.push(' ');
    }
    if chance.below(3) == 0 {
        let (text, end) = (chance.of(PLACES), 2 + chance.below(6));
        filter.location = text.chars().take(end).collect();
    }
    if chance.below(4) == 0 {
        filter.company = chance.of(COMPANIES).to_lowercase();
    }
    if chance.below(4) == 0 {
        filter.remote = vec![Remote::Hybrid, Remote::Full];
    }
    if chance.below(4) == 0 {
        filter.contracts = vec![Contract::ALL[chance.below(8)], Contract::Permanent];
    }
    if chance.below(4) == 0 {
        filter.salary = Some((30_000, Currency::euro()));
    }
    filter
}

/// An engine with these offers.
async fn filled(engine: Engine, offers: &[(u32, OfferContent)]) -> Fixture {
    let it = fixture(engine).await;
    // In their order, many at once: where one is in the log decides which is newer.
    for many in offers.chunks(500) {
        let appends = many.iter().map(|(number, content)| {
            let new = vec![it.new_event(&collected(*number, content.clone()))];
            let stream = id(*number).to_string();
            let log = &it.log;
            async move { log.append("JobOffer", &stream, 0, new).await.unwrap() }
        });
        futures::future::join_all(appends).await;
    }
    it.project().await;
    it
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_give_the_same_answers_in_the_same_order() {
    let mut chance = Chance(7);
    let offers: Vec<_> = (1..=5_000).map(|number| (number, invented(&mut chance))).collect();
    let (sqlite, postgres) =
        tokio::join!(filled(Engine::Sqlite, &offers), filled(Engine::Postgres, &offers));
    let mut chance = Chance(11);
    let (mut answered, mut titled) = (0, 0);
    for _ in 0..200 {
        let filter = asked(&mut chance);
        let order = if chance.below(2) == 0 { Order::Newest } else { Order::Best };
        let skip = if chance.below(3) == 0 { 7 } else { 0 };
        let page = PageOf { limit: 50, skip, cursor: None };
        let answers = |it: &Fixture| {
            let (db, filter) = (it.db().clone(), filter.clone());
            async move {
                let list = offers::list(&db, &filter, order, page).await.unwrap();
                let ids: Vec<_> = list.items.iter().map(|row| (row.ordinal, row.id)).collect();
                (ids, list.next, offers::count(&db, &filter).await.unwrap())
            }
        };
        let (one, other) = (answers(&sqlite).await, answers(&postgres).await);
        assert_eq!(one, other, "{filter:?} {order:?}");
        answered += usize::from(one.2 > 0);
        titled += usize::from(order == Order::Best && one.2 > 50);
    }
    assert!(answered > 100 && titled > 10, "{answered} were answered, {titled} of them ranked");
    let (one, other) =
        (statistics::figures(sqlite.db()).await, statistics::figures(postgres.db()).await);
    assert_eq!(one.unwrap(), other.unwrap());
}
