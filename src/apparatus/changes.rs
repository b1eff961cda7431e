//! Detects changes: turns repeated states into single events, and the box's sides into sides of the picture.
//!
//! Also decides what a white lamp means (off target in foil, a fault in sabre), that lamps which were already lit in the first
//! message are no touch, and that a lamp which lit while the link was down is one, with the outage as its uncertainty.

use crate::decoder::{LampBits, Reading, Report, is_lamp_test, is_segment_test};
use crate::event::{ApparatusEvent, BoutClock, Cards, ClockRun, Fact, FencerName};
use crate::settings::SideOrder;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind, SignalSource, Weapon};

/// The referee starts and stops the clock by hand.
const HAND_UNCERTAINTY_SECS: f64 = 0.5;
/// A box that repeats its lamps does so within this time after the link is back (RS422-FPA: 1.2 s). A lamp that lights later has
/// just lit, also on a box that sends its lamps on change only.
const REPEAT_SECS: f64 = 1.25;
/// Test frames further apart than this belong to two tests.
const SELF_TEST_GAP_SECS: f64 = 5.0;

/// Known state of one apparatus.
#[derive(Debug)]
pub(crate) struct ChangeDetector {
    sides: SideOrder,
    weapon: Weapon,
    weapon_reported: bool,
    on_change_only: bool,
    lamps: Option<PerSide<LampBits>>,
    shown: PerSide<Lamp>,
    lost_at: Option<Timestamp>,
    /// Arrival of the first message after the loss.
    back_at: Option<Timestamp>,
    tested_at: Option<Timestamp>,
    gone: bool,
    clock: Option<BoutClock>,
    score: Option<PerSide<u16>>,
    cards: Option<PerSide<Cards>>,
    priority: Priority,
    fencers: PerSide<Option<FencerName>>,
}

/// Priority as reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Priority {
    Unknown,
    Reported(Option<Side>),
}

/// Time of one reading and of its arrival.
#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    uncertainty_secs: f64,
    received: Timestamp,
}

impl Moment {
    fn event(self, fact: Fact) -> ApparatusEvent {
        let Self { at, uncertainty_secs, received } = self;
        ApparatusEvent { at, uncertainty_secs, received, source: SignalSource::Apparatus, fact }
    }
}

impl ChangeDetector {
    /// Nothing known yet. `on_change_only`: the box repeats nothing, so lamps that it has not reported are dark.
    pub(crate) fn new(sides: SideOrder, weapon: Weapon, on_change_only: OnChangeOnly) -> Self {
        let on_change_only = on_change_only == OnChangeOnly::Yes;
        Self {
            sides,
            weapon,
            weapon_reported: false,
            on_change_only,
            lamps: on_change_only.then(PerSide::default),
            shown: PerSide::default(),
            lost_at: None,
            back_at: None,
            tested_at: None,
            gone: false,
            clock: None,
            score: None,
            cards: None,
            priority: Priority::Unknown,
            fencers: PerSide::default(),
        }
    }

    /// The link broke at `at`.
    pub(crate) fn lost(&mut self, at: Timestamp) {
        self.lost_at.get_or_insert(at);
        self.back_at = None;
    }

