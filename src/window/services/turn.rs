//! Whose turn it is, where only the latest of several threads may put its work in place: looking and acting are one step, so
//! that no older one gets in between.

use parking_lot::Mutex;
use std::sync::Arc;

/// Turns at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    latest: Arc<Mutex<u64>>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    latest: Arc<Mutex<u64>>,
    number: u64,
}

impl Turns {
    /// The next turn; those before it are over.
    pub(super) fn next(&self) -> Turn {
        let mut latest = self.latest.lock();
        *latest += 1;
        Turn { latest: Arc::clone(&self.latest), number: *latest }
    }
}

impl Turn {
    /// Whether no other has begun since.
    pub(super) fn is_on(&self) -> bool {
        *self.latest.lock() == self.number
    }

    /// Does something unless another turn has begun; none begins meanwhile, so `act` must be quick and wait for nobody.
    pub(super) fn act<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let latest = self.latest.lock();
        (*latest == self.number).then(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_turn_acts() {
        let turns = Turns::default();
        let older = turns.next();
        assert_eq!(older.act(|| 1), Some(1));
        let newer = turns.next();
        assert_eq!((older.act(|| 2), newer.act(|| 3)), (None, Some(3)));
        assert!(newer.is_on() && !older.is_on());
    }
}
