//! Commands and events of the library.

use crate::command::{Judged, LibraryCommand, Narrow};
use crate::effect::LibraryEvent;
use crate::effect::{BatchRequest, Effect, Existing, LibraryEffect, TeachingRequest};
use crate::model::{
    BatchState, Choice, ItemState, Library, LibrarySide, Model, Outcome, PathFor, Purpose, Screen, Setting, Teaching,
    Weight,
};
use records::collecting::called_phrases;
use records::library::{Entry, ExportFormat, Finding, FoundResult, LibraryFolders};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Carries out a command of the library.
pub(super) fn update(model: &mut Model, command: LibraryCommand) -> Vec<Effect> {
    use LibraryCommand as L;
    match command {
        L::Refresh => look(model),
        L::AskForFolder => super::ask_for_path(model, PathFor::LibraryFolder),
        L::AddPlace(path) => add_places(model, Vec::new(), vec![path]),
        L::RemovePlace(path) => remove_place(model, &path),
        L::OpenCurrent => open(model, model.library.cursor),
        L::OpenRow(row) => {
            model.library.choose(row, Choice::Only);
            open(model, row)
        }
        L::Judge(which) => judge(model, which),
        L::CallUncalled => super::calling::begin(model),
        L::TogglePause => toggle_pause(model),
        L::StopJudging => {
            model.library.batch.stop();
            vec![Effect::Library(LibraryEffect::StopJudging)]
        }
        L::Retry(clip) => {
            model.library.batch.retry(clip.as_deref());
            next_of_batch(model)
        }
        L::Export(format) => ask_for_list(model, format),
        L::SaveRecords => ask_where(model, PathFor::Records),
        L::Teach => ask_where(model, PathFor::ClubJudge),
        L::StopTeaching => vec![Effect::Library(LibraryEffect::StopTeaching)],
        L::JudgeWith(folder) => super::set(model, Setting::CallModels(folder)),
        shown => {
            show(&mut model.library, shown);
            Vec::new()
        }
    }
}

/// Commands that change nothing outside the library's list.
fn show(library: &mut Library, command: LibraryCommand) {
    use LibraryCommand as L;
    match command {
        L::Narrow(part) => narrow(library, part),
        L::Step { rows, choice } => library.step(rows, choice),
        L::Choose { row, choice } => library.choose(row, choice),
        L::ToggleCurrent => library.choose(library.cursor, Choice::Toggle),
        L::ChooseAll => library.choose_all(),
        L::ChooseNone => library.chosen.clear(),
        L::FocusSearch => library.search_wanted = true,
        L::Painted(rows) => {
            library.visible = rows;
            library.search_wanted = false;
            library.reveal = None;
        }
        L::DeclineOffer => library.offer.clear(),
        L::ClearBatch => library.batch.clear(),
        L::ShowSide(side) => library.side = side,
        _ => {}
    }
}

fn narrow(library: &mut Library, part: Narrow) {
    let query = &mut library.query;
    match part {
        Narrow::Text(text) => query.text = text,
        Narrow::Weapon(weapon) => query.weapon = weapon,
        Narrow::Call(call) => query.call = call,
        Narrow::Agreement(agreement) => query.agreement = agreement,
        Narrow::Confidence(low, high) => (query.least_confidence, query.greatest_confidence) = (low, high),
        Narrow::Sort(sort) => query.sort = sort,
        Narrow::Nothing => *query = records::library::Query { sort: query.sort, ..Default::default() },
    }
    library.relist();
}

/// Looks at every place again; what is listed stays until the look is complete.
pub(super) fn look(model: &mut Model) -> Vec<Effect> {
    let recordings = Some(recordings(model).to_owned());
    let library = &mut model.library;
    library.look += 1;
    library.looking = Some(0);
    library.catalogue.begin_look();
    let listed = model.settings.library_folders.iter().chain(&library.loose).cloned().collect();
    let places = LibraryFolders { listed, recordings, results: model.settings.results_folder.clone() };
    vec![Effect::Library(LibraryEffect::Look { places, number: library.look })]
}

/// Where the live piste records.
fn recordings(model: &Model) -> &Path {
    model.settings.live.recordings.as_deref().unwrap_or(&model.default_recordings)
}

