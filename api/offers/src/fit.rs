//! How offers fit whoever looks at them, where they have an account and say what they look for.

use std::collections::HashMap;

use commands::CommandError;
use domain::space::{Match, SpaceRefusal};
use projections::offers::OfferRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;
use web::lang::Lang;

/// How well an offer fits, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferMatch {
    /// 0 to 100.
    score: u8,
    /// In sentences.
    reasons: Vec<String>,
    /// What it asks for, or speaks of, that they can.
    skills_found: Vec<String>,
    /// What it asks for that they do not say.
    skills_missing: Vec<String>,
}

impl OfferMatch {
    pub(crate) fn of(fit: Match, lang: Lang) -> Self {
        Self {
            score: fit.score,
            reasons: texts::match_reasons(&fit, lang.0),
            skills_found: fit.skills_found,
            skills_missing: fit.skills_missing,
        }
    }
}

/// How each of these fits an account; nothing, where nobody is signed in or they say nothing of themselves.
pub(crate) async fn fits(
    app: &App,
    account: Option<Uuid>,
    rows: &[OfferRow],
) -> Result<HashMap<Uuid, Match>, CommandError<SpaceRefusal>> {
    let Some(account) = account.filter(|_| !rows.is_empty()) else { return Ok(HashMap::new()) };
    let seeker = app.commands.space().seeking(account).await?.seeker;
    if !seeker.says_something() {
        return Ok(HashMap::new());
    }
    let fits = projections::space::fits(&app.db, &seeker, rows, app.commands.now()).await;
    fits.map_err(CommandError::Unavailable)
}
