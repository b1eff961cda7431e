//! The memory that all phrases share: every byte held is counted, and given back by dropping its share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// No byte is left.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("Maximum memory limit reached ({max_megabytes:.1} MB)")]
pub(crate) struct OutOfMemory {
    max_megabytes: f64,
}

/// A budget in bytes. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    used: Arc<AtomicU64>,
    max: u64,
}

impl Memory {
    /// A budget of `max` bytes.
    pub(crate) fn new(max: u64) -> Self {
        Self { used: Arc::default(), max }
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Bytes there are.
    pub(crate) fn max(&self) -> u64 {
        self.max
    }

    /// Whether nothing is left.
    pub(crate) fn check(&self) -> Result<(), OutOfMemory> {
        if self.used() >= self.max { Err(self.refusal()) } else { Ok(()) }
    }

    /// A share that holds nothing yet.
    pub(crate) fn share(&self) -> MemoryShare {
        MemoryShare { memory: self.clone(), bytes: 0 }
    }

    fn refusal(&self) -> OutOfMemory {
        OutOfMemory { max_megabytes: self.max as f64 / MEGABYTE }
    }
}

/// What one holder has taken from the budget.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    memory: Memory,
    bytes: u64,
}

impl MemoryShare {
    /// Takes more, or nothing when that is more than is left.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        let max = self.memory.max;
        let fits = |used: u64| used.checked_add(bytes).filter(|total| *total <= max);
        let taken = self.memory.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        taken.map_err(|_| self.memory.refusal())?;
        self.bytes += bytes;
        Ok(())
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
