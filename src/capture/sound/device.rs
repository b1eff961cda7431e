//! Sound output through cpal, which only this file and the microphone's use.

use super::SoundDevices;
use super::mixer::Mixer;
use super::speaker::Outputs;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, FromSample, SampleFormat, SizedSample, StreamConfig};
use parking_lot::Mutex;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Microphones and loudspeakers of this machine, in the system's order; empty where there are none.
pub fn list_sound_devices() -> SoundDevices {
    let host = cpal::default_host();
    let names = |devices: Vec<Device>| devices.iter().map(name_of).collect();
    SoundDevices {
        inputs: host.input_devices().map_or_else(|_| Vec::new(), |d| names(d.collect())),
        outputs: host.output_devices().map_or_else(|_| Vec::new(), |d| names(d.collect())),
    }
}

pub(super) fn name_of(device: &Device) -> String {
    device.description().map_or_else(|_| device.to_string(), |about| about.name().to_owned())
}

/// The device whose name equals or contains `wanted`, otherwise the system's default.
pub(super) fn find(
    wanted: Option<&str>,
    listed: impl IntoIterator<Item = Device>,
    default: Option<Device>,
) -> Result<Device, String> {
    let Some(wanted) = wanted else {
        return default.ok_or_else(|| "there is no sound device; plug one in".to_owned());
    };
    let devices: Vec<(String, Device)> = listed.into_iter().map(|d| (name_of(&d), d)).collect();
    let place = devices
        .iter()
        .position(|(name, _)| name == wanted)
        .or_else(|| devices.iter().position(|(name, _)| name.to_lowercase().contains(&wanted.to_lowercase())));
    match place {
        Some(place) => devices.into_iter().nth(place).map(|(_, device)| device).ok_or_else(String::new),
        None => Err(format!("there is no sound device of that name; `referee doctor` lists them: {wanted}")),
    }
}

/// The loudspeakers of this machine.
pub(super) struct CpalOutputs;

impl Outputs for CpalOutputs {
    fn open(
        &self,
        name: Option<&str>,
        mixer: &dyn Fn(u32) -> Arc<Mutex<Mixer>>,
        lost: Arc<AtomicBool>,
    ) -> Result<Box<dyn Any>, String> {
        let host = cpal::default_host();
        let listed: Vec<Device> = host.output_devices().map_or_else(|_| Vec::new(), Iterator::collect);
        let device = find(name, listed, host.default_output_device())?;
        let refused =
            |e: cpal::Error| format!("the sound device cannot be used ({e}); close other programs or choose another");
        let config = device.default_output_config().map_err(refused)?;
        let format = config.sample_format();
        let config: StreamConfig = config.config();
        let mixer = mixer(config.sample_rate);
        let stream = match format {
            SampleFormat::F32 => play::<f32>(&device, config, mixer, lost),
            SampleFormat::I16 => play::<i16>(&device, config, mixer, lost),
            SampleFormat::I32 => play::<i32>(&device, config, mixer, lost),
            SampleFormat::U16 => play::<u16>(&device, config, mixer, lost),
            SampleFormat::U8 => play::<u8>(&device, config, mixer, lost),
            other => {
                return Err(format!(
                    "the sound device wants samples that are not known here ({other}); choose another"
                ));
            }
        };
        let stream = stream.map_err(refused)?;
        stream.play().map_err(refused)?;
        Ok(Box::new(stream))
    }
}

fn play<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mixer: Arc<Mutex<Mixer>>,
    lost: Arc<AtomicBool>,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    let mut mixed = Vec::new();
    let fill = move |out: &mut [T], _: &_| {
        mixed.resize(out.len(), 0.0);
        // The device callback must not block: while settings change, it plays silence.
        match mixer.try_lock() {
            Some(mut mixer) => mixer.fill(&mut mixed, channels),
            None => mixed.fill(0.0),
        }
        out.iter_mut().zip(&mixed).for_each(|(to, from)| *to = T::from_sample(*from));
    };
    device.build_output_stream(config, fill, move |error| note_error(&error, &lost), None)
}

/// Ignores transient errors; any other error means that the device must be reopened.
pub(super) fn note_error(error: &cpal::Error, lost: &AtomicBool) {
    use cpal::ErrorKind as Kind;
    if !matches!(error.kind(), Kind::Xrun | Kind::DeviceChanged | Kind::RealtimeDenied) {
        lost.store(true, Ordering::Relaxed);
    }
}
