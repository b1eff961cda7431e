//! JPEG frames with their times from a clip or a network camera, read by ffmpeg and delivered over a pipe.
//!
//! Hides transports and codecs. A URL is opened only with the protocols of cameras, so that a playlist behind it cannot make ffmpeg
//! read files of this machine.

use super::child::{RunningChild, StdinMode, file_url};
use super::clip::DEINTERLACING;
use super::error::last_line;
use super::nut::NutReader;
use super::probe::{CONTAINERS, MAX_MEGAPIXELS};
use super::{Cancel, ClipInfo, Tools, VideoError};
use std::ffi::OsString;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ChildStdout;

/// Quality of frames that are compressed here, on ffmpeg's scale of 2 (best) to 31: clean at review size.
const QUALITY: &str = "3";
/// Largest accepted JPEG image: as many bytes as the largest frame has pixels.
const MAX_JPEG_BYTES: u64 = MAX_MEGAPIXELS * 1_000_000;

/// A stream of JPEG frames.
pub struct JpegStream {
    child: RunningChild,
    nut: NutReader<BufReader<ChildStdout>>,
    about: PathBuf,
    delivered: u64,
    stderr_lines: u64,
    damaged: u64,
}

impl JpegStream {
    /// Opens a clip at its beginning; JPEG frames are copied.
    pub fn open_clip(info: &ClipInfo, tools: &Tools, cancel: &Cancel) -> Result<Self, VideoError> {
        let mut args = os_args(&["-hide_banner", "-nostdin", "-loglevel", "error", "-copyts"]);
        args.extend(os_args(&["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS]));
        args.extend(["-i".into(), file_url(&info.path)]);
        args.extend(os_args(&["-map", &format!("0:{}", info.stream), "-an", "-sn", "-dn", "-fps_mode", "passthrough"]));
        let times = format!("{}{INCREASING_TIMES}", if info.interlaced { DEINTERLACING } else { "" });
        let is_jpeg = info.codec == "mjpeg" && info.rotation_degrees == 0 && !info.interlaced;
        args.extend(if is_jpeg {
            os_args(&["-c:v", "copy"])
        } else {
            jpeg_args(&times, tools.ffmpeg_version(cancel)?.source_time_base())
        });
        Self::spawn(args, None, info.path.clone(), tools, cancel)
    }

    /// Opens a camera at an `rtsp://`, `rtsps://`, `http://` or `https://` URL; the caller has checked the scheme.
    pub fn open_address(address: &str, tools: &Tools, cancel: &Cancel) -> Result<Self, VideoError> {
        let kind = Transport::of(address);
        let about = PathBuf::from(without_password(address));
        Self::spawn(kind.args(), Some(&kind.script(address)), about, tools, cancel)
    }

    /// Starts ffmpeg; `script` is its standard input.
    fn spawn(
        mut args: Vec<OsString>,
        script: Option<&str>,
        about: PathBuf,
        tools: &Tools,
        cancel: &Cancel,
    ) -> Result<Self, VideoError> {
        args.extend(os_args(&["-flush_packets", "1", "-f", "nut", "-write_index", "0", "pipe:1"]));
        let feeding = if script.is_some() { StdinMode::Pipe } else { StdinMode::Nothing };
        let (child, pipes) = RunningChild::spawn(&tools.ffmpeg, &args, feeding, &about, cancel)?;
        if let (Some(mut stdin), Some(script)) = (pipes.stdin, script) {
            // The write fails for a child that has exited; reading reports the cause.
            let _gone = child.supervised(|| stdin.write_all(script.as_bytes()));
        }
        Ok(Self { child, nut: NutReader::new(pipes.stdout), about, delivered: 0, stderr_lines: 0, damaged: 0 })
    }

    /// The next frame with its time in nanoseconds on the stream's own clock, or `None` at the end.
    ///
    /// A stream that ends before its first frame is an error with the cause; one that breaks off later just ends.
    pub fn next_jpeg(&mut self) -> Result<Option<(i64, Vec<u8>)>, VideoError> {
        let nut = &mut self.nut;
        match self.child.supervised(|| nut.next_packet(MAX_JPEG_BYTES)) {
            Ok(Some(jpeg)) => {
                self.delivered += 1;
                self.count_errors();
                Ok(Some(jpeg))
            }
            Ok(None) => self.conclude(),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => self.conclude(),
            Err(e) => Err(VideoError::Decode { path: self.about.clone(), reason: e.to_string() }),
        }
    }

    /// Number of frames with decoding errors. Error messages are not synchronised with the frames, so several within one frame count
    /// once, and the frame may be the next one.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    fn count_errors(&mut self) {
        let stderr_lines = self.child.stderr_lines();
        self.damaged += u64::from(stderr_lines != self.stderr_lines);
        self.stderr_lines = stderr_lines;
    }

    fn conclude(&mut self) -> Result<Option<(i64, Vec<u8>)>, VideoError> {
        let end = self.child.finish()?;
        if self.delivered > 0 {
            return Ok(None);
        }
        let complaint = last_line(&end.stderr_text, &self.about);
        let reason = without_passwords(complaint.trim_start_matches("pipe:0: "));
        Err(VideoError::NoFrames { path: self.about.clone(), reason })
    }
}

/// Transport protocol of a network camera.
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

    /// Options for opening the camera itself.
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Rtsp => &[("rtsp_transport", "tcp"), ("timeout", TIMEOUT_MICROS)],
            Self::Http => &[("rw_timeout", TIMEOUT_MICROS)],
        }
    }

    /// All arguments except the URL: every user of this machine can read command lines.
    fn args(self) -> Vec<OsString> {
        let mut args = os_args(&["-hide_banner", "-nostdin", "-loglevel", "error", "-flags", "low_delay"]);
        for (name, value) in PROBE_LIMITS {
            args.extend(os_args(&[&format!("-{name}"), value]));
        }
        args.extend(os_args(&["-protocol_whitelist", &format!("pipe,{}", self.protocols())]));
        args.extend(os_args(&["-f", "concat", "-safe", "0", "-i", "pipe:0"]));
        args.extend(os_args(&["-map", "0:V:0", "-an", "-sn", "-dn", "-fps_mode", "passthrough"]));
        match self {
            Self::Rtsp => args.extend(jpeg_args(&format!("settb=1/1000000,{INCREASING_TIMES}"), "1:1000000")),
            Self::Http => args.extend(jpeg_args(ARRIVAL_TIMES, "1:1000000")),
        }
        args
    }

    /// A concat script of one URL with its options (<https://ffmpeg.org/ffmpeg-formats.html#concat-1>). A line break in a URL could add
    /// directives, so there is none.
    fn script(self, address: &str) -> String {
        let address: String = address.chars().filter(|c| !c.is_control()).collect();
        let quoted = address.replace('\'', "'\\''");
        // ffmpeg must buffer what it reads while probing: that includes the camera's first frames.
        let options = [("protocol_whitelist", self.protocols()), ("fflags", "nobuffer")];
        let option = |(name, value): &(&str, &str)| format!("option {name} {value}\n");
        let options: Vec<_> = options.iter().chain(PROBE_LIMITS).chain(self.options()).map(option).collect();
        format!("ffconcat version 1.0\nfile '{quoted}'\n{}", options.concat())
    }
}

