use domain::permit::DossierState;
use domain::permit::FieldKey;

use super::*;

/// As the service tells one.
fn node() -> Value {
    serde_json::from_str(
        r#"{"__typename":"Dossier","id":"RG9zc2llci00NDk1MA==","number":44950,"state":"accepte","archived":false,
        "dateDepot":"2026-10-01T10:00:00+02:00","dateTraitement":"2026-10-05T11:00:00+02:00",
        "dateDerniereModification":"2026-10-05T11:00:00+02:00","usager":{"email":"camille@example.org"},
        "instructeurs":[{"id":"2","email":"b@prefecture.example"},{"id":"1","email":"a@prefecture.example"}],
        "demandeur":{"__typename":"PersonneMorale","siret":"73282932000074","entreprise":{"siren":"732829320","raisonSociale":"Thales"}},
        "champs":[{"__typename":"DateChamp","id":"Q2hhbXAtMQ==","champDescriptorId":"Q2hhbXAtMQ==",
          "label":"Date de naissance","stringValue":"20 décembre 1978","date":"1978-12-20"},
          {"__typename":"TextChamp","id":"Q2hhbXAtMw==","label":"e-mail","stringValue":"Camille.Martin@example.org"}],
        "annotations":[{"__typename":"DateChamp","id":"Q2hhbXAtMg==","label":"Date de fin APT","stringValue":"10 mai 2027","date":"2027-05-10"}]}"#,
    )
    .unwrap()
}

#[test]
fn a_dossier_is_read_as_the_service_tells_it() {
    let dossier = whole(&node(), 3272, FieldMap::own()).unwrap();
    assert_eq!((dossier.procedure, dossier.number), (3272, 44950));
    assert_eq!(dossier.state, DossierState::Closed);
    assert_eq!(dossier.dates.created_at.to_string(), "2026-10-01T08:00:00Z");
    assert_eq!(dossier.dates.processed_at.unwrap().to_string(), "2026-10-05T09:00:00Z");
    assert_eq!(dossier.valid_to().unwrap().to_string(), "2027-05-10");
    assert_eq!(dossier.date(FieldKey::BIRTH_DATE).unwrap().to_string(), "1978-12-20");
    let holder = &dossier.holder;
    assert_eq!(holder.siret.as_ref().unwrap().as_str(), "73282932000074");
    assert_eq!(holder.company.as_ref().unwrap().reveal().as_str(), "Thales");
    assert_eq!(holder.worker_email.as_ref().unwrap().reveal().domain(), "example.org");
    let followers: Vec<_> = holder.followers.iter().map(|it| it.reveal().as_str()).collect();
    assert_eq!(followers, ["a@prefecture.example", "b@prefecture.example"]);
}

#[rstest::rstest]
#[case("state", Value::Null, ("state", "missing"))]
#[case("state", json!("secret words"), ("state", "unknown_state"))]
#[case("dateDepot", json!("the day before"), ("dateDepot", "no_date"))]
#[case("dateDerniereModification", json!(7), ("dateDerniereModification", "wrong_type"))]
#[case("champs", json!("secret words"), ("champs", "wrong_type"))]
#[case("champs", json!(["secret words"]), ("champs", "wrong_type"))]
#[case("champs", json!([{"label": "Nom", "stringValue": "x".repeat(100_001)}]), ("nom", "too_long"))]
fn what_cannot_be_read_is_told_by_its_place_and_its_kind(
    #[case] member: &str,
    #[case] value: Value,
    #[case] told: (&str, &str),
) {
    let mut node = node();
    node[member] = value;
    let (place, kind) = whole(&node, 3272, FieldMap::own()).unwrap_err();
    assert_eq!((place.as_str(), kind), told);
}

#[test]
fn an_employer_of_whom_the_register_has_not_told_yet_and_a_missing_label_are_no_mistake() {
    let mut node = node();
    node["demandeur"] =
        json!({ "__typename": "PersonneMoraleIncomplete", "siret": "73282932000074" });
    node["annotations"] = json!([]);
    let dossier = whole(&node, 3272, FieldMap::own()).unwrap();
    assert!(dossier.holder.siret.is_some() && dossier.holder.company.is_none());
    assert_eq!(dossier.field(FieldKey::VALID_TO), None);
}

#[rstest::rstest]
#[case("unauthorized", "refuses the token")]
#[case("not_found", "no procedure 7")]
#[case("deprecated_token", "make a new one")]
#[case("bad_request", "bad_request")]
#[case("camille@example.org", "another kind")]
fn an_error_under_the_status_200_is_one(#[case] code: &str, #[case] told: &str) {
    let error = json!({ "message": "camille@example.org", "extensions": { "code": code } });
    let answer = json!({ "data": { "demarche": null }, "errors": [error] });
    let Value::Object(answer) = answer else { panic!("it is an object") };
    let Read::Wrong(wrong) = read(answer, "demarche") else { panic!("it is taken") };
    let text = wrong.of(7).to_string();
    assert!(text.contains(told) && !text.contains("camille"), "{text}");
}

#[rstest::rstest]
#[case("https://x.example", "https://x.example/api/v2/graphql")]
#[case("https://x.example/forms/", "https://x.example/forms/api/v2/graphql")]
#[case("https://x.example/api/v2/graphql", "https://x.example/api/v2/graphql")]
fn its_address_is_below_the_base_address(#[case] given: &str, #[case] whole: &str) {
    assert_eq!(address(given.parse().unwrap()).as_str(), whole);
}
