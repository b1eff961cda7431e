//! Tests of the local copy: frames are read back, a copy survives its process, a truncated file loses one record.

use super::*;
use proptest::prelude::*;

fn offer() -> PhraseOffer {
    PhraseOffer {
        session_id: "piste 1/7".into(),
        fps: 29.97,
        width: 64,
        height: 48,
        jpeg_quality: 70,
        ..PhraseOffer::default()
    }
}

fn signal() -> SignalLog {
    SignalLog { filename: "p.txt".into(), bytes: b"Scores ->\nPhrase ended\n".to_vec() }
}

#[test]
fn frames_come_back_in_any_order() {
    let mut copy = LocalCopy::temporary().unwrap();
    copy.push(0.5, b"first").unwrap();
    copy.push(0.6, b"second").unwrap();
    assert_eq!(copy.read(1).unwrap(), Some((0.6, b"second".to_vec())));
    copy.push(0.7, b"").unwrap();
    assert_eq!(copy.read(0).unwrap(), Some((0.5, b"first".to_vec())));
    assert_eq!((copy.read(2).unwrap(), copy.read(3).unwrap(), copy.frames()), (Some((0.7, vec![])), None, 3));
}

/// A copy of two frames and the log, as a killed process leaves it.
fn interrupted_copy(folder: &Path) -> PathBuf {
    let mut copy = LocalCopy::in_folder(folder, &offer()).unwrap();
    copy.push(0.5, b"first").unwrap();
    copy.push(0.6, b"second").unwrap();
    copy.push_signal(signal()).unwrap();
    copy.path().unwrap().to_owned()
}

#[test]
fn a_copy_outlives_its_program_and_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = interrupted_copy(folder.path());
    assert_eq!(path.file_name().unwrap(), "piste_1_7.phrase");
    let (mut copy, announced) = LocalCopy::reopen(&path).unwrap();
    assert_eq!(announced, offer());
    assert_eq!((copy.frames(), copy.signal()), (2, Some(&signal())));
    assert_eq!(copy.read(1).unwrap(), Some((0.6, b"second".to_vec())));
    copy.push(0.7, b"third").unwrap();
    drop(copy);
    let (mut copy, _) = LocalCopy::reopen(&path).unwrap();
    assert_eq!(copy.read(2).unwrap(), Some((0.7, b"third".to_vec())));
    copy.discard();
    assert!(!path.exists());
}

#[test]
fn without_locks_a_copy_that_was_just_written_is_in_use() {
    let unsupported = Err(TryLockError::Error(io::ErrorKind::Unsupported.into()));
    let now = SystemTime::now();
    for (written, held) in [
        (Some(now), true),
        (Some(now + Duration::from_secs(30)), true),
        (now.checked_sub(ABANDONED_AFTER * 2), false),
        (None, false),
    ] {
        assert_eq!(is_held(&unsupported, || written), held, "{written:?}");
        assert!(!is_held(&Ok(()), || written) && is_held(&Err(TryLockError::WouldBlock), || written));
    }
}

#[test]
fn what_was_cut_off_is_passed_over_and_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = interrupted_copy(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let first_record = whole.windows(5).position(|w| w == b"first").unwrap() - HEAD_BYTES;
    for cut in first_record..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (mut copy, _) = LocalCopy::reopen(&path).unwrap();
        let frames = copy.frames();
        assert!(copy.signal().is_none() && frames <= 2, "cut at {cut}");
        copy.push(0.9, b"next").unwrap();
        drop(copy);
        let (mut copy, _) = LocalCopy::reopen(&path).unwrap();
        assert_eq!(copy.read(frames).unwrap(), Some((0.9, b"next".to_vec())), "cut at {cut}");
    }
}

#[test]
fn what_cannot_be_sent_again_is_reported_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let held = LocalCopy::in_folder(folder.path(), &offer()).unwrap();
    let in_use = LocalCopy::reopen(held.path().unwrap()).map(drop).unwrap_err();
    assert!(matches!(in_use, CopyError::InUse(_)), "{in_use}");
    let suffix = LocalCopy::in_folder(folder.path(), &offer()).unwrap();
    assert_eq!(suffix.path().unwrap().file_name().unwrap(), "piste_1_7-2.phrase");
    let foreign = folder.path().join("x.txt");
    for bytes in [&b""[..], b"hello", FORMAT.as_bytes(), b"fencing-referee phrase 1\n{}\n"] {
        std::fs::write(&foreign, bytes).unwrap();
        assert!(matches!(LocalCopy::reopen(&foreign), Err(CopyError::Foreign(_))), "{bytes:?}");
    }
    assert!(matches!(LocalCopy::reopen(Path::new("/nowhere")), Err(CopyError::Unreadable { .. })));
}

proptest! {
    #[test]
    fn any_records_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.phrase");
        let head = format!("{FORMAT}{}\n", offer_json(&offer()));
        std::fs::write(&path, [head.as_bytes(), &bytes].concat()).unwrap();
        let (mut copy, _) = LocalCopy::reopen(&path).unwrap();
        for index in 0..copy.frames() {
            prop_assert!(copy.read(index).unwrap().is_some());
        }
    }
}
