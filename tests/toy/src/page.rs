//! In `api/admin`: the page for operators.

use admin::{Entry, Operators, Permission, Shows};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use web::Failure;
use web::app::App;
use web::audience::{Current, Group, Workplace};
use web::lang::Lang;
use web::page::Page;

use crate::read_model::{self, FeedbackRow};

const GROUP: Group = Group { id: "menu-feedback", name: |lang| lang.t("feedback-title") };

/// Its addresses.
pub fn entries() -> Vec<Entry> {
    let opinions = (Permission::SeeApplications, Shows::People(&[]));
    vec![
        Entry::page("/admin/feedback", opinions, get(page))
            .menu(GROUP, |lang| lang.t("feedback-opinions")),
    ]
}

#[derive(Template)]
#[template(path = "page.html")]
struct Opinions {
    lang: Lang,
    frame: Workplace,
    rows: Vec<FeedbackRow>,
}

async fn page(
    State(app): State<App>,
    signed: Current<Operators>,
) -> Result<Page<Opinions>, Failure> {
    let rows = read_model::latest(app.commands.log()).await?;
    let known_as = (signed.account.email.reveal().clone(), "");
    let frame = Workplace::new(&signed, known_as, "/admin/feedback");
    Ok(Page::new(Opinions { lang: signed.lang, frame, rows }))
}
