use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::Response;
use domain::Language;
use domain::offer::{DescriptionPart, OfferDescription};
use integrations::describe::{DescribeError, Described};
use integrations::fetch::FetchError;
use integrations::model::{Model, ModelError, ModelKind};
use integrations::{Describer, Fetcher};
use serde_json::{Value, json};

use crate::site::{Site, fetcher, html, offer_page, redirect, status};

const OFFER: &str = "<h2>Missions</h2><p>Développer en Rust à Nantes, pour 42 000 € par an, dès janvier 2027.</p>\
                     <h2>Profil</h2><p>3 ans d’expérience. Écrire à jeanne.dupont@acme.example ou au 02 40 12 34 56.</p>";

fn four(summary: &str, missions: &str, skills: &str, further: &str) -> String {
    json!({"summary": summary, "missions": missions, "skills": skills, "further_information": further}).to_string()
}

/// A model that gives these answers, one after another, and the last again.
async fn model(answers: &[&str]) -> (Site, Model) {
    let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let site = Site::start(move |_| {
        let nth = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let answer = json!({"choices": [{"finish_reason": "stop", "message": {"content": answers[nth], "refusal": null}}]});
        html(answer.to_string())
    })
    .await;
    let model = Model::new(ModelKind::OpenAi, &site.url, Some("key-1"), "test-model").unwrap();
    (site, model)
}

async fn described(model: Model) -> Described {
    let site = Site::start(|_| status(404)).await;
    let describer = Describer::new(&fetcher(&[&site]).0, Some(model));
    describer.of_html(OFFER, Language::Fr).await.unwrap()
}

fn told(description: &OfferDescription) -> [Option<&str>; 4] {
    let OfferDescription { summary, missions, skills, further, .. } = description;
    [summary, missions, skills, further].map(|part| part.as_ref().map(DescriptionPart::as_str))
}

#[tokio::test]
async fn a_model_writes_the_parts_and_is_named_and_reads_nobodys_address() {
    let (site, model) = model(&[&four(
        "Un poste de développeur.",
        "- Développer en Rust",
        "3 ans",
        "À Nantes, 42 000 €",
    )])
    .await;
    let Described { description, without_model } = described(model).await;
    assert_eq!(without_model, None);
    assert_eq!(
        told(&description),
        [
            Some("Un poste de développeur."),
            Some("- Développer en Rust"),
            Some("3 ans"),
            Some("À Nantes, 42 000 €")
        ]
    );
    assert_eq!(description.model.as_ref().unwrap().as_str(), "test-model");
    let asked = &site.seen()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.headers["authorization"], "Bearer key-1");
    assert!(asked.body.contains("json_schema") && asked.body.contains("Nantes"));
    for personal in ["dupont", "02 40", "40 12"] {
        assert!(!asked.body.contains(personal), "{}", asked.body);
    }
}

#[tokio::test]
async fn a_part_that_the_page_does_not_bear_out_is_dropped() {
    let invented = four(
        "Un poste à Lyon.",
        "Développer en Rust",
        "5 ans d’expérience",
        "Dès mars 2027, 48 000 €.",
    );
    let (_site, model) = model(&[&invented]).await;
    let Described { description, .. } = described(model).await;
    assert_eq!(told(&description), [None, Some("Développer en Rust"), None, None]);
}

#[rstest::rstest]
#[case::prose("Voici l’offre : un poste de développeur.")]
#[case::half("{\"summary\": \"Un poste\", \"missions\": \"Dév")]
#[case::other("{\"answer\": 42}")]
#[tokio::test]
async fn a_model_that_answers_something_else_is_told_once(#[case] first: &str) {
    let (site, model) = model(&[first, &four("", "Développer en Rust", "", "")]).await;
    let Described { description, without_model } = described(model).await;
    assert_eq!((told(&description)[1], without_model), (Some("Développer en Rust"), None));
    let second: Value = serde_json::from_str(&site.seen()[1].body).unwrap();
    let said: Vec<_> = second["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["role"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["system", "user", "assistant", "user"]);
}

#[tokio::test]
async fn a_model_that_never_does_as_it_is_asked_leaves_the_parts_to_the_headings() {
    let (site, model) = model(&["I am a helpful assistant."]).await;
    let Described { description, without_model } = described(model).await;
    assert_eq!(site.seen().len(), 2);
    let error = without_model.unwrap();
    assert!(matches!(error, ModelError::Unusable(_)) && !error.passes(), "{error}");
    assert_eq!(description.model, None);
    let [summary, missions, skills, _] = told(&description);
    assert_eq!(summary, None);
    assert!(missions.unwrap().starts_with("Développer en Rust"), "{missions:?}");
    assert!(skills.unwrap().starts_with("3 ans"), "{skills:?}");
}

#[tokio::test]
async fn a_model_that_invents_all_of_it_wrote_nothing() {
    let (_site, model) = model(&[&four("À Lyon.", "50 000 €", "", "")]).await;
    let Described { description, without_model } = described(model).await;
    assert!(matches!(without_model, Some(ModelError::Unusable(_))));
    assert_eq!(description.model, None);
}

#[rstest::rstest]
#[case::refusal(
    200,
    r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"no"}}]}"#,
    false
)]
#[case::key(401, "{}", false)]
#[case::unknown_model(404, "{}", false)]
#[case::busy(429, "{}", true)]
#[case::unwell(500, "{}", true)]
#[tokio::test]
async fn why_a_model_did_not_answer_says_whether_it_is_asked_again(
    #[case] answered: u16,
    #[case] body: &'static str,
    #[case] passes: bool,
) {
    let site =
        Site::start(move |_| Response::builder().status(answered).body(body.into()).unwrap()).await;
    let model = Model::new(ModelKind::OpenAi, &site.url, None, "m").unwrap();
    let Described { description, without_model } = described(model).await;
    assert_eq!(without_model.unwrap().passes(), passes);
    assert!(told(&description)[1].is_some(), "the headings part it meanwhile");
}