    /// Takes a reading and appends the events for what changed.
    pub(crate) fn take(&mut self, reading: Reading, received: Timestamp, out: &mut Vec<ApparatusEvent>) {
        let Reading { at, uncertainty_secs, standing, report } = reading;
        let moment = Moment { at, uncertainty_secs, received };
        if self.lost_at.is_some() && report != Report::Online(false) {
            self.back_at.get_or_insert(received);
        }
        match report {
            Report::Lamps(bits) if is_lamp_test(bits) => self.self_test(moment, out),
            Report::Lamps(bits) if standing => self.initial_lamps(self.mapped(bits), moment, out),
            Report::Lamps(bits) => self.lamps(self.mapped(bits), moment, out),
            Report::SelfTest => self.self_test(moment, out),
            Report::Score(score) if is_segment_test(score) => self.self_test(moment, out),
            Report::Clock(clock) if standing => {
                if self.clock.replace(clock) != Some(clock) {
                    out.push(moment.event(Fact::Found(Box::new(Fact::Clock(clock)))));
                }
            }
            Report::Clock(clock) => self.clock(clock, moment, out),
            Report::Online(online) => self.online(online, moment, out),
            Report::Signal(_) | Report::Corrected(_) | Report::FinalLamps(_) | Report::ReplayWanted if standing => {}
            Report::Signal(kind) => self.signal(self.mapped_kind(kind), moment, out),
            Report::Corrected(kind) => out.push(moment.event(Fact::Corrected(self.mapped_kind(kind)))),
            Report::FinalLamps(bits) => {
                let lamps = self.mapped(bits).map(|bits| self.lamp_from_bits(bits));
                out.push(moment.event(Fact::FinalLamps(lamps)));
            }
            Report::ReplayWanted => out.push(moment.event(Fact::ReplayWanted)),
            other => {
                let fact = self.match_data(other);
                let of_the_bout = |fact: &Fact| matches!(fact, Fact::Score(_) | Fact::Cards(_) | Fact::Priority(_));
                let found = |fact| if standing && of_the_bout(&fact) { Fact::Found(Box::new(fact)) } else { fact };
                out.extend(fact.map(|fact| moment.event(found(fact))));
            }
        }
    }

    /// Score, cards, priority, names and weapon: an event only when they differ.
    fn match_data(&mut self, report: Report) -> Option<Fact> {
        match report {
            Report::Score(score) => {
                let score = self.mapped(score);
                (self.score.replace(score) != Some(score)).then_some(Fact::Score(score))
            }
            Report::ScoreCorrected(score) => {
                let score = self.mapped(score);
                (self.score.replace(score) != Some(score)).then_some(Fact::ScoreCorrected(score))
            }
            Report::Cards(cards) => {
                let cards = self.mapped(cards);
                (self.cards.replace(cards) != Some(cards)).then_some(Fact::Cards(cards))
            }
            Report::Priority(side) => {
                let side = side.map(|side| self.mapped_side(side));
                let reported = Priority::Reported(side);
                (std::mem::replace(&mut self.priority, reported) != reported).then_some(Fact::Priority(side))
            }
            Report::Fencer(side, fencer) => {
                let side = self.mapped_side(side);
                let new = self.fencers[side].replace(fencer.clone()).as_ref() != Some(&fencer);
                new.then_some(Fact::Fencer { side, fencer })
            }
            Report::Weapon(weapon) => {
                let new = !self.weapon_reported || self.weapon != weapon;
                (self.weapon, self.weapon_reported) = (weapon, true);
                new.then_some(Fact::Weapon(weapon))
            }
            _ => None,
        }
    }

    /// The lamps from before the test remain the known ones.
    fn self_test(&mut self, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        let before = self.tested_at.replace(moment.received);
        if before.is_none_or(|before| moment.received.secs_since(before) > SELF_TEST_GAP_SECS) {
            out.push(moment.event(Fact::SelfTest));
        }
    }

    /// The box left its broker or is back. A lamp that lit meanwhile is timed like one that lit while a cable was unplugged.
    fn online(&mut self, online: bool, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        let gone = !online;
        if gone {
            self.lost(moment.received);
        }
        if std::mem::replace(&mut self.gone, gone) != gone {
            out.push(moment.event(if gone { Fact::BoxGone } else { Fact::BoxBack }));
        }
    }

    /// The lamps at the start: never a touch.
    fn initial_lamps(&mut self, bits: PerSide<LampBits>, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        let shown = bits.map(|bits| self.lamp_from_bits(bits));
        let first = self.lamps.replace(bits).is_none();
        self.lost_at = None;
        if std::mem::replace(&mut self.shown, shown) != shown || first {
            out.push(moment.event(Fact::LampsFound(shown)));
        }
    }

