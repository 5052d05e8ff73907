//! How the readers of one text grow with it: time, memory and stack, for ordinary texts and ones made to be slow.
//!
//! `cargo bench -p reknit --bench texts`; `-- 64` for the doubling up to 64 MB (8 MB without), `-- 64 tokens
//! extract` for some verbs, `-- 64 tokens "one letter"` for some shapes. For each verb and shape it prints the
//! seconds for 10 MB, the worst ratio time(2n) / time(n) on the way up from 1 MB (a linear reader has 2), and where the
//! system tells, the most memory beyond the text in bytes a byte (at 4 MB, in a fresh process) and the growth of the
//! stack on the whole way. Ratios above 2.2 are marked.
//!
//! Each verb and shape runs in a process of its own, so that one which fails takes no other along. Time is that
//! of the processor where the system tells it (others may be at work on the machine), else of the clock; a ratio
//! above 2.2 is measured again, and the best of each size counts. One thread.
//!
//! Texts end with a whole piece of what they repeat: one that ends within its last emoji or contraction may be read
//! at another speed, and that is no growth. The C library is told to keep the blocks that it gets
//! (`MALLOC_MMAP_THRESHOLD_` and its like, where it reads them): above 32 MB it would give them back after each run
//! and fetch them page by page in the next, so that twice the text seems more than twice the work.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells what it found")]

use std::fmt::Write;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use reknit::classify::{Classifier, Config, Emotions, Example, Intents, Sentiment, Spam, Urgency};
use reknit::mine::{
    AspectList, Aspects, DuplicateConfig, Phrases, Similarity, Summarizer, SummaryConfig, TopicConfig,
    Topics, duplicates, extract, redact,
};
use reknit::model::{Message, Timestamp, unwatched};
use reknit::text::language::LanguageDetector;
use reknit::text::token::tokens;

const MEGABYTE: usize = 1 << 20;
/// The size at which memory is measured.
const WEIGHED: usize = 4 * MEGABYTE;
/// Ratios above are measured again, so often at most, and told.
const TOO_MUCH: f64 = 2.2;
const AGAIN: usize = 6;
/// Seconds that are long beside the step of the processor's clock, 4 ms on some systems.
const LONG: f64 = 0.2;
/// Sizes that take longer than this are not doubled any more.
const PATIENCE: f64 = 60.0;

/// What tells the GNU C library to keep its blocks of memory (mallopt(3)).
const KEEP: [(&str, &str); 3] = [
    ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
    ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
    ("MALLOC_TOP_PAD_", "268435456"),
];

/// A verb: how many things it saw in a text.
type Verb = Box<dyn Fn(&str) -> usize>;
/// A verb by name, and how it is made.
type Named = (&'static str, fn() -> Verb);

const VERBS: &[Named] = &[
    ("tokens", || {
        Box::new(|text| {
            let mut form = String::new();
            let length = |token: reknit::text::token::Token<'_>| {
                token.form_into(&mut form);
                form.len()
            };
            tokens(text).map(length).sum()
        })
    }),
    ("classify", || {
        let model = trained();
        Box::new(move |text| model.classify(text).label.len())
    }),
    ("explain", || {
        let model = trained();
        Box::new(move |text| model.explain(text).spans.len())
    }),
    ("sentiment", || {
        let model = Sentiment::builtin();
        Box::new(move |text| model.classify(text).contributions.len())
    }),
    ("sentiment, decided", || {
        let model = Sentiment::builtin();
        Box::new(move |text| model.decide(text).label.name().len())
    }),
    ("emotion", || {
        let model = Emotions::builtin();
        Box::new(move |text| model.classify(text).emotions.len())
    }),
    ("intent", || {
        let model = Intents::builtin();
        Box::new(move |text| model.classify(text).intents.len())
    }),
    ("urgency", || {
        let model = Urgency::builtin();
        Box::new(move |text| model.classify(text).contributions.len())
    }),
    ("spam", || {
        let model = Spam::builtin();
        Box::new(move |text| model.classify(text).contributions.len())
    }),
    ("language", || {
        let detector = LanguageDetector::builtin();
        Box::new(move |text| detector.detect(text).candidates.len())
    }),
    ("extract", || {
        let extractor = extract::Config::default().locale("en-US").build().expect("a language tag");
        Box::new(move |text| extractor.extract(text).len())
    }),
    ("redact", || {
        let redactor = redact::Config::default().numbered().build().expect("the default");
        Box::new(move |text| redactor.redact(text).replaced.len())
    }),
    ("key phrases", || {
        let phrases = Phrases::default();
        Box::new(move |text| phrases.find(text).len())
    }),
    ("summarize", || {
        let summarizer = Summarizer::new(&SummaryConfig::default()).expect("the default");
        Box::new(move |text| summarizer.summarize(&[message(text)]).problem.len())
    }),
    ("opinions", || {
        let names = ["lamp", "a", "7", "order", "漢"].map(str::to_owned).into();
        let aspects = Aspects::new(&[AspectList { aspect: "thing".to_owned(), names }]).expect("names");
        let sentiment = Sentiment::builtin();
        Box::new(move |text| aspects.opinions(text, |part| sentiment.decide(part).effective_score).len())
    }),
    ("similar", || {
        let similarity = Similarity::default();
        Box::new(move |text| {
            let half = text.floor_char_boundary(text.len() / 2);
            usize::from(similarity.compare(&text[..half], &text[half..]) > 0.5)
        })
    }),
    ("similar, fitted", || {
        Box::new(|text| usize::from(Similarity::fit(&[text, "a"]).compare(text, "a") > 0.5))
    }),
    ("duplicates", || {
        Box::new(|text| duplicates(&DuplicateConfig::default(), &[text, "a"]).expect("the default").len())
    }),
    ("topics", || {
        Box::new(|text| {
            Topics::fit(&TopicConfig::default(), &[text, "a lamp"]).map_or(0, |t| t.topics().len())
        })
    }),
];

