//! Tests of every message and error byte for byte: foreign clients depend on them.

use super::*;
use proptest::prelude::*;
use serde_json::json;

#[track_caller]
fn check_read(text: &str, expected: ClientMessage) {
    assert_eq!(ClientMessage::parse(text), Ok(expected));
}

#[track_caller]
fn check_refused(text: &str, code: ErrorCode, message: &str) {
    let refusal = ClientMessage::parse(text).unwrap_err();
    assert_eq!((refusal.code, refusal.message.as_str()), (code, message));
}

fn start() -> SessionStart {
    SessionStart {
        session_id: "piste-1".into(),
        fps: 30.0,
        width: 1280,
        height: 720,
        expected_frames: None,
        window: None,
        resumable: false,
        resume_token: None,
    }
}

#[test]
fn client_messages_are_read_with_their_defaults_and_extras_ignored() {
    check_read(
        r#"{"type": "session_start", "session_id": "piste-1", "fps": 30.0, "width": 1280, "height": 720, "video_format": "bgr24", "expected_frames": 0, "x": 1}"#,
        ClientMessage::SessionStart(SessionStart { expected_frames: Some(0), ..start() }),
    );
    check_read(
        r#"{"type":"session_start","session_id":"piste-1","fps":"30","width":1280.0,"height":"720","expected_frames":null,"window":8,"resumable":true,"resume_token":"t"}"#,
        ClientMessage::SessionStart(SessionStart {
            window: Some(8),
            resumable: true,
            resume_token: Some("t".into()),
            ..start()
        }),
    );
    check_read(
        r#"{"type":"frame","session_id":"other","frame_number":3,"timestamp":1.5}"#,
        ClientMessage::Frame(FrameHeader {
            frame_number: 3,
            timestamp: 1.5,
            encoding: "jpeg".into(),
            quality: 85,
            size: 0,
        }),
    );
    let sharp = r#"{"type":"frame","session_id":"a","frame_number":3,"timestamp":1.5,"quality":70,"size":"9"}"#;
    let expected = FrameHeader { frame_number: 3, timestamp: 1.5, encoding: "jpeg".into(), quality: 70, size: 9 };
    assert!(ClientMessage::Frame(expected.clone()).to_json("a").contains(r#""quality":70"#), "what it was packed with");
    check_read(sharp, ClientMessage::Frame(expected));
    check_read(
        r#"{"type":"session_end","session_id":"a","total_frames":60}"#,
        ClientMessage::SessionEnd { total_frames: 60 },
    );
    check_read(
        r#"{"type":"signal","session_id":"a","filename":"p.txt","size":12}"#,
        ClientMessage::Signal(SignalHeader { filename: "p.txt".into(), size: 12 }),
    );
    check_read(r#"{"type":"ping"}"#, ClientMessage::Ping);
    check_read(r#"{"type":"session_abort"}"#, ClientMessage::SessionAbort);
}

#[test]
fn a_frame_without_a_usable_time_is_a_frame_all_the_same() {
    for time in ["NaN", "-Infinity", "null", "\"late\"", "Infinity "] {
        let text =
            format!(r#"{{"type":"frame","session_id":"a NaN \\\" \u00e9","frame_number":7,"timestamp":{time}}}"#);
        let Ok(ClientMessage::Frame(frame)) = ClientMessage::parse(&text) else { panic!("{text}") };
        assert!(frame.frame_number == 7 && frame.timestamp.is_nan(), "{text}");
    }
    let named = r#"{"type":"session_start","session_id":"\"NaN","fps":30,"width":2,"height":2,"x":NaN}"#;
    let Ok(ClientMessage::SessionStart(start)) = ClientMessage::parse(named) else { panic!("{named}") };
    assert_eq!(start.session_id, "\"NaN", "a name keeps its letters");
    check_refused(
        r#"{"type":"frame","session_id":"a","frame_number":1}"#,
        ErrorCode::FrameProcessingFailed,
        "'timestamp'",
    );
    check_refused("NaN", ErrorCode::InternalError, "a message is a JSON object");
}

#[test]
fn a_missing_field_gets_the_code_of_its_handler_and_the_quoted_key() {
    use ErrorCode::{FrameProcessingFailed, ProcessingFailed, SessionEndFailed, SessionStartFailed};
    check_refused(r#"{"type":"session_start","session_id":"a"}"#, SessionStartFailed, "'fps'");
    check_refused(r#"{"type":"session_start","fps":30,"width":2,"height":2}"#, SessionStartFailed, "'session_id'");
    check_refused(r#"{"type":"frame","session_id":"a","timestamp":0}"#, FrameProcessingFailed, "'frame_number'");
    check_refused(r#"{"type":"frame","frame_number":1,"timestamp":0}"#, FrameProcessingFailed, "'session_id'");
    check_refused(r#"{"type":"session_end","session_id":"a"}"#, SessionEndFailed, "'total_frames'");
    check_refused(r#"{"type":"signal","session_id":"a","size":1}"#, ProcessingFailed, "'filename'");
    check_refused(r#"{"type":"signal","session_id":"a","filename":"f"}"#, ProcessingFailed, "'size'");
}

#[test]
fn what_is_no_message_is_refused_with_its_code() {
    use ErrorCode::{InternalError, InvalidMessage, UnknownMessageType};
    check_refused("nonsense", InvalidMessage, "Invalid message format: expected ident at line 1 column 2");
    check_refused(r#"{"a":1}"#, InvalidMessage, "Invalid message format: 'type'");
    check_refused(
        r#"{"type":"dance"}"#,
        InvalidMessage,
        r#"Invalid message format: "dance" is not a valid MessageType"#,
    );
    check_refused("[1]", InternalError, "a message is a JSON object");
    for kind in ["frame_ack", "signal_ack", "process_start", "process_progress", "process_complete", "error", "pong"] {
        let expected = format!("Unknown message type: {kind}");
        check_refused(&format!(r#"{{"type":"{kind}"}}"#), UnknownMessageType, &expected);
    }
}

#[test]
fn client_messages_are_written_with_every_field_the_reference_requires() {
    let check = |message: ClientMessage, text: &str| assert_eq!(message.to_json("piste-1"), text);
    check(
        ClientMessage::SessionStart(SessionStart { expected_frames: Some(0), ..start() }),
        r#"{"expected_frames":0,"fps":30.0,"height":720,"session_id":"piste-1","type":"session_start","video_format":"bgr24","width":1280}"#,
    );
    check(
        ClientMessage::Frame(FrameHeader {
            frame_number: 7,
            timestamp: 2.5,
            encoding: "raw".into(),
            quality: 85,
            size: 18,
        }),
        r#"{"encoding":"raw","frame_number":7,"quality":100,"session_id":"piste-1","size":18,"timestamp":2.5,"type":"frame"}"#,
    );
    check(
        ClientMessage::SessionEnd { total_frames: 8 },
        r#"{"session_id":"piste-1","total_frames":8,"type":"session_end"}"#,
    );
    check(
        ClientMessage::Signal(SignalHeader { filename: "p.txt".into(), size: 3 }),
        r#"{"filename":"p.txt","session_id":"piste-1","size":3,"type":"signal"}"#,
    );
    check(ClientMessage::SessionAbort, r#"{"session_id":"piste-1","type":"session_abort"}"#);
    check(ClientMessage::Ping, r#"{"type":"ping"}"#);
}

#[test]
fn server_messages_are_written_byte_for_byte() {
    let id = || "piste-1".to_owned();
    let check = |message: ServerMessage, text: &str| {
        assert_eq!(message.to_json(), text);
        assert_eq!(ServerMessage::parse(text).unwrap(), message);
    };
    check(
        ServerMessage::SessionStarted(SessionStarted { session_id: id(), ..SessionStarted::default() }),
        r#"{"type":"session_started","session_id":"piste-1"}"#,
    );
    check(
        ServerMessage::SessionStarted(SessionStarted {
            session_id: id(),
            window: Some(8),
            resume_token: Some("t".into()),
            next_frame: Some(4),
        }),
        r#"{"type":"session_started","session_id":"piste-1","window":8,"resume_token":"t","next_frame":4}"#,
    );
    check(
        ServerMessage::FrameAck { session_id: id(), frame_number: 3, status: AckStatus::Received },
        r#"{"type":"frame_ack","session_id":"piste-1","frame_number":3,"status":"received"}"#,
    );
    check(
        ServerMessage::FrameAck { session_id: id(), frame_number: 3, status: AckStatus::Duplicate },
        r#"{"type":"frame_ack","session_id":"piste-1","frame_number":3,"status":"duplicate"}"#,
    );
    let validation = Validation { issues: vec!["No frames received".into()], ..Validation::default() };
    check(
        ServerMessage::SessionEnded { session_id: id(), validation },
        r#"{"type":"session_ended","session_id":"piste-1","validation":{"valid":false,"issues":["No frames received"],"frame_count":0,"missing_frames":0,"duplicate_frames":0,"out_of_order_frames":0,"has_signal":false}}"#,
    );
    check(
        ServerMessage::SignalAck { session_id: id(), status: AckStatus::Received },
        r#"{"type":"signal_ack","session_id":"piste-1","status":"received"}"#,
    );
    check(ServerMessage::ProcessStart { session_id: id() }, r#"{"type":"process_start","session_id":"piste-1"}"#);
    check(
        ServerMessage::ProcessProgress(Progress {
            session_id: id(),
            stage: "video_reconstruction".into(),
            progress: 1.0,
            message: "Video reconstructed from frames".into(),
        }),
        r#"{"type":"process_progress","session_id":"piste-1","stage":"video_reconstruction","progress":1.0,"message":"Video reconstructed from frames"}"#,
    );
    check(
        ServerMessage::ProcessComplete { session_id: id(), result: json!({"winner": "left"}) },
        r#"{"type":"process_complete","session_id":"piste-1","result":{"winner":"left"}}"#,
    );
    check(ServerMessage::Pong, r#"{"type":"pong"}"#);
}

#[test]
fn every_error_is_written_byte_for_byte() {
    for code in ErrorCode::ALL {
        let report = ErrorReport::new(Some("a"), code, "why");
        let expected = format!(
            r#"{{"type":"error","session_id":"a","error_code":"{}","error_message":"why","recoverable":{}}}"#,
            code.as_str(),
            code.is_recoverable()
        );
        assert_eq!(ServerMessage::Error(report).to_json(), expected);
    }
    assert_eq!(
        ServerMessage::Error(ErrorReport::new(None, ErrorCode::StreamingDisabled, "off")).to_json(),
        r#"{"type":"error","session_id":null,"error_code":"STREAMING_DISABLED","error_message":"off","recoverable":false}"#
    );
}

#[test]
fn foreign_answers_are_read_tolerantly() {
    let text = r#"{"type": "process_progress", "session_id": "a", "stage": "tea", "progress": 0, "extra": [1]}"#;
    let ServerMessage::ProcessProgress(progress) = ServerMessage::parse(text).unwrap() else { panic!("progress") };
    assert_eq!((progress.stage.as_str(), progress.progress), ("tea", 0.0));
    assert!(ServerMessage::parse(r#"{"type":"session_ended","session_id":"a","validation":{}}"#).is_ok());
    assert!(ServerMessage::parse(r#"{"type":"brand_new"}"#).is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_message_or_a_refusal(text in ".{0,200}") {
        let _ = ClientMessage::parse(&text);
        let _ = ServerMessage::parse(&text);
    }

    #[test]
    fn any_object_of_a_known_type_is_a_message_or_a_refusal(
        kind in proptest::sample::select(MessageType::ALL.map(MessageType::as_str).to_vec()),
        key in proptest::sample::select(vec!["session_id", "fps", "width", "frame_number", "timestamp", "size", "window"]),
        value in proptest::sample::select(vec!["null", "-1", "1e400", "1e300", "\"x\"", "[]", "{}", "true", "18446744073709551615"]),
    ) {
        let _ = ClientMessage::parse(&format!(r#"{{"type":"{kind}","{key}":{value}}}"#));
    }

    #[test]
    fn what_a_client_writes_the_server_reads(number in any::<i64>(), eighths in -1_000_000_000_000i64..1_000_000_000_000, size in any::<i64>()) {
        let frame = ClientMessage::Frame(FrameHeader { frame_number: number, timestamp: eighths as f64 / 8.0, encoding: "png".into(), quality: 100, size });
        prop_assert_eq!(ClientMessage::parse(&frame.to_json("a")).unwrap(), frame);
    }
}
