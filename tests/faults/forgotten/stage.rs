//! A service that everything happens to, with all that it keeps anywhere.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use commands::LinkPurpose;
use domain::application::{AnswerKind, Evidence, GiveAnswer, IssueAnswerLink, Wish};
use domain::space::{ChangeTracked, TrackedApplication};
use domain::{JobApplication, Personal, examples};
use event_store::testing::{Engine, Wait, checkpoints};
use event_store::{Clock as _, StreamId, SystemClock, args};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::browser::imports;
use super::search::{Found, Search, files};
use crate::load::register;
use crate::place::{PATIENCE, Server, until};
use crate::services::Services;

pub(super) const FIRST: &str = "Zénobiane";
pub(super) const LAST: &str = "Quartzberg-Lumière";
pub(super) const EMAIL: &str = "zenobiane.quartzberg@courrier.example";
pub(super) const PHONE: &str = "06 98 76 54 31";
pub(super) const ADDRESS: &str = "17 impasse des Obsidiennes, 29000 Quimper";
pub(super) const PEID: &str = "ZQ-7731-4402";
pub(super) const MESSAGE: &str = "Je façonne des brioches au safran depuis Kerlouan.";
pub(super) const FILE: &str = "Brioches de Quartzberg.txt";
pub(super) const TEXT: &str = "Diplômée de l'école obsidienne de Kerlouan";
pub(super) const REASON: &str = "Je pars au Groenland tout cet hiver";
pub(super) const AGENT: &str = "ZenoBrowser/7.31 (Obsidian; Quimper)";
pub(super) const BOSS: &str = "recrutement.feldspath@fournil.example";
pub(super) const RECRUITER: &str = "Dominique Feldspath-Mica";
pub(super) const RECRUITER_EMAIL: &str = "d.feldspath@fournil.example";
pub(super) const ANSWER: &str = "Apportez votre tablier indigo, Zénobiane.";
pub(super) const FORWARDED: &str = "chef.feldspath@fournil.example";
pub(super) const BOUNCE: &str = "mailbox of Feldspath wants no brioches of Quartzberg";
/// What mail servers say of who does not exist, and of who is busy.
pub(super) const UNKNOWN: &str = "no Feldspath here for Quartzberg of Quimper";
pub(super) const BUSY: &str = "Feldspath takes no safran from Quartzberg today";

/// What she keeps in a space of her own.
pub(super) const USERNAME: &str = "zeno_quartzberg_29";
pub(super) const FULL_NAME: &str = "Zénobiane Lumière des Obsidiennes";
pub(super) const COMPANY: &str = "Fournil du Feldspath Vert";
pub(super) const POSITION: &str = "Tourière au beurre d'obsidienne";
pub(super) const PLACE: &str = "Kerlouan-des-Micas";
pub(super) const ADVERTISEMENT: &str = "https://feldspath-vert.example/touriere";
pub(super) const DESCRIPTION: &str = "Façonner les kouign-amann avant l'aube de Kerlouan";
pub(super) const NOTE: &str = "Rappeler Mme Schistebleu après la marée";
pub(super) const TAG: &str = "beurre-de-schiste";
pub(super) const TASK: &str = "Repasser le tablier indigo de Quimper";
pub(super) const TASK_TEXT: &str = "Celui aux boutons de gneiss";
pub(super) const CV: &str = "Parcours de la touriere Quartzberg.pdf";
pub(super) const CV_TEXT: &str = "Quinze ans de brioches au gneiss, de Brest jusqu'au Groenland";
const PASSWORD: &str = "gneiss-et-kouign-amann-de-nuit";

/// An operator, and what was typed instead of a password.
pub(super) const OPERATOR: &str = "obsidienne.mica@postulo.example";
pub(super) const GUESSED: &str = "brioches-au-safran-de-mica";

pub(super) const ANSWERED: &str =
    "SELECT count(*) FROM events WHERE event_type = 'AnswerSentToCandidate'";

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

/// A collector of traces (OTLP over HTTP), which keeps whatever it is sent.
async fn collector(traces: &Arc<Mutex<Vec<u8>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let traces = Arc::clone(traces);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(collect(stream, Arc::clone(&traces)));
        }
    });
    port
}

