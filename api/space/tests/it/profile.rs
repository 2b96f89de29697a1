//! `/api/candidates/profile`, what fits it (`/api/recommendations`), and the pages of both.

use bytes::Bytes;
use domain::offer::{OfferContent, OfferPlace};
use domain::space::CandidateProfile;
use rstest::rstest;
use serde_json::json;

use super::*;

const PROFILE: &str = "/api/candidates/profile";

async fn offered(site: &Site, title: &str, skills: &[&str], city: &str) {
    let place = OfferPlace { text: examples::valid(city), postal_code: None, country: None };
    let content = OfferContent {
        title: examples::valid(title),
        // Companies whose names are alike would be one.
        company: examples::valid(&format!("{title} {city}")),
        url: None,
        description: None,
        places: vec![place],
        skills: skills.iter().map(|skill| examples::valid(skill)).collect(),
        posted_at: Some(site.commands.now()),
        ..examples::offer()
    };
    let source = examples::valid("greenhouse");
    let id = examples::valid(&format!("{title} {city}"));
    site.commands.offers().collect(source, id, content, &cause()).await.unwrap();
}

/// Two bakeries and a programmer.
async fn three_offers(site: &Site) {
    offered(site, "Boulanger H/F", &["Levain", "Snacking"], "Nantes").await;
    offered(site, "Ouvrier boulanger", &["Levain", "Harpe", "Navigation"], "Lyon").await;
    offered(site, "Développeur", &["Rust"], "Nantes").await;
    site.caught_up().await;
}

