//! The decision table row by row, on facts made by hand: each row rules where it should, in the order that is printed here.

use fencing::right_of_way::{
    ContactFacts, DecisionSettings, Evidence, FencerFacts, Observed, Sighting, Truth, decide, table,
};
use fencing::time::{Span, Timestamp};
use fencing::{Call, Lamp, PerSide, Probabilities, Side, Weapon};

fn seen(from: f64, to: f64) -> Observed {
    Observed::Yes(Sighting::over(Span::between(Timestamp::from_secs(from), Timestamp::from_secs(to))))
}

/// Both lamps at 2 s, nothing known of anybody.
fn double(weapon: Weapon) -> Evidence {
    Evidence {
        weapon,
        lamps: PerSide::new(Lamp::Valid, Lamp::Valid),
        touch_at: Some(Timestamp::from_secs(2.0)),
        outside_phrase: Truth::No,
        cancelled: Truth::No,
        timing_uncertainty_secs: 0.017,
        ..Evidence::default()
    }
}

/// Both attacked, left at 1.5 s and right at 1.6 s, and nothing else happened.
fn both_attack() -> Evidence {
    let mut evidence = double(Weapon::Sabre);
    let nothing = FencerFacts {
        pause: Observed::No,
        retreat: Observed::No,
        parry: Observed::No,
        riposte: Observed::No,
        ..FencerFacts::default()
    };
    evidence.fencers = PerSide::new(
        FencerFacts { attack: seen(1.5, 2.0), ..nothing },
        FencerFacts { attack: seen(1.6, 2.0), ..nothing },
    );
    evidence
}

/// Judges facts as they are and mirrored: the same row must rule for the other side.
fn check(evidence: &Evidence, rule: &str, call: Call) {
    let settings = DecisionSettings { min_confidence: 0.0, ..DecisionSettings::default() };
    let verdict = decide(evidence, None, &settings);
    assert_eq!((verdict.rule.0, verdict.call), (rule, call), "{verdict:?}");
    let mut mirror = evidence.clone();
    (mirror.lamps, mirror.fencers) = (evidence.lamps.swapped(), evidence.fencers.swapped());
    mirror.contact = evidence.contact.map(|c| ContactFacts { by: c.by.map(Side::opponent), ..c });
    let other = decide(&mirror, None, &settings);
    assert_eq!((other.rule.0, other.call), (rule, call.mirrored()), "mirrored: {other:?}");
}

#[test]
fn the_order_of_the_rows_is_pinned() {
    let order: Vec<&str> = table().map(|rule| rule.id.0).collect();
    let expected = "A0 A1 A2 L2 L3 A9 L1 E1 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15";
    assert_eq!(order.join(" "), expected);
    for rule in table() {
        println!("{:4} {:30} foil {:28} sabre {}", rule.id.0, rule.title, rule.foil, rule.sabre);
    }
}

#[test]
fn materiality_comes_before_priority() {
    let with = |left, right| Evidence { lamps: PerSide::new(left, right), ..both_attack() };
    let foil = |left, right| Evidence { weapon: Weapon::Foil, ..with(left, right) };
    let left = Call::Touch(Side::Left);
    check(&Evidence { cancelled: Truth::Yes, ..both_attack() }, "A0", Call::NoTouch);
    check(&with(Lamp::Off, Lamp::Off), "A1", Call::NoTouch);
    check(&Evidence { outside_phrase: Truth::Yes, ..both_attack() }, "A2", Call::NoTouch);
    check(&with(Lamp::Valid, Lamp::Off), "L1", left);
    check(&with(Lamp::Valid, Lamp::Fault), "L1", left);
    check(&with(Lamp::Fault, Lamp::Off), "L3", Call::NoTouch);
    check(&foil(Lamp::OffTarget, Lamp::Off), "L2", Call::NoTouch);
    check(&foil(Lamp::OffTarget, Lamp::OffTarget), "L2", Call::NoTouch);
    check(&Evidence { weapon: Weapon::Epee, ..both_attack() }, "E1", Call::Double);
    let mut crossed = both_attack();
    crossed.fencers.right.crossed = seen(1.8, 1.9);
    check(&crossed, "A9", left);
}

/// Foil: the attack from the left has priority; what it is worth depends on where it landed.
#[test]
fn priority_is_worth_what_the_lamps_say() {
    let foil = |left, right| Evidence { weapon: Weapon::Foil, lamps: PerSide::new(left, right), ..both_attack() };
    check(&foil(Lamp::Valid, Lamp::Valid), "B13", Call::Touch(Side::Left));
    check(&foil(Lamp::Valid, Lamp::OffTarget), "B13", Call::Touch(Side::Left));
    check(&foil(Lamp::OffTarget, Lamp::Valid), "B13", Call::NoTouch);
}

