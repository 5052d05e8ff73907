//! Exports of WhatsApp, X, Slack and the rest, as files and as folders.

use std::fs;
use std::path::Path;

use crate::Room;

/// A fixture of the readers.
fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages").join(name))
        .expect("the fixture is there")
}

fn ids(lines: &str) -> Vec<String> {
    let id = |line: &str| line.split('"').nth(3).expect("an object begins with its id").to_owned();
    lines.lines().map(id).collect()
}

#[test]
fn a_slack_export_is_read_from_its_folder() {
    let room = Room::new("slack")
        .with("export/users.json", fixture("slack/users.json"))
        .with("export/dms.json", fixture("slack/dms.json"))
        .with("export/general/2024-02-05.json", fixture("slack/2024-02-05.json"))
        .with("export/integration_logs.json", "[]");
    let run = room.run("messages export --us bo");
    run.failed(
        0,
        &["2024-02-05.json:9: [7]: ", "no `ts`", "slack 6", "6 messages", "1 file(s) hold no messages"],
    );
    assert_eq!(ids(&run.out)[1], "slack:general:1707127260.000200");
    assert!(run.out.contains("Hi @bo, see the plan") && run.out.contains("\"outbound\""), "{}", run.out);
    let stitched = room.run("stitch export").done();
    assert!(
        stitched.contains("slack:general:1707127320.000300,slack:general:1707127260.000200,"),
        "a reply hangs on the root of its thread: {stitched}"
    );
    let file = room.run("messages export/general/2024-02-05.json").done();
    assert!(file.contains("Ana Petrova"), "what stands beside a file is read, too: {file}");
}

#[test]
fn an_x_archive_is_read_from_its_folder() {
    let room = Room::new("x")
        .with("archive/data/account.js", fixture("x/account.js"))
        .with("archive/data/tweets.js", fixture("x/tweets.js"))
        .with("archive/data/direct-messages.js", fixture("x/direct-messages.js"))
        .with("archive/data/like.js", "window.YTD.like.part0 = [ ]");
    let run = room.run("messages archive");
    run.failed(0, &["x_direct_messages 4", "x_tweets 2"]);
    assert!(run.out.contains("teashop"), "{}", run.out);
}

#[test]
fn what_stands_in_two_exports_is_kept_once() {
    let chat = fixture("whatsapp/android_group.txt");
    let room = Room::new("whatsapp").with("a/chat.txt", &chat).with("b/chat.txt", &chat);
    let run = room.run("messages a b --utc-offset -60 -o out.jsonl");
    run.failed(0, &["10 message(s) stand in two exports", "10 messages", "whatsapp 10"]);
    let lines = room.read("out.jsonl");
    assert!(lines.contains("2024-02-05T11:01:00Z"), "{lines}");
    let again = room.run("messages out.jsonl").done();
    assert_eq!(again, lines, "message JSON Lines are what they were");
}

#[test]
fn what_is_no_export_is_said() {
    let room = Room::new("no_export")
        .with("chat.zip", b"PK\x03\x04".as_slice())
        .with("contacts.csv", "name,mail\nAna,a@x.io\n")
        .with("chat.txt", "Hello\n")
        .with("tweets.js", "window.YTD.tweets.part0 = [ {}, {} ]");
    room.run("messages chat.zip").failed(1, &["chat.zip", "zip", "unpack"]);
    room.run("messages contacts.csv").failed(1, &["contacts.csv", "WhatsApp", "--format"]);
    room.run("messages chat.txt --format whatsapp").failed(1, &["chat.txt", "date and a time"]);
    room.run("messages chat.txt --format sms").failed(2, &["whatsapp", "zendesk"]);
    room.run("messages tweets.js").failed(1, &["tweets.js", "id_str"]);
    room.run("messages tweets.js --utc-offset 5000").failed(2, &["1080"]);
}

#[test]
fn many_problems_are_counted() {
    let lines = "From a@x.io Mon Feb  5 10:00:00 2024\nSubject: x\n\n".repeat(2);
    let posts = "{\"tweet\":{}},".repeat(50);
    let posts =
        format!("window.YTD.tweets.part0 = [{posts}{{\"tweet\":{{\"id_str\":\"1\",\"full_text\":\"x\"}}}}]");
    let room = Room::new("many").with("a.mbox", lines).with("tweets.js", posts);
    let run = room.run("messages tweets.js a.mbox --us shop");
    run.failed(0, &["31 more problem(s)", "3 messages"]);
}
