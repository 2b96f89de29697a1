//! `/job-offers`, as programs call it.

use axum::body::Body;
use axum::http::Request;
use commands::{Password, Registration, TokenKind, UserAccount};
use domain::Language;
use domain::account::ClosingReason;
use rstest::rstest;
use testing::http::Answer;

use super::*;

fn titles(answer: &Answer) -> Vec<String> {
    let items = answer.json();
    let items = items.as_array().unwrap();
    items.iter().map(|item| item["poste"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn offers_are_listed_counted_and_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let [baker, ..] = offered(&site).await;
    let all = site.get("/job-offers?limit=2").await;
    assert_eq!(titles(&all), ["Infirmier H/F", "Développeuse Rust <senior>"]);
    let link = all.header("link");
    let next = link.split(['<', '>']).nth(1).unwrap().replace("http://postulo.example", "");
    assert_eq!(titles(&site.get(&next).await), ["Boulanger H/F"]);
    assert_eq!(titles(&site.get("/job-offers?limit=16&skip=2").await), ["Boulanger H/F"]);
    for (query, count) in
        [("keywords=boulangere", 1), ("keywords=(", 0), ("location=nant", 2), ("", 3)]
    {
        let counted = site.get(&format!("/job-offers/count?{query}")).await.json();
        assert_eq!(counted["total"], count, "{query}");
        let listed = site.get(&format!("/job-offers?{query}")).await;
        assert_eq!(titles(&listed).len(), count, "{query}");
    }
    let one = site.get(&format!("/job-offers/{baker}")).await.json();
    insta::with_settings!({ filters => vec![("[0-9a-f-]{36}", "ID")] }, {
        insta::assert_snapshot!("baker", serde_json::to_string_pretty(&one).unwrap());
    });
    assert!(!one.to_string().contains("recrutement@"), "the address is told to nobody");
    let figures = site.get("/job-offers/stats/summary").await.json();
    assert_eq!(figures["total_offers"], 3);
    assert_eq!(figures["top_cities"][0], serde_json::json!({ "_id": "Nantes", "count": 2 }));
    assert_eq!(figures["top_websites"][0]["_id"], "sites.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_one_sentence_with_the_status_of_the_contract() {
    let site = site(Engine::Sqlite).await;
    for (path, status, detail) in [
        ("/job-offers/42", 400, Some("ID invalide")),
        ("/job-offers/00000000-0000-4000-8000-000000000000", 404, Some("Offre non trouvée")),
        ("/job-offers?limit=101", 422, None),
        ("/job-offers?skip=-1", 422, None),
        ("/job-offers?limit=0", 200, None),
    ] {
        // What the contract names is French, whatever is asked for.
        let request = Request::get(path).header("accept-language", "en").body(Body::empty());
        let answer = site.send(request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        if let Some(detail) = detail {
            assert_eq!(answer.json()["detail"], detail, "{path}");
            assert_eq!(answer.header("content-language"), "fr", "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_a_token_that_is_over_reads_as_a_stranger() {
    let site = site(Engine::Sqlite).await;
    offered(&site).await;
    let request = Request::get("/job-offers")
        .header("host", "postulo.example")
        .header("authorization", "Bearer of-yesterday");
    let list = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((list.status.as_u16(), titles(&list).len()), (200, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_for_those_who_are_signed_in_unless_the_settings_say_otherwise() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = fixture.http().routes(offers::routes);
    for path in ["/job-offers", "/job-offers/count", "/job-offers/stats/summary", "/job-offers/42"]
    {
        let answer = site.get(path).await;
        let asked = (answer.status.as_u16(), answer.header("www-authenticate"));
        assert_eq!(asked, (401, "Bearer"), "{path}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_hidden_from_whoever_hides_it_and_from_nobody_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let [baker, ..] = offered(&site).await;
    let camille = Program::new(&site, "camille@example.org").await;
    let zoe = Program::new(&site, "zoe@example.org").await;
    let hide = format!("/job-offers/{baker}");
    for _ in 0..2 {
        let hidden = camille.send("DELETE", &hide).await;
        assert_eq!(hidden.status, 200);
        assert_eq!(hidden.json()["message"], "Offre supprimée");
    }
    for (query, hers, others) in
        [("", 2, 3), ("?location=nant", 1, 2), ("?keywords=boulanger", 0, 1)]
    {
        let count = query.replace('?', "/count?");
        let count = if count.is_empty() { "/count" } else { &*count };
        for (program, expected) in [(&camille, hers), (&zoe, others)] {
            let listed = program.send("GET", &format!("/job-offers{query}")).await;
            assert_eq!(titles(&listed).len(), expected, "{query}");
            let counted = program.send("GET", &format!("/job-offers{count}")).await.json();
            assert_eq!(counted["total"], expected, "{query}");
        }
        assert_eq!(titles(&site.get(&format!("/job-offers{query}")).await).len(), others);
    }
    assert_eq!(camille.send("GET", &hide).await.status, 200, "its own address leads to it");
    for (path, status) in [("42", 400), ("00000000-0000-4000-8000-000000000000", 404)] {
        let answer = camille.send("DELETE", &format!("/job-offers/{path}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
    let nobody = Request::delete(&hide).header("host", "postulo.example").body(Body::empty());
    assert_eq!(site.send(nobody.unwrap()).await.status, 401);

    // It goes with the account.
    let hidden = async || site.commands.offers().hidden_from(camille.account).await.unwrap();
    assert_eq!(hidden().await, [baker.to_string()]);
    let reason = ClosingReason::Owner;
    site.commands.accounts().close(camille.account, reason, &cause()).await.unwrap();
    assert_eq!(hidden().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_how_offers_fit_whoever_asks_and_says_what_they_look_for() {
    use domain::space::{ProfileAbout, ProfileEdit};

    let site = site(Engine::Sqlite).await;
    offered(&site).await;
    let camille = Program::new(&site, "camille@example.org").await;
    let list = "/job-offers?keywords=boulanger";
    assert!(camille.send("GET", list).await.json()[0].get("match").is_none());
    let about = ProfileAbout { title: Some(valid("Boulangère")), ..ProfileAbout::default() };
    let edit = ProfileEdit::About(Box::new(about));
    site.commands.space().change_profile(camille.account, edit, &cause()).await.unwrap();
    let fit = camille.send("GET", list).await.json()[0]["match"].clone();
    assert!(fit["score"].as_u64().is_some_and(|score| score > 70), "{fit}");
    assert!(!fit["reasons"].as_array().unwrap().is_empty(), "{fit}");
    assert!(!fit["skills_missing"].as_array().unwrap().is_empty(), "{fit}");
    assert!(site.get(list).await.json()[0].get("match").is_none(), "nobody asks");
}

/// A program that speaks for somebody.
struct Program<'a> {
    site: &'a Site,
    account: Uuid,
    token: String,
}

impl<'a> Program<'a> {
    async fn new(site: &'a Site, email: &str) -> Self {
        let registration = Registration {
            email: valid(email),
            username: None,
            full_name: None,
            language: Language::Fr,
            password: Password::new("un cheval correct et agrafé").unwrap(),
        };
        let account = site.commands.accounts().register(registration, &cause()).await.unwrap();
        let kind = TokenKind::<UserAccount>::plain(commands::Lasting::default());
        let granted = site.commands.identity().grant_tokens(&account, kind, false, &cause()).await;
        let (_, tokens) = granted.unwrap();
        Self { site, account: account.id, token: tokens.access }
    }

    async fn send(&self, method: &str, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header("host", "postulo.example");
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let request = request.header("accept-language", "en");
        self.site.send(request.body(Body::empty()).unwrap()).await
    }
}
