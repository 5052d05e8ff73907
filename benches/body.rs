//! How long it takes to read bodies of mail: a typical one, large ones, and ones made to be slow.
//!
//! `cargo bench --bench body`; `-- 64` for the doubling up to 64 MB (8 MB without). Prints microseconds
//! for a typical mail, and for each shape the seconds for 10 MB and the worst ratio time(2n) / time(n)
//! on the way up from 2 MB, and how often the time of the first size fits into that of the last, a size:
//! a linear reader has 2 and 1. Inputs are made outside the timed part; the best of several runs counts,
//! since what disturbs a run makes it slower, never faster. One thread.
//!
//! The C library gives blocks above 32 MB back after each run and fetches new ones, page by page, in the next, so
//! that a text of 64 MB seems slower than two of 32; how the reader itself grows shows with
//! `MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456`.
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::hint::black_box;
use std::time::Instant;

use reknit::text::{body, html};

const MEGABYTE: usize = 1 << 20;
/// Runs of one text: these at least, these at most, and no more after so many seconds.
const FEWEST: u32 = 3;
const MOST: u32 = 40;
const ENOUGH: f64 = 0.5;

/// A shape and what repeats in it.
const SHAPES: &[(&str, &str)] = &[
    ("mails", TYPICAL),
    ("quote marks", ">"),
    ("quote marks and blanks", "> "),
    ("marked lines", ">\n"),
    ("lines of On", "On \n"),
    ("lines of wrote:", "wrote:\n"),
    ("dated lines of wrote", "On 3 March 2026, 10:13\n"),
    ("one line", "a word after a word "),
    ("blank lines", "\n"),
    ("lines of one letter", "a\n"),
    ("lines of 1:", "1:\n"),
    ("header fields", "From: a\n"),
    ("dashes", "-- \n"),
    ("rules", "________________________\n"),
    ("addresses", "<a@x.io>\n"),
    ("opened brackets", "On 10:13 <\n"),
    ("answers between", "> a\nb\n"),
    ("notices", "virus-free.\n"),
    ("long lines", LONG),
];

const PAGES: &[(&str, &str)] = &[
    ("pages", PAGE),
    ("angle brackets", "<"),
    ("open tags", "<a "),
    ("quotes that never end", "<a b=\""),
    ("comments that never end", "<!--"),
    ("styles that never end", "<style>"),
    ("nested quotations", "<blockquote>a"),
    ("nested blocks", "<div>"),
    ("nested tables", "<table><td>"),
    ("nested containers", "<div class=gmail_quote>a"),
    ("stray ends", "</div></table>"),
    ("ampersands", "&"),
    ("line breaks", "<br>"),
];

fn main() {
    let most = std::env::args().find_map(|word| word.parse::<usize>().ok()).unwrap_or(8) * MEGABYTE;
    let split = |text: &str| body::split(text).parts.len();
    let read = |text: &str| body::Reading::of(text).reply.len();
    let page = |text: &str| html::to_text(text).len();
    println!("typical mail, {} bytes: {:.2} us to split", TYPICAL.len(), 1e6 * each(TYPICAL, split));
    println!("typical mail, {} bytes: {:.2} us to read", TYPICAL.len(), 1e6 * each(TYPICAL, read));
    println!("typical page, {} bytes: {:.2} us to text", PAGE.len(), 1e6 * each(PAGE, page));
    println!("{:<28}{:>12}{:>16}{:>16}", "body", "s / 10 MB", "worst doubling", "whole way");
    for (name, piece) in SHAPES {
        report(name, piece, most, split);
    }
    report_text("quotations 100,000 deep", &deep(), split);
    println!("{:<28}{:>12}{:>16}{:>16}", "HTML", "s / 10 MB", "worst doubling", "whole way");
    for (name, piece) in PAGES {
        report(name, piece, most, page);
    }
}

/// Seconds a text, read over and over.
fn each(text: &str, read: impl Fn(&str) -> usize) -> f64 {
    let run = || {
        let start = Instant::now();
        for _ in 0..50 {
            black_box(read(black_box(text)));
        }
        start.elapsed().as_secs_f64() / 50.0
    };
    // Many short runs: some are disturbed by nobody.
    (0..500).map(|_| run()).fold(f64::INFINITY, f64::min)
}

