//! What the program tells the user outside the flow of work: toasts with a remedy, and their history.

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something was done.
    Done,
    /// Something to read in one's own time.
    Hint,
    /// Something needs care.
    Warning,
    /// Something failed; what to do next is part of the text.
    Failure,
}

/// One notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How much it matters.
    pub weight: Weight,
    /// What happened, what was kept, what to press: a finished sentence.
    pub text: String,
    /// When, in seconds of the window's clock.
    pub at_secs: f64,
}

/// Toasts that show now, and all that were shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notices {
    history: Vec<Notice>,
    /// Whether the list of all notices is open.
    pub history_open: bool,
    dismissed: usize,
    hints_left: usize,
}

/// How long a toast stays: long enough to read a sentence at arm's length; failures stay until they are dismissed, hints
/// until then or until another screen is shown.
const TOAST_SECS: f64 = 6.0;
/// The history is a short memory, not a log.
const KEPT: usize = 200;

impl Notices {
    /// Adds a notice.
    pub fn add(&mut self, weight: Weight, text: impl Into<String>, at_secs: f64) {
        self.history.push(Notice { weight, text: text.into(), at_secs });
        let excess = self.history.len().saturating_sub(KEPT);
        self.history.drain(..excess);
        self.dismissed = self.dismissed.saturating_sub(excess);
        self.hints_left = self.hints_left.saturating_sub(excess);
    }

    /// The toasts to show now, newest last, three at most.
    pub fn toasts(&self, now_secs: f64) -> impl Iterator<Item = &Notice> {
        let shows = |(i, n): &(usize, &Notice)| match n.weight {
            Weight::Failure => true,
            Weight::Hint => *i >= self.hints_left,
            Weight::Done | Weight::Warning => now_secs - n.at_secs < TOAST_SECS,
        };
        let live: Vec<_> = self.history.iter().enumerate().skip(self.dismissed).filter(shows).map(|(_, n)| n).collect();
        let skip = live.len().saturating_sub(3);
        live.into_iter().skip(skip)
    }

    /// Takes all toasts away; the history keeps them.
    pub fn dismiss(&mut self) {
        self.dismissed = self.history.len();
    }

    /// Another screen is in front: hints belong to the one they were given on.
    pub fn leave_hints(&mut self) {
        self.hints_left = self.history.len();
    }

    /// All notices, oldest first.
    pub fn history(&self) -> &[Notice] {
        &self.history
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stays_until_dismissed_and_the_rest_fades() {
        let mut n = Notices::default();
        n.add(Weight::Done, "saved", 0.0);
        n.add(Weight::Failure, "no camera", 0.0);
        assert_eq!(n.toasts(1.0).count(), 2);
        assert_eq!(n.toasts(100.0).map(|t| t.text.as_str()).collect::<Vec<_>>(), ["no camera"]);
        n.dismiss();
        assert_eq!((n.toasts(100.0).count(), n.history().len()), (0, 2));
    }

    #[test]
    fn the_history_is_bounded() {
        let mut n = Notices::default();
        for i in 0..500 {
            n.add(Weight::Failure, i.to_string(), 0.0);
        }
        assert_eq!(n.history().len(), KEPT);
        assert_eq!(n.toasts(0.0).last().unwrap().text, "499");
    }

    #[test]
    fn a_hint_goes_with_its_screen_and_a_failure_stays() {
        let mut notices = Notices::default();
        notices.add(Weight::Hint, "press H", 0.0);
        notices.add(Weight::Failure, "no disk", 0.0);
        assert_eq!(notices.toasts(100.0).count(), 2);
        notices.leave_hints();
        assert_eq!(notices.toasts(100.0).map(|n| n.text.as_str()).collect::<Vec<_>>(), ["no disk"]);
    }
}
