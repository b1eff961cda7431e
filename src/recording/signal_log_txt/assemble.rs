//! All lines of a log put together: whose light was whose, how sure each time is, which zero the times have.

use super::answers::{AnswerLine, RecordedAnswers};
use super::line::{Happening, Line, NamedLamps, Timed, Wall, read_line};
use super::time_base::{TimeBase, judge};
use super::{ADAPTER_SECS, BOX_DEAD_TIME_SECS, BOX_SCAN_SECS, HitSides, ParsedSignalLog};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use time::PrimitiveDateTime;

/// Who wrote a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LogOrigin {
    /// The scoring box's host program.
    #[default]
    Box,
    /// The adapter that maps an apparatus' stamps to frames.
    Adapter,
    /// This program.
    Own,
}

/// How the side convention of a log became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SidesKnownFrom {
    /// The log is this program's.
    Header,
    /// The user set it.
    Setting,
    /// The `HIT:` line and the lamps at the end belong together.
    Lamps,
    /// The adapter is known to write the picture's sides.
    Adapter,
    /// Nothing settles it: the box's convention, which held in 244 of 244 recorded single lights.
    Assumption,
}

/// Whose side the words of `HIT:` lines name in one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledSides {
    /// Whether Left means the picture's left.
    pub convention: HitSides,
    /// Why that is believed.
    pub known_from: SidesKnownFrom,
}

/// What is known about a log itself, apart from the signals.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFacts {
    /// Number or name of the phrase, as written.
    pub phrase: Option<String>,
    /// Wall-clock time at which the recording started, in the host's local time.
    pub started_at: Option<PrimitiveDateTime>,
    /// Who wrote the log.
    pub origin: LogOrigin,
    /// The side convention of its `HIT:` lines.
    pub sides: SettledSides,
    /// What its zero is.
    pub time_base: TimeBase,
    /// Lines that no pattern fits.
    pub unknown_lines: usize,
}

/// Lines by kind, before they are put together.
#[derive(Default)]
struct Gathered {
    timed: Vec<Timed>,
    scores: Option<NamedLamps>,
    interpretation: Option<NamedLamps>,
    final_lamps: Option<PerSide<Lamp>>,
    phrase: Option<String>,
    initialised: Option<PrimitiveDateTime>,
    commanded: Option<PrimitiveDateTime>,
    recording: Option<PrimitiveDateTime>,
    interpreted: Option<PrimitiveDateTime>,
    answers: Vec<AnswerLine>,
    origin: LogOrigin,
    cancelled: bool,
    unknown_lines: usize,
}

/// Puts a whole log together; `None` when no line is an event of an apparatus.
pub(super) fn assemble(text: &str, setting: HitSides) -> Option<ParsedSignalLog> {
    let mut gathered = Gathered::default();
    for raw in text.split(['\n', '\r']) {
        gathered.take(read_line(raw));
    }
    gathered.finish(setting)
}

impl Gathered {
    fn take(&mut self, line: Line) {
        match line {
            Line::Timed(timed) => self.timed.push(timed),
            Line::Scores(lamps) => self.scores = Some(lamps),
            Line::Interpretation(lamps, stamp) => {
                self.interpretation = Some(lamps);
                self.interpreted = self.interpreted.or(stamp);
            }
            Line::FinalLamps(lamps) => self.final_lamps = Some(lamps),
            Line::Phrase(name, when) => (self.phrase, self.initialised) = (Some(name), when),
            Line::Wall(Wall::Commanded, when) => self.commanded = when,
            Line::Wall(Wall::Recording, when) => self.recording = when,
            Line::Wall(Wall::Interpreted, when) => self.interpreted = self.interpreted.or(when),
            Line::Answer(answer) => self.answers.push(answer),
            Line::AdapterMark => self.origin = LogOrigin::Adapter,
            Line::OwnHeader => self.origin = LogOrigin::Own,
            Line::Cancelled => self.cancelled = true,
            Line::Noted => {}
            Line::Unknown => self.unknown_lines += 1,
        }
    }

