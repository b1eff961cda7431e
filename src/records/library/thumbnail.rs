//! Thumbnails of phrases: the frame of the touch if that is known. Cached on disk within a limit.

use super::Entry;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use recording::write_atomically;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use vision::video::{Cancel, ClipOptions, ClipReader, FrameSource, decode_jpeg, encode_jpeg, probe_with};

/// Width of a thumbnail in pixels: 96 points on a screen of double density.
const WIDTH: u32 = 192;

/// Size limit of the cache, in bytes: about six thousand thumbnails.
const MAX_BYTES: u64 = 48 << 20;

/// Number of thumbnails written between two checks of the cache's size.
const WRITES_PER_PRUNING: u32 = 64;

/// Properties read from a clip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probed {
    /// Length in seconds.
    pub duration_secs: Option<f64>,
    /// Why it cannot be opened; a finished sentence.
    pub trouble: Option<String>,
    /// The thumbnail: size and packed RGB.
    pub thumbnail: Option<(FrameSize, Vec<u8>)>,
}

/// Opens an entry's clip for its length and thumbnail. Takes a tenth of a second or more: never call it while painting.
pub fn look_at(entry: &Entry, store: &mut ThumbnailStore, cancel: &Cancel) -> Probed {
    let Some(clip) = &entry.clip else { return Probed { trouble: entry.trouble.clone(), ..Probed::default() } };
    let key = Key::of(clip, entry.touch_secs);
    if let (Some(thumbnail), Some(_)) = (key.as_ref().and_then(|key| store.read(key)), entry.duration_secs) {
        return Probed { duration_secs: entry.duration_secs, trouble: None, thumbnail: Some(thumbnail) };
    }
    let seen = open(clip, entry.touch_secs, cancel);
    if let (Some(key), Some((size, rgb))) = (key, &seen.thumbnail) {
        store.write(&key, *size, rgb);
    }
    seen
}

fn open(clip: &Path, touch_secs: Option<f64>, cancel: &Cancel) -> Probed {
    let options = ClipOptions::default();
    let info = match probe_with(clip, &options.tools, cancel) {
        Ok(info) => info,
        Err(error) => return Probed { trouble: Some(error.to_string()), ..Probed::default() },
    };
    let duration_secs = info.duration_secs;
    let last_secs = duration_secs.map_or(f64::INFINITY, |d| (d - 0.2).max(0.0));
    let wanted = touch_secs.map_or(duration_secs.unwrap_or(0.0) / 2.0, |t| t).clamp(0.0, last_secs);
    let first = |from_secs: f64| {
        let options = ClipOptions { max_width: WIDTH, from_secs, max_secs: f64::INFINITY, ..options.clone() };
        ClipReader::open_probed(info.clone(), &options, cancel).and_then(|mut reader| reader.next_frame())
    };
    // A clip with a wrong index may have nothing there; then the first frame is used.
    let frame = first(Timestamp::from_secs(wanted).secs()).ok().flatten().map_or_else(|| first(0.0), |f| Ok(Some(f)));
    match frame {
        Ok(Some(frame)) => Probed { duration_secs, trouble: None, thumbnail: Some((frame.size, frame.rgb.to_vec())) },
        Ok(None) => Probed { duration_secs, ..Probed::default() },
        Err(error) => Probed { duration_secs, trouble: Some(error.to_string()), thumbnail: None },
    }
}

/// File name of a thumbnail: depends on the clip, its size, its date and the time displayed.
struct Key(String);

impl Key {
    fn of(clip: &Path, touch_secs: Option<f64>) -> Option<Self> {
        let about = std::fs::metadata(clip).ok()?;
        let written = about.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let mut hash = Sha256::new();
        hash.update(clip.as_os_str().as_encoded_bytes());
        hash.update(about.len().to_le_bytes());
        hash.update(written.as_nanos().to_le_bytes());
        hash.update(touch_secs.unwrap_or(-1.0).to_le_bytes());
        let first: [u8; 16] = hash.finalize().get(..16)?.try_into().ok()?;
        Some(Self(format!("{:032x}", u128::from_be_bytes(first))))
    }
}

/// The cache of thumbnails; the oldest files are removed first.
#[derive(Debug, Default)]
pub struct ThumbnailStore {
    folder: Option<PathBuf>,
    written: u32,
}

impl ThumbnailStore {
    /// A cache in its own folder; `None` for no cache.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let folder = folder.filter(|folder| std::fs::create_dir_all(folder).is_ok());
        Self { folder, written: 0 }
    }

    fn place(&self, key: &Key) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("{}.jpg", key.0)))
    }

    fn read(&self, key: &Key) -> Option<(FrameSize, Vec<u8>)> {
        let jpeg = std::fs::read(self.place(key)?).ok()?;
        decode_jpeg(&jpeg).ok().filter(|(size, _)| size.width <= WIDTH)
    }

    /// Errors are ignored: the thumbnail is made again next time.
    fn write(&mut self, key: &Key, size: FrameSize, rgb: &[u8]) {
        let Some(place) = self.place(key) else { return };
        let _kept = encode_jpeg(rgb, size).ok().and_then(|jpeg| write_atomically(&place, &jpeg).ok());
        if self.written.is_multiple_of(WRITES_PER_PRUNING) {
            self.prune(MAX_BYTES);
        }
        self.written += 1;
    }

    fn prune(&self, max_bytes: u64) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder).ok()) else { return };
        let about = |entry: std::fs::DirEntry| {
            let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            let is_thumbnail = entry.path().extension().is_some_and(|e| e == "jpg");
            is_thumbnail.then_some((about.modified().ok()?, entry.path(), about.len()))
        };
        let mut all: Vec<_> = entries.filter_map(Result::ok).filter_map(about).collect();
        all.sort_unstable();
        let mut held: u64 = all.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, bytes) in all {
            if held <= max_bytes {
                break;
            }
            if std::fs::remove_file(&path).is_ok() {
                held -= bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::EntryKind;

    #[test]
    fn what_is_kept_stays_within_its_bound_and_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = ThumbnailStore::new(Some(dir.path().join("thumbnails")));
        let size = FrameSize::new(32, 18);
        let rgb = vec![90; 32 * 18 * 3];
        for i in 0..10 {
            store.write(&Key(format!("{i}")), size, &rgb);
        }
        let (read, pixels) = store.read(&Key("9".into())).unwrap();
        assert!(read == size && pixels.iter().all(|p| p.abs_diff(90) < 4));
        let one = std::fs::metadata(store.place(&Key("9".into())).unwrap()).unwrap().len();
        store.prune(3 * one);
        assert_eq!(std::fs::read_dir(dir.path().join("thumbnails")).unwrap().count(), 3);
    }

    #[test]
    fn a_clip_that_is_gone_or_no_clip_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let clip = dir.path().join("half.mp4");
        std::fs::write(&clip, b"not yet a clip").unwrap();
        let mut entry = Entry::at(clip.clone(), EntryKind::Clip);
        entry.clip = Some(clip.clone());
        let mut store = ThumbnailStore::default();
        assert!(look_at(&entry, &mut store, &Cancel::new()).trouble.is_some());
        std::fs::remove_file(&clip).unwrap();
        assert!(look_at(&entry, &mut store, &Cancel::new()).trouble.unwrap().contains("half.mp4"));
    }
}
