//! A microphone that stays: opened again when it was gone, silent while it is not there.

use super::device::{find, note_loss};
use super::{PIECES, SoundPiece};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, FromSample, InputCallbackInfo, SampleFormat, SizedSample, StreamConfig};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};
use vision::video::{SoundFormat, spawn_worker};

/// Pause before a microphone is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// How often the thread looks whether the microphone is still there and wanted.
const LOOK: Duration = Duration::from_millis(200);

/// What the owner and the thread share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    trouble: Mutex<Option<String>>,
    /// Loudest sample of the last piece, 0..32767.
    level: AtomicU16,
}

/// A microphone in use. Dropping it gives it back.
pub struct Microphone {
    shared: Arc<Shared>,
}

impl Microphone {
    /// Starts listening to a device by its name, or to the system's own choice. Pieces are stamped on `clock`; those that
    /// nobody takes for several seconds are dropped.
    pub fn start(name: Option<String>, clock: HostClock) -> (Self, Receiver<SoundPiece>) {
        let (sender, pieces) = bounded(PIECES);
        let shared = Arc::new(Shared::default());
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
        (Self { shared }, pieces)
    }

    /// Why nothing is heard, a finished sentence; `None` while all is well.
    pub fn trouble(&self) -> Option<String> {
        self.shared.trouble.lock().clone()
    }

    /// How loud it is, 0..1.
    pub fn level(&self) -> f32 {
        f32::from(self.shared.level.load(Ordering::Relaxed)) / 32_767.0
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

fn listen(shared: &Arc<Shared>, name: Option<&str>, clock: HostClock, pieces: &Sender<SoundPiece>) {
    let stopped = || shared.stop.load(Ordering::Relaxed);
    while !stopped() {
        let lost = Arc::new(AtomicBool::new(false));
        match open(shared, name, clock, pieces, &lost) {
            Ok(stream) => {
                *shared.trouble.lock() = None;
                while !stopped() && !lost.load(Ordering::Relaxed) {
                    std::thread::sleep(LOOK);
                }
                drop(stream);
                *shared.trouble.lock() = Some("the microphone is gone; it is waited for".into());
            }
            Err(text) => *shared.trouble.lock() = Some(text),
        }
        let again = Instant::now() + RETRY_AFTER;
        while !stopped() && Instant::now() < again {
            std::thread::sleep(LOOK);
        }
    }
}

fn open(
    shared: &Arc<Shared>,
    name: Option<&str>,
    clock: HostClock,
    pieces: &Sender<SoundPiece>,
    lost: &Arc<AtomicBool>,
) -> Result<cpal::Stream, String> {
    let host = cpal::default_host();
    let listed: Vec<Device> = host.input_devices().map_or_else(|_| Vec::new(), Iterator::collect);
    let device = find(name, listed, host.default_input_device())?;
    let refused =
        |e: cpal::Error| format!("the microphone cannot be used ({e}); close other programs or choose another");
    let config = device.default_input_config().map_err(refused)?;
    let (format, config) = (config.sample_format(), config.config());
    let hearing = Hearing::new(shared.clone(), &config, clock, pieces.clone());
    let stream = match format {
        SampleFormat::F32 => hear::<f32>(&device, config, hearing, lost),
        SampleFormat::I16 => hear::<i16>(&device, config, hearing, lost),
        SampleFormat::I32 => hear::<i32>(&device, config, hearing, lost),
        SampleFormat::U16 => hear::<u16>(&device, config, hearing, lost),
        SampleFormat::U8 => hear::<u8>(&device, config, hearing, lost),
        other => return Err(format!("the microphone gives samples that are not known here ({other}); choose another")),
    };
    let stream = stream.map_err(refused)?;
    stream.play().map_err(refused)?;
    Ok(stream)
}

fn hear<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    hearing: Hearing,
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
        hearing.take(&samples, age);
    };
    device.build_input_stream(config, take, move |error| note_loss(&error, &lost), None)
}

/// Turns what a device delivers into pieces.
struct Hearing {
    shared: Arc<Shared>,
    channels: usize,
    format: SoundFormat,
    clock: HostClock,
    pieces: Sender<SoundPiece>,
}

impl Hearing {
    fn new(shared: Arc<Shared>, config: &StreamConfig, clock: HostClock, pieces: Sender<SoundPiece>) -> Self {
        let channels = usize::from(config.channels.max(1));
        let format = SoundFormat { rate: config.sample_rate, channels: if channels == 2 { 2 } else { 1 } };
        Self { shared, channels, format, clock, pieces }
    }

    /// Takes samples the first of which was heard `age` ago. Of a device with many channels the first is kept.
    fn take(&self, samples: &[i16], age: Duration) {
        let kept: Arc<[i16]> = match self.channels {
            1 | 2 => samples.into(),
            many => samples.iter().step_by(many).copied().collect(),
        };
        let loudest = kept.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
        self.shared.level.store(loudest, Ordering::Relaxed);
        let at = self.clock.now().plus_secs(-age.as_secs_f64());
        let _ = self.pieces.try_send(SoundPiece { at, format: self.format, samples: kept });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_stamped_when_they_were_heard_and_never_pile_up() {
        let (sender, pieces) = bounded(2);
        let config = StreamConfig { channels: 4, sample_rate: 48_000, buffer_size: cpal::BufferSize::Default };
        let clock = HostClock::start();
        let shared = Arc::new(Shared::default());
        let hearing = Hearing::new(shared.clone(), &config, clock, sender);
        (0..5).for_each(|_| hearing.take(&[7, 0, 0, 0, -9, 0, 0, 0], Duration::from_secs(1)));
        let piece = pieces.recv().unwrap();
        assert_eq!((piece.samples.to_vec(), piece.format.channels), (vec![7, -9], 1));
        assert!(piece.at.secs() < -0.9 && pieces.len() == 1);
        assert_eq!(shared.level.load(Ordering::Relaxed), 9);
    }

    #[test]
    fn a_microphone_of_no_such_name_is_a_sentence() {
        let (microphone, pieces) = Microphone::start(Some("no such microphone".into()), HostClock::start());
        let deadline = Instant::now() + Duration::from_secs(20);
        while microphone.trouble().is_none() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(microphone.trouble().unwrap().contains("no such microphone") && pieces.is_empty());
    }
}
