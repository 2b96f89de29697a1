//! What those who look for offers are answered, through the routes over a real log.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod asking;
mod calls;
mod collecting;
mod fit;
mod pages;

use commands::{Lasting, Password, Registration, TokenKind};
use domain::Language;
use domain::collecting::SourceKind;
use domain::examples::{minutes, offer, valid};
use domain::offer::{OfferContent, OfferText};
use event_store::testing::Engine;
use testing::http::Site;
use testing::{Fixture, cause};
use uuid::Uuid;

/// A site on which anybody may look, and apply in the name of `house`.
async fn site(engine: Engine) -> Site {
    let fixture = Fixture::new(engine).await;
    fixture
        .http()
        .settings(|settings| {
            settings.offers.public = true;
            settings.offers.client = Some(valid("house"));
        })
        .routes(offers::routes)
}

/// The id of somebody who registered, and their access token.
async fn registered(site: &Site, email: &str) -> (Uuid, String) {
    let registration = Registration {
        email: valid(email),
        username: None,
        full_name: None,
        language: Language::Fr,
        password: Password::presented("seven green horses at noon"),
    };
    let account = site.commands.accounts().register(registration, &cause()).await.unwrap();
    let kind = TokenKind::plain(Lasting::default());
    let granted = site.commands.identity().grant_tokens(&account, kind, false, &cause()).await;
    (account.id, granted.unwrap().1.access)
}

/// The source of [`offered`], which operators may let take applications here.
const SOURCE: &str = "greenhouse";

/// A baker in Nantes, as `domain::examples` has it; a developer, who may apply elsewhere alone; a
/// nurse. One may apply here to what their source shows.
async fn offered(site: &Site) -> [Uuid; 3] {
    let (collecting, source, asked) = (site.commands.collecting(), valid(SOURCE), cause());
    let added = collecting.add_source(&source, SourceKind::Greenhouse, "acme", None, &asked);
    added.await.unwrap();
    collecting.let_apply(SOURCE, true, &asked).await.unwrap();
    let developer = OfferContent {
        places: vec![],
        url: Some(valid("https://www.autre.example/o/2")),
        salary: None,
        apply_email: None,
        description: OfferText::of_html("<h3>Le poste</h3><p>Du Rust & du SQL</p>"),
        posted_at: Some(minutes(-120)),
        ..OfferContent::new(valid("Développeuse Rust <senior>"), valid("Nacre SAS"))
    };
    let nurse = OfferContent {
        title: valid("Infirmier H/F"),
        company: valid("CHU"),
        url: Some(valid("https://sites.example/offres/3")),
        ..offer()
    };
    let mut ids = [Uuid::nil(); 3];
    for (nth, content) in [offer(), developer, nurse].into_iter().enumerate() {
        let id = valid(&nth.to_string());
        let found = site.commands.offers().collect(valid(SOURCE), id, content, &cause()).await;
        ids[nth] = found.unwrap().id();
    }
    site.caught_up().await;
    ids
}
