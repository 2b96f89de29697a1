//! What people read of an archive: `index.html`, whole in itself.

use std::collections::BTreeMap;

use askama::Template;
use commands::{ApplicationDossier, SubjectExport};
use domain::application::{Application, Wish};

use super::data::{ApplicationData, Data};
use super::details::{self, Details};
use crate::told::Told;
use web::lang::{Lang, time};

/// The styles stand in the page, for it is opened from a folder.
const STYLES: &str = concat!("<style>\n", include_str!("archive.css"), "</style>");

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    lang: Lang,
    styles: &'static str,
    address: String,
    made_at: String,
    suppressed_until: String,
    applications: Vec<Section>,
    others: Vec<Other>,
}

/// Another record: what it is, since when, its files, and what more there is to say.
struct Other {
    title: String,
    at: String,
    files: Vec<String>,
    details: Vec<Details>,
}

struct Section {
    id: String,
    job: String,
    employer: String,
    status: &'static str,
    facts: Vec<(&'static str, String)>,
    message: String,
    /// Name, size, and the file where it is kept.
    documents: Vec<(String, String, String)>,
    documents_deleted: String,
    answers: Vec<AnswerInWords>,
    steps: Vec<(String, String)>,
    withdrawal_reason: String,
    /// Subject, time and files.
    emails: Vec<(String, String, Vec<String>)>,
    requests: Vec<(&'static str, String)>,
}

struct AnswerInWords {
    kind: &'static str,
    at: String,
    details: Vec<(String, String)>,
    message: String,
}

/// The page.
pub(super) fn render(dossier: &SubjectExport, data: &Data, lang: Lang) -> askama::Result<String> {
    let sections = dossier.applications().zip(&data.applications);
    let sections = sections.filter_map(|(one, data)| {
        let application = one.history.state.remembered().ok()?;
        Some(section(dossier, one, application, data, lang))
    });
    let until = dossier.suppression().map(|suppression| time(suppression.until, lang));
    let index = Index {
        lang,
        styles: STYLES,
        address: dossier.address.readable().into_owned(),
        made_at: time(dossier.at, lang),
        suppressed_until: until.unwrap_or_default(),
        applications: sections.collect(),
        others: others(dossier, data, lang),
    };
    index.render()
}

/// The other records, in the order in which they are handed out.
fn others(dossier: &SubjectExport, data: &Data, lang: Lang) -> Vec<Other> {
    let mut seen = BTreeMap::<_, usize>::new();
    let told = dossier.entries().map(|entry| {
        let nth = seen.entry(entry.list).or_default();
        let one = data.lists.get(entry.list).and_then(|list| list.get(*nth));
        *nth += 1;
        let files = one.and_then(|one| one["files"].as_array()).into_iter().flatten();
        let files = files.filter_map(|file| file.as_str().map(str::to_owned)).collect();
        let title = match entry.list {
            "erasure_requests" => lang.t("archive-erasure-asked-for").to_owned(),
            _ => entry.title.clone(),
        };
        Other { title, at: time(entry.at, lang), files, details: details::of(entry, lang) }
    });
    told.collect()
}

fn section(
    dossier: &SubjectExport,
    one: &ApplicationDossier,
    application: &Application,
    data: &ApplicationData,
    lang: Lang,
) -> Section {
    let submission = &application.submission;
    let told = Told::of(&one.history, application, dossier.at);
    let answers = told.answers.iter().map(|given| AnswerInWords {
        kind: texts::answer_kind(given.answer.kind(), lang.0),
        at: time(given.at, lang),
        details: texts::answer_details(&given.answer, lang.0),
        message: given.answer.message().unwrap_or_default().to_owned(),
    });
    let documents = data.documents.iter().map(|document| {
        let size = texts::file_size(document.size, lang.0);
        (document.name.clone(), size, document.file.clone().unwrap_or_default())
    });
    let emails = one.emails.iter().zip(&data.emails).map(|((_, email), data)| {
        (data.subject.clone(), time(email.date, lang), data.files.clone())
    });
    let requests = told.events.iter().filter_map(|event| match event {
        domain::application::ApplicationEvent::PersonalDataRequested { wish, at, .. } => Some((
            match wish {
                Wish::Export => lang.t("archive-you-asked-for-your-data"),
                Wish::Erasure => lang.t("archive-you-asked-for-your-data-to"),
            },
            time(*at, lang),
        )),
        _ => None,
    });
    Section {
        id: one.id.to_string(),
        job: submission.job.to_string(),
        employer: submission.employer.description.to_string(),
        status: texts::status(told.status, lang.0),
        facts: facts(application, data, lang),
        message: submission.message.reveal().to_string(),
        documents: documents.collect(),
        documents_deleted: texts::documents_deleted(application, lang.0),
        answers: answers.collect(),
        steps: told.steps(lang),
        withdrawal_reason: data.withdrawal_reason.clone().unwrap_or_default(),
        emails: emails.collect(),
        requests: requests.collect(),
    }
}

fn facts(
    application: &Application,
    data: &ApplicationData,
    lang: Lang,
) -> Vec<(&'static str, String)> {
    let submission = &application.submission;
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let mut facts = vec![
        (lang.t("archive-sent-on"), time(application.submitted_at, lang)),
        (lang.t("archive-through-platform"), submission.partner.to_string()),
        (lang.t("archive-name"), candidate.full_name().reveal().clone()),
        (lang.t("archive-email"), candidate.email.reveal().readable().into_owned()),
        (lang.t("archive-phone"), candidate.phone.reveal().to_string()),
        (lang.t("archive-address"), candidate.address.reveal().to_string()),
        (lang.t("archive-job-seekers-id"), candidate.peid.reveal().to_string()),
        (
            lang.t("archive-sent-to"),
            format!("{} ({})", employer.email.reveal().readable(), employer.description),
        ),
        ("SIRET", employer.siret.to_string()),
    ];
    if let Some(code) = &candidate.rome_code {
        facts.push(("ROME", code.to_string()));
    }
    for passed in &data.passed_on {
        let to = match passed.to.as_str() {
            "memo" => "Memo".to_owned(),
            "ami" => "AMI".to_owned(),
            address => address.to_owned(),
        };
        facts.push((lang.t("archive-passed-on-to"), to));
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}
