//! The candidate asks for their data, or to be forgotten: the link that does it goes to their address,
//! so that nobody does so in their name who only saw this page.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::CommandError;
use domain::application::Wish;
use domain::{ApplicationRefusal, EmailAddress};
use event_store::ActorKind;
use serde::Deserialize;
use uuid::Uuid;

use crate::candidate::status::Matter;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};
use web::request::Context;

#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    request_id: Uuid,
    wish: String,
}

#[derive(Template)]
#[template(path = "candidate/asked.html")]
pub(crate) struct AskedPage {
    lang: Lang,
    token: String,
    wish: Wish,
    address: String,
}

impl AskedPage {
    const fn is_erasure(&self) -> bool {
        matches!(self.wish, Wish::Erasure)
    }
}

pub(crate) async fn ask(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
    context: Context,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Page<AskedPage>, Failure> {
    let Matter { id, lang, history } = Matter::open(&app, &token, &asked).await?;
    let Form(Fields { request_id, wish }) = fields.map_err(|_| Notice::unreadable_form(lang))?;
    let wish = wish.parse::<Wish>().map_err(|_| Notice::unreadable_form(lang))?;
    let known = history.state.known().map_err(|_| Notice::bad_link(lang))?;
    let address = known.submission.candidate.email.reveal();
    if app.commands.suppressions().find(address).await?.is_some() {
        return Err(unreachable(lang).into());
    }
    let cause = context.cause(ActorKind::Candidate);
    match app.commands.people().request_personal_data(id, request_id, wish, &cause).await {
        Ok(()) => Ok(Page::new(AskedPage { lang, token, wish, address: masked(address) })),
        Err(CommandError::Refused(ApplicationRefusal::Erased)) => {
            Err(Notice::erased(asked.or_browser()).into())
        }
        Err(CommandError::Refused(refusal)) => Err(refused(lang, &refusal).into()),
        Err(error) => Err(error.into()),
    }
}

/// The address for whoever knows it: `c•••@e•••.org`.
fn masked(address: &EmailAddress) -> String {
    let (name, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let end = domain.rsplit_once('.').map(|(_, end)| format!(".{end}")).unwrap_or_default();
    format!("{}•••@{}•••{end}", first(name), first(domain))
}

fn unreachable(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::CONFLICT,
        lang.t("candidate-we-cannot-write-to-you-at"),
        lang.t("candidate-our-emails-to-your-address-came"),
        lang.t("candidate-write-to-site-through-which-you"),
    )
}

fn refused(lang: Lang, refusal: &ApplicationRefusal) -> Notice {
    Notice::new(
        lang,
        StatusCode::CONFLICT,
        lang.t("candidate-nothing-new-asked-for"),
        &texts::refusal(refusal, lang.0),
        lang.t("candidate-look-among-junk-mail-too"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("camille@example.org", "c•••@e•••.org")]
    #[case("c@mail.example.co.uk", "c•••@m•••.uk")]
    fn an_address_is_recognised_by_who_knows_it(#[case] address: &str, #[case] shown: &str) {
        let address = address.parse().unwrap();
        assert_eq!(masked(&address), shown);
    }
}
