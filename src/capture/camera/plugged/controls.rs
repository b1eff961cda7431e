//! Conversion of camera controls from and to nokhwa.

use crate::camera::{CameraControl, ControlRole};
use nokhwa::Camera;
use nokhwa::utils::{
    CameraControl as NokhwaControl, ControlValueDescription, ControlValueSetter, KnownCameraControl,
    KnownCameraControlFlag,
};

/// The device's controls, those that matter at the piste first.
pub(super) fn controls(camera: &Camera) -> Vec<CameraControl> {
    let mut controls: Vec<_> = camera.camera_controls().unwrap_or_default().iter().filter_map(control).collect();
    controls.sort_by_key(|control| control.role);
    controls
}

fn control(known: &NokhwaControl) -> Option<CameraControl> {
    let number = |value: i64| value as f64;
    let (value, range, default) = match *known.description() {
        ControlValueDescription::Integer { value, default, .. } => (number(value), None, number(default)),
        ControlValueDescription::IntegerRange { min, max, value, step, default } => {
            (number(value), Some((number(min), number(max), number(step))), number(default))
        }
        ControlValueDescription::Float { value, default, .. } => (value, None, default),
        ControlValueDescription::FloatRange { min, max, value, step, default } => {
            (value, Some((min, max, step)), default)
        }
        ControlValueDescription::Boolean { value, default } => {
            (f64::from(u8::from(value)), None, f64::from(u8::from(default)))
        }
        _ => return None,
    };
    let is_locked = known
        .flag()
        .iter()
        .any(|flag| matches!(flag, KnownCameraControlFlag::ReadOnly | KnownCameraControlFlag::Disabled));
    let role = match known.control() {
        KnownCameraControl::Exposure => ControlRole::Exposure,
        KnownCameraControl::Focus => ControlRole::Focus,
        KnownCameraControl::Gain => ControlRole::Gain,
        _ => ControlRole::of_name(known.name()),
    };
    let name = known.name().to_owned();
    Some(CameraControl { name, role, value, range, default, is_settable: known.active() && !is_locked })
}

/// A value of the control's own type; `None` for controls that take no number.
pub(super) fn setter(known: &NokhwaControl, value: f64) -> Option<ControlValueSetter> {
    match known.description() {
        ControlValueDescription::Integer { .. } | ControlValueDescription::IntegerRange { .. } => {
            Some(ControlValueSetter::Integer(value.round() as i64))
        }
        ControlValueDescription::Float { .. } | ControlValueDescription::FloatRange { .. } => {
            Some(ControlValueSetter::Float(value))
        }
        ControlValueDescription::Boolean { .. } => Some(ControlValueSetter::Boolean(value != 0.0)),
        _ => None,
    }
}
