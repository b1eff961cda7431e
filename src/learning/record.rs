//! Labelled phrases from disk: one JSON object per line, plain or gzip.
//!
//! A line is read twice, by two types that share no field but the name: [`Question`] knows neither label nor verdict,
//! [`Answer`] knows nothing else. Coordinates come in quarters of the distance between the front feet at the start (about
//! a metre), y **down**; they leave as metres on the piste, y up.

use fencing::geometry::PistePoint;
use fencing::time::Timestamp;
use fencing::{Call, Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Half-width of the time of a touch that a log reports, seconds.
const LOG_UNCERTAINTY_SECS: f64 = 0.01;
/// A touch whose time is less sure than this is no touch of a phrase.
const MOST_UNCERTAIN_SECS: f64 = 60.0;
/// Without a log the clip is taken to end this long after the touch (the recordings of set A; estimated).
const TAIL_SECS: f64 = 0.45;
/// ... give or take this.
const TAIL_UNCERTAINTY_SECS: f64 = 0.45;
/// Frames of set B start this long after its log's zero (estimated from peaks of motion, see the data's README).
const LATE_PICTURES_SECS: f64 = 0.15;
/// A longer line is no phrase: a minute at 60 frames a second is a tenth of it.
const LONGEST_LINE: u64 = 64 << 20;

/// Why a record cannot be judged, and which one.
#[derive(Debug, thiserror::Error)]
#[error("record {record}: {problem}")]
pub struct RecordError {
    /// Its id, or its place in the file where no id can be read.
    pub record: String,
    /// What is wrong.
    pub problem: RecordProblem,
}

/// What is wrong with a record or its file.
#[derive(Debug, thiserror::Error)]
pub enum RecordProblem {
    /// The file cannot be opened or read on.
    #[error("cannot be read ({source}); check the path and that it is JSON lines, plain or gzip: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// Not JSON of the expected form.
    #[error("is not a phrase as the format describes it: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Two frames a second or two thousand.
    #[error("{0} frames per second is no frame rate; give 5 to 500")]
    FrameRate(f64),
    /// One fencer has keypoints, the other has none.
    #[error("the {} fencer has no keypoints; both or neither", .0.as_str())]
    OneFencer(Side),
    /// A pose that is not 17 keypoints.
    #[error("frame {frame} of the {} fencer has {found} keypoints instead of 17", side.as_str())]
    Keypoints {
        /// Whose.
        side: Side,
        /// Which frame.
        frame: usize,
        /// How many.
        found: usize,
    },
    /// Times given frame by frame, but not one each.
    #[error("{times} times for {frames} frames; give one each")]
    Times {
        /// Given times.
        times: usize,
        /// Frames.
        frames: usize,
    },
    /// A signal's time is negative, infinite or hours away.
    #[error("{0} is no time of a phrase in seconds")]
    SignalTime(f64),
    /// Keypoints that make no motion: out of order, not a number, absurd units, exchanged sides, a fencer missing.
    #[error("{0}")]
    Motion(String),
    /// A label that is none.
    #[error("the label `{0}` is none of left, right, simultaneous")]
    Label(String),
}

/// What the judge is shown of a phrase.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its name.
    pub id: String,
    /// Phrases of one group share a day or a video and must never lie on both sides of a fold.
    pub group: String,
    /// The weapon; sabre where the record does not say.
    pub weapon: Weapon,
    /// Time of each frame on the phrase's clock.
    pub times: Vec<Timestamp>,
    /// 17 joints per frame and fencer, metres, y up; `None` for records without frames.
    pub joints: Option<PerSide<Vec<[Option<PistePoint>; 17]>>>,
    /// What the apparatus reported.
    pub signals: SignalLog,
}

/// The referee's call and the stored verdict of the reference system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The label; `None` where the referee abstained.
    pub label: Option<Label>,
    /// The reference system's stored verdict.
    pub baseline: Option<Side>,
}

/// A referee's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// Touch to a side.
    Touch(Side),
    /// No touch.
    Simultaneous,
}

impl Label {
    /// The label of a referee's call; `None` for calls that say nothing about right of way.
    pub const fn of(call: Call) -> Option<Self> {
        match call {
            Call::Touch(side) => Some(Self::Touch(side)),
            Call::Simultaneous => Some(Self::Simultaneous),
            Call::Double | Call::NoTouch | Call::TooClose => None,
        }
    }

