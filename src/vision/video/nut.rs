//! Demuxer for NUT, ffmpeg's own simple container: raw frames with their exact times from one pipe.
//!
//! Raw video on a pipe has no timestamps, a log beside it can get out of step, and Matroska rounds to milliseconds; NUT keeps
//! the source's own time base. Written from the format's description (<https://ffmpeg.org/nut.html>); reads what ffmpeg's muxer
//! writes for one video stream, version 3, and checks every length, because the bytes come from a process that reads
//! untrusted files.

use super::probe::TimeBase;
use std::io::{Error, ErrorKind, Read, Result};

const FILE_ID: &[u8] = b"nut/multimedia container\0";
const MAIN: u64 = 0x4E4D_7A56_1F5F_04AD;
const STREAM: u64 = 0x4E53_1140_5BF2_F9DB;
const SYNCPOINT: u64 = 0x4E4B_E4AD_EECA_4569;
/// First byte of every startcode, and therefore never a frame code.
const STARTCODE_BYTE: u8 = b'N';
/// Largest accepted header packet; ffmpeg's are below 1 KiB, its index grows with the clip but comes last.
const MAX_HEADER: u64 = 64 * 1024 * 1024;
/// Payloads up to this size may take their first bytes from the header table.
const ELISION_LIMIT: u64 = 4096;

mod flag {
    pub(super) const CODED_PTS: u64 = 8;
    pub(super) const STREAM_ID: u64 = 16;
    pub(super) const SIZE_MSB: u64 = 32;
    pub(super) const CHECKSUM: u64 = 64;
    pub(super) const RESERVED: u64 = 128;
    pub(super) const SIDE_DATA: u64 = 256;
    pub(super) const MATCH_TIME: u64 = 512;
    pub(super) const HEADER_INDEX: u64 = 1024;
    pub(super) const CODED: u64 = 4096;
    pub(super) const INVALID: u64 = 8192;
}

/// Meaning of one frame code.
#[derive(Clone, Copy, Default)]
struct FrameCode {
    flags: u64,
    pts_delta: i64,
    stream: u64,
    size_mul: u64,
    size_lsb: u64,
    reserved: u64,
    header_index: u64,
}

/// Frame header: time, and number of payload bytes that follow in the pipe.
struct FrameHead {
    pts: i64,
    /// Index of the header in the table with which the payload begins; it is not in the pipe.
    elided: usize,
    payload: u64,
}

/// Reads the frames of the only video stream in a NUT pipe.
pub(super) struct NutReader<R> {
    pipe: R,
    time_bases: Vec<TimeBase>,
    codes: Vec<FrameCode>,
    elisions: Vec<Vec<u8>>,
    stream_base: TimeBase,
    msb_pts_shift: u32,
    last_pts: i64,
}

impl<R: Read> NutReader<R> {
    /// Takes a pipe that has not been read from. Reads nothing yet: the first bytes come with the first frame.
    pub(super) fn new(pipe: R) -> Self {
        let stream_base = TimeBase { num: 1, den: 1 };
        let (time_bases, codes, elisions) = (Vec::new(), Vec::new(), Vec::new());
        Self { pipe, time_bases, codes, elisions, stream_base, msb_pts_shift: 0, last_pts: 0 }
    }

    /// Fills `pixels` with the next frame and returns its container time in nanoseconds; `None` at the end.
    ///
    /// A pipe that ends inside a frame is an [`ErrorKind::UnexpectedEof`]; a frame of another size is invalid.
    pub(super) fn next_into(&mut self, pixels: &mut [u8]) -> Result<Option<i64>> {
        let Some(head) = self.next_head()? else { return Ok(None) };
        let prefix = self.elisions.get(head.elided).map_or(&[][..], Vec::as_slice);
        if prefix.len() as u64 + head.payload != pixels.len() as u64 {
            return Err(invalid("a frame has an unexpected size"));
        }
        let (elided, rest) = pixels.split_at_mut(prefix.len());
        elided.copy_from_slice(prefix);
        self.pipe.read_exact(rest)?;
        Ok(Some(self.stream_base.nanos(head.pts)))
    }

