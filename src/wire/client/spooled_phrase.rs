//! Writes the local copy of a phrase as a clip with its signal log, for judging it locally when no server does.

use super::phrase::PhraseOffer;
use super::spool::Spool;
use crate::protocol::{Encoding, RawHeader};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::path::{Path, PathBuf};
use vision::video::{Cancel, VideoError, VideoWriter, WriterOptions};

/// A phrase as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpooledPhrase {
    /// The clip.
    pub clip: PathBuf,
    /// The signal log; `None` without signals, so that lamps are detected in the frames.
    pub signal: Option<PathBuf>,
}

/// Writes all stored frames into `folder`. JPEG frames are copied unchanged.
pub(super) fn save(
    spool: &Spool,
    offer: &PhraseOffer,
    folder: &Path,
    cancel: &Cancel,
) -> Result<SpooledPhrase, VideoError> {
    let clip = folder.join("phrase.mp4");
    let written =
        |error: std::io::Error, path: &Path| VideoError::Write { path: path.to_owned(), reason: error.to_string() };
    let (size, options) = (FrameSize::new(offer.width, offer.height), WriterOptions::default());
    let mut video = match offer.encoding {
        Encoding::Jpeg => VideoWriter::create_from_jpegs(&clip, size, &options, cancel)?,
        Encoding::Png | Encoding::Raw => VideoWriter::create(&clip, size, &options, cancel)?,
    };
    let mut first = None;
    for index in 0..spool.frames() {
        let Some((stamp, payload)) = spool.read(index).map_err(|error| written(error, &clip))? else { break };
        let at = Timestamp::from_secs(stamp - *first.get_or_insert(stamp));
        match offer.encoding {
            Encoding::Jpeg => video.write_jpeg(at, &payload)?,
            Encoding::Png | Encoding::Raw => video.write_rgb(at, &pixels(offer.encoding, &payload, size))?,
        }
    }
    video.finish()?;
    let log = spool.signal().filter(|signal| !signal.bytes.is_empty());
    let signal = log.map(|log| {
        let path = folder.join("phrase.txt");
        std::fs::write(&path, &log.bytes).map(|()| path.clone()).map_err(|error| written(error, &path))
    });
    Ok(SpooledPhrase { clip, signal: signal.transpose()? })
}

/// Packed RGB of a frame that this program coded; black if it cannot be decoded.
fn pixels(encoding: Encoding, payload: &[u8], size: FrameSize) -> Vec<u8> {
    let wanted = size.width as usize * size.height as usize * 3;
    let rgb = match encoding {
        Encoding::Raw => RawHeader::split(payload)
            .map(|(_, bgr)| bgr.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect::<Vec<u8>>())
            .unwrap_or_default(),
        Encoding::Png | Encoding::Jpeg => image::load_from_memory_with_format(payload, image::ImageFormat::Png)
            .map(|picture| picture.into_rgb8().into_raw())
            .unwrap_or_default(),
    };
    if rgb.len() == wanted { rgb } else { vec![0; wanted] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::LocalCopy;
    use crate::client::local_copy::SignalLog;
    use crate::protocol::pack_raw;
    use vision::video::{ClipOptions, ClipReader, FrameSource};

    fn packed(encoding: Encoding, level: u8) -> Vec<u8> {
        let rgb = vec![level; 64 * 48 * 3];
        let mut bytes = Vec::new();
        match encoding {
            Encoding::Raw => return pack_raw(64, 48, &rgb),
            Encoding::Png => {
                let picture = image::RgbImage::from_raw(64, 48, rgb).unwrap();
                picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
            }
            Encoding::Jpeg => {
                let encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
                encoder.encode(&rgb, 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
            }
        }
        bytes
    }

    #[test]
    fn a_copy_becomes_a_clip_with_its_times_frames_and_log() {
        for encoding in [Encoding::Jpeg, Encoding::Png, Encoding::Raw] {
            let offer = PhraseOffer { encoding, width: 64, height: 48, ..PhraseOffer::default() };
            let spool = Spool::new(LocalCopy::temporary().unwrap());
            for (secs, level) in [(100.0, 40), (100.1, 120), (100.4, 200)] {
                assert!(spool.push(secs, &packed(encoding, level)));
            }
            let folder = tempfile::tempdir().unwrap();
            let saved = save(&spool, &offer, folder.path(), &Cancel::new()).unwrap();
            assert_eq!(saved.signal, None);
            let mut clip = ClipReader::open(&saved.clip, &ClipOptions::default(), &Cancel::new()).unwrap();
            for (secs, level) in [(0.0, 40), (0.1, 120), (0.4, 200)] {
                let frame = clip.next_frame().unwrap().unwrap();
                let (at, shade) = (frame.at.secs(), frame.rgb[3000]);
                assert!((at - secs).abs() < 0.002, "{encoding:?}: {at}");
                assert!(shade.abs_diff(level) < 8, "{encoding:?}: {shade} and not {level}");
            }
            assert!(spool.push_signal(SignalLog { filename: "p.txt".into(), bytes: b"Phrase ended\n".to_vec() }));
            let saved = save(&spool, &offer, folder.path(), &Cancel::new()).unwrap();
            assert_eq!(std::fs::read(saved.signal.unwrap()).unwrap(), b"Phrase ended\n");
        }
    }
}
