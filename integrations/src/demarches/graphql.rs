//! Version 2, GraphQL: whole dossiers in pages of 100, by when they changed. The queries are the service's
//! own, so that nothing of its schema is needed here.

use domain::permit::{Dossier, DossierDates, FieldMap, FormAnswer};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::door::{self, DemarchesError, Door, Read, Told, Wrong};
use super::form::{self, Fault, NotRead, fault};
use super::{Deleted, Deletion, Found, Item, Next, Page};

/// How many requests it allows in a minute for a token.
pub(super) const A_MINUTE: usize = 400;
/// Dossiers in a page: as many as it gives.
const A_PAGE: u32 = 100;

/// The address of its GraphQL, below its base address.
pub(super) fn address(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&if path.ends_with("/graphql") { path } else { path + "/api/v2/graphql" });
    url
}

/// Asks, and hands out what stands under the name of what was asked for.
async fn ask(
    door: &Door,
    operation: &str,
    variables: Value,
    name: &'static str,
) -> Result<Told<Value>, Wrong> {
    let body = json!({
        "queryId": "ds-query-v2",
        "operationName": operation,
        "variables": variables,
    });
    let request = door.client.post(door.url.clone()).json(&body);
    door.ask(request, |body| match door::json::<Map<String, Value>>(body) {
        Read::Done(answer) => read(answer, name),
        Read::Again(why) => Read::Again(why),
        Read::Wrong(wrong) => Read::Wrong(wrong),
    })
    .await
}

/// What an answer says: what is not there is told by its errors, whose words may quote anything.
fn read(mut answer: Map<String, Value>, name: &str) -> Read<Value> {
    let found = answer.get_mut("data").and_then(|data| data.get_mut(name)).map(Value::take);
    if let Some(found) = found.filter(|found| !found.is_null()) {
        return Read::Done(found);
    }
    let first = answer.get("errors").and_then(|errors| errors.get(0));
    let code = first.and_then(|error| error.get("extensions")?.get("code")?.as_str());
    let refused = |why: &str| Read::Wrong(Wrong::Other(DemarchesError::Refused(why.to_owned())));
    match (code, first) {
        (Some("unauthorized" | "forbidden"), _) => Read::Wrong(Wrong::Unauthorized),
        (Some("not_found"), _) => Read::Wrong(Wrong::NotFound),
        (Some("timeout"), _) => Read::Again("it takes too long for its own patience".to_owned()),
        (Some("deprecated_token"), _) => {
            refused("the token is of a kind that it takes no more: make a new one there")
        }
        (Some("graphql_parse_failed" | "bad_request" | "invalid_null"), _) => {
            refused(code.unwrap_or_default())
        }
        (Some(_), _) | (None, Some(_)) => refused("an error of another kind"),
        (None, None) => Read::Wrong(Wrong::Other(DemarchesError::NotJson("JSON of another shape"))),
    }
}

fn other_shape() -> DemarchesError {
    DemarchesError::NotJson("JSON of another shape")
}

