//! `referee analyze --stability`: judges variants of the clip (encoded, scaled, thinned, shifted, mirrored) and prints how far the
//! verdict moves.
//!
//! A call must not change because a phone compressed the clip harder. Every variant is judged with the signals of the original clip,
//! so that only the frames differ.

use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use fencing::{Call, Probabilities};
use records::analysis::{AnalysisError, ClipRequest, JudgedClip};
use vision::engine::{Engine, Judgement, PhraseEnding, PhraseSetup, PhraseSignals};
use vision::video::{
    Cancel, ClipOptions, ClipReader, Frame, FrameSource, VideoWriter, WriterOptions, probe_with, resize_rgb,
};

/// Constant rate factors of H.264: as recorded by a phone, as sent by it, as compressed by a messenger, and worse.
const RATE_FACTORS: [u8; 4] = [14, 23, 28, 34];
/// Time shift in seconds: a camera at 60 fps that starts at another moment differs by half a frame on average.
const LATER_SECS: f64 = 0.007;
/// Largest difference of a probability from the original's that counts as stable.
pub(super) const STABLE_WITHIN: f64 = 0.08;

/// A change of the clip's frames.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    /// Encoded with this rate factor and decoded again.
    Encoded(u8),
    /// Three quarters as wide and high.
    Smaller,
    /// Every second frame left out.
    HalfRate,
    /// Every frame stamped later.
    Later,
    /// Left and right exchanged.
    Mirrored,
}

/// The verdict on one variant.
struct Variant {
    name: String,
    call: Call,
    rule: &'static str,
    probabilities: Probabilities,
}

/// Judges the variants and prints the table and the spread; returns whether every call is the original's and every probability
/// stable.
pub(super) fn print(
    engine: &Engine,
    request: &ClipRequest,
    judged: &JudgedClip,
    language: Language,
    cancel: &Cancel,
) -> anyhow::Result<bool> {
    let words = Words::new(language);
    let own = variant("the clip itself".to_owned(), &judged.judgement, false);
    print_row(&own, &words);
    let mut all = Vec::new();
    for change in RATE_FACTORS.map(Change::Encoded).into_iter().chain([
        Change::Smaller,
        Change::HalfRate,
        Change::Later,
        Change::Mirrored,
    ]) {
        let judgement = judge(engine, request, judged, change, cancel)?;
        let variant = variant(change.name(), &judgement, change == Change::Mirrored);
        print_row(&variant, &words);
        all.push(variant);
    }
    let spread = all.iter().map(|variant| distance(&variant.probabilities, &own.probabilities)).fold(0.0, f64::max);
    let same = all.iter().filter(|variant| variant.call == own.call).count();
    let rules = all.iter().filter(|variant| variant.rule == own.rule).count();
    println!("probabilities move at most {spread:.3} (stable: {STABLE_WITHIN})");
    println!("same call in {same} of {}, same rule in {rules}", all.len());
    Ok(same == all.len() && spread <= STABLE_WITHIN)
}

impl Change {
    fn name(self) -> String {
        match self {
            Self::Encoded(factor) => format!("H.264 at crf {factor}"),
            Self::Smaller => "three quarters of the size".to_owned(),
            Self::HalfRate => "half the frame rate".to_owned(),
            Self::Later => "camera 7 ms later".to_owned(),
            Self::Mirrored => "mirrored".to_owned(),
        }
    }
}

fn variant(name: String, judgement: &Judgement, mirrored: bool) -> Variant {
    let (verdict, p) = (&judgement.verdict, judgement.verdict.probabilities);
    let (call, probabilities) = if mirrored { (verdict.call.mirrored(), p.mirrored()) } else { (verdict.call, p) };
    Variant { name, call, rule: verdict.rule.0, probabilities }
}

fn distance(a: &Probabilities, b: &Probabilities) -> f64 {
    [a.left - b.left, a.right - b.right, a.none - b.none].into_iter().map(f64::abs).fold(0.0, f64::max)
}

