//! A pool of model sessions shared by all phrases: borrowed for one inference, returned on drop.
//!
//! A phrase holds no session between frames, and no more sessions are loaded than can run in parallel. A caller that finds none idle
//! waits for the end of one inference.

use super::PoseError;
use parking_lot::{Condvar, Mutex};
use std::ops::{Deref, DerefMut};

/// Up to `capacity` models of one kind, loaded on demand.
#[derive(Debug)]
pub(super) struct Pool<T> {
    state: Mutex<PoolState<T>>,
    returned: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct PoolState<T> {
    idle: Vec<T>,
    /// Models that are idle, borrowed or being loaded.
    created: usize,
    /// Number of borrowers so far, and of those already served (a ticket lock).
    tickets: u64,
    served: u64,
}

/// Borrowed models; dropping the guard returns them.
#[derive(Debug)]
pub(super) struct PoolGuard<'pool, T> {
    models: Vec<T>,
    pool: &'pool Pool<T>,
}

impl<T> Pool<T> {
    /// A pool that contains `first` and may grow to `capacity`.
    pub(super) fn new(first: Vec<T>, capacity: usize) -> Self {
        let capacity = capacity.max(first.len()).max(1);
        let state = PoolState { created: first.len(), idle: first, tickets: 0, served: 0 };
        Self { state: Mutex::new(state), returned: Condvar::new(), capacity }
    }

    /// Borrows at least one model and at most `wanted`: idle ones, new ones while the pool may grow, otherwise the next one returned.
    pub(super) fn borrow(
        &self,
        wanted: usize,
        mut make: impl FnMut() -> Result<T, PoseError>,
    ) -> Result<PoolGuard<'_, T>, PoseError> {
        let mut state = self.state.lock();
        let ticket = state.tickets;
        state.tickets += 1;
        // First come, first served: otherwise, on a busy core, a borrower that returns a model and asks again would always win.
        while ticket != state.served || (state.idle.is_empty() && state.created >= self.capacity) {
            self.returned.wait(&mut state);
        }
        state.served += 1;
        let from = state.idle.len().saturating_sub(wanted.max(1));
        let mut lent = PoolGuard { models: state.idle.split_off(from), pool: self };
        let new = wanted.max(1).saturating_sub(lent.models.len()).min(self.capacity - state.created);
        state.created += new;
        drop(state);
        // There may be a model for the next in line, too.
        self.returned.notify_all();
        for done in 0..new {
            lent.models.push(make().inspect_err(|_| self.release(new - done))?);
        }
        Ok(lent)
    }

    /// Loads models up to the limit. Each can be borrowed as soon as it is loaded.
    pub(super) fn fill(&self, mut make: impl FnMut() -> Result<T, PoseError>) -> Result<(), PoseError> {
        while self.reserve_one() {
            self.put_back([make().inspect_err(|_| self.release(1))?]);
        }
        Ok(())
    }

    fn reserve_one(&self) -> bool {
        let mut state = self.state.lock();
        let may = state.created < self.capacity;
        state.created += usize::from(may);
        may
    }

    /// Frees the places of sessions that failed to load: the next waiting caller may try.
    fn release(&self, models: usize) {
        self.state.lock().created -= models;
        self.returned.notify_all();
    }

    fn put_back(&self, models: impl IntoIterator<Item = T>) {
        let mut state = self.state.lock();
        state.idle.extend(models);
        self.returned.notify_all();
    }
}

impl<T> Deref for PoolGuard<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.models
    }
}

impl<T> DerefMut for PoolGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.models
    }
}

impl<T> Drop for PoolGuard<'_, T> {
    fn drop(&mut self) {
        self.pool.put_back(std::mem::take(&mut self.models));
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
        let (pool, created) = (Pool::new(vec![100], 3), AtomicU32::new(0));
        let both = pool.borrow(2, numbered(&created)).unwrap();
        assert_eq!(&both[..], [100, 0]);
        let third = pool.borrow(2, numbered(&created)).unwrap();
        assert_eq!((&third[..], created.load(Ordering::Relaxed)), (&[1][..], 2));
        drop((both, third));
        assert_eq!(pool.borrow(9, numbered(&created)).unwrap().len(), 3);
    }

    #[test]
    fn who_finds_none_waits_for_one_that_comes_back() {
        let pool = Pool::new(vec![7], 1);
        let lent = pool.borrow(1, broken).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.borrow(1, broken).unwrap()[0]);
            // A thread that waits can be woken; it finds no model and waits on.
            while pool.returned.notify_all() == 0 {
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
            while pool.state.lock().tickets < 2 {
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
        let (pool, created) = (Pool::new(Vec::new(), 1), AtomicU32::new(0));
        assert!(pool.borrow(1, broken).is_err());
        assert!(pool.fill(broken).is_err());
        pool.fill(numbered(&created)).unwrap();
        assert_eq!(&pool.borrow(1, broken).unwrap()[..], [0]);
    }
}
