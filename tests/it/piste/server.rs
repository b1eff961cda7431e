//! A server judges; when it is gone, this machine does.

use super::scene::Scene;
use crate::wire::server::TestServer;
use fencing::{Call, Side};
use piste::{Command, Event, JudgeEventKind, JudgeOrigin, JudgedBy, Phase, ServerChoice};
use std::path::PathBuf;

fn by(address: &str) -> JudgedBy {
    JudgedBy::Server(ServerChoice { address: address.to_owned(), token: None })
}

fn failed_folder(event: &Event) -> Option<PathBuf> {
    let Event::Judge(event) = event else { return None };
    matches!(event.kind, JudgeEventKind::Failed { .. }).then(|| event.folder.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_judges_and_when_it_is_gone_this_machine_does() {
    let server = TestServer::start().await;
    let address = server.address.to_string();
    let scene = tokio::task::spawn_blocking(move || {
        let mut scene = Scene::ready(|settings| settings.judged_by = by(&address));
        scene.send(Command::Start);
        scene.wait(0.6);
        scene.lamp(Side::Left);
        let ruling = scene.until_judged(1);
        scene.until_recorded(1);
        assert_eq!((ruling.call(), &ruling.origin), (Some(Call::Touch(Side::Left)), &JudgeOrigin::Server(address)));
        assert_eq!(ruling.folder, scene.recorded()[0].folder);
        scene.send(Command::Start);
        scene.wait(0.6);
        scene
    });
    let mut scene = scene.await.unwrap();
    // In the middle of the second phrase.
    server.stop().await;
    let judged = tokio::task::spawn_blocking(move || {
        scene.lamp(Side::Right);
        scene.until("the server is missed", |s| s.told.iter().any(|e| failed_folder(e).is_some()));
        let told = scene.rulings().pop().unwrap();
        let by_its_lamp = (false, JudgeOrigin::Live, Some(Call::Touch(Side::Right)));
        assert_eq!((told.is_final(), told.origin.clone(), told.call()), by_its_lamp, "one light needs no server");
        scene.until("judging here is offered", |s| matches!(s.piste.status().phase, Phase::Failed { .. }));
        let folder = scene.told.iter().find_map(failed_folder).unwrap();
        scene.send(Command::JudgeHere(folder.clone()));
        let ruling = scene.until_judged(2);
        assert_eq!((ruling.call(), &ruling.origin), (Some(Call::Touch(Side::Right)), &JudgeOrigin::Recording));
        assert_eq!(ruling.folder, folder);
    });
    judged.await.unwrap();
}
