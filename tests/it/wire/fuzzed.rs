//! The bodies of the fuzz targets on generated inputs: the same bytes every time, made from examples that are cut, mixed
//! and damaged, which get much deeper than random ones.

#[path = "../../fuzz/wire.rs"]
mod wire;

use super::server::{RIGHT_TOUCHES, jpeg};
use ::wire::protocol::pack_raw;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Inputs per target.
const CASES: usize = 3000;
/// Longest input in bytes.
const MAX_BYTES: usize = 8192;
/// Numbers and words that parsers stumble over.
const AWKWARD: [&[u8]; 12] = [
    b"18446744073709551616",
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"\"\"",
    b"{}",
    b"\0",
    b"\xff\xff\xff\xff",
    b"../",
    b"\\u0000",
    b"]",
];

fn examples(target: &str) -> Vec<Vec<u8>> {
    let text = |all: &[&str]| all.iter().map(|t| t.as_bytes().to_vec()).collect();
    match target {
        "client_message" => text(&[
            r#"{"type":"session_start","session_id":"a","fps":30.0,"width":1280,"height":720,"window":8,"resumable":true,"resume_token":"t"}"#,
            r#"{"type":"frame","session_id":"a","frame_number":3,"timestamp":1.5,"encoding":"raw","size":12}"#,
            r#"{"type":"session_end","session_id":"a","total_frames":60}"#,
            r#"{"type":"signal","session_id":"a","filename":"p.txt","size":12}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"session_abort"}"#,
        ]),
        "server_message" => text(&[
            r#"{"type":"session_started","session_id":"a","window":8,"resume_token":"t","next_frame":3}"#,
            r#"{"type":"frame_ack","session_id":"a","frame_number":3,"status":"duplicate"}"#,
            r#"{"type":"process_progress","session_id":"a","stage":"yolo","progress":0.5,"message":"m"}"#,
            r#"{"type":"process_complete","session_id":"a","result":{"winner":"left"}}"#,
            r#"{"type":"error","session_id":null,"error_code":"X","error_message":"m","recoverable":true}"#,
        ]),
        "picture" => pictures(),
        "signal_log" => {
            vec![[b"\x00", RIGHT_TOUCHES.as_bytes()].concat(), [b"\x01", RIGHT_TOUCHES.as_bytes()].concat()]
        }
        "http_words" => {
            text(&["bytes=0-99", "bytes=-5", "../../etc/passwd", "C:\\a\\b.mp4", "1.2.3.4, [::1]:80, 127.0.0.1"])
        }
        _ => text(&["http://h:8080", "wss://h/judge/stream", "h:8080/", "https://[::1]:9/x"]),
    }
}

fn pictures() -> Vec<Vec<u8>> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(8, 6, |x, y| image::Rgb([x as u8, y as u8, 9]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let raw = pack_raw(8, 6, &[7; 8 * 6 * 3]);
    [(0, jpeg(9)), (1, png.into_inner()), (2, raw)]
        .into_iter()
        .map(|(which, bytes)| [&[which], &bytes[..]].concat())
        .collect()
}

/// A place in a text of this length, its end included.
fn place(random: &mut ChaCha8Rng, length: usize) -> usize {
    random.random_range(0..=length)
}

fn damaged(mut bytes: Vec<u8>, other: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    for _ in 0..random.random_range(1..5) {
        let at = place(random, bytes.len());
        match random.random_range(0..6) {
            0 => bytes.truncate(at),
            1 => bytes.splice(at..at, random.random::<[u8; 4]>()).for_each(drop),
            2 => {
                let awkward = AWKWARD.choose(random).copied().unwrap_or_default();
                bytes.splice(at..at, awkward.iter().copied()).for_each(drop);
            }
            3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.random_range(0..8)),
            4 => drop(bytes.drain(at..place(random, bytes.len()).max(at))),
            _ => bytes
                .splice(at.., other.get(place(random, other.len())..).unwrap_or_default().iter().copied())
                .for_each(drop),
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

fn run(target: &str) {
    let (_, body) = wire::ALL.into_iter().find(|(name, _)| *name == target).expect("a target of that name");
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let examples = examples(target);
    for example in &examples {
        body(example);
    }
    for case in 0..CASES {
        let mut input: Vec<u8> = (0..random.random_range(0..64)).map(|_| random.random()).collect();
        if case % 8 != 0
            && let (Some(one), Some(other)) = (examples.choose(&mut random), examples.choose(&mut random))
        {
            input = damaged(one.clone(), other, &mut random);
        }
        body(&input);
    }
}

#[test]
fn client_messages() {
    run("client_message");
}

#[test]
fn server_messages() {
    run("server_message");
}

#[test]
fn pictures_of_frames() {
    run("picture");
}

#[test]
fn signal_logs() {
    run("signal_log");
}

#[test]
fn words_of_http() {
    run("http_words");
}

#[test]
fn server_addresses() {
    run("server_address");
}

#[test]
fn every_target_has_its_file_and_its_place_in_the_manifest() {
    let folder = crate::support::in_project("tests/fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, _) in wire::ALL {
        let body = std::fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(
            body.contains(&format!("wire::{name}(data)")) && manifest.contains(&format!("name = \"{name}\"")),
            "{name}"
        );
    }
}
