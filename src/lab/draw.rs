//! `referee-lab draw`: the demo phrase as a clip with its signal log, or as still images.

use anyhow::{Context, anyhow};
use fencing::SignalLog;
use fencing::time::{FrameIndex, Timestamp};
use lab::drawn::{Bystander, DEMO_NAME, DrawnPhrase, Pan, demo_script, demo_studio};
use recording::{SignalLogMeta, write_atomically, write_signal_log};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use time::macros::datetime;
use vision::video::{Cancel, FrameSource, VideoWriter, WriterOptions};

/// Draw the demo phrase: a clip with its signal log, or stills.
///
/// The same options give the same images every time.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to write to; made when it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// Write only the image at this moment, as PNG; may be given several times
    #[arg(long, value_name = "SECS")]
    still: Vec<f64>,
    /// Width of the image in pixels; its shape stays 16:9
    #[arg(long, value_name = "PIXELS", default_value_t = 1280, value_parser = clap::value_parser!(u32).range(160..=3840))]
    width: u32,
    /// Frames per second
    #[arg(long, value_name = "RATE", default_value_t = 30.0, value_parser = frame_rate)]
    fps: f64,
    /// Sensor noise, standard deviation in levels of 255
    #[arg(long, value_name = "LEVELS", default_value_t = 2.0)]
    noise: f32,
    /// Turn the camera this far along the piste during the phrase
    #[arg(long, value_name = "METRES", default_value_t = 0.0, allow_negative_numbers = true)]
    pan: f32,
    /// Draw a referee behind the piste
    #[arg(long)]
    referee: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut phrase = phrase_from(args);
    std::fs::create_dir_all(&args.output)
        .map_err(|e| anyhow!("the folder cannot be made ({e}); choose another --output: {}", args.output.display()))?;
    if args.still.is_empty() {
        write_clip(&mut phrase, &args.output.join(format!("{DEMO_NAME}.mp4")))?;
        write_log(&phrase.signal_log(), &args.output.join(format!("{DEMO_NAME}.txt")))?;
    }
    for secs in &args.still {
        write_still(&phrase, *secs, &args.output)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A rate between 1 and 240 frames per second.
fn frame_rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| format!("'{text}' is not a number"))?;
    if (1.0..=240.0).contains(&rate) { Ok(rate) } else { Err("say a rate from 1 to 240".to_owned()) }
}

fn phrase_from(args: &Args) -> DrawnPhrase {
    let script = demo_script();
    let even_height = (args.width * 9 / 16).next_multiple_of(2);
    let mut studio = demo_studio().with_size(args.width.next_multiple_of(2), even_height).with_rate(args.fps);
    studio.noise_levels = args.noise.clamp(0.0, 100.0);
    studio.pan = Pan::sweep(0.0, script.secs(), args.pan.clamp(-10.0, 10.0));
    if args.referee {
        studio.bystanders.push(Bystander::standing(0.9, -1.4));
    }
    DrawnPhrase::new(script, studio)
}

fn write_clip(phrase: &mut DrawnPhrase, path: &Path) -> anyhow::Result<()> {
    let mut writer = VideoWriter::create(path, phrase.size(), &WriterOptions::default(), &Cancel::new())?;
    while let Some(frame) = phrase.next_frame()? {
        writer.write(&frame)?;
    }
    writer.finish()?;
    println!("{}", path.display());
    Ok(())
}

/// Writes the log without any answer: the judge has to find it.
fn write_log(log: &SignalLog, path: &Path) -> anyhow::Result<()> {
    let started_at = datetime!(2026-01-01 12:00:00);
    let length = log.events().last().map_or(0.0, |last| last.at.secs());
    let ended_at = started_at + time::Duration::seconds_f64(length);
    let meta = SignalLogMeta { phrase: "demo".to_owned(), started_at, ended_at, answer: None };
    write_atomically(path, write_signal_log(log, &meta).as_bytes())?;
    println!("{}", path.display());
    Ok(())
}

fn write_still(phrase: &DrawnPhrase, secs: f64, folder: &Path) -> anyhow::Result<()> {
    let at = Timestamp::from_secs(secs);
    let frame = phrase.frame_at(at, FrameIndex(0)).ok_or_else(|| anyhow!("the image has no size"))?;
    let path = folder.join(format!("still-{secs:.3}.png"));
    let (width, height) = (frame.size.width, frame.size.height);
    image::save_buffer(&path, &frame.rgb, width, height, image::ColorType::Rgb8)
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
