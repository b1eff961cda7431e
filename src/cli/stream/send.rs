//! Sends the frames of a clip, a camera or a kept phrase in real time.

use super::args::{Args, Lamps, Packing};
use super::show::Show;
use super::{ClientError, Outcome};
use anyhow::Context;
use capture::camera::{CameraChoice, CameraFrames, LiveCamera};
use fencing::SignalLog;
use fencing::geometry::FrameSize;
use fencing::time::HostClock;
use recording::sanitise;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use vision::lamps::LampDetector;
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};
use wire::client::{LocalCopy, PhraseOffer, RemotePhrase, ServerAddress, pack_raw};

/// Maximum width of sent frames, in pixels: 4K.
const MAX_WIDTH: u32 = 3840;
/// Frame rate of a clip without one.
const USUAL_FPS: f64 = 30.0;

/// How sending ended, and the path of the kept phrase.
pub(super) struct Sent {
    pub(super) outcome: Outcome,
    pub(super) copy: Option<PathBuf>,
    /// The kept phrase.
    pub(super) phrase: RemotePhrase,
}

/// Sends phrases to one server.
pub(super) struct Sender<'a> {
    pub(super) args: &'a Args,
    pub(super) server: ServerAddress,
    pub(super) lamps: Lamps,
    /// Folder of kept phrases.
    pub(super) unsent: PathBuf,
    pub(super) cancel: &'a Cancel,
}

