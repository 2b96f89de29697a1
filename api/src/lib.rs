//! HTTP: one folder per audience, with the pages and their templates.