/// Adds places; folders are kept between runs, clips count for this run.
fn add_places(model: &mut Model, clips: Vec<PathBuf>, folders: Vec<PathBuf>) -> Vec<Effect> {
    model.screen = Screen::Library;
    let mut kept = model.settings.library_folders.clone();
    kept.extend(folders.into_iter().filter(|f| !model.settings.library_folders.contains(f)));
    kept.dedup();
    let new_clips = clips.into_iter().filter(|clip| !model.library.loose.contains(clip)).collect::<Vec<_>>();
    model.library.loose.extend(new_clips);
    keep_folders(model, kept)
}

fn remove_place(model: &mut Model, path: &Path) -> Vec<Effect> {
    model.library.loose.retain(|other| other != path);
    let kept = model.settings.library_folders.iter().filter(|other| *other != path).cloned().collect();
    keep_folders(model, kept)
}

fn keep_folders(model: &mut Model, folders: Vec<PathBuf>) -> Vec<Effect> {
    let mut effects = Vec::new();
    if folders != model.settings.library_folders {
        effects = super::set(model, crate::model::Setting::LibraryFolders(folders));
    }
    effects.extend(look(model));
    effects
}

fn open(model: &mut Model, row: usize) -> Vec<Effect> {
    let Some(entry) = model.library.listed.get(row).cloned() else { return Vec::new() };
    let Some(clip) = entry.clip.clone() else {
        let text = entry.trouble.clone().unwrap_or_else(|| "notice-no-clip".to_owned());
        model.notices.add(Weight::Warning, text, model.now_secs);
        return Vec::new();
    };
    model.screen = Screen::Review;
    super::open_clip(model, clip)
}

fn judge(model: &mut Model, which: Judged) -> Vec<Effect> {
    let library = &mut model.library;
    let entries: Vec<Arc<Entry>> = match which {
        Judged::Chosen => library.chosen_entries(),
        Judged::Unjudged => library.unjudged_entries(),
        Judged::Offered => library.offered_entries(),
    };
    library.offer.clear();
    if library.batch.add(entries.iter().map(AsRef::as_ref)) == 0 {
        model.notices.add(Weight::Hint, "notice-nothing-to-judge", model.now_secs);
        return Vec::new();
    }
    library.side = LibrarySide::Batch;
    next_of_batch(model)
}

fn toggle_pause(model: &mut Model) -> Vec<Effect> {
    let batch = &mut model.library.batch;
    batch.state = match batch.state {
        BatchState::Going => BatchState::Paused,
        BatchState::Paused => BatchState::Going,
    };
    next_of_batch(model)
}

fn next_of_batch(model: &mut Model) -> Vec<Effect> {
    let Some(item) = model.library.batch.begin_next() else { return Vec::new() };
    let request = BatchRequest {
        clip: item.clip.clone(),
        kind: item.kind,
        weapon: item.weapon.unwrap_or_else(|| model.settings.weapon()),
        settings: model.settings.clone(),
    };
    vec![Effect::Library(LibraryEffect::Judge(Box::new(request)))]
}

/// A list is saved where the user says.
fn ask_for_list(model: &mut Model, format: ExportFormat) -> Vec<Effect> {
    if model.library.listed.is_empty() {
        model.notices.add(Weight::Hint, "notice-nothing-listed", model.now_secs);
        return Vec::new();
    }
    super::ask_for_path(model, PathFor::List(format))
}

/// Called phrases are saved, and a judge is taught, where the user says.
fn ask_where(model: &mut Model, purpose: PathFor) -> Vec<Effect> {
    if model.library.called == 0 {
        model.notices.add(Weight::Hint, "notice-nothing-called", model.now_secs);
        return Vec::new();
    }
    if model.library.teaching.is_running() {
        return Vec::new();
    }
    super::ask_for_path(model, purpose)
}

