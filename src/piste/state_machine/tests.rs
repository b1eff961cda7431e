//! Phrases as sequences of events; all times are host seconds.

use super::*;
use fencing::Lamp;

const TIMINGS: PhraseTimings = PhraseTimings { weapon: Weapon::Sabre, pre_roll_secs: 2.0, post_roll_secs: 0.5 };

fn at(secs: f64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn boxed(secs: f64, kind: SignalKind) -> ApparatusEvent {
    ApparatusEvent {
        at: at(secs),
        uncertainty_secs: 0.01,
        received: at(secs + 0.002),
        source: SignalSource::Apparatus,
        fact: Fact::Signal(kind),
    }
}

fn lamp(secs: f64, side: Side, lamp: Lamp) -> ApparatusEvent {
    boxed(secs, SignalKind::Lamp { side, lamp })
}

/// A state machine that was created ten seconds ago, and its actions so far.
struct Scenario {
    machine: PhraseStateMachine,
    now: f64,
    actions: Vec<PhraseAction>,
}

impl Scenario {
    fn begin() -> Self {
        Self { machine: PhraseStateMachine::new(TIMINGS, at(0.0)), now: 10.0, actions: Vec::new() }
    }

    fn event(mut self, event: &ApparatusEvent) -> Self {
        let actions = self.machine.take(event);
        self.actions.extend(actions);
        self.now = event.received.secs();
        self
    }

    fn command(mut self, secs: f64, give: impl Fn(&mut PhraseStateMachine, Timestamp) -> Vec<PhraseAction>) -> Self {
        self = self.until(secs);
        let actions = give(&mut self.machine, at(secs));
        self.actions.extend(actions);
        self
    }

    /// Lets time pass in ticks of 10 ms.
    fn until(mut self, secs: f64) -> Self {
        while self.now < secs {
            self.now += 0.01;
            let actions = self.machine.tick(at(self.now));
            self.actions.extend(actions);
        }
        self
    }

    /// The actions as words; times to the hundredth.
    fn described(&self) -> Vec<String> {
        let word = |act: &PhraseAction| match act {
            PhraseAction::Begin { from } => format!("begin {:.2}", from.secs()),
            PhraseAction::Touch(side) => format!("touch {}", side.as_str()),
            PhraseAction::Decided { at } => format!("decided {:.2}", at.secs()),
            PhraseAction::Finish(phrase) => format!("finish {:.2}", phrase.until.secs()),
            PhraseAction::Signal(signal) => format!("signal {:.2}", signal.at.secs()),
            PhraseAction::Corrected(signal) => format!("corrected {:.2}", signal.at.secs()),
            PhraseAction::Drop => "drop".to_owned(),
            PhraseAction::StuckLamp(side) => format!("stuck {}", side.as_str()),
            PhraseAction::TooLong => "too long".to_owned(),
        };
        self.actions.iter().map(word).collect()
    }

    fn finished(&self) -> Vec<&CompletedPhrase> {
        self.actions
            .iter()
            .filter_map(|a| if let PhraseAction::Finish(p) = a { Some(p.as_ref()) } else { None })
            .collect()
    }
}

#[test]
fn a_phrase_started_by_key_ends_after_lockout_and_post_roll() {
    let scenario = Scenario::begin()
        .command(12.0, PhraseStateMachine::start)
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .event(&lamp(15.1, Side::Right, Lamp::Valid))
        .until(16.0);
    // Lockout 170 + 10 ms, 10 ms uncertainty, 2 ms delay, 500 ms post-roll.
    let expected =
        ["begin 10.00", "signal 12.00", "touch left", "signal 15.00", "signal 15.10", "decided 15.19", "finish 15.69"];
    assert_eq!(scenario.described(), expected);
    let phrase = scenario.finished()[0];
    assert_eq!(phrase.signals.lamps().map(|l| l == Lamp::Valid), fencing::PerSide::new(true, true));
    assert_eq!(scenario.machine.stage(), Stage::Ready);
}

#[test]
fn a_box_that_stops_the_clock_at_the_first_light_decides_nothing_before_the_second_can_come() {
    let scenario = Scenario::begin()
        .command(12.0, PhraseStateMachine::start)
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .event(&boxed(15.01, SignalKind::PhraseEnd))
        .event(&lamp(15.1, Side::Right, Lamp::Valid))
        .until(16.0);
    let described = scenario.described();
    let place = |what: &str| described.iter().position(|t| t.starts_with(what)).unwrap();
    assert!(
        place("signal 15.10") < place("decided 15.19") && place("decided") < place("finish 15.51"),
        "{described:?}"
    );
}

#[test]
fn a_box_that_stops_the_clock_before_it_lights_a_lamp_decides_when_the_second_light_cannot_come() {
    let scenario = Scenario::begin()
        .command(12.0, PhraseStateMachine::start)
        .event(&boxed(15.0, SignalKind::Halt))
        .event(&lamp(15.01, Side::Left, Lamp::Valid))
        .event(&lamp(15.1, Side::Right, Lamp::Valid))
        .until(16.0);
    let described = scenario.described();
    assert_eq!(
        described[described.len() - 2..],
        ["decided 15.20".to_owned(), "finish 15.50".to_owned()],
        "{described:?}"
    );
}

#[test]
fn a_lamp_alone_begins_a_phrase_from_memory() {
    let scenario = Scenario::begin().event(&lamp(15.0, Side::Right, Lamp::Valid)).until(16.0);
    assert_eq!(scenario.described(), ["begin 9.00", "touch right", "signal 15.00", "decided 15.19", "finish 15.69"]);
}

#[test]
fn the_box_begins_a_phrase_and_an_echo_of_its_start_does_not_begin_another() {
    let scenario = Scenario::begin()
        .event(&boxed(11.0, SignalKind::PhraseStart))
        .event(&boxed(11.2, SignalKind::PhraseStart))
        .event(&lamp(13.0, Side::Left, Lamp::Valid))
        .until(14.0);
    let begun = scenario.described().iter().filter(|t| t.starts_with("begin")).count();
    assert_eq!((begun, scenario.finished().len()), (1, 1));
}

#[test]
fn two_phrases_in_a_row_share_no_moment() {
    let scenario = Scenario::begin()
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .until(17.0)
        .event(&lamp(17.0, Side::Left, Lamp::Off))
        .until(17.5)
        .event(&lamp(18.0, Side::Right, Lamp::Valid))
        .until(19.0);
    let described = scenario.described();
    assert_eq!(described.iter().filter(|t| t.starts_with("finish")).count(), 2);
    assert!(described.contains(&"begin 15.69".to_owned()), "{described:?}");
}

#[test]
fn halt_ends_a_phrase_and_without_one_takes_the_last_seconds() {
    let running =
        Scenario::begin().command(12.0, PhraseStateMachine::start).command(14.0, PhraseStateMachine::halt).until(15.0);
    assert_eq!(running.described(), ["begin 10.00", "signal 12.00", "signal 14.00", "decided 14.18", "finish 14.50"]);
    let late = Scenario::begin().command(20.0, PhraseStateMachine::halt).until(21.0);
    assert_eq!(late.described(), ["begin 12.00", "signal 14.00", "signal 20.00", "decided 20.18", "finish 20.50"]);
}

#[test]
fn cancel_drops_the_phrase_and_the_next_begins_after_it() {
    let scenario = Scenario::begin()
        .command(12.0, PhraseStateMachine::start)
        .command(13.0, PhraseStateMachine::cancel)
        .command(13.5, PhraseStateMachine::cancel)
        .command(14.0, PhraseStateMachine::start);
    assert_eq!(scenario.described(), ["begin 10.00", "signal 12.00", "drop", "begin 13.00", "signal 14.00"]);
}

#[test]
fn a_second_start_while_a_phrase_runs_or_ends_changes_nothing() {
    let scenario = Scenario::begin()
        .command(12.0, PhraseStateMachine::start)
        .command(13.0, PhraseStateMachine::start)
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .command(15.1, PhraseStateMachine::start)
        .until(16.0);
    assert_eq!(scenario.described().iter().filter(|t| t.starts_with("begin")).count(), 1);
}

#[test]
fn the_next_phrase_can_be_started_while_the_lamps_still_burn() {
    let scenario = Scenario::begin()
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .command(16.5, PhraseStateMachine::start)
        .until(17.0);
    assert_eq!(scenario.described().last().map(String::as_str), Some("signal 16.50"));
    assert!(matches!(scenario.machine.stage(), Stage::Recording { .. }));
}

#[test]
fn a_phrase_that_nobody_ends_is_ended() {
    let scenario = Scenario::begin().command(12.0, PhraseStateMachine::start).until(75.0);
    let described = scenario.described();
    assert_eq!(described.iter().filter(|t| *t == "too long").count(), 1, "{described:?}");
    assert_eq!(scenario.finished().len(), 1);
}

#[test]
fn a_stuck_lamp_is_reported_and_the_other_side_still_counts() {
    let scenario = Scenario::begin()
        .event(&lamp(15.0, Side::Left, Lamp::Valid))
        .until(30.0)
        .event(&lamp(31.0, Side::Right, Lamp::Valid))
        .until(32.0);
    assert!(scenario.described().contains(&"stuck left".to_owned()));
    assert_eq!(scenario.finished().len(), 2);
}

proptest::proptest! {
    /// Whatever keys and signals: phrases begin before they end, and never overlap.
    #[test]
    fn any_order_of_events_keeps_the_order_of_phrases(steps in proptest::collection::vec((0u8..8, 0.0f64..2.0), 0..80)) {
        let mut scenario = Scenario::begin();
        for (what, pause) in steps {
            let now = scenario.now + pause;
            scenario = scenario.until(now);
            scenario = match what {
                0 => scenario.command(now, PhraseStateMachine::start),
                1 => scenario.command(now, PhraseStateMachine::halt),
                2 => scenario.command(now, PhraseStateMachine::cancel),
                3 => scenario.event(&boxed(now, SignalKind::PhraseStart)),
                4 => scenario.event(&boxed(now, SignalKind::PhraseEnd)),
                5 => scenario.event(&lamp(now, Side::Left, Lamp::Off)),
                6 => scenario.event(&lamp(now, Side::Left, Lamp::Valid)),
                _ => scenario.event(&lamp(now, Side::Right, Lamp::Valid)),
            };
        }
        let (mut open, mut last_end) = (false, f64::NEG_INFINITY);
        for act in &scenario.actions {
            match act {
                PhraseAction::Begin { from } => {
                    proptest::prop_assert!(!open && from.secs() >= last_end - 1e-9);
                    open = true;
                }
                PhraseAction::Finish(phrase) => {
                    proptest::prop_assert!(open);
                    open = false;
                    last_end = phrase.until.secs();
                }
                PhraseAction::Drop => {
                    proptest::prop_assert!(open);
                    open = false;
                }
                PhraseAction::Signal(_) | PhraseAction::Corrected(_) | PhraseAction::Touch(_) => proptest::prop_assert!(open),
                _ => {}
            }
        }
    }
}