    /// The next frame of any length up to `max_bytes`, with its container time in nanoseconds.
    pub(super) fn next_packet(&mut self, max_bytes: u64) -> Result<Option<(i64, Vec<u8>)>> {
        let Some(head) = self.next_head()? else { return Ok(None) };
        if head.payload > max_bytes {
            return Err(invalid("a frame is too long"));
        }
        let mut packet = self.elisions.get(head.elided).cloned().unwrap_or_default();
        let wanted = packet.len() as u64 + head.payload;
        (&mut self.pipe).take(head.payload).read_to_end(&mut packet)?;
        if packet.len() as u64 != wanted {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((self.stream_base.nanos(head.pts), packet)))
    }

    /// Reads headers until a frame begins.
    fn next_head(&mut self) -> Result<Option<FrameHead>> {
        loop {
            let mut first = [0];
            match self.pipe.read(&mut first) {
                Ok(0) => return Ok(None),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
                Ok(_) => {}
            }
            match first[0] {
                b'n' if self.codes.is_empty() => self.skip_file_id()?,
                STARTCODE_BYTE => self.read_header()?,
                code => return self.read_frame_head(code).map(Some),
            }
        }
    }

    fn skip_file_id(&mut self) -> Result<()> {
        let mut rest = [0; FILE_ID.len() - 1];
        self.pipe.read_exact(&mut rest)?;
        if rest == FILE_ID[1..] { Ok(()) } else { Err(invalid("not NUT")) }
    }

    fn read_header(&mut self) -> Result<()> {
        let mut code = [STARTCODE_BYTE; 8];
        self.pipe.read_exact(&mut code[1..])?;
        let length = varlen(&mut self.pipe)?;
        if length > ELISION_LIMIT {
            self.pipe.read_exact(&mut [0; 4])?;
        }
        if length > MAX_HEADER {
            return Err(invalid("a header is too long"));
        }
        let mut body = Vec::new();
        (&mut self.pipe).take(length).read_to_end(&mut body)?;
        let fields = body.get(..body.len().saturating_sub(4)).unwrap_or_default();
        match u64::from_be_bytes(code) {
            MAIN => self.read_main(fields),
            STREAM => self.read_stream(fields),
            SYNCPOINT => self.read_syncpoint(fields),
            _ => Ok(()),
        }
    }

    fn read_main(&mut self, mut fields: &[u8]) -> Result<()> {
        let body = &mut fields;
        if varlen(body)? != 3 {
            return Err(invalid("unknown version of NUT"));
        }
        let _streams = varlen(body)?;
        let _max_distance = varlen(body)?;
        let bases = varlen(body)?;
        // ffmpeg repeats the header now and then, always in full.
        self.time_bases.clear();
        for _ in 0..bases {
            let base = TimeBase { num: varlen(body)?, den: varlen(body)? };
            if base.num == 0 || base.den == 0 {
                return Err(invalid("a time base of zero"));
            }
            self.time_bases.push(base);
        }
        self.codes = frame_codes(body)?;
        self.elisions = vec![Vec::new()];
        for _ in 0..if body.is_empty() { 0 } else { varlen(body)? } {
            let length = varlen(body)? as usize;
            let bytes = body.get(..length).ok_or_else(|| invalid("a short header table"))?;
            self.elisions.push(bytes.to_vec());
            *body = &body[length..];
        }
        Ok(())
    }

