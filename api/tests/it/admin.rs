//! The admin, through the router: who may what, what is refused, and what each page does.

mod acts;
mod audit;
mod looks;
mod people;
mod pseudo;
mod reports;
mod roles;
mod schedules;
mod search;
mod security;
mod support;
