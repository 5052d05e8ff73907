//! Mail from mbox files, single files and folders.

use crate::Room;

const INBOX: &str = "From ana@x.io Mon Feb  5 10:00:00 2024
From: Ana Petrova <ana@x.io>
To: help@shop.example
Subject: My order
Date: Mon, 5 Feb 2024 10:00:00 +0000
Message-ID: <one@x.io>

Where is it?

>From here on it is only a signature.

From help@shop.example Mon Feb  5 11:00:00 2024
From: help@shop.example
To: ana@x.io
Subject: Re: My order
Date: Mon, 5 Feb 2024 11:00:00 +0000
Message-ID: <two@shop.example>
In-Reply-To: <one@x.io>
References: <one@x.io>

On its way.

From bo@y.org Tue Feb  6 09:00:00 2024
From: Bo <bo@y.org>
To: help@shop.example
Subject: Invoice
Date: Tue, 6 Feb 2024 09:00:00 +0000
Message-ID: <three@y.org>

From what I see the invoice is wrong.

From 10:30 on I am at my desk.
";

#[test]
fn an_mbox_becomes_conversations() {
    let room = Room::new("mbox").with("inbox.mbox", INBOX);
    let out = room.run("stitch inbox.mbox").done();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["id", "conversation_id", "parent_id", "weight"]);
    assert_eq!(rows[1][..3], ["one@x.io", "one@x.io", ""]);
    assert_eq!(rows[2][..3], ["two@shop.example", "one@x.io", "one@x.io"]);
    assert_eq!(rows[3][..3], ["three@y.org", "three@y.org", ""]);
    assert_eq!(rows.len(), 4);
}

#[test]
fn a_folder_of_mails_reads_like_the_mbox() {
    let mails: Vec<&str> = INBOX.split("From ").filter(|mail| mail.contains("Message-ID")).collect();
    let mail = |n: usize| mails[n].split_once('\n').expect("a mail follows its mark").1.to_owned();
    let room = Room::new("eml")
        .with("mails/b/2.eml", mail(1).replace('\n', "\r\n"))
        .with("mails/a.EML", mail(0))
        .with("mails/notes.txt", "no mail");
    let out = room.run("stitch mails").done();
    assert_eq!(out.lines().count(), 3);
    assert!(out.contains("two@shop.example,one@x.io,one@x.io"), "{out}");
    let why = room.run("stitch mails --explain two@shop.example").done();
    assert!(why.contains("of one@x.io") && why.contains("total"), "{why}");
    room.run("stitch mails --explain nobody").failed(1, &["nobody"]);
}

#[test]
fn a_mail_that_stands_twice_is_kept_twice() {
    let room = Room::new("copies").with("a.mbox", INBOX).with("b.mbox", INBOX);
    let run = room.run("stitch a.mbox b.mbox");
    run.failed(0, &["3 mail(s)"]);
    assert_eq!(run.out.lines().count(), 7);
    assert!(run.out.contains("one@x.io#2,one@x.io,"), "a copy shares its conversation: {}", run.out);
}

#[test]
fn what_is_no_mailbox_is_said() {
    let room =
        Room::new("no_mbox").with("a.mbox", "Subject: hi\n\nx\n").with("empty/x.txt", "").with("b.eml", "\n");
    room.run("stitch a.mbox").failed(1, &["a.mbox:1", "From"]);
    room.run("stitch empty").failed(1, &["no .eml files"]);
    room.run("stitch b.eml").failed(1, &["b.eml:1", "no headers"]);
}
