//! Folders of clubs, ordinary and strange ones: what is found, in which order, and which problems are reported.

use super::*;
use crate::library::{Catalogue, EntryKind, Query, SortBy, select};
use fencing::{Call, Side, Weapon};

/// A temporary folder of files, given by path and text.
struct Club(tempfile::TempDir);

impl Club {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn root(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    fn with(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn places(&self) -> LibraryFolders {
        LibraryFolders { listed: vec![self.root()], results: None, ..LibraryFolders::default() }
    }

    fn look(&self) -> Catalogue {
        catalogue_of(&self.places())
    }
}

fn catalogue_of(places: &LibraryFolders) -> Catalogue {
    let mut all = Catalogue::default();
    look_again(&mut all, places);
    all
}

fn look_again(all: &mut Catalogue, places: &LibraryFolders) {
    all.begin_look();
    scan(places, &Cancel::new(), &mut |finding| all.add(finding));
    all.end_look();
}

fn titles(all: &Catalogue) -> Vec<String> {
    select(all, &Query { sort: SortBy::Title, ..Query::default() }).iter().map(|e| e.title.clone()).collect()
}

const LOG: &str = " 0.000s | Phrase recording started\n 1.221s | HIT: Left scores on Right!\n\
    Scores -> Fencer 1: HIT, Fencer 2: MISS\n[2026-01-27 21:09:43] Confirmed result winner: Right Fencer (Green Lamp)\n";
const NOTES: &str = r#"{"weapon":"foil","left":"Kim","right":"Rossi","own_call":"left","machine_call":"right",
    "machine_confidence":0.7,"bout":"Final"}"#;

fn result(clip: &str) -> String {
    format!(
        r#"{{"winner":"right","input_video":"{clip}","phrase":{{"simultaneous_hit_time":1.0}},
            "metadata":{{"weapon":"sabre"}},"verdict":{{"call":"right","confidence":0.8,"rule":"B13"}}}}"#
    )
}

#[test]
fn a_recorded_phrase_is_one_entry_with_all_that_is_known() {
    let name = "20260127_210934_phrase05";
    let club = Club::new()
        .with(&format!("bouts/{name}/{name}.mkv"), "x")
        .with(&format!("bouts/{name}/{name}_second.mkv"), "x")
        .with(&format!("bouts/{name}/{name}_overlay.mp4"), "x")
        .with(&format!("bouts/{name}/{name}.txt"), LOG)
        .with(&format!("bouts/{name}/phrase.json"), NOTES);
    let all = club.look();
    assert_eq!((all.len(), all.troubles().len()), (1, 0));
    let entry = all.entries().next().unwrap();
    assert_eq!((entry.kind, entry.title.as_str(), entry.folder.as_str()), (EntryKind::Phrase, name, "bouts"));
    assert_eq!(entry.path, club.root().join(format!("bouts/{name}/{name}.mkv")));
    assert_eq!((entry.fencers.left.as_deref(), entry.weapon), (Some("Kim"), Some(Weapon::Foil)));
    assert_eq!(entry.own_call, Some(Call::Touch(Side::Left)), "the notes win over the box's log");
    assert_eq!(entry.machine.as_ref().unwrap().call, Call::Touch(Side::Right));
    assert_eq!(entry.recorded_at.unwrap().to_string(), "2026-01-27 21:09:34.0");
    assert_eq!(entry.touch_secs, Some(1.221));
}

#[test]
fn a_plain_clip_has_its_log_and_finds_its_results_wherever_they_lie() {
    let club = Club::new().with("z/a.mp4", "x").with("z/a.txt", LOG).with("z/a_overlay-2.mp4", "x");
    let clip = club.root().join("z/a.mp4");
    let club = club.with("a_20260127T210934Z/analysis_result.json", &result(clip.to_str().unwrap()));
    let all = club.look();
    assert_eq!(titles(&all), ["a"]);
    let entry = all.get(&clip).unwrap();
    assert_eq!(entry.own_call, Some(Call::Touch(Side::Right)), "the person's answer in the log");
    assert_eq!((entry.machine.as_ref().unwrap().call, entry.weapon), (Call::Touch(Side::Right), Some(Weapon::Sabre)));
    assert!(entry.log.is_some() && entry.result.is_some());
}

