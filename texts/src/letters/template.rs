//! Fills the templates. Values are escaped for HTML before the MJML is read, so that whatever a
//! person typed is text in it, and never markup.

use std::sync::LazyLock;

use domain::Language;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use mrml::prelude::render::RenderOptions;
use serde::Serialize;
use thiserror::Error as ThisError;

use crate::catalogue;
use crate::letters::Letter;
use crate::plain::{self, one_line, visible};

/// What the head of a letter shows that belongs to no application.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    /// In whose name it is written.
    pub(super) client: &'a str,
}

/// A letter's templates are wrong: a fault of this program, which trying again does not mend.
#[derive(Debug, ThisError)]
pub enum RenderError {
    /// A template misses a value or a text.
    #[error("a letter's template cannot be filled; report this fault")]
    Template(#[from] Error),
    /// The filled template is not MJML.
    #[error("a letter's template is not valid MJML; report this fault")]
    Markup(#[from] mrml::prelude::parser::Error),
    /// The MJML has no HTML.
    #[error("a letter's template cannot be turned into HTML; report this fault")]
    Html(#[from] mrml::prelude::render::Error),
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!($name))),+]
    };
}

const TEMPLATES: [(&str, &str); 40] = templates![
    "layout.mjml",
    "application.mjml",
    "application.txt",
    "parts.mjml",
    "recruiter.mjml",
    "recruiter.txt",
    "employer_application/subject.txt",
    "employer_application/body.txt",
    "employer_application/body.mjml",
    "candidate_copy/subject.txt",
    "candidate_copy/body.txt",
    "candidate_copy/body.mjml",
    "candidate_answer/subject.txt",
    "candidate_answer/body.txt",
    "candidate_answer/body.mjml",
    "cancellation/subject.txt",
    "cancellation/body.txt",
    "cancellation/body.mjml",
    "withdrawal/subject.txt",
    "withdrawal/body.txt",
    "withdrawal/body.mjml",
    "recruiter_receipt/subject.txt",
    "recruiter_receipt/body.txt",
    "recruiter_receipt/body.mjml",
    "forwarded_documents/subject.txt",
    "forwarded_documents/body.txt",
    "forwarded_documents/body.mjml",
    "personal_data_link/subject.txt",
    "personal_data_link/body.txt",
    "personal_data_link/body.mjml",
    "paragraphs/subject.txt",
    "archive_letter/body.txt",
    "archive_letter/body.mjml",
    "job_alert/body.txt",
    "job_alert/body.mjml",
    "paragraphs/body.txt",
    "paragraphs/body.mjml",
    "webhook_stopped/subject.txt",
    "webhook_stopped/body.txt",
    "webhook_stopped/body.mjml",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_debug(false); // its errors would quote the values of people
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = environment.syntax().to_builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build().expect("the usual delimiters do not clash"));
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "mjml")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.set_formatter(escaped);
    environment.add_function("t", translated);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("every letter is rendered by a test");
    }
    environment
});

/// Writes `value` as text of the template's format, without what is not seen.
fn escaped(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_safe() {
        return minijinja::escape_formatter(out, state, value);
    }
    let text = value.to_string();
    let text = match state.auto_escape() {
        AutoEscape::Html => plain::html(&text),
        _ => visible(&text).collect(),
    };
    Ok(out.write_str(&text)?)
}

/// `t("key", name=value)`: the text in the letter's language, with its arguments in their places.
#[expect(clippy::needless_pass_by_value, reason = "minijinja hands its arguments over")]
fn translated(state: &State, key: &str, values: Kwargs) -> Result<String, Error> {
    let language = state.lookup("language");
    let language = language.as_ref().and_then(Value::as_str).and_then(Language::from_tag);
    let values = values
        .args()
        .map(|name| Ok((name, values.get::<String>(name)?)))
        .collect::<Result<Vec<(&str, String)>, Error>>()?;
    let filled = language.and_then(|language| catalogue::fill(language, key, &values.as_slice()));
    filled.ok_or_else(|| {
        let wrong = format!("there is no text {key:?} with these arguments");
        Error::new(ErrorKind::InvalidOperation, wrong)
    })
}

/// The three templates of a letter, by path below `letters/`.
#[derive(Clone, Copy)]
pub(super) struct Templates {
    pub(super) subject: &'static str,
    pub(super) text: &'static str,
    pub(super) html: &'static str,
}

/// The letter whose `templates` are filled with `values`, without a calendar file.
pub(super) fn render(
    templates: Templates,
    language: Language,
    values: &impl Serialize,
) -> Result<Letter, RenderError> {
    let values = Value::from(Serde(values));
    let context = minijinja::context! { language => language.code(), ..values };
    let subject = ENVIRONMENT.get_template(templates.subject)?.render(context.clone())?;
    let subject = one_line(&subject);
    let context = minijinja::context! { subject => subject.as_str(), ..context };
    let text = ENVIRONMENT.get_template(templates.text)?.render(context.clone())?;
    let markup = ENVIRONMENT.get_template(templates.html)?.render(context)?;
    let html = html(&markup, &subject)?;
    Ok(Letter { subject, text: tidy(&text), html, calendar: None })
}

/// How a long word breaks, where the column is too narrow for it. `overflow-wrap` is the standard;
/// Gmail knows `word-break` alone, and no style sheet in some of its programs.
const LONG_WORDS: &str = "overflow-wrap:anywhere;word-break:break-word;";

/// The HTML of `markup`, whose title is `subject`.
fn html(markup: &str, subject: &str) -> Result<String, RenderError> {
    // No fonts: by default, a font family that Google serves becomes a link to its servers.
    let options = RenderOptions { fonts: std::iter::empty().collect(), ..RenderOptions::default() };
    let html = mrml::parse(markup)?.element.render(&options)?;
    // mrml (6.0.1, prelude/render/buffer.rs) prints attributes as Rust prints strings for debugging:
    // a no-break space becomes `\u{a0}`, a backslash two. The title is the only text of people that
    // it puts into one.
    let title = plain::html(subject);
    let html =
        html.replacen(&format!("aria-label={title:?}"), &format!("aria-label=\"{title}\""), 1);
    // MJML has no attribute for how words break: the text of every `mj-text` begins so.
    let text = "<div style=\"font-family:";
    Ok(html.replace(text, &format!("<div style=\"{LONG_WORDS}font-family:")))
}

/// `text` without trailing spaces and with at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(|line| line.trim_end_matches([' ', '\t'])) {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}
