//! Many clients at once, polite and hostile, each on a server of its own.

use super::film::Film;
use super::paced::{Line, Opening, Streamed};
use super::served::Served;
use super::{acks, row, verdicts};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

/// Clients that start at the same moment.
const CLIENTS: usize = 10;
/// Idle keep-alive connections and slow uploads beside an honest client.
const KEEP_ALIVES: usize = 300;
const SLOW_UPLOADS: usize = 50;
/// Bytes that a slow upload sends each second.
const SLOW_BYTES: usize = 600;
/// Phrases of the honest client, without and beside the others.
const PHRASES: usize = 3;
/// Hostile texts, and the nesting of each.
const TEXTS: usize = 40;
const NESTING: usize = 200_000;

/// Prints all of it.
pub(super) async fn reach(film: &Film) -> anyhow::Result<()> {
    together(film).await?;
    beside_idle_and_slow(film).await?;
    hostile_texts().await
}

/// Clients that start together: those that are admitted must be analysed whole, the others told soon.
async fn together(film: &Film) -> anyhow::Result<()> {
    let server = Served::start()?;
    let ids: Vec<String> = (0..CLIENTS).map(|number| format!("together-{number}")).collect();
    let client = async |id: &String| -> anyhow::Result<Result<Streamed, Duration>> {
        let asked = Instant::now();
        match Line::ask(&server, id, film).await? {
            Opening::Open(mut line) => Ok(Ok(line.phrase(film, film.jpegs.len()).await?)),
            Opening::Busy(_) => Ok(Err(asked.elapsed())),
        }
    };
    let ended: Vec<_> = join_all(ids.iter().map(client)).await.into_iter().collect::<Result<_, _>>()?;
    let admitted: Vec<&Streamed> = ended.iter().filter_map(|client| client.as_ref().ok()).collect();
    let refused: Vec<Duration> = ended.iter().filter_map(|client| client.as_ref().err().copied()).collect();
    let share = |one: &&Streamed| 100.0 - 100.0 * one.skipped as f64 / one.acks.len().max(1) as f64;
    let worst = admitted.iter().map(share).fold(100.0, f64::min);
    println!("{CLIENTS} clients that start together, phrases of {:.0} s", film.secs);
    println!(
        "  admitted                                       {} (frames analysed, the worst {worst:.0} %)",
        admitted.len()
    );
    row("  verdict after the signal", &verdicts(&admitted), 0.95);
    row("  told that the server is busy after", &refused, 0.95);
    Ok(())
}

/// An honest client with nobody else, and beside idle connections and uploads that hardly send.
async fn beside_idle_and_slow(film: &Film) -> anyhow::Result<()> {
    let server = Served::start()?;
    let alone = honest(&server, film, "alone").await?;
    let mut others = JoinSet::new();
    for _ in 0..KEEP_ALIVES {
        let address = server.address.clone();
        others.spawn(async move { keep_alive(&address).await });
    }
    for _ in 0..SLOW_UPLOADS {
        let address = server.address.clone();
        others.spawn(async move { slow_upload(&address).await });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let beside = honest(&server, film, "beside").await?;
    others.abort_all();
    println!(
        "an honest client beside {KEEP_ALIVES} idle connections and {SLOW_UPLOADS} uploads of {SLOW_BYTES} bytes a second"
    );
    for (what, streamed) in [("alone", &alone), ("beside them", &beside)] {
        let streamed: Vec<&Streamed> = streamed.iter().collect();
        row(&format!("  acknowledgement, {what}"), &acks(&streamed), 0.99);
        row(&format!("  verdict after the signal, {what}"), &verdicts(&streamed), 0.95);
    }
    println!("  memory of the server                           {:.0} MiB", server.memory_mib());
    Ok(())
}

async fn honest(server: &Served, film: &Film, name: &str) -> anyhow::Result<Vec<Streamed>> {
    let mut streamed = Vec::new();
    for number in 0..PHRASES {
        let mut line = Line::open(server, &format!("{name}-{number}"), film).await?;
        streamed.push(line.phrase(film, film.jpegs.len()).await?);
    }
    Ok(streamed)
}

/// A connection that asks once and stays open until the server closes it.
async fn keep_alive(address: &str) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\n\r\n");
    if stream.write_all(request.as_bytes()).await.is_ok() {
        let mut bytes = [0; 4096];
        while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
    }
}

/// An upload that sends little and never ends.
async fn slow_upload(address: &str) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let head = format!(
        "POST /analyze HTTP/1.1\r\nHost: {address}\r\nContent-Type: multipart/form-data; boundary=b\r\n\
         Content-Length: 50000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"c.mp4\"\r\n\r\n"
    );
    let mut written = stream.write_all(head.as_bytes()).await;
    while written.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        written = stream.write_all(&[0; SLOW_BYTES]).await;
    }
}

/// Deeply nested JSON on many sockets at once: the largest memory that the server takes.
async fn hostile_texts() -> anyhow::Result<()> {
    let server = Served::start()?;
    let before = server.settled_mib().await;
    let text = format!("{}{}", "[".repeat(NESTING), "]".repeat(NESTING));
    let mut sockets = JoinSet::new();
    for _ in 0..TEXTS {
        let (url, text) = (format!("ws://{}/stream", server.address), text.clone());
        sockets.spawn(async move {
            let Ok((mut socket, _)) = tokio_tungstenite::connect_async(url).await else { return };
            if socket.send(Message::text(text)).await.is_ok() {
                while socket.next().await.is_some_and(|message| message.is_ok()) {}
            }
        });
    }
    let (mut most, began) = (before, Instant::now());
    while began.elapsed() < Duration::from_secs(5) {
        most = most.max(server.memory_mib());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sockets.abort_all();
    println!("{TEXTS} texts of {NESTING} nested lists at once");
    println!("  memory before, and at most                     {before:.0} MiB, {most:.0} MiB");
    Ok(())
}
