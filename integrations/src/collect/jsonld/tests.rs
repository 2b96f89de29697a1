use domain::offer::{Contract, Remote, WorkingTime};

use super::*;

const PAGE: &str = "https://jobs.example/offres?page=1";

fn on(data: &[&str]) -> OnPage {
    let scripts =
        data.iter().map(|data| format!("<script type='application/ld+json'>{data}</script>"));
    let page = format!("<html><head>{}</head><body></body></html>", scripts.collect::<String>());
    read(&page, &PAGE.parse().unwrap())
}

fn titles(found: &OnPage) -> Vec<&str> {
    found.postings.iter().map(|posting| posting.draft.title.as_str()).collect()
}

#[test]
fn an_offer_is_read_with_all_that_it_says() {
    let found = on(&[r#"{
        "@context": "https://schema.org", "@type": "JobPosting",
        "title": "Développeur&nbsp;Rust &amp; Go (H/F)",
        "description": "&lt;p&gt;Vous &lt;b&gt;codez&lt;/b&gt;.&lt;/p&gt;",
        "datePosted": "2026-11-20", "validThrough": "2026-12-20",
        "identifier": {"@type": "PropertyValue", "name": "Acme", "value": 4711},
        "hiringOrganization": {"@type": "Organization", "name": "Acme &amp; fils"},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Nantes",
            "postalCode": "44000", "addressCountry": "FR"}},
        "jobLocationType": "TELECOMMUTE", "employmentType": ["FULL_TIME", "CDI"],
        "baseSalary": {"@type": "MonetaryAmount", "currency": "EUR",
            "value": {"@type": "QuantitativeValue", "minValue": 42000, "maxValue": "48 000,50", "unitText": "YEAR"}},
        "skills": "Rust, SQL ; Linux", "url": "/offres/4711"
    }"#]);
    let Posting { external_id, draft } = &found.postings[0];
    assert_eq!(external_id, "jobs.example 4711");
    assert_eq!(draft.title, "Développeur Rust & Go (H/F)");
    assert_eq!(draft.company, "Acme & fils");
    assert_eq!(draft.url, "https://jobs.example/offres/4711");
    assert_eq!(draft.source_url, PAGE);
    let content = draft.clone().read().unwrap();
    assert_eq!(content.description.unwrap().as_html(), "<p>Vous <b>codez</b>.</p>");
    let place = &content.places[0];
    assert_eq!(
        (place.text.as_str(), place.postal_code.as_ref().unwrap().as_str()),
        ("Nantes", "44000")
    );
    assert_eq!(content.remote, Some(Remote::Full));
    assert_eq!(content.contract, Some(Contract::Permanent));
    assert_eq!(content.working_time, Some(WorkingTime::FullTime));
    let salary = content.salary.unwrap();
    assert_eq!((salary.min_cents(), salary.max_cents()), (Some(4_200_000), Some(4_800_050)));
    assert_eq!(draft.skills, ["Rust", "SQL", "Linux"]);
    assert_eq!(draft.posted_at, Some("2026-11-19T23:00:00Z".parse().unwrap()));
    assert_eq!(draft.valid_through, Some("2026-12-20T22:59:59Z".parse().unwrap()));
}

#[rstest::rstest]
#[case::graph(&[r#"{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": "JobPosting", "title": "A"}]}"#], &["A"])]
#[case::array(&[r#"[{"@type": "JobPosting", "title": "A", "url": "/a"}, {"@type": ["Thing", "JobPosting"], "title": "B", "url": "/b"}]"#], &["A", "B"])]
#[case::blocks(&[r#"{"@type": "JobPosting", "title": "A", "url": "/a"}"#, r#"{"@type": "https://schema.org/JobPosting", "title": "B", "url": "/b"}"#], &["A", "B"])]
#[case::within(&[r#"{"@type": "WebPage", "mainEntity": {"@type": "schema:JobPosting", "title": "A"}}"#], &["A"])]
#[case::broken_lines(&["{\"@type\": \"JobPosting\", \"title\": \"A\",\n \"description\": \"one\ntwo\tthree\"}"], &["A"])]
#[case::comment(&[r#"<!-- {"@type": "JobPosting", "title": "A"} -->"#], &["A"])]
#[case::same_twice(&[r#"[{"@type": "JobPosting", "title": "A", "url": "/a"}, {"@type": "JobPosting", "title": "A", "url": "/a"}]"#], &["A"])]
fn offers_are_found_wherever_a_page_has_them(#[case] data: &[&str], #[case] found: &[&str]) {
    assert_eq!(titles(&on(data)), found);
}

#[test]
fn what_is_no_json_is_left_out_with_its_reason_and_the_rest_is_read() {
    let found = on(&[
        "{\"@type\": \"JobPosting\", \"title\": \"Secret",
        r#"{"@type": "JobPosting", "title": "A"}"#,
        r#"{"@type": "JobPosting"}"#,
    ]);
    assert_eq!(titles(&found), ["A"]);
    let why: Vec<_> = found.left_out.iter().map(|it| it.why.as_str()).collect();
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(why[0].contains("block 1") && why[0].contains("breaks off"), "{why:?}");
    assert!(!why.concat().contains("Secret"), "{why:?}");
}

