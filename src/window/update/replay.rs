//! The instant replay: a phrase that the piste has in memory is opened here without touching the disk.
//!
//! [`hear`] listens to the piste beside the live screen: pictures when they are complete, the verdict when it is there.
//! [`replay_last`] is the key that brings the phrase in front.

use crate::effect::{Effect, SharedReel};
use crate::model::{Model, OpenClip, Playback, Replay, Review, Screen};
use piste::{Event, JudgeEvent, RecordedPhrase};
use std::sync::Arc;

/// Takes from the piste's events what the replay needs; the live screen hears the same event afterwards.
pub(super) fn hear(model: &mut Model, event: &Event) -> Vec<Effect> {
    match event {
        Event::Recorded(phrase) => phrase_recorded(model, phrase),
        Event::Judge(ruling) if ruling.judgement().is_some() => {
            ruled(model, ruling);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Keeps the phrase for the replay. It is opened at once unless another clip is being looked at, and plays by itself when
/// the settings say so.
fn phrase_recorded(model: &mut Model, phrase: &Arc<RecordedPhrase>) -> Vec<Effect> {
    model.last_phrase.phrase = Some(Arc::clone(phrase));
    if model.settings.auto_replay {
        return replay_last(model);
    }
    let busy = model.screen == Screen::Review && model.review.clip.is_some();
    if busy { Vec::new() } else { open(model, phrase) }
}

/// Takes a verdict; when its phrase is open in the review, it is shown there too.
fn ruled(model: &mut Model, ruling: &Arc<JudgeEvent>) {
    model.last_phrase.ruling = Some(Arc::clone(ruling));
    let is_open =
        model.last_phrase.phrase.as_ref().is_some_and(|p| p.folder == ruling.folder && shows(&model.review, p));
    if is_open {
        take(&mut model.review, ruling);
    }
}

/// Brings the last phrase in front and plays its touch: at full speed first, then slower.
pub(super) fn replay_last(model: &mut Model) -> Vec<Effect> {
    let Some(phrase) = model.last_phrase.phrase.clone() else {
        let at = model.now_secs;
        model.notices.add(crate::model::Weight::Hint, "notice-no-phrase-yet", at);
        return Vec::new();
    };
    let effects = if shows(&model.review, &phrase) { Vec::new() } else { open(model, &phrase) };
    model.screen = Screen::Review;
    replay_touch(&mut model.review);
    effects
}

/// Brings the last phrase in front, standing still at a moment on the clip's clock.
pub(super) fn show_last_at(model: &mut Model, at: fencing::time::Timestamp) -> Vec<Effect> {
    let Some(phrase) = model.last_phrase.phrase.clone() else { return replay_last(model) };
    let effects = if shows(&model.review, &phrase) { Vec::new() } else { open(model, &phrase) };
    model.screen = Screen::Review;
    model.review.replay = None;
    model.review.playback.stop();
    model.review.playback.seek(at);
    effects
}

/// Plays the touch of the open clip by itself.
pub(super) fn replay_touch(review: &mut Review) {
    let touch = review.touch().unwrap_or(review.playback.extent().1);
    review.replay = Some(Replay::start(&mut review.playback, touch));
}

fn shows(review: &Review, phrase: &RecordedPhrase) -> bool {
    review.clip.as_ref().is_some_and(|c| c.path == phrase.clip)
}

fn open(model: &mut Model, phrase: &RecordedPhrase) -> Vec<Effect> {
    let size = phrase.reel.size();
    let title = phrase.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aspect = size.width.max(1) as f32 / size.height.max(1) as f32;
    model.review = Review {
        clip: Some(OpenClip { path: phrase.clip.clone(), title, aspect }),
        playback: Playback::of(phrase.reel.times()),
        weapon: phrase.weapon,
        shown: model.review.shown,
        signals: phrase.signals.clone(),
        ..Review::default()
    };
    if let Some(at) = model.review.touch() {
        model.review.playback.seek(at);
    }
    if let Some(ruling) = model.last_phrase.ruling_of(&phrase.folder).cloned() {
        take(&mut model.review, &ruling);
    }
    vec![Effect::ShowReel(SharedReel(Arc::clone(&phrase.reel)))]
}

fn take(review: &mut Review, ruling: &JudgeEvent) {
    match ruling.own_judgement() {
        Some(judgement) => {
            review.processing_secs = ruling.delay_secs;
            review.take_judgement(Arc::clone(judgement));
        }
        None => ruling.call().into_iter().for_each(|call| review.procedure.opine("opinion-machine", call)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::geometry::PictureSize;
    use fencing::time::Timestamp;
    use fencing::{Call, Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
    use piste::{JudgeEventKind, ServerReport};
    use vision::engine::Judgement;
    use vision::video::Reel;

    fn phrase(name: &str) -> Arc<RecordedPhrase> {
        let mut reel = Reel::default();
        for i in 0..100 {
            reel.push_jpeg(Timestamp::from_secs(f64::from(i) * 0.05), PictureSize::new(1280, 720), vec![0_u8]);
        }
        let mut signals = SignalLog::default();
        let (side, lamp) = (Side::Left, Lamp::Valid);
        let at = Timestamp::from_secs(4.0);
        let kind = SignalKind::Lamp { side, lamp };
        signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind });
        let folder = std::path::PathBuf::from(name);
        let (clip, log) = (folder.join("clip.mp4"), folder.join("signals.txt"));
        let reel = Arc::new(reel);
        Arc::new(RecordedPhrase { folder, clip, second_clip: None, log, reel, signals, weapon: Weapon::Foil })
    }

    /// A server's verdict, of which only the call is known.
    fn verdict(folder: &str) -> Arc<JudgeEvent> {
        let kind = JudgeEventKind::Final(Arc::new(Judgement::of_nothing_seen()));
        let server = Some(ServerReport::default());
        Arc::new(JudgeEvent { folder: folder.into(), delay_secs: 0.4, server, ..JudgeEvent::new(1, kind) })
    }

    #[test]
    fn a_recorded_phrase_stands_at_its_touch_before_anything_is_read() {
        let mut model = Model { screen: Screen::Piste, ..Model::default() };
        let effects = hear(&mut model, &Event::Recorded(phrase("a")));
        assert!(matches!(&effects[..], [Effect::ShowReel(_)]), "{effects:?}");
        assert_eq!(model.review.playback.now(), Timestamp::from_secs(4.0));
        assert_eq!((model.screen, model.review.weapon), (Screen::Piste, Weapon::Foil));
        assert!(replay_last(&mut model).is_empty(), "it is open already");
        assert!(model.screen == Screen::Review && model.review.playback.shuttle.playing);
    }

    #[test]
    fn a_clip_that_is_being_looked_at_stays_until_the_replay_is_asked_for() {
        let mut model = Model::default();
        model.review.clip = Some(OpenClip { path: "mine.mp4".into(), title: "mine".into(), aspect: 1.0 });
        assert_eq!(hear(&mut model, &Event::Recorded(phrase("a"))), []);
        hear(&mut model, &Event::Judge(verdict("a")));
        assert!(model.review.procedure.opinions.is_empty(), "the verdict is not about my clip");
        assert_eq!(replay_last(&mut model).len(), 1);
        assert_eq!(model.review.procedure.opinions.len(), 1, "the verdict came before the replay and counts now");
    }

    #[test]
    fn with_automatic_replay_the_review_comes_to_the_front() {
        let mut model = Model { screen: Screen::Piste, ..Model::default() };
        model.settings.auto_replay = true;
        hear(&mut model, &Event::Recorded(phrase("a")));
        assert!(model.screen == Screen::Review && model.review.replay.is_some());
        hear(&mut model, &Event::Judge(verdict("b")));
        assert!(model.review.procedure.opinions.is_empty(), "a verdict about another phrase");
    }

    #[test]
    fn a_call_about_a_recorded_phrase_is_kept_beside_it() {
        use crate::command::{Command, ReviewCommand};
        let call = Command::Review(ReviewCommand::OwnCall(Call::Touch(Side::Right)));
        let mut model = Model::default();
        assert_eq!(crate::update::update(&mut model, call.clone()), [], "a clip from elsewhere keeps no notes");
        hear(&mut model, &Event::Recorded(phrase("a")));
        let effects = crate::update::update(&mut model, call);
        let [Effect::Piste(piste::Command::Annotate(folder, notes))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((folder.ends_with("a"), notes.own_call.as_deref()), (true, Some("right")));
    }

    #[test]
    fn without_a_phrase_the_key_says_so() {
        let mut model = Model::default();
        assert!(replay_last(&mut model).is_empty() && model.notices.history().len() == 1);
    }
}