#[test]
fn results_of_a_clip_elsewhere_are_listed_and_those_of_a_results_folder_only_count_for_listed_clips() {
    let far = Club::new().with("b.mp4", "x");
    let clip = far.root().join("b.mp4");
    let results = Club::new()
        .with("one/analysis_result.json", &result(clip.to_str().unwrap()))
        .with("two/analysis_result.json", &result("/nowhere/c.mp4"));
    let listed = results.look();
    assert_eq!(titles(&listed), ["b", "c"]);
    assert_eq!(listed.entries().filter(|e| e.trouble.is_some()).count(), 1, "one clip is gone");
    let both = LibraryFolders { listed: vec![far.root()], results: Some(results.root()), ..LibraryFolders::default() };
    let all = catalogue_of(&both);
    assert_eq!(titles(&all), ["b"]);
    assert!(all.get(&clip).unwrap().machine.is_some());
}

#[test]
fn what_is_strange_is_survived_and_reported() {
    let club = Club::new()
        .with("🤺 finale/süß 🥇.mp4", "x")
        .with("empty.mp4", "")
        .with("half/analysis_result.json", "{half")
        .with(".hidden/b.mp4", "x")
        .with("notes/phrase.json", "{half")
        .with("readme.md", "x")
        .with("n.mp4/inner.mp4", "x");
    let all = club.look();
    assert_eq!(titles(&all), ["empty", "inner", "notes", "süß 🥇"]);
    let messages: Vec<_> = all.troubles().iter().map(ToString::to_string).collect();
    assert!(messages.len() == 1 && messages[0].contains("judge the phrase again"), "{messages:?}");
    let empty = all.get(&club.root().join("empty.mp4")).unwrap();
    assert!(empty.trouble.as_ref().unwrap().contains("may still be copied") && !empty.awaits_judgement());
}

#[cfg(unix)]
#[test]
fn loops_and_closed_doors_do_not_stop_the_look() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let club = Club::new().with("a/one.mp4", "x").with("closed/two.mp4", "x");
    symlink(club.root(), club.root().join("a/back")).unwrap();
    symlink("nowhere.mp4", club.root().join("gone.mp4")).unwrap();
    symlink(club.root().join("a"), club.root().join("again")).unwrap();
    let closed = club.root().join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o0)).unwrap();
    let all = club.look();
    // The superuser may read every folder.
    let open_door = std::fs::read_dir(&closed).is_ok();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(titles(&all).iter().filter(|t| *t == "one").count(), 1);
    assert_eq!(all.troubles().len(), usize::from(!open_door), "{:?}", all.troubles());
}

#[test]
fn a_second_look_forgets_what_is_gone_and_keeps_what_was_learnt() {
    let club = Club::new().with("20260101_120000.mp4", "x").with("b.mp4", "x");
    let mut all = club.look();
    let kept = club.root().join("20260101_120000.mp4");
    all.add_probed(&kept, &crate::library::Probed { duration_secs: Some(3.0), ..Default::default() });
    std::fs::remove_file(club.root().join("b.mp4")).unwrap();
    look_again(&mut all, &club.places());
    assert_eq!(titles(&all), ["20260101_120000"]);
    assert_eq!(all.get(&kept).unwrap().duration_secs, Some(3.0));
}

#[test]
fn a_missing_place_is_reported_and_a_single_clip_may_be_one() {
    let club = Club::new().with("a.mp4", "x").with("b.mp4", "x").with("c.txt", "x");
    let places = ["a.mp4", "gone", "c.txt"].map(|name| club.root().join(name)).to_vec();
    let all = catalogue_of(&LibraryFolders { listed: places, results: None, ..LibraryFolders::default() });
    assert_eq!(titles(&all), ["a"]);
    assert_eq!(all.troubles().len(), 2);
}

#[test]
fn the_newest_result_counts_whatever_order_they_are_found_in() {
    let club = Club::new().with("m.mp4", "x");
    let clip = club.root().join("m.mp4");
    let text = result(clip.to_str().unwrap());
    let older = text.replace("right", "left");
    let club = club.with("z_old/analysis_result.json", &older).with("a_new/analysis_result.json", &text);
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let old = std::fs::File::options().append(true).open(club.root().join("z_old/analysis_result.json")).unwrap();
    old.set_modified(long_ago).unwrap();
    assert_eq!(club.look().get(&clip).unwrap().machine.as_ref().unwrap().call, Call::Touch(Side::Right));
}

#[test]
fn a_look_that_is_given_up_hands_over_nothing_more() {
    let club = Club::new().with("a.mp4", "x");
    let cancel = Cancel::new();
    cancel.cancel();
    let mut found = 0;
    scan(&club.places(), &cancel, &mut |_| found += 1);
    assert_eq!(found, 0);
}
