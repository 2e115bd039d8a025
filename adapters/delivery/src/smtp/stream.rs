//! A connection that begins in clear and is encrypted by STARTTLS.
//!
//! Apart from the connection's making because of one trap: what somebody in between adds in clear behind the answer to
//! STARTTLS must not be taken for an answer after it (CVE-2011-0411). The library reads ahead; this keeps it from that.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How every TLS handshake begins (RFC 8446, 5.1), and no command of SMTP.
const HANDSHAKE: u8 = 0x16;

/// Gives one byte at a time until the encryption begins: whatever came in clear before it is then the handshake's, which
/// fails on it.
#[derive(Debug)]
pub(super) struct Upgradable {
    tcp: TcpStream,
    encrypting: bool,
}

impl Upgradable {
    pub(super) const fn new(tcp: TcpStream) -> Self {
        Self { tcp, encrypting: false }
    }
}

impl AsyncTokioStream for Upgradable {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

impl AsyncRead for Upgradable {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.encrypting || buf.remaining() == 0 {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Upgradable {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.encrypting |= bytes.first() == Some(&HANDSHAKE);
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
