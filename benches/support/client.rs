//! A lean HTTP/1.1 client over kept-alive connections: the load shares two cores with the server, so it must cost little.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    /// Connects to `address`.
    pub async fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16_384) })
    }

    /// Sends one request and reads its answer.
    pub async fn send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut chunk = [0; 16_384];
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
                let mut answer = Answer { status, head, body: String::new() };
                let length: usize = answer.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
                while self.buffer.len() < end + 4 + length {
                    self.fill(&mut chunk).await?;
                }
                answer.body = String::from_utf8_lossy(&self.buffer[end + 4..end + 4 + length]).into_owned();
                return Ok(answer);
            }
            self.fill(&mut chunk).await?;
        }
    }

    async fn fill(&mut self, chunk: &mut [u8]) -> std::io::Result<()> {
        let read = self.stream.read(chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(&chunk[..read]);
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// A request with a body.
pub fn request(method: &str, path: &str, host: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Rate and latencies of one run.
pub struct Run {
    /// What was measured.
    pub name: &'static str,
    /// Requests answered.
    pub count: usize,
    /// How long it took.
    pub took: Duration,
    /// Every latency, sorted.
    pub latencies: Vec<Duration>,
}

impl Run {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }

    /// A percentile of the latencies, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let place = ((self.latencies.len() as f64 - 1.0) * percent / 100.0).round() as usize;
        self.latencies.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }

    /// One line for people.
    pub fn print(&self) {
        println!(
            "{:<44} {:>9.0}/s   p50 {:>7.2} ms   p99 {:>7.2} ms   ({} requests)",
            self.name,
            self.rate(),
            self.percentile(50.0),
            self.percentile(99.0),
            self.count
        );
    }
}

/// Sends `requests` over `connections` connections as fast as they are answered; every answer passes `check`.
pub async fn load(
    name: &'static str, address: &str, connections: usize, requests: Vec<Vec<u8>>,
    check: impl Fn(&Answer) -> Result<(), String> + Clone + Send + 'static,
) -> (Run, Vec<Answer>) {
    let count = requests.len();
    let mut shares: Vec<Vec<(usize, Vec<u8>)>> = (0..connections).map(|_| vec![]).collect();
    for (nth, request) in requests.into_iter().enumerate() {
        shares[nth % connections].push((nth, request));
    }
    let mut open = vec![];
    for share in shares {
        open.push((Connection::open(address).await.expect("the server takes connections"), share));
    }
    let begun = Instant::now();
    let mut tasks = vec![];
    for (mut connection, share) in open {
        let check = check.clone();
        tasks.push(tokio::spawn(async move {
            let mut answers = Vec::with_capacity(share.len());
            for (nth, request) in share {
                let sent = Instant::now();
                let answer = connection.send(&request).await.expect("an answer");
                if let Err(wrong) = check(&answer) {
                    panic!("{wrong}: {} {}", answer.head, answer.body);
                }
                answers.push((nth, sent.elapsed(), answer));
            }
            answers
        }));
    }
    let mut all = Vec::with_capacity(count);
    for task in tasks {
        all.extend(task.await.expect("a connection's task"));
    }
    let took = begun.elapsed();
    all.sort_by_key(|(nth, ..)| *nth);
    let mut latencies: Vec<Duration> = all.iter().map(|(_, latency, _)| *latency).collect();
    latencies.sort_unstable();
    (Run { name, count, took, latencies }, all.into_iter().map(|(.., answer)| answer).collect())
}

/// Whether an answer has this status.
pub fn status(expected: u16) -> impl Fn(&Answer) -> Result<(), String> + Clone + Send + 'static {
    move |answer| {
        if answer.status == expected { Ok(()) } else { Err(format!("expected {expected}, got {}", answer.status)) }
    }
}
