use domain::application::{Submission, Wish};
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};

/// What [`personal_data_link`] tells.
#[derive(Clone, Copy)]
pub struct PersonalDataLink<'a> {
    /// The application from whose page it was asked for.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// What the candidate wants.
    pub wish: Wish,
    /// The page on which the candidate confirms it: an absolute, signed URL.
    pub url: &'a str,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    erasure: bool,
    url: &'a str,
}

/// The link with which a candidate confirms that the wish is theirs.
pub fn personal_data_link(letter: &PersonalDataLink<'_>) -> Result<Letter, RenderError> {
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        erasure: letter.wish == Wish::Erasure,
        url: letter.url,
    };
    let templates = Templates {
        subject: "personal_data_link/subject.txt",
        text: "personal_data_link/body.txt",
        html: "personal_data_link/body.mjml",
    };
    render(templates, letter.submission.language, &values)
}
