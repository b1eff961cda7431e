//! Frames in the order of their numbers: waits a little for one that is missing, never for long.

use std::collections::BTreeMap;

/// Frames that may wait for a missing one before it is given up: about a quarter of a second at 30 fps.
const PATIENCE: usize = 8;

/// Puts items that carry a number in order. What comes after its turn is over is dropped and counted.
#[derive(Debug)]
pub(super) struct Sequencer<T> {
    next: Option<i64>,
    waiting: BTreeMap<i64, T>,
    late: u64,
}

impl<T> Default for Sequencer<T> {
    fn default() -> Self {
        Self { next: None, waiting: BTreeMap::new(), late: 0 }
    }
}

impl<T> Sequencer<T> {
    /// Takes an item and gives back all whose turn has come, in order.
    pub(super) fn push(&mut self, number: i64, item: T) -> Vec<(i64, T)> {
        let next = *self.next.get_or_insert(number);
        if number < next {
            self.late += 1;
            return Vec::new();
        }
        self.waiting.insert(number, item);
        let mut ready = self.take_consecutive();
        if self.waiting.len() > PATIENCE {
            self.next = self.waiting.first_key_value().map(|(lowest, _)| *lowest);
            ready.extend(self.take_consecutive());
        }
        ready
    }

    /// Everything that still waits, in order: nothing more will come.
    pub(super) fn flush(&mut self) -> Vec<(i64, T)> {
        std::mem::take(&mut self.waiting).into_iter().collect()
    }

    /// How many came too late.
    pub(super) fn late(&self) -> u64 {
        self.late
    }

    fn take_consecutive(&mut self) -> Vec<(i64, T)> {
        let mut ready = Vec::new();
        while let Some(item) = self.next.and_then(|number| self.waiting.remove(&number).map(|item| (number, item))) {
            self.next = item.0.checked_add(1);
            ready.push(item);
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_out_of_order_is_put_in_its_place() {
        let mut sequencer = Sequencer::default();
        let mut out = Vec::new();
        for number in [3, 5, 6, 4, 7, 3] {
            out.extend(sequencer.push(number, ()).into_iter().map(|(n, ())| n));
        }
        assert_eq!(out, [3, 4, 5, 6, 7]);
        assert_eq!(sequencer.late(), 1);
    }

    #[test]
    fn a_missing_frame_is_given_up_after_a_while() {
        let mut sequencer = Sequencer::default();
        sequencer.push(0, ());
        let held: usize = (2..10).map(|n| sequencer.push(n, ()).len()).sum();
        assert_eq!(held, 0);
        assert_eq!(sequencer.push(10, ()).len(), 9);
    }

    proptest! {
        #[test]
        fn nothing_is_given_twice_and_order_holds(numbers in proptest::collection::vec(-50i64..50, 0..80)) {
            let mut sequencer = Sequencer::default();
            let mut seen = std::collections::BTreeSet::new();
            let mut out: Vec<i64> = Vec::new();
            for number in numbers.into_iter().filter(|n| seen.insert(*n)) {
                out.extend(sequencer.push(number, ()).into_iter().map(|(n, ())| n));
            }
            out.extend(sequencer.flush().into_iter().map(|(n, ())| n));
            prop_assert!(out.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(out.len() as u64 + sequencer.late(), seen.len() as u64);
        }
    }
}
