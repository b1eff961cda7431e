//! Tests of every dialect of the log, of the separation of signals and answers, and of the round trip.

use super::*;
use ::time::macros::datetime;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalSource};
use proptest::prelude::*;

const SINGLE: &str = "Phrase 5 initialized at 2026-01-27 21:09:34
Audio cue executed at 2026-01-27 21:09:31
Start command issued at 2026-01-27 21:09:34
Recording started at 2026-01-27 21:09:34
 0.000s | Phrase recording started
 5.239s | Off-Target: Blade-to-blade contact.
 5.766s | HIT: Left scores on Right!
Lockout active (0.200s window)
 5.822s | Lockout period started (0.200s window)
 6.004s | Phrase recording ended
Scores -> Fencer 1: HIT, Fencer 2: MISS
Phrase ended
[2026-01-27 21:09:40] Interpretation -> Right Fencer: HIT, Left Fencer: MISS
";

fn parse(text: &str) -> ParsedSignalLog {
    parse_signal_log(text.as_bytes(), HitSides::Auto).unwrap()
}

fn lit(log: &ParsedSignalLog, side: Side) -> Option<f64> {
    log.signals.first_lit(side).map(|(at, _)| (at.secs() * 1e3).round() / 1e3)
}

#[test]
fn a_single_light_is_the_right_fencers() {
    let log = parse(SINGLE);
    assert_eq!(log.signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    assert_eq!((lit(&log, Side::Left), lit(&log, Side::Right)), (None, Some(5.766)));
    assert_eq!(log.facts.phrase.as_deref(), Some("5"));
    assert_eq!(log.facts.started_at, Some(datetime!(2026-01-27 21:09:34)));
    assert_eq!(log.facts.sides.known_from, SidesKnownFrom::Lamps);
    assert_eq!((log.facts.time_base, log.facts.unknown_lines), (TimeBase::PhraseStart, 0));
    assert_eq!(log.signals.first_time_of(SignalKind::LockoutStart), Some(Timestamp::from_secs(5.822)));
    assert_eq!(log.answers, RecordedAnswers::default());
}

/// Differences of format change nothing: the signals equal those of the plain log.
#[test]
fn dialects_give_the_same_signals() {
    let plain = parse(SINGLE).signals;
    let mut reversed: Vec<_> = SINGLE.lines().collect();
    reversed.reverse();
    let variants = [
        ("CRLF", SINGLE.replace('\n', "\r\n")),
        ("BOM", format!("\u{feff}{SINGLE}")),
        ("no leading blanks", SINGLE.replace("\n ", "\n")),
        ("more blanks", SINGLE.replace("\n ", "\n \t  ")),
        ("any order", reversed.join("\n")),
        ("frame token", SINGLE.replace("s | ", "s | frame 000022 | ")),
        ("capitals", SINGLE.to_uppercase()),
        ("no blanks in the scores", SINGLE.replace("Fencer 1: HIT, Fencer 2: MISS", "fencer1:hit,fencer2:miss")),
        ("no scores line", SINGLE.replace("Scores ->", "Nothing ->")),
        ("chatter", format!("{SINGLE}Camera captured 60 frames @ 29.9 FPS (target 30)\nBlade contacts: 1\nodd line\n")),
    ];
    for (name, text) in variants {
        assert_eq!(parse(&text).signals, plain, "{name}");
    }
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(SINGLE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(parse_signal_log(&utf16, HitSides::Auto).unwrap().signals, plain);
}

#[test]
fn answers_never_reach_the_signals() {
    let plain = parse(SINGLE);
    let answers = [
        (
            "[2026-01-27 21:09:43] Confirmed result winner: Left Fencer (Red Lamp)",
            Some(HumanAnswer::Winner(Side::Left)),
        ),
        (
            "[2026-01-27 21:09:43] Manual selection winner: Right Fencer (Green Lamp)",
            Some(HumanAnswer::Winner(Side::Right)),
        ),
        ("[2026-01-27 21:09:43] Confirmed result winner: Abstain", Some(HumanAnswer::Abstain)),
        ("Winner: Left", Some(HumanAnswer::Winner(Side::Left))),
        ("Winner: fencer 1", Some(HumanAnswer::Winner(Side::Right))),
        ("[2026-01-27 21:09:43] Remote referee winner: Left Fencer (Red Lamp)", None),
        (
            "[2026-01-27 21:09:43] Remote referee status=SUCCESS, winner=left (HIT: Right scores on Left!) | Winner: Left",
            None,
        ),
        ("[2026-01-27 21:09:43] Broadcast: 3.000s | HIT: Right scores on Left!", None),
        ("[2026-01-27 21:09:43] Pi judge result, winner=left", None),
    ];
    for (line, human) in answers {
        for text in [format!("{SINGLE}{line}\n"), format!("{line}\n{SINGLE}")] {
            let log = parse(&text);
            assert_eq!((&log.signals, &log.facts), (&plain.signals, &plain.facts), "{line}");
            assert_eq!((log.answers.human, log.answers.lines), (human, 1), "{line}");
        }
    }
    let labelled = parse(&SINGLE.replace("contact.", "contact. [left beat] [accident]"));
    assert_eq!(labelled.signals, plain.signals);
    let at = Timestamp::from_secs(5.239);
    assert_eq!(labelled.answers.blade_labels, [(at, BladeLabel::Beat(Side::Left)), (at, BladeLabel::Accident)]);
}

#[test]
fn a_confirmed_answer_outweighs_the_others() {
    let text = format!(
        "{SINGLE}[2026-01-27 21:09:43] Confirmed result winner: Right Fencer\n[2026-01-27 21:09:44] Manual selection winner: Left\nWinner: Left\n[2026-01-27 21:09:45] Remote referee winner: Left Fencer\n"
    );
    let answers = parse(&text).answers;
    assert_eq!((answers.human, answers.machine), (Some(HumanAnswer::Winner(Side::Right)), Some(Side::Left)));
}

fn doubled(lines: &str) -> ParsedSignalLog {
    parse(&format!(" 0.000s | Phrase recording started\n{lines}\nScores -> Fencer 1: HIT, Fencer 2: HIT\n"))
}

#[test]
fn doubles_in_every_shape_light_both_sides() {
    let cases = [
        (" 1.380s | HIT: Right scores on Left!\n 1.501s | HIT: Simultaneous valid hits!", 1.380, 1.501),
        ("1.3s | HIT: Right scores on Left!\n1.5s | Simultaneous valid hits detected.", 1.3, 1.5),
        ("1.5s | HIT: Simultaneous valid hits!\n1.6s | HIT: Simultaneous valid hits!", 1.5, 1.5),
        (
            "1.5s | HIT: Simultaneous valid hits!\n1.5s | HIT: Right scores on Left! (simultaneous)\n1.5s | HIT: Left scores on Right! (simultaneous)",
            1.5,
            1.5,
        ),
        ("1.500s | HIT: Left scores on Right!\n1.400s | HIT: Right scores on Left!", 1.4, 1.5),
    ];
    for (lines, left, right) in cases {
        let log = doubled(lines);
        assert_eq!((lit(&log, Side::Left), lit(&log, Side::Right)), (Some(left), Some(right)), "{lines}");
        assert_eq!(log.signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
    }
}

#[test]
fn the_second_light_is_less_certain_than_the_first() {
    let log = doubled("1.3s | HIT: Right scores on Left!\n1.5s | HIT: Left scores on Right!");
    let off: Vec<_> = log.signals.events().iter().skip(1).map(|e| e.uncertainty_secs).collect();
    assert_eq!(off, [BOX_SCAN_SECS, BOX_SCAN_SECS + BOX_DEAD_TIME_SECS]);
    let close = doubled("1.3s | HIT: Right scores on Left!\n1.35s | HIT: Left scores on Right!");
    let last = close.signals.events().last().unwrap().uncertainty_secs;
    assert!((last - BOX_SCAN_SECS - 0.05).abs() < 1e-6);
}

#[test]
fn the_side_convention_is_settled_or_set() {
    let camera = SINGLE.replace("HIT: Left scores on Right!", "HIT: Right scores on Left!");
    let single = |text: &str, setting| parse_signal_log(text.as_bytes(), setting).unwrap();
    let log = single(&camera, HitSides::Auto);
    assert_eq!((log.facts.sides.convention, lit(&log, Side::Right)), (HitSides::Camera, Some(5.766)));
    let double = " 1.3s | HIT: Left scores on Right!\n 1.5s | HIT: Right scores on Left!\nScores -> Fencer 1: HIT, Fencer 2: HIT";
    let adapter = format!("0.000s | PisteLink timestamp mapping enabled\n{double}");
    for (text, setting, from, left) in [
        (double, HitSides::Auto, SidesKnownFrom::Assumption, 1.5),
        (double, HitSides::Camera, SidesKnownFrom::Setting, 1.3),
        (adapter.as_str(), HitSides::Auto, SidesKnownFrom::Adapter, 1.3),
        (adapter.as_str(), HitSides::Box, SidesKnownFrom::Setting, 1.5),
    ] {
        let log = single(text, setting);
        assert_eq!((log.facts.sides.known_from, lit(&log, Side::Left)), (from, Some(left)), "{setting:?}");
    }
}

#[test]
fn rarer_lines_are_understood() {
    let log = parse("1.0s | Self contact detected on Left fencer.\n2.0s | Phrase cancelled by controller.\n");
    let kinds: Vec<_> = log.signals.events().iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [SignalKind::SelfContact { side: Side::Right }, SignalKind::Cancelled]);
    assert_eq!(log.facts.time_base, TimeBase::Broken(BreakReason::NoStartLine));
    assert!(!parse("Phrase cancelled before completion").signals.is_empty());
    let after = parse(
        "1.0s | HIT: Left scores on Right!\n2.0s | Phrase recording ended\n2.1s | Off-Target: Blade-to-blade contact.",
    );
    assert_eq!(after.signals.blade_contacts().count(), 1);
    assert_eq!(
        parse("0.5s | PisteLink timestamp mapping enabled\n2.0s | Phrase ended").facts.time_base,
        TimeBase::PhraseStart
    );
}

#[test]
fn a_foreign_zero_is_found() {
    let shifted = SINGLE.replace(" 6.004s", "16.004s");
    let log = parse(&shifted);
    let TimeBase::Broken(BreakReason::LongerThanWallClock { logged_secs, wall_secs }) = log.facts.time_base else {
        panic!("{:?}", log.facts.time_base)
    };
    assert_eq!((logged_secs, wall_secs), (16.004, 6.0));
}

#[test]
fn what_is_no_log_is_refused_with_a_remedy() {
    let refused = |bytes: &[u8]| parse_signal_log(bytes, HitSides::Auto).unwrap_err();
    assert!(matches!(refused(b""), SignalLogError::Empty));
    assert!(matches!(refused(b" \r\n\t"), SignalLogError::Empty));
    assert!(matches!(refused(b"\0\0\0\x20ftypisom"), SignalLogError::Binary));
    assert!(matches!(refused(&[0xFE; 300]), SignalLogError::Binary));
    assert!(matches!(refused(b"shopping list\nmilk"), SignalLogError::NoEvent));
    assert!(matches!(refused(b"Winner: Left\n"), SignalLogError::NoEvent));
    assert!(matches!(refused(&vec![b'a'; 2 << 20]), SignalLogError::TooLarge));
    let missing = read_signal_log(std::path::Path::new("no/such.txt"), HitSides::Auto).unwrap_err();
    assert!(missing.to_string().ends_with("no/such.txt"));
}

fn any_kind() -> impl Strategy<Value = SignalKind> {
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    let lamp = prop_oneof![Just(Lamp::Off), Just(Lamp::Valid), Just(Lamp::OffTarget), Just(Lamp::Fault)];
    prop_oneof![
        Just(SignalKind::PhraseStart),
        (side.clone(), lamp).prop_map(|(side, lamp)| SignalKind::Lamp { side, lamp }),
        Just(SignalKind::BladeContact),
        side.prop_map(|side| SignalKind::SelfContact { side }),
        Just(SignalKind::LockoutStart),
        Just(SignalKind::PhraseEnd),
        Just(SignalKind::Halt),
        Just(SignalKind::Cancelled),
    ]
}

fn any_event() -> impl Strategy<Value = SignalEvent> {
    let source = prop_oneof![
        Just(SignalSource::Apparatus),
        Just(SignalSource::Log),
        Just(SignalSource::Picture),
        Just(SignalSource::Manual)
    ];
    (-20_000_000_000..100_000_000_000_i64, 0.0..2.0_f64, source, any_kind()).prop_map(|(nanos, off, source, kind)| {
        SignalEvent { at: Timestamp::from_nanos(nanos), uncertainty_secs: off, source, kind }
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_signal_log(&bytes, HitSides::Auto);
    }

    #[test]
    fn any_mix_of_near_lines_is_read_without_panic(
        lines in proptest::collection::vec("(\\[|\\{|[0-9]{1,30}\\.?[0-9]*s? ?\\|)?( ?(HIT:|Left|Right|scores|Scores ->|Fencer 1:|phrase|İ initialized|Winner:|winner=|\\(simultaneous\\)|\\]|s\\}|ns)){0,6}", 0..12)
    ) {
        let _ = parse_signal_log(lines.join("\n").as_bytes(), HitSides::Auto);
    }

    #[test]
    fn what_is_written_reads_back_the_same(
        events in proptest::collection::vec(any_event(), 0..12),
        lamps in proptest::option::of((0..4_usize, 0..4_usize)),
        phrase in "[a-z0-9 ]{0,12}",
    ) {
        let mut log = fencing::SignalLog::default();
        for event in events {
            log.push(event);
        }
        if let Some((left, right)) = lamps {
            let all = [Lamp::Off, Lamp::Valid, Lamp::OffTarget, Lamp::Fault];
            log.set_final_lamps(PerSide::new(all[left], all[right]));
        }
        let answer = Some(HumanAnswer::Winner(Side::Left));
        let (started_at, ended_at) = (datetime!(2026-01-27 21:09:34), datetime!(2026-01-27 21:09:44));
        let meta = SignalLogMeta { phrase: phrase.clone(), started_at, ended_at, answer };
        let back = parse(&write_signal_log(&log, &meta));
        prop_assert_eq!(back.signals, log);
        prop_assert_eq!(back.answers.human, answer);
        prop_assert_eq!(back.facts.phrase.unwrap_or_default(), phrase.trim());
        prop_assert_eq!(back.facts.origin, LogOrigin::Own);
    }
}
