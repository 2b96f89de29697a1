use domain::offer::{Contract, OfferContent, PayPeriod, Remote, WorkingTime};
use integrations::collect::{
    CollectError, CollectOptions, FranceTravailKey, Known, Posting, SourceKind,
};

use crate::site::{Site, all, collected, collectors, html, offer_page, posting, status};

fn content(posting: &Posting) -> OfferContent {
    posting.draft.clone().read().unwrap()
}

fn text(content: &OfferContent) -> &str {
    content.description.as_ref().unwrap().as_html()
}

#[tokio::test]
async fn a_board_of_greenhouse_is_read() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/v1/boards/acme/jobs?content=true" => html(
            r#"{"jobs":[
                {"id":1,"internal_job_id":11,"title":"Engineer","company_name":"Acme","location":{"name":"Remote; Paris"},
                 "absolute_url":"https://acme.example/1?gh_jid=1","content":"&lt;p&gt;Write &amp;amp; test&lt;/p&gt;",
                 "first_published":"2026-11-20T10:00:00-05:00","updated_at":"2026-11-21T10:00:00-05:00"},
                {"id":2,"internal_job_id":null,"title":"Talk to us","location":null,"absolute_url":"https://acme.example/2"},
                {"id":3,"internal_job_id":13,"title":" "},
                {"title":"no id"}],"meta":{"total":4}}"#,
        ),
        _ => status(404),
    })
    .await;
    let (postings, is_complete) = collected(&site, SourceKind::Greenhouse, "acme").await;
    assert_eq!((postings.len(), is_complete), (1, false), "what could not be read is not gone");
    let content = content(&postings[0]);
    assert_eq!((postings[0].external_id.as_str(), content.title.as_str()), ("1", "Engineer"));
    assert_eq!(text(&content), "<p>Write &amp; test</p>");
    assert_eq!((content.places.len(), content.remote), (2, Some(Remote::Full)));
    assert_eq!(content.posted_at, Some("2026-11-20T15:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn a_board_of_lever_is_read_a_hundred_at_a_time() {
    let site = Site::start(|seen| {
        let one = |nth: usize| {
            format!(
                r#"{{"id":"id-{nth}","text":"Poste {nth}","categories":{{"location":"Lyon","allLocations":["Lyon","Nantes"],"commitment":"CDI"}},
                 "country":"FR","description":"<div>Bonjour</div>","lists":[{{"text":"Missions","content":"<li>Coder</li>"}}],
                 "additional":"<p>Merci</p>","hostedUrl":"https://jobs.lever.co/acme/{nth}","workplaceType":"hybrid","createdAt":1764000000000,
                 "salaryRange":{{"currency":"EUR","interval":"per-year-salary","min":40000,"max":50000}}}}"#
            )
        };
        let list = |numbers: std::ops::Range<usize>| format!("[{}]", numbers.map(one).collect::<Vec<_>>().join(","));
        match seen.path.as_str() {
            "/v0/postings/acme?mode=json&limit=100&skip=0" => html(list(0..100)),
            "/v0/postings/acme?mode=json&limit=100&skip=100" => html(list(100..130)),
            _ => status(404),
        }
    })
    .await;
    let (postings, is_complete) =
        collected(&site, SourceKind::Lever, "https://jobs.lever.co/acme").await;
    assert_eq!((postings.len(), is_complete), (130, true));
    let content = content(&postings[129]);
    assert!(
        text(&content).contains("<li>Coder</li>") && text(&content).contains("Merci"),
        "{}",
        text(&content)
    );
    assert_eq!(
        (content.contract, content.remote),
        (Some(Contract::Permanent), Some(Remote::Hybrid))
    );
    assert_eq!(
        (content.places.len(), content.places[0].country.as_ref().unwrap().as_str()),
        (2, "FR")
    );
    let salary = content.salary.unwrap();
    assert_eq!((salary.period(), salary.yearly()), (PayPeriod::Year, (40_000, 50_000)));
}

