//! A Matroska recording that can be cut off anywhere: each frame and each chunk of sound is a cluster of its own with its exact time,
//! and what is known only at the end goes into space reserved for it.
//!
//! Produces bytes and offsets only; the caller handles files, and can rewind what a full disk refused.

use super::element::{cluster_header, element, float, id, unsigned};
use super::head::{Layout, RecordingPlan, TICK_NANOS, recording_head, seek_head};
use fencing::time::Timestamp;

/// Distance of the entries in the seek index: half a second.
const CUE_TICKS: u64 = 500_000_000 / TICK_NANOS;

/// Lays out a recording.
#[derive(Clone, Debug)]
pub struct RecordingWriter {
    layout: Layout,
    zero: Timestamp,
    state: Mark,
    cues: Vec<(u64, u64)>,
}

/// Length of a recording at one moment; the writer can be rewound to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the file.
    pub bytes: u64,
    /// Frames in it.
    pub frames: u64,
    last_tick: u64,
    step: u64,
    cues: usize,
}

impl Mark {
    /// Container time of the last frame.
    pub fn last(&self) -> Timestamp {
        Timestamp::from_nanos(i64::try_from(self.last_tick.saturating_mul(TICK_NANOS)).unwrap_or(i64::MAX))
    }
}

/// Bytes that complete a recording: first the tail, then the patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// To be written at the end, at offset [`Mark::bytes`].
    pub tail: Vec<u8>,
    /// Offsets from the start, with the bytes to overwrite there.
    pub patches: Vec<(u64, Vec<u8>)>,
}

impl RecordingWriter {
    /// A recording whose container time 0 is `zero`, and its first bytes.
    pub fn new(plan: &RecordingPlan, zero: Timestamp) -> (Self, Vec<u8>) {
        let (layout, head) = recording_head(plan);
        let state = Mark { bytes: head.len() as u64, ..Mark::default() };
        (Self { layout, zero, state, cues: Vec::new() }, head)
    }

    /// A recording found in a file, before its clusters are counted.
    pub(super) fn found(layout: Layout, bytes: u64) -> Self {
        let state = Mark { bytes, ..Mark::default() };
        Self { layout, zero: Timestamp::ZERO, state, cues: Vec::new() }
    }

    /// Appends a frame to `out`. A frame not later than the previous one is moved to a microsecond after that.
    pub fn frame(&mut self, at: Timestamp, jpeg: &[u8], out: &mut Vec<u8>) {
        let tick = self.tick(at);
        let tick = if self.state.frames == 0 { tick } else { tick.max(self.state.last_tick + 1) };
        let front = cluster_header(tick, 1, jpeg.len());
        self.count_frame(tick, (front.len() + jpeg.len()) as u64);
        out.extend(front);
        out.extend(jpeg);
    }

    /// Appends sound to `out`: interleaved samples, the first of them at the time `at`. Drops sound from before the zero.
    pub fn sound(&mut self, at: Timestamp, samples: &[i16], out: &mut Vec<u8>) {
        if at < self.zero {
            return;
        }
        let front = cluster_header(self.tick(at), 2, samples.len() * 2);
        self.count_sound((front.len() + samples.len() * 2) as u64);
        out.extend(front);
        out.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    }

    /// Current length.
    pub fn mark(&self) -> Mark {
        self.state
    }

    /// Rewinds to `mark`.
    pub fn rewind(&mut self, mark: Mark) {
        self.cues.truncate(mark.cues);
        self.state = mark;
    }

    /// Bytes that complete it: the index, its position and the duration.
    pub fn ending(&self) -> Ending {
        let points: Vec<u8> = self.cues.iter().flat_map(|(tick, at)| self.cue_point(*tick, *at)).collect();
        let tail = element(id::CUES, &points);
        let end = self.state.bytes + tail.len() as u64;
        let length = (end - self.layout.segment) | 1 << 56;
        let duration = if self.state.frames == 0 { 0 } else { self.state.last_tick + self.state.step };
        let patches = vec![
            (self.layout.duration, float(id::DURATION, duration as f64)),
            (self.layout.seek_head, seek_head(&self.layout, self.state.bytes)),
            (self.layout.segment - 8, length.to_be_bytes().to_vec()),
        ];
        Ending { tail, patches }
    }

    pub(super) fn count_frame(&mut self, tick: u64, bytes: u64) {
        if self.cues.last().is_none_or(|(last, _)| tick >= last + CUE_TICKS) {
            self.cues.push((tick, self.state.bytes));
        }
        let state = &mut self.state;
        state.step = if state.frames == 0 { 0 } else { tick.saturating_sub(state.last_tick) };
        (state.last_tick, state.cues) = (tick, self.cues.len());
        state.frames += 1;
        state.bytes += bytes;
    }

    pub(super) fn count_sound(&mut self, bytes: u64) {
        self.state.bytes += bytes;
    }