/// A page of what stands under `name`, by what reads each.
fn page<T>(
    told: &Told<Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Page<T>, DemarchesError> {
    let list = told.what.get(name).ok_or_else(other_shape)?;
    let nodes = list.get("nodes").and_then(Value::as_array).ok_or_else(other_shape)?;
    let info = list.get("pageInfo").ok_or_else(other_shape)?;
    let has_next = info.get("hasNextPage").and_then(Value::as_bool).ok_or_else(other_shape)?;
    let next = match info.get("endCursor").and_then(Value::as_str) {
        Some(cursor) if has_next => Some(Next(cursor.to_owned())),
        None if has_next => return Err(other_shape()),
        _ => None,
    };
    Ok(Page { items: nodes.iter().filter_map(read).collect(), next, at: told.at })
}

/// A time as it takes one.
fn since_text(since: Option<Timestamp>) -> Value {
    since.map_or(Value::Null, |since| since.to_string().into())
}

pub(super) async fn dossiers(
    door: &Door,
    procedure: u32,
    since: Option<Timestamp>,
    after: Option<&Next>,
    fields: &FieldMap,
) -> Result<Page<Item>, DemarchesError> {
    // Always since some time: then those that change while they are listed come again at the end.
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let variables = json!({
        "demarcheNumber": procedure,
        "includeDossiers": true,
        "includeTraitements": false,
        "includeFileUrls": false,
        "first": A_PAGE,
        "after": after.map(|next| next.0.as_str()),
        "updatedSince": since_text(Some(since)),
    });
    let told = ask(door, "getDemarche", variables, "demarche").await;
    let told = told.map_err(|wrong| wrong.of(procedure))?;
    page(&told, "dossiers", |node| {
        Some(match whole(node, procedure, fields) {
            Ok(dossier) => Item::Whole(Box::new(dossier)),
            Err((place, kind)) => {
                Item::NotRead(NotRead { number: form::number(node, "number"), place, kind })
            }
        })
    })
}

pub(super) async fn dossier(
    door: &Door,
    procedure: u32,
    number: u64,
    fields: &FieldMap,
) -> Result<Found, DemarchesError> {
    let variables = json!({
        "dossierNumber": number,
        "includeTraitements": false,
        "includeFileUrls": false,
    });
    let not_read =
        |(place, kind)| Ok(Found::NotRead(NotRead { number: Some(number), place, kind }));
    match ask(door, "getDossier", variables, "dossier").await {
        Ok(told) => match whole(&told.what, procedure, fields) {
            Ok(dossier) if dossier.number == number => Ok(Found::Whole(Box::new(dossier))),
            Ok(_) => not_read(fault("number", "wrong_type")),
            Err(fault) => not_read(fault),
        },
        Err(Wrong::NotFound) => Ok(Found::Gone),
        // The token opens the procedure, and not this: whether it is gone cannot be told.
        Err(Wrong::Unauthorized) => not_read(fault("dossier", "not_shown")),
        Err(wrong) => Err(wrong.of(procedure)),
    }
}

pub(super) async fn deleted(
    door: &Door,
    procedure: u32,
    which: Deleted,
    since: Option<Timestamp>,
    after: Option<&Next>,
) -> Result<Page<Deletion>, DemarchesError> {
    let (name, prefix, include) = match which {
        Deleted::Pending => {
            ("pendingDeletedDossiers", "pendingDeleted", "includePendingDeletedDossiers")
        }
        Deleted::ForGood => ("deletedDossiers", "deleted", "includeDeletedDossiers"),
    };
    let variables = json!({
        "demarcheNumber": procedure,
        include: true,
        format!("{prefix}First"): A_PAGE,
        format!("{prefix}After"): after.map(|next| next.0.as_str()),
        format!("{prefix}Since"): since_text(since),
    });
    let told = ask(door, "getDemarche", variables, "demarche").await;
    let told = told.map_err(|wrong| wrong.of(procedure))?;
    page(&told, name, |node| {
        Some(Deletion {
            number: form::number(node, "number")?,
            reason: node.get("reason").and_then(Value::as_str).and_then(|it| it.parse().ok()),
            // As the service spells it.
            at: form::time(node, "dateSupression").ok().flatten(),
        })
    })
}

/// The labels of the form that is in force.
pub(super) async fn labels(door: &Door, procedure: u32) -> Result<Vec<FormAnswer>, DemarchesError> {
    let variables = json!({ "demarche": { "number": procedure }, "includeRevision": true });
    let told = ask(door, "getDemarcheDescriptor", variables, "demarcheDescriptor").await;
    let told = told.map_err(|wrong| wrong.of(procedure))?;
    let revision = told.what.get("revision").ok_or_else(other_shape)?;
    let mut labels = vec![];
    for part in ["champDescriptors", "annotationDescriptors"] {
        for field in form::list(revision, part).map_err(|_| other_shape())? {
            labels.extend(field.get("label").and_then(Value::as_str).map(|label| FormAnswer {
                label: label.to_owned(),
                id: field.get("id").and_then(Value::as_str).map(str::to_owned),
                text: String::new(),
            }));
        }
    }
    Ok(labels)
}

fn whole(node: &Value, procedure: u32, fields: &FieldMap) -> Result<Dossier, Fault> {
    if !node.is_object() {
        return Err(fault("dossier", if node.is_null() { "missing" } else { "wrong_type" }));
    }
    let holder = form::holder(
        form::within(node, ["usager", "email"]),
        form::within(node, ["demandeur", "siret"]),
        node.get("demandeur").and_then(|it| form::within(it, ["entreprise", "raisonSociale"])),
        form::list(node, "instructeurs")?.iter().filter_map(|it| it.get("email")?.as_str()),
    );
    let told = form::Told {
        procedure,
        number: form::number(node, "number").ok_or_else(|| fault("number", "missing"))?,
        state: form::needed(node, "state")?,
        dates: DossierDates {
            created_at: form::needed_time(node, "dateDepot")?,
            initiated_at: form::time(node, "datePassageEnConstruction")?,
            received_at: form::time(node, "datePassageEnInstruction")?,
            processed_at: form::time(node, "dateTraitement")?,
            updated_at: form::needed_time(node, "dateDerniereModification")?,
        },
        holder,
        private: answers(node, "annotations")?,
        public: answers(node, "champs")?,
    };
    told.read(fields)
}

fn answers(node: &Value, name: &str) -> Result<Vec<FormAnswer>, Fault> {
    let one = |champ: &Value| {
        let label = champ.get("label").and_then(Value::as_str);
        let id = champ.get("champDescriptorId").and_then(Value::as_str);
        // A day is told as one besides the French text for it.
        let told = ["date", "datetime", "stringValue", "value", "values"]
            .into_iter()
            .find_map(|member| form::said(champ.get(member)));
        Ok(FormAnswer {
            label: label.ok_or_else(|| fault(name, "wrong_type"))?.to_owned(),
            id: id.map(str::to_owned),
            text: told.unwrap_or_default(),
        })
    };
    form::list(node, name)?.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
