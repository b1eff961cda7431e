//! `referee collect --list`: labelled touches of long videos, cut out by a table of video, second and call.

use super::clip_time::clip_time;
use anyhow::{Context, bail};
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use learning::Label;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest part of a video that is looked at before a touch, in seconds: few phrases last longer, and the judge looks 4 s back.
const BEFORE_SECS: f64 = 10.0;
/// What is looked at after it: lamps light up to half a second after the second that a person wrote down.
const AFTER_SECS: f64 = 1.0;
/// Touches of one video that lie closer together cannot both be right: fencers walk back to their lines in between.
const APART_SECS: f64 = 2.0;
/// A lamp further from the listed second belongs to another touch.
const LAMP_SECS: f64 = 1.5;
/// How exact a listed second is where no lamp shows the touch; the estimate from the motion places it within that.
const LISTED_SECS: f64 = 0.5;

/// One touch of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListedTouch {
    /// Line of the list, from 1, with its header.
    pub(super) line: usize,
    /// The video.
    pub(super) video: PathBuf,
    /// Part of it to look at, seconds.
    pub(super) from_secs: f64,
    /// End of that part, seconds.
    pub(super) to_secs: f64,
    /// The second of the touch as listed.
    pub(super) at_secs: f64,
    /// The referee's call.
    pub(super) label: Label,
    /// The weapon, where the list says.
    pub(super) weapon: Option<Weapon>,
    /// Whose lamps were lit, where the list says.
    lights: Option<Lights>,
}

/// Whose lamps were lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lights {
    Both,
    One(Side),
}

/// The touches of a list and what is wrong with its other lines.
#[derive(Debug, Default)]
pub(super) struct TouchList {
    /// What can be looked at, by video and time.
    pub(super) touches: Vec<ListedTouch>,
    /// One sentence per line that was passed over, with its number.
    pub(super) refused: Vec<String>,
}

/// Places of the columns in a line.
struct Columns {
    video: usize,
    end: usize,
    call: usize,
    weapon: Option<usize>,
    lights: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> anyhow::Result<Self> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase()).collect();
        let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let needed = |wanted: &[&str]| {
            place(wanted).with_context(|| {
                format!(
                    "the list has no column \"{}\"; its first line must name video, end, call (and may name weapon, lights), not: {}",
                    wanted[0],
                    names.join(", ")
                )
            })
        };
        Ok(Self {
            video: needed(&["video", "file", "clip"])?,
            end: needed(&["end", "end second", "end_second", "end_s", "second"])?,
            call: needed(&["call", "label"])?,
            weapon: place(&["weapon"]),
            lights: place(&["lights", "lamps"]),
        })
    }
}

impl TouchList {
    /// Reads a list; its videos are looked for among `videos`, then beside the list.
    pub(super) fn read(path: &Path, videos: &[PathBuf]) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("this list cannot be read as text; save it as CSV in UTF-8: {}", path.display())
        })?;
        let beside = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, &|name| find_video(name, videos, beside))
    }

    fn parse(text: &str, find: &dyn Fn(&str) -> Option<PathBuf>) -> anyhow::Result<Self> {
        let header = text.lines().next().unwrap_or_default();
        // Spreadsheets of countries with a decimal comma write semicolons.
        let delimiter = if header.contains(';') {
            b';'
        } else if header.contains('\t') {
            b'\t'
        } else {
            b','
        };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let columns = Columns::of(reader.headers().context("this list is no table with commas")?)?;
        let mut list = Self::default();
        let mut by_video: BTreeMap<PathBuf, Vec<ListedTouch>> = BTreeMap::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    list.refused.push(format!("the list: {error}"));
                    continue;
                }
            };
            let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
            match touch(&record, line, &columns, find) {
                Ok(touch) => by_video.entry(touch.video.clone()).or_default().push(touch),
                Err(error) => list.refused.push(format!("line {line}: {error:#}")),
            }
        }
        for touches in by_video.into_values() {
            list.add_video(touches);
        }
        if list.touches.is_empty() && list.refused.is_empty() {
            bail!("the list names no touch");
        }
        Ok(list)
    }

    /// Adds the touches of one video; one that overlaps the touch before it is refused.
    fn add_video(&mut self, mut touches: Vec<ListedTouch>) {
        touches.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        let mut before: Option<(usize, f64)> = None;
        for mut touch in touches {
            if let Some((line, at)) = before
                && touch.at_secs - at < APART_SECS
            {
                let (this, video) = (touch.line, touch.video.display());
                self.refused.push(format!(
                    "line {this}: its touch lies {:.1} s after that of line {line} in {video}; one of them is not right",
                    touch.at_secs - at
                ));
                continue;
            }
            if let Some((_, at)) = before {
                touch.from_secs = touch.from_secs.max(at + AFTER_SECS);
            }
            before = Some((touch.line, touch.at_secs));
            self.touches.push(touch);
        }
    }
}

