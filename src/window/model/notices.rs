//! Notices to the user: those that stay until they are dismissed, those that disappear, and their history.

/// Severity of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Success.
    Done,
    /// A hint.
    Hint,
    /// A warning.
    Warning,
    /// A failure; the text contains the remedy.
    Failure,
}

/// A notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Severity.
    pub weight: Weight,
    /// What happened and what to do: a finished sentence.
    pub text: String,
    /// Time on the window's clock, in seconds.
    pub at_secs: f64,
}

/// The current notices and their history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notices {
    history: Vec<Notice>,
    /// Whether the list of all notices is open.
    pub history_open: bool,
    dismissed: usize,
    hints_left: usize,
}

/// Display time of a passing notice: long enough to read a sentence at arm's length.
const PASSING_SECS: f64 = 6.0;
/// Maximum number displayed at once.
const AT_ONCE: usize = 3;
/// Maximum length of the history.
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

    /// Failures, until they are dismissed, and hints, until they are dismissed or another screen is displayed; newest last.
    pub fn staying(&self) -> impl Iterator<Item = &Notice> {
        self.newest(|i, notice| match notice.weight {
            Weight::Failure => true,
            Weight::Hint => i >= self.hints_left,
            Weight::Done | Weight::Warning => false,
        })
    }

    /// Successes and warnings, for a few seconds; newest last.
    pub fn passing(&self, now_secs: f64) -> impl Iterator<Item = &Notice> {
        self.newest(move |_, notice| {
            matches!(notice.weight, Weight::Done | Weight::Warning) && now_secs - notice.at_secs < PASSING_SECS
        })
    }

    fn newest(&self, shows: impl Fn(usize, &Notice) -> bool) -> impl Iterator<Item = &Notice> {
        let all = self.history.iter().enumerate().skip(self.dismissed);
        let shown: Vec<_> = all.filter(|(i, notice)| shows(*i, notice)).map(|(_, notice)| notice).collect();
        let skip = shown.len().saturating_sub(AT_ONCE);
        shown.into_iter().skip(skip)
    }

    /// Dismisses all; the history keeps them.
    pub fn dismiss(&mut self) {
        self.dismissed = self.history.len();
    }

    /// Dismisses failures and hints; returns whether there were any.
    pub fn dismiss_staying(&mut self) -> bool {
        let any = self.staying().next().is_some();
        if any {
            self.dismiss();
        }
        any
    }

    /// Another screen is displayed: removes the hints of the previous one.
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

    fn texts<'a>(notices: impl Iterator<Item = &'a Notice>) -> Vec<&'a str> {
        notices.map(|notice| notice.text.as_str()).collect()
    }

    #[test]
    fn a_failure_stays_until_dismissed_and_the_rest_fades() {
        let mut n = Notices::default();
        n.add(Weight::Done, "saved", 0.0);
        n.add(Weight::Failure, "no camera", 0.0);
        assert_eq!((texts(n.passing(1.0)), texts(n.staying())), (vec!["saved"], vec!["no camera"]));
        assert_eq!((n.passing(100.0).count(), n.staying().count()), (0, 1));
        n.dismiss();
        assert_eq!((n.staying().count(), n.history().len()), (0, 2));
    }

    #[test]
    fn the_history_is_bounded() {
        let mut n = Notices::default();
        for i in 0..500 {
            n.add(Weight::Failure, i.to_string(), 0.0);
        }
        assert_eq!(n.history().len(), KEPT);
        assert_eq!(texts(n.staying()), ["497", "498", "499"]);
    }

    #[test]
    fn a_hint_goes_with_its_screen_and_a_failure_stays() {
        let mut notices = Notices::default();
        notices.add(Weight::Hint, "press H", 0.0);
        notices.add(Weight::Failure, "no disk", 0.0);
        assert_eq!(notices.staying().count(), 2);
        notices.leave_hints();
        assert_eq!(texts(notices.staying()), ["no disk"]);
    }
}