async fn collect(stream: TcpStream, traces: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        // The head of a request ends with an empty line.
        while read.read_line(&mut line).await? > 2 {
            if let Some(told) = line.to_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        read.read_exact(&mut body).await?;
        traces.lock().unwrap().extend(body);
        write.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    }
}

pub(super) fn application(candidate: [&str; 3], message: &str, employer: &str) -> Value {
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

/// A space that somebody keeps.
pub(super) struct Space {
    pub(super) account: Uuid,
    pub(super) alert: Uuid,
    /// What opens it.
    pub(super) secrets: Vec<String>,
}

/// A service with everything it stands on, which somebody may look through.
pub(super) struct Stage {
    pub(super) it: Archive,
    server: Option<Server>,
    base: String,
    http: reqwest::Client,
    secret: String,
    traces: Arc<Mutex<Vec<u8>>>,
    /// PostgreSQL and Kafka of its own, where it uses them.
    services: Option<Services>,
}

const TOPIC: &str = "events";

impl Stage {
    pub(super) async fn new(engine: Engine) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mail = format!("smtp://127.0.0.1:{}?starttls=none", mail_server().await);
        let traces = Arc::default();
        let collector = format!("http://127.0.0.1:{}/v1/traces", collector(&traces).await);
        let settings = [
            ("POSTULO_UNDO_SECONDS", "0"),
            ("POSTULO_LOG", "info,librdkafka=off"),
            ("POSTULO_OTLP_ENDPOINT", &*collector),
            ("POSTULO_MAIL_URL", &*mail),
            ("POSTULO_MAIL_DOMAIN", "postulo.example"),
            ("POSTULO_MAILJET_EVENTS_SECRET", "a secret of sixteen letters"),
        ];
        let services = (engine == Engine::Postgres).then(Services::start);
        let mut it = match &services {
            Some(services) => Archive::at(&services.postgres(), &settings).await,
            None => Archive::new(engine, &settings).await,
        };
        if let Some(services) = &services {
            it.place.set("POSTULO_KAFKA_BROKERS", &services.kafka());
            it.place.set("POSTULO_KAFKA_TOPIC", TOPIC);
            it.place.set("POSTULO_KAFKA_PARTITIONS", "4");
        }
        let secret = register(&it.place);
        let server = it.place.serve().await;
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let base = server.base.clone();
        Self { it, server: Some(server), base, http, secret, traces, services }
    }

    pub(super) async fn post(
        &self,
        application: Value,
        document: Option<(&str, &str)>,
    ) -> reqwest::Response {
        let mut form = Form::new().text("application", application.to_string());
        if let Some((name, text)) = document {
            let part = Part::bytes(text.repeat(50).into_bytes()).file_name(name.to_owned());
            form = form.part("attachments", part.mime_str("text/plain").unwrap());
        }
        let url = format!("{}/api/v1/applications", self.base);
        let request = self.http.post(url).basic_auth("load", Some(&self.secret)).multipart(form);
        request.send().await.unwrap()
    }

    pub(super) async fn apply(&self, application: Value, document: Option<(&str, &str)>) -> Uuid {
        let posted = self.post(application, document).await;
        let (status, body) = (posted.status(), posted.text().await.unwrap());
        assert_eq!(status, 201, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["id"].as_str().unwrap().parse().unwrap()
    }

    pub(super) async fn count(&self, sql: &str) -> i64 {
        let (count,): (i64,) = self.it.db().fetch_one(sql, args![]).await.unwrap();
        count
    }

    /// Waits until this query counts so many.
    pub(super) async fn counted(&self, count: i64, sql: &str) {
        until(sql, async || {
            let now = self.count(sql).await;
            if now >= count { Ok(()) } else { Err((now, checkpoints(self.it.db()).await)) }
        })
        .await;
    }

    pub(super) async fn settled(&self) {
        let head = self.it.head().await.get();
        until("the read models have seen all", async || {
            let behind = "SELECT min(position) FROM checkpoints WHERE name LIKE 'projection:%'";
            let behind = self.count(behind).await;
            if behind >= head { Ok(()) } else { Err(behind) }
        })
        .await;
    }

    /// All that happens to her first application, the longest one.
    pub(super) async fn happens(&self, id: Uuid) {
        let (it, base) = (&self.it, &self.base);
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
        let mailed = it.commands.emails().of(StreamId::of::<JobApplication>(&text)).await.unwrap();
        let mailed = mailed.into_iter().find(|mailed| mailed.letter == "employer").unwrap();
        let message_id = mailed.message_id;
        let report = json!([{
            "event": "bounce", "time": 1_795_000_000, "CustomID": message_id, "email": BOSS,
            "hard_bounce": false, "error_related_to": "mailbox", "error": "full", "comment": BOUNCE,
        }]);
        let hook = format!("{base}/pipeline/eventcallback/?secret=a+secret+of+sixteen+letters");
        let answer = self.http.post(hook).json(&report).send().await.unwrap().text().await.unwrap();
        assert!(answer.contains("\"recorded\":1"), "{answer}");
    }

    /// She opens an account, mistypes its password, and keeps in her space what she applied for
    /// elsewhere, a task, a CV, and whatever lies beside the log. What is found nowhere, opened or
    /// not, is answered.
    pub(super) async fn keeps_a_space(&self) -> Space {
        let send = async |request: reqwest::RequestBuilder, status: u16| {
            let answer = request.send().await.unwrap();
            let (told, body) = (answer.status(), answer.text().await.unwrap());
            assert_eq!(told, status, "{body}");
            serde_json::from_str::<Value>(&body).unwrap_or_default()
        };
        let post = |path: &str| self.http.post(format!("{}{path}", self.base));
        let account = json!({
            "username": USERNAME, "email": EMAIL, "password": PASSWORD, "full_name": FULL_NAME,
        });
        send(post("/auth/register").json(&account), 201).await;
        let sign_in =
            |password| post("/auth/token").form(&[("username", USERNAME), ("password", password)]);
        send(sign_in(GUESSED), 401).await;
        let tokens = send(sign_in(PASSWORD), 200).await;
        let [access, refresh] =
            ["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap().to_owned());
        let hers = |path: &str| post(path).bearer_auth(&access);
        let tracked = json!({
            "company": COMPANY, "position": POSITION, "location": PLACE, "url": ADVERTISEMENT,
            "description": DESCRIPTION, "notes": [NOTE],
        });
        let tracked = send(hers("/applications").json(&tracked), 201).await;
        let id: Uuid = tracked["_id"].as_str().unwrap().parse().unwrap();
        let owner = self.it.commands.state_of::<TrackedApplication>(&id.to_string()).await;
        let owner = owner.unwrap().owner().unwrap();
        let tagged = ChangeTracked {
            tags: Some(vec![examples::valid(TAG)]),
            at: SystemClock.now(),
            ..ChangeTracked::default()
        };
        self.it.commands.space().decide(id, owner, tagged, &cause()).await.unwrap();
        let task = json!({ "title": TASK, "description": TASK_TEXT });
        send(hers("/tasks").json(&task), 201).await;
        let cv = Part::bytes(format!("%PDF-1.7\n{CV_TEXT}").into_bytes()).file_name(CV);
        let cv = Form::new().part("file", cv.mime_str("application/pdf").unwrap());
        send(hers("/users/upload-cv").multipart(cv), 200).await;
        let mut secrets = vec![PASSWORD.to_owned(), access, refresh];
        secrets.extend(imports(&self.base, USERNAME, PASSWORD).await);
        self.it.clock.set(SystemClock.now());
        let beside = self.it.plants_beside(owner).await;
        secrets.extend(beside.secrets);
        Space { account: owner, alert: beside.alert, secrets }
    }

    /// Whoever else leaves something of themselves: an operator, who forgets a password and types others, a
    /// client platform's webhook, somebody who asks for what is kept of them. What is found only here is
    /// answered.
    pub(super) async fn others_come(&self, id: Uuid) -> Vec<String> {
        let it = &self.it;
        it.clock.set(SystemClock.now());
        it.place.print(&["admin", "create", OPERATOR]);
        for (page, fields) in [
            ("sign-in", &[("email", OPERATOR), ("password", GUESSED)][..]),
            ("sign-in", &[("email", EMAIL), ("password", GUESSED)][..]),
            ("sign-in/forgotten", &[("email", OPERATOR)][..]),
        ] {
            let url = format!("{}/admin/{page}", self.base);
            let request = self.http.post(url).header("sec-fetch-site", "same-origin");
            let answered = request.form(fields).send().await.unwrap().status();
            // A wrong password is refused; who asks for a letter is told nothing.
            assert!(answered == 422 || answered == 401 || answered == 200, "{page}: {answered}");
        }
        let partner = examples::valid("load");
        let (webhook, url) =
            (it.commands.fresh_id(), examples::valid("https://hooks.example/load"));
        let registered = it.commands.webhooks().register(&partner, webhook, url, &cause()).await;
        let ask = it.commands.fresh_id();
        let people = it.commands.people();
        people.request_personal_data(id, ask, Wish::Export, &cause()).await.unwrap();
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("export.zip");
        it.place.print(&["person", "find", EMAIL]);
        it.place.print(&["person", "export", EMAIL, "--out", file.to_str().unwrap()]);
        // Whoever calls pages by addresses of their own making.
        for page in ["r/nothing", "c/nothing", "admin/applications", "api/v1/applications"] {
            let url = format!("{}/{page}", self.base);
            self.http.get(url).query(&[("text", EMAIL), ("name", FIRST)]).send().await.unwrap();
        }
        self.counted(1, "SELECT count(*) FROM events WHERE event_type = 'MessageSent'").await;
        vec![registered.unwrap().reveal().to_owned(), Self::guessable_id()]
    }

    /// The id that versions before gave this operator: a digest of the address without a key.
    fn guessable_id() -> String {
        let namespace = Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0002);
        Uuid::new_v5(&namespace, OPERATOR.as_bytes()).to_string()
    }

    /// Looks wherever something is kept, as it lies there: nothing is opened.
    pub(super) async fn look_at_rest(&self, search: &Search) -> Found {
        let mut found = Found::new();
        if self.services.is_some() {
            // What is in memory still is written into the files.
            self.it.db().execute("CHECKPOINT", args![]).await.unwrap();
        }
        self.it.look_at_rest(search, &mut found).await;
        self.look_at_services(search, &mut found);
        search.look("traces", &self.traces.lock().unwrap(), &mut found);
        if let Some(services) = &self.services {
            let count = self.count("SELECT count(*) FROM events").await;
            for record in records(services.kafka(), count).await {
                search.look("topic", &record, &mut found);
            }
        }
        found
    }

    fn look_at_services(&self, search: &Search, found: &mut Found) {
        for folder in self.services.iter().flat_map(Services::folders) {
            assert!(!files(&folder).is_empty(), "nothing lies in {}", folder.display());
            search.look_in_files(&folder, found);
        }
    }

    /// Whether what is searched is there: a text that is nobody's lies in all of it.
    pub(super) async fn is_searched(&self) {
        const JOB: &str = "Boulanger (H/F)";
        let found = self.look_at_rest(&Search::new([JOB, "POST"])).await;
        let places = |value: &str| found.get(value).cloned().unwrap_or_default();
        let all = places(JOB);
        let is_there = |name: &str| all.iter().any(|place| place.starts_with(name));
        assert!(is_there("events.payload"), "{all:?}");
        let names = match self.services {
            Some(_) => &["base/", "pg_wal/", "topic"][..],
            None => &[".db"][..],
        };
        for name in names {
            assert!(all.iter().any(|place| place.contains(name)), "{name}: {all:?}");
        }
        assert!(places("POST").iter().any(|place| place.starts_with("traces")), "{found:?}");
    }

    /// Ends the service.
    pub(super) async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    /// Ends everything, and looks through all files.
    pub(super) async fn look_after_the_end(self, search: &Search) -> Found {
        let mut found = Found::new();
        self.it.look_at_rest(search, &mut found).await;
        self.it.log.close().await;
        self.it.db().close().await;
        if let Some(services) = &self.services {
            services.tell(&["stop"]);
        }
        self.look_at_services(search, &mut found);
        search.look_in_files(&self.it.place.path("."), &mut found);
        if let Some(folder) = self.it.folder_of_database() {
            search.look_in_files(folder, &mut found);
        }
        search.look("traces", &self.traces.lock().unwrap(), &mut found);
        found
    }
}

/// Every record of the topic, once it holds so many: keys, headers and values.
async fn records(brokers: String, count: i64) -> Vec<Vec<u8>> {
    let read = tokio::task::spawn_blocking(move || {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &brokers)
            .set("group.id", "who looks for people")
            .create()
            .unwrap();
        let mut all = TopicPartitionList::new();
        for partition in 0..4 {
            all.add_partition_offset(TOPIC, partition, Offset::Beginning).unwrap();
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
