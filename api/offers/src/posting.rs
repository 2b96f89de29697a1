//! An offer for search engines: schema.org's `JobPosting` in JSON-LD, as
//! <https://developers.google.com/search/docs/appearance/structured-data/job-posting> asks for it.

use std::fmt::Write as _;

use domain::offer::{Contract, KnownOffer, OfferPlace, PayPeriod, Remote, WorkingTime};
use event_store::timestamp_text;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The object, as it stands in a script of a page: no letter of it ends that.
pub(crate) fn script(id: Uuid, known: &KnownOffer, applies_here: bool) -> String {
    let text = posting(id, known, applies_here).to_string();
    // JSON's own escapes: what reads it sees the same.
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String cannot fail.
                let _ = write!(safe, "\\u{:04x}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

fn posting(id: Uuid, known: &KnownOffer, applies_here: bool) -> Value {
    let content = &known.content;
    let posted_at = content.posted_at.unwrap_or(known.created_at);
    let mut posting = Map::new();
    let mut put = |name: &str, value: Value| {
        posting.insert(name.to_owned(), value);
    };
    put("@context", "https://schema.org/".into());
    put("@type", "JobPosting".into());
    put("title", content.title.as_str().into());
    // Required: where nothing else is said, that is what is offered.
    let description = content.description.as_ref().map_or_else(
        || format!("<p>{}</p>", texts::html(content.title.as_str())),
        |text| text.as_html().to_owned(),
    );
    put("description", description.into());
    put(
        "identifier",
        json!({ "@type": "PropertyValue", "name": content.company.as_str(), "value": id }),
    );
    put("datePosted", timestamp_text(posted_at).into());
    if let Some(last) = content.valid_through {
        put("validThrough", timestamp_text(last).into());
    }
    put("hiringOrganization", json!({ "@type": "Organization", "name": content.company.as_str() }));
    let types = employment_types(content.contract, content.working_time);
    if !types.is_empty() {
        put("employmentType", json!(types));
    }
    let places: Vec<_> = content.places.iter().map(place).collect();
    if !places.is_empty() {
        put("jobLocation", places.into());
    }
    if content.remote == Some(Remote::Full) {
        put("jobLocationType", "TELECOMMUTE".into());
        let country = content.places.iter().find_map(|place| place.country.as_ref());
        let country = country.map_or("FR", domain::offer::Country::as_str);
        put("applicantLocationRequirements", json!({ "@type": "Country", "name": country }));
    }
    if let Some(salary) = &content.salary {
        let mut value = Map::new();
        value.insert("@type".to_owned(), "QuantitativeValue".into());
        let amount = |cents: Option<u64>| cents.map(units);
        match (amount(salary.min_cents()), amount(salary.max_cents())) {
            (Some(min), Some(max)) => {
                value.insert("minValue".to_owned(), min.into());
                value.insert("maxValue".to_owned(), max.into());
            }
            (Some(min), None) => drop(value.insert("minValue".to_owned(), min.into())),
            (None, Some(max)) => drop(value.insert("maxValue".to_owned(), max.into())),
            (None, None) => {}
        }
        value.insert("unitText".to_owned(), unit(salary.period()).into());
        let currency = salary.currency().as_str();
        put(
            "baseSalary",
            json!({ "@type": "MonetaryAmount", "currency": currency, "value": value }),
        );
    }
    if !content.skills.is_empty() {
        let skills: Vec<_> = content.skills.iter().map(domain::offer::Skill::as_str).collect();
        put("skills", skills.join(", ").into());
    }
    if let Some(url) = &content.url {
        put("sameAs", url.as_str().into());
    }
    put("directApply", applies_here.into());
    Value::Object(posting)
}

#[expect(clippy::cast_precision_loss, reason = "no pay has sixteen digits")]
fn units(cents: u64) -> f64 {
    cents as f64 / 100.0
}

fn place(place: &OfferPlace) -> Value {
    let mut address = Map::new();
    address.insert("@type".to_owned(), "PostalAddress".into());
    address.insert("addressLocality".to_owned(), place.city().into());
    if let Some(code) = &place.postal_code {
        address.insert("postalCode".to_owned(), code.as_str().into());
    }
    let country = place.country.as_ref().map_or("FR", domain::offer::Country::as_str);
    address.insert("addressCountry".to_owned(), country.into());
    json!({ "@type": "Place", "address": address })
}

fn employment_types(contract: Option<Contract>, time: Option<WorkingTime>) -> Vec<&'static str> {
    let time = time.map(|time| match time {
        WorkingTime::FullTime => "FULL_TIME",
        WorkingTime::PartTime => "PART_TIME",
    });
    let contract = contract.and_then(|contract| match contract {
        Contract::Permanent => None,
        Contract::FixedTerm | Contract::Temporary => Some("TEMPORARY"),
        Contract::Freelance => Some("CONTRACTOR"),
        Contract::Internship => Some("INTERN"),
        Contract::Volunteer => Some("VOLUNTEER"),
        Contract::Apprenticeship | Contract::Other => Some("OTHER"),
    });
    time.into_iter().chain(contract).collect()
}

const fn unit(period: PayPeriod) -> &'static str {
    match period {
        PayPeriod::Hour => "HOUR",
        PayPeriod::Day => "DAY",
        PayPeriod::Week => "WEEK",
        PayPeriod::Month => "MONTH",
        PayPeriod::Year => "YEAR",
    }
}

#[cfg(test)]
mod tests {
    use domain::examples::{minutes, offer, valid};
    use domain::offer::{JobOffer, OfferContent, OfferEvent, OfferText};

    use super::*;

    fn known(content: OfferContent) -> KnownOffer {
        let mut state = JobOffer::default();
        let (source, external_id) = (valid("greenhouse"), valid("7"));
        let content = Box::new(content);
        state.apply(OfferEvent::OfferCollected { source, external_id, content, at: minutes(0) });
        state.known().unwrap().clone()
    }

    #[test]
    fn a_posting_has_what_search_engines_require() {
        let posting = posting(Uuid::nil(), &known(offer()), true);
        insta::assert_json_snapshot!(posting);
    }

    #[test]
    fn what_may_be_done_from_anywhere_says_so_and_an_offer_that_says_little_is_one() {
        let remote = OfferContent { remote: Some(Remote::Full), places: vec![], ..offer() };
        let remote = posting(Uuid::nil(), &known(remote), false);
        assert_eq!(remote["jobLocationType"], "TELECOMMUTE");
        assert_eq!(remote["jobLocation"], Value::Null);
        let little = OfferContent::new(valid("A < B"), valid("C & D"));
        let little = posting(Uuid::nil(), &known(little), false);
        assert_eq!(little["description"], "<p>A &lt; B</p>");
    }

    #[test]
    fn nothing_that_is_offered_ends_the_script() {
        let title = valid("</script><script>alert(1)</script><!--");
        let description = OfferText::of_html("<p>a &amp; b</p>");
        let content = OfferContent { title, description, ..offer() };
        let script = script(Uuid::nil(), &known(content), true);
        assert!(!script.contains(['<', '>', '&']), "{script}");
        let read: Value = serde_json::from_str(&script).unwrap();
        assert_eq!(read["title"], "</script><script>alert(1)</script><!--");
        assert_eq!(read["description"], "<p>a &amp; b</p>");
    }
}
