//! Pictures as JPEG with their times, from a clip or a camera on the network: ffmpeg reads, a pipe brings them here.
//!
//! Hides transports and codecs. An address is only ever opened with the protocols of cameras, so that a playlist behind it
//! cannot make ffmpeg read files of this machine.

use super::child::{Feeding, RunningChild, file_url};
use super::clip::DEINTERLACING;
use super::describe::last_complaint;
use super::nut::NutReader;
use super::probe::{CONTAINERS, MAX_MEGAPIXELS};
use super::{Cancel, ClipInfo, Tools, VideoError};
use std::ffi::OsString;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ChildStdout;

/// Quality of pictures that have to be compressed on the way, ffmpeg's scale of 2 (best) to 31: clean at review size.
const QUALITY: &str = "3";
/// Longest picture that is accepted: as many bytes as the largest picture has pixels.
const MAX_PICTURE_BYTES: u64 = MAX_MEGAPIXELS * 1_000_000;

/// A stream of JPEG pictures.
pub struct JpegStream {
    child: RunningChild,
    nut: NutReader<BufReader<ChildStdout>>,
    about: PathBuf,
    delivered: u64,
    complaints: u64,
    damaged: u64,
}

impl JpegStream {
    /// A clip from its beginning; pictures that are JPEG already come as they are.
    pub fn open_clip(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Self, VideoError> {
        let mut args = words(&["-hide_banner", "-nostdin", "-loglevel", "error", "-copyts"]);
        args.extend(words(&["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS]));
        args.extend(["-i".into(), file_url(&info.path)]);
        args.extend(words(&["-map", &format!("0:{}", info.stream), "-an", "-sn", "-dn", "-fps_mode", "passthrough"]));
        let times = format!("{}{ADVANCING}", if info.interlaced { DEINTERLACING } else { "" });
        let is_jpeg = info.codec == "mjpeg" && info.rotation_degrees == 0 && !info.interlaced;
        args.extend(if is_jpeg {
            words(&["-c:v", "copy"])
        } else {
            compressing(&times, tools.ffmpeg_version(cancel)?.source_time_base())
        });
        Self::spawn(args, None, info.path.clone(), tools, cancel)
    }

    /// A camera at an `rtsp://`, `rtsps://`, `http://` or `https://` address; the caller has checked that it is one.
    pub fn open_address(address: &str, tools: &Tools, cancel: &Cancel) -> Result<Self, VideoError> {
        let kind = Transport::of(address);
        let about = PathBuf::from(without_password(address));
        Self::spawn(kind.args(), Some(&kind.script(address)), about, tools, cancel)
    }

    /// Starts ffmpeg; `script` is what it reads from its standard input.
    fn spawn(
        mut args: Vec<OsString>,
        script: Option<&str>,
        about: PathBuf,
        tools: &Tools,
        cancel: &Cancel,
    ) -> Result<Self, VideoError> {
        args.extend(words(&["-flush_packets", "1", "-f", "nut", "-write_index", "0", "pipe:1"]));
        let feeding = if script.is_some() { Feeding::Pipe } else { Feeding::Nothing };
        let (child, pipes) = RunningChild::spawn(&tools.ffmpeg, &args, feeding, &about, cancel)?;
        if let (Some(mut stdin), Some(script)) = (pipes.stdin, script) {
            // A child that is gone already says why when it is read from.
            let _gone = child.awaiting(|| stdin.write_all(script.as_bytes()));
        }
        Ok(Self { child, nut: NutReader::new(pipes.stdout), about, delivered: 0, complaints: 0, damaged: 0 })
    }

    /// The next picture with its time in nanoseconds on the stream's own clock, or `None` at the end.
    ///
    /// A stream that ends before its first picture is an error that says why; one that breaks off later just ends.
    pub fn next_jpeg(&mut self) -> Result<Option<(i64, Vec<u8>)>, VideoError> {
        let nut = &mut self.nut;
        match self.child.awaiting(|| nut.next_packet(MAX_PICTURE_BYTES)) {
            Ok(Some(picture)) => {
                self.delivered += 1;
                self.note_complaints();
                Ok(Some(picture))
            }
            Ok(None) => self.conclude(),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => self.conclude(),
            Err(e) => Err(VideoError::Decode { path: self.about.clone(), reason: e.to_string() }),
        }
    }

    /// How many frames came about which the decoder complained: parts of them are missing or wrong. Complaints travel beside the
    /// frames, so several within one frame count once, and the frame may be one further on.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    fn note_complaints(&mut self) {
        let complaints = self.child.complaints_so_far();
        self.damaged += u64::from(complaints != self.complaints);
        self.complaints = complaints;
    }

    fn conclude(&mut self) -> Result<Option<(i64, Vec<u8>)>, VideoError> {
        let end = self.child.finish()?;
        if self.delivered > 0 {
            return Ok(None);
        }
        let complaint = last_complaint(&end.complaints, &self.about);
        let reason = without_passwords(complaint.trim_start_matches("pipe:0: "));
        Err(VideoError::NoFrames { path: self.about.clone(), reason })
    }
}

/// How a camera on the network is spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Rtsp,
    Http,
}

impl Transport {
    fn of(address: &str) -> Self {
        if address.to_ascii_lowercase().starts_with("rtsp") { Self::Rtsp } else { Self::Http }
    }

    fn protocols(self) -> &'static str {
        match self {
            Self::Rtsp => "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto",
            Self::Http => "http,https,httpproxy,tcp,tls,crypto",
        }
    }

    /// What opens the camera itself.
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Rtsp => &[("rtsp_transport", "tcp"), ("timeout", NO_ANSWER_MICROS)],
            Self::Http => &[("rw_timeout", NO_ANSWER_MICROS)],
        }
    }

    /// Everything but the address: whatever is on a command line, all who work on this machine can read.
    fn args(self) -> Vec<OsString> {
        let mut args = words(&["-hide_banner", "-nostdin", "-loglevel", "error", "-flags", "low_delay"]);
        for (name, value) in LOOKING {
            args.extend(words(&[&format!("-{name}"), value]));
        }
        args.extend(words(&["-protocol_whitelist", &format!("pipe,{}", self.protocols())]));
        args.extend(words(&["-f", "concat", "-safe", "0", "-i", "pipe:0"]));
        args.extend(words(&["-map", "0:V:0", "-an", "-sn", "-dn", "-fps_mode", "passthrough"]));
        match self {
            Self::Rtsp => args.extend(compressing(&format!("settb=1/1000000,{ADVANCING}"), "1:1000000")),
            Self::Http => args.extend(compressing(ARRIVING, "1:1000000")),
        }
        args
    }

    /// A list of one address, with what is said about it (<https://ffmpeg.org/ffmpeg-formats.html#concat-1>). A line break
    /// in an address could say more, so there is none.
    fn script(self, address: &str) -> String {
        let address: String = address.chars().filter(|c| !c.is_control()).collect();
        let quoted = address.replace('\'', "'\\''");
        // Of the list itself nothing must be passed over unbuffered: those would be the camera's first pictures.
        let options = [("protocol_whitelist", self.protocols()), ("fflags", "nobuffer")];
        let option = |(name, value): &(&str, &str)| format!("option {name} {value}\n");
        let options: Vec<_> = options.iter().chain(LOOKING).chain(self.options()).map(option).collect();
        format!("ffconcat version 1.0\nfile '{quoted}'\n{}", options.concat())
    }
}