    /// `left`, `right` or `simultaneous`, as records spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Touch(side) => side.as_str(),
            Self::Simultaneous => "simultaneous",
        }
    }
}

type WrittenPose = Vec<Option<[f64; 2]>>;
/// Every frame's 17 joints of one fencer.
pub(super) type SeenPoses = Vec<[Option<PistePoint>; 17]>;

#[derive(Deserialize)]
struct WrittenQuestion {
    id: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    weapon: Option<String>,
    fps: f64,
    #[serde(default)]
    times_s: Option<Vec<f64>>,
    left: Option<Vec<WrittenPose>>,
    right: Option<Vec<WrittenPose>>,
    hit_time_s: Option<f64>,
    #[serde(default)]
    hit_uncertainty_s: Option<f64>,
    light_left: bool,
    light_right: bool,
    #[serde(default)]
    blade_contacts_s: Vec<f64>,
    #[serde(default)]
    lockout_s: Option<f64>,
}

#[derive(Deserialize)]
struct WrittenAnswer {
    label: Option<String>,
    #[serde(default)]
    baseline_winner: Option<String>,
}

#[derive(Deserialize)]
struct WrittenName {
    id: String,
}

/// The lines of a file of records, each with its place; gzip is recognised by its first bytes.
pub fn open(path: &Path) -> Result<impl Iterator<Item = Result<String, RecordError>> + use<>, RecordError> {
    let broken = {
        let path = path.to_owned();
        move |source: std::io::Error| RecordError {
            record: format!("in {}", path.display()),
            problem: RecordProblem::Unreadable { path: path.clone(), source },
        }
    };
    let mut reader = BufReader::new(File::open(path).map_err(&broken)?);
    let zipped = reader.fill_buf().map_err(&broken)?.starts_with(&[0x1f, 0x8b]);
    let text: Box<dyn Read> =
        if zipped { Box::new(flate2::read::MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    let mut text = BufReader::new(text);
    let lines = std::iter::from_fn(move || {
        let mut line = String::new();
        match text.by_ref().take(LONGEST_LINE).read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            Err(source) => Some(Err(broken(source))),
        }
    });
    // After an error a reader may repeat it for ever: the first one ends the file.
    Ok(lines
        .scan(false, |ended, line| {
            if *ended {
                return None;
            }
            *ended = line.is_err();
            Some(line)
        })
        .filter(|line| line.as_ref().map_or(true, |l| !l.trim().is_empty())))
}

/// The record's id, or where it stands, for messages.
pub(crate) fn name_of(line: &str, number: usize) -> String {
    serde_json::from_str::<WrittenName>(line).map_or_else(|_| named_in_text(line, number), |n| n.id)
}

/// A broken line's id, where one can be made out.
fn named_in_text(line: &str, number: usize) -> String {
    let after = line.split_once("\"id\"").and_then(|(_, rest)| rest.split('"').nth(1));
    after.filter(|id| !id.is_empty()).map_or_else(|| format!("in line {number}"), str::to_owned)
}

impl Question {
    /// Reads what the judge may see from a line.
    pub fn read(line: &str, number: usize) -> Result<Self, RecordError> {
        let named = |problem| RecordError { record: name_of(line, number), problem };
        let written: WrittenQuestion = serde_json::from_str(line).map_err(|e| named(e.into()))?;
        Self::from_written(written).map_err(named)
    }

    fn from_written(written: WrittenQuestion) -> Result<Self, RecordProblem> {
        let times = frame_times(&written)?;
        let signals = signals(&written, times.last().copied())?;
        let joints = joints(written.left, written.right)?;
        if let Some(joints) = &joints
            && joints.left.len() != times.len()
        {
            return Err(RecordProblem::Times { times: times.len(), frames: joints.left.len() });
        }
        let weapon = match written.weapon.as_deref() {
            Some("foil") => Weapon::Foil,
            Some("epee") => Weapon::Epee,
            _ => Weapon::Sabre,
        };
        Ok(Self { id: written.id, group: written.group, weapon, times, joints, signals })
    }
}

impl Answer {
    /// Reads the referee's word from a line.
    pub fn read(line: &str, number: usize) -> Result<Self, RecordError> {
        let named = |problem| RecordError { record: name_of(line, number), problem };
        let written: WrittenAnswer = serde_json::from_str(line).map_err(|e| named(e.into()))?;
        let label = written.label.map(|text| label(&text).ok_or(RecordProblem::Label(text)));
        Ok(Self {
            label: label.transpose().map_err(named)?,
            baseline: written.baseline_winner.as_deref().and_then(side),
        })
    }
}

fn side(text: &str) -> Option<Side> {
    Side::BOTH.into_iter().find(|s| s.as_str() == text)
}

fn label(text: &str) -> Option<Label> {
    Side::BOTH.map(Label::Touch).into_iter().chain([Label::Simultaneous]).find(|label| label.as_str() == text)
}

/// One time per frame: as given, or evenly from the frame rate.
fn frame_times(written: &WrittenQuestion) -> Result<Vec<Timestamp>, RecordProblem> {
    let frames = written.left.as_ref().or(written.right.as_ref()).map_or(0, Vec::len);
    if let Some(times) = &written.times_s {
        return times.iter().map(|t| signal_time(*t)).collect();
    }
    if !(5.0..=500.0).contains(&written.fps) {
        return Err(RecordProblem::FrameRate(written.fps));
    }
    let start = if written.source == "B" { LATE_PICTURES_SECS } else { 0.0 };
    Ok((0..frames).map(|i| Timestamp::from_secs(start + i as f64 / written.fps)).collect())
}

fn joints(
    left: Option<Vec<WrittenPose>>,
    right: Option<Vec<WrittenPose>>,
) -> Result<Option<PerSide<SeenPoses>>, RecordProblem> {
    match (left, right) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(RecordProblem::OneFencer(Side::Left)),
        (Some(_), None) => Err(RecordProblem::OneFencer(Side::Right)),
        (Some(left), Some(right)) => {
            Ok(Some(PerSide::new(on_the_piste(&left, Side::Left)?, on_the_piste(&right, Side::Right)?)))
        }
    }
}

