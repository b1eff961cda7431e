//! `referee draw`: the demo phrase as a still picture, a folder of stills, or (with ffmpeg) a clip with its signal log.

use crate::drawn::{Bystander, DrawnPhrase, Pan, demo_script, demo_studio};
use crate::time::{FrameIndex, Timestamp};
use anyhow::{Context, anyhow};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Draws the demo phrase.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to write to; made when it is not there
    #[arg(long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// Write only the picture at this moment, as PNG; may be given several times
    #[arg(long, value_name = "SECS")]
    still: Vec<f64>,
    /// Turn the camera this far along the piste during the phrase
    #[arg(long, value_name = "METRES", default_value_t = 0.0, allow_negative_numbers = true)]
    pan: f32,
    /// Draw a referee behind the piste
    #[arg(long)]
    referee: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let phrase = phrase_from(args);
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("cannot make the folder {}", args.output.display()))?;
    for secs in &args.still {
        write_still(&phrase, *secs, &args.output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn phrase_from(args: &Args) -> DrawnPhrase {
    let script = demo_script();
    let mut studio = demo_studio();
    studio.pan = Pan::sweep(0.0, script.secs(), args.pan);
    if args.referee {
        studio.bystanders.push(Bystander::standing(0.9, -1.4));
    }
    DrawnPhrase::new(script, studio)
}

fn write_still(phrase: &DrawnPhrase, secs: f64, folder: &Path) -> anyhow::Result<()> {
    let at = Timestamp::from_secs(secs);
    let frame = phrase.frame_at(at, FrameIndex(0)).ok_or_else(|| anyhow!("the picture has no size"))?;
    let path = folder.join(format!("still-{secs:.3}.png"));
    let (width, height) = (frame.size.width, frame.size.height);
    image::save_buffer(&path, &frame.rgb, width, height, image::ColorType::Rgb8)
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
