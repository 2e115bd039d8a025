//! Twilio's signature of a form that it posts.
//!
//! Apart from the hooks because two sides share it: whoever checks what Twilio sent, and the sandbox, which sends the same.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::AuthToken;

/// The header that carries it.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";

/// The value of `X-Twilio-Signature`: HMAC-SHA1, as Base64, of the URL followed by every field's name and value, ordered by
/// the names' bytes and then the values'; a pair that comes twice counts once, and empty values count
/// (<https://www.twilio.com/docs/usage/security>, "Validating requests").
///
/// `url` is the address as Twilio knows it, query included, fragment left out.
#[must_use]
pub fn sign(token: &AuthToken, url: &str, fields: &[(String, String)]) -> String {
    BASE64.encode(&digest(SignatureKind::Sha1, token, url, fields))
}

/// The hash under a signature. Set by the operator; a request has no say in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureKind {
    /// What the auth token signs with.
    Sha1,
    /// What a shared key signs with.
    Sha256,
}

/// The bytes of the signature, for comparing in constant time.
pub(crate) fn digest(kind: SignatureKind, token: &AuthToken, url: &str, fields: &[(String, String)]) -> Vec<u8> {
    match kind {
        SignatureKind::Sha1 => mac::<Hmac<Sha1>>(token, url, fields),
        SignatureKind::Sha256 => mac::<Hmac<Sha256>>(token, url, fields),
    }
}

fn mac<M: Mac + KeyInit>(token: &AuthToken, url: &str, fields: &[(String, String)]) -> Vec<u8> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(token.expose().as_bytes()) else {
        // HMAC takes keys of any length.
        return vec![];
    };
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Twilio's documentation, signed by its Python library.
    #[test]
    fn the_vendors_own_example_is_signed_alike() {
        let token = AuthToken::example("12345");
        let fields = [
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
            ("From", "+14158675309"),
            ("Digits", "1234"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let signed = sign(&token, url, &fields);
        assert_eq!(signed, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        let (mut twice, mut other) = (fields.to_vec(), fields.to_vec());
        twice.push(fields[0].clone());
        other.push(("To".to_owned(), String::new()));
        assert_eq!(sign(&token, url, &twice), signed, "a pair that comes twice counts once");
        assert_ne!(sign(&token, url, &other), signed);
        assert_ne!(sign(&token, "https://mycompany.com/myapp.php?foo=1", &fields), signed);
        assert_ne!(sign(&AuthToken::example("12346"), url, &fields), signed);
    }
}
