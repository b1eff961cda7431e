//! Captures of real boxes, and of what boxes and their networks do besides phrases: a test, a stranger, a last will.
//!
//! They lie beside the project (`../shared/cases/box`); the same bytes in small are in the drivers' own tests.

use crate::support::shared;
use apparatus::{
    Apparatus, ApparatusEvent, ApparatusSettings, ApparatusState, CompletedPhrase, Connection, Fact, HostClock, Link,
    LiveApparatus, Pace, Trigger, TriggerEvent, TriggerSettings,
};
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};

struct Replayed {
    events: Vec<ApparatusEvent>,
    phrases: Vec<CompletedPhrase>,
    state: ApparatusState,
}

impl Replayed {
    fn count(&self, what: impl Fn(&Fact) -> bool) -> usize {
        self.events.iter().filter(|event| what(&event.fact)).count()
    }

    fn touches(&self) -> usize {
        self.count(|fact| matches!(fact, Fact::Signal(SignalKind::Lamp { lamp: Lamp::Valid | Lamp::OffTarget, .. })))
    }

    fn halts(&self) -> usize {
        self.count(|fact| matches!(fact, Fact::Signal(SignalKind::Halt)))
    }

    fn starts(&self) -> usize {
        self.count(|fact| matches!(fact, Fact::Signal(SignalKind::PhraseStart)))
    }
}

/// Everything that a capture says, and the phrases that come of it; `None`, after one line, where it is not here.
fn replay(name: &str) -> Option<Replayed> {
    let path = shared(&format!("cases/box/{name}.txt"))?;
    let settings = ApparatusSettings::for_link(Link::Replay { path, pace: Pace::Fast });
    let clock = HostClock::start();
    let live = LiveApparatus::open(settings, clock, || {}).expect("the capture opens");
    let events: Vec<ApparatusEvent> = live.events().iter().collect();
    let mut trigger = Trigger::armed(TriggerSettings::for_weapon(Weapon::Sabre), clock.now());
    let mut said: Vec<TriggerEvent> = events.iter().flat_map(|event| trigger.take(event)).collect();
    said.extend(trigger.tick(events.last().map_or(clock.now(), |event| event.received.plus_secs(2.0))));
    let phrase = |event| if let TriggerEvent::PhraseComplete(phrase) = event { Some(*phrase) } else { None };
    let phrases = said.into_iter().filter_map(phrase).collect();
    let state = live.state();
    assert_eq!(state.connection, Connection::Closed);
    Some(Replayed { events, phrases, state })
}

#[test]
fn every_message_of_a_real_saint_george_box_is_known_and_its_clock_starts_one_phrase() {
    let Some(sg) = replay("saint-george-real") else { return };
    // Some messages ran into each other where the recording was made.
    let tally = sg.state.tally;
    assert!(tally.bad * 100 < tally.good && tally.unreadable() * 100 < tally.bytes, "{tally:?}");
    assert_eq!((sg.starts(), sg.halts()), (1, 0), "the clock runs until the recording ends");
    let start = sg.events.iter().find(|e| e.fact == Fact::Signal(SignalKind::PhraseStart)).expect("a start");
    assert_eq!(start.uncertainty_secs, 1.0);
    assert_eq!(sg.state.clock.map(|clock| clock.shown_secs), Some(0.0));
    assert_eq!(sg.state.score, Some(PerSide::new(16, 5)));
}

#[test]
fn the_self_test_of_a_real_favero_box_is_reported_once_and_is_nothing_else() {
    let Some(test) = replay("favero-selftest") else { return };
    assert_eq!((test.touches(), test.starts(), test.halts(), test.phrases.len()), (0, 0, 0, 0));
    assert_eq!(test.count(|fact| *fact == Fact::SelfTest), 1);
    assert_eq!(test.count(|fact| matches!(fact, Fact::Score(_) | Fact::Clock(_) | Fact::Cards(_))), 3, "as before it");
    assert_eq!(test.state.score, Some(PerSide::default()));
}

#[test]
fn a_bout_of_a_real_favero_box_is_read_whole() {
    let Some(bout) = replay("favero-bout") else { return };
    assert_eq!(bout.count(|fact| *fact == Fact::SelfTest), 0);
    assert!(bout.state.tally.bad <= 1 && bout.state.confidence > 0.9, "{:?}", bout.state);
}

#[test]
fn cyranos_names_are_read_as_utf_8() {
    let Some(cyrano) = replay("cyrano-utf8") else { return };
    let name = |side| cyrano.state.fencers[side].as_ref().map(|fencer| fencer.name.as_str());
    assert_eq!((name(Side::Left), name(Side::Right)), (Some("ŁUKASIK Paweł"), Some("MÜLLER Jörg")));
    assert_eq!((cyrano.touches(), cyrano.phrases.len()), (1, 1));
}

#[test]
fn a_stranger_that_says_no_piste_is_nobodys() {
    let Some(cyrano) = replay("cyrano-anonymous") else { return };
    assert_eq!((cyrano.touches(), cyrano.halts(), cyrano.phrases.len()), (0, 0, 0));
    assert_eq!(cyrano.state.score, Some(PerSide::default()));
    assert!(cyrano.state.other_piste.is_some(), "and a person is told");
}

#[test]
fn one_phrase_with_both_lamps_under_any_root_beside_any_publisher_and_after_a_last_will() {
    for name in ["opp2-plain", "opp2-tournament", "opp2-software", "opp2-lastwill"] {
        let Some(opp2) = replay(name) else { continue };
        assert_eq!((opp2.starts(), opp2.halts(), opp2.touches(), opp2.phrases.len()), (1, 1, 2, 1), "{name}");
        let phrase = &opp2.phrases[0];
        assert_eq!(phrase.signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid), "{name}");
        let touch = phrase.signals.first_touch().expect("a touch");
        assert!((touch.at.secs() - 3.0).abs() < 0.05, "{name}: {touch:?}");
        let gone = opp2.count(|fact| *fact == Fact::BoxGone);
        assert_eq!(gone, usize::from(name == "opp2-lastwill"), "{name}");
        let corrected = opp2.count(|fact| matches!(fact, Fact::ScoreCorrected(_)));
        assert_eq!(corrected, usize::from(name == "opp2-software"), "{name}");
    }
}
