//! `/applications`, line by line of its contract.

use rstest::rstest;
use serde_json::json;

use super::*;

const DAY: &str = "2026-11-18";

fn brume() -> Value {
    json!({
        "company": "SNCF Réseau",
        "position": "  Dev Rust ",
        "location": "",
        "status": "Entretien",
        "url": "https://brume.test",
        "application_date": DAY,
        "description": "",
        "notes": ["rappeler lundi", " "],
    })
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_added_found_listed_changed_and_removed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let added = camille.post("/applications/", brume()).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let id = id(&added);
    let mut told = added.json();
    let created = told["created_at"].as_str().unwrap().to_owned();
    assert!(created.ends_with('Z'), "{created}");
    for name in ["_id", "created_at"] {
        told.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        told,
        json!({
            "company": "SNCF Réseau",
            "position": "Dev Rust",
            "url": "https://brume.test/",
            "application_date": "2026-11-18T00:00:00",
            "status": "Entretien",
            "location": null,
            "description": null,
            "notes": ["rappeler lundi"],
            "updated_at": null,
            "archived": false,
        })
    );
    for path in [format!("/applications/{id}"), format!("/applications/{id}/")] {
        assert_eq!(camille.get(&path).await.json(), added.json());
    }
    assert_eq!(camille.get("/applications").await.json(), json!([added.json()]));

    // The page of its client sends the whole object back.
    let mut whole = added.json();
    let object = whole.as_object_mut().unwrap();
    object.insert("user_id".into(), json!(""));
    object.insert("archived".into(), json!(true));
    site.clock.advance(jiff::SignedDuration::from_secs(60));
    let changed = camille.put(&format!("/applications/{id}"), whole).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.json()["archived"], true);
    assert!(changed.json()["updated_at"].as_str().unwrap() > created.as_str());
    assert_eq!(camille.get("/applications/").await.json()[0]["archived"], true, "archived too");

    let path = format!("/applications/{id}/");
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(camille.delete(&path).await.status, 204, "twice");
    assert_eq!(detail(&camille.get(&path).await, 404), "Candidature non trouvée");
    assert_eq!(detail(&camille.put(&path, json!({})).await, 404), "Candidature non trouvée");
    assert_eq!(camille.get("/applications/").await.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_has_its_default() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let least = json!({ "company": "Brume", "position": "Dev", "else": 1, "notes": null });
    let added = camille.post("/applications", least).await.json();
    assert_eq!(added["status"], "Candidature envoyée");
    assert_eq!(added["application_date"], "2026-11-20T09:00:00Z");
    assert_eq!(added["notes"], Value::Null);
}

#[rstest]
#[case(json!({ "position": "Dev" }), "company")]
#[case(json!({ "company": " ", "position": "Dev" }), "company")]
#[case(json!({ "company": "\u{200b}", "position": "Dev" }), "company")]
#[case(json!({ "company": 3, "position": "Dev" }), "company")]
#[case(json!({ "company": "B", "position": "Dev", "status": null }), "status")]
#[case(json!({ "company": "B", "position": "Dev", "status": "Perdue" }), "Candidature envoyée")]
#[case(json!({ "company": "B", "position": "Dev", "url": "ftp://b.test" }), "url")]
#[case(json!({ "company": "B", "position": "Dev", "url": "javascript:alert(1)" }), "url")]
#[case(json!({ "company": "B", "position": "Dev", "application_date": "18/11/2026" }), "application_date")]
#[case(json!({ "company": "B", "position": "Dev", "application_date": true }), "application_date")]
#[case(json!({ "company": "B", "position": "Dev", "application_date": 1e300 }), "application_date")]
#[case(json!({ "company": "B", "position": "Dev", "notes": [null] }), "notes")]
#[case(json!({ "company": "B", "position": "Dev", "notes": "one" }), "notes")]
#[case(json!({ "company": "x".repeat(201), "position": "Dev" }), "company")]
#[case(json!([]), "")]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_one_sentence(#[case] body: Value, #[case] names: &str) {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let told = detail(&camille.post("/applications", body).await, 422);
    assert!(told.contains(names), "{told}");
    assert_eq!(camille.get("/applications").await.json(), json!([]));
}

