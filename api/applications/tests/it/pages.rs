//! The pages for people, through the whole router over a real log.

mod accounts;
mod candidate;
mod people;
mod pseudo;
mod recruiter;
mod support;