/// Nothing is looked at for longer than it takes to know what it is: pictures are wanted as they are taken.
const LOOKING: &[(&str, &str)] = &[("probesize", "1000000"), ("analyzeduration", "1000000")];

/// How long a camera on the network may stay silent before ffmpeg gives up, in microseconds.
const NO_ANSWER_MICROS: &str = "8000000";

/// Times as they are, moved on by the least step where a stream repeats one: the encoder would give up there.
const ADVANCING: &str = "setpts='if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'";
/// Pictures over HTTP have no times of their own, or counted ones: those of arrival, in microseconds, are the best there are.
const ARRIVING: &str = "settb=1/1000000,setpts='if(isnan(PREV_OUTPTS),0,max(RTCTIME-RTCSTART,PREV_OUTPTS+1))'";

/// Compresses to JPEG. `times` is the filter that makes them, `base` their unit as ffmpeg writes it.
fn compressing(times: &str, base: &str) -> Vec<OsString> {
    let mut args = words(&["-vf", times, "-enc_time_base", base, "-c:v", "mjpeg", "-q:v", QUALITY]);
    args.extend(words(&["-huffman", "default", "-pix_fmt", "yuvj420p"]));
    args
}

fn words(plain: &[&str]) -> Vec<OsString> {
    plain.iter().map(OsString::from).collect()
}

/// An address as it may be shown: without the name and password that cameras have in it.
pub fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}{path}")
}

/// A text of ffmpeg's, in which addresses are shown as they may be.
fn without_passwords(text: &str) -> String {
    text.split(' ').map(without_password).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_never_on_a_command_line() {
        for address in ["rtsp://admin:s'ecret@cam/live", "http://cam/video?user=admin&password=s'ecret"] {
            let kind = Transport::of(address);
            let args: Vec<_> = kind.args().iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
            assert!(args.iter().all(|arg| !arg.contains("ecret") && !arg.contains("cam")), "{args:?}");
            let script = kind.script(address);
            assert!(script.contains("s'\\''ecret") && script.contains("\noption fflags nobuffer\n"), "{script}");
        }
        let forged = Transport::Http.script("http://cam/\noption protocol_whitelist file");
        assert_eq!(forged.lines().filter(|line| line.starts_with("option protocol_whitelist")).count(), 1, "{forged}");
    }

    #[test]
    fn passwords_are_not_shown() {
        let shown = |address| without_password(address);
        assert_eq!(shown("rtsp://admin:s@cret@10.0.0.7:554/live?a=1"), "rtsp://10.0.0.7:554/live?a=1");
        assert_eq!(shown("http://cam/video@home"), "http://cam/video@home");
        assert_eq!(shown("cam"), "cam");
        let said = "http://user:s@10.0.0.7/x: Connection refused";
        assert_eq!(without_passwords(said), "http://10.0.0.7/x: Connection refused");
    }
}
