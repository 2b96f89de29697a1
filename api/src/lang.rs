//! The language of a page, with both wordings side by side.

use domain::Language;

/// The language of a page. A template writes `{{ lang.say("Envoyer", "Send") }}`, so that no
/// wording exists in one language only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lang(pub(crate) Language);

impl Lang {
    /// The wording in this language.
    pub(crate) fn say<'a>(self, fr: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Fr => fr,
            Language::En => en,
        }
    }

    /// A label with its colon, after a no-break space in French.
    pub(crate) fn colon(self, label: &str) -> String {
        format!("{label}{}", self.say("\u{a0}:", ":"))
    }

    /// The `lang` attribute.
    pub(crate) fn code(self) -> &'static str {
        self.0.code()
    }

    /// The language asked for by `?lang=`, or else `otherwise`.
    pub(crate) fn asked(lang: Option<&str>, otherwise: Language) -> Self {
        Self(lang.and_then(Language::from_tag).unwrap_or(otherwise))
    }

    /// The first language of an Accept-Language header that is spoken here (RFC 9110 12.5.4; its
    /// order is taken as the preference), or else French.
    pub(crate) fn accepted(headers: &axum::http::HeaderMap) -> Self {
        let header = headers.get(axum::http::header::ACCEPT_LANGUAGE);
        let tags = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let spoken = tags.split(',').filter_map(|tag| Language::from_tag(tag.split(';').next()?));
        Self(spoken.into_iter().next().unwrap_or_default())
    }
}