    fn lamps(&mut self, bits: PerSide<LampBits>, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        let before = self.lamps.replace(bits);
        let shown = bits.map(|bits| self.lamp_from_bits(bits));
        let shown_before = std::mem::replace(&mut self.shown, shown);
        let just_back = self.back_at.take().is_some_and(|back| moment.received.secs_since(back) <= REPEAT_SECS);
        let outage = self.lost_at.take().filter(|_| just_back);
        let Some(before) = before else {
            out.push(moment.event(Fact::LampsFound(shown)));
            return;
        };
        let moment = outage.map_or(moment, |lost| within_outage(lost, moment));
        for side in Side::BOTH {
            if shown[side] != shown_before[side] {
                out.push(moment.event(Fact::Signal(SignalKind::Lamp { side, lamp: shown[side] })));
            }
            if self.weapon == Weapon::Sabre && bits[side].yellow && !before[side].yellow {
                out.push(moment.event(Fact::Signal(SignalKind::SelfContact { side })));
            }
        }
    }

    fn signal(&mut self, kind: SignalKind, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        if let SignalKind::Lamp { side, lamp } = kind
            && std::mem::replace(&mut self.shown[side], lamp) == lamp
        {
            return;
        }
        if kind == SignalKind::PhraseStart && self.on_change_only {
            self.shown = PerSide::default();
            self.lamps = Some(PerSide::default());
        }
        out.push(moment.event(Fact::Signal(kind)));
    }

    /// Starting the clock is "Allez!", stopping it "Halt!", with the uncertainty of a hand.
    fn clock(&mut self, clock: BoutClock, moment: Moment, out: &mut Vec<ApparatusEvent>) {
        let before = self.clock.replace(clock);
        if before == Some(clock) {
            return;
        }
        out.push(moment.event(Fact::Clock(clock)));
        let ran = before.map(|b| b.run == ClockRun::Running);
        let kind = match (ran, clock.run == ClockRun::Running) {
            (Some(false), true) => SignalKind::PhraseStart,
            (Some(true), false) => SignalKind::Halt,
            _ => return,
        };
        let moment = Moment { uncertainty_secs: moment.uncertainty_secs.max(HAND_UNCERTAINTY_SECS), ..moment };
        out.push(moment.event(Fact::Signal(kind)));
    }

    fn lamp_from_bits(&self, bits: LampBits) -> Lamp {
        match (bits, self.weapon) {
            (LampBits { coloured: true, .. }, _) => Lamp::Valid,
            (LampBits { white: true, .. }, Weapon::Foil) => Lamp::OffTarget,
            (LampBits { white: true, .. }, _) | (LampBits { yellow: true, .. }, Weapon::Foil | Weapon::Epee) => {
                Lamp::Fault
            }
            _ => Lamp::Off,
        }
    }

    fn mapped<T>(&self, pair: PerSide<T>) -> PerSide<T> {
        match self.sides {
            SideOrder::AsWired => pair,
            SideOrder::Exchanged => pair.swapped(),
        }
    }

    fn mapped_side(&self, side: Side) -> Side {
        match self.sides {
            SideOrder::AsWired => side,
            SideOrder::Exchanged => side.opponent(),
        }
    }

    fn mapped_kind(&self, kind: SignalKind) -> SignalKind {
        match kind {
            SignalKind::Lamp { side, lamp } => SignalKind::Lamp { side: self.mapped_side(side), lamp },
            SignalKind::SelfContact { side } => SignalKind::SelfContact { side: self.mapped_side(side) },
            other => other,
        }
    }
}

/// Whether a box repeats its state or sends changes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnChangeOnly {
    Yes,
    No,
}

