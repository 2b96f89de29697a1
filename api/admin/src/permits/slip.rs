//! A permit's slip, to be printed and handed out with the permit: a signature over its number and its last
//! day, by which anyone can check the paper without knowing whose it is. It is in every language, since
//! nobody knows who will read it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::Slip;
use jiff::civil::Date;

use super::history;
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "permits/slip.html")]
pub(crate) struct SlipPage {
    lang: Lang,
    id: String,
    number: u64,
    last_day: Date,
    /// The address of the check, and the same as a drawing.
    link: String,
    picture: String,
}

impl SlipPage {
    fn last_day_in(&self, lang: Lang) -> String {
        texts::day(self.last_day, lang.0)
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
) -> Result<Page<SlipPage>, Failure> {
    let lang = signed.lang;
    let history = history(&app, &signed, &id).await?;
    let known = history.state.remembered().map_err(|_| Notice::not_found(lang))?;
    let stands = known.is_granted() && known.erased_at.is_none();
    let last_day = known.dossier.valid_to().filter(|_| stands).ok_or_else(|| none(lang))?;
    let (procedure, number) = (known.dossier.procedure, known.dossier.number);
    let token = app.commands.slips().token(Slip { procedure, number, last_day });
    let base = app.settings.base_url.as_str().trim_end_matches('/');
    let link = format!("{base}/permits/slip/{token}");
    let picture = web::qr::svg(&link).map_err(Failure::of)?;
    Ok(Page::new(SlipPage { lang, id, number, last_day, link, picture }))
}

fn none(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::NOT_FOUND,
        lang.t("permits-print-none"),
        lang.t("permits-print-none-means"),
        lang.t("permits-print-none-next"),
    )
}