/// Collects all called phrases of the library, whatever the filter shows. The records of a club's judge are replaced: they are
/// always all of its phrases.
pub(super) fn teach(model: &mut Model, purpose: Purpose, existing: Existing) -> Vec<Effect> {
    let library = &mut model.library;
    let phrases = called_phrases(&library.catalogue);
    library.teaching = Teaching::Collecting { done: 0, all: phrases.len() };
    library.side = LibrarySide::Figures;
    let request = TeachingRequest { phrases, purpose, existing, settings: model.settings.clone() };
    vec![Effect::Library(LibraryEffect::Teach(Box::new(request)))]
}

/// Default folder of an exported list: the results folder, or that of the recordings.
pub(super) fn usual_list(model: &Model, format: ExportFormat) -> PathBuf {
    let folder = model.settings.results_folder.as_deref().unwrap_or_else(|| recordings(model));
    folder.join(format!("phrases.{}", format.extension()))
}

pub(super) fn save_list(model: &Model, format: ExportFormat, path: PathBuf, existing: Existing) -> Vec<Effect> {
    let entries = model.library.listed.clone();
    vec![Effect::Library(LibraryEffect::Export { format, entries, path, existing })]
}

pub(super) fn add_folder(model: &mut Model, folder: PathBuf) -> Vec<Effect> {
    add_places(model, Vec::new(), vec![folder])
}

/// Handles an event of the library's workers.
pub(super) fn apply(model: &mut Model, event: LibraryEvent) -> Vec<Effect> {
    match event {
        LibraryEvent::Found { number, findings } => found(&mut model.library, number, findings),
        LibraryEvent::Looked { number } => looked(&mut model.library, number),
        LibraryEvent::SortedOut { clips, folders } => return sorted_out(model, clips, folders),
        LibraryEvent::Probed { path, probed } => {
            model.library.catalogue.add_probed(&path, &probed);
            refresh_row(&mut model.library, &path);
        }
        LibraryEvent::BatchProgress { clip, stage, share } => {
            model.library.batch.note(&clip, ItemState::Running { stage, share });
        }
        LibraryEvent::BatchDone { clip, result } => return batch_done(model, &clip, *result),
        LibraryEvent::BatchFailed { clip, text } => return batch_ended(model, &clip, ItemState::Failed(text)),
        LibraryEvent::BatchStopped { clip } => return batch_ended(model, &clip, ItemState::Stopped),
        LibraryEvent::Teaching(state) => teaching(model, state),
        LibraryEvent::Exported(path) => {
            let text = format!("notice-saved {}", path.display());
            model.notices.add(Weight::Done, text, model.now_secs);
        }
    }
    Vec::new()
}

/// What a worker reports; the end is mentioned where the library is not shown.
fn teaching(model: &mut Model, state: Teaching) {
    let notice = match &state {
        Teaching::Done(_) => Some((Weight::Done, "notice-taught".to_owned())),
        Teaching::Failed(text) => Some((Weight::Failure, format!("notice-teaching-failed {text}"))),
        _ => None,
    };
    if let Some((weight, text)) = notice.filter(|_| model.screen != Screen::Library) {
        model.notices.add(weight, text, model.now_secs);
    }
    model.library.teaching = state;
}

fn found(library: &mut Library, number: u64, findings: Vec<Finding>) {
    if number != library.look {
        return;
    }
    if let Some(count) = &mut library.looking {
        *count += findings.iter().filter(|finding| matches!(finding, Finding::Entry(_))).count();
    }
    for finding in findings {
        library.catalogue.add(finding);
    }
    library.relist();
}

fn looked(library: &mut Library, number: u64) {
    if number == library.look {
        library.catalogue.end_look();
        library.looking = None;
        library.relist();
    }
}

/// One file is reviewed; several, or a folder, are listed and offered for judging.
fn sorted_out(model: &mut Model, clips: Vec<PathBuf>, folders: Vec<PathBuf>) -> Vec<Effect> {
    if let (true, [clip]) = (folders.is_empty(), clips.as_slice()) {
        model.screen = Screen::Review;
        return super::open_clip(model, clip.clone());
    }
    model.library.offer = clips.iter().chain(&folders).cloned().collect();
    add_places(model, clips, folders)
}