    fn read_stream(&mut self, mut fields: &[u8]) -> Result<()> {
        let body = &mut fields;
        let (id, class) = (varlen(body)?, varlen(body)?);
        if (id, class) != (0, 0) {
            return Err(invalid("more than one video stream"));
        }
        let fourcc = varlen(body)? as usize;
        *body = body.get(fourcc..).ok_or_else(|| invalid("a short stream header"))?;
        let base = varlen(body)? as usize;
        self.stream_base = *self.time_bases.get(base).ok_or_else(|| invalid("a missing time base"))?;
        self.msb_pts_shift = u32::try_from(varlen(body)?).ok().filter(|s| *s < 16).unwrap_or(15);
        Ok(())
    }

    /// Every stream's clock restarts at the syncpoint's time, rounded down to the stream's own time base.
    fn read_syncpoint(&mut self, mut fields: &[u8]) -> Result<()> {
        let coded = varlen(&mut fields)?;
        let bases = self.time_bases.len() as u64;
        let index = coded.checked_rem(bases).ok_or_else(|| invalid("a syncpoint before the main header"))?;
        let from = self.time_bases[index as usize];
        let scaled = i128::from(coded / bases) * i128::from(from.num) * i128::from(self.stream_base.den);
        let whole = scaled.div_euclid(i128::from(from.den) * i128::from(self.stream_base.num));
        self.last_pts = i64::try_from(whole).map_err(|_| invalid("a time out of range"))?;
        Ok(())
    }

    fn read_frame_head(&mut self, code: u8) -> Result<FrameHead> {
        let code = *self.codes.get(usize::from(code)).ok_or_else(|| invalid("a frame before the main header"))?;
        let pipe = &mut self.pipe;
        let flags = if code.flags & flag::CODED != 0 { code.flags ^ varlen(pipe)? } else { code.flags };
        let has = |wanted: u64| flags & wanted != 0;
        if has(flag::INVALID) || has(flag::SIDE_DATA) {
            return Err(invalid("an unknown kind of frame"));
        }
        let stream = if has(flag::STREAM_ID) { varlen(pipe)? } else { code.stream };
        let coded_pts = if has(flag::CODED_PTS) { Some(varlen(pipe)?) } else { None };
        let msb = if has(flag::SIZE_MSB) { varlen(pipe)? } else { 0 };
        if has(flag::MATCH_TIME) {
            varlen(pipe)?;
        }
        let header_index = if has(flag::HEADER_INDEX) { varlen(pipe)? } else { code.header_index };
        let reserved = if has(flag::RESERVED) { varlen(pipe)? } else { code.reserved };
        for _ in 0..reserved {
            varlen(pipe)?;
        }
        if has(flag::CHECKSUM) {
            pipe.read_exact(&mut [0; 4])?;
        }
        if stream != 0 {
            return Err(invalid("a frame of an unknown stream"));
        }
        let size = code.size_mul.saturating_mul(msb).saturating_add(code.size_lsb);
        let elided = if size > ELISION_LIMIT { 0 } else { header_index as usize };
        let prefix = self.elisions.get(elided).ok_or_else(|| invalid("a missing header"))?;
        let payload =
            size.checked_sub(prefix.len() as u64).ok_or_else(|| invalid("a frame shorter than its header"))?;
        self.last_pts = self.full_pts(coded_pts, code.pts_delta);
        Ok(FrameHead { pts: self.last_pts, elided, payload })
    }

    /// The time of a frame: a step from the last one, its low bits, or all of it.
    fn full_pts(&self, coded: Option<u64>, delta: i64) -> i64 {
        let Some(coded) = coded else { return self.last_pts.saturating_add(delta) };
        let range = 1i64 << self.msb_pts_shift;
        let coded = i64::try_from(coded).unwrap_or(i64::MAX);
        if coded >= range {
            return coded - range;
        }
        let mask = range - 1;
        let lowest = self.last_pts.saturating_sub(mask / 2);
        (coded.wrapping_sub(lowest) & mask).saturating_add(lowest)
    }
}

