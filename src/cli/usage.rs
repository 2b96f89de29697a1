//! A call that cannot be meant so: the exit status is 2, as for what the parser refuses.

use std::fmt;

/// What is wrong with the call, and how to mend it.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}
