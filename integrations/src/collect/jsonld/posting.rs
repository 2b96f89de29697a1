//! One `JobPosting`, field by field: each may be a text, a number, an object, or a list of these.

use domain::offer::{OfferDraft, PlaceDraft, SalaryDraft};
use serde_json::Value;
use url::Url;

use crate::collect::{Posting, dates, posting};
use crate::html;

/// Places of one offer.
const PLACES: usize = 20;

/// Reads an offer, or says why it is none. `is_alone` says that the page has no other, so that the page is its
/// address.
pub(super) fn read(object: &Value, page: &Url, is_alone: bool) -> Result<Posting, String> {
    let title =
        line(object, &["title", "name"]).ok_or("an offer of the page's data has no title")?;
    let url = address(object, &["url", "@id", "mainEntityOfPage", "sameAs"], page);
    let places = places(object);
    let name = identifier(object);
    // Another site calls another offer so.
    let external_id = name.as_ref().map(|name| format!("{} {name}", site(page)));
    let external_id = external_id.or_else(|| url.as_ref().map(ToString::to_string));
    let external_id = external_id.or_else(|| is_alone.then(|| page.to_string()));
    let external_id = external_id.unwrap_or_else(|| {
        let place = places.first().map(|place| place.text.clone()).unwrap_or_default();
        format!("{page} {title} {place}")
    });
    let url = url.filter(|url| is_alone || !is_same_page(url, page));
    let part = name.as_ref().unwrap_or(&external_id);
    let url = url.unwrap_or_else(|| if is_alone { page.clone() } else { part_of(page, part) });
    let mut description = text(object.get("description")).unwrap_or_default();
    let more = [
        ("responsibilities", "Missions"),
        ("qualifications", "Profil"),
        ("jobBenefits", "Avantages"),
    ];
    for (field, heading) in more {
        // Many repeat there what the description says.
        if let Some(more) =
            text(object.get(field)).filter(|more| !description.contains(more.as_str()))
        {
            let (told, more) = (html::unescaped(&description), html::unescaped(&more));
            description = format!("{told}<h3>{heading}</h3>{more}");
        }
    }
    let (paid, salary) = pay(object);
    let draft = OfferDraft {
        title,
        company: company(object).unwrap_or_default(),
        url: url.to_string(),
        source_url: page.to_string(),
        places,
        remote: remote(object).unwrap_or_default(),
        contract: texts(object.get("employmentType")).join(", "),
        salary,
        paid,
        description,
        skills: skills(object.get("skills")),
        language: text(object.get("inLanguage")).unwrap_or_default(),
        posted_at: text(object.get("datePosted")).and_then(|it| dates::moment(&it)),
        valid_through: text(object.get("validThrough")).and_then(|it| dates::end(&it)),
        apply_email: apply_email(object).unwrap_or_default(),
        siret: siret(object).unwrap_or_default(),
    };
    Ok(Posting::new(external_id, draft))
}

/// The site of a page: its host without `www.`, and its port where that is not the usual one.
fn site(page: &Url) -> String {
    let host = page.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    page.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The address of one of several offers on a page.
fn part_of(page: &Url, part: &str) -> Url {
    let mut url = page.clone();
    // Addresses whose fragments begin so are those of pages of their own.
    url.set_fragment(Some(&format!("!{part}")));
    url
}

fn is_same_page(url: &Url, page: &Url) -> bool {
    let without = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    without(url) == without(page)
}

/// A text: itself, a number, or what stands for it in an object or a list.
fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().filter_map(|value| text(Some(value))).collect();
            texts.join("\n")
        }
        Value::Object(fields) => {
            let names = ["@value", "value", "name", "title", "description", "text"];
            names.iter().find_map(|name| text(fields.get(*name)))?
        }
        Value::Bool(_) | Value::Null => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The first of several fields that is a text, on one line.
fn line(object: &Value, names: &[&str]) -> Option<String> {
    let lines = names.iter().filter_map(|name| text(object.get(*name)));
    lines.map(|text| html::line(&text)).find(|line| !line.is_empty())
}

/// All texts of a list, or the one.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(|value| text(Some(value))).collect(),
        value => text(value).into_iter().collect(),
    }
}

/// The first of several fields that is an address of the page's own site: a page speaks for no
/// other.
fn address(object: &Value, names: &[&str], page: &Url) -> Option<Url> {
    names.iter().find_map(|name| {
        let value = object.get(*name)?;
        let text = value
            .as_str()
            .or_else(|| value.get("@id")?.as_str())
            .or_else(|| value.get("url")?.as_str())?;
        // "_:b0" is the name of a node, and no address.
        if text.trim().is_empty() || text.starts_with("_:") {
            return None;
        }
        let url = page.join(text.trim()).ok()?;
        (matches!(url.scheme(), "http" | "https") && site(&url) == site(page)).then_some(url)
    })
}