    fn finish(mut self, setting: HitSides) -> Option<ParsedSignalLog> {
        let lamps = self.lamps();
        if self.timed.is_empty() && lamps.is_none() && !self.cancelled && self.origin != LogOrigin::Own {
            return None;
        }
        self.timed.sort_by_key(|t| t.at);
        let labels = self.timed.iter().flat_map(|t| t.labels.iter().map(|label| (t.at, *label))).collect();
        let answers = RecordedAnswers::collect(&self.answers, labels);
        let sides = self.settle_sides(setting, lamps);
        let mut signals = SignalLog::default();
        let mut events = self.events(sides.convention);
        events.sort_by_key(|e| e.at);
        for event in events {
            signals.push(event);
        }
        if let Some(lamps) = lamps {
            signals.set_final_lamps(lamps);
        }
        let facts = self.facts(sides, &signals);
        Some(ParsedSignalLog { signals, facts, answers })
    }

    /// The apparatus' last word: its own line, otherwise the host's reading of it.
    fn lamps(&self) -> Option<PerSide<Lamp>> {
        if self.origin == LogOrigin::Own {
            return self.final_lamps;
        }
        let both = |named: NamedLamps| Some(PerSide::new(named.left?, named.right?));
        self.scores.and_then(both).or_else(|| self.interpretation.and_then(both))
    }

    fn facts(&self, sides: SettledSides, signals: &SignalLog) -> LogFacts {
        let adapted = self.origin != LogOrigin::Box;
        let has_start = adapted || self.timed.iter().any(|t| t.what == Happening::Start);
        let end = signals.first_time_of(SignalKind::PhraseEnd);
        let started_at = self.recording.or(self.commanded).or(self.initialised);
        LogFacts {
            phrase: self.phrase.clone(),
            started_at,
            origin: self.origin,
            sides,
            time_base: judge(has_start, end, started_at.zip(self.interpreted)),
            unknown_lines: self.unknown_lines,
        }
    }

    fn settle_sides(&self, setting: HitSides, lamps: Option<PerSide<Lamp>>) -> SettledSides {
        let (convention, known_from) = if self.origin == LogOrigin::Own {
            (HitSides::Box, SidesKnownFrom::Header)
        } else if setting != HitSides::Auto {
            (setting, SidesKnownFrom::Setting)
        } else if let Some(convention) = lamps.and_then(|lamps| self.sides_by_lamps(lamps)) {
            (convention, SidesKnownFrom::Lamps)
        } else if self.origin == LogOrigin::Adapter {
            (HitSides::Camera, SidesKnownFrom::Adapter)
        } else {
            (HitSides::Box, SidesKnownFrom::Assumption)
        };
        SettledSides { convention, known_from }
    }

    /// A single light settles the convention when the `HIT:` lines name a single side.
    fn sides_by_lamps(&self, lamps: PerSide<Lamp>) -> Option<HitSides> {
        let lit = only_one(PerSide::from_fn(|side| lamps[side] == Lamp::Valid))?;
        let named = only_one(PerSide::from_fn(|side| {
            self.timed.iter().any(|t| matches!(t.what, Happening::Hit { named, .. } if named == side))
        }))?;
        Some(if lit == named { HitSides::Camera } else { HitSides::Box })
    }

    fn events(&self, convention: HitSides) -> Vec<SignalEvent> {
        if self.origin == LogOrigin::Own {
            return self.timed.iter().filter_map(exact_event).collect();
        }
        let stamps = Stamps { first_hit: self.first_hit(), adapter: self.origin == LogOrigin::Adapter };
        let mut events: Vec<_> = self.timed.iter().filter_map(|t| box_event(t, convention, &stamps)).collect();
        events.extend(self.lights_without_a_line(&events, &stamps));
        if self.cancelled && !self.timed.iter().any(|t| t.what == Happening::Cancelled) {
            let at = self.timed.last().map_or(Timestamp::ZERO, |t| t.at);
            events.push(stamps.event(at, SignalKind::Cancelled));
        }
        events
    }