/// A shape and what repeats in it; where nothing does, see [`made`].
const SHAPES: &[(&str, &str)] = &[
    ("mails", TYPICAL),
    ("words", "the blue lamp of our order does not work "),
    ("different words", ""),
    ("random bytes", ""),
    ("random letters", ""),
    ("random signs of all scripts", ""),
    ("random Han", ""),
    ("one letter", "a"),
    ("one capital", "A"),
    ("letters apart", "a "),
    ("one digit", "7"),
    ("digits apart", "7 "),
    ("grouped digits", "1,234."),
    ("digits and dashes", "1-"),
    ("digits and colons", "1:"),
    ("families of emoji", "👨‍👩‍👧‍👦"),
    ("emoji joined without end", "👩‍"),
    ("skin tones", "👍🏽"),
    ("flags", "🇩"),
    ("joiners", "\u{200D}"),
    ("shouts", "!?"),
    ("dots", "."),
    ("mixed signs", "!.,;:-()"),
    ("opened brackets", "("),
    ("emoticons", ":-)"),
    ("colons", ":"),
    ("hashtags", "#lamp "),
    ("one hashtag of parts", "#aBc_1"),
    ("endless hashtag", "#aB1"),
    ("hash signs", "#"),
    ("mentions", "@ana "),
    ("at signs", "@"),
    ("addresses", "ana@shop.example.com "),
    ("endless address", "a@b."),
    ("endless local part", "a.b-"),
    ("links", "https://shop.example.com/a?b=c#d "),
    ("endless link", "https://a"),
    ("schemes", "http://"),
    ("www", "www."),
    ("domains", "a.a."),
    ("entities", "&amp;"),
    ("ampersands", "&"),
    ("dates", "on 12 March 2026 at 5pm, "),
    ("dates in digits", "12/03/2026 "),
    ("relative dates", "next friday or tomorrow morning "),
    ("months", "march may "),
    ("from to", "from 9 to "),
    ("durations", "3 days 2 hours and "),
    ("amounts", "$1,234.50 or 20 EUR "),
    ("currency signs", "$"),
    ("phones", "+49 30 1234567, "),
    ("plus signs", "+1"),
    ("accounts", "DE89 3704 0044 0532 0130 00 "),
    ("cards", "4111 1111 1111 1111 "),
    ("orders", "order number #A-10382 "),
    ("cues", "order order number "),
    ("IPs", "192.168.0.1 ::1 "),
    ("placeholders", "[email_1] "),
    ("square brackets", "["),
    ("quotes", "\""),
    ("apostrophes", "'"),
    ("contractions", "don't"),
    ("marked lines", "> a\n"),
    ("line ends", "\n"),
    ("lines of one letter", "a\n"),
    ("blanks", " "),
    ("tabs", "\t"),
    ("zeros", "\0"),
    ("Han", "漢字"),
    ("kana and letters", "カナabc"),
    ("Thai", "ภาษาไทย"),
    ("Arabic", "مرحبا بكم "),
    ("Hindi", "नमस्ते आप "),
    ("Hangul jamo", "\u{1112}\u{1161}\u{11AB}"),
    ("alternating scripts", "aд漢ก"),
    ("combining marks", "\u{0301}"),
    ("a letter and marks", "e\u{0301}\u{0323}"),
    ("ligatures", "ﷺ"),
    ("negations", "not never no "),
    ("praise and trouble", "good but bad, "),
    ("irony", "great, third day without internet. "),
    ("elongation", "soooo cooool "),
    ("shouted words", "GREAT LAMP "),
    ("sentences", "a lamp. "),
    ("questions", "is it? "),
    ("clauses", "but a lamp, "),
    ("promises", "we will call you back. "),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [one, verb, shape, most] = words.as_slice()
        && one == "--one"
    {
        return measure(verb, shape, most.parse().expect("megabytes"));
    }
    let most = words.iter().find_map(|word| word.parse::<usize>().ok()).unwrap_or(8);
    let wanted = |name: &str, all: &[&str]| {
        let mut named = words.iter().filter(|word| all.contains(&word.as_str())).peekable();
        named.peek().is_none() || named.any(|word| word == name)
    };
    let shapes: Vec<&str> = SHAPES.iter().map(|(name, _)| *name).collect();
    let verbs: Vec<&str> = VERBS.iter().map(|(name, _)| *name).collect();
    for verb in verbs.iter().filter(|verb| wanted(verb, &verbs)) {
        println!(
            "{verb:<30}{:>10}{:>10}{:>8}{:>14}{:>12}",
            "s / 10 MB", "doubling", "at MB", "memory / byte", "stack KB"
        );
        for shape in shapes.iter().filter(|shape| wanted(shape, &shapes)) {
            let myself = std::env::current_exe().expect("this program");
            let status = Command::new(myself)
                .args(["--one", *verb, *shape, most.to_string().as_str()])
                .envs(KEEP)
                .status();
            if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
                println!("  {shape:<28} failed: {status:?}");
            }
        }
    }
}

