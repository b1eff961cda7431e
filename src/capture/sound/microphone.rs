//! A microphone that is reopened after it was gone.

use super::device::{find, note_error};
use super::{CHUNKS, SoundChunk};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, FromSample, InputCallbackInfo, SampleFormat, SizedSample, StreamConfig};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};
use vision::video::{SoundFormat, spawn_worker};

/// Pause before the microphone is retried.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Polling interval of the thread for a lost device or a stop.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// State shared by the handle and the thread.
#[derive(Default)]
struct MicrophoneState {
    stop: AtomicBool,
    trouble: Mutex<Option<String>>,
    /// Peak of the last chunk, 0..32767.
    level: AtomicU16,
}

/// A microphone in use. Dropping it closes the device.
pub struct Microphone {
    shared: Arc<MicrophoneState>,
}

impl Microphone {
    /// Starts recording a device by its name, or the system's default. Chunks are timestamped on `clock`; those that are not taken
    /// for several seconds are dropped.
    pub fn start(name: Option<String>, clock: HostClock) -> (Self, Receiver<SoundChunk>) {
        let (sender, chunks) = bounded(CHUNKS);
        let shared = Arc::new(MicrophoneState::default());
        let watched = shared.clone();
        let listen = move || listen(&watched, name.as_deref(), clock, &sender);
        let defect = shared.clone();
        let on_panic = move || {
            let text = "the microphone stopped because of a defect in the program; choose it again";
            *defect.trouble.lock() = Some(text.into());
        };
        if let Err(error) = spawn_worker("microphone", on_panic, listen) {
            *shared.trouble.lock() = Some(format!("the microphone cannot be used: {error}"));
        }
        (Self { shared }, chunks)
    }

    /// Why there is no sound, as a full sentence; `None` without a problem.
    pub fn trouble(&self) -> Option<String> {
        self.shared.trouble.lock().clone()
    }

    /// Level of the last chunk, 0..1.
    pub fn level(&self) -> f32 {
        f32::from(self.shared.level.load(Ordering::Relaxed)) / 32_767.0
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

fn listen(shared: &Arc<MicrophoneState>, name: Option<&str>, clock: HostClock, chunks: &Sender<SoundChunk>) {
    let stopped = || shared.stop.load(Ordering::Relaxed);
    while !stopped() {
        let lost = Arc::new(AtomicBool::new(false));
        match open(shared, name, clock, chunks, &lost) {
            Ok(stream) => {
                *shared.trouble.lock() = None;
                while !stopped() && !lost.load(Ordering::Relaxed) {
                    std::thread::sleep(POLL_INTERVAL);
                }
                drop(stream);
                *shared.trouble.lock() = Some("the microphone is gone; it is waited for".into());
            }
            Err(text) => *shared.trouble.lock() = Some(text),
        }
        let again = Instant::now() + RETRY_AFTER;
        while !stopped() && Instant::now() < again {
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

fn open(
    shared: &Arc<MicrophoneState>,
    name: Option<&str>,
    clock: HostClock,
    chunks: &Sender<SoundChunk>,
    lost: &Arc<AtomicBool>,
) -> Result<cpal::Stream, String> {
    let host = cpal::default_host();
    let listed: Vec<Device> = host.input_devices().map_or_else(|_| Vec::new(), Iterator::collect);
    let device = find(name, listed, host.default_input_device())?;
    let refused =
        |e: cpal::Error| format!("the microphone cannot be used ({e}); close other programs or choose another");
    let config = device.default_input_config().map_err(refused)?;
    let (format, config) = (config.sample_format(), config.config());
    let chunk_sender = ChunkSender::new(shared.clone(), &config, clock, chunks.clone());
    let stream = match format {
        SampleFormat::F32 => open_stream::<f32>(&device, config, chunk_sender, lost),
        SampleFormat::I16 => open_stream::<i16>(&device, config, chunk_sender, lost),
        SampleFormat::I32 => open_stream::<i32>(&device, config, chunk_sender, lost),
        SampleFormat::U16 => open_stream::<u16>(&device, config, chunk_sender, lost),
        SampleFormat::U8 => open_stream::<u8>(&device, config, chunk_sender, lost),
        other => return Err(format!("the microphone gives samples that are not known here ({other}); choose another")),
    };
    let stream = stream.map_err(refused)?;
    stream.play().map_err(refused)?;
    Ok(stream)
}

fn open_stream<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    chunk_sender: ChunkSender,
    lost: &Arc<AtomicBool>,
) -> Result<cpal::Stream, cpal::Error>
where
    i16: FromSample<T>,
{
    let lost = lost.clone();
    let take = move |heard: &[T], info: &InputCallbackInfo| {
        let stamp = info.timestamp();
        let age = stamp.callback.checked_duration_since(stamp.capture).unwrap_or_default();
        let samples: Vec<i16> = heard.iter().map(|s| s.to_sample::<i16>()).collect();
        chunk_sender.take(&samples, age);
    };
    device.build_input_stream(config, take, move |error| note_error(&error, &lost), None)
}

/// Converts a device's samples into chunks.
struct ChunkSender {
    shared: Arc<MicrophoneState>,
    channels: usize,
    format: SoundFormat,
    clock: HostClock,
    chunks: Sender<SoundChunk>,
}

impl ChunkSender {
    fn new(shared: Arc<MicrophoneState>, config: &StreamConfig, clock: HostClock, chunks: Sender<SoundChunk>) -> Self {
        let channels = usize::from(config.channels.max(1));
        let format = SoundFormat { rate: config.sample_rate, channels: if channels == 2 { 2 } else { 1 } };
        Self { shared, channels, format, clock, chunks }
    }

    /// Takes samples, the first of them recorded `age` ago. Keeps the first channel of a device with many.
    fn take(&self, samples: &[i16], age: Duration) {
        let kept: Arc<[i16]> = match self.channels {
            1 | 2 => samples.into(),
            many => samples.iter().step_by(many).copied().collect(),
        };
        let loudest = kept.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
        self.shared.level.store(loudest, Ordering::Relaxed);
        let at = self.clock.now().plus_secs(-age.as_secs_f64());
        let _ = self.chunks.try_send(SoundChunk { at, format: self.format, samples: kept });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_stamped_when_they_were_heard_and_never_pile_up() {
        let (sender, chunks) = bounded(2);
        let config = StreamConfig { channels: 4, sample_rate: 48_000, buffer_size: cpal::BufferSize::Default };
        let clock = HostClock::start();
        let shared = Arc::new(MicrophoneState::default());
        let chunk_sender = ChunkSender::new(shared.clone(), &config, clock, sender);
        (0..5).for_each(|_| chunk_sender.take(&[7, 0, 0, 0, -9, 0, 0, 0], Duration::from_secs(1)));
        let chunk = chunks.recv().unwrap();
        assert_eq!((chunk.samples.to_vec(), chunk.format.channels), (vec![7, -9], 1));
        assert!(chunk.at.secs() < -0.9 && chunks.len() == 1);
        assert_eq!(shared.level.load(Ordering::Relaxed), 9);
    }

    #[test]
    fn a_microphone_of_no_such_name_is_a_sentence() {
        let (microphone, chunks) = Microphone::start(Some("no such microphone".into()), HostClock::start());
        let deadline = Instant::now() + Duration::from_secs(20);
        while microphone.trouble().is_none() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(microphone.trouble().unwrap().contains("no such microphone") && chunks.is_empty());
    }
}