#[test]
fn each_priority_row_rules_on_its_facts() {
    let (left, right) = (Call::Touch(Side::Left), Call::Touch(Side::Right));
    let changed = |change: fn(&mut PerSide<FencerFacts>)| {
        let mut evidence = both_attack();
        change(&mut evidence.fencers);
        evidence
    };
    check(&changed(|f| f.right.in_line = seen(0.8, 2.0)), "B1", right);
    let taken = changed(|f| {
        f.right.in_line = seen(0.8, 1.9);
        f.left.beat = seen(1.7, 1.8);
    });
    check(&taken, "B2", left);
    check(&changed(|f| f.left.search_missed = seen(1.7, 1.7)), "B3", right);
    let riposte = changed(|f| {
        f.right.parry = seen(1.6, 1.7);
        f.right.riposte = seen(1.75, 2.0);
    });
    check(&riposte, "B4", right);
    check(&changed(|f| f.right.parry = seen(1.6, 1.7)), "B5", left);
    let forte = changed(|f| {
        f.left.beat_on_forte = seen(1.6, 1.6);
        f.right.riposte = seen(1.7, 2.0);
    });
    check(&forte, "B6", right);
    let feint = changed(|f| {
        f.left.feint_found = seen(1.6, 1.6);
        f.right.riposte = seen(1.7, 2.0);
    });
    check(&feint, "B7", right);
    let stop = changed(|f| {
        f.left.compound = seen(1.2, 2.0);
        f.left.final_movement = seen(1.8, 2.0);
        f.right.counter_attack = seen(1.6, 2.0);
    });
    check(&stop, "B8", right);
    let broken = changed(|f| {
        f.left.advance = seen(0.5, 1.0);
        f.left.pause = seen(1.0, 1.5);
        f.right.retreat = seen(0.4, 0.9);
    });
    check(&broken, "B9", right);
    let arms = changed(|f| {
        f.left.extension = seen(1.9, 2.0);
        f.right.extension = seen(1.7, 2.0);
    });
    check(&arms, "B10", right);
    check(&changed(|f| f.left.short = seen(1.2, 1.8)), "B11", right);
    check(&changed(|f| f.right.retreat = seen(1.0, 1.6)), "B13", left);
    check(&changed(|f| f.right.attack = Observed::No), "B13", left);
    check(&changed(|f| f.right.attack = seen(1.51, 2.0)), "B14", Call::Simultaneous);
    check(&double(Weapon::Sabre), "B15", Call::TooClose);
}

#[test]
fn a_foil_attack_that_fell_short_is_renewed_in_vain() {
    let mut evidence = Evidence { weapon: Weapon::Foil, ..both_attack() };
    evidence.fencers.left.short = seen(1.2, 1.8);
    check(&evidence, "B12", Call::Touch(Side::Right));
}

#[test]
fn the_hand_that_drove_into_the_blades_makes_surer_or_less_sure() {
    let mut evidence = both_attack();
    evidence.fencers.right.retreat = seen(1.0, 1.6);
    let sure = |by: Option<Side>| {
        let at = Timestamp::from_secs(1.9);
        let contact = by.map(|side| ContactFacts { at, by: Some(side), reference_favours: None, confidence: 1.0 });
        decide(&Evidence { contact, ..evidence.clone() }, None, &DecisionSettings::default()).confidence.0
    };
    assert!(sure(Some(Side::Left)) > sure(None) && sure(None) > sure(Some(Side::Right)));
}

#[test]
fn agreement_makes_surer_and_a_clear_disagreement_is_too_close() {
    let mut evidence = both_attack();
    evidence.fencers.right.retreat = seen(1.0, 1.6);
    let opinion = |left: f64| Some(Probabilities { left, right: 0.97 - left, none: 0.03 });
    let judged = |opinion| decide(&evidence, opinion, &DecisionSettings::default());
    let alone = judged(None);
    assert!(judged(opinion(0.8)).confidence > alone.confidence);
    assert!(judged(opinion(0.3)).confidence < alone.confidence);
    let rules_say = alone.probabilities;
    let against = Some(Probabilities { left: rules_say.right, right: rules_say.left, none: rules_say.none });
    assert_eq!(judged(against).call, Call::TooClose);
}
