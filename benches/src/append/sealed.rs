//! The log of this workspace as it runs: personal values sealed with a fresh key for each stream.

use event_store::seal::{Declared, PersonalField};
use event_store::{Codec, LogOptions, Upcasters};

use super::Ours;
use super::subject::Subject;

#[derive(Clone)]
pub(crate) struct Sealed(pub(super) Ours);

const PERSONAL: [&str; 5] = ["first_name", "last_name", "email", "phone", "letter"];

impl Subject for Sealed {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let field = |name: &str| PersonalField {
            event_type: "Submitted".to_owned(),
            path: vec!["submission".to_owned(), name.to_owned()],
            placeholder: "erased".into(),
        };
        let declared = Declared { fields: PERSONAL.map(field).to_vec(), erasing: vec![] };
        let keys = format!("bench:{}", "5e".repeat(32)).parse()?;
        let codec = Codec::new(keys, declared, Upcasters::none());
        Ok(Self(Ours::with(url, LogOptions { codec, ..LogOptions::default() }).await?))
    }

    async fn append(&self, id: String) -> anyhow::Result<()> {
        self.0.append(id).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