#[test]
fn two_offers_on_a_page_stay_two_with_an_address_each() {
    let found = on(&[r#"{"@graph": [
        {"@type": "JobPosting", "title": "Chef", "jobLocation": {"address": "Lyon"}},
        {"@type": "JobPosting", "title": "Serveur", "jobLocation": {"address": "Lyon"}},
        {"@type": "JobPosting", "title": "Chef", "jobLocation": {"address": "Paris"}}]}"#]);
    let (mut ids, mut urls): (Vec<_>, Vec<_>) =
        found.postings.iter().map(|it| (it.external_id.clone(), it.draft.url.clone())).unzip();
    ids.dedup();
    urls.dedup();
    assert_eq!((ids.len(), urls.len()), (3, 3), "{ids:?} {urls:?}");
    assert!(urls.iter().all(|url| url.starts_with(PAGE)), "{urls:?}");
}

#[rstest::rstest]
#[case("https://jobs.example/offres/1", "https://jobs.example/offres/1")]
#[case("https://www.jobs.example/offres/1", "https://www.jobs.example/offres/1")]
#[case("https://other.example/offres/1", PAGE)]
#[case("https://example/offres/1", PAGE)]
#[case("https://jobs.example:8443/offres/1", PAGE)]
#[case("//other.example/offres/1", PAGE)]
fn a_page_speaks_for_no_other_site(#[case] told: &str, #[case] url: &str) {
    for field in ["url", "@id", "sameAs", "mainEntityOfPage"] {
        let data = format!(r#"{{"@type": "JobPosting", "title": "A", "{field}": "{told}"}}"#);
        let Posting { external_id, draft } = on(&[&data]).postings.remove(0);
        assert_eq!((external_id.as_str(), draft.url.as_str()), (url, url), "{field}");
    }
}

#[test]
fn what_two_sites_call_the_same_is_two_offers() {
    let data = r#"{"@type": "JobPosting", "title": "A", "identifier": {"value": 1}}"#;
    let page = format!("<script type='application/ld+json'>{data}</script>");
    let id = |url: &str| read(&page, &url.parse().unwrap()).postings.remove(0).external_id;
    assert_eq!(id("https://www.jobs.example/1"), id("https://jobs.example/fr/1"));
    assert_ne!(id("https://jobs.example/1"), id("https://other.example/1"));
    assert_ne!(id("https://jobs.example/1"), id("https://jobs.example:8443/1"));
}

#[test]
fn an_identifier_that_is_the_companys_for_all_its_offers_parts_none_of_them() {
    let found = on(&[
        r#"[{"@type": "JobPosting", "title": "A", "identifier": "acme"}, {"@type": "JobPosting", "title": "B", "identifier": "acme"}]"#,
    ]);
    assert_eq!(titles(&found), ["A", "B"]);
}

#[rstest::rstest]
#[case(r#""35 000 - 45 000 € par an""#, Some((35_000, 45_000)))]
#[case(r#"{"currency": "EUR", "value": "35k-45k par an"}"#, Some((35_000, 45_000)))]
#[case(r#"{"currency": "EUR", "value": 2500}"#, Some((30_000, 30_000)))]
#[case(r#"[{"currency": "EUR", "value": {"value": "12.50", "unitText": "HOUR"}}]"#, Some((22_750, 22_750)))]
#[case(r#"{"@type": "PriceSpecification", "priceCurrency": "EUR", "price": 30000, "unitText": "YEAR"}"#, Some((30_000, 30_000)))]
#[case(r#""Selon profil""#, None)]
#[case(r#"{"currency": "EUR", "value": {"minValue": -5, "maxValue": 1e300}}"#, None)]
fn salaries_are_read_as_sites_write_them(#[case] salary: &str, #[case] told: Option<(u64, u64)>) {
    let found = on(&[&format!(
        r#"{{"@type": "JobPosting", "title": "A", "hiringOrganization": "Acme", "baseSalary": {salary}}}"#
    )]);
    let content = found.postings[0].draft.clone().read().unwrap();
    assert_eq!(content.salary.map(|it| it.yearly()), told);
}

#[test]
fn the_pages_of_a_list_are_found() {
    let found = on(&[r#"{"@type": "ItemList", "itemListElement": [
        {"@type": "ListItem", "position": 1, "url": "/offres/1"},
        {"@type": "ListItem", "position": 2, "item": {"@id": "https://jobs.example/offres/2"}}]}"#]);
    let listed: Vec<_> = found.listed.iter().map(Url::as_str).collect();
    assert_eq!(listed, ["https://jobs.example/offres/1", "https://jobs.example/offres/2"]);
}

#[test]
fn a_page_of_thousands_of_offers_is_read_as_far_as_it_may_be() {
    let offer = |nth| format!(r#"{{"@type":"JobPosting","title":"{nth}","identifier":"1"}}"#);
    let of = |many: usize| format!("[{}]", (0..many).map(offer).collect::<Vec<_>>().join(","));
    let found = on(&[&of(OFFERS)]);
    assert_eq!((found.postings.len(), found.left_out.len(), found.is_part), (OFFERS, 0, false));
    let found = on(&[&of(OFFERS + 1), &of(3_000)]);
    assert_eq!((found.postings.len(), found.left_out.len(), found.is_part), (OFFERS, 1, true));
    // More than memory is for is not even read.
    let found = on(&[&of(50_000), &of(1)]);
    assert_eq!(titles(&found), ["0"]);
    assert!(found.left_out[0].why.contains("block 1"), "{:?}", found.left_out);
}
