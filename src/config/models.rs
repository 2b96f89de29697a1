//! The settings of the language model that describes job offers.

use anyhow::Result;
use integrations::model::ModelKind;
use serde::Deserialize;
use url::Url;

use super::addresses::web;
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "The language model",
    settings: &[
        setting(
            "POSTULO_LLM_URL",
            "none",
            "same",
            "The server of a language model that parts the descriptions of job offers: its base address, such as http://localhost:11434 or https://api.openai.com. Without it the headings of the page do so.",
        ),
        setting("POSTULO_LLM_KEY", "none", "same", "Its key, where it asks for one."),
        setting(
            "POSTULO_LLM_MODEL",
            "none",
            "with POSTULO_LLM_URL",
            "The model, by the name that its server has for it.",
        ),
        setting(
            "POSTULO_LLM_KIND",
            "openai",
            "same",
            "How it is spoken to: openai (chat completions, which most servers speak) or anthropic (messages).",
        ),
    ],
};

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the names of the settings")]
struct Given {
    llm_url: Option<Url>,
    llm_key: Option<String>,
    llm_model: Option<String>,
    llm_kind: Option<String>,
}

/// The settings in force.
pub(crate) struct ModelSettings {
    pub(crate) kind: ModelKind,
    pub(crate) url: Url,
    pub(crate) key: Option<String>,
    pub(crate) name: String,
}

/// The key is a secret.
impl std::fmt::Debug for ModelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelSettings").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

pub(super) fn read(source: &mut Source) -> Result<Option<ModelSettings>> {
    let given: Given = source.read()?;
    let kind = match given.llm_kind.as_deref() {
        None | Some("openai") => ModelKind::OpenAi,
        Some("anthropic") => ModelKind::Anthropic,
        Some(_) => {
            source.wrong("POSTULO_LLM_KIND is neither openai nor anthropic");
            ModelKind::OpenAi
        }
    };
    let key = given.llm_key.filter(|key| !key.trim().is_empty());
    let Some(url) = given.llm_url else {
        if key.is_some() {
            source.wrong("POSTULO_LLM_URL is missing, and POSTULO_LLM_KEY is there");
        }
        return Ok(None);
    };
    web("POSTULO_LLM_URL", &url, source);
    let Some(name) = given.llm_model.filter(|name| !name.trim().is_empty()) else {
        source.wrong("POSTULO_LLM_MODEL is missing, and POSTULO_LLM_URL is there");
        return Ok(None);
    };
    Ok(Some(ModelSettings { kind, url, key, name }))
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn a_model_needs_its_name_and_its_key_is_not_told() {
        let wrong =
            wrong_with("llm_url = 'http://x.example'\nllm_key = 'very secret'\nllm_kind = 'other'");
        assert!(wrong.iter().any(|why| why.starts_with("POSTULO_LLM_MODEL")), "{wrong:?}");
        assert!(wrong.iter().any(|why| why.starts_with("POSTULO_LLM_KIND")), "{wrong:?}");
        assert!(!wrong.join("").contains("very secret"), "{wrong:?}");
    }

    #[test]
    fn a_model_on_this_machine_needs_no_key() {
        let text = "llm_url = 'http://localhost:11434'\nllm_model = 'mistral'";
        let model = read(&mut Source::of(text)).unwrap().unwrap();
        assert_eq!((model.kind, model.key), (ModelKind::OpenAi, None));
    }
}