#[tokio::test]
async fn anthropics_messages_are_spoken_as_well() {
    let site = Site::start(|seen| {
        assert_eq!(seen.headers["x-api-key"], "key-1");
        assert_eq!(seen.headers["anthropic-version"], "2023-06-01");
        let text = four("", "Développer en Rust", "", "");
        html(
            json!({"content": [{"type": "text", "text": text}], "stop_reason": "end_turn"})
                .to_string(),
        )
    })
    .await;
    let model = Model::new(ModelKind::Anthropic, &site.url, Some("key-1"), "m").unwrap();
    let Described { description, .. } = described(model).await;
    assert_eq!(told(&description)[1], Some("Développer en Rust"));
    assert_eq!(site.seen()[0].path, "/v1/messages");
}

#[tokio::test]
async fn a_page_is_described_by_its_data_and_else_by_its_text() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => html("User-agent: *\nDisallow: /closed"),
        "/data" => html(offer_page(&json!({"@type": "JobPosting", "title": "x", "description": OFFER}).to_string())),
        "/text" => html(format!("<nav>Accueil</nav><main><h1>Développeur</h1>{OFFER}</main><footer>Mentions légales</footer>")),
        "/empty" => html("<main><div id='app'></div></main>"),
        _ => status(404),
    })
    .await;
    let pages: Arc<Fetcher> = fetcher(&[&site]).0;
    let describer = Describer::new(&pages, None);
    for path in ["/data", "/text"] {
        let Described { description, .. } =
            describer.of_page(&site.at(path), Language::En).await.unwrap();
        let [_, missions, skills, further] = told(&description);
        assert!(missions.unwrap().starts_with("Développer en Rust"), "{path}: {missions:?}");
        assert!(skills.unwrap().starts_with("3 ans"), "{path}");
        assert_eq!((further, description.language), (None, Language::Fr), "{path}");
    }
    let error = describer.of_page(&site.at("/empty"), Language::Fr).await.unwrap_err();
    assert_eq!(error, DescribeError::NoText);
    let error = describer.of_page(&site.at("/closed"), Language::Fr).await.unwrap_err();
    assert!(matches!(error, DescribeError::Fetch(FetchError::Forbidden { .. })), "{error}");
}

#[tokio::test]
async fn a_site_that_asks_for_patience_or_takes_long_keeps_nobody_waiting() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => html("User-agent: *\nCrawl-delay: 30"),
        "/busy" => Response::builder()
            .status(503)
            .header("retry-after", "50")
            .body(axum::body::Body::empty())
            .unwrap(),
        path => redirect(&format!("/{}", path.len())),
    })
    .await;
    let (pages, waits) = fetcher(&[&site]);
    let describer = Describer::new(&pages, None);
    let error = describer.of_page(&site.at("/busy"), Language::Fr).await.unwrap_err();
    let busy = FetchError::Busy { status: 503, after: Some(Duration::from_secs(50)) };
    assert_eq!(error, DescribeError::Fetch(busy));
    assert_eq!(site.paths(), ["/busy"]);
    let error = describer.of_page(&site.at("/on"), Language::Fr).await.unwrap_err();
    assert!(error.passes() && !matches!(error, DescribeError::Fetch(FetchError::Busy { .. })));
    assert!(site.paths().len() < 6, "{:?}", site.paths());
    assert!(waits.waited().iter().all(|wait| wait.as_secs() <= 90), "{:?}", waits.waited());
}
