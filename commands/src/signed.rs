//! What the server signs and checks itself: links, tickets and tokens.
//!
//! All but access tokens have one form: `KEYID.PAYLOAD.MAC`, the last two in base64url, where the MAC is HMAC-SHA256
//! (RFC 2104) of the payload under a key derived for the purpose. A new key signs, old ones go on
//! verifying until they are taken out of the configuration.

pub(crate) mod access_token;
pub(crate) mod answer_ticket;
pub(crate) mod device;
pub(crate) mod embed_token;
pub(crate) mod form_ticket;
pub(crate) mod key_ring;
pub(crate) mod link;
pub(crate) mod slip;

use thiserror::Error;

/// Why a signed text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// It was altered, cut, or never ours, or its key was taken out of service.
    #[error("this link or token is not valid: it may have been cut or altered on its way")]
    Forged,
    /// It was ours, and its time is over.
    #[error("this link or token has expired")]
    Expired,
}