/// Keeps probing short, so that frames are delivered as they are taken.
const PROBE_LIMITS: &[(&str, &str)] = &[("probesize", "1000000"), ("analyzeduration", "1000000")];

/// Silence of a network camera after which ffmpeg gives up, in microseconds.
const TIMEOUT_MICROS: &str = "8000000";

/// Keeps timestamps, but increments repeated ones: the encoder would fail on them.
const INCREASING_TIMES: &str = "setpts='if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'";
/// Frames over HTTP have no timestamps, or counted ones: uses the time of arrival, in microseconds.
const ARRIVAL_TIMES: &str = "settb=1/1000000,setpts='if(isnan(PREV_OUTPTS),0,max(RTCTIME-RTCSTART,PREV_OUTPTS+1))'";

/// Arguments that compress to JPEG. `times` is the filter for the timestamps, `base` their unit in ffmpeg's notation.
fn jpeg_args(times: &str, base: &str) -> Vec<OsString> {
    let mut args = os_args(&["-vf", times, "-enc_time_base", base, "-c:v", "mjpeg", "-q:v", QUALITY]);
    args.extend(os_args(&["-huffman", "default", "-pix_fmt", "yuvj420p"]));
    args
}

fn os_args(plain: &[&str]) -> Vec<OsString> {
    plain.iter().map(OsString::from).collect()
}

/// A URL for display: without the user name and password that camera URLs contain.
pub fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}{path}")
}

/// A message of ffmpeg with all its URLs made displayable.
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
        let output = "http://user:s@10.0.0.7/x: Connection refused";
        assert_eq!(without_passwords(output), "http://10.0.0.7/x: Connection refused");
    }
}
