//! Which tables beside the log name an account or what belongs to one: each of them says so,
//! somebody plants it, and it forgets.

use std::collections::{BTreeMap, BTreeSet};

use commands::{HOLDINGS, Password, Registration};
use cqrs_es::Aggregate as _;
use domain::account::Account;
use domain::erasure::{ErasureBasis, RecordRef};
use domain::{EmailAddress, Language, examples};
use event_store::testing::Engine;
use event_store::{Db, args};
use rstest::rstest;
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::cells;
use crate::services::alone;

impl Archive {
    /// The columns beside the log and the read models that hold one of these ids.
    pub(crate) async fn naming(&self, ids: &[Uuid]) -> BTreeSet<String> {
        let forms = |id: &Uuid| {
            let (text, simple) = (id.to_string(), id.simple().to_string());
            [text.into_bytes(), simple.into_bytes(), id.as_bytes().to_vec()]
        };
        let forms: Vec<Vec<u8>> = ids.iter().flat_map(forms).collect();
        let holds = |cell: &Vec<u8>, form: &[u8]| cell.windows(form.len()).any(|it| it == form);
        let mut naming = BTreeSet::new();
        for (place, cells) in cells(self.db()).await {
            let is_beside = place
                .split_once('.')
                .is_some_and(|(table, _)| HOLDINGS.iter().any(|it| it.table == table));
            let named = |cell: &Vec<u8>| forms.iter().any(|form| holds(cell, form.as_slice()));
            if is_beside && cells.iter().any(named) {
                naming.insert(place);
            }
        }
        naming
    }

    async fn registers(&self, username: &str, email: &EmailAddress) -> Uuid {
        let new = Registration {
            email: email.clone(),
            username: Some(examples::valid(username)),
            full_name: None,
            language: Language::Fr,
            password: Password::presented("gneiss-et-kouign-amann-de-nuit"),
        };
        self.commands.accounts().register(new, &cause()).await.unwrap().id
    }
}

/// The columns that are said to.
fn declared() -> BTreeSet<String> {
    let columns = HOLDINGS.iter().flat_map(|holding| {
        holding.names.iter().map(|column| format!("{}.{column}", holding.table))
    });
    columns.collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_that_names_an_account_says_so_is_planted_and_forgets_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let address = examples::valid::<EmailAddress>("zenobiane.quartzberg@courrier.example");
    let other = examples::valid::<EmailAddress>("basile.ardoisier@courrier.example");
    let hers = it.registers("zenobiane", &address).await;
    let his = it.registers("basile", &other).await;
    let her_alert = it.plants_beside(hers).await.alert;
    let his_alert = it.plants_beside(his).await.alert;
    for (account, alert) in [(hers, her_alert), (his, his_alert)] {
        assert_eq!(
            it.naming(&[account, alert]).await,
            declared(),
            "what commands::HOLDINGS says is named by an account, and what is planted and found"
        );
    }
    let record = RecordRef::new(Account::TYPE, &hers.to_string()).unwrap();
    let people = it.commands.people();
    people.forget_person(&address, &[record], &ErasureBasis::CommandLine, &cause()).await.unwrap();
    assert_eq!(
        it.naming(&[hers, her_alert]).await,
        BTreeSet::new(),
        "these name who was forgotten"
    );
    assert_eq!(it.naming(&[his, his_alert]).await, declared(), "somebody else was forgotten, too");
    it.close().await;
}

/// Columns of texts beside the log that hold no id of an account, nor of what belongs to one, by
/// their names. What is called otherwise says in `commands::HOLDINGS` that it does, or stands here.
const OF_NOBODY: &str = "
    address_name aggregate_type block cause company cron day departments detail digest email
    error etag event_type fault indexes kind language last_error last_modified letter
    master_key note outcome owner_type page password_hash place proof purpose reactor reason
    recipient report role second_factor shape source state state_before target task tie
    time_zone title url why wrapped written_by";

/// The same, each by its table: others that are called so may hold one.
const NAMED_OTHERWISE: &[(&str, &[&str])] = &[
    ("account_names", &["name"]),
    ("allotment_locks", &["name"]),
    ("allotments", &["name", "holder"]),
    ("checkpoints", &["name"]),
    ("collected_page_offers", &["external_id"]),
    ("collection_askers", &["run"]),
    ("counters", &["name"]),
    ("early_reports", &["message_id", "provider_id", "at"]),
    ("hidden_offers", &["offer"]),
    ("leases", &["name", "holder"]),
    ("master_keys", &["id"]),
    ("offer_blocks", &["offer_id"]),
    // It says that a person asked, and not who.
    ("offer_collections", &["run", "asked_by"]),
    ("offer_keys", &["key", "offer_id"]),
    ("offer_sightings", &["external_id", "offer_id"]),
    ("offer_sources", &["name"]),
    ("operators", &["id"]),
    ("permit_tries", &["dossier_number"]),
    ("projection_shapes", &["name"]),
    ("projection_states", &["name"]),
    ("refresh_tokens", &["grant_id"]),
    ("root_keys", &["name"]),
    ("schedule_runs", &["started_by"]),
    ("sent_emails", &["message_id", "provider_id"]),
    ("signed_lists", &["id", "key"]),
    ("token_grants", &["id"]),
    // Of applications, which have no account.
    ("webhook_deliveries", &["webhook_id", "client_id", "application_id"]),
    ("webhook_secrets", &["webhook_id", "secret"]),
];

const TEXTS_ON_SQLITE: &str = "
    SELECT t.name, c.name
    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND c.type = 'TEXT'";
const TEXTS_ON_POSTGRES: &str = "
    SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
    FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'uuid')";

/// The columns of texts, by their tables.
async fn texts(db: &Db) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match db {
        Db::Sqlite(_) => TEXTS_ON_SQLITE,
        Db::Postgres(_) => TEXTS_ON_POSTGRES,
    };
    let rows: Vec<(String, String)> = db.fetch_all(sql, args![]).await.unwrap();
    let mut texts = BTreeMap::<_, BTreeSet<_>>::new();
    for (table, column) in rows {
        texts.entry(table).or_default().insert(column);
    }
    texts
}

#[rstest]
#[tokio::test]
async fn every_text_beside_the_log_names_an_account_or_is_known_to_name_none(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = testing::database(engine).await;
    let texts = texts(&test_db.db()).await;
    let otherwise: BTreeMap<_, _> = NAMED_OTHERWISE.iter().copied().collect();
    let mut unknown = BTreeSet::new();
    for holding in HOLDINGS {
        let others = otherwise.get(holding.table).copied().unwrap_or_default();
        for column in texts.get(holding.table).into_iter().flatten() {
            let column = column.as_str();
            let is_time = ["_at", "_until", "_since", "_up_to", "_after"];
            let is_known = holding.names.contains(&column)
                || others.contains(&column)
                || OF_NOBODY.split_whitespace().any(|it| it == column)
                || column == "since"
                || is_time.iter().any(|end| column.ends_with(end));
            if !is_known {
                unknown.insert(format!("{}.{column}", holding.table));
            }
        }
    }
    assert!(unknown.is_empty(), "say in commands::HOLDINGS whom these name: {unknown:?}");
}
