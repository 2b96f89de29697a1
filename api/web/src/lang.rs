//! The language of a page, and what it says.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Query};
use axum::http::Extensions;
use axum::http::request::Parts;
use domain::Language;
use jiff::Timestamp;
use serde::Deserialize;
use texts::{Arguments, Wording as _};

/// The language of a page. A template writes `{{ lang.t("common-send") }}`, so that no
/// wording exists in one language only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lang(pub Language);

impl Lang {
    /// The text called `key` in the catalogues (`texts/locales`).
    pub fn t(self, key: &'static str) -> &'static str {
        self.0.t(key)
    }

    /// The text called `key` with its arguments in their places.
    pub fn with(self, key: &'static str, arguments: impl Arguments) -> String {
        self.0.with(key, arguments)
    }

    /// A label with its colon, after a no-break space in French.
    pub fn colon(self, label: &str) -> String {
        self.with("common-label", ("label", &label))
    }

    /// What the language is called in itself.
    pub fn name(self) -> &'static str {
        self.t("common-language-name")
    }

    /// Every language, in the order in which a page offers them.
    pub fn all(self) -> [Self; Language::ALL.len()] {
        Language::ALL.map(Self)
    }

    /// The languages that the page is not in.
    pub fn others(self) -> impl Iterator<Item = Self> {
        self.all().into_iter().filter(move |other| *other != self)
    }

    /// The `lang` attribute.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The language asked for by `?lang=`, or else `otherwise`.
    pub fn asked(lang: Option<&str>, otherwise: Language) -> Self {
        Self(lang.and_then(Language::from_tag).unwrap_or(otherwise))
    }

    /// The first language of an Accept-Language header that is spoken here (RFC 9110 12.5.4; its
    /// order is taken as the preference), or else French.
    pub fn accepted(headers: &axum::http::HeaderMap) -> Self {
        let header = headers.get(axum::http::header::ACCEPT_LANGUAGE);
        let tags = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let spoken = tags.split(',').filter_map(|tag| Language::from_tag(tag.split(';').next()?));
        Self(spoken.into_iter().next().unwrap_or_default())
    }
}

/// The language of the answer to a request, known to the layer that tells failures
/// ([`crate::refusal`]) once somebody knows it better than the browser: the guard of an audience, or
/// the application that a link opens.
#[derive(Clone, Debug, Default)]
pub struct Spoken(Arc<OnceLock<Lang>>);

impl Spoken {
    /// The one that the request carries; where no layer gave it one, nobody reads it.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Settles it; who knew it first is right.
    pub fn settle(&self, lang: Lang) {
        self.0.get_or_init(|| lang);
    }

    /// The language, where somebody knew it.
    pub fn settled(&self) -> Option<Lang> {
        self.0.get().copied()
    }
}

/// The language that a request asks for: by `?lang=`, and as its browser is set.
#[derive(Clone, Debug)]
pub struct Asked {
    lang: Option<String>,
    browser: Lang,
    spoken: Spoken,
}

impl Asked {
    /// As if the address asked for this language.
    pub fn of(lang: Lang) -> Self {
        Self { lang: Some(lang.code().to_owned()), browser: lang, spoken: Spoken::default() }
    }

    /// As the address says, or else `otherwise`.
    pub fn or(&self, otherwise: Language) -> Lang {
        Lang::asked(self.lang.as_deref(), otherwise)
    }

    /// As the address says, or else `otherwise`; from now on failures are told in it too.
    pub fn settle(&self, otherwise: Language) -> Lang {
        let lang = self.or(otherwise);
        self.spoken.settle(lang);
        lang
    }

    /// As the address says, or else as the browser is set.
    pub fn or_browser(&self) -> Lang {
        self.or(self.browser.0)
    }
}

/// A time as pages tell it, in the usual time zone.
pub fn time(at: Timestamp, lang: Lang) -> String {
    texts::timestamp(at, &texts::default_zone(), lang.0)
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        #[derive(Default, Deserialize)]
        struct Address {
            lang: Option<String>,
        }
        let address = Query::<Address>::try_from_uri(&parts.uri);
        let lang = address.map(|Query(address)| address.lang).unwrap_or_default();
        let spoken = Spoken::of(&parts.extensions);
        Ok(Self { lang, browser: Lang::accepted(&parts.headers), spoken })
    }
}
