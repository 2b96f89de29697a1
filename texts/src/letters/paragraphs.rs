use domain::Language;
use serde::Serialize;

use super::template::{Head, Templates, render};
use super::{Letter, RenderError};

/// What [`paragraphs`] tells, each text in the letter's language.
#[derive(Clone, Debug)]
pub struct Paragraphs<'a> {
    /// The language of the letter.
    pub language: Language,
    /// The service's name.
    pub service: &'a str,
    /// The subject.
    pub subject: String,
    /// The title above the text.
    pub title: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// The one thing to do, where there is one.
    pub button: Option<Button<'a>>,
    /// What else is to be known of it, in small letters.
    pub small: Vec<String>,
    /// Why somebody receives it, at the end.
    pub why: Vec<String>,
}

/// A button of a letter; the text part writes its address.
#[derive(Clone, Debug, Serialize)]
pub struct Button<'a> {
    /// What it says.
    pub label: String,
    /// Where it leads: an absolute URL.
    pub url: &'a str,
}

#[derive(Serialize)]
struct Values<'a> {
    application: Head<'a>,
    heading: &'a str,
    title: &'a str,
    paragraphs: &'a [String],
    button: Option<&'a Button<'a>>,
    small: &'a [String],
    why: &'a [String],
}

/// A letter of paragraphs and at most one button: the shape of letters that belong to no application.
pub fn paragraphs(letter: &Paragraphs<'_>) -> Result<Letter, RenderError> {
    let values = Values {
        application: Head { client: letter.service },
        heading: &letter.subject,
        title: &letter.title,
        paragraphs: &letter.paragraphs,
        button: letter.button.as_ref(),
        small: &letter.small,
        why: &letter.why,
    };
    let templates = Templates {
        subject: "paragraphs/subject.txt",
        text: "paragraphs/body.txt",
        html: "paragraphs/body.mjml",
    };
    render(templates, letter.language, &values)
}
