//! The bout: fencers, score, clock, periods, cards, priority. All of it is optional; follows the apparatus where that reports
//! something. Every change by hand can be undone.

use apparatus::{ApparatusEvent, ClockRun, Fact};
use fencing::{Call, PerSide, Side};

/// Fencing time of a period in a direct elimination, in seconds (o.17: three minutes).
pub const PERIOD_SECS: f64 = 180.0;
/// The pause between periods and the extra minute after a draw, in seconds (o.17, t.38).
pub const MINUTE_SECS: f64 = 60.0;
/// Maximum number of changes that can be undone.
const UNDO_STEPS: usize = 100;

/// A card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// First offence of the first group; a second one becomes red (t.158 and following).
    Yellow,
    /// A touch for the opponent.
    Red,
    /// Exclusion.
    Black,
    /// Passivity (t.124); counted separately, without effect on the score.
    Passivity,
}

impl Card {
    /// All cards in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Yellow, Self::Red, Self::Black, Self::Passivity];
}

/// One fencer's cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardTally {
    /// Yellow, 0 or 1.
    pub yellow: u8,
    /// Red.
    pub red: u8,
    /// Black, 0 or 1.
    pub black: u8,
    /// Passivity cards, 0 to 5 as the apparatus protocols count them.
    pub passivity: u8,
}

impl CardTally {
    /// Number of cards of one kind.
    pub const fn count(self, card: Card) -> u8 {
        match card {
            Card::Yellow => self.yellow,
            Card::Red => self.red,
            Card::Black => self.black,
            Card::Passivity => self.passivity,
        }
    }
}

/// The bout sheet, kept between runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Name of the bout, shared by its phrases.
    pub title: String,
    /// Names.
    pub names: PerSide<String>,
    /// Touches.
    pub score: PerSide<u16>,
    /// Cards.
    pub cards: PerSide<CardTally>,
    /// Who has priority in the extra minute.
    pub priority: Option<Side>,
    /// Period, from 1.
    pub period: u8,
    /// Seconds left on the clock.
    pub clock_secs: f64,
    /// Fencing seconds since the last touch, for judging passivity.
    pub quiet_secs: f64,
    /// Number of phrases recorded so far.
    pub phrases: u32,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            title: String::new(),
            names: PerSide::default(),
            score: PerSide::default(),
            cards: PerSide::default(),
            priority: None,
            period: 1,
            clock_secs: PERIOD_SECS,
            quiet_secs: 0.0,
            phrases: 0,
        }
    }
}

/// Kind of a change: consecutive ones of the same kind are undone together, and undoing a touch does not affect the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    Title,
    Name(Side),
    Score,
    Call,
    Cards,
    Priority,
    Period,
    Clock,
    Everything,
}

/// Which parts the apparatus controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The clock.
    pub clock: bool,
    /// The score.
    pub score: bool,
}

/// Whether a call gives a touch to a side.
fn scores(call: Call, side: Side) -> bool {
    call == Call::Double || call.winner() == Some(side)
}

/// State of the bout screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bout {
    /// The sheet.
    pub sheet: Sheet,
    /// Whether the clock runs.
    pub running: bool,
    /// Which parts the apparatus controls; a change by hand counts until its next message.
    pub followed: Followed,
    undo: Vec<(Touched, Sheet)>,
}

impl Bout {
    /// Restores a saved bout.
    pub fn of(sheet: Sheet) -> Self {
        Self { sheet, ..Self::default() }
    }

    /// Adds or removes touches; adding one resets the time without a touch.
    pub fn score(&mut self, side: Side, touches: i16) {
        self.remember(Touched::Score);
        self.followed.score = false;
        let score = &mut self.sheet.score[side];
        *score = score.saturating_add_signed(touches);
        if touches > 0 {
            self.sheet.quiet_secs = 0.0;
        }
    }

    /// Scores the referee's call of a phrase; `before` is the previous call of the same phrase, which is undone.
    pub fn award(&mut self, before: Option<Call>, call: Call) {
        if before == Some(call) {
            return;
        }
        self.remember(Touched::Call);
        for side in Side::BOTH {
            let change = i16::from(scores(call, side)) - i16::from(before.is_some_and(|call| scores(call, side)));
            self.sheet.score[side] = self.sheet.score[side].saturating_add_signed(change);
        }
        self.sheet.quiet_secs = 0.0;
    }

