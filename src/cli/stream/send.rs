//! From a clip, a camera or a copy that was left behind to frames on the wire, at the pace at which they were filmed.

use super::args::{Args, Lamps, Packing};
use super::show::Show;
use super::{ClientError, Outcome};
use anyhow::Context;
use capture::camera::{CameraChoice, CameraFrames, LiveCamera};
use fencing::SignalLog;
use fencing::geometry::PictureSize;
use fencing::time::HostClock;
use recording::sanitise;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use vision::lamps::LampWatcher;
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};
use wire::client::{LocalCopy, PhraseOffer, RemotePhrase, ServerAddress, pack_raw};

/// Widest picture that is sent, in pixels: 4K.
const MAX_WIDTH: u32 = 3840;
/// Frames per second of a clip that does not say.
const USUAL_FPS: f64 = 30.0;

/// How sending ended, and where the copy of the phrase lies if it had a place.
pub(super) struct Sent {
    pub(super) outcome: Outcome,
    pub(super) copy: Option<PathBuf>,
    /// What is kept of it.
    pub(super) phrase: RemotePhrase,
}

/// Sends phrases to one server.
pub(super) struct Sender<'a> {
    pub(super) args: &'a Args,
    pub(super) server: ServerAddress,
    pub(super) lamps: Lamps,
    /// Folder of the copies.
    pub(super) unsent: PathBuf,
    pub(super) cancel: &'a Cancel,
}

impl Sender<'_> {
    /// Sends the clip or the camera that was typed.
    pub(super) fn send_new(&self) -> anyhow::Result<Sent> {
        match (&self.args.video, &self.args.camera) {
            (Some(video), _) => self.send_clip(video),
            (None, Some(camera)) => self.send_camera(camera),
            (None, None) => anyhow::bail!("there is nothing to send"),
        }
    }

    fn send_clip(&self, video: &Path) -> anyhow::Result<Sent> {
        let options = ClipOptions { max_width: MAX_WIDTH, to_secs: Some(self.args.duration), ..ClipOptions::default() };
        let mut clip = ClipReader::open(video, &options, self.cancel)?;
        let fps = self.args.fps.or(clip.info().frames_per_sec).filter(|fps| *fps > 0.0).unwrap_or(USUAL_FPS);
        let expected = clip.expected_frames();
        let name = session_name(&video.file_stem().unwrap_or_default().to_string_lossy());
        self.send_frames(self.offer(name, fps, clip.size()), expected, Pace::of(fps), &mut clip)
    }

    /// Pictures go out as they are taken, so the camera itself sets the pace.
    fn send_camera(&self, typed: &str) -> anyhow::Result<Sent> {
        let choice = CameraChoice::from_text(typed, self.args.format.as_deref());
        let camera = LiveCamera::start(&choice, HostClock::start());
        let mut frames = CameraFrames::begin(camera, self.args.duration, MAX_WIDTH, self.cancel)?;
        let promised = frames.camera().state().promised_fps.map(f64::from);
        let fps = self.args.fps.or(promised).unwrap_or(USUAL_FPS);
        if let Some(most) = self.args.fps {
            frames = frames.at_most(most);
        }
        let size = frames.first().context("called off before the first picture came")?.size;
        self.send_frames(self.offer(session_name("camera"), fps, size), None, Pace::none(), &mut frames)
    }

    fn offer(&self, name: String, fps: f64, size: PictureSize) -> PhraseOffer {
        PhraseOffer {
            session_id: self.args.session_id.clone().unwrap_or(name),
            fps,
            width: size.width,
            height: size.height,
            encoding: self.args.encoding(),
            jpeg_quality: self.args.jpeg_quality,
            ..PhraseOffer::default()
        }
    }

    fn send_frames<S: FrameSource>(
        &self,
        offer: PhraseOffer,
        expected: Option<u64>,
        mut pace: Pace,
        source: &mut S,
    ) -> anyhow::Result<Sent> {
        let copy = LocalCopy::in_folder(&self.unsent, &offer)
            .with_context(|| format!("the phrase cannot be kept on disk; make room: {}", self.unsent.display()))?;
        let path = copy.path().map(Path::to_owned);
        let name = offer.session_id.clone();
        let (phrase, events) = RemotePhrase::start_with(self.server.clone(), offer, copy)?;
        let mut show = Show::new(&events, expected, self.args.verbose);
        let mut lamps = LampWatcher::new();
        let wall = unix_secs();
        let (mut ended, mut is_running) = (None, true);
        while let Some(frame) = self.unless_called_off(source.next_frame())? {
            lamps.observe(&frame);
            if is_running {
                pace.wait();
            }
            // Without a server the rest is still kept: the copy is the whole phrase.
            is_running = phrase.send_frame(wall + frame.at.secs(), pack(&frame, self.args)?);
            ended = ended.or_else(|| show.pending());
        }
        if !self.cancel.is_cancelled() {
            let (filename, log) = self.log(&mut lamps, &name);
            phrase.conclude(&filename, log);
        }
        let outcome = ended.unwrap_or_else(|| show.until_the_end(&phrase, self.cancel));
        Ok(Sent { outcome, copy: path, phrase })
    }

    /// Sends a phrase that an earlier call left behind. What is typed about lamps counts only if the copy has no log.
    pub(super) fn send_again(&self, copy: LocalCopy, offer: PhraseOffer) -> anyhow::Result<Sent> {
        let (path, frames, is_whole) = (copy.path().map(Path::to_owned), copy.frames() as u64, copy.has_signal());
        let name = offer.session_id.clone();
        let (phrase, events) = RemotePhrase::start_with(self.server.clone(), offer, copy)?;
        let mut show = Show::new(&events, Some(frames), self.args.verbose);
        if !is_whole {
            // The pictures are on the server's side of the wire; who has no log lets it look for lamps.
            let (filename, log) = self.log(&mut LampWatcher::new(), &name);
            phrase.conclude(&filename, log);
        }
        let outcome = show.until_the_end(&phrase, self.cancel);
        Ok(Sent { outcome, copy: path, phrase })
    }

    /// The next frame; none when Ctrl-C came, which is no error of the source.
    fn unless_called_off<E>(&self, next: Result<Option<Frame>, E>) -> Result<Option<Frame>, E> {
        if self.cancel.is_cancelled() { Ok(None) } else { next }
    }

    /// The log to send: the box's, a person's, or what was seen; empty when no lamp was seen, and the server looks itself.
    fn log(&self, seen: &mut LampWatcher, phrase: &str) -> (String, Vec<u8>) {
        let bytes = match &self.lamps {
            Lamps::Log { filename, bytes } => return (filename.clone(), bytes.clone()),
            Lamps::ByHand(touch) => recording::signal_log_of_now(&touch.signals(), phrase),
            Lamps::Picture => {
                let mut signals = SignalLog::default();
                seen.conclude().events.into_iter().for_each(|event| signals.push(event));
                if signals.is_empty() { Vec::new() } else { recording::signal_log_of_now(&signals, phrase) }
            }
        };
        ("signal.txt".to_owned(), bytes)
    }
}

