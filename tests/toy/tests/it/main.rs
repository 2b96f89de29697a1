//! A context lives in the house by its files and one line in each list: nothing else knows of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod life;
mod rules;

use domain::examples;
use domain::{Language, Personal};
use event_store::testing::Engine;
use testing::Fixture;
use testing::http::Office;
use toy::feedback::Opinion;
use toy::lists;

const WORDS: &str = "Un service qui répond, enfin.";
const ADDRESS: &str = "noe.lambert@example.org";

fn opinion() -> Opinion {
    Opinion {
        from: Personal::new(examples::valid(ADDRESS)),
        language: Language::Fr,
        stars: 5,
        words: Personal::new(examples::valid(WORDS)),
    }
}

/// The house with one context more.
async fn house(engine: Engine) -> Office {
    let fixture = Fixture::of(engine, lists::house()).await;
    Office::on(fixture.http().router(|app| api::router_with(app, lists::operators()))).await
}