fn touch(
    record: &csv::StringRecord,
    line: usize,
    columns: &Columns,
    find: &dyn Fn(&str) -> Option<PathBuf>,
) -> anyhow::Result<ListedTouch> {
    let field = |column: usize| record.get(column).unwrap_or_default().trim();
    let optional = |column: Option<usize>| column.map(field).filter(|text| !text.is_empty());
    let name = field(columns.video);
    let video = find(name).with_context(|| format!("there is no video \"{name}\"; name it after --list, too"))?;
    let at_secs = clip_time(field(columns.end)).map_err(anyhow::Error::msg)?;
    if at_secs <= 0.0 {
        bail!("a touch at {at_secs} s is not in the video");
    }
    let label = match field(columns.call).to_ascii_lowercase().as_str() {
        "left" | "l" => Label::Touch(Side::Left),
        "right" | "r" => Label::Touch(Side::Right),
        "simultaneous" | "none" | "s" | "n" => Label::Simultaneous,
        other => bail!("\"{other}\" is no call; write left, right or simultaneous"),
    };
    let weapon = optional(columns.weapon).map(str::parse::<Weapon>).transpose().map_err(anyhow::Error::msg)?;
    let lights = match optional(columns.lights).map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("both" | "2") => Some(Lights::Both),
        Some("left" | "l") => Some(Lights::One(Side::Left)),
        Some("right" | "r") => Some(Lights::One(Side::Right)),
        Some(other) => bail!("\"{other}\" are no lights; write both, left or right"),
    };
    let (from_secs, to_secs) = ((at_secs - BEFORE_SECS).max(0.0), at_secs + AFTER_SECS);
    Ok(ListedTouch { line, video, from_secs, to_secs, at_secs, label, weapon, lights })
}

/// The video of a name: among those given by whole path, file name or name without ending, else beside the list.
fn find_video(name: &str, videos: &[PathBuf], beside: &Path) -> Option<PathBuf> {
    let same =
        |part: Option<&std::ffi::OsStr>| part.is_some_and(|part| part.to_string_lossy().eq_ignore_ascii_case(name));
    let given = videos.iter().find(|v| v.as_path() == Path::new(name) || same(v.file_name()) || same(v.file_stem()));
    given.cloned().or_else(|| Some(beside.join(name)).filter(|path| !name.is_empty() && path.is_file()))
}

impl ListedTouch {
    /// Name of the phrase: the video and the second.
    pub(super) fn id(&self) -> String {
        format!("{} {:.2}", self.group(), self.at_secs)
    }

