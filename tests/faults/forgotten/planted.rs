//! Values of a person are planted wherever the service keeps something; then the person is forgotten,
//! and nothing of them is found anywhere.

use std::time::Duration;

use commands::LinkPurpose;
use domain::application::{AnswerKind, Evidence, GiveAnswer, IssueAnswerLink};
use domain::{Personal, examples};
use event_store::testing::{Engine, Wait, checkpoints};
use event_store::{Clock as _, Position, SystemClock, args};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::{Found, Search};
use crate::aftermath::read_models;
use crate::load::register;
use crate::place::{PATIENCE, Server, until};
use crate::processes::brokers;
use crate::services::alone;

const FIRST: &str = "Zénobiane";
const LAST: &str = "Quartzberg-Lumière";
const EMAIL: &str = "zenobiane.quartzberg@courrier.example";
const PHONE: &str = "06 98 76 54 31";
const ADDRESS: &str = "17 impasse des Obsidiennes, 29000 Quimper";
const PEID: &str = "ZQ-7731-4402";
const MESSAGE: &str = "Je façonne des brioches au safran depuis Kerlouan.";
const FILE: &str = "Brioches de Quartzberg.txt";
const TEXT: &str = "Diplômée de l'école obsidienne de Kerlouan";
const REASON: &str = "Je pars au Groenland tout cet hiver";
const AGENT: &str = "ZenoBrowser/7.31 (Obsidian; Quimper)";
const BOSS: &str = "recrutement.feldspath@fournil.example";
const RECRUITER: &str = "Dominique Feldspath-Mica";
const RECRUITER_EMAIL: &str = "d.feldspath@fournil.example";
const ANSWER: &str = "Apportez votre tablier indigo, Zénobiane.";
const FORWARDED: &str = "chef.feldspath@fournil.example";
const BOUNCE: &str = "mailbox of Feldspath wants no brioches of Quartzberg";
/// What mail servers say of who does not exist, and of who is busy.
const UNKNOWN: &str = "no Feldspath here for Quartzberg of Quimper";
const BUSY: &str = "Feldspath takes no safran from Quartzberg today";

const ANSWERED: &str = "SELECT count(*) FROM events WHERE event_type = 'AnswerSentToCandidate'";

/// Everything that was ever said of her or to her.
const PLANTED: [&str; 19] = [
    FIRST,
    LAST,
    EMAIL,
    PHONE,
    ADDRESS,
    PEID,
    MESSAGE,
    FILE,
    TEXT,
    REASON,
    AGENT,
    BOSS,
    RECRUITER,
    RECRUITER_EMAIL,
    ANSWER,
    FORWARDED,
    BOUNCE,
    UNKNOWN,
    BUSY,
];

/// And of somebody who is not forgotten.
const OTHERS: [&str; 3] =
    ["basile.ardoisier@courrier.example", "Basile-Ardoisier", "J'aime les ardoises d'Angers."];

/// The file that the service logs to, the topic, and the log with what is sealed opened.
const LOG: &str = "log";
const TOPIC: &str = "the topic";
const OPENED: &str = "the log, opened";

/// A mail server (RFC 5321) that takes what it is given, but for two kinds of receivers.
async fn mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream));
        }
    });
    port
}

