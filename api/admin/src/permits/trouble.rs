//! The dossiers in trouble: those that wait for much longer than is usual.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use jiff::SignedDuration;
use projections::permits::{self, List};
use serde::Deserialize;

use super::list::PAGE;
use super::told::{Row, rows};
use super::within;
use crate::frame::{Frame, length};
use crate::operator::CurrentOperator;
use web::app::App;
use web::lang::Lang;
use web::page::Page;
use web::{Failure, Kept};

/// For how long a dossier may wait: half of all permits are looked at for it.
pub(crate) type Patience = Kept<Option<SignedDuration>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
}

#[derive(Template)]
#[template(path = "permits/trouble.html")]
pub(crate) struct Trouble {
    lang: Lang,
    frame: Frame,
    /// For how long a dossier may wait; empty where none was granted yet.
    patience: String,
    /// The dossiers, with how long each has waited.
    rows: Vec<(Row, String)>,
    next: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(kept): Extension<Patience>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Trouble>, Failure> {
    let (lang, log, now) = (signed.lang, app.commands.log(), app.commands.now());
    let patience = kept.or(now, permits::trouble_begins(log)).await?;
    let found = match patience {
        None => List { items: vec![], next: None },
        Some(patience) => {
            let (since, cursor) = (now - patience, asked.cursor.parse().ok());
            permits::in_trouble(log, since, &within(&signed), cursor, PAGE).await?
        }
    };
    let waited = |row: &permits::PermitRow| length(now.duration_since(row.created_at), lang);
    let waited: Vec<_> = found.items.iter().map(waited).collect();
    let next = found.next.map(|cursor| format!("/admin/permits/trouble?cursor={cursor}"));
    Ok(Page::new(Trouble {
        lang,
        frame: Frame::new(&signed, "/admin/permits/trouble", ""),
        patience: patience.map(|patience| length(patience, lang)).unwrap_or_default(),
        rows: rows(found.items, lang).into_iter().zip(waited).collect(),
        next: next.unwrap_or_default(),
    }))
}