/// Half way between the loss of the link and now, with half the outage as uncertainty.
fn within_outage(lost: Timestamp, moment: Moment) -> Moment {
    let half = moment.at.secs_since(lost).max(0.0) / 2.0;
    Moment { at: moment.at.plus_secs(-half), uncertainty_secs: half + moment.uncertainty_secs, ..moment }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DARK: PerSide<LampBits> = PerSide::new(NONE, NONE);
    const NONE: LampBits = LampBits { coloured: false, white: false, yellow: false };
    const LEFT: PerSide<LampBits> = PerSide::new(LampBits::COLOURED, NONE);

    fn facts(changes: &mut ChangeDetector, reports: &[(f64, Report)]) -> Vec<ApparatusEvent> {
        let mut out = Vec::new();
        for (secs, report) in reports {
            let at = Timestamp::from_secs(*secs);
            changes.take(Reading { at, uncertainty_secs: 0.01, standing: false, report: report.clone() }, at, &mut out);
        }
        out
    }

    fn lamp(side: Side, lamp: Lamp) -> Fact {
        Fact::Signal(SignalKind::Lamp { side, lamp })
    }

    fn check(weapon: Weapon, sides: SideOrder, reports: &[Report], expected: &[Fact]) {
        let timed: Vec<_> = reports.iter().enumerate().map(|(i, w)| (i as f64, w.clone())).collect();
        let got = facts(&mut ChangeDetector::new(sides, weapon, OnChangeOnly::No), &timed);
        assert_eq!(got.into_iter().map(|e| e.fact).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_repeated_state_is_one_event() {
        let reports = [DARK, LEFT, LEFT, DARK].map(Report::Lamps);
        let expected =
            [Fact::LampsFound(PerSide::default()), lamp(Side::Left, Lamp::Valid), lamp(Side::Left, Lamp::Off)];
        check(Weapon::Sabre, SideOrder::AsWired, &reports, &expected);
    }

    #[test]
    fn lamps_lit_at_the_start_are_no_touch() {
        let both = PerSide::new(LampBits::COLOURED, LampBits::COLOURED);
        let found = Fact::LampsFound(PerSide::new(Lamp::Valid, Lamp::Valid));
        check(Weapon::Sabre, SideOrder::AsWired, &[both, both].map(Report::Lamps), &[found]);
    }

    #[test]
    fn white_and_yellow_mean_what_the_weapon_says() {
        let white = PerSide::new(LampBits::WHITE, NONE);
        let yellow = PerSide::new(LampBits { yellow: true, ..NONE }, NONE);
        let found = Fact::LampsFound(PerSide::default());
        let reports = |bits| [Report::Lamps(DARK), Report::Lamps(bits)];
        let check = |weapon, bits, fact| check(weapon, SideOrder::AsWired, &reports(bits), &[found.clone(), fact]);
        check(Weapon::Foil, white, lamp(Side::Left, Lamp::OffTarget));
        check(Weapon::Sabre, white, lamp(Side::Left, Lamp::Fault));
        check(Weapon::Foil, yellow, lamp(Side::Left, Lamp::Fault));
        check(Weapon::Sabre, yellow, Fact::Signal(SignalKind::SelfContact { side: Side::Left }));
    }

    #[test]
    fn exchanged_sides_exchange_everything() {
        let reports = [
            Report::Lamps(DARK),
            Report::Lamps(LEFT),
            Report::Score(PerSide::new(3, 5)),
            Report::Priority(Some(Side::Left)),
        ];
        let expected = [
            Fact::LampsFound(PerSide::default()),
            lamp(Side::Right, Lamp::Valid),
            Fact::Score(PerSide::new(5, 3)),
            Fact::Priority(Some(Side::Right)),
        ];
        check(Weapon::Sabre, SideOrder::Exchanged, &reports, &expected);
    }

    #[test]
    fn a_lamp_that_lit_while_the_link_was_down_is_a_touch_with_a_wide_time() {
        let mut changes = ChangeDetector::new(SideOrder::AsWired, Weapon::Sabre, OnChangeOnly::No);
        facts(&mut changes, &[(1.0, Report::Lamps(DARK))]);
        changes.lost(Timestamp::from_secs(2.0));
        let events = facts(&mut changes, &[(4.0, Report::Lamps(LEFT))]);
        assert_eq!(events[0].fact, lamp(Side::Left, Lamp::Valid));
        assert!((events[0].at.secs() - 3.0).abs() < 1e-9 && events[0].uncertainty_secs > 1.0);
    }

    #[test]
    fn a_lamp_long_after_the_link_was_back_has_just_lit() {
        let mut changes = ChangeDetector::new(SideOrder::AsWired, Weapon::Sabre, OnChangeOnly::No);
        facts(&mut changes, &[(1.0, Report::Lamps(DARK))]);
        changes.lost(Timestamp::from_secs(2.0));
        let events = facts(&mut changes, &[(3.0, Report::Score(PerSide::new(1, 0))), (60.0, Report::Lamps(LEFT))]);
        assert_eq!(events[1].fact, lamp(Side::Left, Lamp::Valid));
        assert!((events[1].at.secs() - 60.0).abs() < 1e-6);
        assert!(events[1].uncertainty_secs < 0.1);
    }

    #[test]
    fn all_lamps_at_once_are_a_test_that_is_reported_once() {
        let both = LampBits { coloured: true, white: true, yellow: false };
        let test = Report::Lamps(PerSide::new(both, both));
        let reports =
            [Report::Lamps(DARK), test.clone(), test, Report::Score(PerSide::new(88, 88)), Report::Lamps(DARK)];
        check(Weapon::Foil, SideOrder::AsWired, &reports, &[Fact::LampsFound(PerSide::default()), Fact::SelfTest]);
    }

    #[test]
    fn what_stood_before_we_came_is_taken_over_without_an_event() {
        let mut changes = ChangeDetector::new(SideOrder::AsWired, Weapon::Sabre, OnChangeOnly::No);
        let clock = |run| Report::Clock(BoutClock { shown_secs: 90.0, run });
        let reports = [clock(ClockRun::Running), clock(ClockRun::Stopped), Report::Lamps(DARK), Report::Lamps(LEFT)];
        let mut out = Vec::new();
        for report in reports {
            let at = Timestamp::from_secs(1.0);
            changes.take(Reading { at, uncertainty_secs: 0.01, standing: true, report }, at, &mut out);
        }
        let facts: Vec<Fact> = out.into_iter().map(|event| event.fact).collect();
        assert!(facts.iter().all(|fact| matches!(fact, Fact::Found(_) | Fact::LampsFound(_))), "{facts:?}");
        assert_eq!(facts.last(), Some(&Fact::LampsFound(PerSide::new(Lamp::Valid, Lamp::Off))));
    }

    #[test]
    fn a_box_that_left_and_came_back_says_both_once() {
        let reports = [
            Report::Lamps(DARK),
            Report::Online(true),
            Report::Online(false),
            Report::Online(false),
            Report::Online(true),
        ];
        let expected = [Fact::LampsFound(PerSide::default()), Fact::BoxGone, Fact::BoxBack];
        check(Weapon::Sabre, SideOrder::AsWired, &reports, &expected);
    }

    #[test]
    fn the_clock_says_fence_and_halt() {
        let clock = |run| BoutClock { shown_secs: 180.0, run };
        let (stopped, running) = (clock(ClockRun::Stopped), clock(ClockRun::Running));
        let reports = [stopped, running, stopped].map(Report::Clock);
        let expected = [
            Fact::Clock(stopped),
            Fact::Clock(running),
            Fact::Signal(SignalKind::PhraseStart),
            Fact::Clock(stopped),
            Fact::Signal(SignalKind::Halt),
        ];
        check(Weapon::Foil, SideOrder::AsWired, &reports, &expected);
    }
}
