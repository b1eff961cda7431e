//! A picture arrives: keep it, show it, say so.

use super::connection::Connection;
use super::outbox::{Step, send};
use crate::protocol::{AckStatus, ErrorCode, FrameHeader, ServerMessage};
use crate::server::phrase::{Kept, StoredFrame};
use bytes::Bytes;

impl Connection {
    /// Takes one picture and acknowledges it.
    pub(super) async fn on_frame(&mut self, header: FrameHeader, payload: &[u8]) -> Step {
        let Some(session) = &mut self.session else {
            return self.refuse(ErrorCode::NoActiveSession, "No active session").await;
        };
        if header.size != payload.len() as i64 {
            tracing::debug!(announced = header.size, came = payload.len(), "a frame's size is not as announced");
        }
        self.service.metrics.frames.add(1);
        self.service.metrics.bytes.add(payload.len() as u64);
        // Copied out of the socket's buffer, which would otherwise be kept alive as a whole for one frame.
        let payload = Bytes::copy_from_slice(payload);
        let frame = StoredFrame { encoding: header.encoding, stamp: header.timestamp, payload };
        let kept = session.take_frame(header.frame_number, frame).await;
        let status = match kept {
            Ok(Kept::New) => AckStatus::Received,
            Ok(Kept::Duplicate) => AckStatus::Duplicate,
            Err(error) => return self.refuse(ErrorCode::FrameProcessingFailed, error.to_string()).await,
        };
        let session_id = session.id().to_owned();
        let ack = ServerMessage::FrameAck { session_id, frame_number: header.frame_number, status };
        send(&mut self.socket, &ack).await
    }
}
