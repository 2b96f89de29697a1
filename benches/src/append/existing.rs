//! A log whose appends go on with streams that exist: each writer has one, which its first append begins.

use anyhow::Context as _;

use super::Ours;
use super::sealed::Sealed;
use super::subject::Subject;

/// A log, sealed or not, each of whose writers goes on with one stream.
#[derive(Clone)]
pub(crate) struct Existing<S>(S);

/// A log that appends after so many events of a stream.
pub(crate) trait After: Subject {
    fn append_after(
        &self,
        id: &str,
        expected: i64,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
}

impl After for Ours {
    async fn append_after(&self, id: &str, expected: i64) -> anyhow::Result<()> {
        self.append_to(id, expected).await
    }
}

impl After for Sealed {
    async fn append_after(&self, id: &str, expected: i64) -> anyhow::Result<()> {
        self.0.append_to(id, expected).await
    }
}

impl<S: After> Subject for Existing<S> {
    async fn open(url: &str) -> anyhow::Result<Self> {
        Ok(Self(S::open(url).await?))
    }

    /// The last part of the name is the number of the append.
    async fn append(&self, id: String) -> anyhow::Result<()> {
        let (stream, number) = id.rsplit_once('-').context("a number ends the name")?;
        self.0.append_after(stream, number.parse()?).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