async fn converse(stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await?;
    let mut in_data = false;
    while let Some(line) = lines.next_line().await? {
        let line = line.to_lowercase();
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            _ if in_data && line != "." => continue,
            "data" => {
                in_data = true;
                "354 go on".to_owned()
            }
            "rcpt" if line.contains("unknown.") => format!("550 5.1.1 {UNKNOWN}"),
            "rcpt" if line.contains("busy.") => format!("450 4.2.1 {BUSY}"),
            "quit" => "221 bye".to_owned(),
            _ => {
                in_data = false;
                "250 fine".to_owned()
            }
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn application(candidate: [&str; 3], message: &str, employer: &str) -> Value {
    let [email, first, last] = candidate;
    json!({
        "candidate_email": email,
        "candidate_first_name": first,
        "candidate_last_name": last,
        "candidate_phone": if email == EMAIL { PHONE } else { "06 12 34 56 78" },
        "candidate_address": if email == EMAIL { ADDRESS } else { "1 rue de Rivoli, Paris" },
        "candidate_peid": if email == EMAIL { PEID } else { "other" },
        "employer_email": employer,
        "employer_description": "Boulangerie Dupont",
        "siret": "73282932000074",
        "job": "Boulanger (H/F)",
        "message": message,
        "send_confirmation": true,
    })
}

struct Stage {
    it: Archive,
    server: Server,
    http: reqwest::Client,
    secret: String,
    topic: Option<String>,
}

impl Stage {
    async fn new(engine: Engine) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mail = format!("smtp://127.0.0.1:{}?starttls=none", mail_server().await);
        let mut it = Archive::new(
            engine,
            &[
                ("POSTULO_UNDO_SECONDS", "0"),
                ("POSTULO_LOG", "info,librdkafka=off"),
                ("POSTULO_MAIL_URL", &mail),
                ("POSTULO_MAIL_DOMAIN", "postulo.example"),
                ("POSTULO_MAILJET_EVENTS_SECRET", "a secret of sixteen letters"),
            ],
        )
        .await;
        let topic =
            (engine == Engine::Postgres).then(|| format!("planted-{}", it.commands.fresh_id()));
        if let Some(topic) = &topic {
            it.place.set("POSTULO_KAFKA_BROKERS", &brokers());
            it.place.set("POSTULO_KAFKA_TOPIC", topic);
            it.place.set("POSTULO_KAFKA_PARTITIONS", "4");
        }
        let secret = register(&it.place);
        let server = it.place.serve().await;
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Self { it, server, http, secret, topic }
    }

    async fn post(&self, application: Value, document: Option<(&str, &str)>) -> reqwest::Response {
        let mut form = Form::new().text("application", application.to_string());
        if let Some((name, text)) = document {
            let part = Part::bytes(text.repeat(50).into_bytes()).file_name(name.to_owned());
            form = form.part("attachments", part.mime_str("text/plain").unwrap());
        }
        let url = format!("{}/api/v1/applications", self.server.base);
        let request = self.http.post(url).basic_auth("load", Some(&self.secret)).multipart(form);
        request.send().await.unwrap()
    }

    async fn apply(&self, application: Value, document: Option<(&str, &str)>) -> Uuid {
        let posted = self.post(application, document).await;
        let (status, body) = (posted.status(), posted.text().await.unwrap());
        assert_eq!(status, 201, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["id"].as_str().unwrap().parse().unwrap()
    }

    async fn count(&self, sql: &str) -> i64 {
        let (count,): (i64,) = self.it.db().fetch_one(sql, args![]).await.unwrap();
        count
    }

    /// Waits until this query counts so many.
    async fn counted(&self, count: i64, sql: &str) {
        until(sql, async || {
            let now = self.count(sql).await;
            if now >= count { Ok(()) } else { Err((now, checkpoints(self.it.db()).await)) }
        })
        .await;
    }

    async fn settled(&self) {
        let head = self.it.head().await.get();
        until("the read models have seen all", async || {
            let behind = "SELECT min(position) FROM checkpoints WHERE name LIKE 'projection:%'";
            let behind = self.count(behind).await;
            if behind >= head { Ok(()) } else { Err(behind) }
        })
        .await;
    }

    /// All that happens to her first application, the longest one.
    async fn happens(&self, id: Uuid) {
        let (it, base) = (&self.it, &self.server.base);
        let now = SystemClock.now();
        it.clock.set(now);
        let mut draft = examples::interview_draft();
        draft.recruiter_name = RECRUITER.to_owned().into();
        draft.recruiter_email = RECRUITER_EMAIL.to_owned().into();
        draft.message = ANSWER.to_owned().into();
        (draft.reason, draft.confirmed) = ("novacancy".into(), true);
        let text = id.to_string();
        for (nth, kind) in [AnswerKind::Info, AnswerKind::Interview].into_iter().enumerate() {
            let answer = GiveAnswer {
                id: examples::answer_id(nth as u128 + 1),
                answer: draft.parse(kind, now).unwrap(),
                answers_seen: nth,
                evidence: Some(Evidence {
                    seconds_on_page: 42,
                    user_agent: Some(Personal::new(examples::valid(AGENT))),
                }),
                undo_until: now,
                at: now,
            };
            it.commands.perform(&text, &answer, &cause()).await.unwrap();
        }
        it.place.print(&["attachments", "forward", &text, FORWARDED]);
        let letter = domain::application::Letter::Employer;
        it.commands
            .applications()
            .resend(id, it.commands.fresh_id(), letter, &cause())
            .await
            .unwrap();
        for _ in 0..210 {
            let issued = IssueAnswerLink { expires_at: now, at: now };
            it.commands.perform(&text, &issued, &cause()).await.unwrap();
        }
        // The recruiter and she look at it, and she takes it back.
        let token = |person| it.commands.links().token(person, id, now);
        for (page, person) in [("r", LinkPurpose::Recruiter), ("c", LinkPurpose::Candidate)] {
            let shown = self.http.get(format!("{base}/{page}/{}", token(person))).send().await;
            let shown = shown.unwrap().text().await.unwrap();
            assert!(shown.contains("Boulanger (H/F)"), "{shown}");
        }
        // What has not left by then is not sent to somebody who withdrew.
        self.counted(2, ANSWERED).await;
        let page = format!("{base}/c/{}/withdraw", token(LinkPurpose::Candidate));
        let withdrawn = self.http.post(page).form(&[("reason", REASON)]).send().await.unwrap();
        assert!(withdrawn.status().is_success(), "{}", withdrawn.status());
        // A letter to her employer comes back.
        let sql = "SELECT message_id FROM sent_emails WHERE letter = 'employer' AND recipient = $1";
        let (message_id,): (String,) = it.db().fetch_one(sql, args![BOSS]).await.unwrap();
        let report = json!([{
            "event": "bounce", "time": 1_795_000_000, "CustomID": message_id, "email": BOSS,
            "hard_bounce": false, "error_related_to": "mailbox", "error": "full", "comment": BOUNCE,
        }]);
        let hook = format!("{base}/pipeline/eventcallback/?secret=a+secret+of+sixteen+letters");
        let answer = self.http.post(hook).json(&report).send().await.unwrap().text().await.unwrap();
        assert!(answer.contains("\"recorded\":1"), "{answer}");
    }

    /// Looks wherever something is kept.
    async fn look(&self, search: &Search) -> Found {
        let mut found = Found::new();
        search.look_in_tables(self.it.db(), &mut found).await;
        search.look_in_files(&self.it.place.path("."), &[], &mut found);
        if let Some(file) = self.it.test_db.url().strip_prefix("sqlite:") {
            let folder = std::path::Path::new(file).parent().unwrap();
            search.look_in_files(folder, &[], &mut found);
        }
        // As far as its keys are there, the log is opened.
        for raw in self.it.log.read_after(Position::START, i64::MAX).await.unwrap() {
            let payload = self.it.log.payload(&raw).unwrap();
            search.look(OPENED, payload.as_bytes(), &mut found);
        }
        if let Some(topic) = &self.topic {
            let published = "SELECT count(*) FROM events";
            let count = self.count(published).await;
            for record in records(topic.clone(), count).await {
                search.look(TOPIC, &record, &mut found);
            }
        }
        found
    }
}

/// Every record of the topic, once it holds so many: keys, headers and values.
async fn records(topic: String, count: i64) -> Vec<Vec<u8>> {
    let brokers = brokers();
    let read = tokio::task::spawn_blocking(move || {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &brokers)
            .set("group.id", "who looks for people")
            .create()
            .unwrap();
        let mut all = TopicPartitionList::new();
        for partition in 0..4 {
            all.add_partition_offset(&topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&all).unwrap();
        let mut wait = Wait::default();
        let mut records = vec![];
        while i64::try_from(records.len()).unwrap() < count {
            wait.look("all records are there", records.len());
            let Some(Ok(record)) = consumer.poll(Duration::from_millis(100)) else { continue };
            let mut bytes = record.key().unwrap_or_default().to_vec();
            for header in record.headers().into_iter().flat_map(|headers| headers.iter()) {
                bytes.extend_from_slice(header.key.as_bytes());
                bytes.extend_from_slice(header.value.unwrap_or_default());
            }
            bytes.extend_from_slice(record.payload().unwrap_or_default());
            records.push(bytes);
        }
        records
    });
    read.await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_somebody_who_was_forgotten_nothing_is_found_in_any_table_file_or_topic(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let stage = Stage::new(engine).await;
    let it = &stage.it;
    let she = [EMAIL, FIRST, LAST];
    let first = stage.apply(application(she, MESSAGE, BOSS), Some((FILE, TEXT))).await;
    for employer in ["unknown.feldspath@fournil.example", "busy.feldspath@fournil.example"] {
        stage.apply(application(she, MESSAGE, employer), Some((FILE, TEXT))).await;
    }
    let he = [OTHERS[0], OTHERS[1], "Martin"];
    let his = application(he, OTHERS[2], "recrutement@boulangerie.example");
    let his = stage.apply(his, Some(("CV.txt", "Son CV"))).await;
    stage.counted(2, "SELECT count(*) FROM events WHERE event_type = 'SentToEmployer'").await;
    stage.counted(2, "SELECT count(*) FROM reactions WHERE detail IS NOT NULL").await;
    stage.happens(first).await;
    stage.counted(1, "SELECT count(*) FROM events WHERE event_type = 'AttachmentsForwarded'").await;
    stage.counted(1, "SELECT count(*) FROM events WHERE event_type = 'EmailResent'").await;
    stage.counted(2, ANSWERED).await;
    stage.settled().await;
    it.place.print(&["projections", "rebuild", "--all"]);
    assert!(stage.count("SELECT count(*) FROM snapshots").await > 0);

    // A search that does not find is worth nothing.
    let search = Search::new(PLANTED);
    let found = stage.look(&search).await;
    let missing: Vec<_> =
        PLANTED.iter().filter(|value| !found.contains_key(**value)).copied().collect();
    assert_eq!(missing, [""; 0], "{found:#?}");
    let plain =
        |place: &&String| place.starts_with("events.") || [LOG, TOPIC].contains(&place.as_str());
    let in_the_open: Vec<_> = found.values().flatten().filter(plain).collect();
    assert_eq!(in_the_open, [""; 0], "{found:#?}");

    // After the search: what waits for a busy server ends with it.
    it.place.print(&["suppressions", "add", EMAIL]);
    stage.counted(1, "SELECT count(*) FROM suppressions WHERE sealed IS NOT NULL").await;
    let refused = stage.post(application(she, MESSAGE, BOSS), None).await;
    let refusal = (refused.status(), refused.text().await.unwrap());
    assert!(refusal.0.is_client_error(), "{refusal:?}");
    let told = it.place.print(&["person", "erase", EMAIL, "--yes"]);
    assert!(told.contains("3 applications erased"), "{told}");
    stage.settled().await;
    // What is under way ends.
    it.long_ago().await;
    it.place.print(&["retention", "run"]);
    let unfinished = event_store::seal::unfinished(it.db(), 9).await.unwrap();
    assert_eq!(unfinished, vec![]);

    let found = stage.look(&search).await;
    assert!(found.is_empty(), "of who was forgotten there is left: {found:#?}");
    let others = Search::new(OTHERS);
    assert_eq!(stage.look(&others).await.len(), OTHERS.len(), "somebody else was forgotten, too");
    assert!(it.place.path("attachments").join(his.to_string()).exists());
    // Everything goes on: the log verifies, the read models are built anew, and nobody writes to her.
    it.place.print(&["audit", "checkpoint"]);
    it.place.print(&["audit", "verify"]);
    let grown = read_models(&it.log).await;
    it.place.print(&["projections", "rebuild", "--all"]);
    assert_eq!(read_models(&it.log).await, grown);
    let refused = stage.post(application(she, MESSAGE, BOSS), None).await;
    assert_eq!((refused.status(), refused.text().await.unwrap()), refusal);
    let found = stage.look(&search).await;
    assert!(found.is_empty(), "after it she is found again: {found:#?}");
    let Stage { it, server, .. } = stage;
    server.stop().await;
    it.close().await;
}
