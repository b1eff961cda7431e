//! A virtual screen with mouse and keys: Xvfb, which keeps its pixels in a file, and xdotool.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Width and height of the screen, in pixels: the size at which the window opens.
const SIZE: (usize, usize) = (1280, 720);

/// An X server of its own; ends with the value.
pub(super) struct Display {
    server: Child,
    /// As `DISPLAY` wants it.
    pub(super) name: String,
    pixels: PathBuf,
}

impl Display {
    /// Starts a server on a number that is free; `None` after one clear line where there is none to start.
    pub(super) fn start(folder: &Path) -> Option<Self> {
        let found = |tool: &str| Command::new(tool).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        let (width, height) = SIZE;
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"])
            .args(["-screen", "0", &format!("{width}x{height}x24"), "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let (Ok(mut server), Ok(_)) = (server, found("xdotool")) else {
            return None;
        };
        let mut number = String::new();
        let said = BufReader::new(server.stdout.take().expect("its output is ours")).read_line(&mut number);
        assert!(said.is_ok_and(|length| length > 1), "Xvfb starts");
        Some(Self { server, name: format!(":{}", number.trim()), pixels: folder.join("Xvfb_screen0") })
    }

    /// One call of xdotool; what it printed.
    pub(super) fn xdotool(&self, arguments: &[&str]) -> String {
        let done = Command::new("xdotool").args(arguments).env("DISPLAY", &self.name).output();
        String::from_utf8_lossy(&done.expect("xdotool was found").stdout).trim().to_owned()
    }

    /// What is on the screen now.
    pub(super) fn look(&self) -> Screen {
        Screen::from_dump(&std::fs::read(&self.pixels).expect("Xvfb keeps its pixels in a file"))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _reaped = self.server.wait();
    }
}

/// A part of the screen: left, top, right, bottom.
pub(super) type Area = (usize, usize, usize, usize);

/// The pixels of one moment.
pub(super) struct Screen {
    pixels: Vec<[u8; 3]>,
}

impl Screen {
    /// Reads the X server's file: a header of big-endian words, a colour table, then four bytes a pixel, blue first.
    fn from_dump(bytes: &[u8]) -> Self {
        let word = |index: usize| {
            let bytes = bytes.get(index * 4..index * 4 + 4).expect("the dump has a header");
            u32::from_be_bytes(bytes.try_into().expect("four bytes")) as usize
        };
        let (header, line, colours) = (word(0), word(12), word(19));
        let begin = header + colours * 12;
        let row = |y: usize| bytes[begin + y * line..][..SIZE.0 * 4].chunks_exact(4);
        Self { pixels: (0..SIZE.1).flat_map(|y| row(y).map(|p| [p[2], p[1], p[0]])).collect() }
    }

    fn part(&self, (left, top, right, bottom): Area) -> impl Iterator<Item = [u8; 3]> {
        (top..bottom).flat_map(move |y| self.pixels[y * SIZE.0 + left..y * SIZE.0 + right].iter().copied())
    }

    /// Which share of an area fits, 0..1.
    pub(super) fn share(&self, area: Area, fits: impl Fn([u8; 3]) -> bool) -> f64 {
        let all = self.part(area).count().max(1);
        self.part(area).filter(|p| fits(*p)).count() as f64 / all as f64
    }

    /// How many colours there are in an area.
    pub(super) fn colours(&self, area: Area) -> usize {
        self.part(area).collect::<BTreeSet<_>>().len()
    }

    /// Keeps what is seen, for whoever looks into a failure.
    pub(super) fn save(&self, path: &Path) {
        let rgb: Vec<u8> = self.pixels.iter().flatten().copied().collect();
        let picture =
            image::RgbImage::from_raw(SIZE.0 as u32, SIZE.1 as u32, rgb).expect("as many as there are pixels");
        picture.save(path).expect("the picture can be written");
    }
}
