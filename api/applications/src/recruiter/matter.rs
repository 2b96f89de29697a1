//! What a recruiter's link opens.

use commands::{LinkPurpose, SignatureError};
use domain::JobApplication;
use domain::application::{AnswerKind, Application, GivenAnswer};
use jiff::Timestamp;
use uuid::Uuid;

use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang, time};
use web::page::Notice;

/// The application a link opens, as it stands.
pub(crate) struct Matter {
    pub(crate) id: Uuid,
    pub(crate) token: String,
    pub(crate) lang: Lang,
    pub(crate) state: JobApplication,
    pub(crate) now: Timestamp,
}

impl Matter {
    /// Opens a link, or says why it does not open.
    pub(crate) async fn open(app: &App, token: &str, asked: &Asked) -> Result<Self, Failure> {
        let now = app.commands.now();
        let early = asked.or(domain::Language::default());
        let id =
            app.commands.links().open(LinkPurpose::Recruiter, token, now).map_err(|error| {
                match error {
                    SignatureError::Forged => Notice::bad_link(early),
                    SignatureError::Expired => Notice::expired_link(early),
                }
            })?;
        let history = app.commands.applications().find(id).await?;
        let known = history.state.known().map_err(|_| Notice::bad_link(early))?;
        if known.erased_at.is_some() {
            return Err(Notice::erased(asked.or_browser()).into());
        }
        let lang = asked.settle(known.submission.language);
        Ok(Self { id, token: token.to_owned(), lang, state: history.state, now })
    }

    pub(crate) fn application(&self) -> &Application {
        self.state.known().expect("a link opens a submitted application only")
    }

    /// Why documents that were sent are not listed, in words; empty where they are.
    pub(crate) fn documents_deleted(&self) -> String {
        texts::documents_deleted(self.application(), self.lang.0)
    }

    /// Whether another answer may be given.
    pub(crate) fn is_open(&self) -> bool {
        self.state.open().is_ok()
    }

    /// Why no other answer may be given, in words; empty while one may.
    pub(crate) fn closed_because(&self) -> String {
        self.state.open().err().map_or_else(String::new, |why| texts::refusal(&why, self.lang.0))
    }

    /// The answers that stand, latest first, in words.
    pub(crate) fn answers(&self) -> Vec<AnswerInWords> {
        self.application().standing_answers().rev().map(|given| self.in_words(given)).collect()
    }

    pub(crate) fn in_words(&self, given: &GivenAnswer) -> AnswerInWords {
        let latest = self.application().standing_answers().next_back().map(|last| last.id);
        let undoable = latest == Some(given.id)
            && given.is_within_undo_window(self.now)
            && !given.email.is_sent()
            && self.application().withdrawn_at.is_none();
        AnswerInWords {
            id: given.id.to_string(),
            kind: texts::answer_kind(given.answer.kind(), self.lang.0),
            at: time(given.at, self.lang),
            details: texts::answer_details(&given.answer, self.lang.0),
            message: given.answer.message().unwrap_or_default().to_owned(),
            undo_until: if undoable { time(given.undo_until, self.lang) } else { String::new() },
            sent: given.email.is_sent(),
            note: texts::called_off(
                given,
                self.application().standing_answers(),
                self.application().withdrawn_at,
                self.lang.0,
            ),
        }
    }
}

/// An answer as pages show it.
pub(crate) struct AnswerInWords {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) at: String,
    pub(crate) details: Vec<(String, String)>,
    pub(crate) message: String,
    /// Until when it may be undone; empty when it may not.
    pub(crate) undo_until: String,
    /// Whether its e-mail has left.
    pub(crate) sent: bool,
    /// That it no longer holds; empty otherwise.
    pub(crate) note: &'static str,
}

/// The kind of answer a path names.
pub(crate) fn kind_of(path: &str) -> Option<AnswerKind> {
    Some(match path {
        "interview" => AnswerKind::Interview,
        "info" => AnswerKind::Info,
        "rejection" => AnswerKind::Rejection,
        "hired" => AnswerKind::Hire,
        _ => return None,
    })
}

/// The path of a kind of answer.
pub(crate) const fn path_of(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Interview => "interview",
        AnswerKind::Info => "info",
        AnswerKind::Rejection => "rejection",
        AnswerKind::Hire => "hired",
    }
}
