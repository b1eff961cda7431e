//! The overlay: what is on it when, that it paints the same bytes twice, and that the video keeps frames and sound.

use crate::support::judgement::{judgement, judgement_in};
use fencing::actions::{Action, ActionKind};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Span, Timestamp};
use fencing::wording::{Language, Words};
use fencing::{Call, Lamp, PerSide, Side, SignalLog};
use records::overlay::{
    Colour, OverlayVideo, OverlayWords, Part, Raster, Scene, Shape, lamp_at, scene_at, verdict_from,
    write_overlay_video,
};
use vision::engine::Judgement;
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource, VideoWriter, WriterOptions};

fn at(secs: f64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn words(judgement: &Judgement) -> OverlayWords {
    OverlayWords::new(judgement, &Words::new(Language::English))
}

fn scene(judgement: &Judgement, secs: f64) -> Scene {
    scene_at(judgement, &words(judgement), at(secs), &Part::ALL)
}

fn texts(scene: &Scene) -> Vec<&str> {
    let text = |shape: &'_ Shape| matches!(shape, Shape::Text { .. });
    let shapes = scene.shapes.iter().map(|(_, shape)| shape).filter(|shape| text(shape));
    shapes.filter_map(|shape| if let Shape::Text { text, .. } = shape { Some(text.as_str()) } else { None }).collect()
}

fn painted(judgement: &Judgement, secs: f64, size: FrameSize) -> Vec<u8> {
    let mut picture = vec![70; size.width as usize * size.height as usize * 3];
    Raster::new().unwrap().paint(&scene(judgement, secs), &mut picture, size).unwrap();
    picture
}

#[test]
fn lamps_light_when_the_apparatus_says_so() {
    let log = judgement().signals;
    for (secs, left, right) in [
        (1.49, Lamp::Off, Lamp::Off),
        (1.5, Lamp::Off, Lamp::Valid),
        (1.67, Lamp::Valid, Lamp::Valid),
        (9.0, Lamp::Valid, Lamp::Valid),
    ] {
        let state = PerSide::from_fn(|side| lamp_at(&log, side, at(secs)));
        assert_eq!(state, PerSide::new(left, right), "at {secs}");
    }
    let mut untimed = SignalLog::default();
    untimed.set_final_lamps(PerSide::new(Lamp::Off, Lamp::OffTarget));
    assert_eq!(lamp_at(&untimed, Side::Right, at(0.0)), Lamp::OffTarget);
}

#[test]
fn the_verdict_is_shown_from_the_touch_on_and_not_before() {
    let judgement = judgement();
    assert_eq!(verdict_from(&judgement), Some(at(1.5)));
    let before = scene(&judgement, 1.4);
    let reason = words(&judgement).reason;
    assert!(reason.contains("t.106.3") && !texts(&before).contains(&reason.as_str()));
    let after = scene(&judgement, 1.6);
    for word in ["LEFT", "TOUCH", reason.as_str(), "likely", "L", "R"] {
        assert!(texts(&after).contains(&word), "{word} is not shown");
    }
}

#[test]
fn the_words_over_the_picture_are_the_readers_and_chinese_signs_are_painted() {
    let judgement = judgement();
    let size = FrameSize::new(640, 360);
    let painted_in = |language| {
        let words = OverlayWords::new(&judgement, &Words::new(language));
        let scene = scene_at(&judgement, &words, at(1.6), &[Part::Verdict]);
        let mut picture = vec![70; 640 * 360 * 3];
        Raster::new().unwrap().paint(&scene, &mut picture, size).unwrap();
        (texts(&scene).into_iter().map(str::to_owned).collect::<Vec<_>>(), picture)
    };
    let (german, _) = painted_in(Language::German);
    assert!(german.contains(&"LINKS".to_owned()) && german.iter().any(|t| t.contains("Gegenangriff")), "{german:?}");
    let (chinese, picture) = painted_in(Language::Chinese);
    assert!(chinese.contains(&"左".to_owned()), "{chinese:?}");
    let words =
        OverlayWords { call: "\u{10ffff}".to_owned(), ..OverlayWords::new(&judgement, &Words::new(Language::Chinese)) };
    let mut missing = vec![70; 640 * 360 * 3];
    let scene = scene_at(&judgement, &words, at(1.6), &[Part::Verdict]);
    Raster::new().unwrap().paint(&scene, &mut missing, size).unwrap();
    assert_ne!(picture, missing, "the sign for left is not the box of an unknown sign");
}

#[test]
fn words_of_actions_that_overlap_do_not_lie_over_one_another() {
    let mut judgement = judgement();
    let span = |from, to| Span::between(at(from), at(to));
    let action = |kind, span| Action { kind, span, confidence: 0.9 };
    judgement.timeline.actions.left = vec![
        action(ActionKind::Advance, span(0.2, 1.6)),
        action(ActionKind::Lunge, span(0.8, 1.6)),
        action(ActionKind::FinalMovement, span(0.78, 1.6)),
    ];
    let shown = |judgement: &Judgement| -> Vec<String> {
        let scene = scene_at(judgement, &words(judgement), at(1.6), &[Part::Lanes]);
        texts(&scene).into_iter().map(str::to_owned).collect()
    };
    let seen = shown(&judgement);
    let has = |word: &str| seen.iter().any(|text| text == word);
    assert!(has("lunge") && has("advance") && !has("final"), "{seen:?}");
    judgement.timeline.actions.left[1].span = span(0.2, 1.6);
    assert!(shown(&judgement).iter().filter(|text| *text == "advance").count() == 1, "only the right fencer's");
}

#[test]
fn a_call_for_nobody_takes_neither_colour() {
    let mut close = judgement();
    close.verdict.call = Call::TooClose;
    let banner = scene_at(&close, &words(&close), at(1.8), &[Part::Verdict]);
    let coloured = |ink: Colour| ink == Colour::Left || ink == Colour::Right;
    let inks = banner.shapes.iter().map(|(_, shape)| match shape {
        Shape::Line { ink, .. }
        | Shape::Circle { ink, .. }
        | Shape::Rect { ink, .. }
        | Shape::Polygon { ink, .. }
        | Shape::Text { ink, .. } => ink.colour,
    });
    assert!(!inks.into_iter().any(coloured));
    assert!(texts(&banner).contains(&"TOO CLOSE"));
}

#[test]
fn a_fencer_who_was_not_seen_is_not_drawn() {
    let judgement = judgement();
    let skeletons =
        |frame: f64| scene_at(&judgement, &words(&judgement), at(frame / 30.0), &[Part::Skeletons]).shapes.len();
    assert_eq!(skeletons(7.0) * 2, skeletons(6.0));
}

#[test]
fn painting_is_the_same_every_time_and_grows_with_the_picture() {
    let small = FrameSize::new(640, 360);
    assert_eq!(painted(&judgement(), 1.6, small), painted(&judgement(), 1.6, small));
    let half = judgement_in(small);
    let (a, b) = (painted(&judgement(), 1.6, small), painted(&half, 1.6, small));
    let far_off = a.iter().zip(&b).filter(|(a, b)| a.abs_diff(**b) > 24).count();
    assert!(far_off * 1000 < a.len(), "{far_off} of {} bytes differ", a.len());
}

#[test]
fn odd_scenes_and_sizes_are_painted_without_panic() {
    let mut empty = judgement();
    empty.tracks.samples.clear();
    empty.signals = SignalLog::default();
    let mut wild = judgement();
    for sample in &mut wild.tracks.samples {
        if let Some(pose) = &mut sample.poses.left {
            pose.keypoints[9].point.x = 1e12;
            pose.keypoints[10].point.y = f32::NAN;
        }
    }
    wild.verdict.confidence.0 = f64::NAN;
    for judgement in [&empty, &wild] {
        for size in [FrameSize::new(1, 1), FrameSize::new(97, 400), FrameSize::new(400, 31)] {
            for secs in [-1.0, 0.0, 1.6, 100.0] {
                painted(judgement, secs, size);
            }
        }
    }
    let size = FrameSize::new(10, 10);
    assert!(Raster::new().unwrap().paint(&scene(&empty, 0.0), &mut [0; 7], size).is_err());
}

#[test]
fn the_video_has_every_frame_with_the_overlay_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let (clip, output) = (folder.path().join("clip.mp4"), folder.path().join("clip_overlay.mp4"));
    let (size, cancel) = (FrameSize::new(320, 180), Cancel::new());
    let grey = vec![70_u8; 320 * 180 * 3];
    let mut writer = VideoWriter::create(&clip, size, &WriterOptions::default(), &cancel).unwrap();
    for i in 0..60_u64 {
        let frame = Frame::from_rgb(at(i as f64 / 30.0), FrameIndex(i), size, size, grey.clone()).unwrap();
        writer.write(&frame).unwrap();
    }
    writer.finish().unwrap();
    let judgement = judgement_in(size);
    let words = words(&judgement);
    let options = ClipOptions::default();
    let overlay =
        OverlayVideo { clip: &clip, options: &options, judgement: &judgement, words: &words, parts: &Part::ALL };
    let mut heard = 0;
    let frames =
        write_overlay_video(&overlay, &output, &cancel, &mut |frame| frame, &mut |frames| heard = frames).unwrap();
    assert_eq!((frames, heard), (60, 60));
    let mut reader = ClipReader::open(&output, &options, &cancel).unwrap();
    let mut last = None;
    while let Some(frame) = reader.next_frame().unwrap() {
        last = Some(frame);
    }
    let last = last.unwrap();
    assert_eq!((last.index, last.size), (FrameIndex(59), size));
    let lamp = (12 * 320 + 8) * 3;
    assert!(last.rgb[lamp] > 150 && last.rgb[lamp + 1] < 110, "the left lamp is red: {:?}", &last.rgb[lamp..lamp + 3]);
}
