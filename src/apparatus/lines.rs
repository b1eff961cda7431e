//! Cuts a byte stream into text lines without ever holding more than one line's limit.
//!
//! An overlong line is dropped whole, the next one is read normally: that is how the text protocols resynchronise.

/// Collects bytes up to LF; CR is dropped.
#[derive(Debug)]
pub(crate) struct Lines {
    pending: Vec<u8>,
    /// Bytes since the last line was handed over, line ends included.
    raw: usize,
    limit: usize,
    overlong: bool,
}

/// One cut line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes without the line's end, and how many bytes it took with it (and with empty lines before it).
    Whole(Vec<u8>, usize),
    /// It was longer than the limit and is gone.
    Overlong,
}

impl Lines {
    pub(crate) fn up_to(limit: usize) -> Self {
        Self { pending: Vec::new(), raw: 0, limit, overlong: false }
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
        self.raw = 0;
        self.overlong = false;
    }

    /// Takes one byte; a line when it was the line's end and the line was not empty.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Line> {
        self.raw += 1;
        match byte {
            b'\n' => self.finish(),
            b'\r' => None,
            _ if self.overlong => None,
            _ if self.pending.len() >= self.limit => {
                self.overlong = true;
                self.pending.clear();
                None
            }
            _ => {
                self.pending.push(byte);
                None
            }
        }
    }

    fn finish(&mut self) -> Option<Line> {
        let line = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.overlong) {
            self.raw = 0;
            return Some(Line::Overlong);
        }
        (!line.is_empty()).then(|| Line::Whole(line, std::mem::take(&mut self.raw)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlong_line_is_dropped_and_the_next_one_is_read() {
        let mut lines = Lines::up_to(4);
        let cut: Vec<_> = b"ab\r\n\n123456\ncd\n".iter().filter_map(|b| lines.push(*b)).collect();
        assert_eq!(cut, [Line::Whole(b"ab".to_vec(), 4), Line::Overlong, Line::Whole(b"cd".to_vec(), 3)]);
    }
}
