//! The rules through the front door: given a history, when something is decided, then this happens.

mod accounts;
mod alerts;
mod every_decision_in_every_state;
mod meetings;
mod offers;
mod partners;
mod people;
mod permits;
mod personal_data;
mod profiles;
mod recommendations;
mod space;
mod timetable;
