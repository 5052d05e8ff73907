//! Each command from its input to its output, and the exit codes.

use crate::Room;

const CRM: &str = "source,id,name,email,phone,city\n\
    crm,1,Ana Petrova,ana.petrova@mail.example,+49 151 1000001,Ulm\n\
    shop,7,Petrova Ana,ana.petrova@mail.example,0151 1000001,Ulm\n\
    crm,2,Bo Lee,bo.lee@mail.example,+49 151 1000002,Kiel\n\
    shop,8,Carla Diaz,carla@mail.example,+49 151 1000003,Bonn\n";

const TRAIN: &[(&str, &str)] = &[
    ("refund", "I want my money back for the broken lamp"),
    ("refund", "please refund my payment"),
    ("refund", "when do I get the refund\\nfor my order"),
    ("refund", "money back now, the item is damaged"),
    ("login", "I cannot log in to my account"),
    ("login", "the login page rejects my password"),
    ("login", "my password does not work"),
    ("login", "account locked after the wrong password"),
];

fn tsv() -> String {
    TRAIN.iter().flat_map(|(label, text)| [label, "\t", text, "\n"]).collect()
}

#[test]
fn contacts_become_people_and_the_receipt_adds_up() {
    let room = Room::new("resolve").with("all.csv", CRM);
    room.run("resolve all.csv --region DE -o people.csv").failed(0, &["4 records", "people.csv"]);
    let people = room.read("people.csv");
    let rows: Vec<Vec<&str>> = people.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["source", "id", "entity_id", "probability"]);
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[1][2], rows[2][2], "one mail address, one phone, one name: {people}");
    assert_ne!(rows[1][2], rows[3][2]);
    let why = room.run("resolve all.csv --region DE --explain 1 shop:7").done();
    assert!(why.contains("crm:1 and shop:7 are one person"), "{why}");
    assert!(why.contains("prior") && why.contains("total"), "{why}");
    room.run("resolve all.csv --explain 1 9").failed(1, &["no record 9"]);
    let why_not = room.run("resolve all.csv --region DE --explain crm:1 crm:2").done();
    assert!(why_not.contains("are two people") && why_not.contains("missing to a match"), "{why_not}");
    assert!(why_not.contains("not shared: email"), "{why_not}");
}

#[test]
fn it_is_told_how_people_came_about_and_what_would_be_without_a_record() {
    let room = Room::new("how").with("all.csv", CRM);
    let how = room.run("resolve all.csv --region DE --how shop:7").done();
    assert!(how.starts_with("one person: crm:1, shop:7\nstep 1: crm:1 and shop:7 join 1 and 1"), "{how}");
    assert!(how.contains("prior") && how.contains("total"), "{how}");
    let without = room.run("resolve all.csv --region DE --what-if crm:1").done();
    assert_eq!(without, "without crm:1 there would be\n  one person: shop:7\n");
    let alone = room.run("resolve all.csv --region DE --without crm:2").done();
    assert_eq!(alone, "without crm:2 everybody else is as before\n");
    room.run("resolve all.csv --how 9").failed(1, &["no record 9"]);
    room.run("resolve all.csv --what-if 9").failed(1, &["no record 9"]);
}

#[test]
fn what_is_asked_can_be_answered() {
    let room = Room::new("resolve_review").with("all.csv", CRM);
    room.run("resolve all.csv --region DE --review ask.csv --review-count 1").done();
    let asked = room.read("ask.csv");
    assert_eq!(asked.lines().next(), Some("a_source,a_id,b_source,b_id,probability,evidence,match"));
    assert_eq!(asked.lines().count(), 2, "{asked}");
    let answered = |answer: &str| format!("{}{answer}\n", asked.trim_end());
    let room = room.with("yes.csv", answered("yes")).with("odd.csv", answered("perhaps"));
    room.run("resolve all.csv --region DE --labels yes.csv").done();
    room.run("resolve all.csv --labels odd.csv").failed(1, &["odd.csv:2", "neither yes nor no"]);
}

#[test]
fn a_wanted_rate_of_false_links_is_a_share() {
    let room = Room::new("resolve_rate").with("all.csv", CRM);
    room.run("resolve all.csv --max-false-merge-rate 0.01").done();
    room.run("resolve all.csv --max-false-merge-rate 2").failed(2, &["max_false_merge_rate"]);
}