/// One verb on one shape, in this process.
fn measure(verb: &str, shape: &str, most: usize) {
    let read = VERBS.iter().find(|(name, _)| *name == verb).expect("a verb").1();
    let (text, piece) = (made(shape, WEIGHED.max(most * MEGABYTE)), piece(shape).len().max(1));
    let part = |size: usize| &text[..text.floor_char_boundary(size - size % piece)];
    black_box(read(part(1000)));
    let memory = weigh(|| read(part(WEIGHED)));
    let stack = status("VmStk:");
    let (mut sizes, mut size) = (vec![(MEGABYTE, seconds(&*read, part(MEGABYTE)))], 2 * MEGABYTE);
    while size <= most * MEGABYTE && sizes.last().is_some_and(|(_, taken)| 2.0 * taken < PATIENCE) {
        sizes.push((size, seconds(&*read, part(size))));
        size *= 2;
    }
    for _ in 0..AGAIN {
        for at in 1..sizes.len() {
            if sizes[at].1 / sizes[at - 1].1 > TOO_MUCH {
                for (size, best) in &mut sizes[at - 1..=at] {
                    *best = best.min(seconds(&*read, part(*size)));
                }
            }
        }
    }
    let (mut worst, mut place) = (0.0_f64, 0);
    for pair in sizes.windows(2) {
        if pair[1].1 / pair[0].1 > worst {
            (worst, place) = (pair[1].1 / pair[0].1, pair[1].0 / MEGABYTE);
        }
    }
    let (last, taken) = sizes[sizes.len() - 1];
    let told = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
    let growth = status("VmStk:").zip(stack).map(|(after, before)| (after - before) / 1024.0);
    let mut line = format!(
        "  {shape:<28}{:>10.2}{worst:>10.2}{place:>8}{:>14}{:>12}",
        taken * 10.0 * MEGABYTE as f64 / last as f64,
        told(memory.map(|bytes| bytes / part(WEIGHED).len() as f64)),
        told(growth)
    );
    if worst > TOO_MUCH {
        line.push_str("  <<");
        for (_, taken) in sizes {
            write!(line, " {taken:.3}").expect("texts take more");
        }
    }
    if last < most * MEGABYTE {
        write!(line, "  << given up at {} MB", last / MEGABYTE).expect("texts take more");
    }
    println!("{line}");
}

