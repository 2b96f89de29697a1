//! A permit's printed slip, opened by its link: a signature stands for the paper, so that no date of birth
//! is asked and nobody is named. Whether the permit holds is what is known of it today, not what was
//! printed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::permit::has_expired;
use projections::permits::{day_in_paris, validity};
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "slip.html")]
pub(crate) struct SlipPage {
    lang: Lang,
    number: u64,
    stands: Stands,
    /// The last day as it is known today, in words.
    last_day: String,
    /// The last day that the slip names, where that is another one.
    printed: Option<String>,
}

/// How a permit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Holds,
    Over,
    Gone,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<SlipPage>, Failure> {
    let lang = asked.or_browser();
    let slip = app.commands.slips().open(&token).map_err(|_| forged(lang))?;
    let found = validity::of(app.commands.log(), slip.procedure, slip.number).await?;
    let last_day = found.and_then(|row| row.last_day());
    let today = day_in_paris(app.commands.now());
    Ok(Page::new(SlipPage {
        lang,
        number: slip.number,
        stands: match last_day {
            None => Stands::Gone,
            Some(last_day) if has_expired(last_day, today) => Stands::Over,
            Some(_) => Stands::Holds,
        },
        last_day: last_day.map(|day| texts::day(day, lang.0)).unwrap_or_default(),
        printed: last_day
            .filter(|day| *day != slip.last_day)
            .map(|_| texts::day(slip.last_day, lang.0)),
    }))
}

fn forged(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::NOT_FOUND,
        lang.t("permits-slip-forged"),
        lang.t("permits-slip-forged-means"),
        lang.t("permits-slip-forged-next"),
    )
}

impl SlipPage {
    const fn holds(&self) -> bool {
        matches!(self.stands, Stands::Holds)
    }

    fn title(&self) -> &'static str {
        match self.stands {
            Stands::Holds => self.lang.t("permits-slip-holds"),
            Stands::Over => self.lang.t("permits-slip-over"),
            Stands::Gone => self.lang.t("permits-slip-gone"),
        }
    }

    fn answer(&self) -> String {
        match self.stands {
            Stands::Holds => self.lang.with("permits-holds-until", ("day", &self.last_day)),
            Stands::Over => self.lang.with("permits-ended-on", ("day", &self.last_day)),
            Stands::Gone => self.lang.t("permits-slip-gone-means").to_owned(),
        }
    }
}