fn on_the_piste(poses: &[WrittenPose], side: Side) -> Result<Vec<[Option<PistePoint>; 17]>, RecordProblem> {
    let one = |(frame, pose): (usize, &WrittenPose)| {
        let points: Vec<_> = pose.iter().map(|p| p.map(|[x, y]| PistePoint { x: x as f32, y: -y as f32 })).collect();
        points.try_into().map_err(|p: Vec<_>| RecordProblem::Keypoints { side, frame, found: p.len() })
    };
    poses.iter().enumerate().map(one).collect()
}

fn signal_time(secs: f64) -> Result<Timestamp, RecordProblem> {
    if secs.is_finite() && (-60.0..=86_400.0).contains(&secs) {
        Ok(Timestamp::from_secs(secs))
    } else {
        Err(RecordProblem::SignalTime(secs))
    }
}

fn uncertainty(secs: f64) -> Result<f64, RecordProblem> {
    if (0.0..=MOST_UNCERTAIN_SECS).contains(&secs) { Ok(secs) } else { Err(RecordProblem::SignalTime(secs)) }
}

/// The apparatus' log: lamps at the time of the touch, contacts, lockout.
fn signals(written: &WrittenQuestion, last_frame: Option<Timestamp>) -> Result<SignalLog, RecordProblem> {
    let mut log = SignalLog::default();
    let (at, uncertainty_secs) = match written.hit_time_s {
        Some(secs) => (signal_time(secs)?, written.hit_uncertainty_s.map_or(Ok(LOG_UNCERTAINTY_SECS), uncertainty)?),
        None => (last_frame.unwrap_or_default().plus_secs(-TAIL_SECS), TAIL_UNCERTAINTY_SECS),
    };
    let event = |at, kind| SignalEvent { at, uncertainty_secs, source: SignalSource::Log, kind };
    for (side, lit) in [(Side::Left, written.light_left), (Side::Right, written.light_right)] {
        if lit {
            log.push(event(at, SignalKind::Lamp { side, lamp: Lamp::Valid }));
        }
    }
    for contact in &written.blade_contacts_s {
        log.push(event(signal_time(*contact)?, SignalKind::BladeContact));
    }
    if let Some(secs) = written.lockout_s {
        log.push(event(signal_time(secs)?, SignalKind::LockoutStart));
    }
    let lamp = |lit| if lit { Lamp::Valid } else { Lamp::Off };
    log.set_final_lamps(PerSide::new(lamp(written.light_left), lamp(written.light_right)));
    Ok(log)
}
