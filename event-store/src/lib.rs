//! The log of what happened, on two engines: append, read, follow; it knows nothing of job applications.
