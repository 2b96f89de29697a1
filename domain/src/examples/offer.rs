//! An example of a job offer.

use crate::offer::{
    Contract, Currency, OfferContent, OfferPlace, OfferText, PayPeriod, Remote, Salary, WorkingTime,
};
use crate::{Language, Personal};

use super::{minutes, valid};

/// What a job offer says: a baker in Nantes.
pub fn offer() -> crate::offer::OfferContent {
    let place = OfferPlace {
        text: valid("44000 Nantes"),
        postal_code: Some(valid("44000")),
        country: Some(valid("FR")),
    };
    let paid = Salary::new(Some(220_000), Some(250_000), Currency::euro(), PayPeriod::Month);
    OfferContent {
        places: vec![place],
        remote: Some(Remote::None),
        contract: Some(Contract::Permanent),
        working_time: Some(WorkingTime::FullTime),
        salary: Some(paid.expect("an example is a salary")),
        description: OfferText::of_html("<p>Vous pétrissez, façonnez et cuisez.</p>"),
        skills: vec![valid("Pétrissage"), valid("Levain")],
        language: Some(Language::Fr),
        posted_at: Some(minutes(-60)),
        valid_through: Some(minutes(30 * 24 * 60)),
        url: Some(valid("https://sites.example/offres/7")),
        source_url: Some(valid("https://sites.example/offres")),
        apply_email: Some(Personal::new(valid("recrutement@boulangerie.example"))),
        siret: Some(valid("73282932000074")),
        ..OfferContent::new(valid("Boulanger H/F"), valid("Boulangerie Dupont"))
    }
}