    fn tick(&self, at: Timestamp) -> u64 {
        u64::try_from(at.nanos().saturating_sub(self.zero.nanos())).unwrap_or(0) / TICK_NANOS
    }

    fn cue_point(&self, tick: u64, at: u64) -> Vec<u8> {
        let place = [unsigned(id::CUE_TRACK, 1), unsigned(id::CUE_CLUSTER_POSITION, at - self.layout.segment)];
        let point = [unsigned(id::CUE_TIME, tick), element(id::CUE_TRACK_POSITIONS, &place.concat())];
        element(id::CUE_POINT, &point.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SoundFormat, scan_recording};
    use super::*;
    use fencing::geometry::FrameSize;
    use proptest::prelude::*;
    use std::io::Cursor;

    const JPEG: &[u8] = &[0xFF, 0xD8, 1, 2, 3, 4, 5, 6, 0xFF, 0xD9];

    fn plan() -> RecordingPlan {
        let sound = Some(SoundFormat { rate: 48_000, channels: 1 });
        RecordingPlan { size: FrameSize::new(64, 48), sound, began_unix_nanos: 1_800_000_000_000_000_000 }
    }

    fn at(secs: f64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    /// A recording of `frames` frames at 50 per second from second 7 on, and the end offset of each of them.
    fn recording(frames: u32) -> (RecordingWriter, Vec<u8>, Vec<usize>) {
        let (mut writer, mut file) = RecordingWriter::new(&plan(), at(7.0));
        let mut ends = Vec::new();
        for i in 0..frames {
            writer.frame(at(7.0 + f64::from(i) * 0.02), JPEG, &mut file);
            ends.push(file.len());
            writer.sound(at(7.0 + f64::from(i) * 0.02), &[1, -1], &mut file);
        }
        (writer, file, ends)
    }

    fn end(writer: &RecordingWriter, file: &mut Vec<u8>) {
        let ending = writer.ending();
        file.truncate(writer.mark().bytes as usize);
        file.extend(&ending.tail);
        for (offset, bytes) in ending.patches {
            file[offset as usize..][..bytes.len()].copy_from_slice(&bytes);
        }
    }

    #[test]
    fn a_whole_recording_is_found_finished() {
        let (writer, mut file, _) = recording(100);
        assert_eq!(writer.mark().bytes as usize, file.len());
        let open = scan_recording(&mut Cursor::new(&file)).unwrap().unwrap();
        assert!(!open.finished && open.writer.ending() == writer.ending());
        end(&writer, &mut file);
        let whole = scan_recording(&mut Cursor::new(&file)).unwrap().unwrap();
        assert!(whole.finished);
        assert_eq!((whole.frames.len(), whole.frames[1]), (100, at(0.02)));
    }

    #[test]
    fn what_a_full_disk_refused_is_taken_back() {
        let (mut writer, mut file, _) = recording(30);
        let mark = writer.mark();
        let before = writer.ending();
        for i in 0..100 {
            writer.frame(at(8.0 + f64::from(i)), JPEG, &mut Vec::new());
        }
        writer.rewind(mark);
        assert_eq!(writer.ending(), before);
        writer.frame(at(9.0), JPEG, &mut file);
        assert_eq!(writer.mark().bytes as usize, file.len());
    }

    #[test]
    fn times_never_go_back() {
        let (mut writer, mut file) = RecordingWriter::new(&plan(), at(1.0));
        for secs in [1.0, 1.5, 1.5, 1.2, 0.5, 1.6] {
            writer.frame(at(secs), JPEG, &mut file);
        }
        let times = scan_recording(&mut Cursor::new(&file)).unwrap().unwrap().frames;
        assert!(times.windows(2).all(|w| w[0] < w[1]));
        assert_eq!((times[1], times[5]), (at(0.5), at(0.6)));
    }

    proptest! {
        #[test]
        fn a_cut_loses_only_what_is_behind_it(share in 0.0..1.0f64, garbage in proptest::collection::vec(any::<u8>(), 0..64)) {
            let (_, mut file, ends) = recording(40);
            file.truncate((file.len() as f64 * share) as usize);
            let whole = ends.iter().filter(|end| **end <= file.len()).count();
            file.extend(&garbage);
            if let Some(found) = scan_recording(&mut Cursor::new(&file)).unwrap() {
                prop_assert!(found.frames.len() >= whole && found.frames.len() <= whole + 1);
                end(&found.writer, &mut file);
                let again = scan_recording(&mut Cursor::new(&file)).unwrap().unwrap();
                prop_assert!(again.finished && again.frames == found.frames);
            } else {
                prop_assert_eq!(whole, 0);
            }
        }

        #[test]
        fn any_bytes_are_looked_through_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..400) {
            let (_, mut file, _) = recording(5);
            let from = at.min(file.len());
            let to = (from + bytes.len()).min(file.len());
            file[from..to].copy_from_slice(&bytes[..to - from]);
            let _ = scan_recording(&mut Cursor::new(&file)).unwrap();
        }
    }
}