#[tokio::test]
async fn a_board_of_ashby_is_read_without_what_it_does_not_list() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/posting-api/job-board/acme?includeCompensation=true" => html(
            r#"{"apiVersion":"1","jobs":[
                {"id":"a","title":"Designer","isListed":true,"employmentType":"FullTime","location":"Berlin",
                 "secondaryLocations":[{"location":"Paris"}],"isRemote":true,"publishedAt":"2026-11-20T10:00:00.000+00:00",
                 "jobUrl":"https://jobs.ashbyhq.com/acme/a","applyUrl":"https://jobs.ashbyhq.com/acme/a/application",
                 "descriptionHtml":"<p>Draw</p>","compensation":{"compensationTierSummary":"€60K – €80K • Offers Equity"}},
                {"id":"b","title":"Hidden","isListed":false}]}"#,
        ),
        _ => status(404),
    })
    .await;
    let (postings, is_complete) = collected(&site, SourceKind::Ashby, "acme").await;
    assert_eq!((postings.len(), is_complete), (1, true));
    let content = content(&postings[0]);
    assert_eq!((content.places.len(), content.remote), (2, Some(Remote::Full)));
    assert_eq!(content.working_time, Some(WorkingTime::FullTime));
    assert_eq!(content.salary.unwrap().yearly(), (60_000, 80_000));
}

#[tokio::test]
async fn a_board_of_smart_recruiters_is_read_offer_by_offer() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/v1/companies/acme/postings?limit=100&offset=0" => {
            html(r#"{"offset":0,"limit":100,"totalFound":4,"content":[{"id":"1"},{"id":"2"},{"id":"3"}]}"#)
        }
        "/v1/companies/acme/postings?limit=100&offset=3" => {
            html(r#"{"offset":3,"limit":100,"totalFound":4,"content":[{"id":"1"}]}"#)
        }
        "/v1/companies/acme/postings/1" => html(
            r#"{"id":"1","name":"Vendeuse","company":{"name":"Acme SA"},"location":{"city":"Lille","postalCode":"59000","country":"fr","remote":false},
                "typeOfEmployment":{"label":"Part-time"},"releasedDate":"2026-11-20T10:00:00.000Z","postingUrl":"https://jobs.smartrecruiters.com/acme/1",
                "jobAd":{"sections":{"jobDescription":{"title":"Le poste","text":"<p>Vendre</p>"},"qualifications":{"title":"Profil","text":""}}}}"#,
        ),
        "/v1/companies/acme/postings/2" => status(500),
        _ => status(404),
    })
    .await;
    let (postings, is_complete) = collected(&site, SourceKind::SmartRecruiters, "acme").await;
    assert_eq!((postings.len(), is_complete), (1, false), "one of the list was not to be had");
    let content = content(&postings[0]);
    assert_eq!((content.company.as_str(), content.city().as_str()), ("Acme SA", "Lille"));
    assert_eq!(content.working_time, Some(WorkingTime::PartTime));
    assert!(
        text(&content).contains("Vendre") && !text(&content).contains("Profil"),
        "{}",
        text(&content)
    );
}

fn france_travail() -> CollectOptions {
    let key = FranceTravailKey { id: "id-1".to_owned(), secret: "s3cret".to_owned() };
    CollectOptions { france_travail: Some(key), ..CollectOptions::default() }
}

