//! Work permits against a form service in another process that changes while it is read and misbehaves when
//! it is told: after the next run what is here equals what it holds, and each change is one event.

mod killed;
mod stage;
mod synchronised;
mod told;
