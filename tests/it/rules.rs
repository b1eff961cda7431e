//! The decision table row by row, on facts made by hand: each row rules where it should, in the order that is printed here.

use fencing::right_of_way::{
    Blend, ContactFacts, DecisionSettings, Evidence, FencerFacts, ModelPrediction, Observed, RuleStrengths, Sighting,
    Truth, Verdict, decide, table,
};
use fencing::time::{Span, Timestamp};
use fencing::{Call, Lamp, PerSide, Side, Weapon};

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
    mirror.contact = evidence.contact.map(|c| ContactFacts {
        by: c.by.map(Side::opponent),
        answered_by: c.answered_by.map(Side::opponent),
        ..c
    });
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

/// What a contact means is for the learned judge to say: the hands alone make the rules neither surer nor less sure.
#[test]
fn a_contact_is_shown_and_changes_no_confidence_of_the_rules() {
    let mut evidence = both_attack();
    evidence.fencers.right.retreat = seen(1.0, 1.6);
    let judged = |contact| decide(&Evidence { contact, ..evidence.clone() }, None, &DecisionSettings::default());
    let (without, left, right) = (judged(None), judged(contact(Side::Left, None)), judged(contact(Side::Right, None)));
    assert_eq!((left.confidence, right.confidence), (without.confidence, without.confidence));
    let shown = |verdict: &Verdict| verdict.facts.iter().any(|fact| fact.key == "fact_blades_met");
    assert!(shown(&left) && shown(&right) && !shown(&without));
}

fn contact(by: Side, answered_by: Option<Side>) -> Option<ContactFacts> {
    let at = Timestamp::from_secs(1.9);
    Some(ContactFacts { at, by: Some(by), answered_by, reference_favours: None, confidence: 1.0 })
}

/// A learned judge whose nets and trees say the same log-odds left : right.
fn prediction(odds: f64, contact: f64) -> ModelPrediction {
    let strengths = RuleStrengths { retreat: 0.75, ..RuleStrengths::NONE };
    ModelPrediction {
        nets: odds,
        trees: odds,
        none: -3.0,
        club: 0.0,
        contact,
        blend: Blend { strengths, ..Blend::default() },
    }
}

#[test]
fn agreement_makes_surer_and_a_clear_disagreement_is_too_close() {
    let mut evidence = both_attack();
    evidence.fencers.right.retreat = seen(1.0, 1.6);
    let judged = |odds: f64| decide(&evidence, Some(&prediction(odds, 0.0)), &DecisionSettings::default());
    let (agreed, silent, disagreed) = (judged(1.5), judged(0.0), judged(-0.5));
    assert!(agreed.confidence > silent.confidence && silent.confidence > disagreed.confidence);
    assert_eq!(agreed.call, Call::Touch(Side::Left));
    // The rules count half of ln 3.
    assert_eq!(judged(-0.5 * 3.0_f64.ln()).call, Call::TooClose);
}

/// The reason is the rule that agrees with the decision; where none does, it says that no single rule decides.
#[test]
fn the_named_rule_agrees_with_the_decision() {
    let mut evidence = both_attack();
    evidence.fencers.right.retreat = seen(1.0, 1.6);
    let named = |odds: f64| {
        let verdict = decide(&evidence, Some(&prediction(odds, 0.0)), &DecisionSettings::default());
        (verdict.rule.0, verdict.call)
    };
    assert_eq!(named(2.0), ("B13", Call::Touch(Side::Left)));
    assert_eq!(named(-4.0), ("M1", Call::Touch(Side::Right)));
    // The name stands while the probability moves.
    assert!([1.0, 1.3, 1.7, 2.4, 3.0].iter().all(|odds| named(*odds).0 == "B13"));
}

/// A riposte is named for the side that the judge favours, where the hands show one and the learned judge counts the contact for it.
#[test]
fn a_parry_and_riposte_is_named_only_where_hands_and_learned_judge_show_it() {
    let named = |by: Side, answered_by: Option<Side>, counted: f64| {
        let evidence = Evidence { contact: contact(by, answered_by), ..both_attack() };
        let verdict = decide(&evidence, Some(&prediction(2.0, counted)), &DecisionSettings::default());
        (verdict.rule.0, verdict.facts.iter().any(|fact| fact.key == "fact_riposte"))
    };
    assert_eq!(named(Side::Right, Some(Side::Left), 0.4), ("B4", true));
    for (by, answered_by, counted) in [
        (Side::Right, Some(Side::Left), -0.4),
        (Side::Right, None, 0.4),
        (Side::Left, Some(Side::Right), 0.4),
        (Side::Left, None, 0.4),
    ] {
        assert_ne!(named(by, answered_by, counted).0, "B4", "{by:?} {answered_by:?} {counted}");
    }
}
