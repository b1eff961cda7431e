//! Finds the complete part of a recording that was cut off. Reads lengths and times only, never image data; trusts no length that
//! does not fit into the file, and knows only the layout that is written here.

use super::element::id;
use super::head::{Layout, OPEN, TICK_NANOS};
use super::recording::RecordingWriter;
use fencing::time::Timestamp;
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

/// Bytes of a cluster before its block's data: cluster id and length, timestamp, block id, length and header.
const FRONT: usize = 12 + 17 + 9 + 4;
/// First bytes of a JPEG image.
const JPEG: [u8; 2] = [0xFF, 0xD8];

/// The complete part of a recording.
#[derive(Clone, Debug)]
pub struct ScannedRecording {
    /// Positioned behind the last complete cluster, ready to complete the recording.
    pub writer: RecordingWriter,
    /// Container times of the frames.
    pub frames: Vec<Timestamp>,
    /// Whether it was completed already.
    pub finished: bool,
}

/// Scans a recording; `None` for a file with an incomplete header, or one that was not written here.
pub fn scan_recording(file: &mut (impl Read + Seek)) -> Result<Option<ScannedRecording>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut walk = Scanner { file, end };
    let Some((layout, mut at)) = walk.head()? else { return Ok(None) };
    let mut writer = RecordingWriter::found(layout, at);
    let mut frames = Vec::new();
    while let Some(cluster) = walk.cluster(at)? {
        match cluster.tick {
            Some(tick) => {
                frames.push(Timestamp::from_nanos(i64::try_from(tick * TICK_NANOS).unwrap_or(i64::MAX)));
                writer.count_frame(tick, cluster.bytes);
            }
            None => writer.count_sound(cluster.bytes),
        }
        at += cluster.bytes;
    }
    let index = walk.element(at)?;
    let finished = index.is_some_and(|e| e.is(id::CUES)) && !walk.is_open(&layout)?;
    Ok(Some(ScannedRecording { writer, frames, finished }))
}

struct Scanner<'a, F> {
    file: &'a mut F,
    end: u64,
}

/// A cluster: the tick of its frame, `None` for sound.
struct Cluster {
    tick: Option<u64>,
    bytes: u64,
}

/// Id and extent of an element.
struct ElementHeader {
    name: u32,
    /// Bytes of its id and length.
    front: u64,
    /// Bytes of its value.
    value: u64,
}

impl ElementHeader {
    fn is(&self, name: &[u8]) -> bool {
        self.name == name.iter().fold(0, |sum, b| sum << 8 | u32::from(*b))
    }

    fn all(&self) -> u64 {
        self.front + self.value
    }
}

impl<F: Read + Seek> Scanner<'_, F> {
    /// Exactly `N` bytes at an offset; `None` where the file ends before.
    fn bytes<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(at))?;
        match self.file.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The element at an offset, if it is completely in the file.
    fn element(&mut self, at: u64) -> Result<Option<ElementHeader>> {
        let Some(found) = self.front(at)? else { return Ok(None) };
        let whole = at.checked_add(found.all()).is_some_and(|end| end <= self.end);
        Ok(whole.then_some(found))
    }

    fn front(&mut self, at: u64) -> Result<Option<ElementHeader>> {
        let Some([first]) = self.bytes::<1>(at)? else { return Ok(None) };
        let width = u64::from(first.leading_zeros()) + 1;
        if width > 4 {
            return Ok(None);
        }
        let mut name = 0;
        for i in 0..width {
            let Some([byte]) = self.bytes::<1>(at + i)? else { return Ok(None) };
            name = name << 8 | u32::from(byte);
        }
        let Some(length) = self.bytes::<8>(at + width)? else { return Ok(None) };
        let value = u64::from_be_bytes(length) & !(1 << 56);
        Ok((length[0] == 1).then_some(ElementHeader { name, front: width + 8, value }))
    }

    fn head(&mut self) -> Result<Option<(Layout, u64)>> {
        let Some(doc) = self.element(0)?.filter(|e| e.is(id::EBML)) else { return Ok(None) };
        let Some(segment) = self.front(doc.all())?.filter(|e| e.is(id::SEGMENT)) else { return Ok(None) };
        let mut layout = Layout { segment: doc.all() + segment.front, ..Layout::default() };
        layout.seek_head = layout.segment;
        let Some(room) = self.element(layout.seek_head)? else { return Ok(None) };
        layout.info = layout.seek_head + room.all();
        let Some(info) = self.element(layout.info)?.filter(|e| e.is(id::INFO)) else { return Ok(None) };
        layout.tracks = layout.info + info.all();
        // The space for the duration is the last element of the segment information.
        layout.duration = layout.tracks.saturating_sub(super::head::duration_bytes());
        let Some(tracks) = self.element(layout.tracks)?.filter(|e| e.is(id::TRACKS)) else { return Ok(None) };
        Ok(Some((layout, layout.tracks + tracks.all())))
    }

    fn cluster(&mut self, at: u64) -> Result<Option<Cluster>> {
        let Some(cluster) = self.element(at)?.filter(|e| e.is(id::CLUSTER)) else { return Ok(None) };
        let Some(front) = self.bytes::<FRONT>(at)? else { return Ok(None) };
        let well_formed =
            cluster.all() > FRONT as u64 && front[12] == id::TIMESTAMP[0] && front[29] == id::SIMPLE_BLOCK[0];
        if !well_formed {
            return Ok(None);
        }
        let tick = front[21..29].iter().fold(0, |sum: u64, b| sum << 8 | u64::from(*b));
        let is_frame = front[38] == 0x81;
        if is_frame && self.bytes::<2>(at + FRONT as u64)? != Some(JPEG) {
            return Ok(None);
        }
        let believable = tick < u64::MAX / TICK_NANOS / 2;
        Ok(believable.then_some(Cluster { tick: is_frame.then_some(tick), bytes: cluster.all() }))
    }

    fn is_open(&mut self, layout: &Layout) -> Result<bool> {
        Ok(self.bytes::<8>(layout.segment - 8)?.is_none_or(|length| length == OPEN))
    }
}
