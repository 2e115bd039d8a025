//! What Twilio would refuse, refused with its codes.
//!
//! Apart from the vendor's answers because these rules come from three places: Twilio's API description, the numbers of
//! its test credentials, and the pages of its error codes.

use url::{Host, Url};

use super::description::{Kind, PARAMETERS};

/// The longest message, in characters.
const MOST_BODY: usize = 1_600;

/// A refusal in Twilio's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u32,
    pub(super) message: &'static str,
}

pub(super) const AUTHENTICATE: Refusal = Refusal { status: 401, code: 20_003, message: "Authenticate" };
pub(super) const NOT_FOUND: Refusal =
    Refusal { status: 404, code: 20_404, message: "The requested resource was not found" };

const fn bad(code: u32, message: &'static str) -> Refusal {
    Refusal { status: 400, code, message }
}

/// A form that would make a message.
pub(super) struct NewMessage {
    pub(super) to: String,
    pub(super) from: Option<String>,
    pub(super) service: Option<String>,
    pub(super) body: String,
    pub(super) callback: Option<String>,
}

/// Reads a form as Twilio would.
pub(super) fn read(form: &[(String, String)]) -> Result<NewMessage, Refusal> {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    for (name, value) in form {
        let Some((_, kind)) = PARAMETERS.iter().find(|(known, _)| known == name) else {
            return Err(bad(20_001, "Unknown parameter"));
        };
        if !kind.takes(value) {
            return Err(bad(wrong(name), "A parameter is not valid"));
        }
    }
    let to = field("To").filter(|to| !to.is_empty()).ok_or(bad(21_604, "A 'To' phone number is required."))?;
    recipient(&to)?;
    let (from, service) = (field("From"), field("MessagingServiceSid"));
    sender(from.as_deref(), service.as_deref())?;
    let body = field("Body").filter(|body| !body.is_empty()).ok_or(bad(21_602, "Message body is required."))?;
    if body.chars().count() > MOST_BODY {
        return Err(bad(21_617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let callback = field("StatusCallback");
    if callback.as_deref().is_some_and(|callback| !is_callback(callback)) {
        return Err(bad(21_609, "The StatusCallback URL is not a valid URL."));
    }
    Ok(NewMessage { to, from, service, body, callback })
}

/// The code of a parameter that has the wrong form.
fn wrong(name: &str) -> u32 {
    match name {
        "To" => 21_211,
        "From" => 21_212,
        "StatusCallback" => 21_609,
        "MessagingServiceSid" => 21_701,
        _ => 20_001,
    }
}

/// The numbers of Twilio's test credentials.
fn recipient(to: &str) -> Result<(), Refusal> {
    match to {
        "+15005550001" => Err(bad(21_211, "The 'To' phone number is not valid.")),
        "+15005550002" => Err(bad(21_612, "The 'To' number can't be reached from the 'From' number.")),
        "+15005550003" => Err(bad(21_408, "Permission to send to the region of the 'To' number has not been enabled")),
        "+15005550004" => Err(bad(21_610, "Attempt to send to unsubscribed recipient")),
        "+15005550009" => Err(bad(21_614, "'To' number is not a valid mobile number")),
        _ => Ok(()),
    }
}

fn sender(from: Option<&str>, service: Option<&str>) -> Result<(), Refusal> {
    match (from, service) {
        (None, None) => Err(bad(21_603, "A 'From' number or a MessagingServiceSid is required")),
        (Some("+15005550006"), _) | (None, Some(_)) => Ok(()),
        (Some("+15005550001"), _) => Err(bad(21_212, "The 'From' number is not a valid phone number")),
        (Some("+15005550008"), _) => {
            Err(Refusal { status: 429, ..bad(21_611, "The 'From' number has too many queued messages") })
        }
        (Some(_), _) => Err(bad(21_606, "The 'From' number can't send to this number")),
    }
}

fn is_callback(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let host = match url.host() {
        Some(Host::Domain(name)) => !name.contains('_'),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    host && matches!(url.scheme(), "http" | "https")
}

impl Kind {
    /// Whether a value has this form.
    pub(super) fn takes(self, value: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Text => true,
            // A plus that was not encoded arrives as a space.
            Self::Phone => value.strip_prefix('+').is_some_and(|rest| digits(rest) && (7..=15).contains(&rest.len())),
            Self::Seconds => digits(value) && value.parse().is_ok_and(|seconds: u32| (1..=36_000).contains(&seconds)),
            Self::Whole => digits(value),
            Self::Number => value.parse::<f64>().is_ok(),
            Self::Flag => matches!(value, "true" | "false"),
            Self::Sid(prefix) => {
                let rest = value.strip_prefix(prefix).filter(|rest| rest.len() == 32);
                rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
            }
            Self::OneOf(words) => words.contains(&value),
            Self::Address => Url::parse(value).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let mut form: Vec<(String, String)> = [("To", "+14155550100"), ("From", "+15005550006"), ("Body", "Hello")]
            .map(|(n, v)| (n.into(), v.into()))
            .into();
        for (name, value) in change {
            form.retain(|(known, _)| known != name);
            form.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
        }
        form
    }

    #[track_caller]
    fn refused(change: &[(&str, Option<&str>)]) -> u32 {
        match read(&form(change)) {
            Ok(_) => 0,
            Err(refusal) => refusal.code,
        }
    }

    #[test]
    fn what_twilio_takes_is_taken() {
        assert_eq!(refused(&[]), 0);
        assert_eq!(refused(&[("ValidityPeriod", Some("1"))]), 0);
        assert_eq!(refused(&[("ValidityPeriod", Some("36000"))]), 0);
        assert_eq!(refused(&[("From", None), ("MessagingServiceSid", Some(&format!("MG{}", "a".repeat(32))))]), 0);
        assert_eq!(refused(&[("StatusCallback", Some("https://portal.example.com/hooks?a=b"))]), 0);
        assert_eq!(refused(&[("Body", Some(&"é".repeat(1_600)))]), 0);
    }

    #[test]
    fn what_twilio_refuses_is_refused_with_its_code() {
        for (change, code) in [
            (("To", None), 21_604),
            (("To", Some("")), 21_211),
            (("To", Some(" 14155550100")), 21_211),
            (("To", Some("abc")), 21_211),
            (("To", Some("+15005550001")), 21_211),
            (("To", Some("+15005550002")), 21_612),
            (("To", Some("+15005550003")), 21_408),
            (("To", Some("+15005550004")), 21_610),
            (("To", Some("+15005550009")), 21_614),
            (("From", None), 21_603),
            (("From", Some("+15005550001")), 21_212),
            (("From", Some("+15005550007")), 21_606),
            (("From", Some("+15005550008")), 21_611),
            (("MessagingServiceSid", Some("MG1")), 21_701),
            (("Body", None), 21_602),
            (("Body", Some(&"é".repeat(1_601))), 21_617),
            (("StatusCallback", Some("/hooks")), 21_609),
            (("StatusCallback", Some("https://my_portal.example.com/")), 21_609),
            (("ValidityPeriod", Some("0")), 20_001),
            (("ValidityPeriod", Some("36001")), 20_001),
            (("ValidityPeriod", Some("1.5")), 20_001),
            (("SmartEncoded", Some("yes")), 20_001),
            (("Tone", Some("friendly")), 20_001),
        ] {
            assert_eq!(refused(&[change]), code, "{change:?}");
        }
    }
}
