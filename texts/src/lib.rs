//! What people read: languages, letters and calendar files; values in, text out.
