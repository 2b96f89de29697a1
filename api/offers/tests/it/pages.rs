//! The pages of offers.

use std::collections::BTreeMap;

use commands::{EmbedClaim, LinkUse, Password, Registration};
use domain::Language;
use rstest::rstest;
use serde_json::Value;
use testing::http::form;
use texts::pseudo;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_what_was_looked_for_and_how_many_there_are() {
    let site = site(Engine::Sqlite).await;
    offered(&site).await;
    let page = site.get("/offers?keywords=boulangers&lang=fr").await;
    assert_eq!(page.status.as_u16(), 200);
    let page = page.text();
    for part in
        ["1 offre", "Boulanger H/F", "Boulangerie Dupont", "Nantes", "CDI", "value=\"boulangers\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Infirmier"));
    let none = site.get("/offers?keywords=astronaute&lang=en").await.text();
    assert!(none.contains("No offer") && none.contains("See all offers"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_offer_tells_search_engines_the_same() {
    let site = site(Engine::Sqlite).await;
    let [baker, developer, _] = offered(&site).await;
    let answer = site.get(&format!("/offers/{baker}?lang=fr")).await;
    assert_eq!(answer.header("x-robots-tag"), "all");
    let page = answer.text();
    assert!(page.contains(&format!(
        "<link rel=\"canonical\" href=\"http://postulo.example/offers/{baker}\">"
    )));
    assert!(!page.contains("noindex"), "{page}");
    let (_, posting) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    let (posting, _) = posting.split_once("</script>").unwrap();
    let posting: Value = serde_json::from_str(posting).unwrap();
    assert_eq!(posting["@type"], "JobPosting");
    assert_eq!(posting["directApply"], true);
    assert!(page.contains(&format!("/offers/{baker}/apply")));
    assert!(!page.contains("recrutement@"), "the address is shown to nobody");

    let page = site.get(&format!("/offers/{developer}?lang=en")).await.text();
    assert!(page.contains("Apply on autre.example") && !page.contains("/apply"), "{page}");
    assert!(page.contains("Développeuse Rust &#60;senior&#62;"), "{page}");
    assert!(page.contains("<p>Du Rust &amp; du SQL</p>"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_says_so_and_is_found_by_nobody() {
    let site = site(Engine::Sqlite).await;
    let [baker, ..] = offered(&site).await;
    site.commands.offers().close(baker, &cause()).await.unwrap();
    site.caught_up().await;
    let answer = site.get(&format!("/offers/{baker}?lang=fr")).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-robots-tag")), (200, "noindex"));
    let page = answer.text();
    assert!(page.contains("n’est plus ouverte") && !page.contains("JobPosting"), "{page}");
    site.commands.offers().remove(baker, &cause()).await.unwrap();
    site.caught_up().await;
    assert_eq!(site.get(&format!("/offers/{baker}")).await.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_offers_are_not_for_all_the_way_leads_to_the_sign_in_and_back() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = fixture.http().routes(offers::routes);
    let answer = site.get("/offers?keywords=pain").await;
    assert_eq!(answer.leads_to(), "/account/sign-in?next=%2Foffers%3Fkeywords%3Dpain");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_the_pages_is_in_the_catalogues() {
    let site = site(Engine::Sqlite).await;
    let [baker, developer, _] = offered(&site).await;
    let _spoken = pseudo::speak();
    let typed = [
        "Boulanger",
        "H/F",
        "Boulangerie",
        "Dupont",
        "Nantes",
        "Infirmier",
        "CHU",
        "Développeuse",
        "Rust",
        "senior",
        "Nacre",
        "SAS",
        "sites",
        "example",
        "autre",
        "Pétrissage",
        "Levain",
        "Vous",
        "pétrissez",
        "façonnez",
        "et",
        "cuisez",
        "Le",
        "poste",
        "Du",
        "du",
        "SQL",
        "Postulo",
        "EUR",
    ];
    for path in ["/offers".to_owned(), format!("/offers/{baker}"), format!("/offers/{developer}")] {
        let page = site.get(&path).await.text();
        let left = pseudo::words_left(&page, &typed);
        assert!(left.is_empty(), "{path}: {left:?}");
    }
}

/// A browser in which somebody signed in, and their account.
pub(super) async fn signed_in(site: &Site, email: &str, confirmed: bool) -> (String, Uuid) {
    let accounts = site.commands.accounts();
    let registration = Registration {
        email: valid(email),
        username: None,
        full_name: None,
        language: Language::Fr,
        password: Password::new(PASSWORD).unwrap(),
    };
    let account = accounts.register(registration, &cause()).await.unwrap();
    if confirmed {
        let link = site.commands.identity().make_link(&account, LinkUse::ConfirmAddress).await;
        accounts.confirm_email(&link.unwrap().token, &cause()).await.unwrap().unwrap();
    }
    let fields = [("name", email), ("password", PASSWORD)];
    let answer = site.send(form("/account/sign-in", &fields, "same-origin")).await;
    let cookies: Vec<_> = answer.set_cookies().filter_map(|it| it.split(';').next()).collect();
    (cookies.join("; "), account.id)
}

const PASSWORD: &str = "un cheval correct et agrafé";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_applies_is_shown_the_form_of_this_service_in_their_name() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let http = fixture.http().settings(|settings| {
        settings.offers.public = true;
        settings.offers.client = Some(valid("house"));
    });
    let site = http.routes(|app| {
        let users = accounts::audience().and(offers::entries());
        offers::routes(app).merge(accounts::page_routes(users, app))
    });
    let [baker, developer, _] = offered(&site).await;
    let apply = |id: Uuid| format!("/offers/{id}/apply");
    let answer = site.get(&apply(baker)).await;
    assert!(answer.location().starts_with("/account/sign-in"), "{}", answer.location());

    let (camille, _) = signed_in(&site, "camille@example.org", true).await;
    let page = site.get_as(&apply(baker), &camille).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, form) = page.body.split_once("/embed/candidater/?").unwrap();
    let form = form.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let fields: BTreeMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).collect();
    for (name, value) in [
        ("client_id", "house"),
        ("candidate_email", "camille@example.org"),
        ("employer_description", "Boulangerie Dupont"),
        ("job", "Boulanger H/F"),
    ] {
        assert_eq!(fields[name], value, "{fields:?}");
    }
    assert_eq!(fields["next_url"], format!("http://postulo.example/offers/{baker}"));
    // The token is one that the form takes.
    let claim = EmbedClaim {
        client_id: "house",
        candidate_email: "camille@example.org",
        candidate_peid: &fields["candidate_peid"],
        employer_email: &fields["employer_email"],
        timestamp: fields["timestamp"].parse().unwrap(),
    };
    assert_eq!(fields["token"], site.commands.embed_tokens().token(&claim));

    // One applies to the other on its own page, and where nobody read a letter to the address yet, not at all.
    assert_eq!(site.get_as(&apply(developer), &camille).await.status, 409);
    let (unconfirmed, _) = signed_in(&site, "zoe@example.org", false).await;
    assert_eq!(site.get_as(&apply(baker), &unconfirmed).await.status, 409);
    site.commands.offers().close(baker, &cause()).await.unwrap();
    site.caught_up().await;
    assert_eq!(site.get_as(&apply(baker), &camille).await.status, 409, "it is over");
    assert_eq!(site.get_as(&apply(Uuid::nil()), &camille).await.status, 404);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_says_of_itself_sends_nobodys_documents_anywhere(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let fixture = Fixture::new(engine).await;
    let http = fixture.http().settings(|settings| {
        settings.offers.public = true;
        settings.offers.client = Some(valid("house"));
    });
    let site = http.routes(|app| {
        let users = accounts::audience().and(offers::entries());
        offers::routes(app).merge(accounts::page_routes(users, app))
    });
    let [baker, ..] = offered(&site).await;
    let own = Uuid::from_u128(7);
    let content = OfferContent { title: valid("Boulangère de nuit"), ..offer() };
    let content = OfferContent { url: None, company: valid("Au Pain"), ..content };
    site.commands.offers().publish(own, content, &cause()).await.unwrap();
    site.caught_up().await;
    let (camille, _) = signed_in(&site, "camille@example.org", true).await;
    let takes = async |id: Uuid, expected: bool, when: &str| {
        let page = site.get(&format!("/offers/{id}?lang=en")).await.text();
        assert_eq!(page.contains(&format!("/offers/{id}/apply")), expected, "{when}: {page}");
        assert_eq!(page.contains("\"directApply\":true"), expected, "{when}: {page}");
        let one = site.get(&format!("/job-offers/{id}")).await.json();
        assert_eq!(one["applies_here"], expected, "{when}");
        let all = site.get("/job-offers").await.json();
        let mut all = all.as_array().unwrap().iter();
        let listed = all.find(|it| it["id"] == id.to_string().as_str()).unwrap();
        assert_eq!(listed["applies_here"], expected, "{when}");
        let form = site.get_as(&format!("/offers/{id}/apply"), &camille).await;
        assert_eq!(form.status, if expected { 200 } else { 409 }, "{when}");
    };
    let collecting = site.commands.collecting();
    let change = async |kind: SourceKind, target: &str| {
        let (name, cause) = (valid(SOURCE), cause());
        collecting.change_source(&name, kind, target, None, &cause).await.unwrap();
    };
    takes(baker, true, "an operator said so").await;
    collecting.let_apply(SOURCE, false, &cause()).await.unwrap();
    takes(baker, false, "an operator says so no more").await;
    takes(own, true, "a company published it here").await;
    collecting.let_apply(SOURCE, true, &cause()).await.unwrap();
    change(SourceKind::Pages, "https://www.sites.example/sitemap.xml").await;
    takes(baker, true, "it is on the site that the operator knows").await;
    change(SourceKind::Pages, "https://other.example/sitemap.xml").await;
    takes(baker, false, "the source leads to another site").await;
    change(SourceKind::Search, "boulanger").await;
    takes(baker, false, "a search finds the pages of any site").await;
    collecting.remove_source(SOURCE, &cause()).await.unwrap();
    takes(baker, false, "nobody knows the source").await;
}