fn identifier(object: &Value) -> Option<String> {
    let of = |value: &Value| match value {
        Value::Object(fields) => text(fields.get("value"))
            .or_else(|| text(fields.get("propertyID")))
            .or_else(|| text(fields.get("@id"))),
        value => text(Some(value)),
    };
    match object.get("identifier")? {
        Value::Array(values) => values.iter().find_map(of),
        value => of(value),
    }
}

fn company(object: &Value) -> Option<String> {
    let company = match object.get("hiringOrganization")? {
        Value::Array(values) => values.first()?,
        value => value,
    };
    let name = match company {
        Value::Object(fields) => text(fields.get("name").or_else(|| fields.get("legalName"))),
        value => text(Some(value)),
    };
    name.map(|name| html::line(&name)).filter(|name| !name.is_empty())
}

/// Where one applies by e-mail.
fn apply_email(object: &Value) -> Option<String> {
    let mail = text(object.get("applicationContact")?.get("email"))?;
    Some(mail.strip_prefix("mailto:").unwrap_or(&mail).to_owned())
}

/// The number of whoever hires, where it is one of an establishment.
fn siret(object: &Value) -> Option<String> {
    let hiring = object.get("hiringOrganization")?;
    let identifier = hiring.get("identifier");
    let identifier = identifier.map(|it| it.get("value").unwrap_or(it));
    text(identifier.or_else(|| hiring.get("taxID")))
}

fn places(object: &Value) -> Vec<PlaceDraft> {
    let of = |value: &Value| {
        let address = value.get("address").unwrap_or(value);
        if let Value::Array(addresses) = address {
            return addresses.iter().filter_map(place).collect::<Vec<_>>();
        }
        place(address)
            .or_else(|| posting::place(value.get("name")?.as_str()?))
            .into_iter()
            .collect()
    };
    let mut places: Vec<PlaceDraft> = match object.get("jobLocation") {
        Some(Value::Array(values)) => values.iter().flat_map(of).collect(),
        Some(value) => of(value),
        None => vec![],
    };
    places.dedup();
    places.truncate(PLACES);
    places
}

fn place(address: &Value) -> Option<PlaceDraft> {
    if let Value::String(text) = address {
        return posting::place(text);
    }
    let part =
        |name: &str| text(address.get(name)).map(|it| html::line(&it)).filter(|it| !it.is_empty());
    let (town, region) = (part("addressLocality"), part("addressRegion"));
    let country = part("addressCountry");
    let text = town.or(region).or_else(|| country.clone()).or_else(|| part("name"))?;
    let postal_code = part("postalCode").unwrap_or_default();
    Some(PlaceDraft { text, postal_code, country: country.unwrap_or_default() })
}

fn remote(object: &Value) -> Option<String> {
    let of_type = texts(object.get("jobLocationType"));
    let anywhere = object.get("applicantLocationRequirements").map(|_| "TELECOMMUTE".to_owned());
    if of_type.is_empty() { anywhere } else { Some(of_type.join(", ")) }
}

/// What is paid, as figures or as text: an object, a list of these, a number with its currency, or a text.
fn pay(object: &Value) -> (Option<SalaryDraft>, String) {
    let value = match object.get("baseSalary") {
        Some(Value::Array(values)) => values.first(),
        value => value,
    };
    let Some(value) = value else { return (None, String::new()) };
    let currency = ["currency", "priceCurrency"].iter().find_map(|name| text(value.get(*name)));
    let currency = currency.or_else(|| text(object.get("salaryCurrency"))).unwrap_or_default();
    let amount = value.get("value").unwrap_or(value);
    if let Some(told) = amount.as_str().filter(|told| number(told).is_none()) {
        // A currency beside a text is that of its figures.
        let names = told.contains(['€', '$', '£']) || currency.is_empty();
        return (None, if names { told.to_owned() } else { format!("{told} {currency}") });
    }
    let figure = |value: &Value| value.as_f64().or_else(|| number(value.as_str()?));
    let part = |name: &str| amount.get(name).and_then(figure);
    let one = figure(amount).or_else(|| part("value")).or_else(|| part("price"));
    let unit = ["unitText", "unitCode"]
        .iter()
        .find_map(|name| text(amount.get(*name).or_else(|| value.get(*name))));
    let (min, max) = (part("minValue").or(one), part("maxValue").or(one));
    (Some(SalaryDraft { min, max, currency, period: unit.unwrap_or_default() }), String::new())
}

/// A number that is written as a text.
fn number(text: &str) -> Option<f64> {
    text.trim().replace([' ', '\u{a0}', '\u{202f}'], "").replace(',', ".").parse().ok()
}

/// Skills: a list, or a text with commas between.
fn skills(value: Option<&Value>) -> Vec<String> {
    let told = texts(value);
    let parts: Vec<String> = match &told[..] {
        [one] => one.split([',', ';', '\n', '•']).map(html::line).collect(),
        many => many.iter().map(|skill| html::line(skill)).collect(),
    };
    parts.into_iter().filter(|skill| !skill.is_empty()).collect()
}
