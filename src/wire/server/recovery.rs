//! Recovery of phrases that were streaming when the server was killed: each is resumed by its client, or judged by what had arrived.

use super::phrase::PhraseEvent;
use super::service::Service;
use super::stream::{Session, SpooledFrames};
use std::sync::Arc;

/// Admits the recovered phrases. Called before the first connection, so that no other client takes their ids; their frames are read
/// afterwards.
pub(super) fn recover(service: &Arc<Service>) {
    let interrupted_phrases = std::mem::take(&mut *service.interrupted_phrases.lock());
    for phrase in interrupted_phrases {
        let (id, frames) = (phrase.head.session_id.clone(), phrase.frames.len());
        let Some((session, spooled)) = Session::restore(service, phrase) else { continue };
        tracing::info!(session = id, frames, "a phrase that was cut off is read back");
        let service = Arc::clone(service);
        let tracker = service.connections.clone();
        tracker.spawn(async move {
            let killed = service.killed.clone();
            killed.run_until_cancelled(restore_session(&service, session, spooled)).await;
        });
    }
}

async fn restore_session(service: &Arc<Service>, mut session: Session, spooled: SpooledFrames) {
    session.replay(spooled).await;
    if session.is_resumable() && session.signal.is_none() {
        service.sessions.detach(session);
    } else {
        conclude(service, session).await;
    }
}

/// Judges a phrase that no client waits for, by the signals that had arrived, and stores it.
pub(super) async fn conclude(service: &Arc<Service>, mut session: Session) {
    let log = session.signal.as_ref().map(|signal| signal.bytes.clone()).unwrap_or_default();
    let id = session.id().to_owned();
    let signals = match service.read_signals(&log) {
        Ok(logged) => logged.signals,
        Err(error) => return tracing::warn!(session = id, %error, "a phrase that was cut off cannot be judged"),
    };
    if !session.worker.conclude(signals) {
        return tracing::warn!(session = id, "a phrase that was cut off cannot be judged");
    }
    loop {
        match session.worker.next_event().await {
            Some(PhraseEvent::Progress(_)) => {}
            Some(PhraseEvent::Concluded(concluded)) => {
                let phrase = service.store_streamed(session, *concluded).await;
                tracing::info!(session = id, winner = phrase.result["winner"].as_str(), "a cut-off phrase is judged");
                return service.artifacts.submit(phrase, ());
            }
            Some(PhraseEvent::Failed(error)) => {
                return tracing::warn!(session = id, %error, "a phrase that was cut off cannot be judged");
            }
            None => return tracing::warn!(session = id, "a phrase that was cut off cannot be judged"),
        }
    }
}