/// The time of one reading: of as many as are long beside the step of the clock.
fn seconds(read: &dyn Fn(&str) -> usize, text: &str) -> f64 {
    let (clock, begin) = (Instant::now(), on_processor());
    let mut readings = 0.0;
    loop {
        black_box(read(black_box(text)));
        readings += 1.0;
        let passed = clock.elapsed().as_secs_f64();
        if passed > LONG {
            let taken = on_processor().zip(begin).map_or(passed, |(end, begin)| end - begin);
            return taken / readings;
        }
    }
}

/// Seconds that this thread has been on a processor, where the system tells.
fn on_processor() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(told.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// The most memory that is needed beyond what is there, where the system tells.
fn weigh(run: impl FnOnce() -> usize) -> Option<f64> {
    let before = status("VmRSS:")?;
    // Begins the high-water mark anew.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    black_box(run());
    Some((status("VmHWM:")? - before).max(0.0))
}

/// Bytes of a line of the process's status, where the system tells.
fn status(name: &str) -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with(name))?;
    Some(1024.0 * line.split_whitespace().nth(1)?.parse::<f64>().ok()?)
}

/// What repeats in a shape.
fn piece(shape: &str) -> &'static str {
    SHAPES.iter().find(|(name, _)| *name == shape).expect("a shape").1
}

/// A text of about this size.
fn made(shape: &str, size: usize) -> String {
    let mut next = random();
    let mut letter = move |most: u32, first: char| {
        char::from_u32(first as u32 + (next() % u64::from(most)) as u32).unwrap_or('\u{FFFD}')
    };
    let piece = piece(shape);
    let mut text = String::with_capacity(size + 8);
    let mut numbers = random();
    while text.len() < size {
        match shape {
            "different words" => {
                (0..3 + numbers() % 8).for_each(|_| text.push(letter(26, 'a')));
                text.push(if numbers().is_multiple_of(12) { '.' } else { ' ' });
            }
            "random bytes" => {
                let bytes: Vec<u8> = (0..64).map(|_| (numbers() >> 24) as u8).collect();
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
            "random letters" => text.push(letter(26, 'a')),
            "random signs of all scripts" => text.push(letter(0x3_0000, ' ')),
            "random Han" => text.push(letter(20_000, '一')),
            _ => text.push_str(piece),
        }
    }
    text.truncate(text.floor_char_boundary(size));
    text
}

/// Marsaglia's xorshift, 2003.
fn random() -> impl FnMut() -> u64 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 8
    }
}

/// Five labels, so that it also asks whether a text is about any of them.
fn trained() -> Classifier {
    let examples: Vec<Example> = [
        ("refund", ["money back please", "refund my order", "give my money back"]),
        ("login", ["cannot log in", "password rejected", "forgot my password"]),
        ("thanks", ["thank you so much", "great, thanks", "that worked"]),
        ("parcel", ["where is my parcel", "the courier was late", "parcel lost"]),
        ("hours", ["when do you open", "open on sunday", "opening hours"]),
    ]
    .into_iter()
    .flat_map(|(label, texts)| texts.map(|text| Example::new(label, text)))
    .collect();
    Classifier::fit(&Config { threads: 1, ..Config::default() }, &examples, None, &mut unwatched)
        .expect("five labels")
}

fn message(text: &str) -> Message {
    Message::new("m", "email", "ana", Timestamp::from_millis(0), text)
}

const TYPICAL: &str = "Hello Ana,\n\nthank you for the parcel, it came this morning. One of the two lamps does not \
    work, though: the switch is stuck and I cannot turn it on. Could you send me another one? I would also like \
    to know whether the blue one is in stock again; last week the page said that it would be back on Monday.\n\n\
    - order: 4711\n- lamp: number 2 of 2\n\nThank you, and have a good day! :-)\nBo\n\n\
    Phone: +49 30 1234567\nhttps://shop.example.com\n\n";
