//! The signed list: what is proven and what is declared, and that nothing of it can be changed.

use domain::Fault;
use domain::application::{RecordReport, RecordSentToEmployer, Report, Withdraw};
use domain::examples::minutes;
use event_store::args;
use event_store::tree::{Signer, TreeKey};
use projections::applications::TABLE;
use rstest::rstest;
use serde_json::json;
use space::{Wrong, check_list};

use super::postulo::sent;
use super::*;

fn key() -> TreeKey {
    TreeKey::from_seed("postulo.example/log", &[7; 32]).unwrap()
}

async fn signing() -> Site {
    signing_on(Engine::Sqlite).await
}

async fn signing_on(engine: Engine) -> Site {
    let site = Fixture::new(engine).await.http().signed_by(key()).routes(space::routes);
    site.register_demo(examples::partner_settings()).await;
    site
}

/// The JSON in a PDF, by what its last line says.
fn attached(pdf: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&pdf[pdf.len() - 200..]).into_owned();
    let line = text.rsplit("%postulo-signed-list-1 ").next().unwrap().to_owned();
    let numbers: Vec<usize> = line.split(' ').take(2).map(|it| it.parse().unwrap()).collect();
    pdf[numbers[0]..numbers[0] + numbers[1]].to_vec()
}

async fn checked(site: &Site, path: &str, bytes: &[u8]) -> Answer {
    let mut body =
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"
            .to_vec();
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    let request = Request::post(path)
        .header("host", "postulo.example")
        .header("sec-fetch-site", "same-origin")
        .header("accept-language", "en")
        .header("content-type", "multipart/form-data; boundary=x");
    site.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postulo_sent_is_proven_what_was_typed_in_is_declared_and_one_altered_byte_is_refused()
{
    let site = signing().await;
    let (delivered, waiting) =
        (sent(&site, "camille@example.org").await, sent(&site, "camille@example.org").await);
    sent(&site, "zoe@example.org").await;
    let left =
        RecordSentToEmployer { message_id: examples::valid("m1@postulo.example"), at: minutes(3) };
    site.commands.perform(&delivered.to_string(), &left, &cause()).await.unwrap();
    site.caught_up().await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    for (company, status) in [("Łódź & Fils 🥖", "Candidature envoyée"), ("Plus tard", "En étude")]
    {
        let body = json!({ "company": company, "position": "Dév (H/F)", "status": status, "application_date": "2026-11-18" });
        assert_eq!(camille.post("/applications", body).await.status, 201);
    }
    let answer = camille.get("/me/proof.pdf?lang=fr").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/pdf");
    let pdf = answer.bytes.clone();
    let verifier = key().verifier();
    let list = check_list(&pdf, &verifier).unwrap();
    assert_eq!(list.counts(), (1, 1), "neither what waits nor what is only considered");
    let file = attached(&pdf);
    let value: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(value["list"]["proven"][0]["application"], delivered.to_string());
    assert_eq!(value["list"]["proven"][0]["employer"], "Boulangerie Dupont");
    assert_eq!(value["list"]["declared"][0]["company"], "Łódź & Fils 🥖");
    assert_eq!(value["list"]["not_delivered"], 1);
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(!text.contains(&waiting.to_string()) && !text.contains("zoe@"));
    assert_eq!(text.matches("\"event_type\"").count(), 2, "no answers in it");
    assert!(check_list(&file, &verifier).unwrap().counts() == (1, 1));

    // Every byte counts: those of the text that people see, of the attached file, of the signatures.
    for at in (0..pdf.len()).step_by(pdf.len() / 150).chain(pdf.len() - 120..pdf.len()) {
        let mut altered = pdf.clone();
        altered[at] ^= 1;
        assert!(check_list(&altered, &verifier).is_err(), "byte {at} of {}", pdf.len());
    }
    for at in (0..file.len()).step_by(file.len() / 150).chain(file.len() - 120..file.len()) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(check_list(&altered, &verifier).is_err(), "byte {at} of {}", file.len());
    }
    let cut = &pdf[..pdf.len() - 1];
    assert_eq!(check_list(cut, &verifier).unwrap_err(), Wrong::NoSignature);
    assert_eq!(check_list(b"%PDF-1.7\nnothing", &verifier).unwrap_err(), Wrong::NoSignature);
    assert_eq!(check_list(b"{}", &verifier).unwrap_err(), Wrong::Other);
    let other = TreeKey::from_seed("other.example/log", &[8; 32]).unwrap().verifier();
    assert!(matches!(check_list(&pdf, &other), Err(Wrong::UnknownKey(_))));
    let spaced = text.replacen(':', ": ", 1);
    assert_eq!(check_list(spaced.as_bytes(), &verifier).unwrap_err(), Wrong::NotCanonical);

    // The page says the same, and knows this list from another.
    let path = format!("/proof/{}", list.list.id);
    let page = site.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("noindex") && !page.body.contains("camille"), "{}", page.body);
    let good = checked(&site, &path, &pdf).await;
    assert_eq!(good.status, 200, "{}", good.body);
    assert!(good.main().contains("This list is genuine"), "{}", good.main());
    let mut altered = pdf.clone();
    altered[pdf.len() / 2] ^= 1;
    let refused = checked(&site, &path, &altered).await;
    assert_eq!(refused.status, 422);
    assert!(refused.main().contains("not what was signed"), "{}", refused.main());
    assert_eq!(checked(&site, &path, b"").await.status, 422);
    let large = checked(&site, "/proof", &vec![b'a'; 11 * 1024 * 1024]).await;
    assert_eq!(large.status, 413);
    assert!(large.main().contains("larger than 10 MB"), "{}", large.main());
    let second = camille.get("/me/proof.pdf?from=2026-11-18&to=2026-11-18").await;
    let second = checked(&site, &path, &second.bytes).await;
    assert!(second.main().contains("another one"), "{}", second.main());
    assert!(site.get("/proof/key").await.body.contains(key().public()));

    // It goes with the account, and can still be checked.
    let reason = domain::account::ClosingReason::Owner;
    site.commands.accounts().close(camille.account.id, reason, &cause()).await.unwrap();
    assert_eq!(site.get(&path).await.status, 404);
    assert_eq!(checked(&site, "/proof", &pdf).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_is_counted_and_never_proven_also_once_it_is_withdrawn() {
    let site = signing().await;
    let mut ids = vec![];
    for (nth, comes_back, is_withdrawn) in [(1, false, true), (2, true, true), (3, true, false)] {
        let application = sent(&site, "camille@example.org").await;
        let id = application.to_string();
        let message_id: domain::Line<255> = examples::valid(&format!("m{nth}@postulo.example"));
        let left = RecordSentToEmployer { message_id: message_id.clone(), at: minutes(1) };
        site.commands.perform(&id, &left, &cause()).await.unwrap();
        if comes_back {
            let cause_told = domain::Personal::new(examples::valid("no such mailbox"));
            let (permanent, fault) = (true, Fault::Address);
            let report = Report::Bounced { permanent, fault, cause: cause_told };
            let back = RecordReport { message_id, report, at: minutes(2) };
            site.commands.perform(&id, &back, &cause()).await.unwrap();
        }
        if is_withdrawn {
            let withdraw = Withdraw { reason: None, at: minutes(3) };
            site.commands.perform(&id, &withdraw, &cause()).await.unwrap();
        }
        ids.push(id);
    }
    site.caught_up().await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let pdf = camille.get("/me/proof.pdf").await;
    assert_eq!(pdf.status, 200, "{}", pdf.body);
    let told: Value = serde_json::from_slice(&attached(&pdf.bytes)).unwrap();
    let proven = told["list"]["proven"].as_array().unwrap();
    assert_eq!(proven.len(), 1, "{told}");
    assert_eq!(proven[0]["application"], ids[0]);
    assert_eq!(told["list"]["not_delivered"], 2);
}

/// Two to this power more of the only application that was sent, as far as lists show it.
pub(super) async fn multiplied(site: &Site, doublings: u32) {
    let columns = TABLE.plain().map(|column| column.name).filter(|name| *name != "id");
    let columns = columns.collect::<Vec<_>>().join(", ");
    let add = async |id: &str, of: &str| {
        let sql = format!(
            "INSERT INTO applications (id, {columns}) SELECT {id}, {columns} FROM applications {of}"
        );
        site.commands.log().db().execute(&sql, args![]).await.unwrap();
    };
    add("'00000000-0000-7000-8000-000000000000'", "").await;
    for doubling in 0..doublings {
        let nth =
            format!("1000000000000 + CAST(substr(id, 25) AS BIGINT) + {}", 2_u64.pow(doubling));
        let id = format!("substr(id, 1, 24) || substr(CAST({nth} AS TEXT), 2)");
        add(&id, "WHERE id LIKE '00000000-%'").await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn however_much_came_later_a_time_has_its_list_and_all_of_it_is_exported(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = signing_on(engine).await;
    sent(&site, "camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    for date in ["2026-08-31", "2026-09-01", "2026-09-30T23:30:00-11:00", "2026-10-01"] {
        let body = json!({ "company": date, "position": "Dev", "application_date": date });
        assert_eq!(camille.post("/applications", body).await.status, 201);
    }
    multiplied(&site, 14).await;
    let sheet = camille.get("/me/export.csv").await;
    assert_eq!(sheet.body.lines().count(), 1 + 4 + 1 + (1 << 14));
    assert!(sheet.body.contains("2026-08-31"), "the oldest");
    let pdf = camille.get("/me/proof.pdf?from=2026-09-01&to=2026-09-30").await;
    assert_eq!(pdf.status, 200, "{}", pdf.body);
    let told: Value = serde_json::from_slice(&attached(&pdf.bytes)).unwrap();
    let declared = told["list"]["declared"].as_array().unwrap();
    let companies: Vec<_> = declared.iter().map(|it| it["company"].clone()).collect();
    assert_eq!(companies, ["2026-09-01", "2026-09-30T23:30:00-11:00"], "oldest first");
    assert!(detail(&camille.get("/me/proof.pdf").await, 422).contains("trop de candidatures"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_signed_before_the_key_was_changed_is_still_checked() {
    let site = signing().await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let typed = json!({ "company": "Brume", "position": "Dev", "application_date": "2026-11-19" });
    assert_eq!(camille.post("/applications", typed).await.status, 201);
    let list = camille.get("/me/proof.pdf").await;
    assert_eq!(list.status, 200, "{}", list.body);
    let changed = Signer::from(TreeKey::from_seed("postulo.example/log", &[8; 32]).unwrap());
    let public = changed.key.public().to_owned();
    let knowing = Signer { earlier: Some(key().verifier()), ..changed.clone() };
    for (signer, status, keys) in [
        (changed, 422, format!("{public}\n")),
        (knowing, 200, format!("{public}\n{}\n", key().public())),
    ] {
        let site = Fixture::new(Engine::Sqlite).await.http().signed_by(signer);
        let site = site.routes(space::routes);
        let answer = checked(&site, "/proof", &list.bytes).await;
        assert_eq!(answer.status, status, "{}", answer.main());
        assert_eq!(site.get("/proof/key").await.body, keys);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_is_refused_in_a_sentence() {
    let site = signing().await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    assert!(detail(&camille.get("/me/proof.pdf").await, 422).contains("aucune candidature"));
    let path = "/me/proof.pdf?from=2026-11-19&to=2026-11-18";
    assert!(detail(&camille.get(path).await, 422).contains("précède"));
    assert!(detail(&camille.get("/me/proof.pdf?from=hier").await, 422).contains("AAAA-MM-JJ"));
    let sent_on = site.get("/me/proof.pdf?from=2026-11-19").await;
    assert_eq!(sent_on.location(), "/me/proof?from=2026-11-19", "to the page that makes it");
    let unsigned = site_without_key().await;
    let camille = Person::confirmed(&unsigned, "camille@example.org").await;
    assert!(detail(&camille.get("/me/proof.pdf").await, 404).contains("ne signe rien"));
    assert_eq!(unsigned.get("/proof").await.status, 200);
}

async fn site_without_key() -> Site {
    site(Engine::Sqlite).await
}