#[tokio::test]
async fn france_travail_is_searched_with_its_credentials() {
    let site = Site::start(|seen| {
        let is_token = seen.path.starts_with("/connexion/oauth2/access_token?realm=%2Fpartenaire");
        let opened = seen.headers.get("authorization").is_some_and(|it| it == "Bearer tok");
        if is_token && seen.body.contains("client_secret=s3cret") && seen.body.contains("api_offresdemploiv2") {
            html(r#"{"access_token":"tok","expires_in":1499,"token_type":"Bearer"}"#)
        } else if !opened {
            status(401)
        } else if seen.path.contains("range=0-149") && seen.path.contains("motsCles=boulanger+nantes") {
            let one = |nth: usize| {
                format!(
                    r#"{{"id":"{nth}","intitule":"Boulanger / Boulangère (H/F)","description":"Du pain.\n\nTous les jours.","dateCreation":"2026-11-20T10:00:00.000Z",
                    "lieuTravail":{{"libelle":"44 - Nantes","codePostal":"44000","commune":"44109"}},"entreprise":{{"nom":"Fournil {nth}"}},"typeContrat":"CDD",
                    "typeContratLibelle":"CDD - 6 Mois","salaire":{{"libelle":"Mensuel de 2200.0 Euros sur 12.0 mois"}},"competences":[{{"libelle":"Pétrir"}}]}}"#
                )
            };
            let all: Vec<_> = (0..150).map(one).collect();
            axum::response::Response::builder()
                .status(206)
                .header("content-range", "offres 0-149/152")
                .body(format!(r#"{{"resultats":[{}]}}"#, all.join(",")).into())
                .unwrap()
        } else {
            html(r#"{"resultats":[{"id":"150"},{"id":"151","intitule":"Sans rien"}]}"#)
        }
    })
    .await;
    let collectors = collectors(&site, france_travail());
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    let mut collector =
        collectors.begin(SourceKind::FranceTravail, "boulanger nantes", now).unwrap();
    let (postings, _) = all(collector.as_mut(), &Known::new()).await;
    assert_eq!((postings.len(), collector.is_complete()), (151, false));
    let content = content(&postings[0]);
    assert_eq!((content.city().as_str(), content.contract), ("Nantes", Some(Contract::FixedTerm)));
    assert_eq!(content.salary.unwrap().yearly(), (26_400, 26_400));
    assert_eq!(content.url.unwrap().site(), "candidat.francetravail.fr");
    assert_eq!(site.seen().len(), 3, "the token is asked for once");
    let wrong = Site::start(|_| status(401)).await;
    let collectors = crate::site::collectors(&wrong, france_travail());
    let mut collector = collectors.begin(SourceKind::FranceTravail, "x", now).unwrap();
    assert_eq!(
        collector.next(&Known::new()).await.unwrap_err(),
        CollectError::Key("France Travail")
    );
}

#[tokio::test]
async fn a_sentence_is_searched_on_the_web_and_what_is_found_is_read_like_any_page() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => html("User-agent: *\nDisallow: /closed"),
        "/search" if seen.headers["authorization"] == "Bearer tvly-1" && seen.body.contains("boulanger") => {
            let host = seen.headers["host"].to_str().unwrap();
            html(format!(
                r#"{{"query":"q","results":[{{"title":"a","url":"http://{host}/open","content":"x","score":0.9}},
                   {{"title":"b","url":"http://{host}/closed","content":"x","score":0.8}},
                   {{"title":"c","url":"http://{host}/closed/2"}},{{"title":"d","url":"http://{host}/closed/3"}},
                   {{"title":"e","url":"http://{host}/closed/4"}},{{"title":"f","url":"http://{host}/closed/5"}}],"response_time":1}}"#
            ))
        }
        "/open" => html(offer_page(&posting("Boulanger"))),
        "/search" => status(432),
        _ => html("secret"),
    })
    .await;
    let with =
        |key: &str| CollectOptions { tavily: Some(key.to_owned()), ..CollectOptions::default() };
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    let searching = collectors(&site, with("tvly-1"));
    let mut collector = searching.begin(SourceKind::Search, "boulanger à Nantes", now).unwrap();
    let (postings, _) = all(collector.as_mut(), &Known::new()).await;
    assert_eq!((postings.len(), collector.is_complete()), (1, false));
    assert!(!site.paths().contains(&"/closed".to_owned()));
    let poor = collectors(&site, with("tvly-2"));
    let mut collector = poor.begin(SourceKind::Search, "boulanger", now).unwrap();
    assert_eq!(collector.next(&Known::new()).await.unwrap_err(), CollectError::Quota("Tavily"));
}
