//! An entry of the library: a phrase with its metadata and the calls of referee and machine.

use fencing::{Call, Confidence, PerSide, Weapon};
use std::path::{Path, PathBuf};
use time::PrimitiveDateTime;

/// Kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A folder written by the recorder.
    Phrase,
    /// A clip.
    Clip,
    /// A result whose clip is not in the library.
    Result,
}

/// The machine's call.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineCall {
    /// The call.
    pub call: Call,
    /// Confidence; `None` when the result has none.
    pub confidence: Option<Confidence>,
    /// Name of the deciding rule in the result.
    pub rule: Option<String>,
}

/// Whether referee and machine agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// Same call.
    Agrees,
    /// Different calls.
    Differs,
    /// One of them made no call, or "too close".
    Unknown,
}

impl Agreement {
    /// `agrees`, `differs` or `unknown`, as in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
        }
    }

    /// Compares two calls. "Simultaneous" and "no touch" are equal on the scoreboard; "too close" is no opinion.
    pub fn between(own: Option<Call>, machine: Option<Call>) -> Self {
        let decided = |call: Option<Call>| call.filter(|c| *c != Call::TooClose).map(on_the_scoreboard);
        match (decided(own), decided(machine)) {
            (Some(own), Some(machine)) if own == machine => Self::Agrees,
            (Some(_), Some(_)) => Self::Differs,
            _ => Self::Unknown,
        }
    }
}

/// Maps calls with the same effect on the score to one.
fn on_the_scoreboard(call: Call) -> Call {
    if call == Call::Simultaneous { Call::NoTouch } else { call }
}

/// A phrase, clip or result.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its key: the clip, or the result file without a clip. Links in the folder's path are resolved.
    pub path: PathBuf,
    /// Kind of the entry.
    pub kind: EntryKind,
    /// The clip; `None` when only results exist.
    pub clip: Option<PathBuf>,
    /// The signal log.
    pub log: Option<PathBuf>,
    /// The newest result file.
    pub result: Option<PathBuf>,
    /// File name without extension.
    pub title: String,
    /// Name of the parent folder.
    pub folder: String,
    /// Names of the fencers.
    pub fencers: PerSide<Option<String>>,
    /// Name of the bout.
    pub bout: Option<String>,
    /// Weapon, if known.
    pub weapon: Option<Weapon>,
    /// Time of recording from the file name, otherwise of the last change in UTC.
    pub recorded_at: Option<PrimitiveDateTime>,
    /// The referee's call.
    pub own_call: Option<Call>,
    /// The machine's call.
    pub machine: Option<MachineCall>,
    /// Length in seconds, if known.
    pub duration_secs: Option<f64>,
    /// Time of the touch on the clip's clock, in seconds; the thumbnail shows it.
    pub touch_secs: Option<f64>,
    /// Why the entry cannot be used; a finished sentence.
    pub trouble: Option<String>,
}

impl Entry {
    /// An entry of which only the path is known.
    pub(super) fn at(path: PathBuf, kind: EntryKind) -> Self {
        let name = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        Self {
            kind,
            clip: None,
            log: None,
            result: None,
            title: name(path.file_stem()),
            folder: name(path.parent().and_then(Path::file_name)),
            fencers: PerSide::default(),
            bout: None,
            weapon: None,
            recorded_at: None,
            own_call: None,
            machine: None,
            duration_secs: None,
            touch_secs: None,
            trouble: None,
            path,
        }
    }

    /// Whether referee and machine agree.
    pub fn agreement(&self) -> Agreement {
        Agreement::between(self.own_call, self.machine.as_ref().map(|m| m.call))
    }

    /// The call that counts: the referee's, otherwise the machine's.
    pub fn final_call(&self) -> Option<Call> {
        self.own_call.or(self.machine.as_ref().map(|m| m.call))
    }

    /// Whether it can be judged and has not been.
    pub fn awaits_judgement(&self) -> bool {
        self.clip.is_some() && self.machine.is_none() && self.trouble.is_none()
    }

    /// Whether it can be shown and no referee has called it.
    pub fn awaits_call(&self) -> bool {
        self.clip.is_some() && self.own_call.is_none() && self.trouble.is_none()
    }

    /// Both names in one line; empty when neither is known, a dash for an unknown one.
    pub fn fencers_line(&self) -> String {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "–".to_owned());
        if self.fencers.left.is_none() && self.fencers.right.is_none() {
            String::new()
        } else {
            format!("{} – {}", name(&self.fencers.left), name(&self.fencers.right))
        }
    }

    /// The text that a search covers, in lower case.
    pub(super) fn haystack(&self) -> String {
        let names = self.fencers.iter().filter_map(|(_, name)| name.as_deref());
        let parts = [self.title.as_str(), self.folder.as_str()].into_iter().chain(names).chain(self.bout.as_deref());
        parts.collect::<Vec<_>>().join("\n").to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::Side;

    #[test]
    fn agreement_is_about_the_score() {
        let left = Some(Call::Touch(Side::Left));
        let cases = [
            (left, left, Agreement::Agrees),
            (left, Some(Call::Touch(Side::Right)), Agreement::Differs),
            (Some(Call::NoTouch), Some(Call::Simultaneous), Agreement::Agrees),
            (Some(Call::Double), Some(Call::Simultaneous), Agreement::Differs),
            (left, Some(Call::TooClose), Agreement::Unknown),
            (None, left, Agreement::Unknown),
            (left, None, Agreement::Unknown),
        ];
        for (own, machine, wanted) in cases {
            assert_eq!(Agreement::between(own, machine), wanted, "{own:?} {machine:?}");
        }
    }

    #[test]
    fn names_stand_in_one_line() {
        let mut entry = Entry::at("club/a.mp4".into(), EntryKind::Clip);
        assert_eq!((entry.fencers_line().as_str(), entry.title.as_str(), entry.folder.as_str()), ("", "a", "club"));
        entry.fencers.right = Some("Kim".into());
        assert_eq!(entry.fencers_line(), "– – Kim");
    }
}
