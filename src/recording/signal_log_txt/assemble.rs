//! Assembles the lines of a log: sides of the lights, uncertainties of the times, zero of the times.

use super::answers::{AnswerLine, RecordedAnswers};
use super::line::{Line, LogEvent, NamedLamps, Timed, WallClock, read_line};
use super::time_base::{TimeBase, judge};
use super::{ADAPTER_SECS, BOX_DEAD_TIME_SECS, BOX_SCAN_SECS, HitSides, ParsedSignalLog};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use time::PrimitiveDateTime;

/// The writer of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LogOrigin {
    /// The scoring box's host program.
    #[default]
    Box,
    /// The adapter that maps an apparatus' timestamps to frames.
    Adapter,
    /// This program.
    Own,
}

/// How the side convention of a log was determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SidesKnownFrom {
    /// The log was written by this program.
    Header,
    /// The user set it.
    Setting,
    /// From a `HIT:` line and the lamps at the end.
    Lamps,
    /// The adapter always uses the camera's sides.
    Adapter,
    /// Undetermined: the box's convention, which held in 244 of 244 recorded single lights.
    Assumption,
}

/// The side convention of the `HIT:` lines of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledSides {
    /// Whether Left means the picture's left.
    pub convention: HitSides,
    /// How it was determined.
    pub known_from: SidesKnownFrom,
}

/// Facts about a log apart from the signals.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFacts {
    /// Number or name of the phrase, as written.
    pub phrase: Option<String>,
    /// Wall-clock time at which the recording started, in the host's local time.
    pub started_at: Option<PrimitiveDateTime>,
    /// Its writer.
    pub origin: LogOrigin,
    /// The side convention of its `HIT:` lines.
    pub sides: SettledSides,
    /// Its zero.
    pub time_base: TimeBase,
    /// Lines that match no pattern.
    pub unknown_lines: usize,
}

/// Lines by kind, before assembly.
#[derive(Default)]
struct LogLines {
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

/// Assembles a whole log; `None` when no line is an event of an apparatus.
pub(super) fn assemble(text: &str, setting: HitSides) -> Option<ParsedSignalLog> {
    let mut gathered = LogLines::default();
    for raw in text.split(['\n', '\r']) {
        gathered.take(read_line(raw));
    }
    gathered.finish(setting)
}

impl LogLines {
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
            Line::WallClock(WallClock::Commanded, when) => self.commanded = when,
            Line::WallClock(WallClock::Recording, when) => self.recording = when,
            Line::WallClock(WallClock::Interpreted, when) => self.interpreted = self.interpreted.or(when),
            Line::Answer(answer) => self.answers.push(answer),
            Line::AdapterMark => self.origin = LogOrigin::Adapter,
            Line::OwnHeader => self.origin = LogOrigin::Own,
            Line::Cancelled => self.cancelled = true,
            Line::Irrelevant => {}
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

    /// The final lamps: from the apparatus' own line, otherwise from the host's reading.
    fn lamps(&self) -> Option<PerSide<Lamp>> {
        if self.origin == LogOrigin::Own {
            return self.final_lamps;
        }
        let both = |named: NamedLamps| Some(PerSide::new(named.left?, named.right?));
        self.scores.and_then(both).or_else(|| self.interpretation.and_then(both))
    }