#[rstest]
#[case(json!("2031-02-03"), "2031-02-03T00:00:00")]
#[case(json!("2031-02-03T00:00:00"), "2031-02-03T00:00:00")]
#[case(json!("2031-02-03T00:30:00+02:00"), "2031-02-03T00:30:00+02:00")]
#[case(json!("2031-02-03T09:10:11.120Z"), "2031-02-03T09:10:11.12Z")]
#[case(json!(1_927_875_600), "2031-02-03T09:00:00Z")]
#[tokio::test(flavor = "multi_thread")]
async fn a_date_is_told_as_it_was_given(#[case] given: Value, #[case] told: &str) {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let mut body = brume();
    body["application_date"] = given;
    let added = camille.post("/applications", body).await;
    assert_eq!(added.json()["application_date"], told);
    let path = format!("/applications/{}", id(&added));
    // An emptied field of the page changes nothing, and what was told is taken back.
    for date in ["", told] {
        let changed = camille.put(&path, json!({ "application_date": date })).await;
        assert_eq!(changed.json()["application_date"], told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_takes_a_part_and_clears_what_is_empty() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let mut body = brume();
    body["location"] = json!("Nantes");
    body["description"] = json!("Des trains.");
    let path = format!("/applications/{}", id(&camille.post("/applications", body).await));
    let put = async |body: Value| {
        let answer = camille.put(&path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let nulls = put(json!({ "company": null, "location": null, "notes": null, "url": null })).await;
    assert_eq!(nulls["location"], "Nantes");
    assert_eq!(nulls["notes"], json!(["rappeler lundi"]));
    let cleared = put(json!({ "location": "", "url": "", "company": "" })).await;
    assert_eq!((&cleared["location"], &cleared["url"]), (&Value::Null, &Value::Null));
    assert_eq!(cleared["company"], "SNCF Réseau", "a name is never empty");
    let noted = put(json!({ "notes": ["un", "deux"] })).await;
    assert_eq!(noted["notes"], json!(["un", "deux"]));
    assert_eq!(put(json!({ "notes": [] })).await["notes"], Value::Null);
    assert_eq!(put(json!({ "description": "" })).await["description"], Value::Null, "it was typed");
    assert_eq!(put(json!({ "status": "OFFRE ACCEPTEE" })).await["status"], "Offre acceptée");
    assert_eq!(put(json!({ "archived": "true" })).await["archived"], true);
    assert_eq!(put(json!({})).await["archived"], true);
    assert!(
        detail(&camille.put(&path, json!({ "archived": "oui" })).await, 422).contains("archived")
    );
    assert!(detail(&camille.put(&path, json!({ "url": "x" })).await, 422).contains("url"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_was_generated_survives_the_empty_field_of_the_page() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let id = id(&camille.post("/applications", brume()).await);
    let describe = domain::space::DescribeTracked {
        url: examples::valid("https://brume.test"),
        text: examples::valid("Missions : des trains."),
        model: None,
        at: site.commands.now(),
    };
    site.commands.perform(&id, &describe, &cause()).await.unwrap();
    let path = format!("/applications/{id}");
    assert_eq!(camille.get(&path).await.json()["description"], "Missions : des trains.");
    let changed = camille.put(&path, json!({ "description": "", "company": "Brume" })).await.json();
    assert_eq!(changed["description"], "Missions : des trains.");
    let typed = camille.put(&path, json!({ "description": "À moi." })).await.json();
    assert_eq!(typed["description"], "À moi.");
    site.commands.perform(&id, &describe, &cause()).await.unwrap();
    assert_eq!(camille.get(&path).await.json()["description"], "À moi.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_appended() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let path = format!("/applications/{}", id(&camille.post("/applications", brume()).await));
    let noted = camille.post(&format!("{path}/notes"), json!({ "note": "vu mardi" })).await;
    assert_eq!(noted.status, 200, "{}", noted.body);
    assert_eq!(noted.json()["notes"], json!(["rappeler lundi", "vu mardi"]));
    for body in [json!({}), json!({ "note": " " }), json!({ "note": 1 })] {
        detail(&camille.post(&format!("{path}/notes/"), body).await, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_says_how_long_each_step_took() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let path = format!("/applications/{}", id(&camille.post("/applications", brume()).await));
    site.clock.advance(jiff::SignedDuration::from_mins(20));
    camille.put(&path, json!({ "status": "Refusée" })).await;
    site.clock.advance(jiff::SignedDuration::from_mins(5));
    let history = camille.get(&format!("{path}/history")).await.json();
    assert_eq!(
        history,
        json!([
            { "at": "2026-11-20T09:00:00.000000Z", "event": "began", "status": "Entretien", "seconds": 1200 },
            { "at": "2026-11-20T09:20:00.000000Z", "event": "moved", "status": "Refusée", "seconds": 300 },
        ])
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_newest_first_filtered_and_paged(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    for day in 1..=7 {
        let body = json!({
            "company": format!("Société {day}"),
            "position": "Dev",
            "application_date": format!("2026-11-{day:02}"),
            "status": if day % 2 == 0 { "Refusée" } else { "Entretien" },
        });
        camille.post("/applications", body).await;
    }
    let companies = |answer: &Answer| -> Vec<String> {
        let items = answer.json();
        let names = items.as_array().unwrap().iter().map(|it| it["company"].as_str().unwrap());
        names.map(|name| name.trim_start_matches("Société ").to_owned()).collect()
    };
    let all = camille.get("/applications/").await;
    assert_eq!(companies(&all), ["7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!(all.header("link"), "");
    let of = async |query: &str| companies(&camille.get(&format!("/applications/?{query}")).await);
    assert_eq!(of("status=refus%C3%A9e").await, ["6", "4", "2"]);
    assert_eq!(of("status=Perdue").await, Vec::<String>::new());
    assert_eq!(of("status=").await.len(), 7);
    assert_eq!(of("q=SOCIETE%205").await, ["5"]);
    assert_eq!(of("q=(").await, Vec::<String>::new());
    assert_eq!(of("archived=true").await, Vec::<String>::new());
    assert_eq!(of("archived=false").await.len(), 7);
    let mut next = "/applications/?limit=3&status=".to_owned();
    let mut pages = vec![];
    loop {
        let page = camille.get(&next).await;
        pages.push(companies(&page));
        let link = page.header("link").to_owned();
        let Some(rest) = link.strip_prefix('<') else { break };
        let (to, rel) = rest.split_once('>').unwrap();
        assert_eq!(rel, "; rel=\"next\"");
        next = to.to_owned();
    }
    assert_eq!(pages, [vec!["7", "6", "5"], vec!["4", "3", "2"], vec!["1"]]);
    for query in ["limit=0", "limit=10001", "limit=x", "cursor=x", "archived=peut-%C3%AAtre"] {
        detail(&camille.get(&format!("/applications?{query}")).await, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_again_and_has_it_is_told_so() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    camille.post("/applications", brume()).await;
    let first = camille.get("/applications").await;
    let tag = first.header("etag").to_owned();
    let again = async |tag: &str| {
        let request = camille.request(Method::GET, "/applications").header("if-none-match", tag);
        site.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(again(&tag).await.status, 304);
    assert_eq!(camille.get("/applications?archived=true").await.status, 200);
    camille.post("/applications", brume()).await;
    let changed = again(&tag).await;
    assert_eq!((changed.status.as_u16(), changed.json().as_array().unwrap().len()), (200, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_has_everything_and_no_formula() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let mut body = brume();
    body["company"] = json!("=HYPERLINK(\"http://x\")");
    camille.post("/applications", body).await;
    let sheet = camille.get("/me/export.csv").await;
    assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
    assert!(sheet.body.contains("'=HYPERLINK"), "{}", sheet.body);
    assert!(sheet.body.contains("2026-11-18") && sheet.body.contains("rappeler lundi"));
    assert!(sheet.body.contains(",Entretien,"), "{}", sheet.body);
    assert_eq!(sheet.body.lines().count(), 2);
    let english = camille.request(Method::GET, "/me/export.csv").header("accept-language", "en");
    let english = site.send(english.body(Body::empty()).unwrap()).await;
    assert!(english.body.contains(",Interview,"), "{}", english.body);
}
