//! The write side: use cases that load an aggregate, decide and append.
