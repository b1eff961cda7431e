//! The trigger's life with good and bad boxes.

use super::*;
use fencing::SignalSource;

fn at(secs: f64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn said(secs: f64, fact: Fact) -> ApparatusEvent {
    let source = SignalSource::Apparatus;
    ApparatusEvent { at: at(secs), uncertainty_secs: 0.0, received: at(secs), source, fact }
}

fn lamp(secs: f64, side: Side, lamp: Lamp) -> ApparatusEvent {
    said(secs, Fact::Signal(SignalKind::Lamp { side, lamp }))
}

fn start(secs: f64) -> ApparatusEvent {
    said(secs, Fact::Signal(SignalKind::PhraseStart))
}

fn sabre() -> Trigger {
    Trigger::armed(TriggerSettings::for_weapon(Weapon::Sabre), at(0.0))
}

/// Plays events and the clock in steps of 10 ms until `until_secs`; returns what was completed and everything said.
fn play(
    trigger: &mut Trigger,
    events: &[ApparatusEvent],
    until_secs: f64,
) -> (Vec<CompletedPhrase>, Vec<TriggerEvent>) {
    let mut out = Vec::new();
    let mut left = events.iter().peekable();
    for step in 0..=(until_secs * 100.0) as i64 {
        let now = Timestamp::from_nanos(step * 10_000_000);
        while let Some(event) = left.next_if(|e| e.received <= now) {
            out.extend(trigger.take(event));
        }
        out.extend(trigger.tick(now));
    }
    let phrases = |e: &TriggerEvent| if let TriggerEvent::PhraseComplete(p) = e { Some((**p).clone()) } else { None };
    (out.iter().filter_map(phrases).collect(), out)
}

#[test]
fn a_double_within_the_window_is_one_phrase_and_the_next_one_is_armed() {
    let mut trigger = sabre();
    let events = [
        start(1.0),
        lamp(3.0, Side::Left, Lamp::Valid),
        lamp(3.1, Side::Right, Lamp::Valid),
        lamp(5.0, Side::Left, Lamp::Off),
        lamp(5.0, Side::Right, Lamp::Off),
    ];
    let (phrases, said) = play(&mut trigger, &events, 6.0);
    assert_eq!(phrases.len(), 1);
    assert_eq!(phrases[0].zero, at(1.0));
    assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
    assert!((phrases[0].signals.first_touch().unwrap().at.secs() - 2.0).abs() < 1e-9, "on the phrase's own clock");
    assert!((phrases[0].until.secs() - (3.0 + 0.18 + 0.3)).abs() < 1e-9);
    assert!(trigger.is_armed() && said.last() == Some(&TriggerEvent::Armed));
}

#[test]
fn the_window_is_the_weapons() {
    for weapon in Weapon::ALL {
        let mut trigger = Trigger::armed(TriggerSettings::for_weapon(weapon), at(0.0));
        let (phrases, _) = play(&mut trigger, &[lamp(1.0, Side::Left, Lamp::Valid)], 3.0);
        let timings = weapon.timings();
        let expected = 1.0 + timings.lockout_secs + timings.lockout_tolerance_secs + 0.3;
        assert!((phrases[0].until.secs() - expected).abs() < 1e-9, "{weapon:?}");
    }
}

#[test]
fn lamps_lit_at_the_start_are_no_touch_until_they_were_dark() {
    let mut trigger = sabre();
    let both = Fact::LampsFound(PerSide::new(Lamp::Valid, Lamp::Valid));
    let (phrases, _) = play(&mut trigger, &[said(0.5, both)], 2.0);
    assert!(phrases.is_empty() && trigger.is_armed());
    let events = [lamp(2.1, Side::Left, Lamp::Off), lamp(2.5, Side::Left, Lamp::Valid)];
    assert_eq!(play(&mut trigger, &events, 4.0).0.len(), 1);
}

#[test]
fn a_stuck_lamp_does_not_stop_the_other_side() {
    let mut trigger = sabre();
    let events = [lamp(1.0, Side::Left, Lamp::Valid), lamp(12.0, Side::Right, Lamp::Valid)];
    let (phrases, said) = play(&mut trigger, &events, 14.0);
    assert_eq!(phrases.len(), 2);
    assert_eq!(phrases[1].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    assert!(said.contains(&TriggerEvent::StuckLamp(Side::Left)));
}

#[test]
fn a_clock_that_ran_backwards_is_replaced_by_the_arrival() {
    let mut trigger = sabre();
    let mut contact = said(5.0, Fact::Signal(SignalKind::BladeContact));
    contact.at = at(-40.0);
    let (phrases, _) = play(&mut trigger, &[start(4.0), contact, lamp(6.0, Side::Left, Lamp::Valid)], 8.0);
    let contacts: Vec<_> = phrases[0].signals.blade_contacts().collect();
    assert_eq!(contacts, [at(1.0)]);
    assert!(phrases[0].signals.events().iter().any(|e| e.uncertainty_secs >= 0.5));
}

#[test]
fn a_correction_moves_the_touch() {
    let mut trigger = sabre();
    let touch = SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid };
    let mut corrected = said(3.15, Fact::Corrected(touch));
    corrected.at = at(2.95);
    let (phrases, _) = play(&mut trigger, &[start(1.0), lamp(3.0, Side::Left, Lamp::Valid), corrected], 5.0);
    assert_eq!(phrases[0].signals.first_touch().unwrap().at, at(1.95));
    assert_eq!(phrases[0].signals.events().len(), 2);
}

#[test]
fn a_cancelled_phrase_is_not_judged() {
    let mut trigger = sabre();
    let events = [start(1.0), said(2.0, Fact::Signal(SignalKind::Cancelled))];
    let (phrases, said) = play(&mut trigger, &events, 4.0);
    assert!(phrases.is_empty() && said.contains(&TriggerEvent::Cancelled) && trigger.is_armed());
}

#[test]
fn a_halt_without_a_touch_ends_a_started_phrase() {
    let mut trigger = sabre();
    let events = [start(1.0), said(4.0, Fact::Signal(SignalKind::Halt))];
    let (phrases, _) = play(&mut trigger, &events, 6.0);
    assert_eq!(phrases.len(), 1);
    assert_eq!(phrases[0].signals.lamps(), PerSide::default());
}

#[test]
fn the_boxs_own_end_and_final_lamps_count() {
    let mut trigger = sabre();
    let events = [
        start(1.0),
        lamp(2.0, Side::Left, Lamp::Valid),
        said(2.05, Fact::FinalLamps(PerSide::new(Lamp::Valid, Lamp::Valid))),
        said(2.05, Fact::Signal(SignalKind::PhraseEnd)),
    ];
    let (phrases, _) = play(&mut trigger, &events, 4.0);
    assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
    assert!((phrases[0].until.secs() - 2.35).abs() < 1e-9);
}

#[test]
fn a_flood_of_contacts_leaves_the_touch() {
    let mut trigger = sabre();
    let mut events = vec![start(0.1)];
    events.extend((0..20_000).map(|i| said(1.0 + f64::from(i) * 1e-5, Fact::Signal(SignalKind::BladeContact))));
    events.push(lamp(2.0, Side::Right, Lamp::Valid));
    let (phrases, _) = play(&mut trigger, &events, 4.0);
    assert!(phrases[0].dropped > 10_000 && phrases[0].signals.events().len() < 5_000);
    assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
}

#[test]
fn without_a_start_the_phrase_reaches_back_only_so_far() {
    let mut trigger = sabre();
    let early = said(5.0, Fact::Signal(SignalKind::BladeContact));
    let (phrases, _) = play(&mut trigger, &[early, lamp(60.0, Side::Left, Lamp::Valid)], 62.0);
    assert!((phrases[0].until.secs_since(phrases[0].from) - 21.0).abs() < 1e-9);
    assert_eq!(phrases[0].signals.blade_contacts().count(), 0, "the contact of a minute ago is not of this phrase");
}

#[test]
fn a_key_put_back_to_before_the_trigger_was_armed_is_still_a_touch_of_its_phrase() {
    let mut trigger = sabre();
    let pressed = ApparatusEvent { at: at(-0.2), ..lamp(0.1, Side::Right, Lamp::Valid) };
    let (phrases, _) = play(&mut trigger, &[pressed], 2.0);
    assert_eq!(phrases[0].signals.lamps(), PerSide::new(Lamp::Off, Lamp::Valid), "{phrases:?}");
}
