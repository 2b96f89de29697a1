//! The write side, a context at a time: what may be done to applications, to partners, to operators.
//!
//! A facade is a view of [`Commands`]. To add a context: its line here, and its use cases in a file of
//! its own.

use std::ops::Deref;

use crate::Commands;

macro_rules! facades {
    ($($(#[$about:meta])* $door:ident: $facade:ident,)+) => {
        $(
            $(#[$about])*
            #[derive(Clone, Copy)]
            pub struct $facade<'a>(&'a Commands);

            impl Deref for $facade<'_> {
                type Target = Commands;

                fn deref(&self) -> &Commands {
                    self.0
                }
            }
        )+

        impl Commands {
            $(
                $(#[$about])*
                pub const fn $door(&self) -> $facade<'_> {
                    $facade(self)
                }
            )+
        }
    };
}

facades! {
    /// What happens to applications.
    applications: Applications,
    /// The partners whose platforms send applications.
    partners: Partners,
    /// The e-mails that were sent, and what became of them.
    emails: Emails,
    /// Letters that belong to no application.
    messages: Messages,
    /// The addresses to which nothing is sent for a while.
    suppressions: Suppressions,
    /// The posts to webhooks.
    webhooks: Webhooks,
    /// Those who run the service, and what they do.
    operators: Operators,
    /// The accounts of candidates and recruiters.
    accounts: Accounts,
    /// What people sign in with.
    identity: Identity,
    /// What is kept of persons: handing it out, erasing it.
    people: People,
    /// Work permits and their sources.
    permits: Permits,
    /// What somebody applied for, their tasks, their CV.
    space: Space,
    /// What new job offers somebody is told of.
    alerts: Alerts,
    /// Where job offers are collected from.
    collecting: Collecting,
    /// Job offers: collected, published, ended.
    offers: Offers,
    /// Whether the clock starts tasks.
    schedules: Schedules,
    /// How often somebody may do something.
    limits: Limits,
}