/// Never faster than asked: a live camera would not be either.
struct Pace {
    began: Instant,
    earliest: Duration,
    step: Duration,
}

impl Pace {
    fn of(fps: f64) -> Self {
        let step = Duration::try_from_secs_f64(1.0 / fps).unwrap_or_default();
        Self { began: Instant::now(), earliest: Duration::ZERO, step }
    }

    /// For a source that takes its own time.
    fn none() -> Self {
        Self { began: Instant::now(), earliest: Duration::ZERO, step: Duration::ZERO }
    }

    fn wait(&mut self) {
        std::thread::sleep(self.earliest.saturating_sub(self.began.elapsed()));
        self.earliest += self.step;
    }
}

fn session_name(of: &str) -> String {
    format!("{}_{}", sanitise(of), (unix_secs() * 1000.0) as u64)
}

fn unix_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn pack(frame: &Frame, args: &Args) -> anyhow::Result<Vec<u8>> {
    let (width, height) = (frame.size.width, frame.size.height);
    let mut packed = Vec::new();
    match args.encoding {
        Packing::Raw => packed = pack_raw(width, height, &frame.rgb),
        Packing::Jpeg => {
            let sides = (u16::try_from(width)?, u16::try_from(height)?);
            let encoder = jpeg_encoder::Encoder::new(&mut packed, args.jpeg_quality);
            encoder.encode(&frame.rgb, sides.0, sides.1, jpeg_encoder::ColorType::Rgb)?;
        }
        Packing::Png => {
            use image::ImageEncoder;
            let encoder = image::codecs::png::PngEncoder::new(&mut packed);
            encoder.write_image(&frame.rgb, width, height, image::ExtendedColorType::Rgb8)?;
        }
    }
    Ok(packed)
}

impl From<ClientError> for Outcome {
    fn from(error: ClientError) -> Self {
        Self::Failed(error)
    }
}