fn titles(answer: &Answer) -> Vec<String> {
    let told = answer.json();
    let offers = told["recommendations"].as_array().unwrap_or_else(|| panic!("{}", answer.body));
    offers.iter().map(|offer| offer["title"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_written_read_and_changed_by_its_owner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let empty = camille.get(&format!("{PROFILE}/")).await.json();
    assert_eq!((&empty["user_id"], &empty["title"]), (&json!(camille.account.id), &json!(null)));
    assert_eq!((&empty["skills"], &empty["completion"]), (&json!([]), &json!(0)));

    let body = json!({
        "title": "Boulangère", "location": "44000 Nantes", "years_experience": 5,
        "linkedin_url": "www.linkedin.com/in/camille", "job_types": ["PERMANENT"],
        "salary_expectation_min": "30000", "cv_url": "ignored", "summary": "",
    });
    let written = camille.put(PROFILE, body.clone()).await;
    assert_eq!(written.status, 200, "{}", written.body);
    let told = written.json();
    assert_eq!(told["linkedin_url"], "https://www.linkedin.com/in/camille");
    assert_eq!((&told["job_types"], &told["cv_url"]), (&json!(["permanent"]), &json!(null)));
    assert_eq!((&told["salary_expectation_min"], &told["completion"]), (&json!(30000), &json!(35)));
    let events = site.events().await;
    assert_eq!(camille.put(&format!("{PROFILE}/"), body).await.json()["title"], "Boulangère");
    assert_eq!(site.events().await, events, "the same again is no event");
    let cleared = camille.put(PROFILE, json!({ "location": "", "years_experience": "" })).await;
    let cleared = cleared.json();
    assert_eq!((&cleared["location"], &cleared["years_experience"]), (&json!(null), &json!(null)));
    assert_eq!(cleared["title"], "Boulangère", "what is left out stays");

    let post = json!({ "title": "Ouvrière", "company": "Fournil", "start_date": "2019-03", "is_current": true });
    let post = camille.post(&format!("{PROFILE}/experiences/"), post).await;
    assert_eq!(post.status, 200, "{}", post.body);
    let path = format!("{PROFILE}/experiences/{}", post.json()["id"].as_str().unwrap());
    let changed = camille.put(&path, json!({ "is_current": false, "end_date": "2024-06" })).await;
    assert_eq!(changed.json()["title"], "Ouvrière");
    assert_eq!(changed.json()["end_date"], "2024-06");
    let course = json!({ "degree": "CAP boulanger", "school": "CFA" });
    let course = camille.post(&format!("{PROFILE}/education"), course).await.json();
    let skill = json!({ "name": "Levain", "level": "expert", "category": null });
    let skill = camille.post(&format!("{PROFILE}/skills"), skill).await.json();
    let whole = camille.get(PROFILE).await.json();
    assert_eq!(whole["experiences"], json!([changed.json()]));
    assert_eq!((&whole["educations"], &whole["skills"]), (&json!([course]), &json!([skill])));

    let zoe = Person::new(&site, "zoe@example.org").await;
    detail(&zoe.put(&path, json!({ "title": "x" })).await, 404);
    detail(&zoe.delete(&path).await, 404);
    assert!(camille.delete(&path).await.json()["message"].is_string());
    detail(&camille.delete(&path).await, 404);
    detail(&camille.delete(&format!("{PROFILE}/skills/9999")).await, 404);
    for (path, body, named) in [
        (PROFILE.to_owned(), json!({ "years_experience": 99 }), "years_experience"),
        (PROFILE.to_owned(), json!({ "years_experience": 2.5 }), "years_experience"),
        (PROFILE.to_owned(), json!({ "website_url": "ftp://x" }), "website_url"),
        (format!("{PROFILE}/skills"), json!({ "level": "expert" }), "name"),
        (
            format!("{PROFILE}/experiences"),
            json!({ "title": "a", "company": "b", "start_date": "2024" }),
            "start_date",
        ),
    ] {
        let told = detail(
            &camille.post(&path, body.clone()).await,
            if path == PROFILE { 405 } else { 422 },
        );
        let told =
            if path == PROFILE { detail(&camille.put(&path, body).await, 422) } else { told };
        assert!(told.contains(named), "{told}");
    }
    assert_eq!(site.get(PROFILE).await.status, 401);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_fits_the_profile_comes_first_with_its_reasons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    three_offers(&site).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let none = camille.get("/api/recommendations").await;
    assert_eq!((titles(&none), &none.json()["cv"]), (vec![], &json!("none")));
    let about = json!({ "title": "Boulangère", "location": "44000 Nantes" });
    camille.put(PROFILE, about).await;
    camille.post(&format!("{PROFILE}/skills"), json!({ "name": "levain" })).await;
    let answer = camille.get("/api/recommendations/?limit=5").await;
    assert_eq!(titles(&answer), ["Boulanger H/F", "Ouvrier boulanger"]);
    let first = &answer.json()["recommendations"][0];
    assert_eq!(first["skills_found"], json!(["Levain"]));
    assert_eq!(first["skills_missing"], json!(["Snacking"]));
    assert_eq!((&first["place_match"], &first["title_match"]), (&json!("there"), &json!("yes")));
    assert!(first["score"].as_u64().unwrap() > 70, "{first}");
    assert!(first["reasons"].as_array().unwrap().len() >= 4, "{first}");
    assert_eq!(titles(&camille.get("/api/recommendations?limit=1").await), ["Boulanger H/F"]);
    assert_eq!(camille.get("/api/recommendations?limit=0").await.status, 422);
    let hidden = format!("/job-offers/{}", first["id"].as_str().unwrap());
    let id: uuid::Uuid = first["id"].as_str().unwrap().parse().unwrap();
    site.commands.offers().hide_from(camille.account.id, id).await.unwrap();
    assert_eq!(
        titles(&camille.get("/api/recommendations").await),
        ["Ouvrier boulanger"],
        "{hidden}"
    );
    assert_eq!(site.get("/api/recommendations").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cv_counts_where_it_can_be_read_and_its_owner_is_told_where_not() {
    let site = site(Engine::Sqlite).await;
    three_offers(&site).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let (space, owner) = (site.commands.space(), camille.account.id);
    let upload = |name: &str, bytes: Vec<u8>| {
        let upload = commands::Upload { name: name.into(), bytes: Bytes::from(bytes) };
        async move { space.upload_cv(owner, upload, &cause()).await.unwrap() }
    };
    let text = "<text:p>Rust Levain</text:p><text:h>Compétences</text:h><text:p>Rust</text:p>";
    upload("cv.odt", odt(text)).await;
    let answer = camille.get("/api/recommendations").await;
    assert_eq!(
        (titles(&answer), &answer.json()["cv"]),
        (vec!["Développeur".to_owned()], &json!("read"))
    );
    upload("cv.pdf", b"%PDF-1.7\nCompetences\nRust".to_vec()).await;
    let answer = camille.get("/api/recommendations").await;
    assert_eq!((titles(&answer), &answer.json()["cv"]), (vec![], &json!("unreadable")));
    assert!(answer.json()["cv_note"].as_str().unwrap().contains("CV"), "{}", answer.body);
    space.remove_cv(owner, &cause()).await.unwrap();
    assert_eq!(camille.get("/api/recommendations").await.json()["cv"], "none");
}

fn odt(paragraphs: &str) -> Vec<u8> {
    use std::io::Write as _;
    let content = format!(
        "<office:document-content><office:body>{paragraphs}</office:body></office:document-content>"
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_str()),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
    ] {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_handed_out_and_erased_with_its_account() {
    use domain::erasure::{ErasureBasis, RecordRef};

    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    camille.put(PROFILE, json!({ "title": "Boulangère", "phone": "06 98 76 54 32" })).await;
    camille.post(&format!("{PROFILE}/skills"), json!({ "name": "Viennoiserie" })).await;
    let owner = camille.account.id;
    let (address, people) = (examples::valid("camille@example.org"), site.commands.people());
    let record = RecordRef::new("Account", &owner.to_string()).unwrap();
    let handed_out = people.dossier(&address, std::slice::from_ref(&record)).await.unwrap();
    let handed_out = format!("{:?}", handed_out.chapters);
    for text in ["profiles", "Boulangère", "06 98 76 54 32", "Viennoiserie"] {
        assert!(handed_out.contains(text), "{text}: {handed_out}");
    }
    let basis = ErasureBasis::CommandLine;
    people.forget_person(&address, &[record], &basis, &cause()).await.unwrap();
    let state: CandidateProfile = site.commands.state_of(&owner.to_string()).await.unwrap();
    assert_eq!(state, CandidateProfile::Erased { owner });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_profile_work_without_a_script() {
    let site = pages::office(Engine::Sqlite).await;
    three_offers(&site).await;
    let camille = pages::Reader::new(&site, "camille@example.org").await;
    let first = camille.get("/me/for-you").await;
    assert!(first.main().contains("/me/profile"), "what to do first: {}", first.body);
    let wrong = camille.post("/me/profile", &[("title", "Boulangère"), ("years", "cent")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    assert!(wrong.main().contains("Boulangère"), "what was typed is kept: {}", wrong.body);
    let fields = [
        ("title", "Boulangère"),
        ("skills", "Levain, Pétrissage\nlevain"),
        ("location", "44000 Nantes"),
        ("job_types", "permanent"),
        ("salary_min", "28 000 €"),
    ];
    let saved = camille.post("/me/profile", &fields).await;
    assert_eq!(saved.location(), "/me/profile?done=profile");
    let new = camille.get("/me/profile/experiences/new").await;
    let (_, action) = new.body.split_once("action=\"/me/profile/experiences/").unwrap();
    let post = format!("/me/profile/experiences/{}", action.split('"').next().unwrap());
    let missing = camille.post(&post, &[("title", "Ouvrière"), ("start", "2019")]).await;
    assert_eq!(missing.status, 422, "{}", missing.body);
    let fields =
        [("title", "Ouvrière"), ("company", "Fournil"), ("start", "03/2019"), ("current", "yes")];
    assert_eq!(camille.post(&post, &fields).await.status, 303);
    let course = [("title", "CAP"), ("company", "CFA")];
    let of_course = format!("/me/profile/education/{}", uuid::Uuid::nil());
    assert_eq!(camille.post(&of_course, &course).await.status, 303);
    let page = camille.get("/me/profile").await;
    for part in ["Levain, Pétrissage", "28000", "Ouvrière", "Fournil", "2019-03", "CAP"] {
        assert!(page.main().contains(part), "{part}: {}", page.body);
    }
    assert!(camille.get(&post).await.main().contains("Fournil"));
    let fits = camille.get("/me/for-you").await;
    let (baker, other) = (fits.body.find("Boulanger H/F"), fits.body.find("Ouvrier boulanger"));
    assert!(baker.is_some() && baker < other, "{}", fits.body);
    assert!(!fits.body.contains("Développeur"), "{}", fits.body);
    assert_eq!(camille.post(&format!("{post}/remove"), &[]).await.status, 303);
    assert_eq!(camille.get(&post).await.status, 404);
    let zoe = pages::Reader::new(&site, "zoe@example.org").await;
    assert_eq!(zoe.get(&of_course).await.status, 404);
}