    /// Adds a card: a second yellow becomes red, a red one gives the opponent a touch, a black one stops the clock.
    pub fn card(&mut self, side: Side, card: Card) {
        self.remember(Touched::Cards);
        let tally = &mut self.sheet.cards[side];
        match card {
            Card::Yellow if tally.yellow == 0 && tally.red == 0 => tally.yellow = 1,
            Card::Yellow | Card::Red => {
                tally.red = tally.red.saturating_add(1);
                let score = &mut self.sheet.score[side.opponent()];
                *score = score.saturating_add(1);
            }
            Card::Black => {
                tally.black = 1;
                self.running = false;
            }
            Card::Passivity => tally.passivity = (tally.passivity + 1).min(5),
        }
    }

    /// Sets the priority, or clears it.
    pub fn priority(&mut self, side: Option<Side>) {
        self.remember(Touched::Priority);
        self.sheet.priority = side;
    }

    /// Starts or stops the clock; at zero it does not start.
    pub fn toggle_clock(&mut self) {
        self.followed.clock = false;
        self.running = !self.running && self.sheet.clock_secs > 0.0;
    }

    /// Sets the clock and stops it.
    pub fn set_clock(&mut self, secs: f64) {
        self.remember(Touched::Clock);
        self.followed.clock = false;
        self.running = false;
        self.sheet.clock_secs = secs.clamp(0.0, 3600.0);
    }

    /// Changes the period and sets the clock to a whole period.
    pub fn period(&mut self, by: i8) {
        self.remember(Touched::Period);
        self.sheet.period = self.sheet.period.saturating_add_signed(by).clamp(1, 9);
        self.running = false;
        self.sheet.clock_secs = PERIOD_SECS;
    }

    /// Sets the name of a fencer.
    pub fn name(&mut self, side: Side, name: String) {
        self.remember(Touched::Name(side));
        self.sheet.names[side] = name;
    }

    /// Sets the name of the bout.
    pub fn title(&mut self, title: String) {
        self.remember(Touched::Title);
        self.sheet.title = title;
    }

    /// Starts a new bout.
    pub fn start_anew(&mut self) {
        self.remember(Touched::Everything);
        self.running = false;
        self.sheet = Sheet::default();
    }

    /// Whether there is a change to undo.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Undoes the last change; returns whether it was a call. Clock and number of phrases are kept, unless they were what changed.
    pub fn undo(&mut self) -> bool {
        let Some((touched, before)) = self.undo.pop() else { return false };
        let now = std::mem::replace(&mut self.sheet, before);
        if touched != Touched::Everything {
            self.sheet.phrases = now.phrases;
        }
        if !matches!(touched, Touched::Clock | Touched::Period | Touched::Everything) {
            (self.sheet.clock_secs, self.sheet.quiet_secs) = (now.clock_secs, now.quiet_secs);
        }
        touched == Touched::Call
    }

    /// Advances the clock; true when it has just reached zero. Does nothing if the apparatus controls the clock.
    pub fn advance(&mut self, elapsed_secs: f64) -> bool {
        if !self.running || self.followed.clock {
            return false;
        }
        self.sheet.quiet_secs += elapsed_secs;
        self.sheet.clock_secs = (self.sheet.clock_secs - elapsed_secs).max(0.0);
        self.running = self.sheet.clock_secs > 0.0;
        !self.running
    }

    /// Applies an event of the apparatus; true when the sheet should be saved at once.
    pub fn follow(&mut self, event: &ApparatusEvent) -> bool {
        self.follow_fact(&event.fact)
    }

    /// The state at the time of connecting and corrections by the competition software are applied like any other event.
    fn follow_fact(&mut self, fact: &Fact) -> bool {
        let before = self.sheet.clone();
        match fact {
            Fact::Found(fact) => return self.follow_fact(fact),
            Fact::Clock(clock) => {
                self.sheet.clock_secs = clock.shown_secs.max(0.0);
                self.running = clock.run == ClockRun::Running;
                self.followed.clock = true;
                return false;
            }
            Fact::Score(score) | Fact::ScoreCorrected(score) => {
                self.sheet.score = *score;
                self.followed.score = true;
            }
            Fact::Cards(cards) => {
                for (side, cards) in cards.iter() {
                    (self.sheet.cards[side].yellow, self.sheet.cards[side].red) = (cards.yellow, cards.red);
                }
            }
            Fact::Priority(side) => self.sheet.priority = *side,
            Fact::Fencer { side, fencer } if !fencer.name.is_empty() => {
                self.sheet.names[*side].clone_from(&fencer.name);
            }
            _ => {}
        }
        self.sheet != before
    }

