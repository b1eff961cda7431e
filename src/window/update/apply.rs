//! Events from the services, applied to the model.

use super::{beside, review};
use crate::effect::{Effect, Pane};
use crate::event::Event;
use crate::model::{Judging, Model, OpenClip, Playback, Review, Weight};
use fencing::time::Timestamp;
use std::sync::Arc;
use vision::engine::Judgement;

/// Applies an event and says what must be done next.
pub(crate) fn apply(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::ClipLoading(share) => {
            model.review.loading = Some(share);
            Vec::new()
        }
        Event::ClipOpened { clip, times } => opened(model, clip, times),
        Event::FileChosen(Pane::First, path) => super::open_clip(model, path),
        Event::FileChosen(Pane::Beside, path) => vec![Effect::OpenBeside(path)],
        Event::BesideOpened { clip, times } => beside::opened(model, clip, times),
        Event::BesideJudged(judgement) => {
            beside::judged(model, judgement);
            Vec::new()
        }
        Event::NothingChosen => Vec::new(),
        Event::NoDialog => {
            model.path_prompt.get_or_insert_default();
            notice(model, Weight::Hint, "notice-no-dialog")
        }
        Event::JudgeProgress { stage, share } => {
            model.review.judging = Judging::Running { stage, share };
            Vec::new()
        }
        Event::Judged { judgement, processing_secs } => {
            model.review.processing_secs = processing_secs;
            judged(&mut model.review, judgement);
            Vec::new()
        }
        Event::JudgeFailed(text) => {
            model.review.judging = Judging::Failed(text.clone());
            notice(model, Weight::Failure, format!("notice-judge-failed {text}"))
        }
        Event::JudgeCancelled => {
            // Another clip is being opened: should that fail, this one is judged after all.
            if model.review.loading.is_none() {
                model.review.judging = Judging::Idle;
            }
            Vec::new()
        }
        Event::ExportProgress(share) => {
            model.review.exporting = model.review.exporting.map(|_| share);
            Vec::new()
        }
        Event::Exported(path) => exported(model, Weight::Done, format!("notice-saved {}", path.display())),
        Event::ExportFailed(text) => exported(model, Weight::Failure, format!("notice-nothing-saved {text}")),
        Event::ExportCancelled => exported(model, Weight::Done, "notice-export-cancelled"),
        Event::ClipFailed(text) => {
            model.review.loading = None;
            model.review.waiting_beside = None;
            notice(model, Weight::Failure, format!("notice-clip-failed {text}"));
            let interrupted = matches!(model.review.judging, Judging::Running { .. });
            if interrupted { review::judge(model) } else { Vec::new() }
        }
        Event::Piste(event) => {
            let mut effects = super::replay::hear(model, &event);
            effects.extend(super::piste::apply(model, *event));
            effects
        }
        Event::Live(event) => super::live::apply(model, event),
        Event::Library(event) => super::library::apply(model, event),
        Event::Trouble(text) => notice(model, Weight::Failure, text),
    }
}

fn judged(review: &mut Review, judgement: Arc<Judgement>) {
    if let Some(touch) = judgement.signals.first_touch() {
        review.playback.seek(touch.at);
    }
    review.take_judgement(judgement);
}

/// The one export at a time is over.
fn exported(model: &mut Model, weight: Weight, text: impl Into<String>) -> Vec<Effect> {
    model.review.exporting = None;
    notice(model, weight, text)
}

fn opened(model: &mut Model, clip: OpenClip, times: Vec<Timestamp>) -> Vec<Effect> {
    let waiting = model.review.waiting_beside.take();
    let closing = model.review.beside.is_some().then_some(Effect::CloseBeside);
    model.review = Review {
        clip: Some(clip),
        playback: Playback::of(times),
        weapon: model.settings.weapon(),
        shown: model.review.shown,
        ..Review::default()
    };
    let mut effects: Vec<_> = closing.into_iter().chain(review::judge(model)).collect();
    if let Some((clip, times)) = waiting {
        effects.extend(beside::opened(model, clip, times));
    }
    effects
}

fn notice(model: &mut Model, weight: Weight, text: impl Into<String>) -> Vec<Effect> {
    let at = model.now_secs;
    model.notices.add(weight, text, at);
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, ReviewCommand};
    use crate::update::update;

    fn with_clip() -> Model {
        let mut model = Model::default();
        let clip = OpenClip { path: "a.mp4".into(), title: "a".into(), aspect: 16.0 / 9.0 };
        let times = (0..50).map(|i| Timestamp::from_secs(f64::from(i) * 0.04)).collect();
        let effects = apply(&mut model, Event::ClipOpened { clip, times });
        assert!(
            matches!(&effects[..], [Effect::Judge(r)] if r.clip.ends_with("a.mp4")),
            "an opened clip is judged at once"
        );
        model
    }

    #[test]
    fn a_failed_judgement_leaves_a_way_on() {
        let mut model = with_clip();
        apply(&mut model, Event::JudgeFailed("no ffmpeg".into()));
        assert!(matches!(model.review.judging, Judging::Failed(_)));
        let effects = update(&mut model, Command::Review(ReviewCommand::JudgeAgain));
        assert!(matches!(&effects[..], [Effect::Judge(_)]));
    }

    #[test]
    fn what_is_no_clip_does_not_cost_the_open_one_its_judgement() {
        let mut model = with_clip();
        update(&mut model, Command::Open(vec!["broken.mp4".into()]));
        apply(&mut model, Event::JudgeCancelled);
        let effects = apply(&mut model, Event::ClipFailed("no video".into()));
        assert!(matches!(&effects[..], [Effect::Judge(r)] if r.clip.ends_with("a.mp4")), "{effects:?}");
        apply(&mut model, Event::JudgeCancelled);
        assert!(apply(&mut model, Event::ClipFailed("no video".into())).is_empty(), "it was called off by hand");
    }

    #[test]
    fn a_new_clip_forgets_the_own_call_of_the_last_one_but_not_what_is_shown() {
        let mut model = with_clip();
        update(&mut model, Command::Review(ReviewCommand::ToggleSkeletons));
        model.review.own_call = Some(fencing::Call::TooClose);
        let clip = OpenClip { path: "b.mp4".into(), title: "b".into(), aspect: 1.0 };
        apply(&mut model, Event::ClipOpened { clip, times: vec![Timestamp::ZERO] });
        assert!(model.review.own_call.is_none() && !model.review.shown.skeletons);
    }
}
