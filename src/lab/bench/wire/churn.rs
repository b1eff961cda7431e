//! Whether memory comes back: many sessions one after the other on a server of their own.
//!
//! What is compared: a server that has judged one phrase in every place that it has, so that all models are loaded and
//! whatever is kept for good is there, and the same server after so many more.

use super::film::Film;
use super::paced::Line;
use super::served::Served;
use futures_util::future::join_all;
use settings::Limits;

/// Frames of a phrase that is only there to come and go.
const PHRASE_FRAMES: usize = 12;
/// How often memory is looked at on the way, to tell a plateau from a slope.
const LOOKS: usize = 4;

/// Prints memory before, on the way and after.
pub(super) async fn come_and_go(sessions: usize, film: &Film) -> anyhow::Result<()> {
    let server = Served::start()?;
    let loaded = server.settled_mib().await;
    let places = Limits::default().max_sessions;
    let first = join_all((0..places).map(|place| send(&server, format!("first-{place}"), film))).await;
    first.into_iter().collect::<Result<Vec<_>, _>>()?;
    server.artifacts_written().await?;
    let before = server.settled_mib().await;
    println!("{sessions} sessions one after the other, on a server of their own");
    println!("  memory, models loaded                          {loaded:.0} MiB");
    println!("  ... after one phrase in each of {places} places         {before:.0} MiB");
    let mut sent = 0;
    for look in 1..=LOOKS {
        while sent < sessions * look / LOOKS {
            send(&server, format!("small-{sent}"), film).await?;
            sent += 1;
        }
        server.artifacts_written().await?;
        let now = server.settled_mib().await;
        println!("  ... after {sent:>4} more                            {now:.0} MiB ({:+.0})", now - before);
    }
    println!("  held for frames                                {:.1} MB", server.held_mb().await?);
    Ok(())
}

async fn send(server: &Served, id: String, film: &Film) -> anyhow::Result<()> {
    Line::open(server, &id, film).await?.phrase_at_once(film, PHRASE_FRAMES).await.map(drop)
}
