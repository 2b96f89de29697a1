//! The service as candidates and recruiters meet it, with ids that repeat.

use std::ops::Deref;

use commands::{Cause, LinkPurpose, Upload};
use domain::application::SubmissionDraft;
use domain::{Language, examples};
use event_store::ActorKind;
use event_store::testing::Engine;
use testing::Fixture;
use testing::http::Site;
use uuid::Uuid;

/// A small document that is a PDF by its first bytes.
pub(crate) const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

pub(crate) struct Service(Site);

impl Deref for Service {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.0
    }
}

pub(crate) async fn service(engine: Engine) -> Service {
    Service(Fixture::repeatable(engine).await.http().routes(applications::routes))
}

impl Service {
    /// Submits the example application, with one document.
    pub(crate) async fn apply(&self) -> Uuid {
        self.apply_as(examples::draft(), Language::Fr, &["CV Camille « été ».pdf"]).await
    }

    /// Submits `draft` with small PDFs of these names.
    pub(crate) async fn apply_as(
        &self,
        draft: SubmissionDraft,
        language: Language,
        files: &[&str],
    ) -> Uuid {
        let upload = |name: &&str| Upload { name: (*name).to_owned(), bytes: PDF.into() };
        let documents = commands::recognise(files.iter().map(upload).collect()).unwrap();
        let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
        let submission = draft.parse(examples::valid("demo"), language, attachments).unwrap();
        let cause = Cause::request(ActorKind::Candidate, None, Uuid::nil());
        let submitted =
            self.commands.applications().submit(submission, &documents, None, &cause).await;
        submitted.unwrap().id
    }

    /// The path of the recruiter's page.
    pub(crate) fn recruiter(&self, id: Uuid) -> String {
        format!("/r/{}", self.token(LinkPurpose::Recruiter, id))
    }

    /// The path of the candidate's page.
    pub(crate) fn candidate(&self, id: Uuid) -> String {
        format!("/c/{}", self.token(LinkPurpose::Candidate, id))
    }

    /// The path of the page that a link to a person's data opens.
    pub(crate) fn data(&self, person: LinkPurpose, id: Uuid) -> String {
        format!("/p/{}", self.token(person, id))
    }
}
