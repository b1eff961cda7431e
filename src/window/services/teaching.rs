//! Teaches the judge a club's phrases: analyses every called phrase, writes the records, and adds them to the judge.

use super::judge::EngineCache;
use super::library::place_of;
use super::workers::{self, EventSender};
use crate::effect::{Event, LibraryEvent, TeachingRequest};
use crate::model::{ClubJudge, Taught, Teaching};
use fencing::learned::{Adapted, DEFAULT_FOLDS, DEFAULT_SEED, Models, adapt};
use learning::read_examples;
use recording::{HitSides, folder::create_fresh};
use records::collecting::{CollectDefaults, RecordFile, phrase_record};
use std::path::Path;
use std::sync::Arc;
use vision::video::Cancel;

/// Starts the worker.
pub(super) fn start(
    request: TeachingRequest,
    engine: Arc<EngineCache>,
    cancel: Cancel,
    events: &EventSender,
) -> Option<Event> {
    let failed = |text: String| Event::Library(LibraryEvent::Teaching(Teaching::Failed(text)));
    workers::start("teaching", events, failed, move |events| {
        let report = |state: Teaching| events.send(Event::Library(LibraryEvent::Teaching(state)));
        report(match collect_and_teach(&request, &engine, &cancel, &report) {
            Ok(taught) => Teaching::Done(taught),
            Err(_) if cancel.is_cancelled() => Teaching::Idle,
            Err(text) => Teaching::Failed(text),
        });
    })
}

fn collect_and_teach(
    request: &TeachingRequest,
    engine: &EngineCache,
    cancel: &Cancel,
    report: &impl Fn(Teaching),
) -> Result<Taught, String> {
    let mut taught = collect(request, engine, cancel, report)?;
    if let Some(models) = request.purpose.models() {
        report(Teaching::Learning);
        taught.judge = Some(teach(&taught.records, &models)?);
    }
    Ok(taught)
}

/// Writes the record of every called phrase. The file appears when it is complete.
fn collect(
    request: &TeachingRequest,
    engine: &EngineCache,
    cancel: &Cancel,
    report: &impl Fn(Teaching),
) -> Result<Taught, String> {
    let records = place_of(request.purpose.records(), request.existing)?;
    if let Some(folder) = records.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("the folder cannot be made ({e}): {}", folder.display()))?;
    }
    let mut file = RecordFile::create(&records).map_err(|e| e.to_string())?;
    let engine = engine.engine_for(&request.settings)?;
    let defaults = CollectDefaults { weapon: request.settings.weapon(), hit_sides: HitSides::Auto };
    let (mut phrases, mut left_out) = (0, Vec::new());
    for (done, (entry, label)) in request.phrases.iter().enumerate() {
        report(Teaching::Collecting { done, all: request.phrases.len() });
        match phrase_record(entry, *label, &engine, defaults, cancel) {
            Ok(line) => {
                file.write(&line).map_err(|e| e.to_string())?;
                phrases += 1;
            }
            Err(error) if cancel.is_cancelled() => return Err(error.to_string()),
            Err(error) => left_out.push(format!("{}: {error}", entry.title)),
        }
    }
    if phrases == 0 {
        left_out.truncate(3);
        return Err(format!("none of the called phrases could be used. {}", left_out.join("; ")));
    }
    file.commit().map_err(|e| e.to_string())?;
    Ok(Taught { records, phrases, left_out, judge: None })
}

/// Adds the records to the built-in judge: they are always all of the club's phrases, so an earlier club judge would count them twice.
/// The models go into a new folder: an engine that judges with earlier ones knows them by their path.
fn teach(records: &Path, wanted: &Path) -> Result<ClubJudge, String> {
    let examples = read_examples(records, |error| tracing::warn!("{error}")).map_err(|e| e.to_string())?;
    let start = Models::embedded().map_err(|e| e.to_string())?;
    let models = create_fresh(wanted).map_err(|e| e.to_string())?;
    let adapted = adapt(start, &examples, &models, (usize::from(DEFAULT_FOLDS), DEFAULT_SEED));
    if !adapted.as_ref().is_ok_and(Adapted::is_better) {
        // Nothing was written into it.
        let _gone = std::fs::remove_dir(&models);
    }
    Ok(ClubJudge { adapted: adapted.map_err(|e| e.to_string())?, models })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Existing;
    use crate::model::{Purpose, Settings};
    use records::collecting::called_phrases;
    use records::library::{Catalogue, LibraryFolders, scan};

    #[test]
    fn an_engine_that_cannot_be_loaded_is_reported_and_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let name = "20260127_100001_phrase01";
        let folder = dir.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.mkv")), "no video").unwrap();
        std::fs::write(folder.join("phrase.json"), r#"{"own_call":"left"}"#).unwrap();
        let mut all = Catalogue::default();
        let listed = LibraryFolders { listed: vec![dir.path().to_owned()], ..LibraryFolders::default() };
        scan(&listed, &Cancel::new(), &mut |finding| all.add(finding));
        let phrases = called_phrases(&all);
        assert_eq!(phrases.len(), 1);
        let engine = EngineCache::new(Arc::new(|_| Err("no models".to_owned())));
        let club = dir.path().join("club");
        let request = TeachingRequest {
            phrases,
            purpose: Purpose::Judge(club.clone()),
            existing: Existing::Replace,
            settings: Settings::default(),
        };
        let failed = collect_and_teach(&request, &engine, &Cancel::new(), &|_| {});
        assert_eq!(failed, Err("no models".to_owned()));
        assert_eq!(std::fs::read_dir(club).unwrap().count(), 0);
    }

    #[test]
    fn an_existing_file_is_kept_where_a_path_was_typed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("phrases.jsonl.gz");
        std::fs::write(&file, "records of last year").unwrap();
        assert_eq!(place_of(file.clone(), Existing::Replace), Ok(file.clone()));
        assert_eq!(place_of(file, Existing::Keep), Ok(dir.path().join("phrases.jsonl-1.gz")));
    }

    #[test]
    fn too_few_phrases_teach_nothing_and_leave_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let records = dir.path().join("phrases.jsonl");
        std::fs::write(&records, "").unwrap();
        let models = dir.path().join("judge");
        std::fs::create_dir(&models).unwrap();
        assert!(teach(&records, &models).is_err());
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "the judge of before and the records: {left:?}");
    }
}
