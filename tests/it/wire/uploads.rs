//! Uploads from their first byte to their artifacts: what becomes of one whose client hangs up, of what a killed server left,
//! and of files that are named like artifacts. And a clip for all tests that upload one.

use super::server::{FakeJudge, RIGHT_TOUCHES, ServerOptions, TestServer, jpeg};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vision::video::{Cancel, VideoWriter, WriterOptions};

/// A clip of 20 frames.
pub(crate) fn clip() -> Vec<u8> {
    clip_of(20)
}

/// A clip of so many frames, 20 per second.
pub(crate) fn clip_of(frames: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let size = FrameSize::new(64, 48);
    let mut video = VideoWriter::create_from_jpegs(&path, size, &WriterOptions::default(), &Cancel::new()).unwrap();
    for number in 0..frames {
        video.write_jpeg(Timestamp::from_secs(f64::from(number) / 20.0), &jpeg(number as u8)).unwrap();
    }
    video.finish().unwrap();
    std::fs::read(&path).unwrap()
}

/// An upload of that clip and log under these names.
pub(crate) fn form(video: &str, signal: &str) -> Form {
    let file = |name: &str, bytes: Vec<u8>| Part::bytes(bytes).file_name(name.to_owned());
    Form::new().part("video", file(video, clip())).part("signal", file(signal, RIGHT_TOUCHES.into()))
}

async fn judged(server: &TestServer, form: Form) -> Value {
    let answer = reqwest::Client::new().post(server.url("/analyze")).multipart(form).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// A judge that takes so long for every frame.
pub(crate) fn slow_judge(per_frame: Duration) -> FakeJudge {
    FakeJudge { per_frame, ..FakeJudge::default() }
}

/// Waits until the judge has been shown its first frame.
pub(crate) async fn until_judging(judge: &FakeJudge) {
    for _ in 0..1500 {
        if !judge.seen.lock().unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was ever judged");
}

async fn until_empty(folder: &Path) {
    let names = || std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name()).collect::<Vec<_>>();
    for _ in 0..500 {
        if names().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("this stays behind: {:?}", names());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_while_its_clip_is_judged_leaves_nothing_behind() {
    let judge = slow_judge(Duration::from_millis(200));
    let server = TestServer::start_with(ServerOptions { judge: judge.clone(), ..ServerOptions::default() }).await;
    let url = server.url("/analyze");
    let asking = tokio::spawn(reqwest::Client::new().post(url).multipart(form("clip.mp4", "p.txt")).send());
    until_judging(&judge).await;
    asking.abort();
    until_empty(server.output()).await;
    assert!(judge.seen.lock().unwrap().len() < 20, "nobody judges what nobody waits for");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_received_is_swept_up_by_the_next() {
    let output = Arc::new(tempfile::tempdir().unwrap());
    let left = output.path().join(".upload-AbCdEf");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("held"), []).unwrap();
    std::fs::write(left.join("part0.mp4"), [0; 1000]).unwrap();
    let server = TestServer::start_with(ServerOptions { output: Some(output), ..ServerOptions::default() }).await;
    until_empty(server.output()).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_named_like_artifacts_do_not_replace_them_and_are_no_page() {
    let server = TestServer::start().await;
    for (video, signal) in [("report.html", "summary.txt"), ("p.txt", "p.txt"), ("analysis_result.json", "report.txt")]
    {
        let result = judged(&server, form(video, signal)).await;
        let id = result["phrase_id"].as_str().unwrap_or_else(|| panic!("{video}: {result}"));
        let phrase = server.until(&format!("/phrases/{id}"), |phrase| phrase["artifacts_complete"] == true).await;
        assert!(phrase["result"]["artifacts_errors"].is_null(), "{phrase}");
        let folder = server.output().join(id);
        let here = |path: &Value| std::fs::read(path.as_str().unwrap()).unwrap();
        assert_eq!(here(&result["input_signal"]), RIGHT_TOUCHES.as_bytes(), "{video}");
        assert_eq!(here(&result["input_video"]).get(4..8), Some(&b"ftyp"[..]), "{video}");
        assert!(std::fs::read_to_string(folder.join("report.html")).unwrap().starts_with("<!"));
        let page = reqwest::get(server.url(&format!("/phrases/{id}/files/report.html"))).await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
        assert!(!page.headers().contains_key("content-disposition"));
    }
    // As an older version may have left it.
    let old = server.output().join("old");
    std::fs::create_dir(&old).unwrap();
    std::fs::write(old.join("page.html"), "<script>alert(1)</script>").unwrap();
    let answer = reqwest::get(server.url("/phrases/old/files/page.html")).await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    server.stop().await;
}
