//! The mails that the sandbox took.
//!
//! Apart from the phones because mail comes as one text that has to be read (MIME, RFC 2045).

use std::collections::VecDeque;

use async_trait::async_trait;
use magiclink_domain::ports::{Look, MailAnswer, NotNow, SandboxMail, Sending};
use magiclink_domain::time::Timestamp;
use mailparse::{MailHeaderMap as _, ParsedMail};

use super::Sandbox;
use crate::smtp::{Carrier, Mail};

/// Mails kept; older ones are forgotten.
const MOST: usize = 500;

/// Every mailbox's mails with their `Message-ID`, newest first.
#[derive(Default)]
pub(super) struct Mailbox {
    mails: VecDeque<(String, SandboxMail)>,
    /// What is answered to the next ones.
    pub(super) answer: MailAnswer,
}

impl Mailbox {
    pub(super) fn keep(&mut self, id: &str, mail: SandboxMail) {
        self.mails.push_front((id.to_owned(), mail));
        self.mails.truncate(MOST);
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.mails.iter().any(|(known, _)| known == id)
    }

    pub(super) fn mails(&self) -> Vec<SandboxMail> {
        self.mails.iter().map(|(_, mail)| mail.clone()).collect()
    }
}

/// A mail as it is shown. What can't be read as a mail is shown as text.
pub(super) fn read(nth: u64, to: &str, raw: Vec<u8>, at: Timestamp) -> SandboxMail {
    let (headers, text, html) = match mailparse::parse_mail(&raw) {
        Ok(mail) => {
            let headers = mail.headers.iter().map(|header| (header.get_key(), header.get_value())).collect();
            (headers, part(&mail, "text/plain").unwrap_or_default(), part(&mail, "text/html"))
        }
        Err(_) => (vec![], String::from_utf8_lossy(&raw).into_owned(), None),
    };
    SandboxMail { nth, to: to.to_owned(), headers, text, html, raw, at }
}

/// The first part of this type.
fn part(mail: &ParsedMail<'_>, kind: &str) -> Option<String> {
    let found = mail.parts().find(|part| part.subparts.is_empty() && part.ctype.mimetype == kind)?;
    let attached =
        found.headers.get_first_value("Content-Disposition").is_some_and(|how| how.starts_with("attachment"));
    let text = found.get_body().ok().filter(|_| !attached)?;
    Some(text.replace("\r\n", "\n").trim_end().to_owned())
}

/// The sandbox in a mail server's place.
#[async_trait]
impl Carrier for Sandbox {
    async fn carry(&self, mail: &Mail) -> Sending {
        let answer = self.inside().mailbox.answer;
        match answer {
            MailAnswer::Takes => {
                self.keep_mail(mail);
                Sending::Sent { provider_id: mail.id().to_owned() }
            }
            MailAnswer::Full => Sending::Failed {
                code: "552 5.2.2".to_owned(),
                words: "this mailbox is full (it says: over quota)".to_owned(),
            },
            MailAnswer::Later => Sending::NotNow(NotNow {
                code: "451 4.7.1".to_owned(),
                words: "the mail server can't take it now (it says: greylisted): it is tried again".to_owned(),
                retry_after: None,
                whole_channel: false,
            }),
        }
    }

    async fn look_up(&self, mail: &Mail) -> Look {
        if self.has_mail(mail.id()) {
            Look::Found(Sending::Sent { provider_id: mail.id().to_owned() })
        } else {
            Look::Absent
        }
    }

    async fn check(&self) -> Result<String, String> {
        Ok("mails stay in the sandbox".to_owned())
    }
}
