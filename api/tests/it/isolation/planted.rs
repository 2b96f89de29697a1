//! What somebody has: one thing of each kind, each with a word that stands nowhere else.

use axum::http::Method;
use commands::Upload;
use commands::collecting::AskedBy;
use domain::collecting::SourceKind;
use domain::space::MatchAlert;
use domain::{Language, examples};
use serde_json::{Value, json};
use testing::cause;
use testing::http::Answer;

use super::person::Person;

/// The words of everything that is theirs.
pub(super) const WORDS: [&str; 26] = [
    "zeugma",
    FULL_NAME,
    "Alcyon",
    "Bathyscaphe",
    "Cormoran",
    "Dirigeable",
    NOTE,
    "Farandole",
    "Girandole",
    "Hallebarde",
    NOTE_ON_SENT,
    "Jacaranda",
    "Kaleidoscope",
    "Lambrequin",
    "Mandragore",
    "Nyctalope",
    "Obsidienne",
    "Palindrome",
    "Quinquet",
    "Rhododendron",
    "Sarbacane",
    "Tarentelle",
    "Usufruit",
    "Vermillon",
    "Wisteria",
    "Xylophone",
];

pub(super) const EMAIL: &str = "camille.zeugma@example.org";
pub(super) const FULL_NAME: &str = "Yggdrasil";
const NOTE: &str = "Escarboucle";
const NOTE_ON_SENT: &str = "Iridium";

/// The ids of it.
pub(super) struct Planted {
    records: Records,
    run: String,
    offer: String,
    account: String,
}

/// Those of what may be removed, and is made again then.
struct Records {
    typed: String,
    note: String,
    sent: String,
    note_on_sent: String,
    task: String,
    alert: String,
    notification: String,
    experience: String,
    education: String,
    skill: String,
}

