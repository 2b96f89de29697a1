//! The admin, through the router: who may what, what is refused, and what each page does.

mod acts;
mod audit;
mod forgotten;
mod looks;
mod people;
mod pseudo;
mod reports;
mod roles;
mod search;
mod security;
mod support;
