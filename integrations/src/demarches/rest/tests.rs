use domain::permit::{DossierState, FieldKey};
use serde_json::json;

use super::*;

fn told() -> Value {
    let champ = |label: &str, value: &str| json!({ "value": value, "type_de_champ": { "id": 7, "libelle": label } });
    json!({
        "id": 44950,
        "created_at": "2026-10-01T08:00:00.000Z",
        "updated_at": "2026-10-05T09:00:00.000Z",
        "state": "closed",
        "email": "camille@example.org",
        "initiated_at": "2026-10-01T08:00:00.000Z",
        "received_at": null,
        "accompagnateurs": ["a@prefecture.example"],
        "entreprise": { "siren": "732829320", "raison_sociale": "Thales" },
        // Its check digit is none of ours.
        "etablissement": { "siret": "52222222222222" },
        "champs": [champ("Nom", "Martin"), champ("Date de naissance", "1978-12-20")],
        "champs_private": [champ("Date de fin APT", "2027-05-10")],
    })
}

#[test]
fn a_dossier_is_read_as_the_service_tells_it() {
    let dossier = whole(&told(), 3272, FieldMap::own()).unwrap();
    assert_eq!((dossier.procedure, dossier.number), (3272, 44950));
    assert_eq!(dossier.state, DossierState::Closed);
    assert_eq!(dossier.dates.processed_at, None);
    assert_eq!(dossier.valid_to().unwrap().to_string(), "2027-05-10");
    assert_eq!(dossier.field(FieldKey::LAST_NAME).unwrap().text(), "Martin");
    assert_eq!(dossier.holder.followers.len(), 1);
    assert_eq!(dossier.holder.siret.unwrap().as_str(), "52222222222222");
}

#[test]
fn what_cannot_be_read_is_told_by_its_place_and_its_kind() {
    for (member, value, fault) in [
        ("state", json!("secret words"), ("state", "unknown_state")),
        ("created_at", Value::Null, ("created_at", "missing")),
        ("champs", json!([{ "value": "secret words" }]), ("champs", "wrong_type")),
    ] {
        let mut told = told();
        told[member] = value;
        let (place, kind) = whole(&told, 3272, FieldMap::own()).unwrap_err();
        assert_eq!((place.as_str(), kind), fault);
    }
}

#[rstest::rstest]
#[case("https://x.example/", "https://x.example/api/v1")]
#[case("https://x.example/api/v1", "https://x.example/api/v1")]
#[case("http://127.0.0.1:8080/old", "http://127.0.0.1:8080/old")]
fn a_base_address_without_a_path_is_the_services_own(#[case] given: &str, #[case] whole: &str) {
    assert_eq!(address(given.parse().unwrap()).as_str(), whole);
}
