//! Dirty files: what is read, what is refused, and where the finger points.

use std::fmt::Write;

use crate::Room;

/// `source,id` of the rows of an output, in order.
fn keys(csv: &str) -> Vec<String> {
    csv.lines().skip(1).map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn a_mark_crlf_quoted_breaks_and_delimiters_are_read() {
    let room = Room::new("dialect").with(
        "crm.csv",
        "\u{feff}id;name;notes\r\n1;\"Petrov; Ana\";\"first line\r\nsecond \"\"line\"\"\"\r\n2;Bo Lee;\r\n",
    );
    let out = room.run("resolve crm.csv").done();
    assert_eq!(keys(&out), ["crm,1", "crm,2"]);
}

#[test]
fn a_row_of_another_length_stops_with_file_line_and_column() {
    let room = Room::new("ragged").with("crm.csv", "id,name,mail\n1,Ana,a@x.io\n2,Bo\n3,Cy,c@x.io\n");
    room.run("resolve crm.csv -o out.csv").failed(1, &["crm.csv:3:6:", "2 field(s)", "has 3", "--lenient"]);
    assert!(!room.has("out.csv"), "a failed run writes nothing");
}

#[test]
fn lenient_keeps_such_rows_and_reports_each() {
    let room = Room::new("lenient").with("crm.csv", "id,name,mail\n1,Ana,a@x.io\n2,Bo\n3,Cy,c@x.io,x,y\n");
    let run = room.run("resolve crm.csv --lenient");
    run.failed(0, &["crm.csv:3:6:", "crm.csv:4:13:"]);
    assert_eq!(keys(&run.out), ["crm,1", "crm,2", "crm,3"]);
}

#[test]
fn the_line_is_right_after_quoted_breaks_and_crlf() {
    let room = Room::new("lines").with("crm.csv", "id,name\r\n1,\"A\r\nB\"\r\n2,Bo,surplus\r\n");
    room.run("resolve crm.csv").failed(1, &["crm.csv:4:6:"]);
    let room =
        room.with("blank.csv", "id,name\n\n\n1,Ana\n\n2,Bo,x\n").with("mac.csv", "id,name\r1,Ana\r2,Bo,x\r");
    room.run("resolve blank.csv").failed(1, &["blank.csv:6:6:"]);
    room.run("resolve mac.csv").failed(1, &["mac.csv:3:6:"]);
}

#[test]
fn an_open_quote_is_not_the_rest_of_the_file() {
    let room = Room::new("open_quote").with("crm.csv", "id,name\n1,Ana\n2,\"Bo\n3,Cy\n4,Di\n");
    room.run("resolve crm.csv").failed(1, &["crm.csv:3: ", "never closed"]);
    let room = room.with("last.csv", "id,name\n1,Ana\n\n2,\"Bo");
    room.run("resolve last.csv").failed(1, &["last.csv:4: ", "never closed"]);
}

#[test]
fn of_a_large_file_the_first_wrong_row_is_named_too() {
    let mut rows = String::from("id,name,mail\n");
    let mut number = 0;
    while rows.len() < 5 << 20 {
        number += 1;
        writeln!(rows, "{number},Ana {number} Petrova,ana.{number}@example.org").expect("a text takes all");
    }
    let line = |row: u32| row + 1;
    let wrong = rows.replacen("\n60000,", "\n,", 1).replacen("\n60003,", "\n60003,Bo,", 1);
    let room = Room::new("large").with("crm.csv", &wrong).with("open.csv", rows + "0,\"Bo\n");
    room.run("resolve crm.csv").failed(1, &[&format!("crm.csv:{}: ", line(60_000)), "empty id"]);
    let run = room.run("resolve crm.csv --ignore id");
    run.failed(1, &[&format!("crm.csv:{}:", line(60_003)), "4 field(s)"]);
    room.run("resolve open.csv").failed(1, &[&format!("open.csv:{}: ", number + 2), "never closed"]);
}

#[test]
fn latin_1_is_read_with_a_note() {
    let room = Room::new("latin1")
        .with("crm.csv", b"id,name\n1,Zo\xEB M\xFCller\n2,Bo Lee\n".as_slice())
        .with("m.jsonl", b"{\"id\":\"m1\",\"ts\":1,\"from\":\"zo\xEB@x.io\",\"text\":\"hi\"}\n".as_slice());
    let run = room.run("resolve crm.csv");
    run.failed(0, &["crm.csv:2", "Windows-1252"]);
    assert_eq!(keys(&run.out), ["crm,1", "crm,2"]);
    room.run("stitch m.jsonl").failed(0, &["m.jsonl:1", "Windows-1252"]);
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let room = Room::new("utf16")
        .with("marked.csv", wide("\u{feff}id\tname\r\n1\tZoë\r\n"))
        .with("bare.csv", wide("id\tname\r\n2\tZoë\r\n"));
    let out = room.run("resolve marked.csv bare.csv").done();
    assert_eq!(keys(&out), ["marked,1", "bare,2"]);
}

#[test]
fn without_ids_the_file_and_the_row_name_a_record() {
    let room = Room::new("unnamed")
        .with("a/list.csv", "name,mail\nAna,a@x.io\nBo,b@x.io\n")
        .with("b/list.csv", "name,mail\nCy,c@x.io\n");
    let out = room.run("resolve a/list.csv b/list.csv").done();
    assert_eq!(keys(&out), ["list,1", "list,2", "list_2,1"]);
}

#[test]
fn a_repeated_id_is_shown_with_both_places() {
    let room = Room::new("repeated").with("crm.csv", "source,id,name\nx,1,Ana\ny,1,Bo\nx,1,Cy\n");
    room.run("resolve crm.csv").failed(1, &["crm.csv:4", "x:1", "crm.csv:2"]);
    let room = room.with("m.jsonl", "{\"id\":\"a\",\"text\":\"\"}\n\n{\"id\":\"a\",\"text\":\"\"}\n");
    room.run("stitch m.jsonl").failed(1, &["m.jsonl:3", "m.jsonl:1"]);
}

#[test]
fn columns_of_one_name_are_both_kept() {
    let room = Room::new("double")
        .with("crm.csv", "id,name,email,email\n1,Ana Petrova,a@x.io,ana@y.org\n2,Ana Petrova,,ana@y.org\n");
    let out = room.run("resolve crm.csv --explain 1 2").done();
    assert!(out.contains("email"), "{out}");
}

#[test]
fn unknown_columns_are_named_and_truth_is_never_read() {
    let room = Room::new("unknown").with("crm.csv", "id,name,shoe size,truth_id\n1,Ana,38,t\n2,Bo,44,t\n");
    let run = room.run("resolve crm.csv");
    run.failed(0, &["shoe size", "--map"]);
    assert!(!run.err.contains("truth"), "{}", run.err);
    let quiet = room.run("resolve crm.csv --map name=full_name --ignore SHOE size");
    assert_eq!(quiet.code, 1, "`size` is taken for a file: {}", quiet.err);
}

#[test]
fn a_mapping_is_checked() {
    let room = Room::new("mapping").with("crm.csv", "no,ctc\n7,Ana\n8,Bo\n");
    let out = room.run("resolve crm.csv --map no=id --map ctc=full_name").done();
    assert_eq!(keys(&out), ["crm,7", "crm,8"]);
    room.run("resolve crm.csv --map ctc=shoe").failed(2, &["shoe", "full_name"]);
    room.run("resolve crm.csv --map ctx=full_name").failed(2, &["ctx", "no, ctc"]);
    room.run("resolve crm.csv --map ctc").failed(2, &["column=kind"]);
}

#[test]
fn json_errors_have_a_line_and_a_column_and_no_values() {
    let room = Room::new("json")
        .with("a.jsonl", "{\"id\":1,\"name\":\"Ana\"}\n\n{\"id\":2,\"name\":\"Bo\",}\n")
        .with("b.jsonl", "{\"id\":1,\"name\":{\"first\":\"Ana\"}}\n")
        .with("c.json", "[{\"id\":1}]\n")
        .with("d.json", "{\n  \"id\": 1\n}\n")
        .with("m.jsonl", "{\"id\":\"1\",\"auto\":\"Secret Name\"}\n");
    room.run("resolve a.jsonl").failed(1, &["a.jsonl:3:21:"]);
    let nested = room.run("resolve b.jsonl");
    nested.failed(1, &["b.jsonl:1:", "`name`"]);
    assert!(!nested.err.contains("Ana"));
    room.run("resolve c.json").failed(1, &["c.json:1:1:", "one object a line"]);
    room.run("resolve d.json").failed(1, &["d.json:1:1:", "jq -c"]);
    let message = room.run("stitch m.jsonl");
    message.failed(1, &["m.jsonl:1:"]);
    assert!(!message.err.contains("Secret"), "{}", message.err);
}

#[test]
fn what_is_no_text_is_named() {
    let room = Room::new("binary")
        .with("a.csv", b"\x1F\x8B\x08\0".as_slice())
        .with("b.csv", b"PK\x03\x04".as_slice())
        .with("c.parquet", b"PAR1 and nothing more".as_slice())
        .with("empty.csv", "")
        .with("header.csv", "id,name\n");
    room.run("resolve a.csv").failed(1, &["a.csv:", "gzip", "gunzip"]);
    room.run("resolve b.csv").failed(1, &["b.csv:", "spreadsheet"]);
    room.run("resolve c.parquet").failed(1, &["c.parquet:", "Parquet"]);
    room.run("resolve empty.csv").failed(1, &["empty.csv:", "empty", "header"]);
    room.run("resolve header.csv").failed(0, &["header.csv:", "no records"]);
    room.run("resolve nowhere.csv").failed(1, &["nowhere.csv:", "no such file"]);
    room.run("resolve .").failed(1, &["directory"]);
}

#[test]
fn standard_input_is_known_by_its_content() {
    let room = Room::new("stdin");
    let out = room.run_with("resolve -", "id,name\n1,Ana\n2,Bo\n");
    assert_eq!(keys(&out.done()), ["stdin,1", "stdin,2"]);
    let out = room.run_with("resolve -", "{\"source\":\"crm\",\"id\":5,\"name\":\"Ana\"}\n");
    assert_eq!(keys(&out.done()), ["crm,5"]);
    room.run_with("resolve - -", "").failed(2, &["only once"]);
}

/// A Parquet file with a text, a float, a date, a list and a nanosecond time, compressed as polars does.
fn parquet() -> Vec<u8> {
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    let schema = "message contacts {
        required binary id (UTF8);
        optional double postcode;
        optional int32 dob (DATE);
        optional int64 seen (TIMESTAMP(NANOS,true));
        optional group email (LIST) { repeated group list { optional binary element (UTF8); } }
    }";
    let schema = Arc::new(parse_message_type(schema).expect("the schema is valid"));
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).expect("a level"));
    let properties = Arc::new(WriterProperties::builder().set_compression(zstd).build());
    let mut file = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut file, schema, properties).expect("a writer");
    let mut rows = writer.next_row_group().expect("a group");
    let text = |texts: &[&str]| texts.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
    let mut column = rows.next_column().expect("no error").expect("id");
    column.typed::<ByteArrayType>().write_batch(&text(&["a", "b"]), None, None).expect("written");
    column.close().expect("closed");
    let mut column = rows.next_column().expect("no error").expect("postcode");
    column.typed::<DoubleType>().write_batch(&[94103.0], Some(&[1, 0]), None).expect("written");
    column.close().expect("closed");
    let mut column = rows.next_column().expect("no error").expect("dob");
    column.typed::<Int32Type>().write_batch(&[5541, 5541], Some(&[1, 1]), None).expect("written");
    column.close().expect("closed");
    let mut column = rows.next_column().expect("no error").expect("seen");
    let nanoseconds = [478_742_400_000_000_000, 478_742_400_000_000_000];
    column.typed::<Int64Type>().write_batch(&nanoseconds, Some(&[1, 1]), None).expect("written");
    column.close().expect("closed");
    let mut column = rows.next_column().expect("no error").expect("email");
    column
        .typed::<ByteArrayType>()
        .write_batch(&text(&["a@x.io", "ana@y.org", "ana@y.org"]), Some(&[3, 3, 3]), Some(&[0, 1, 0]))
        .expect("written");
    column.close().expect("closed");
    rows.close().expect("closed");
    writer.close().expect("closed");
    file
}

#[test]
fn parquet_is_read_with_its_types_and_lists() {
    let room = Room::new("parquet").with("crm.parquet", parquet());
    let out = room.run("resolve crm.parquet").done();
    assert_eq!(keys(&out), ["crm,a", "crm,b"]);
    let why = room.run("resolve crm.parquet --explain a b").done();
    assert!(why.contains("email"), "the second address of a is the one of b: {why}");
}
