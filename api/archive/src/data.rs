//! What programs read of an archive: `data.json`.

use std::collections::BTreeMap;

use commands::{ApplicationDossier, Chapter, Entry, SubjectExport};
use domain::application::{Answer, Application, ApplicationEvent, GivenAnswer};
use domain::suppression::Suppression;
use event_store::timestamp_text;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::names::Names;
use super::{Content, File};
use crate::told::Told;

/// The form of the file; a new number where a key would change its meaning.
const FORMAT: &str = "postulo-personal-data/1";

#[derive(Serialize)]
pub(super) struct Data {
    format: &'static str,
    made_at: String,
    person: Person,
    suppression: Option<Suppressed>,
    pub(super) applications: Vec<ApplicationData>,
    /// The other records, by the lists that they stand in.
    #[serde(flatten)]
    pub(super) lists: BTreeMap<&'static str, Vec<Value>>,
}

#[derive(Serialize)]
struct Person {
    email: String,
}

#[derive(Serialize)]
struct Suppressed {
    address: String,
    reason: &'static str,
    since: String,
    until: String,
}

#[derive(Serialize)]
pub(super) struct ApplicationData {
    pub(super) id: Uuid,
    client: String,
    status: &'static str,
    language: &'static str,
    submitted_at: String,
    candidate: CandidateData,
    employer: EmployerData,
    job: String,
    message: String,
    send_confirmation: bool,
    pub(super) documents: Vec<DocumentData>,
    documents_deleted_at: Option<String>,
    answers: Vec<AnswerData>,
    withdrawn_at: Option<String>,
    pub(super) withdrawal_reason: Option<String>,
    pub(super) passed_on: Vec<PassedOn>,
    pub(super) emails: Vec<EmailData>,
    data_requests: Vec<RequestData>,
    events: Vec<EventData>,
}

#[derive(Serialize)]
struct CandidateData {
    first_name: String,
    last_name: String,
    email: String,
    phone: String,
    address: String,
    peid: String,
    rome_code: Option<String>,
}

#[derive(Serialize)]
struct EmployerData {
    description: String,
    siret: String,
    email: String,
}

#[derive(Serialize)]
pub(super) struct DocumentData {
    pub(super) name: String,
    media_type: &'static str,
    pub(super) size: u64,
    sha256: String,
    pub(super) file: Option<String>,
}

#[derive(Serialize)]
struct AnswerData {
    id: Uuid,
    at: String,
    emailed_at: Option<String>,
    #[serde(flatten)]
    answer: Answer,
}

/// To whom else the application went.
#[derive(Serialize)]
pub(super) struct PassedOn {
    pub(super) to: String,
    pub(super) at: String,
}

#[derive(Serialize)]
pub(super) struct EmailData {
    pub(super) letter: String,
    pub(super) sent_at: String,
    to: String,
    pub(super) subject: String,
    pub(super) files: Vec<String>,
}

#[derive(Serialize)]
struct RequestData {
    wish: &'static str,
    at: String,
}

#[derive(Serialize)]
struct EventData {
    #[serde(rename = "type")]
    kind: &'static str,
    at: String,
}

/// The data of a dossier, and the files that they name.
pub(super) fn of(dossier: &SubjectExport) -> (Data, Vec<File>) {
    let mut files = vec![];
    let mut emails = Names::default();
    let applications = dossier.applications().filter_map(|one| {
        let application = one.history.state.remembered().ok()?;
        Some(application_data(one, application, dossier.at, &mut emails, &mut files))
    });
    let applications = applications.collect();
    let mut lists = BTreeMap::<_, Vec<_>>::new();
    let mut cvs = Names::default();
    for chapter in &dossier.chapters {
        let (one, data) = match chapter {
            Chapter::Entry(one) => (one, entry(one, &mut emails, &mut files)),
            Chapter::Cv { entry, account, document } => {
                let path = format!("cv/{}", cvs.add(document.name.reveal().as_str()));
                let content = Content::Cv(*account, document.digest.clone());
                files.push(File { path: path.clone(), content });
                let mut data = entry.data.clone();
                data["files"] = json!([path]);
                (entry, data)
            }
            Chapter::Application(_) | Chapter::Suppression(_) => continue,
        };
        lists.entry(one.list).or_default().push(data);
    }
    let data = Data {
        format: FORMAT,
        made_at: timestamp_text(dossier.at),
        person: Person { email: dossier.address.to_string() },
        suppression: dossier.suppression().map(suppressed),
        applications,
        lists,
    };
    (data, files)
}

/// Another record, with a file for each of its texts.
fn entry(one: &Entry, names: &mut Names, files: &mut Vec<File>) -> Value {
    let mut data = one.data.clone();
    let mut paths = vec![];
    for (name, text) in &one.files {
        let path = format!("emails/{}", names.add(name));
        files.push(File { path: path.clone(), content: Content::Text(text.clone()) });
        paths.push(path);
    }
    if !paths.is_empty() {
        data["files"] = json!(paths);
    }
    data
}

fn suppressed(suppression: &Suppression) -> Suppressed {
    Suppressed {
        address: suppression.address.reveal().to_string(),
        reason: suppression.reason.as_str(),
        since: timestamp_text(suppression.since),
        until: timestamp_text(suppression.until),
    }
}

