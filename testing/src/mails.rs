//! The e-mails that were sent into a fixture's mailbox.

use std::fs;

use mail_parser::{Message, MessageParser};

use crate::Fixture;

impl Fixture {
    /// All e-mails, in the order in which they were sent.
    pub fn mails(&self) -> Vec<Message<'static>> {
        let entries = fs::read_dir(self.mailbox()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
        files.sort();
        let parser = MessageParser::default();
        let read = |path| parser.parse(&fs::read(path).unwrap()).unwrap().into_owned();
        files.into_iter().map(read).collect()
    }

    /// The e-mails that can be unsubscribed from.
    pub fn letters(&self) -> Vec<Message<'static>> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.header_raw("List-Unsubscribe-Post").is_some());
        mails
    }

    /// The only e-mail to this address.
    pub fn mail_to(&self, address: &str) -> Message<'static> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to().unwrap().first().unwrap().address() == Some(address));
        assert_eq!(mails.len(), 1, "e-mails to {address}");
        mails.remove(0)
    }
}