/// The table of 256 frame codes, run by run as the main header stores it.
fn frame_codes(body: &mut &[u8]) -> Result<Vec<FrameCode>> {
    let mut codes = Vec::with_capacity(256);
    let mut run = FrameCode::default();
    while codes.len() < 256 {
        run.flags = varlen(body)?;
        let fields = varlen(body)?;
        if fields > 0 {
            run.pts_delta = signed(body)?;
        }
        if fields > 1 {
            run.size_mul = varlen(body)?;
        }
        if fields > 2 {
            run.stream = varlen(body)?;
        }
        run.size_lsb = if fields > 3 { varlen(body)? } else { 0 };
        run.reserved = if fields > 4 { varlen(body)? } else { 0 };
        let whole = run.size_mul.saturating_sub(run.size_lsb);
        let count = if fields > 5 { varlen(body)? } else { whole };
        for extra in 6..fields {
            let value = varlen(body)?;
            if extra == 7 {
                run.header_index = value;
            }
        }
        if count == 0 || count > 256 {
            return Err(invalid("a damaged table of frame codes"));
        }
        push_run(&mut codes, run, count);
    }
    Ok(codes)
}

/// Appends a run whose size grows by one with each code; skips the startcode's byte.
fn push_run(codes: &mut Vec<FrameCode>, run: FrameCode, count: u64) {
    for step in 0..count {
        if codes.len() == usize::from(STARTCODE_BYTE) {
            codes.push(FrameCode { flags: flag::INVALID, ..FrameCode::default() });
        }
        codes.push(FrameCode { size_lsb: run.size_lsb.saturating_add(step), ..run });
    }
}

/// A variable-length number in groups of seven bits, highest first.
fn varlen(from: &mut impl Read) -> Result<u64> {
    let mut value = 0u64;
    for _ in 0..10 {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        value = (value << 7) | u64::from(byte[0] & 0x7f);
        if byte[0] & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(invalid("a number without end"))
}

/// A signed number: 0, 1, -1, 2, -2, ...
fn signed(from: &mut impl Read) -> Result<i64> {
    let raised = i64::try_from(varlen(from)?).unwrap_or(i64::MAX - 1).saturating_add(1);
    Ok(if raised & 1 == 1 { -(raised >> 1) } else { raised >> 1 })
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_in_groups_of_seven_bits() {
        assert_eq!(varlen(&mut &[0x81, 0x00][..]).unwrap(), 128);
        let read = |byte: u8| signed(&mut &[byte][..]).unwrap();
        assert_eq!([read(0), read(1), read(2), read(3)], [0, 1, -1, 2]);
        assert!(varlen(&mut &[0xff; 12][..]).is_err());
    }

    #[test]
    fn low_bits_of_a_time_find_the_nearest_full_one() {
        let mut reader = NutReader::new(&[][..]);
        reader.msb_pts_shift = 7;
        reader.last_pts = 1000;
        assert_eq!(reader.full_pts(Some(1010 % 128), 0), 1010);
        assert_eq!(reader.full_pts(Some(128 + 5000), 0), 5000);
        assert_eq!(reader.full_pts(None, 3), 1003);
    }

    #[test]
    fn a_main_header_that_is_repeated_replaces_the_first() {
        // Version 3, one stream, one time base of 1/25, and one run of 256 invalid frame codes.
        let main = [3, 1, 0, 1, 1, 25, 0xC0, 0x00, 6, 0, 1, 0, 0, 0, 0x82, 0x00];
        let mut reader = NutReader::new(&[][..]);
        (0..3).for_each(|_| reader.read_main(&main).unwrap());
        assert_eq!((reader.time_bases.len(), reader.codes.len(), reader.elisions.len()), (1, 257, 1));
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0usize..26) {
            let mut stream = FILE_ID[..cut.min(FILE_ID.len())].to_vec();
            stream.extend(MAIN.to_be_bytes());
            stream.extend(bytes);
            let mut reader = NutReader::new(&stream[..]);
            let mut pixels = [0; 12];
            for _ in 0..50 {
                if !matches!(reader.next_into(&mut pixels), Ok(Some(_))) { break }
            }
        }
    }
}