fn report(name: &str, piece: &str, most: usize, read: impl Fn(&str) -> usize) {
    let ten = seconds(&piece.repeat(10 * MEGABYTE / piece.len()), &read);
    let taken = |size: usize| seconds(&piece.repeat(size / piece.len()), &read);
    let (mut size, mut worst) = (2 * MEGABYTE, 0_f64);
    let (first, mut last) = (taken(size), f64::INFINITY);
    while size <= most {
        let now = if last.is_finite() { taken(size) } else { first };
        worst = worst.max(now / last);
        last = now;
        size *= 2;
    }
    let growth = last / first / (size / 2 / (2 * MEGABYTE)) as f64;
    println!("{name:<28}{ten:>12.3}{worst:>16.2}{growth:>16.2}");
}

fn report_text(name: &str, text: &str, read: impl Fn(&str) -> usize) {
    println!("{name:<28}{:>12.3}   ({} bytes)", seconds(text, &read), text.len());
}

/// The best of at least [`FEWEST`] runs, and of more where they are short.
fn seconds(text: &str, read: &impl Fn(&str) -> usize) -> f64 {
    let run = || {
        let start = Instant::now();
        black_box(read(black_box(text)));
        start.elapsed().as_secs_f64()
    };
    let (mut best, mut spent, mut runs) = (f64::INFINITY, 0.0, 0);
    while runs < FEWEST || (spent < ENOUGH && runs < MOST) {
        let taken = run();
        best = best.min(taken);
        spent += taken;
        runs += 1;
    }
    best
}

/// Marked lines, each a hundred deeper than the one before, up to a hundred thousand marks.
fn deep() -> String {
    (1..=1000).flat_map(|depth| [">".repeat(depth * 100), " deep\n".to_owned()]).collect()
}

const LONG: &str = "a lamp and a lamp and a lamp and a lamp and a lamp and a lamp and a lamp, and a lamp: and a lamp and a lamp\n";

const TYPICAL: &str = "Hello Ana,\n\nthank you for the parcel, it came this morning. One of the two lamps does not \
    work, though:\nthe switch is stuck and I cannot turn it on. Could you send me another one? I would also like \
    to know\nwhether the blue one is in stock again; last week the page said that it would be back on Monday.\n\n\
    - order: 4711\n- lamp: number 2 of 2\n- address: as before\n\nThank you, and have a good day!\n\nBest regards,\n\
    Bo Petrova\n\n-- \nBo Petrova\nShop and Home, Main Street 5\nPhone: +49 30 1234567\nhttps://shop.example.com\n\n\
    On Mon, 2 Mar 2026 at 10:13, Service Desk of the Shop <desk@shop.example.com> wrote:\n\n> Dear Bo,\n>\n> your \
    parcel has left our house today and should be with you within three days. You can follow it\n> with the number \
    below. If anything is wrong with it, please answer this mail and we will help.\n>\n> number: 00340434161094\n>\n\
    > Kind regards\n> Ana, Service Desk\n>\n> On Sun, 1 Mar 2026 at 18:02, Bo Petrova <bo@home.example.com> wrote:\n\
    >> Hello,\n>> when will my two lamps be sent? I need them by the end of next week for a feast, and\n>> would \
    otherwise look for others.\n>> Thanks,\n>> Bo\n";

const PAGE: &str = "<html><head><meta charset=utf-8><style>p {margin: 0}</style></head><body><div dir=\"ltr\">Hello \
    Ana,<div><br></div><div>thank you for the parcel, it came this morning. One of the two lamps does not work, \
    though: the switch is <b>stuck</b> and I cannot turn it on. Could you send me another one?</div><ul><li>order: \
    4711</li><li>lamp: number 2 of 2</li></ul><table border=0><tr><td>Phone</td><td>+49 30 1234567</td></tr><tr><td>\
    Web</td><td><a href=\"https://shop.example.com/?a=1&amp;b=2\">shop.example.com</a></td></tr></table><div \
    class=\"gmail_signature\">Bo Petrova<br>Shop &amp; Home</div></div><br><div class=\"gmail_quote\"><div dir=\"ltr\" \
    class=\"gmail_attr\">On Mon, 2 Mar 2026 at 10:13, Service Desk &lt;<a href=\"mailto:desk@shop.example.com\">\
    desk@shop.example.com</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px \
    0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\"><p>Dear Bo,</p><p>your parcel has left our house \
    today and should be with you within three days.&nbsp; You can follow it with the number below.</p><p>Kind \
    regards<br>Ana, Service Desk</p></blockquote></div></body></html>";