impl Sender<'_> {
    /// Sends the clip or the camera.
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
        let own = clip.info().frames_per_sec.filter(|fps| *fps > 0.0).unwrap_or(USUAL_FPS);
        let (fps, least_step_secs) = thinned(own, self.args.fps);
        let expected = clip.expected_frames().map(|frames| (frames as f64 * fps / own).round() as u64);
        let name = session_name(&video.file_stem().unwrap_or_default().to_string_lossy());
        // Declares a recording, of which a server analyses every frame.
        let offer = PhraseOffer { expected_frames: expected, ..self.offer(name, fps, clip.size()) };
        let mut frames = Thinned { source: &mut clip, least_step_secs, due: None };
        self.send_frames(offer, expected, Pace::of_a_clip(), &mut frames)
    }

    /// Frames are sent as they are taken, so the camera sets the pace.
    fn send_camera(&self, typed: &str) -> anyhow::Result<Sent> {
        let choice = CameraChoice::from_text(typed, self.args.format.as_deref());
        let camera = LiveCamera::start(&choice, HostClock::start());
        let mut frames = CameraFrames::begin(camera, self.args.duration, MAX_WIDTH, self.cancel)?;
        let promised = frames.camera().state().promised_fps.map(f64::from);
        // Do not declare more than the camera delivers.
        let own = promised.unwrap_or(USUAL_FPS);
        let fps = self.args.fps.map_or(own, |most| most.min(promised.unwrap_or(most)));
        if let Some(most) = self.args.fps {
            frames = frames.at_most(most);
        }
        let size = frames.first().context("called off before the first frame came")?.size;
        self.send_frames(self.offer(session_name("camera"), fps, size), None, Pace::Live, &mut frames)
    }

    fn offer(&self, name: String, fps: f64, size: FrameSize) -> PhraseOffer {
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
        pace: Pace,
        source: &mut S,
    ) -> anyhow::Result<Sent> {
        let copy = LocalCopy::in_folder(&self.unsent, &offer)
            .with_context(|| format!("the phrase cannot be kept on disk; make room: {}", self.unsent.display()))?;
        let path = copy.path().map(Path::to_owned);
        let name = offer.session_id.clone();
        let (phrase, events) = RemotePhrase::start_with(self.server.clone(), offer, copy)?;
        let mut show = Show::new(&events, expected, self.args.verbose);
        let mut lamps = LampDetector::new();
        let wall = unix_secs();
        let (mut ended, mut is_running, mut first) = (None, true, None);
        while let Some(frame) = self.unless_called_off(source.next_frame())? {
            lamps.observe(&frame);
            if is_running {
                pace.wait(frame.at.secs_since(*first.get_or_insert(frame.at)));
            }
            // Without a server the rest is still kept, so that the copy is complete.
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

    /// Sends a phrase that an earlier call kept. Lamps in the arguments count only if the copy has no log.
    pub(super) fn send_again(&self, copy: LocalCopy, offer: PhraseOffer) -> anyhow::Result<Sent> {
        let (path, frames, is_whole) = (copy.path().map(Path::to_owned), copy.frames() as u64, copy.has_signal());
        let name = offer.session_id.clone();
        let (phrase, events) = RemotePhrase::start_with(self.server.clone(), offer, copy)?;
        let mut show = Show::new(&events, Some(frames), self.args.verbose);
        if !is_whole {
            // The server has the frames; without a log it looks for lamps in them.
            let (filename, log) = self.log(&mut LampDetector::new(), &name);
            phrase.conclude(&filename, log);
        }
        let outcome = show.until_the_end(&phrase, self.cancel);
        Ok(Sent { outcome, copy: path, phrase })
    }

    /// The next frame; `None` after Ctrl-C, which is not an error of the source.
    fn unless_called_off<E>(&self, next: Result<Option<Frame>, E>) -> Result<Option<Frame>, E> {
        if self.cancel.is_cancelled() { Ok(None) } else { next }
    }

    /// The log to send: of the box, of a person, or of the lamps seen; empty when no lamp was seen, so that the server looks itself.
    fn log(&self, seen: &mut LampDetector, phrase: &str) -> (String, Vec<u8>) {
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

/// The declared rate and the smallest step between two sent frames: every frame, and never more than the clip has, unless fewer are
/// requested. A server that counts frames needs steps as even as the clip allows.
fn thinned(own: f64, asked: Option<f64>) -> (f64, f64) {
    match asked.filter(|asked| *asked < own) {
        Some(asked) => (asked, asked.recip()),
        None => (own, 0.0),
    }
}

/// Frames of a source at a limited rate, each with its own time.
struct Thinned<'a, S> {
    source: &'a mut S,
    least_step_secs: f64,
    /// When the next frame is sent, on the source's clock.
    due: Option<f64>,
}

impl<S: FrameSource> FrameSource for Thinned<'_, S> {
    type Error = S::Error;

    fn next_frame(&mut self) -> Result<Option<Frame>, S::Error> {
        while let Some(frame) = self.source.next_frame()? {
            let at = frame.at.secs();
            let due = *self.due.get_or_insert(at);
            // Half a millisecond of grace for times that are rounded.
            if at + 5e-4 >= due {
                // From when it was due, so that the mean rate is the one that is declared; after a gap from the frame itself.
                let late = at - due;
                self.due = Some(if late < self.least_step_secs { due } else { at } + self.least_step_secs);
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }
}

/// Never faster than it was filmed: a live camera would not be either.
enum Pace {
    /// A clip: by the times of its frames.
    Clip { began: Instant },
    /// A source that takes its own time.
    Live,
}

impl Pace {
    fn of_a_clip() -> Self {
        Self::Clip { began: Instant::now() }
    }

    fn wait(&self, at_secs: f64) {
        if let Self::Clip { began } = self {
            let due = Duration::try_from_secs_f64(at_secs).unwrap_or_default();
            std::thread::sleep(due.saturating_sub(began.elapsed()));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::{FrameIndex, Timestamp};

    /// A source of so many frames per second, a second long.
    struct Film {
        fps: f64,
        next: u32,
    }

    impl FrameSource for Film {
        type Error = std::convert::Infallible;

        fn next_frame(&mut self) -> Result<Option<Frame>, Self::Error> {
            let (at, size) = (f64::from(self.next) / self.fps, FrameSize::new(2, 2));
            self.next += 1;
            let index = FrameIndex(u64::from(self.next));
            let frame = Frame::from_rgb(Timestamp::from_secs(at), index, size, size, vec![0; 12]);
            Ok(frame.filter(|_| at < 1.0))
        }
    }

    #[test]
    fn a_clip_is_thinned_and_never_stretched() {
        let check = |own: f64, asked: Option<f64>, declared: f64, sent: &[f64]| {
            let (fps, least_step_secs) = thinned(own, asked);
            assert!((fps - declared).abs() < 1e-9, "{own} {asked:?}: {fps}");
            let mut source = Film { fps: own, next: 0 };
            let mut frames = Thinned { source: &mut source, least_step_secs, due: None };
            let mut times = Vec::new();
            while let Ok(Some(frame)) = frames.next_frame() {
                times.push((frame.at.secs() * 1e3).round() / 1e3);
            }
            assert_eq!(times, sent, "{own} {asked:?}");
        };
        check(10.0, None, 10.0, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        check(10.0, Some(60.0), 10.0, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        check(10.0, Some(5.0), 5.0, &[0.0, 0.2, 0.4, 0.6, 0.8]);
        check(30.0, Some(5.0), 5.0, &[0.0, 0.2, 0.4, 0.6, 0.8]);
        check(10.0, Some(4.0), 4.0, &[0.0, 0.3, 0.5, 0.8]);
    }
}
