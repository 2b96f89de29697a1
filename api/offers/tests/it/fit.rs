//! How offers fit whoever is signed in.

use domain::space::{ProfileAbout, ProfileEdit};

use super::pages::signed_in;
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_offer_of_the_list_says_how_it_fits_whoever_is_signed_in() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let http = fixture.http().settings(|settings| settings.offers.public = true);
    let site = http.routes(|app| {
        let users = accounts::audience().and(offers::entries());
        offers::routes(app).merge(accounts::page_routes(users, app))
    });
    offered(&site).await;
    let (camille, account) = signed_in(&site, "camille@example.org", true).await;
    let page = site.get_as("/offers", &camille).await;
    assert!(
        !page.body.contains("class=\"match\""),
        "they say nothing of themselves: {}",
        page.body
    );
    let about = ProfileAbout { title: Some(valid("Boulangère")), ..ProfileAbout::default() };
    let edit = ProfileEdit::About(Box::new(about));
    site.commands.space().change_profile(account, edit, &cause()).await.unwrap();
    let page = site.get_as("/offers?keywords=boulanger&lang=fr", &camille).await;
    let (_, fit) = page.body.split_once("class=\"match\"").unwrap();
    let (score, reasons) = fit.split_once("</summary>").unwrap();
    assert!(score.contains("Correspondance") && score.contains('%'), "{score}");
    assert!(reasons.contains("Le métier que vous cherchez"), "{reasons}");
    let nobody = site.get("/offers?keywords=boulanger&lang=fr").await;
    assert!(!nobody.body.contains("class=\"match\""), "{}", nobody.body);
}