    fn facts(&self, sides: SettledSides, signals: &SignalLog) -> LogFacts {
        let adapted = self.origin != LogOrigin::Box;
        let has_start = adapted || self.timed.iter().any(|t| t.what == LogEvent::Start);
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

    /// A single light determines the convention when the `HIT:` lines name a single side.
    fn sides_by_lamps(&self, lamps: PerSide<Lamp>) -> Option<HitSides> {
        let lit = only_one(PerSide::from_fn(|side| lamps[side] == Lamp::Valid))?;
        let named = only_one(PerSide::from_fn(|side| {
            self.timed.iter().any(|t| matches!(t.what, LogEvent::Hit { named, .. } if named == side))
        }))?;
        Some(if lit == named { HitSides::Camera } else { HitSides::Box })
    }

    fn events(&self, convention: HitSides) -> Vec<SignalEvent> {
        if self.origin == LogOrigin::Own {
            return self.timed.iter().filter_map(exact_event).collect();
        }
        let uncertainties = Uncertainties { first_hit: self.first_hit(), adapter: self.origin == LogOrigin::Adapter };
        let mut events: Vec<_> = self.timed.iter().filter_map(|t| box_event(t, convention, &uncertainties)).collect();
        events.extend(self.unlisted_lights(&events, &uncertainties));
        if self.cancelled && !self.timed.iter().any(|t| t.what == LogEvent::Cancelled) {
            let at = self.timed.last().map_or(Timestamp::ZERO, |t| t.at);
            events.push(uncertainties.event(at, SignalKind::Cancelled));
        }
        events
    }

    /// Time of the first light with a line of its own.
    fn first_hit(&self) -> Option<Timestamp> {
        let own = |t: &&Timed| matches!(t.what, LogEvent::Hit { with_simultaneous: false, .. });
        self.timed.iter().find(own).map(|t| t.at)
    }

    /// "Simultaneous valid hits" means both lights: adds one for each side that no `HIT:` line names.
    fn unlisted_lights(&self, events: &[SignalEvent], uncertainties: &Uncertainties) -> Vec<SignalEvent> {
        let Some(both) = self.timed.iter().find(|t| t.what == LogEvent::Simultaneous) else { return Vec::new() };
        let light = |side| SignalKind::Lamp { side, lamp: Lamp::Valid };
        let unnamed = Side::BOTH.into_iter().filter(|side| !events.iter().any(|e| e.kind == light(*side)));
        unnamed.map(|side| uncertainties.second_light(both.at, light(side))).collect()
    }
}

fn only_one(of: PerSide<bool>) -> Option<Side> {
    match (of.left, of.right) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    }
}

/// Uncertainties of the times of one log.
struct Uncertainties {
    first_hit: Option<Timestamp>,
    adapter: bool,
}

impl Uncertainties {
    fn event(&self, at: Timestamp, kind: SignalKind) -> SignalEvent {
        let uncertainty_secs = if self.adapter { ADAPTER_SECS } else { BOX_SCAN_SECS };
        SignalEvent { at, uncertainty_secs, source: SignalSource::Log, kind }
    }

    /// A light that may have come in the box's dead time: its time is an upper bound, reaching back to the first light.
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

fn box_event(timed: &Timed, convention: HitSides, uncertainties: &Uncertainties) -> Option<SignalEvent> {
    let kind = kind_of(timed.what, convention)?;
    let is_later_light = match timed.what {
        LogEvent::Hit { with_simultaneous, .. } => with_simultaneous || uncertainties.first_hit < Some(timed.at),
        _ => false,
    };
    Some(if is_later_light { uncertainties.second_light(timed.at, kind) } else { uncertainties.event(timed.at, kind) })
}

fn kind_of(what: LogEvent, convention: HitSides) -> Option<SignalKind> {
    let by_picture = |named: Side| if convention == HitSides::Camera { named } else { named.opponent() };
    Some(match what {
        LogEvent::Start => SignalKind::PhraseStart,
        LogEvent::BladeContact => SignalKind::BladeContact,
        LogEvent::Hit { named, .. } => SignalKind::Lamp { side: by_picture(named), lamp: Lamp::Valid },
        LogEvent::SelfContact { named } => SignalKind::SelfContact { side: by_picture(named) },
        LogEvent::Lamp { side, lamp } => SignalKind::Lamp { side, lamp },
        LogEvent::Lockout => SignalKind::LockoutStart,
        LogEvent::End => SignalKind::PhraseEnd,
        LogEvent::Halt => SignalKind::Halt,
        LogEvent::Cancelled => SignalKind::Cancelled,
        LogEvent::Simultaneous => return None,
    })
}