    fn remember(&mut self, touched: Touched) {
        let typing = matches!(touched, Touched::Name(_) | Touched::Title);
        if typing && self.undo.last().is_some_and(|(last, _)| *last == touched) {
            return;
        }
        self.undo.push((touched, self.sheet.clone()));
        let excess = self.undo.len().saturating_sub(UNDO_STEPS);
        self.undo.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_scores_once_is_revised_and_taken_back() {
        let mut bout = Bout::default();
        let (left, right) = (Call::Touch(Side::Left), Call::Touch(Side::Right));
        bout.award(None, left);
        bout.award(Some(left), left);
        assert_eq!(bout.sheet.score, PerSide::new(1, 0), "the same call again is no second touch");
        bout.award(Some(left), right);
        assert_eq!(bout.sheet.score, PerSide::new(0, 1), "a revised call moves the touch");
        assert!(bout.undo());
        assert_eq!(bout.sheet.score, PerSide::new(1, 0));
        bout.award(None, Call::Double);
        bout.award(None, Call::Simultaneous);
        assert_eq!(bout.sheet.score, PerSide::new(2, 1), "a double touch is one for both, simultaneous none");
        bout.score(Side::Left, 1);
        assert!(!bout.undo(), "a touch by its own button is no call");
    }

    use apparatus::BoutClock;
    use fencing::SignalSource;
    use fencing::time::Timestamp;

    fn reported(fact: Fact) -> ApparatusEvent {
        let at = Timestamp::ZERO;
        ApparatusEvent { at, uncertainty_secs: 0.0, received: at, source: SignalSource::Apparatus, fact }
    }

    #[test]
    fn a_second_yellow_is_red_and_red_is_a_touch_for_the_opponent() {
        let mut bout = Bout::default();
        bout.card(Side::Left, Card::Yellow);
        assert_eq!((bout.sheet.cards.left.yellow, bout.sheet.score.right), (1, 0));
        bout.card(Side::Left, Card::Yellow);
        assert_eq!((bout.sheet.cards.left.red, bout.sheet.score.right), (1, 1));
        bout.undo();
        assert_eq!((bout.sheet.cards.left.red, bout.sheet.score.right), (0, 0));
    }

    #[test]
    fn taking_back_a_touch_leaves_the_clock_alone() {
        let mut bout = Bout::default();
        bout.toggle_clock();
        bout.advance(10.0);
        bout.score(Side::Right, 1);
        bout.advance(5.0);
        bout.undo();
        assert_eq!((bout.sheet.score.right, bout.sheet.clock_secs), (0, PERIOD_SECS - 15.0));
        assert!(!bout.can_undo());
    }

    #[test]
    fn the_clock_stops_at_zero_says_so_once_and_does_not_start_again() {
        let mut bout = Bout::default();
        bout.set_clock(1.0);
        bout.toggle_clock();
        assert!(!bout.advance(0.5) && bout.advance(0.6) && !bout.advance(0.6));
        bout.toggle_clock();
        assert!(!bout.running);
    }

    #[test]
    fn a_name_is_taken_back_as_a_whole_not_letter_by_letter() {
        let mut bout = Bout::default();
        for name in ["R", "Ro", "Ros"] {
            bout.name(Side::Left, name.into());
        }
        bout.undo();
        assert_eq!(bout.sheet.names.left, "");
    }

    #[test]
    fn the_apparatus_leads_until_the_hand_takes_over() {
        let mut bout = Bout::default();
        let clock = BoutClock { shown_secs: 42.0, run: ClockRun::Running };
        bout.follow(&reported(Fact::Clock(clock)));
        assert!(!bout.advance(5.0));
        assert_eq!(bout.sheet.clock_secs, 42.0, "the box's clock is not counted twice");
        assert!(bout.follow(&reported(Fact::Score(PerSide::new(5, 3)))));
        bout.set_clock(60.0);
        bout.toggle_clock();
        bout.advance(1.0);
        assert_eq!((bout.sheet.clock_secs, bout.sheet.score), (59.0, PerSide::new(5, 3)));
    }
}
