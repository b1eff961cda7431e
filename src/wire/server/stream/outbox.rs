//! Sending to one client: typed messages out, a limit on how long a client may refuse to read.

use crate::protocol::{ErrorCode, ErrorReport, ServerMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use std::time::Duration;

/// A client that does not take a message for so long is gone: the time after which WebSocket peers give up a ping.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client said goodbye.
    ClientClosed,
    /// The connection broke, or the client stopped reading or answering.
    Lost,
    /// We closed it, after an error or because of the time-out.
    Closed,
    /// Another connection of the same client took the session over.
    HandedOver,
    /// The server is stopping.
    Stopping,
}

/// Goes on, or how it ends.
pub(super) type Step = Result<(), Ending>;

/// Sends one message.
pub(super) async fn send(socket: &mut WebSocket, message: &ServerMessage) -> Step {
    send_raw(socket, Message::text(message.to_json())).await
}

/// Sends anything within the time that a client has to take it.
pub(super) async fn send_raw(socket: &mut WebSocket, message: Message) -> Step {
    match tokio::time::timeout(SEND_WITHIN, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Ending::Lost),
    }
}

/// Reports an error, and closes where its code closes.
pub(super) async fn refuse(
    socket: &mut WebSocket,
    session_id: Option<&str>,
    code: ErrorCode,
    message: impl Into<String>,
) -> Step {
    let report = ErrorReport::new(session_id, code, message);
    tracing::info!(code = report.error_code, message = report.error_message, "refused");
    send(socket, &ServerMessage::Error(report)).await?;
    if code.closes() {
        close(socket, close_code::NORMAL, "").await;
        return Err(Ending::Closed);
    }
    Ok(())
}

/// Says goodbye. Whether the client hears it no longer matters.
pub(super) async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let _ = send_raw(socket, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}