fn print_row(variant: &Variant, words: &Words) {
    let p = variant.probabilities;
    let call = words.call(variant.call);
    println!(
        "{:<28} left {:.3}  right {:.3}  none {:.3}  {:<4} {call}",
        variant.name, p.left, p.right, p.none, variant.rule
    );
}

/// Judges one variant of the clip.
fn judge(
    engine: &Engine,
    request: &ClipRequest,
    judged: &JudgedClip,
    change: Change,
    cancel: &Cancel,
) -> anyhow::Result<Judgement> {
    let signals = match change {
        Change::Later => judged.judgement.signals.on_clock_from(Timestamp::from_secs(LATER_SECS)),
        Change::Mirrored => judged.judgement.signals.mirrored(),
        _ => judged.judgement.signals.clone(),
    };
    let folder = tempfile::tempdir()?;
    let (mut reader, zero_secs) = match change {
        Change::Encoded(factor) => encoded(request, judged, factor, folder.path(), cancel)?,
        _ => (ClipReader::open_probed(judged.info.clone(), &request.options, cancel)?, 0.0),
    };
    let mut phrase = engine.begin_phrase(PhraseSetup { weapon: request.weapon });
    let mut end = None;
    let mut number = 0_u64;
    while let Some(mut frame) = reader.next_frame()? {
        if cancel.is_cancelled() {
            return Err(AnalysisError::Cancelled.into());
        }
        frame.at = frame.at.plus_secs(zero_secs);
        number += 1;
        if change == Change::HalfRate && number.is_multiple_of(2) {
            continue;
        }
        end = Some(frame.at);
        phrase.push_frame(&changed(frame, change)?);
    }
    let end = end.ok_or(AnalysisError::NoFrames)?;
    Ok(phrase.finish()?.judge(PhraseEnding::new(PhraseSignals::on_frame_clock(signals), end))?)
}

/// A reader of the clip's part, encoded again, and the start of that part on the clip's clock, in seconds.
fn encoded(
    request: &ClipRequest,
    judged: &JudgedClip,
    factor: u8,
    folder: &std::path::Path,
    cancel: &Cancel,
) -> anyhow::Result<(ClipReader, f64)> {
    let (path, options) = (folder.join("variant.mp4"), &request.options);
    let mut reader = ClipReader::open_probed(judged.info.clone(), options, cancel)?;
    let writing = WriterOptions { rate_factor: Some(factor), tools: options.tools.clone(), ..WriterOptions::default() };
    let mut writer = VideoWriter::create(&path, reader.size(), &writing, cancel)?;
    let mut zero = None;
    while let Some(frame) = reader.next_frame()? {
        zero = zero.or(Some(frame.at.secs()));
        writer.write(&frame)?;
    }
    writer.finish()?;
    let info = probe_with(&path, &options.tools, cancel)?;
    let whole = ClipOptions { tools: options.tools.clone(), ..ClipOptions::default() };
    Ok((ClipReader::open_probed(info, &whole, cancel)?, zero.unwrap_or_default()))
}

fn changed(frame: Frame, change: Change) -> anyhow::Result<Frame> {
    match change {
        Change::Smaller => {
            let mut size = frame.size;
            (size.width, size.height) = (size.width * 3 / 4, size.height * 3 / 4);
            let rgb = resize_rgb(&frame.rgb, frame.size, size).map_err(anyhow::Error::msg)?;
            Ok(Frame { size, rgb: rgb.into(), ..frame })
        }
        Change::Mirrored => {
            let width = frame.size.width as usize;
            let rows = frame.rgb.chunks_exact(3 * width);
            let rgb: Vec<u8> = rows.flat_map(|row| row.chunks_exact(3).rev().flatten().copied()).collect();
            Ok(Frame { rgb: rgb.into(), ..frame })
        }
        _ => Ok(frame),
    }
}