    /// When the first light came on that has a line of its own.
    fn first_hit(&self) -> Option<Timestamp> {
        let own = |t: &&Timed| matches!(t.what, Happening::Hit { with_simultaneous: false, .. });
        self.timed.iter().find(own).map(|t| t.at)
    }

    /// "Simultaneous valid hits" means both lights: one for each side that no `HIT:` line names.
    fn lights_without_a_line(&self, events: &[SignalEvent], stamps: &Stamps) -> Vec<SignalEvent> {
        let Some(both) = self.timed.iter().find(|t| t.what == Happening::Simultaneous) else { return Vec::new() };
        let light = |side| SignalKind::Lamp { side, lamp: Lamp::Valid };
        let unnamed = Side::BOTH.into_iter().filter(|side| !events.iter().any(|e| e.kind == light(*side)));
        unnamed.map(|side| stamps.second_light(both.at, light(side))).collect()
    }
}

fn only_one(of: PerSide<bool>) -> Option<Side> {
    match (of.left, of.right) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    }
}

/// How far off the times of one log are.
struct Stamps {
    first_hit: Option<Timestamp>,
    adapter: bool,
}

impl Stamps {
    fn event(&self, at: Timestamp, kind: SignalKind) -> SignalEvent {
        let uncertainty_secs = if self.adapter { ADAPTER_SECS } else { BOX_SCAN_SECS };
        SignalEvent { at, uncertainty_secs, source: SignalSource::Log, kind }
    }

    /// A light that the box may have been deaf to at first: its time is an upper bound, reaching back to the first light.
    fn second_light(&self, at: Timestamp, kind: SignalKind) -> SignalEvent {
        let mut event = self.event(at, kind);
        if !self.adapter {
            let since_first = self.first_hit.map_or(BOX_DEAD_TIME_SECS, |first| at.secs_since(first).max(0.0));
            event.uncertainty_secs += since_first.min(BOX_DEAD_TIME_SECS);
        }
        event
    }
}

fn exact_event(timed: &Timed) -> Option<SignalEvent> {
    let exact = timed.exact?;
    let kind = kind_of(timed.what, HitSides::Box)?;
    Some(SignalEvent { at: exact.at, uncertainty_secs: exact.uncertainty_secs, source: exact.source, kind })
}

fn box_event(timed: &Timed, convention: HitSides, stamps: &Stamps) -> Option<SignalEvent> {
    let kind = kind_of(timed.what, convention)?;
    let is_later_light = match timed.what {
        Happening::Hit { with_simultaneous, .. } => with_simultaneous || stamps.first_hit < Some(timed.at),
        _ => false,
    };
    Some(if is_later_light { stamps.second_light(timed.at, kind) } else { stamps.event(timed.at, kind) })
}

fn kind_of(what: Happening, convention: HitSides) -> Option<SignalKind> {
    let by_picture = |named: Side| if convention == HitSides::Camera { named } else { named.opponent() };
    Some(match what {
        Happening::Start => SignalKind::PhraseStart,
        Happening::BladeContact => SignalKind::BladeContact,
        Happening::Hit { named, .. } => SignalKind::Lamp { side: by_picture(named), lamp: Lamp::Valid },
        Happening::SelfContact { named } => SignalKind::SelfContact { side: by_picture(named) },
        Happening::Lamp { side, lamp } => SignalKind::Lamp { side, lamp },
        Happening::Lockout => SignalKind::LockoutStart,
        Happening::End => SignalKind::PhraseEnd,
        Happening::Halt => SignalKind::Halt,
        Happening::Cancelled => SignalKind::Cancelled,
        Happening::Simultaneous => return None,
    })
}
