//! The fields of a JSON object, read one by one: what is wrong is told in one sentence that names the field.

use std::str::FromStr;

use domain::Invalid;
use domain::space::DayOrTime;
use serde_json::{Map, Value};
use web::lang::Lang;
use web::problem::Problem;

use crate::refused::unfit;

/// The fields that somebody sent.
pub(crate) struct Fields {
    given: Map<String, Value>,
    lang: Lang,
}

/// A field as it was sent.
pub(crate) enum Given<T> {
    /// It was not sent, or is null.
    Absent,
    /// Nothing stands in it.
    Blank,
    /// This does.
    Some(T),
}

impl<T> Given<T> {
    /// What stands in it.
    pub(crate) fn some(self) -> Option<T> {
        match self {
            Self::Some(value) => Some(value),
            Self::Absent | Self::Blank => None,
        }
    }

    /// What it changes, where nothing in it clears.
    #[expect(clippy::option_option, reason = "it may stay, be cleared, or be another one")]
    pub(crate) fn clearing(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Blank => Some(None),
            Self::Some(value) => Some(Some(value)),
        }
    }
}

impl Fields {
    pub(crate) const fn new(given: Map<String, Value>, lang: Lang) -> Self {
        Self { given, lang }
    }

    /// Refuses a field that is none of these: one that is misspelt would be ignored in silence.
    pub(crate) fn known(&self, names: &[&str]) -> Result<(), Problem> {
        match self.given.keys().find(|name| !names.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let name: String = name.chars().take(64).collect();
                let known = names.join(", ");
                let text =
                    self.lang.with("space-unknown-field", (("field", &*name), ("known", &*known)));
                Err(unfit(text))
            }
        }
    }

    pub(crate) fn wrong(&self, name: &str, invalid: &Invalid) -> Problem {
        let detail = texts::invalid(invalid, self.lang.0);
        unfit(self.lang.with("space-wrong-field", (("field", name), ("detail", &*detail))))
    }

    /// Whether a field is there and null.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.given.get(name) == Some(&Value::Null)
    }

    /// Whether a field is there, and nothing stands in it.
    pub(crate) fn is_blank(&self, name: &str) -> bool {
        let blank = |text: &str| domain::as_seen(text).trim().is_empty();
        self.given.get(name).and_then(Value::as_str).is_some_and(blank)
    }

    /// A text that `read` reads.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Given<T>, Problem> {
        match self.given.get(name) {
            None | Some(Value::Null) => Ok(Given::Absent),
            Some(Value::String(text)) if domain::as_seen(text).trim().is_empty() => {
                Ok(Given::Blank)
            }
            Some(Value::String(text)) => {
                read(text).map(Given::Some).map_err(|invalid| self.wrong(name, &invalid))
            }
            Some(_) => Err(self.kind(name, "space-not-a-text")),
        }
    }

    /// A text of a type that parses.
    pub(crate) fn parse<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<Given<T>, Problem> {
        self.read(name, str::parse)
    }

    /// A text that must be there.
    pub(crate) fn required<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<T, Problem> {
        self.parse(name)?.some().ok_or_else(|| self.wrong(name, &Invalid::Missing))
    }

    /// A date: as text, or as seconds since 1970.
    pub(crate) fn date(&self, name: &str) -> Result<Given<DayOrTime>, Problem> {
        match self.given.get(name) {
            Some(Value::Number(seconds)) => {
                #[expect(clippy::cast_possible_truncation, reason = "a whole second is meant")]
                let seconds =
                    seconds.as_i64().or_else(|| seconds.as_f64().map(|it| it.floor() as i64));
                let read = seconds.ok_or(Invalid::Date).and_then(DayOrTime::of_epoch);
                read.map(Given::Some).map_err(|invalid| self.wrong(name, &invalid))
            }
            _ => self.parse(name),
        }
    }

    /// An amount, as a number or as a text; what follows the point is left out.
    pub(crate) fn amount(&self, name: &str) -> Result<Option<u64>, Problem> {
        let most = Invalid::Number { max: 100_000_000 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is looked at before"
        )]
        let read = |amount: f64| {
            (0.0..=1e8).contains(&amount).then_some(amount as u64).ok_or_else(|| most.clone())
        };
        if let Some(Value::Number(amount)) = self.given.get(name) {
            let amount = read(amount.as_f64().unwrap_or(f64::NAN));
            return amount.map(Some).map_err(|invalid| self.wrong(name, &invalid));
        }
        let text = |text: &str| text.trim().parse().map_err(|_| most.clone()).and_then(read);
        self.read(name, text).map(Given::some)
    }

    /// The same, where a fraction is not read as what stands before it.
    pub(crate) fn whole(&self, name: &str) -> Result<Option<u64>, Problem> {
        let given = self.given.get(name).and_then(Value::as_f64);
        if given.is_some_and(|number| number.fract() != 0.0) {
            return Err(self.wrong(name, &Invalid::Number { max: 100_000_000 }));
        }
        self.amount(name)
    }

    /// Yes or no, as JSON or as a text.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        if let Some(Value::Bool(yes)) = self.given.get(name) {
            return Ok(Some(*yes));
        }
        let read = |text: &str| match text.trim() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Invalid::Boolean),
        };
        self.read(name, read).map(Given::some)
    }

    /// A list of texts; blank ones are left out.
    pub(crate) fn list<T: FromStr<Err = Invalid>>(
        &self,
        name: &str,
    ) -> Result<Option<Vec<T>>, Problem> {
        let items = match self.given.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.kind(name, "space-not-a-list")),
        };
        let mut read = vec![];
        for item in items {
            let Value::String(text) = item else {
                return Err(self.kind(name, "space-not-a-list"));
            };
            if !domain::as_seen(text).trim().is_empty() {
                read.push(text.parse().map_err(|invalid| self.wrong(name, &invalid))?);
            }
        }
        Ok(Some(read))
    }

    /// What is wrong with a field, in words of the catalogue.
    pub(crate) fn kind(&self, name: &str, what: &'static str) -> Problem {
        let detail = self.lang.t(what);
        unfit(self.lang.with("space-wrong-field", (("field", name), ("detail", detail))))
    }
}
