//! From the signal to the verdict: everything after the last frame.

use super::connection::Connection;
use super::outbox::{Step, send};
use super::session::{Session, SignalFile};
use crate::protocol::{AckStatus, ErrorCode, Progress, ServerMessage, SignalHeader};
use crate::server::phrase::{Concluded, PhraseEvent};
use bytes::Bytes;
use vision::engine::PhraseSignals;

impl Connection {
    /// Takes the signal log and asks for the verdict.
    pub(super) async fn on_signal(&mut self, header: &SignalHeader, payload: &[u8]) -> Step {
        let Some(session) = &mut self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        let session_id = session.id().to_owned();
        tracing::info!(session = session_id, file = header.filename, bytes = payload.len(), "signal log");
        let parsed = self.service.read_signals(payload);
        let declared = parsed.as_ref().ok().and_then(|logged| logged.human_answer);
        let signal = SignalFile { bytes: Bytes::copy_from_slice(payload), declared };
        if let Err(error) = session.take_signal(signal) {
            return self.refuse(ErrorCode::ProcessingFailed, error.to_string()).await;
        }
        let status = AckStatus::Received;
        send(&mut self.socket, &ServerMessage::SignalAck { session_id: session_id.clone(), status }).await?;
        send(&mut self.socket, &ServerMessage::ProcessStart { session_id }).await?;
        match parsed {
            Ok(logged) => self.judge(logged.signals).await,
            Err(error) => self.refuse(ErrorCode::ProcessingFailed, error.to_string()).await,
        }
    }

    async fn judge(&mut self, signals: PhraseSignals) -> Step {
        let Some(session) = &mut self.session else { return Ok(()) };
        if session.store.len() == 0 {
            return self.refuse(ErrorCode::ProcessingFailed, "No frames to write").await;
        }
        if !session.worker.conclude(signals).await {
            return self.refuse(ErrorCode::ProcessingFailed, "the judge has stopped").await;
        }
        self.progress("video_reconstruction", 1.0, "Video reconstructed from frames").await?;
        self.progress("fisheye", 1.0, "Lens corrected while the frames arrived").await?;
        self.progress("yolo", 0.0, "Looking at the last frames").await
    }

    /// The judge's thread reports.
    pub(super) async fn on_event(&mut self, event: Option<PhraseEvent>) -> Step {
        match event {
            Some(PhraseEvent::Progress(done)) => self.progress("yolo", done, "Looking at the last frames").await,
            Some(PhraseEvent::Concluded(concluded)) => self.deliver(*concluded).await,
            Some(PhraseEvent::Failed(error)) => {
                self.service.metrics.failed.add(1);
                self.refuse(ErrorCode::ProcessingFailed, error).await
            }
            None => {
                self.service.metrics.failed.add(1);
                self.refuse(ErrorCode::ProcessingFailed, "the judge has stopped").await
            }
        }
    }

    /// Sends the verdict; only then are the papers written.
    async fn deliver(&mut self, concluded: Concluded) -> Step {
        self.progress("yolo", 1.0, "Every frame seen").await?;
        self.progress("decision", 1.0, "Decided").await?;
        self.progress("overlay", 0.0, "Video, workbook and overlay follow the verdict").await?;
        let Some(session) = self.session.take() else { return Ok(()) };
        let session_id = session.id().to_owned();
        let metrics = &self.service.metrics;
        metrics.analysed.add(concluded.analysed);
        metrics.skipped.add(concluded.skipped + session.worker.unanalysed());
        metrics.verdict_secs.observe(concluded.conclude_secs);
        let filed = self.service.file_streamed(session, concluded).await;
        let result = filed.result.clone();
        let sent =
            send(&mut self.socket, &ServerMessage::ProcessComplete { session_id: session_id.clone(), result }).await;
        tracing::info!(session = session_id, winner = filed.result["winner"].as_str(), "verdict sent");
        self.service.metrics.completed.add(1);
        // Its frames count against what all phrases share until they are on disk.
        self.service.archive.submit(filed, ());
        sent
    }

    async fn progress(&mut self, stage: &str, progress: f64, message: &str) -> Step {
        let Some(session_id) = self.session.as_ref().map(|session| Session::id(session).to_owned()) else {
            return Ok(());
        };
        let progress = Progress { session_id, stage: stage.to_owned(), progress, message: message.to_owned() };
        send(&mut self.socket, &ServerMessage::ProcessProgress(progress)).await
    }
}
