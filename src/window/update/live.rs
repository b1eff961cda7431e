//! What is done beside the piste: devices, trials, lots, and a window that is to close while a phrase is recorded.

use super::bout;
use crate::command::CloseAnswer;
use crate::effect::{Effect, LiveEffect};
use crate::event::LiveEvent;
use crate::model::{CameraPick, Closing, Devices, LiveSettings, Model, Screen, Setting, Trial};
use piste::Command;

/// Looks for cameras, ports and microphones, one search at a time.
pub(super) fn list_devices(model: &mut Model) -> Vec<Effect> {
    if std::mem::replace(&mut model.piste.devices.searching, true) {
        return Vec::new();
    }
    vec![Effect::Live(LiveEffect::ListDevices)]
}

/// A screen came in front: the first time that one shows what can be chosen, it is looked for.
pub(super) fn screen_shown(model: &mut Model) -> Vec<Effect> {
    let chooses = match model.screen {
        Screen::Piste => !model.camera_chosen(),
        Screen::Settings => true,
        _ => false,
    };
    if chooses && !model.piste.devices.searched { list_devices(model) } else { Vec::new() }
}

/// The user wants to close the window; true when it must stay open for now.
pub(crate) fn close_requested(model: &mut Model) -> bool {
    match model.piste.closing {
        Closing::Leaving => false,
        Closing::Saving => true,
        Closing::Open | Closing::Asking => {
            let stays = model.piste.recording();
            model.piste.closing = if stays { Closing::Asking } else { Closing::Leaving };
            if stays {
                model.screen = Screen::Piste;
            }
            stays
        }
    }
}

/// What the referee answered.
pub(super) fn close(model: &mut Model, answer: CloseAnswer) -> Vec<Effect> {
    match answer {
        CloseAnswer::Stay => {
            model.piste.closing = Closing::Open;
            Vec::new()
        }
        CloseAnswer::Save if model.piste.recording() => {
            model.piste.closing = Closing::Saving;
            vec![Effect::Piste(Command::Halt)]
        }
        CloseAnswer::Save => leave(model),
        CloseAnswer::Discard => {
            let mut effects = vec![Effect::Piste(Command::Cancel)];
            effects.extend(leave(model));
            effects
        }
    }
}

fn leave(model: &mut Model) -> Vec<Effect> {
    model.piste.closing = Closing::Leaving;
    vec![Effect::Live(LiveEffect::CloseWindow)]
}

/// The phrase is safe: the window that waited for it closes.
pub(super) fn closed_after_saving(model: &mut Model) -> Vec<Effect> {
    if model.piste.closing == Closing::Saving { leave(model) } else { Vec::new() }
}

/// Applies what was told beside the piste.
pub(super) fn apply(model: &mut Model, event: LiveEvent) -> Vec<Effect> {
    let devices = &mut model.piste.devices;
    match event {
        LiveEvent::DevicesFound(found) => {
            let before = std::mem::take(devices);
            let (box_found, server_tried, voice_tried) = (before.box_found, before.server_tried, before.voice_tried);
            *devices = Devices { box_found, server_tried, voice_tried, searching: false, searched: true, ..*found };
            Vec::new()
        }
        LiveEvent::ServerTried(trial) => {
            devices.server_tried = trial;
            Vec::new()
        }
        LiveEvent::VoiceTried(trial) => {
            devices.voice_tried = trial;
            Vec::new()
        }
        LiveEvent::BoxFound(found) => box_found(model, found),
        LiveEvent::RecordingsChosen(folder) => change(model, |live| live.recordings = Some(folder)),
        LiveEvent::CameraClipChosen(path) => change(model, |live| live.camera = Some(CameraPick::Clip { path })),
        LiveEvent::PriorityDrawn(side) => {
            model.bout.priority(Some(side));
            vec![bout::saved(model)]
        }
    }
}

fn change(model: &mut Model, change: impl FnOnce(&mut LiveSettings)) -> Vec<Effect> {
    let mut live = model.settings.live.clone();
    change(&mut live);
    super::set(model, Setting::Live(Box::new(live)))
}

fn box_found(model: &mut Model, found: Result<(String, String), String>) -> Vec<Effect> {
    match found {
        Ok((link, protocol)) => {
            model.piste.devices.box_found = Trial::Works(format!("{protocol}, {link}"));
            change(model, |live| (live.box_link, live.box_protocol) = (link, protocol))
        }
        Err(text) => {
            model.piste.devices.box_found = Trial::Fails(text);
            Vec::new()
        }
    }
}
