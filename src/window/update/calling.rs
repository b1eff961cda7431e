//! The calling pass: opens the phrases without a referee's call one after the other, until the last or Escape.

use crate::effect::Effect;
use crate::model::{CallingPass, Model, Replay, Screen, Weight};
use std::path::PathBuf;

/// Begins a pass through the uncalled phrases of the list.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let pass = CallingPass::of(model.library.listed.iter().map(AsRef::as_ref));
    if pass.position().1 == 0 {
        model.notices.add(Weight::Hint, "notice-nothing-to-call", model.now_secs);
        return Vec::new();
    }
    model.calling = Some(pass);
    model.screen = Screen::Review;
    next(model)
}

/// Opens the next phrase of the pass, or returns to the library after the last. Does nothing without a pass.
pub(super) fn next(model: &mut Model) -> Vec<Effect> {
    let Some(pass) = &mut model.calling else { return Vec::new() };
    let clip: Option<PathBuf> = pass.advance().map(|phrase| phrase.clip.clone());
    if let Some(clip) = clip {
        return super::open_clip(model, clip);
    }
    let called = pass.called();
    end(model);
    model.notices.add(Weight::Done, format!("notice-all-called {called}"), model.now_secs);
    Vec::new()
}

/// Ends a pass; returns whether there was one.
pub(super) fn end(model: &mut Model) -> bool {
    let ended = model.calling.take().is_some();
    if ended && model.screen == Screen::Review {
        model.screen = Screen::Library;
    }
    ended
}

/// Plays the touch of the phrase just opened by the pass; returns whether it belongs to a pass.
pub(super) fn show_touch(model: &mut Model) -> bool {
    let review = &mut model.review;
    let phrase = review.clip.as_ref().and_then(|clip| model.calling.as_ref()?.open_phrase(&clip.path));
    let Some(phrase) = phrase else { return false };
    let touch = phrase.touch.unwrap_or(review.playback.extent().1);
    review.replay = Some(Replay::start(&mut review.playback, touch));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, LibraryCommand, OwnCall, ReviewCommand};
    use crate::effect::Event;
    use crate::model::OpenClip;
    use crate::update::{apply, update};
    use fencing::time::Timestamp;
    use fencing::{Call, Side};
    use records::library::{LibraryFolders, scan};

    /// A library of three clips, of which the second has a call.
    fn library() -> (tempfile::TempDir, Model) {
        let dir = tempfile::tempdir().unwrap();
        let mut model = Model { screen: Screen::Library, ..Model::default() };
        for name in ["a.mp4", "b.mp4", "c.mp4"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let called = |notes: &mut recording::PhraseNotes| notes.own_call = Some("left".into());
        recording::PhraseNotes::change_of(&dir.path().join("b.mp4"), called).unwrap();
        let places = LibraryFolders { listed: vec![dir.path().to_owned()], ..LibraryFolders::default() };
        model.library.catalogue.begin_look();
        scan(&places, &vision::video::Cancel::new(), &mut |finding| model.library.catalogue.add(finding));
        model.library.catalogue.end_look();
        model.library.relist();
        (dir, model)
    }

    fn opened(model: &mut Model, effects: &[Effect]) -> Vec<Effect> {
        let [Effect::OpenClip(path)] = effects else { panic!("a clip is opened: {effects:?}") };
        let clip = OpenClip { path: path.clone(), ..OpenClip::default() };
        apply(
            model,
            Event::ClipOpened { clip, times: (0..50).map(|i| Timestamp::from_secs(f64::from(i) / 25.0)).collect() },
        )
    }

    #[test]
    fn one_key_calls_a_phrase_keeps_it_and_opens_the_next() {
        let (_dir, mut model) = library();
        assert_eq!(model.library.uncalled, 2);
        let effects = update(&mut model, Command::Library(LibraryCommand::CallUncalled));
        assert_eq!((model.screen, model.blind()), (Screen::Review, true));
        assert!(opened(&mut model, &effects).is_empty(), "nothing is judged in between");
        assert!(model.review.replay.is_some(), "the touch plays by itself");
        let chord = "1".parse().unwrap();
        let key = model.keymap.command_for(&chord, model.scope()).cloned().unwrap();
        assert_eq!(key, Command::Review(ReviewCommand::OwnCall(OwnCall::For(Side::Left))));
        let mut effects = update(&mut model, key);
        let Effect::KeepCall(kept) = effects.remove(0) else { panic!("the call is kept") };
        assert_eq!((kept.call, kept.first), (Call::Touch(Side::Left), true));
        opened(&mut model, &effects);
        assert_eq!((model.library.uncalled, model.calling.as_ref().unwrap().position()), (1, (2, 2)));
        update(&mut model, Command::Review(ReviewCommand::SkipCall));
        assert!(model.calling.is_none());
        assert_eq!((model.screen, model.library.uncalled), (Screen::Library, 1));
    }

    #[test]
    fn a_clip_that_cannot_be_opened_is_passed_over_and_escape_ends_the_pass() {
        let (_dir, mut model) = library();
        let first = update(&mut model, Command::Library(LibraryCommand::CallUncalled));
        let second = apply(&mut model, Event::ClipFailed("no".into()));
        assert!(matches!((&first[..], &second[..]), ([Effect::OpenClip(a)], [Effect::OpenClip(b)]) if a != b));
        update(&mut model, Command::CloseTop);
        assert!(model.calling.is_none());
        assert_eq!(model.screen, Screen::Library);
    }

    #[test]
    fn a_call_in_the_review_is_kept_with_any_clip() {
        let (dir, mut model) = library();
        let effects = vec![Effect::OpenClip(dir.path().join("a.mp4"))];
        opened(&mut model, &effects);
        let effects = update(&mut model, Command::Review(ReviewCommand::OwnCall(OwnCall::For(Side::Right))));
        let [Effect::KeepCall(kept)] = &effects[..] else { panic!("{effects:?}") };
        assert!(kept.clip.ends_with("a.mp4") && kept.call == Call::Touch(Side::Right));
    }
}
