//! The profile, and somebody as offers are compared with them.

use domain::application::Attachment;
use domain::space::{
    CandidateProfile, ChangeProfile, CvWords, KnownProfile, Owned as _, ProfileEdit, Seeker,
};
use uuid::Uuid;

use super::SpaceResult;
use crate::cv_text::{NoText, text_of};
use crate::facades::Space;
use crate::{Cause, CommandError, Receipt};

/// What became of a CV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CvUse {
    /// There is none.
    None,
    /// It was read.
    Read,
    /// Its text cannot be read, so it counts for nothing.
    Unreadable(NoText),
}

/// Somebody who looks for work.
#[derive(Clone, Debug)]
pub struct Seeking {
    /// As offers are compared with them.
    pub seeker: Seeker,
    /// What became of their CV.
    pub cv: CvUse,
}

impl Space<'_> {
    /// Changes the profile of this account; what is as it was is no event.
    pub async fn change_profile(
        self,
        owner: Uuid,
        edit: ProfileEdit,
        cause: &Cause,
    ) -> SpaceResult<Receipt<CandidateProfile>> {
        self.belongs_to::<CandidateProfile>(owner, owner).await?;
        let decision = ChangeProfile { owner, edit, at: self.now() };
        let receipt = self.perform(&owner.to_string(), &decision, cause).await?;
        self.unless_closed::<CandidateProfile>(owner, owner).await?;
        Ok(receipt)
    }

    /// The profile of this account, where there is one.
    pub async fn profile(self, owner: Uuid) -> SpaceResult<Option<KnownProfile>> {
        Ok(self.profile_state(owner).await?.known().cloned())
    }

    async fn profile_state(self, owner: Uuid) -> SpaceResult<CandidateProfile> {
        let state: CandidateProfile = self.state_of(&owner.to_string()).await?;
        state.of(owner).map_err(CommandError::Refused)?;
        Ok(state)
    }

    /// Whoever has this account, as offers are compared with them: by their profile, and by what their CV says
    /// about work, which is read anew an hour after it was.
    pub async fn seeking(self, owner: Uuid) -> SpaceResult<Seeking> {
        let profile = self.profile_state(owner).await?.fields();
        let words = match self.cv(owner).await? {
            None => None,
            Some(document) => Some(self.cv_words(owner, &document).await),
        };
        let cv = match &words {
            None => CvUse::None,
            Some(Ok(_)) => CvUse::Read,
            Some(Err(why)) => CvUse::Unreadable(*why),
        };
        let words = words.and_then(Result::ok);
        Ok(Seeking { seeker: Seeker::of(&profile, words.as_ref()), cv })
    }

    async fn cv_words(self, owner: Uuid, document: &Attachment) -> Result<CvWords, NoText> {
        let now = self.now();
        if let Some(words) = self.cv_reader.known(owner, &document.digest, now) {
            return words;
        }
        let store = self.cvs();
        let room = store.whole(document.size).await;
        let bytes = match store.get(owner, &document.digest).await {
            Ok(bytes) => room.hold(bytes),
            Err(error) => {
                tracing::warn!(%owner, %error, "a CV cannot be opened to be read");
                return Err(NoText::Unreadable);
            }
        };
        let words = text_of(self.cv_reader.room(), document.media_type, bytes).await;
        let words = words
            .map(|text| CvWords::of(&text))
            .and_then(|words| if words.is_empty() { Err(NoText::Unreadable) } else { Ok(words) });
        self.cv_reader.keep(owner, &document.digest, now, &words);
        self.cv_reader.drop_later(owner, now);
        words
    }
}
