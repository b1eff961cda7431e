//! A disputed fact of a protocol as a setting that learns.
//!
//! Two published readings contradict each other (which white lamp comes first, whose score comes first). We start with
//! the better documented one, let the stream itself vote, and change our mind only on a clear majority. A person's choice
//! is never overruled. What counts as a vote is written where it is cast.

/// How a disputed order is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderSetting {
    /// Start with the documented order and let the stream correct it.
    #[default]
    Learn,
    /// As documented, whatever the stream suggests.
    AsDocumented,
    /// The other way round.
    Reversed,
}

/// Votes that have to lie between the two readings before the documented one is given up.
const VOTES_TO_CHANGE: i32 = 2;
/// Votes are counted no further than this, so that a box that was exchanged is learnt again soon.
const MOST_VOTES: i32 = 6;

/// The order in force, with the votes so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LearnedOrder {
    setting: OrderSetting,
    /// Positive: the documented order was seen more often.
    balance: i32,
}

impl LearnedOrder {
    pub(crate) fn new(setting: OrderSetting) -> Self {
        Self { setting, balance: 0 }
    }

    /// The stream showed the documented order to be right.
    pub(crate) fn saw_documented(&mut self) {
        self.balance = (self.balance + 1).min(MOST_VOTES);
    }

    /// The stream showed it to be wrong.
    pub(crate) fn saw_reversed(&mut self) {
        self.balance = (self.balance - 1).max(-MOST_VOTES);
    }

    /// Whether pairs have to be exchanged.
    pub(crate) fn is_reversed(self) -> bool {
        match self.setting {
            OrderSetting::AsDocumented => false,
            OrderSetting::Reversed => true,
            OrderSetting::Learn => self.balance <= -VOTES_TO_CHANGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_vote_changes_nothing_and_a_majority_does() {
        let mut order = LearnedOrder::new(OrderSetting::Learn);
        order.saw_reversed();
        assert!(!order.is_reversed());
        order.saw_reversed();
        assert!(order.is_reversed());
        order.saw_documented();
        assert!(!order.is_reversed());
    }

    #[test]
    fn a_persons_choice_is_not_overruled() {
        let mut order = LearnedOrder::new(OrderSetting::AsDocumented);
        (0..10).for_each(|_| order.saw_reversed());
        assert!(!order.is_reversed());
    }
}
