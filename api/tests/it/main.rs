//! The whole router over a real log: what machines ask, and what holds for every address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod links;
mod mailbox;
mod metrics;
mod network;
mod refusals;
mod reports;

// The services of the audiences' own tests, here with every route.
#[expect(dead_code, reason = "tests of the admin use the rest of it")]
#[path = "../../admin/tests/it/support.rs"]
mod operators;
#[expect(dead_code, reason = "tests of the pages use the rest of it")]
#[path = "../../applications/tests/it/pages/support.rs"]
mod pages;
#[expect(dead_code, reason = "tests of the API use the rest of it")]
#[path = "../../applications/tests/it/partner/service.rs"]
mod partners;

use api::router;
