//! The address a request really came from.
//!
//! Apart from the rest because believing a header too much is a classic (OWASP ASVS 5.0, 4.1.3): `X-Forwarded-For` is read
//! only when a trusted proxy brings it, and counted from the right, where our own proxies wrote.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::Web;

/// The client's address; `None` where the request did not come over IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientIp(pub(crate) Option<IpAddr>);

pub(super) async fn know_the_client(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let client = peer.map(|peer| client(peer, request.headers(), &web.config.trusted_proxies));
    request.extensions_mut().insert(ClientIp(client));
    next.run(request).await
}

/// The rightmost address that is not one of our proxies.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let ours = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let mut client = peer;
    let lines = headers.get_all("x-forwarded-for").into_iter().collect::<Vec<_>>();
    for entry in lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')) {
        if !ours(client) {
            break;
        }
        // What a proxy of ours did not understand, we do not either: the proxy itself is the client then.
        let Some(ip) = std::str::from_utf8(entry).ok().and_then(|entry| entry.trim().parse::<IpAddr>().ok()) else {
            break;
        };
        client = ip.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let headers =
            forwarded.iter().map(|line| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap())).collect();
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_never_believed() {
        assert_eq!(seen("203.0.113.9", &["10.0.0.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn what_our_proxies_wrote_is_counted_from_the_right() {
        let ours = ["10.0.0.0/8"];
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"], &ours), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["1.2.3.4, 198.51.100.1"], &ours), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.2"], &ours), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["1.2.3.4", "198.51.100.1,10.0.0.2"], &ours), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["10.0.0.3, 10.0.0.2"], &ours), "10.0.0.3");
        assert_eq!(seen("10.0.0.1", &["2001:db8::1"], &ours), "2001:db8::1");
    }

    #[test]
    fn nonsense_ends_the_chain_of_trust() {
        let ours = ["10.0.0.0/8"];
        for nonsense in ["", "unknown", "1.2.3.4, ", "1.2.3.4, nobody", "198.51.100.1:80"] {
            assert_eq!(seen("10.0.0.1", &[nonsense], &ours), "10.0.0.1", "{nonsense:?}");
        }
    }
}
