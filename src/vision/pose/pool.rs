//! A pool of model sessions that many phrases share: borrowed for one inference, returned on drop.
//!
//! A phrase holds no session between frames, and no more sessions are loaded than can run at the same time. A caller that
//! finds none free waits for the end of one inference.

use super::PoseError;
use parking_lot::{Condvar, Mutex};
use std::ops::{Deref, DerefMut};

/// Up to `most` models of one kind, made when they are first wanted.
#[derive(Debug)]
pub(super) struct Pool<T> {
    stock: Mutex<Stock<T>>,
    came_back: Condvar,
    most: usize,
}

#[derive(Debug)]
struct Stock<T> {
    idle: Vec<T>,
    /// Models that are idle, lent or being made.
    made: usize,
    /// Borrowers so far, and those of them who were served.
    tickets: u64,
    served: u64,
}

/// One model or more in somebody's hands; they go back when it is dropped.
#[derive(Debug)]
pub(super) struct Lent<'pool, T> {
    models: Vec<T>,
    pool: &'pool Pool<T>,
}

impl<T> Pool<T> {
    /// A pool that holds `first` and may grow to `most`.
    pub(super) fn new(first: Vec<T>, most: usize) -> Self {
        let most = most.max(first.len()).max(1);
        let stock = Stock { made: first.len(), idle: first, tickets: 0, served: 0 };
        Self { stock: Mutex::new(stock), came_back: Condvar::new(), most }
    }

    /// At least one model and at most `wanted`: idle ones, new ones while there may be more, else the next that comes back.
    pub(super) fn borrow(
        &self,
        wanted: usize,
        mut make: impl FnMut() -> Result<T, PoseError>,
    ) -> Result<Lent<'_, T>, PoseError> {
        let mut stock = self.stock.lock();
        let ticket = stock.tickets;
        stock.tickets += 1;
        // In the order of asking: on a busy core whoever returns a model and asks again at once would else be first for ever.
        while ticket != stock.served || (stock.idle.is_empty() && stock.made >= self.most) {
            self.came_back.wait(&mut stock);
        }
        stock.served += 1;
        let from = stock.idle.len().saturating_sub(wanted.max(1));
        let mut lent = Lent { models: stock.idle.split_off(from), pool: self };
        let new = wanted.max(1).saturating_sub(lent.models.len()).min(self.most - stock.made);
        stock.made += new;
        drop(stock);
        // The next in line may find a model as well.
        self.came_back.notify_all();
        for done in 0..new {
            lent.models.push(make().inspect_err(|_| self.give_up(new - done))?);
        }
        Ok(lent)
    }

    /// Makes what may still be made. Each model can be lent as soon as it is there.
    pub(super) fn fill(&self, mut make: impl FnMut() -> Result<T, PoseError>) -> Result<(), PoseError> {
        while self.reserve_one() {
            self.take_back([make().inspect_err(|_| self.give_up(1))?]);
        }
        Ok(())
    }

    fn reserve_one(&self) -> bool {
        let mut stock = self.stock.lock();
        let may = stock.made < self.most;
        stock.made += usize::from(may);
        may
    }

    /// Sessions that failed to load: the next caller that waits may try.
    fn give_up(&self, models: usize) {
        self.stock.lock().made -= models;
        self.came_back.notify_all();
    }

    fn take_back(&self, models: impl IntoIterator<Item = T>) {
        let mut stock = self.stock.lock();
        stock.idle.extend(models);
        self.came_back.notify_all();
    }
}

impl<T> Deref for Lent<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.models
    }
}

impl<T> DerefMut for Lent<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.models
    }
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        self.pool.take_back(std::mem::take(&mut self.models));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn numbered(count: &AtomicU32) -> impl FnMut() -> Result<u32, PoseError> {
        || Ok(count.fetch_add(1, Ordering::Relaxed))
    }

    fn broken() -> Result<u32, PoseError> {
        Err(PoseError::NoModelsFolder { looked_in: Vec::new() })
    }

    #[test]
    fn no_more_are_made_than_the_pool_may_hold_and_each_comes_back() {
        let (pool, made) = (Pool::new(vec![100], 3), AtomicU32::new(0));
        let both = pool.borrow(2, numbered(&made)).unwrap();
        assert_eq!(&both[..], [100, 0]);
        let third = pool.borrow(2, numbered(&made)).unwrap();
        assert_eq!((&third[..], made.load(Ordering::Relaxed)), (&[1][..], 2));
        drop((both, third));
        assert_eq!(pool.borrow(9, numbered(&made)).unwrap().len(), 3);
    }

    #[test]
    fn who_finds_none_waits_for_one_that_comes_back() {
        let pool = Pool::new(vec![7], 1);
        let lent = pool.borrow(1, broken).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.borrow(1, broken).unwrap()[0]);
            // Once somebody could be woken he is waiting; he finds no model and waits on.
            while pool.came_back.notify_all() == 0 {
                std::thread::yield_now();
            }
            drop(lent);
            assert_eq!(waiting.join().unwrap(), 7);
        });
    }

    #[test]
    fn who_asked_first_is_served_first_though_the_lender_asks_again_at_once() {
        let pool = Pool::new(vec![7], 1);
        let served = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let lent = pool.borrow(1, broken).unwrap();
            let waiting = scope.spawn(|| {
                let _lent = pool.borrow(1, broken).unwrap();
                served.lock().push("waiting");
            });
            while pool.stock.lock().tickets < 2 {
                std::thread::yield_now();
            }
            drop(lent);
            let _lent = pool.borrow(1, broken).unwrap();
            served.lock().push("again");
            waiting.join().unwrap();
        });
        assert_eq!(*served.lock(), ["waiting", "again"]);
    }

    #[test]
    fn a_model_that_cannot_be_made_keeps_no_place() {
        let (pool, made) = (Pool::new(Vec::new(), 1), AtomicU32::new(0));
        assert!(pool.borrow(1, broken).is_err());
        assert!(pool.fill(broken).is_err());
        pool.fill(numbered(&made)).unwrap();
        assert_eq!(&pool.borrow(1, broken).unwrap()[..], [0]);
    }
}
