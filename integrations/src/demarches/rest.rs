//! Version 1, REST: the numbers of all dossiers in pages of 1,000, and each dossier by itself.

use domain::permit::{Dossier, DossierDates, FieldMap, FormAnswer};
use serde_json::{Map, Value};
use url::Url;

use super::door::{self, DemarchesError, Door, Told, Wrong};
use super::form::{self, Fault, NotRead, fault};
use super::{Found, Item, Next, Page};

/// Numbers in a page: as many as it gives.
const A_PAGE: u32 = 1000;

/// The address below which it answers: as it is given, or where the service has it.
pub(super) fn address(mut url: Url) -> Url {
    if url.path().trim_matches('/').is_empty() {
        url.set_path("/api/v1");
    }
    url
}

async fn get(
    door: &Door,
    path: &str,
    query: &[(&str, String)],
) -> Result<Told<Map<String, Value>>, Wrong> {
    let request = door.client.get(door.below(path)).query(query);
    door.ask(request, door::json).await
}

fn other_shape() -> DemarchesError {
    DemarchesError::NotJson("JSON of another shape")
}

async fn list(
    door: &Door,
    procedure: u32,
    page: u32,
    size: u32,
) -> Result<Told<Map<String, Value>>, DemarchesError> {
    let query = [("page", page.to_string()), ("resultats_par_page", size.to_string())];
    let told = get(door, &format!("procedures/{procedure}/dossiers"), &query).await;
    told.map_err(|wrong| wrong.of(procedure))
}

pub(super) async fn dossiers(
    door: &Door,
    procedure: u32,
    after: Option<&Next>,
) -> Result<Page<Item>, DemarchesError> {
    let page = after.and_then(|next| next.0.parse().ok()).unwrap_or(1_u32);
    let told = list(door, procedure, page, A_PAGE).await?;
    let items = told.what.get("dossiers").and_then(Value::as_array).ok_or_else(other_shape)?;
    let pages = told.what.get("pagination").and_then(|it| it.get("nombre_de_page"));
    let pages = pages.and_then(Value::as_u64).ok_or_else(other_shape)?;
    let item = |item: &Value| {
        let Some(number) = form::number(item, "id") else {
            let (place, kind) = fault("id", "missing");
            return Item::NotRead(NotRead { number: None, place, kind });
        };
        Item::Listed { number, updated_at: form::time(item, "updated_at").ok().flatten() }
    };
    let next = (u64::from(page) < pages).then(|| Next((page + 1).to_string()));
    Ok(Page { items: items.iter().map(item).collect(), next, at: told.at })
}

async fn told(door: &Door, procedure: u32, number: u64) -> Result<Option<Value>, DemarchesError> {
    let path = format!("procedures/{procedure}/dossiers/{number}");
    match get(door, &path, &[]).await {
        Ok(mut told) => Ok(Some(told.what.remove("dossier").unwrap_or_default())),
        Err(Wrong::NotFound) => Ok(None),
        Err(wrong) => Err(wrong.of(procedure)),
    }
}

pub(super) async fn dossier(
    door: &Door,
    procedure: u32,
    number: u64,
    fields: &FieldMap,
) -> Result<Found, DemarchesError> {
    let Some(dossier) = told(door, procedure, number).await? else { return Ok(Found::Gone) };
    Ok(match whole(&dossier, procedure, fields) {
        Ok(dossier) if dossier.number == number => Found::Whole(Box::new(dossier)),
        Ok(_) => {
            let (place, kind) = fault("id", "wrong_type");
            Found::NotRead(NotRead { number: Some(number), place, kind })
        }
        Err((place, kind)) => Found::NotRead(NotRead { number: Some(number), place, kind }),
    })
}

/// The labels in the procedure's first dossier.
pub(super) async fn labels(
    door: &Door,
    procedure: u32,
) -> Result<Option<Vec<FormAnswer>>, DemarchesError> {
    let first = list(door, procedure, 1, 1).await?;
    let first =
        first.what.get("dossiers").and_then(|dossiers| form::number(dossiers.get(0)?, "id"));
    let Some(number) = first else { return Ok(None) };
    let Some(dossier) = told(door, procedure, number).await? else { return Ok(None) };
    let mut labels = vec![];
    for part in ["champs_private", "champs"] {
        labels.extend(answers(&dossier, part).map_err(|_| other_shape())?);
    }
    for label in &mut labels {
        label.text.clear();
    }
    Ok(Some(labels))
}

fn whole(dossier: &Value, procedure: u32, fields: &FieldMap) -> Result<Dossier, Fault> {
    if !dossier.is_object() {
        return Err(fault("dossier", if dossier.is_null() { "missing" } else { "wrong_type" }));
    }
    // Older answers call those who follow it otherwise.
    let mut followers = form::list(dossier, "instructeurs")?.to_vec();
    followers.extend_from_slice(form::list(dossier, "accompagnateurs")?);
    let holder = form::holder(
        form::text(dossier, "email").unwrap_or_default(),
        form::within(dossier, ["etablissement", "siret"]),
        form::within(dossier, ["entreprise", "raison_sociale"]),
        followers.iter().filter_map(|it| it.as_str().or_else(|| it.get("email")?.as_str())),
    );
    let told = form::Told {
        procedure,
        number: form::number(dossier, "id").ok_or_else(|| fault("id", "missing"))?,
        state: form::needed(dossier, "state")?,
        dates: DossierDates {
            created_at: form::needed_time(dossier, "created_at")?,
            initiated_at: form::time(dossier, "initiated_at")?,
            received_at: form::time(dossier, "received_at")?,
            processed_at: form::time(dossier, "processed_at")?,
            updated_at: form::needed_time(dossier, "updated_at")?,
        },
        holder,
        private: answers(dossier, "champs_private")?,
        public: answers(dossier, "champs")?,
    };
    told.read(fields)
}

fn answers(dossier: &Value, name: &str) -> Result<Vec<FormAnswer>, Fault> {
    let one = |champ: &Value| {
        let kind = champ.get("type_de_champ").ok_or_else(|| fault(name, "wrong_type"))?;
        let label = kind.get("libelle").and_then(Value::as_str);
        Ok(FormAnswer {
            label: label.ok_or_else(|| fault(name, "wrong_type"))?.to_owned(),
            id: form::said(kind.get("id")),
            text: form::said(champ.get("value")).unwrap_or_default(),
        })
    };
    form::list(dossier, name)?.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
