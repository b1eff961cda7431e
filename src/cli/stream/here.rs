//! Judges the phrase on this machine when no server did.

use super::args::Args;
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use records::report::{ResultContext, analysis_result};
use serde_json::Value;
use settings::{AnalysisArgs, AnalysisSettings, Environment, FileSettings, SystemPaths};
use vision::engine::Engine;
use vision::video::{Cancel, ClipOptions};
use wire::client::RemotePhrase;

/// Judges the clip if there is one, otherwise the kept frames of the camera or of an earlier call.
pub(super) fn judge(
    args: &Args,
    environment: &Environment,
    phrase: &RemotePhrase,
    cancel: &Cancel,
) -> anyhow::Result<Value> {
    let file = FileSettings::find(None, environment)?;
    let settings = AnalysisSettings::resolve(AnalysisArgs::default(), environment, file.analysis)?;
    let engine = Engine::load(&settings.engine_config(&SystemPaths::of_this_machine(environment), 1)?)?;
    let folder = tempfile::tempdir()?;
    let (clip, signals, to_secs) = if let Some(video) = &args.video {
        (video.clone(), args.lamps.clip_signals(settings.hit_sides, 1.0)?, Some(args.duration))
    } else {
        let saved = phrase.save(folder.path(), cancel)?;
        (saved.clip, ClipSignals::of(None, saved.signal.as_deref(), settings.hit_sides), None)
    };
    let options = ClipOptions { to_secs, ..ClipOptions::default() };
    let request = ClipRequest { clip, signals, weapon: settings.weapon, options };
    let judged = judge_clip(&engine, &request, cancel, &mut |_| {})?;
    let context = ResultContext { processing_secs: judged.processing.as_secs_f64(), ..ResultContext::default() };
    let mut result = serde_json::to_value(analysis_result(&judged.judgement, &context))?;
    if let Some(object) = result.as_object_mut() {
        object.insert("processing_mode".to_owned(), "offline_fallback".into());
    }
    Ok(result)
}
