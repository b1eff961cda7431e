//! What the referee says at the end: the call, how sure, by what margin.

use super::Side;

/// The call. Five answers, and "too close" is as good as any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// A touch is awarded to one side.
    Touch(Side),
    /// Both attacked together: no touch (t.89.2, t.106.1).
    Simultaneous,
    /// Epee: one touch each (t.92).
    Double,
    /// Nothing to award: no lamp, off target, annulled.
    NoTouch,
    /// The evidence does not decide: back on guard, no touch (t.89.6, t.106.5).
    TooClose,
}

impl Call {
    /// The side that gets the touch, if one side alone does.
    pub const fn winner(self) -> Option<Side> {
        match self {
            Self::Touch(side) => Some(side),
            _ => None,
        }
    }

    /// The call with left and right exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Touch(side) => Self::Touch(side.opponent()),
            other => other,
        }
    }

    /// `left`, `right`, `simultaneous`, `double`, `no_touch` or `too_close`, as files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Touch(side) => side.as_str(),
            Self::Simultaneous => "simultaneous",
            Self::Double => "double",
            Self::NoTouch => "no_touch",
            Self::TooClose => "too_close",
        }
    }
}

impl std::str::FromStr for Call {
    type Err = String;

    /// Reads what [`Call::as_str`] writes.
    fn from_str(text: &str) -> Result<Self, String> {
        let all = [
            Self::Touch(Side::Left),
            Self::Touch(Side::Right),
            Self::Simultaneous,
            Self::Double,
            Self::NoTouch,
            Self::TooClose,
        ];
        let known = all.into_iter().find(|call| call.as_str() == text);
        known
            .ok_or_else(|| format!("'{text}' is no call; say left, right, simultaneous, double, no_touch or too_close"))
    }
}

/// How likely each outcome is; the three sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probabilities {
    /// Touch left.
    pub left: f64,
    /// Touch right.
    pub right: f64,
    /// No touch to either (simultaneous).
    pub none: f64,
}

impl Probabilities {
    /// Every outcome is equally probable: nothing is known.
    pub const EVEN: Self = Self { left: 1.0 / 3.0, right: 1.0 / 3.0, none: 1.0 / 3.0 };

    /// Those of the phrase seen from the other side of the piste.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self { left: self.right, right: self.left, none: self.none }
    }
}

/// How sure the judge is of the call, calibrated: of the calls at 0.8, four in five should be right.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(pub f64);

/// Confidence as a referee would say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfidenceWord {
    /// No better than a coin.
    TooClose,
    /// More likely than not.
    Leaning,
    /// Likely.
    Likely,
    /// Sure.
    Sure,
}

impl Confidence {
    /// The word for it: leaning from 0.60, likely from 0.75, sure from 0.90 (`call-experiments`: below 0.60 the model is at chance).
    pub fn word(self) -> ConfidenceWord {
        match self.0 {
            c if c >= 0.90 => ConfidenceWord::Sure,
            c if c >= 0.75 => ConfidenceWord::Likely,
            c if c >= 0.60 => ConfidenceWord::Leaning,
            _ => ConfidenceWord::TooClose,
        }
    }
}

/// By how much the deciding action came first, and how far that number may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// Who was ahead.
    pub ahead: Side,
    /// Seconds ahead, never negative.
    pub secs: f64,
    /// Half-width of the uncertainty in seconds: never finer than half a frame, nor than the signal's own.
    pub uncertainty_secs: f64,
}
