//! A mail server of ours: how it is reached, and a connection to it.
//!
//! Apart from the dialogue because finding, trusting and signing in fail for reasons that only an operator can mend.

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::stream::Upgradable;
use super::url::{Security, SmtpUrl};
use super::verdict::{Stage, Stop, Trouble};

/// How long one mail may take altogether: the port allows 30 s.
const PATIENCE: Duration = Duration::from_secs(25);

/// A mail server that takes our mail and carries it on.
#[derive(Clone)]
pub struct Relay {
    pub(super) url: SmtpUrl,
    tls: Option<TlsParameters>,
    hello: ClientId,
    pub(super) patience: Duration,
}

/// The server can't be used as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// The file of authorities holds nothing that can be used.
    #[error("no certificate in it can be read: it must hold one or more of them in PEM form")]
    Authorities,
    /// TLS could not be prepared.
    #[error("TLS could not be set up for this host name: check its spelling")]
    Tls,
}

impl Relay {
    /// The server at this address. `authorities` (PEM) are trusted instead of the system's.
    ///
    /// # Errors
    /// [`RelayError`] naming what can't be used.
    pub fn new(url: SmtpUrl, authorities: Option<&[u8]>) -> Result<Self, RelayError> {
        let tls = match url.security {
            Security::Implicit | Security::Required => Some(tls(&url.host, authorities)?),
            Security::Clear => None,
        };
        Ok(Self { url, tls, hello: ClientId::default(), patience: PATIENCE })
    }

    /// The same, giving up on a mail after `patience` (25 s unless said).
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Connects, encrypts and signs in.
    pub(super) async fn open(&self, deadline: Instant) -> Result<AsyncSmtpConnection, Stop> {
        let mut connection = match self.url.security {
            Security::Implicit | Security::Clear => {
                let server = (self.url.host.as_str(), self.url.port);
                let connecting = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, self.tls.clone(), None);
                within(deadline, Stage::Connect, connecting).await?
            }
            Security::Required => self.upgrade(deadline).await?,
        };
        if let Some(login) = &self.url.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            within(deadline, Stage::SignIn, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    /// Connects in clear, and says nothing but that it wants encryption.
    async fn upgrade(&self, deadline: Instant) -> Result<AsyncSmtpConnection, Stop> {
        let server = (self.url.host.as_str(), self.url.port);
        let tcp = within(deadline, Stage::Connect, TcpStream::connect(server)).await?;
        let stream = Box::new(Upgradable::new(tcp));
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
        let mut connection = within(deadline, Stage::Connect, greeting).await?;
        if let Some(tls) = self.tls.clone() {
            within(deadline, Stage::Encrypt, connection.starttls(tls, &self.hello)).await?;
        }
        Ok(connection)
    }
}

/// One step of the dialogue, in what time is left.
pub(super) async fn within<T, E: Into<Trouble>>(
    deadline: Instant, stage: Stage, step: impl Future<Output = Result<T, E>>,
) -> Result<T, Stop> {
    let trouble = match timeout_at(deadline, step).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => error.into(),
        Err(_) => Trouble::Silent,
    };
    Err(Stop { stage, trouble })
}

fn tls(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, RelayError> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
            return Err(RelayError::Authorities);
        }
        let certificates = Certificate::from_pem(pem).map_err(|_| RelayError::Authorities)?;
        tls = tls.certificate_store(CertificateStore::None).add_root_certificate(certificates);
    }
    tls.build().map_err(|_| if authorities.is_some() { RelayError::Authorities } else { RelayError::Tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        let url = || "smtps://mail.example.com".parse::<SmtpUrl>().unwrap();
        for pem in [&b""[..], b"nonsense", b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"] {
            assert_eq!(Relay::new(url(), Some(pem)).map(drop), Err(RelayError::Authorities));
        }
        assert!(Relay::new(url(), None).is_ok());
    }
}
