//! The messages of one language, formatted with their variables.

use super::Language;
use crate::actions::ActionKind;
use crate::right_of_way::{NO_ACTION_RULE, Verdict};
use crate::{Call, ConfidenceWord, Lamp, Side, Weapon};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// The sentences of one language. Made once, shared between threads.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The words of a language.
    pub fn new(language: Language) -> Self {
        let locale = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        // A broken message loses itself, not the others; a test keeps every file whole.
        for messages in language.other_messages().into_iter().chain([language.messages()]) {
            let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(whole, _)| whole);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// Which language this is.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The message of a key without variables; the key itself when there is no such message.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The message of a key with its variables filled in.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs = values.iter().map(|(name, value)| (*name, *value)).collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// Whether a key has a message.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The call alone: "Touch left".
    pub fn call(&self, call: Call) -> String {
        self.text(match call {
            Call::Touch(Side::Left) => "call_left",
            Call::Touch(Side::Right) => "call_right",
            Call::Simultaneous => "call_simultaneous",
            Call::Double => "call_double",
            Call::NoTouch => "call_no_touch",
            Call::TooClose => "call_too_close",
        })
    }

    /// The call of a verdict: "No action seen" where there was nothing to judge.
    pub fn call_of(&self, verdict: &Verdict) -> String {
        if verdict.rule == NO_ACTION_RULE { self.text("call_no_action") } else { self.call(verdict.call) }
    }

    /// Confidence as a word.
    pub fn confidence(&self, word: ConfidenceWord) -> String {
        self.text(match word {
            ConfidenceWord::Sure => "confidence_sure",
            ConfidenceWord::Likely => "confidence_likely",
            ConfidenceWord::Leaning => "confidence_leaning",
            ConfidenceWord::TooClose => "confidence_too_close",
        })
    }

    /// A lamp as a word.
    pub fn lamp(&self, lamp: Lamp) -> String {
        self.text(match lamp {
            Lamp::Off => "lamp_off",
            Lamp::Valid => "lamp_valid",
            Lamp::OffTarget => "lamp_off_target",
            Lamp::Fault => "lamp_fault",
        })
    }

    /// An action in one or two words, short enough for a bar of a timeline.
    pub fn action(&self, kind: ActionKind) -> String {
        self.text(match kind {
            ActionKind::Advance => "action-advance",
            ActionKind::Retreat => "action-retreat",
            ActionKind::Pause => "action-pause",
            ActionKind::Lunge => "action-lunge",
            ActionKind::Fleche => "action-fleche",
            ActionKind::ArmExtension => "action-arm-extension",
            ActionKind::ArmWithdrawal => "action-arm-withdrawal",
            ActionKind::PointInLine => "action-point-in-line",
            ActionKind::FinalMovement => "action-final-movement",
            ActionKind::Parry => "action-parry",
            ActionKind::Beat => "action-beat",
        })
    }

    /// A weapon's name.
    pub fn weapon(&self, weapon: Weapon) -> String {
        self.text(weapon_key(weapon))
    }

    /// A side as a word within a sentence.
    pub fn side(&self, side: Side) -> String {
        self.text(match side {
            Side::Left => "side_left",
            Side::Right => "side_right",
        })
    }

    /// A side as the first word of a sentence.
    pub fn side_at_start(&self, side: Side) -> String {
        self.text(match side {
            Side::Left => "side_left_start",
            Side::Right => "side_right_start",
        })
    }

    /// The call, with how sure where that is in question: "Touch left (likely)".
    pub fn headline(&self, verdict: &Verdict) -> String {
        let call = self.call_of(verdict);
        let certain = verdict.confidence.0 >= 1.0 || verdict.call == Call::TooClose;
        if certain { call } else { format!("{call} ({})", self.confidence(verdict.confidence.word())) }
    }

    /// What to take with care, by the key of a caution; a key without a message of its own gets a general one.
    pub fn caution(&self, key: &str, value: Option<f64>) -> String {
        let own = format!("caution_{key}");
        let key = if self.knows(&own) { own.as_str() } else { "caution_other" };
        let decimals = if value.is_some_and(|v| v.fract() != 0.0) { 2 } else { 0 };
        let value = value.map_or_else(|| "?".to_owned(), |v| self.language.number(v, decimals));
        self.with(key, &[("value", &value)])
    }
}

/// Message key of a weapon's name.
pub const fn weapon_key(weapon: Weapon) -> &'static str {
    match weapon {
        Weapon::Foil => "weapon-foil",
        Weapon::Epee => "weapon-epee",
        Weapon::Sabre => "weapon-sabre",
    }
}