fn application_data(
    one: &ApplicationDossier,
    application: &Application,
    now: Timestamp,
    names: &mut Names,
    files: &mut Vec<File>,
) -> ApplicationData {
    let submission = &application.submission;
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let told = Told::of(&one.history, application, now);
    let withdrawal_reason = told.events.iter().find_map(|event| match event {
        ApplicationEvent::Withdrawn { reason, .. } => {
            reason.as_ref().map(|it| it.reveal().to_string())
        }
        _ => None,
    });
    let requests = told.events.iter().filter_map(|event| match event {
        ApplicationEvent::PersonalDataRequested { wish, at, .. } => {
            Some(RequestData { wish: wish.as_str(), at: timestamp_text(*at) })
        }
        _ => None,
    });
    ApplicationData {
        id: one.id,
        client: submission.partner.to_string(),
        status: told.status.as_str(),
        language: submission.language.code(),
        submitted_at: timestamp_text(application.submitted_at),
        candidate: CandidateData {
            first_name: candidate.first_name.reveal().to_string(),
            last_name: candidate.last_name.reveal().to_string(),
            email: candidate.email.reveal().to_string(),
            phone: candidate.phone.reveal().to_string(),
            address: candidate.address.reveal().to_string(),
            peid: candidate.peid.reveal().to_string(),
            rome_code: candidate.rome_code.as_ref().map(ToString::to_string),
        },
        employer: EmployerData {
            description: employer.description.to_string(),
            siret: employer.siret.to_string(),
            email: employer.email.reveal().to_string(),
        },
        job: submission.job.to_string(),
        message: submission.message.reveal().to_string(),
        send_confirmation: submission.send_confirmation,
        documents: documents(one, application, files),
        documents_deleted_at: application.attachments_deleted_at.map(timestamp_text),
        answers: told.answers.iter().rev().copied().map(answer).collect(),
        withdrawn_at: application.withdrawn_at.map(timestamp_text),
        withdrawal_reason,
        passed_on: passed_on(&told.events),
        emails: emails(one, names, files),
        data_requests: requests.collect(),
        events: told
            .events
            .iter()
            .map(|event| EventData { kind: event.kind().as_str(), at: timestamp_text(event.at()) })
            .collect(),
    }
}

fn answer(given: &GivenAnswer) -> AnswerData {
    AnswerData {
        id: given.id.0,
        at: timestamp_text(given.at),
        emailed_at: given.email.settled_at().filter(|_| given.email.is_sent()).map(timestamp_text),
        answer: given.answer.clone(),
    }
}

/// The documents as they were sent, each with its file while that is kept.
fn documents(
    one: &ApplicationDossier,
    application: &Application,
    files: &mut Vec<File>,
) -> Vec<DocumentData> {
    let mut names = Names::default();
    let documents = application.submission.attachments.iter().map(|attachment| {
        let name = attachment.name.reveal().as_str();
        let is_kept = one.documents.iter().any(|kept| kept.digest == attachment.digest);
        let file = is_kept.then(|| {
            let path = format!("attachments/{}/{}", one.id, names.add(name));
            let content = Content::Document(one.id, attachment.digest.clone());
            files.push(File { path: path.clone(), content });
            path
        });
        DocumentData {
            name: name.to_owned(),
            media_type: attachment.media_type.mime(),
            size: attachment.size,
            sha256: attachment.digest.to_string(),
            file,
        }
    });
    documents.collect()
}

/// The others who had the application or its documents from us, the employer aside.
fn passed_on(events: &[&ApplicationEvent]) -> Vec<PassedOn> {
    let mut passed = vec![];
    for event in events {
        let to = match event {
            ApplicationEvent::ForwardedToMemo { .. } => "memo".to_owned(),
            ApplicationEvent::ForwardedToAmi { .. } => "ami".to_owned(),
            ApplicationEvent::AttachmentsForwarded { request_id, .. } => {
                let recipient = events.iter().find_map(|asked| match asked {
                    ApplicationEvent::AttachmentsForwardRequested {
                        request_id: of,
                        recipient,
                        ..
                    } if of == request_id => Some(recipient.reveal().to_string()),
                    _ => None,
                });
                let Some(recipient) = recipient else { continue };
                recipient
            }
            _ => continue,
        };
        passed.push(PassedOn { to, at: timestamp_text(event.at()) });
    }
    passed
}

/// The e-mails to the candidate, with a file for each of their parts.
fn emails(one: &ApplicationDossier, names: &mut Names, files: &mut Vec<File>) -> Vec<EmailData> {
    let emails = one.emails.iter().map(|(mailed, email)| {
        let day = email.date.strftime("%Y-%m-%d");
        let stem = format!("{day} {}", mailed.letter);
        let mut paths = vec![];
        let parts = [
            ("html", Some(&email.html)),
            ("txt", Some(&email.text)),
            ("ics", email.calendar.as_ref()),
        ];
        for (end, part) in parts {
            let Some(part) = part.map(domain::Personal::reveal).filter(|it| !it.is_empty()) else {
                continue;
            };
            let path = format!("emails/{}", names.add(&format!("{stem}.{end}")));
            files.push(File { path: path.clone(), content: Content::Text(part.clone()) });
            paths.push(path);
        }
        EmailData {
            letter: mailed.letter.clone(),
            sent_at: timestamp_text(email.date),
            to: email.to.reveal().clone(),
            subject: email.subject.reveal().clone(),
            files: paths,
        }
    });
    emails.collect()
}