#[test]
fn what_was_learnt_can_be_kept_and_read() {
    let room = Room::new("resolve_model").with("all.csv", CRM).with("bad.model", "{\"format\": 1}");
    let learnt = room.run("resolve all.csv --region DE --save-model m.model --model-table t.csv").done();
    assert_eq!(room.run("resolve all.csv --model m.model").done(), learnt);
    let table = room.read("t.csv");
    assert!(table.starts_with("comparison,level,m,u,weight,seen\nemail,exact,"), "{table}");
    room.run("resolve all.csv --model bad.model").failed(1, &["bad.model", "--save-model"]);
    room.run("resolve all.csv --model m.model --config c.json").failed(2, &["--config"]);
}

#[test]
fn people_get_their_golden_record() {
    let changed = "source,id,name,email,changed,city,zip\n\
        crm,1,ANA PETROVA,ana@mail.example,2020-01-01,Ulm,89073\n\
        shop,7,Ana Petrova,Ana@Mail.example,2026-01-01,Kiel,\n";
    let room = Room::new("golden")
        .with("all.csv", CRM)
        .with("two.csv", changed)
        .with("ids.csv", "source,id,entity_id\nshop,7,e\ncrm,1,e\n")
        .with("short.csv", "source,id,entity_id\nshop,7,e\n")
        .with("rules.json", r#"{"policies": {"email": ["longest"]}}"#)
        .with("bad.json", r#"{"policies": {"shoe": ["longest"]}}"#);
    room.run("resolve all.csv --region DE -o people.csv --golden golden.csv")
        .failed(0, &["3 golden records"]);
    let golden = room.read("golden.csv");
    assert!(golden.starts_with("entity_id,city,email,full_name,phone\ncrm:1,Ulm,ana.petrova@"), "{golden}");
    room.run("golden all.csv --entities people.csv --region DE -o again.csv").done();
    assert_eq!(room.read("again.csv"), golden, "both ways give the same");
    let old = room.run("golden two.csv --entities ids.csv").done();
    assert!(old.contains("89073") && !old.contains("Kiel"), "the whole address beats half of one: {old}");
    let new = room.run("golden two.csv --entities ids.csv --updated changed --config rules.json").done();
    assert!(
        new.contains("Kiel") && !new.contains("89073"),
        "the newer address, and no other's postcode: {new}"
    );
    room.run("golden two.csv --entities ids.csv --source-rank crm,shop -o g.jsonl").done();
    let json: serde_json::Value = serde_json::from_str(room.read("g.jsonl").trim()).expect("one line");
    assert_eq!(json["fields"]["full_name"], "Ana Petrova");
    assert_eq!(json["provenance"]["city"]["decided_by"], "source_rank");
    room.run("golden two.csv --entities short.csv").failed(1, &["short.csv", "crm:1"]);
    room.run("golden all.csv --entities ids.csv").failed(1, &["ids.csv", "whose record"]);
    room.run("golden two.csv --entities two.csv").failed(1, &["two.csv:2", "entity_id"]);
    room.run("golden two.csv --entities ids.csv --config bad.json").failed(2, &["shoe"]);
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_change_nothing() {
    let mut lines: Vec<&str> = CRM.lines().collect();
    lines[1..].reverse();
    let room = Room::new("order").with("a.csv", CRM).with("b.csv", lines.join("\n"));
    let sorted = |name: &str, threads: u32| {
        let out = room.run(&format!("resolve {name} --threads {threads}")).done();
        let mut rows: Vec<String> = out.lines().map(str::to_owned).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted("a.csv", 1), sorted("b.csv", 2));
}

#[test]
fn a_config_is_read_and_its_unknown_keys_are_refused() {
    let room = Room::new("config")
        .with("all.csv", CRM)
        .with("good.json", r#"{"cannot_link":[[{"source":"crm","id":"1"},{"source":"shop","id":"7"}]]}"#)
        .with("bad.json", "{\n \"treshold\": 1}")
        .with("range.json", r#"{"threshold": 7}"#);
    let out = room.run("resolve all.csv --config good.json").done();
    let entities: std::collections::BTreeSet<&str> =
        out.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(entities.len(), 4, "{out}");
    room.run("resolve all.csv --config bad.json").failed(2, &["bad.json:2:", "treshold"]);
    room.run("resolve all.csv --config range.json").failed(2, &["threshold"]);
}

#[test]
fn results_of_resolve_are_measured() {
    let room = Room::new("eval_resolve")
        .with("truth.csv", "source,id,name,truth\na,1,x,p\na,2,x,p\na,3,x,q\na,4,x,\n")
        .with("pred.csv", "source,id,entity_id,probability\na,1,e,1\na,2,e,1\na,3,e,1\na,4,f,1\n");
    let run = room.run("eval resolve --pred pred.csv --truth truth.csv --json");
    run.failed(0, &["1 records without truth"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(json["records"], 3);
    assert!((json["pairwise"]["precision"].as_f64().expect("a number") - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(json["pairwise"]["recall"], 1.0);
    let table = room.run("eval resolve --pred pred.csv --truth truth.csv").done();
    assert!(table.contains("pairwise") && table.contains("0.3333"), "{table}");
    let short = room.with("short.csv", "source,id,entity_id\na,1,e\n");
    short
        .run("eval resolve --pred short.csv --truth truth.csv")
        .failed(1, &["truth.csv:3", "a:2", "short.csv"]);
    short.run("eval resolve --pred truth.csv --truth truth.csv").failed(1, &["truth.csv:1", "entity_id"]);
}

#[test]
fn results_of_stitch_are_measured_over_whole_files() {
    // Thread names repeat in the two files; the clusters must stay apart.
    let room = Room::new("eval_stitch")
        .with(
            "truth.jsonl",
            concat!(
                "{\"id\":\"0\",\"file\":\"f\",\"context\":true}\n",
                "{\"id\":\"1\",\"file\":\"f\",\"truth_thread\":\"t\",\"truth_reply_to\":[]}\n",
                "{\"id\":\"2\",\"file\":\"f\",\"truth_thread\":\"t\",\"truth_reply_to\":[\"1\"]}\n",
                "{\"id\":\"3\",\"file\":\"g\",\"truth_thread\":\"t\",\"truth_reply_to\":[]}\n",
                "{\"id\":\"4\",\"file\":\"g\",\"truth_thread\":\"t\",\"truth_reply_to\":[\"3\"]}\n",
            ),
        )
        .with("pred.csv", "id,conversation_id,parent_id,weight\n0,0,,1\n1,1,,1\n2,1,1,1\n3,3,,1\n4,4,,1\n");
    let run = room.run("eval stitch --pred pred.csv --truth truth.jsonl --json");
    let json: serde_json::Value = serde_json::from_str(&run.done()).expect("it is JSON");
    assert_eq!(json["messages"], 4);
    assert_eq!(json["true_conversations"], 2);
    assert_eq!(json["links"]["f1"], 0.75, "three of four links, self-links among them");
    assert_eq!(json["exact_match"]["precision"], 1.0);
    assert_eq!(json["exact_match"]["recall"], 0.5);
    assert_eq!(json["one_to_one"], 0.75);
    assert_eq!(json["variation_of_information"], 0.75);
}

#[test]
fn entities_are_put_on_handles() {
    let room = Room::new("entities")
        .with(
            "m.jsonl",
            concat!(
                "{\"id\":\"1\",\"ts\":1000,\"channel\":\"whatsapp\",\"from\":\"+49 1\",\"to\":\"shop\",\"text\":\"a\"}\n",
                "{\"id\":\"2\",\"ts\":1060,\"channel\":\"sms\",\"from\":\"+49 2\",\"to\":\"shop\",\"text\":\"b\"}\n",
            ),
        )
        .with("handles.csv", "handle,entity_id\n+49 1,crm:1\n+49 2,crm:1\n")
        .with("records.csv", "source,id,entity_id,probability\ncrm,+49 2,crm:1,1\n")
        .with("bad.csv", "who,entity_id\nx,y\n");
    room.run("stitch m.jsonl --entities handles.csv").failed(0, &["2 participants"]);
    room.run("stitch m.jsonl --entities records.csv").failed(0, &["1 participants"]);
    room.run("stitch m.jsonl --entities bad.csv").failed(1, &["bad.csv:2", "handle,entity_id"]);
}

#[test]
fn labels_are_learnt_given_and_measured() {
    let room =
        Room::new("train").with("train.tsv", tsv()).with("new.txt", "refund please\n\nwrong password\n");
    room.run("train train.tsv --metric macro_f1 -o my.model").failed(0, &["2 labels", "8 examples"]);
    let out = room.run("classify --model my.model new.txt --all").done();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3, "one line a text, the blank one too: {out}");
    assert_eq!((rows[0][0], rows[2][0]), ("refund", "login"));
    let sum: f64 = rows[0].iter().skip(1).step_by(2).map(|p| p.parse::<f64>().expect("a number")).sum();
    assert!((sum - 1.0).abs() < 1e-5, "{out}");
    room.run("classify --model my.model train.tsv -o labels.tsv").done();
    assert_eq!(room.read("labels.tsv").lines().count(), TRAIN.len());
    let table = room.run("eval classify --pred labels.tsv --truth train.tsv").done();
    assert!(table.contains("accuracy") && table.contains("macro-F1"), "{table}");
    let piped = room.run_with("classify --model my.model --tsv -", &tsv()).done();
    assert_eq!(piped, room.read("labels.tsv"), "a file and standard input read alike");
    room.run("train train.tsv --class-weights refund=3 -o weighted.model").failed(0, &["2 labels"]);
    assert!(room.has("weighted.model"));
    room.run("train train.tsv --class-weights never=2 -o m").failed(2, &["class_weights", "does not occur"]);
    let why = room.run("classify --model my.model --explain new.txt").done();
    assert!(why.contains("prior") && why.contains("rather than"), "{why}");
}

#[test]
fn several_labels_are_learnt_given_and_measured() {
    let rows = [
        ("refund", ["money back please", "refund my order", "I want a refund", "my money back now"]),
        ("late", ["where is my parcel", "the parcel is late", "still no parcel", "two weeks late"]),
        (
            "late; refund",
            ["late parcel, money back", "refund the late parcel", "no parcel, refund", "late: refund"],
        ),
        ("", ["good morning", "thank you so much", "what a nice shop", "see you tomorrow"]),
    ];
    let row = |(labels, texts): (&str, [&str; 4])| texts.map(|text| format!("{labels}\t{text}\n")).concat();
    let train: String = rows.into_iter().map(row).collect();
    let room = Room::new("multi")
        .with("train.tsv", &train)
        .with("comma.tsv", train.replace("; ", ","))
        .with("new.txt", "refund the late parcel\n\ngood morning\n")
        .with("gap.tsv", "a,,b\ttext\n");
    room.run("train --multi train.tsv --label-separator ; -o my.model")
        .failed(0, &["2 labels", "16 examples"]);
    room.run("train --multi comma.tsv -o same.model").done();
    let bytes = |name: &str| std::fs::read(room.folder.join(name)).expect("the run wrote this file");
    assert_eq!(bytes("my.model"), bytes("same.model"));
    let out = room.run("classify --model my.model new.txt --all").done();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3, "one line a text, the blank one too: {out}");
    let labels: Vec<&str> = rows[0][0].split(',').collect();
    assert_eq!((labels.len(), rows[0][1].split(',').count(), rows[0].len()), (2, 2, 2), "{out}");
    assert_eq!((rows[2][0], rows[2][1], rows[2].len()), ("", "", 6), "none holds, all follow: {out}");
    let json = room.run("classify --model my.model new.txt --json").done();
    let first: serde_json::Value = serde_json::from_str(json.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["labels"][1]["holds"], true, "{json}");
    room.run("classify --model my.model train.tsv --label-separator ; -o labels.tsv").done();
    let eval = "eval classify --multi --label-separator ; --pred labels.tsv --truth train.tsv";
    let table = room.run(eval).done();
    assert!(table.contains("micro-F1") && table.contains("subset accuracy"), "{table}");
    let report: serde_json::Value =
        serde_json::from_str(&room.run(&format!("{eval} --json")).done()).expect("JSON");
    assert_eq!((&report["texts"], &report["labels"][0]["label"]), (&16.into(), &"late".into()));
    let why = room.run("classify --model my.model --explain new.txt").done();
    assert!(why.contains("1: ") && why.contains("does not hold; from"), "{why}");
    room.run("classify --model my.model --scope new.txt").failed(2, &["--scope"]);
    room.run("classify --model my.model --label-separator e new.txt").failed(2, &["--label-separator"]);
    room.run("train --multi gap.tsv -o m").failed(1, &["gap.tsv:1", "is empty"]);
    room.run("train comma.tsv -o m").failed(1, &["comma.tsv:13:1:", "the label is empty"]);
}

#[test]
fn texts_are_read_in_several_ways_at_once() {
    let room = Room::new("annotate")
        .with("train.tsv", tsv())
        .with("new.txt", "I was charged twice, this is outrageous!\n\nrefund please\n");
    room.run("train train.tsv --search-seconds 1 -o queue.model").done();
    let asked = "annotate --model sentiment --model queue.model --model team=queue.model new.txt";
    let out = room.run(asked).done();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    let names =
        ["queue", "queue_probability", "sentiment", "sentiment_probability", "team", "team_probability"];
    assert_eq!(rows[0], names);
    assert_eq!(
        (rows.len(), rows[1][2], rows[2][2], rows[3][0], rows[3][4]),
        (4, "negative", "neutral", "refund", "refund")
    );
    let json = room.run(&format!("{asked} --json")).done();
    let first: serde_json::Value = serde_json::from_str(json.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["sentiment"]["label"], json.lines().count()), (&"negative".into(), 3));
    let all = room.run("annotate new.txt").done();
    assert_eq!(all.lines().next().map(|head| head.split('\t').count()), Some(12));
    room.run("annotate --model nobody new.txt").failed(1, &["nobody", "reknit train"]);
    room.run("annotate --model mood=sentiment new.txt").failed(2, &["built in"]);
    room.run("annotate --model spam=queue.model new.txt").failed(1, &["spam"]);
    room.run("train train.tsv --search-seconds 0 -o m").failed(2, &["search_seconds"]);
}

#[test]
fn examples_in_another_shape_are_refused_with_their_place() {
    let room = Room::new("bad_tsv")
        .with("a.tsv", "x\tone\nno tab here\n")
        .with("b.tsv", "x\tone\n\ny\ttwo\n")
        .with("c.tsv", "")
        .with("d.model", "no model");
    room.run("train a.tsv -o m").failed(1, &["a.tsv:2:12:", "no tab"]);
    room.run("train b.tsv -o m").failed(1, &["b.tsv:2:1:", "blank"]);
    room.run("train c.tsv -o m").failed(1, &["c.tsv:", "no examples"]);
    room.run("train a.tsv -o m --metric best").failed(2, &["macro_f1"]);
    room.run("train b.tsv -o m --class-weights even").failed(2, &["balanced"]);
    room.run("train a.tsv -o nowhere/m").failed(1, &["nowhere/m", "does not exist"]);
    room.run("classify --model d.model a.tsv").failed(1, &["d.model"]);
    room.run("classify --model nothing a.tsv").failed(1, &["nothing", "sentiment"]);
    room.run("eval classify --pred c.tsv --truth b.tsv").failed(1, &["b.tsv:2"]);
}

#[test]
fn sentiment_is_built_in() {
    let room = Room::new("sentiment");
    let listed = room.run("models").done();
    assert!(listed.contains("sentiment"), "{listed}");
    let out =
        room.run_with("classify --model sentiment -", "I love it, great work!\nThis is terrible.\n").done();
    let labels: Vec<&str> = out.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(labels, ["positive", "negative"]);
    let why = room.run_with("classify --model sentiment --explain -", "I love it\n").done();
    assert!(why.contains("love"), "{why}");
}

#[test]
fn the_main_job_writes_all_of_its_files() {
    let room = Room::new("run").with("all.csv", CRM).with(
        "m.jsonl",
        concat!(
            "{\"id\":\"1\",\"ts\":1700000000,\"channel\":\"email\",\"from\":\"Ana <ana.petrova@mail.example>\",",
            "\"to\":\"help@shop.example\",\"subject\":\"Lamp\",\"text\":\"The lamp is broken. Terrible!\"}\n",
            "{\"id\":\"2\",\"ts\":1700003600,\"channel\":\"email\",\"from\":\"help@shop.example\",\"to\":\"ana.petrova@mail.example\",",
            "\"subject\":\"Re: Lamp\",\"in_reply_to\":\"1\",\"text\":\"We are sorry.\"}\n",
        ),
    );
    let summary = room.run("run --contacts all.csv --messages m.jsonl --region DE -o out").done();
    assert!(summary.contains("conversations"), "{summary}");
    let people = room.read("out/people.csv");
    assert!(people.starts_with("source,id,entity_id,probability,name\n"), "{people}");
    assert!(people.lines().count() >= 5);
    let conversations = room.read("out/conversations.csv");
    assert!(conversations.contains("2,1,1,"), "{conversations}");
    assert_eq!(room.read("out/labels.csv").lines().count(), 3);
    assert!(room.read("out/report.html").contains("</html>"));
    for line in room.read("out/evidence.jsonl").lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(object["kind"].is_string());
    }
}

#[test]
fn a_wrong_call_is_2_and_help_is_0() {
    let room = Room::new("usage");
    for line in ["", "resolve", "resolve --no-such a.csv", "fly", "eval", "classify a.txt", "run -o x"] {
        assert_eq!(room.run(line).code, 2, "{line}");
    }
    for command in ["run", "resolve", "stitch", "train", "classify", "models", "eval", "eval stitch"] {
        let help = room.run(&format!("{command} --help")).done();
        assert!(help.contains("Example"), "{command}: {help}");
    }
    assert!(room.run("--version").done().starts_with("reknit "));
}

#[cfg(unix)]
#[test]
fn a_reader_that_hangs_up_ends_the_run_quietly() {
    use std::process::{Command, Stdio};
    let rows = "one text of many\n".repeat(50_000);
    let room = Room::new("pipe").with("in.txt", rows);
    let mut child = Command::new(env!("CARGO_BIN_EXE_reknit"))
        .args(["classify", "--model", "sentiment", "in.txt"])
        .current_dir(&room.folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
