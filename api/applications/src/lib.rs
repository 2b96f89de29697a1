//! Applications, for those whom they concern: the form and the API of partners, the pages of recruiters
//! and of candidates. A folder each, a page's template beside its handler.
//!
//! To add a page or an endpoint: its file in the folder, its template beside it, and its line in that
//! folder's `routes`. A handler extracts, calls one use case, and answers.

mod candidate;
mod embed;
mod partner;
mod recruiter;
mod suppressed;

pub use partner::openapi::{described, description};

use axum::Router;
use axum::middleware::from_fn_with_state;
use web::{App, security};

/// Every address of these audiences.
pub fn routes(app: &App) -> Router<App> {
    routes_described(app, &description())
}

/// The same where the API is described so, with what other audiences have there.
pub fn routes_described(app: &App, api: &utoipa::openapi::OpenApi) -> Router<App> {
    let pages = Router::new()
        .merge(recruiter::routes())
        .merge(candidate::routes())
        .layer(from_fn_with_state(app.clone(), security::own_forms_only));
    Router::new().merge(pages).merge(embed::routes()).merge(partner::routes(app, api))
}