    /// The video: its touches were fenced by the same people before the same referee.
    pub(super) fn group(&self) -> String {
        self.video.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The signals of the touch: the lamps that the frames showed, otherwise those of the list.
    ///
    /// # Errors
    /// Lamps that contradict the call or the listed second, or no lamps at all.
    pub(super) fn signals(&self, seen: &SignalLog) -> anyhow::Result<SignalLog> {
        let Some(touch) = seen.first_touch() else { return self.listed_signals() };
        let away = touch.at.secs() - self.at_secs;
        if away.abs() > LAMP_SECS {
            let at = touch.at.secs();
            bail!(
                "the lamps lit up at {at:.1} s, not at {:.1} s; correct the second or list the touch apart",
                self.at_secs
            );
        }
        let lamps = seen.lamps();
        let lit = |side: Side| lamps[side] == Lamp::Valid;
        let contradicted = match self.label {
            Label::Touch(side) => !lit(side) && lit(side.opponent()),
            Label::Simultaneous => lit(Side::Left) != lit(Side::Right),
        };
        if contradicted {
            bail!("the call is {}, but the lamps show {}", self.label.as_str(), shown(&lit));
        }
        if let Some(Lights::Both) = self.lights
            && !(lit(Side::Left) && lit(Side::Right))
        {
            bail!("the list says both lights, but the lamps show {}", shown(&lit));
        }
        Ok(seen.clone())
    }

    /// The signals as listed, with the touch as exact as people write seconds down.
    fn listed_signals(&self) -> anyhow::Result<SignalLog> {
        let lights = self
            .lights
            .context("no lamp is seen in the video at that second; add a column lights with both, left or right")?;
        let sides: &[Side] = match &lights {
            Lights::Both => &Side::BOTH,
            Lights::One(side) => std::slice::from_ref(side),
        };
        if let (Label::Touch(called), Lights::One(lit)) = (self.label, lights)
            && called != lit
        {
            bail!("the call is {}, but only the light on the {} is listed", called.as_str(), lit.as_str());
        }
        let mut signals = SignalLog::default();
        for side in sides {
            signals.push(SignalEvent {
                at: Timestamp::from_secs(self.at_secs),
                uncertainty_secs: LISTED_SECS,
                kind: SignalKind::Lamp { side: *side, lamp: Lamp::Valid },
                source: SignalSource::Manual,
            });
        }
        Ok(signals)
    }
}

fn shown(lit: &dyn Fn(Side) -> bool) -> &'static str {
    match (lit(Side::Left), lit(Side::Right)) {
        (true, true) => "both lights",
        (true, false) => "the light on the left alone",
        (false, true) => "the light on the right alone",
        (false, false) => "no light on target",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> TouchList {
        TouchList::parse(text, &|name| (name != "gone.mp4").then(|| PathBuf::from(name))).expect("a list")
    }

    #[test]
    fn touches_are_cut_from_the_one_before_to_a_second_after() {
        let list = parse("video,end,call\nbout.mp4,0:12.5,left\nbout.mp4,17.5,Right\n");
        let parts: Vec<_> = list.touches.iter().map(|t| (t.from_secs, t.to_secs, t.label)).collect();
        assert_eq!(parts, [(2.5, 13.5, Label::Touch(Side::Left)), (13.5, 18.5, Label::Touch(Side::Right))]);
        assert!(list.refused.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line_and_the_rest_is_done() {
        let list = parse(
            "Video;End second;Call\nbout.mp4;12,5;left\ngone.mp4;3;left\nbout.mp4;13,0;right\nbout.mp4;20;maybe\nbout.mp4;soon;left\n",
        );
        assert_eq!(list.touches.len(), 1);
        assert!((list.touches[0].at_secs - 12.5).abs() < 1e-9);
        let named = |line: usize| list.refused.iter().any(|text| text.starts_with(&format!("line {line}:")));
        assert!((3..=6).all(named), "{:?}", list.refused);
    }

    #[test]
    fn a_list_with_other_columns_is_refused_by_name() {
        let error = TouchList::parse("clip,time,who\na.mp4,3,left\n", &|_| None).expect_err("wrong columns");
        assert!(error.to_string().contains("\"end\"") && error.to_string().contains("time, who"), "{error}");
    }

    #[test]
    fn lamps_that_contradict_the_call_are_told() {
        let list = parse("video,end,call,lights\nbout.mp4,12,left,\nbout.mp4,22,left,both\nbout.mp4,32,left,right\n");
        let lamp = |at: f64, side| SignalEvent {
            at: Timestamp::from_secs(at),
            uncertainty_secs: 0.02,
            kind: SignalKind::Lamp { side, lamp: Lamp::Valid },
            source: SignalSource::Picture,
        };
        let seen = |events: &[SignalEvent]| {
            let mut log = SignalLog::default();
            events.iter().for_each(|event| log.push(*event));
            log
        };
        let [first, second, third] = &list.touches[..] else { panic!("three touches") };
        assert!(first.signals(&seen(&[lamp(12.1, Side::Right)])).is_err(), "only the other light");
        assert!(first.signals(&seen(&[lamp(9.0, Side::Left)])).is_err(), "another touch's light");
        assert!(first.signals(&SignalLog::default()).is_err(), "no light is known");
        let both = seen(&[lamp(12.1, Side::Right), lamp(12.15, Side::Left)]);
        assert_eq!(first.signals(&both).expect("both lights"), both);
        let listed = second.signals(&SignalLog::default()).expect("the list says both lights");
        assert_eq!(listed.first_touch().map(|t| (t.at.secs(), t.uncertainty_secs)), Some((22.0, LISTED_SECS)));
        assert!(third.signals(&SignalLog::default()).is_err(), "left called on the light of the right");
    }
}
