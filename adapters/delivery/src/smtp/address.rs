//! Addresses in a mail's head and envelope.
//!
//! Apart from the composition because one recipient, and not one byte more, is a matter of safety.

use std::fmt;
use std::str::FromStr;

use lettre::Address;
use lettre::message::Mailbox;
use url::Host;

/// An address that mail comes from or answers go to, with or without a name: `Client portal <links@example.com>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(pub(super) Mailbox);

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one e-mail address such as links@example.com or Client portal <links@example.com>")]
pub struct InvalidMailAddress;

impl MailAddress {
    /// The address without its name.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.email.as_ref()
    }

    /// The same with this name, unless it has one.
    pub(super) fn named(&self, name: &str) -> Mailbox {
        let name = self.0.name.clone().unwrap_or_else(|| name.to_owned());
        Mailbox::new(Some(super::compose::line(&name, 120)), self.0.email.clone())
    }
}

impl FromStr for MailAddress {
    type Err = InvalidMailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidMailAddress> {
        let plain = text.chars().filter(|c| matches!(c, '@' | '<' | '>')).count();
        let (name, address) = match text.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) if plain == 3 => (Some(name.trim().trim_matches('"')), address.trim()),
            None if plain == 1 => (None, text.trim()),
            Some(_) | None => return Err(InvalidMailAddress),
        };
        let ascii = address.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii());
        let address = recipient(address).filter(|_| ascii && !text.chars().any(char::is_control));
        let address = address.ok_or(InvalidMailAddress)?;
        let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Self(Mailbox::new(name, address)))
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.name {
            Some(name) => write!(f, "{name} <{}>", self.0.email),
            None => write!(f, "{}", self.0.email),
        }
    }
}

/// Exactly one address, its domain in ASCII; `None` for anything else, whatever would come of it.
pub(super) fn recipient(text: &str) -> Option<Address> {
    let (local, domain) = text.split_once('@')?;
    let Ok(Host::Domain(domain)) = Host::parse(domain) else { return None };
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !r#""(),:;<>@[\]"#.contains(c);
    if !local.chars().all(plain) || !domain.contains('.') || domain.ends_with('.') {
        return None;
    }
    Address::new(local, domain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plain_address_is_a_recipient_and_its_domain_is_made_ascii() {
        for (text, address) in [
            ("ana@example.com", "ana@example.com"),
            ("o'hara+x@sub.example.org", "o'hara+x@sub.example.org"),
            ("ana@müller.example", "ana@xn--mller-kva.example"),
            ("jörg@müller.example", "jörg@xn--mller-kva.example"),
        ] {
            assert_eq!(recipient(text).map(|address| address.to_string()).as_deref(), Some(address));
        }
    }

    #[test]
    fn what_could_reach_two_or_bring_a_header_is_no_recipient() {
        for text in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@localhost",
            "ana@example.com.",
            "ana@example.com, eve@example.com",
            "ana@example.com\r\nBcc: eve@example.com",
            "ana@example.com\nRCPT TO:<eve@example.com>",
            "ana\r@example.com",
            "ana@example.com\0",
            "ana <ana@example.com>",
            "<ana@example.com>",
            "ana@example.com>",
            "\"ana eve\"@example.com",
            "ana(eve)@example.com",
            "ana;eve@example.com",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            "ana@exam ple.com",
            "ana eve@example.com",
        ] {
            assert_eq!(recipient(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_sender_may_have_a_name() {
        for (text, name, address) in [
            ("links@example.com", None, "links@example.com"),
            (" Client portal <links@example.com> ", Some("Client portal"), "links@example.com"),
            ("\"Müller, Söhne\" <links@example.com>", Some("Müller, Söhne"), "links@example.com"),
            ("<links@example.com>", None, "links@example.com"),
        ] {
            let parsed: MailAddress = text.parse().unwrap();
            assert_eq!((parsed.0.name.as_deref(), parsed.address()), (name, address), "{text}");
        }
        for text in [
            "",
            "portal",
            "a@example.com, b@example.com",
            "A <a@example.com> <b@example.com>",
            "A\n<a@example.com>",
            "a@example.com A",
            "A <a@b@example.com>",
            "jörg@example.com",
            "A <a@example.com",
            "@example.com",
        ] {
            assert_eq!(text.parse::<MailAddress>(), Err(InvalidMailAddress), "{text}");
        }
    }

    #[test]
    fn a_name_of_its_own_goes_before_the_portals() {
        let named: MailAddress = "Ana <links@example.com>".parse().unwrap();
        assert_eq!(named.named("Portal").name.as_deref(), Some("Ana"));
        let plain: MailAddress = "links@example.com".parse().unwrap();
        assert_eq!(plain.named("Portal\r\nBcc: eve@example.com").name.as_deref(), Some("Portal Bcc: eve@example.com"));
    }
}
