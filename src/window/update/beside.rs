//! A second clip beside the first: opened, judged for its touch, nudged, taken away.

use crate::effect::{Effect, JudgeRequest};
use crate::model::{Beside, Model, OpenClip, Review};
use fencing::time::Timestamp;
use std::sync::Arc;
use vision::engine::Judgement;

/// The second clip is in memory. It is judged, because its touch is where the two are aligned; when it is there before
/// the first one, it waits for it.
pub(super) fn opened(model: &mut Model, clip: OpenClip, times: Vec<Timestamp>) -> Vec<Effect> {
    if model.review.clip.is_none() || model.review.loading.is_some() {
        model.review.waiting_beside = Some((clip, times));
        return Vec::new();
    }
    let request = JudgeRequest {
        clip: clip.path.clone(),
        weapon: model.review.weapon,
        touch_by_hand: None,
        settings: model.settings.clone(),
    };
    model.review.beside = Some(Beside::of(clip, times));
    vec![Effect::JudgeBeside(Box::new(request))]
}

/// The touch of the second clip is known.
pub(super) fn judged(model: &mut Model, judgement: Arc<Judgement>) {
    if let Some(beside) = &mut model.review.beside {
        beside.judgement = Some(judgement);
    }
}

/// Moves the second clip against the first.
pub(super) fn nudge(review: &mut Review, frames: i64) {
    if let Some(beside) = &mut review.beside {
        beside.nudge_frames = beside.nudge_frames.saturating_add(frames);
    }
}

/// Takes the second clip away; the first one has the whole room again.
pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    model.review.beside.take().map(|_| Effect::CloseBeside).into_iter().collect()
}

/// The frame of the second clip that belongs to the one shown of the first; `None` without a second clip.
pub(crate) fn frame_beside(review: &Review) -> Option<usize> {
    review.beside.as_ref().map(|beside| beside.frame_at(review.playback.now(), review.anchor()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, ReviewCommand};
    use crate::event::Event;
    use crate::update::{apply, update};

    fn clip(name: &str) -> OpenClip {
        OpenClip { path: name.into(), title: name.into(), aspect: 1.0 }
    }

    fn times() -> Vec<Timestamp> {
        (0..10).map(|i| Timestamp::from_secs(f64::from(i))).collect()
    }

    fn open_first(model: &mut Model) -> Vec<Effect> {
        apply(model, Event::ClipOpened { clip: clip("a.mp4"), times: times() })
    }

    #[test]
    fn one_transport_drives_both() {
        let mut model = Model::default();
        open_first(&mut model);
        let effects = apply(&mut model, Event::BesideOpened { clip: clip("b.mp4"), times: times() });
        assert!(matches!(&effects[..], [Effect::JudgeBeside(r)] if r.clip.ends_with("b.mp4")));
        update(&mut model, Command::Review(ReviewCommand::Step(4)));
        update(&mut model, Command::Review(ReviewCommand::NudgeBeside(1)));
        assert_eq!((model.review.playback.cursor(), frame_beside(&model.review)), (4, Some(5)));
        assert_eq!(update(&mut model, Command::Review(ReviewCommand::CloseBeside)), [Effect::CloseBeside]);
        assert_eq!(frame_beside(&model.review), None);
    }

    #[test]
    fn two_clips_dropped_together_wait_for_each_other() {
        let mut model = Model::default();
        let effects = update(&mut model, Command::Open(vec!["a.mp4".into(), "b.mp4".into()]));
        assert_eq!(effects.len(), 2);
        assert_eq!(apply(&mut model, Event::BesideOpened { clip: clip("b.mp4"), times: times() }), []);
        let effects = open_first(&mut model);
        assert!(effects.iter().any(|e| matches!(e, Effect::JudgeBeside(_))) && model.review.beside.is_some());
        let effects = open_first(&mut model);
        assert!(effects.contains(&Effect::CloseBeside) && model.review.beside.is_none(), "a new clip stands alone");
    }
}