/// Adds properties read from a clip to its row, without sorting the list again.
fn refresh_row(library: &mut Library, path: &Path) {
    let Some(entry) = library.catalogue.get(path).cloned() else { return };
    if let Some(row) = library.visible.clone().find(|row| library.listed.get(*row).is_some_and(|e| e.path == path))
        && let Some(place) = library.listed.get_mut(row)
    {
        let waited = place.awaits_judgement();
        let gone = usize::from(waited && !entry.awaits_judgement());
        library.unjudged = library.unjudged.saturating_sub(gone);
        *place = entry;
    }
}

fn batch_done(model: &mut Model, clip: &Path, result: FoundResult) -> Vec<Effect> {
    let outcome =
        Outcome { call: result.machine.call, confidence: result.machine.confidence.map(fencing::Confidence::word) };
    model.library.catalogue.add(Finding::Result(Box::new(result)));
    model.library.relist();
    batch_ended(model, clip, ItemState::Done(outcome))
}

fn batch_ended(model: &mut Model, clip: &Path, state: ItemState) -> Vec<Effect> {
    model.library.batch.note(clip, state);
    let effects = next_of_batch(model);
    let batch = &model.library.batch;
    if effects.is_empty() && !batch.is_open() && model.screen != Screen::Library {
        model.notices.add(Weight::Done, "notice-batch-done", model.now_secs);
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::update::update as run;

    fn with_folder() -> (tempfile::TempDir, Model) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["first.mp4", "second.mp4"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let mut model = Model::default();
        let effects = run(&mut model, Command::Library(LibraryCommand::AddPlace(dir.path().to_owned())));
        assert!(matches!(&effects[0], Effect::SaveSettings(_)), "folders are kept");
        carry_out(&mut model, &effects);
        (dir, model)
    }

    /// Does what the worker would do, at once.
    fn carry_out(model: &mut Model, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Library(LibraryEffect::Look { places, number }) = effect {
                let mut findings = Vec::new();
                records::library::scan(places, &vision::video::Cancel::new(), &mut |finding| findings.push(finding));
                apply(model, LibraryEvent::Found { number: *number, findings });
                apply(model, LibraryEvent::Looked { number: *number });
            }
        }
    }

    fn clip_to_judge(effects: &[Effect]) -> Option<PathBuf> {
        effects.iter().find_map(|effect| match effect {
            Effect::Library(LibraryEffect::Judge(request)) => Some(request.clip.clone()),
            _ => None,
        })
    }

    #[test]
    fn a_folder_is_listed_and_a_row_opens_in_the_review() {
        let (_dir, mut model) = with_folder();
        assert_eq!((model.library.listed.len(), model.library.looking), (2, None));
        run(&mut model, Command::Library(LibraryCommand::Narrow(Narrow::Text("second".into()))));
        let effects = run(&mut model, Command::Library(LibraryCommand::OpenCurrent));
        assert!(matches!(&effects[..], [Effect::OpenClip(clip)] if clip.ends_with("second.mp4")));
        assert_eq!(model.screen, Screen::Review);
    }

    #[test]
    fn a_queue_goes_on_after_an_error_and_tries_again_when_asked() {
        let (_dir, mut model) = with_folder();
        let effects = run(&mut model, Command::Library(LibraryCommand::Judge(Judged::Unjudged)));
        let first = clip_to_judge(&effects).unwrap();
        let effects = apply(&mut model, LibraryEvent::BatchFailed { clip: first.clone(), text: "no".into() });
        let second = clip_to_judge(&effects).unwrap();
        assert_ne!(first, second);
        assert!(clip_to_judge(&apply(&mut model, LibraryEvent::BatchStopped { clip: second })).is_none());
        let effects = run(&mut model, Command::Library(LibraryCommand::Retry(Some(first.clone()))));
        assert_eq!(clip_to_judge(&effects), Some(first));
    }

    #[test]
    fn a_pause_waits_for_the_word_to_go_on() {
        let (_dir, mut model) = with_folder();
        let first = clip_to_judge(&run(&mut model, Command::Library(LibraryCommand::Judge(Judged::Unjudged)))).unwrap();
        run(&mut model, Command::Library(LibraryCommand::TogglePause));
        assert!(clip_to_judge(&apply(&mut model, LibraryEvent::BatchStopped { clip: first })).is_none());
        assert!(clip_to_judge(&run(&mut model, Command::Library(LibraryCommand::TogglePause))).is_some());
    }

    #[test]
    fn what_is_dropped_is_distinguished() {
        let (dir, mut model) = with_folder();
        let clip = dir.path().join("first.mp4");
        let effects = apply(&mut model, LibraryEvent::SortedOut { clips: vec![clip.clone()], folders: vec![] });
        assert!(matches!(&effects[..], [Effect::OpenClip(_)]));
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("third.mp4"), "x").unwrap();
        let folders = vec![other.path().canonicalize().unwrap()];
        let effects = apply(&mut model, LibraryEvent::SortedOut { clips: vec![], folders });
        carry_out(&mut model, &effects);
        assert_eq!((model.screen, model.library.offered_entries().len()), (Screen::Library, 1));
    }

    #[test]
    fn an_older_look_is_dropped_and_a_clip_that_is_gone_leaves_with_the_next() {
        let (dir, mut model) = with_folder();
        std::fs::remove_file(dir.path().join("first.mp4")).unwrap();
        let effects = run(&mut model, Command::Library(LibraryCommand::Refresh));
        apply(&mut model, LibraryEvent::Looked { number: 1 });
        assert_eq!(model.library.listed.len(), 2, "an older look ends nothing");
        carry_out(&mut model, &effects);
        assert_eq!(model.library.listed.len(), 1);
    }

    /// A library of one folder with two phrases, of which a referee called the first as a touch.
    fn with_a_called_phrase() -> (tempfile::TempDir, Model) {
        let (dir, mut model) = with_folder();
        for (name, call) in [("20260127_100001_phrase01", "left"), ("20260127_100002_phrase02", "no_touch")] {
            let folder = dir.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(format!("{name}.mkv")), "x").unwrap();
            std::fs::write(folder.join("phrase.json"), format!(r#"{{"own_call":"{call}"}}"#)).unwrap();
        }
        let effects = look(&mut model);
        carry_out(&mut model, &effects);
        (dir, model)
    }

    #[test]
    fn called_phrases_are_collected_whatever_the_filter_shows_and_the_better_judge_is_a_setting() {
        let (dir, mut model) = with_a_called_phrase();
        assert_eq!(model.library.called, 1, "a call of no touch says nothing about right of way");
        run(&mut model, Command::Library(LibraryCommand::Narrow(Narrow::Text("no match".into()))));
        let asked = run(&mut model, Command::Library(LibraryCommand::Teach));
        assert_eq!(asked, [Effect::AskForPath(PathFor::ClubJudge)]);
        let effects = super::teach(&mut model, Purpose::Judge(dir.path().join("club")), Existing::Replace);
        let [Effect::Library(LibraryEffect::Teach(request))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(request.phrases.len(), 1);
        assert!(model.library.teaching.is_running());
        assert_eq!(run(&mut model, Command::Library(LibraryCommand::SaveRecords)), [], "one at a time");

        let models = dir.path().join("club/judge");
        let judge = crate::model::ClubJudge { adapted: fencing::learned::Adapted::default(), models: models.clone() };
        let records = dir.path().join("club/phrases.jsonl.gz");
        let taught = crate::model::Taught { records, phrases: 1, left_out: Vec::new(), judge: Some(judge) };
        model.screen = Screen::Piste;
        apply(&mut model, LibraryEvent::Teaching(Teaching::Done(taught)));
        assert!(!model.library.teaching.is_running());
        assert!(
            model.notices.history().iter().any(|notice| notice.text == "notice-taught"),
            "the end is mentioned elsewhere"
        );
        let effects = run(&mut model, Command::Library(LibraryCommand::JudgeWith(Some(models.clone()))));
        assert!(matches!(&effects[..], [Effect::SaveSettings(kept)] if kept.call_models.as_ref() == Some(&models)));
    }

    #[test]
    fn without_a_called_phrase_the_way_to_one_is_named() {
        let (_dir, mut model) = with_folder();
        assert_eq!(run(&mut model, Command::Library(LibraryCommand::SaveRecords)), []);
        assert!(model.notices.history().iter().any(|notice| notice.text == "notice-nothing-called"));
    }
}
