//! Arguments of `referee analyze`, and the request that they make.

use crate::cli::clip_time::{clip_speed, clip_time, quarter_turns};
use crate::cli::lamp_args::LampArgs;
use anyhow::bail;
use fencing::wording::Language;
use records::analysis::{ClipRequest, JudgedClip};
use records::report::{ResultContext, ResultPaths, analysis_result};
use settings::{AnalysisArgs, AnalysisSettings};
use std::path::{Path, PathBuf};
use std::time::Duration;
use vision::video::{ClipOptions, ClipView};

#[allow(clippy::doc_markdown, reason = "these lines are the help text, where backticks would show")]
/// Judge one clip: who has right of way, why, and how sure that is.
///
/// The lamps are given with --signal, or with --lights and --touch-at; otherwise they are looked for in the video.
///
/// Exit codes: 0 judged, 1 not judged, 2 wrong arguments, 3 judged but not every file written, 4 judged but not stable
/// (--stability), 130 interrupted.
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The clip: any video that ffmpeg reads
    pub(super) clip: PathBuf,
    #[command(flatten)]
    pub(super) lamps: LampArgs,
    /// Judge only the part of the clip from this time on: seconds such as 3.533, or minutes and seconds such as 0:03.5
    #[arg(long, value_name = "TIME", default_value = "0", allow_negative_numbers = true, value_parser = clip_time)]
    pub(super) from: f64,
    /// Judge only the part of the clip up to this time
    #[arg(long, value_name = "TIME", value_parser = clip_time)]
    pub(super) to: Option<f64>,
    /// Speed of a slow-motion clip: 0.25 or 1/4 when it plays four times as long as the scene took; 1 for real time. Times
    /// in arguments are the clip's, printed times are the scene's
    #[arg(long, value_name = "SPEED", value_parser = clip_speed)]
    pub(super) speed: Option<f64>,
    /// Rotate the clip clockwise by 0, 90, 180 or 270 degrees; without it both ways are tried when no fencer is found
    #[arg(long, value_name = "DEGREES", value_parser = quarter_turns)]
    pub(super) rotate: Option<u8>,
    /// Write the result as JSON to this file, or to standard output for "-" (and then no other files)
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Include every joint of every frame in the result
    #[arg(long)]
    pub(super) include_keypoints: bool,
    /// Make no overlay video
    #[arg(long)]
    pub(super) no_overlay: bool,
    /// Also write a lens-corrected video
    #[arg(long)]
    pub(super) corrected_video: bool,
    /// Judge the clip also encoded again in four ways, smaller, at half its frame rate, 7 ms later and mirrored, and print how far
    /// the verdict moves; exit code 4 when another call comes out or a probability moves by more than 0.08
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    pub(super) stability: bool,
    /// Write no files at all: print the verdict only
    #[arg(long)]
    pub(super) no_files: bool,
    /// Language of the verdict, the report and the overlay: en, fr, it, es, de or zh
    #[arg(long, default_value = "en")]
    pub(super) language: Language,
    /// Print the verdict in one line and nothing else
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Settings file
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[command(flatten)]
    pub(super) settings: AnalysisArgs,
}

impl Args {
    /// Makes the request; rejects contradictory arguments.
    pub(super) fn request(&self, settings: &AnalysisSettings) -> anyhow::Result<ClipRequest> {
        let starts = (0.0..f64::INFINITY).contains(&self.from);
        if !starts || self.to.is_some_and(|to| to.is_nan() || to <= self.from) {
            bail!("--from must not be negative and --to must lie after it");
        }
        let speed = self.speed.unwrap_or(1.0);
        let options = ClipOptions {
            from_secs: self.from * speed,
            to_secs: self.to.map(|to| to * speed),
            view: ClipView { quarter_turns: self.rotate.unwrap_or(0), speed },
            speed_is_stated: self.speed.is_some(),
            rotation_is_stated: self.rotate.is_some(),
            auto_rotate: true,
            ..ClipOptions::default()
        };
        Ok(ClipRequest {
            clip: self.clip.clone(),
            signals: self.lamps.clip_signals(settings.hit_sides, speed)?,
            weapon: settings.weapon,
            options,
        })
    }

    /// Rejects a path for the result that cannot be written.
    pub(super) fn check_json(&self) -> anyhow::Result<()> {
        let Some(place) = self.json.as_deref().filter(|_| !self.json_on_stdout()) else { return Ok(()) };
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if place.is_dir() || !folder.is_dir() {
            bail!(
                "the result cannot be written there; give --json a file in a folder that exists: {}",
                place.display()
            );
        }
        Ok(())
    }

    pub(super) fn json_on_stdout(&self) -> bool {
        self.json.as_deref() == Some(Path::new("-"))
    }

    /// Whether to write the artifacts of the phrase.
    pub(super) fn writes_files(&self) -> bool {
        !self.no_files && !self.stability && !self.json_on_stdout()
    }

    /// The result for `--json`.
    pub(super) fn write_json(&self, judged: &JudgedClip, request: &ClipRequest, wall: Duration) -> anyhow::Result<()> {
        let Some(place) = &self.json else { return Ok(()) };
        let paths = ResultPaths {
            input_video: Some(request.clip.clone()),
            input_signal: self.lamps.signal.clone(),
            ..ResultPaths::default()
        };
        let context = ResultContext {
            paths,
            human_answer: request.signals.human_answer(),
            processing_secs: judged.processing.as_secs_f64(),
            wall_secs: wall.as_secs_f64(),
            keypoints: self.keypoints(),
            ..ResultContext::default()
        };
        let text = analysis_result(&judged.judgement, &context).to_json()?;
        if self.json_on_stdout() {
            print!("{text}");
        } else {
            recording::write_atomically(place, text.as_bytes())?;
        }
        Ok(())
    }
}