fn named(answer: &Answer, member: &str) -> String {
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.json()[member].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

async fn post(owner: &Person<'_>, path: &str, body: Value) -> Answer {
    owner.call(&Method::POST, path, Some(body)).await
}

/// A note under a name that is known then.
async fn noted(owner: &Person<'_>, application: &str, note: &str) -> String {
    let name = owner.site.commands.fresh_id().to_string();
    let path = format!("/me/applications/{application}/notes");
    owner.form(&path, &[("note", note), ("id", &name)]).await.leads_to();
    name
}

async fn typed(owner: &Person<'_>) -> String {
    let body = json!({
        "company": "Alcyon",
        "position": "Bathyscaphe",
        "location": "Cormoran",
        "description": "Dirigeable",
        "application_date": "2026-11-18",
    });
    let id = named(&post(owner, "/applications", body).await, "_id");
    let path = format!("/me/applications/{id}/tags");
    owner.form(&path, &[("tags", "Farandole")]).await.leads_to();
    id
}

fn pdf(name: &str, word: &str) -> Upload {
    let bytes = format!("%PDF-1.7\n{word}").into_bytes().into();
    Upload { name: format!("{name}.pdf"), bytes }
}

/// An application through the service, with a document.
async fn sent(owner: &Person<'_>) -> String {
    let documents = commands::recognise(vec![pdf("Jacaranda", "Kaleidoscope")]).unwrap();
    let mut draft = examples::draft();
    for (name, value) in
        [("candidate_email", EMAIL), ("employer_description", "Girandole"), ("job", "Hallebarde")]
    {
        assert!(draft.set(name, value.to_owned()));
    }
    let attachments = documents.iter().map(|it| it.attachment.clone()).collect();
    let submission = draft.parse(examples::valid("demo"), Language::Fr, attachments).unwrap();
    let applications = owner.site.commands.applications();
    let submitted = applications.submit(submission, &documents, None, &cause()).await.unwrap();
    owner.site.caught_up().await;
    submitted.id.to_string()
}

/// An alert that told of offers: its id, and that of the notification.
async fn alerted(owner: &Person<'_>) -> (String, String) {
    let body = json!({ "name": "Nyctalope", "criteria": { "keywords": ["Obsidienne"] } });
    let alert = named(&post(owner, "/api/job-alerts", body).await, "id");
    let (alerts, id) = (owner.site.commands.alerts(), alert.parse().unwrap());
    let known = alerts.find(id, owner.account.id).await.unwrap();
    let matched = MatchAlert {
        after: known.up_to,
        up_to: known.up_to + 3,
        criteria: known.criteria.reveal().clone(),
        offers: vec![owner.site.commands.fresh_id()],
        total: 3,
        at: owner.site.commands.now(),
    };
    let receipt = alerts.matched(id, &matched, &cause()).await.unwrap();
    assert_eq!(receipt.events.len(), 1);
    owner.site.caught_up().await;
    let told = owner.call(&Method::GET, "/api/notifications", None).await;
    let first = told.json()["notifications"][0]["id"].as_i64();
    (alert, first.unwrap_or_else(|| panic!("{}", told.body)).to_string())
}

impl Records {
    async fn of(owner: &Person<'_>) -> Self {
        let (typed, sent) = (typed(owner).await, sent(owner).await);
        let (alert, notification) = alerted(owner).await;
        let task = json!({
            "title": "Lambrequin",
            "description": "Mandragore",
            "due_date": "2026-11-24",
            "application_id": typed,
        });
        let profile = "/api/candidates/profile";
        let about = json!({ "title": "Palindrome", "summary": "Quinquet" });
        let about = owner.call(&Method::PUT, profile, Some(about)).await;
        assert_eq!(about.status, 200, "{}", about.body);
        let experience = json!({ "title": "Rhododendron", "company": "Sarbacane" });
        let education = json!({ "degree": "Tarentelle", "school": "Usufruit" });
        let skill = json!({ "name": "Vermillon" });
        let entry = async |kind: &str, body: Value| {
            named(&post(owner, &format!("{profile}/{kind}"), body).await, "id")
        };
        Self {
            note: noted(owner, &typed, NOTE).await,
            note_on_sent: noted(owner, &sent, NOTE_ON_SENT).await,
            task: named(&post(owner, "/tasks", task).await, "_id"),
            experience: entry("experiences", experience).await,
            education: entry("education", education).await,
            skill: entry("skills", skill).await,
            typed,
            sent,
            alert,
            notification,
        }
    }
}

/// A run that collects, which they asked for, and waits: what it asks is paused.
async fn run(owner: &Person<'_>) -> String {
    let (collecting, name) = (owner.site.commands.collecting(), examples::valid("acme"));
    let target = "https://acme.example/sitemap.xml";
    collecting.add_source(&name, SourceKind::Pages, target, None, &cause()).await.unwrap();
    collecting.pause_source("acme", true, &cause()).await.unwrap();
    let sources = collecting.sources().await.unwrap();
    let run = collecting.ask(&sources, AskedBy::User).await.unwrap();
    collecting.note_asker(owner.account.id, run).await.unwrap();
    run.to_string()
}

/// An offer to which one applies here.
async fn offered(owner: &Person<'_>) -> String {
    let commands = &owner.site.commands;
    let (collecting, source, asked) =
        (commands.collecting(), examples::valid("greenhouse"), cause());
    let added = collecting.add_source(&source, SourceKind::Greenhouse, "acme", None, &asked);
    added.await.unwrap();
    collecting.let_apply("greenhouse", true, &asked).await.unwrap();
    let (known_as, content) = (examples::valid("1"), examples::offer());
    let offer = commands.offers().collect(source, known_as, content, &asked).await.unwrap();
    offer.id().to_string()
}

impl Planted {
    pub(super) async fn of(owner: &Person<'_>) -> Self {
        let (site, id) = (owner.site, owner.account.id);
        let cv = pdf("Wisteria", "Xylophone");
        site.commands.space().upload_cv(id, cv, &cause()).await.unwrap();
        let offer = offered(owner).await;
        let records = Records::of(owner).await;
        let made = owner.form("/me/tasks/calendar", &[("what", "make")]).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let list = owner.call(&Method::GET, "/me/proof.pdf", None).await;
        assert_eq!(list.status, 200, "{}", list.body);
        Self { records, run: run(owner).await, offer, account: id.to_string() }
    }

    /// The same with new things in the place of those that may be removed.
    pub(super) async fn again(&self, owner: &Person<'_>) -> Self {
        let Self { run, offer, account, .. } = self;
        let (run, offer, account) = (run.clone(), offer.clone(), account.clone());
        Self { records: Records::of(owner).await, run, offer, account }
    }

    /// The application that was typed in.
    pub(super) fn typed(&self) -> &str {
        &self.records.typed
    }

    /// The application that was sent through the service.
    pub(super) fn sent(&self) -> &str {
        &self.records.sent
    }

    /// A note of the application that was typed in.
    pub(super) fn note(&self) -> &str {
        &self.records.note
    }

    /// The ids that stand nowhere but in their space.
    pub(super) fn ids(&self) -> [&str; 11] {
        let Self { records: it, run, account, .. } = self;
        [
            &it.typed,
            &it.note,
            &it.sent,
            &it.note_on_sent,
            &it.task,
            &it.alert,
            &it.experience,
            &it.education,
            &it.skill,
            run,
            account,
        ]
    }

    /// What an address is with their ids, and whether that is about what was sent through the
    /// service: for applications there are two.
    pub(super) fn paths(&self, path: &str) -> Vec<(String, bool)> {
        let kinds: &[bool] =
            if path.contains("/applications/{id}") { &[false, true] } else { &[false] };
        kinds.iter().map(|sent| (self.filled(path, *sent), *sent)).collect()
    }

    fn filled(&self, path: &str, sent: bool) -> String {
        let mut filled = path.to_owned();
        let rests = path.match_indices('{').map(|(at, _)| path.split_at(at));
        for (before, rest) in rests {
            let (name, _) = rest.split_once('}').unwrap();
            let value = self.value(before, sent);
            let value = value.unwrap_or_else(|| panic!("say what {name}}} of {path} holds"));
            filled = filled.replacen(&format!("{name}}}"), value, 1);
        }
        filled
    }

    /// What they have at an address that begins so.
    fn value(&self, before: &str, sent: bool) -> Option<&str> {
        let it = &self.records;
        let value: &str = match before {
            "/applications/" | "/me/applications/" if sent => &it.sent,
            "/applications/" | "/me/applications/" => &it.typed,
            "/me/applications/{id}/notes/" if sent => &it.note_on_sent,
            "/me/applications/{id}/notes/" => &it.note,
            "/me/applications/{id}/documents/" => "1",
            "/tasks/" | "/me/tasks/" => &it.task,
            "/api/job-alerts/" | "/me/alerts/" => &it.alert,
            "/api/notifications/" | "/me/notifications/" => &it.notification,
            "/api/candidates/profile/experiences/" | "/me/profile/experiences/" => &it.experience,
            "/api/candidates/profile/education/" | "/me/profile/education/" => &it.education,
            "/api/candidates/profile/skills/" => &it.skill,
            "/job-offers/collect/" => &self.run,
            "/job-offers/" | "/offers/" => &self.offer,
            "/users/" => &self.account,
            _ => return None,
        };
        Some(value)
    }
}
