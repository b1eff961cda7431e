//! Every frame on disk before it goes out, so that any of them can be sent again without being held in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// What is known of a frame besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    offset: u64,
    length: usize,
    stamp: f64,
}

/// The encoded frames of one phrase in a file without a name: it is gone when the phrase is done, or the program.
#[derive(Debug)]
pub(super) struct LocalCopy {
    file: File,
    entries: Vec<Entry>,
    end: u64,
}

impl LocalCopy {
    /// An empty copy in the system's temporary folder.
    pub(super) fn create() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, entries: Vec::new(), end: 0 })
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, stamp: f64, payload: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(payload)?;
        self.entries.push(Entry { offset: self.end, length: payload.len(), stamp });
        self.end += payload.len() as u64;
        Ok(())
    }

    /// Frames so far.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// A frame's stamp and bytes; `None` when there is no such frame.
    pub(super) fn read(&mut self, index: usize) -> io::Result<Option<(f64, Vec<u8>)>> {
        let Some(entry) = self.entries.get(index).copied() else { return Ok(None) };
        let mut payload = vec![0; entry.length];
        self.file.seek(SeekFrom::Start(entry.offset))?;
        self.file.read_exact(&mut payload)?;
        Ok(Some((entry.stamp, payload)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_in_any_order() {
        let mut copy = LocalCopy::create().unwrap();
        copy.push(0.5, b"first").unwrap();
        copy.push(0.6, b"second").unwrap();
        assert_eq!(copy.read(1).unwrap(), Some((0.6, b"second".to_vec())));
        copy.push(0.7, b"").unwrap();
        assert_eq!(copy.read(0).unwrap(), Some((0.5, b"first".to_vec())));
        assert_eq!((copy.read(2).unwrap(), copy.read(3).unwrap(), copy.len()), (Some((0.7, vec![])), None, 3));
    }
}
