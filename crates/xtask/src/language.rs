//! `cargo xtask language FOLDER`: learns the weights by which languages are told apart.
//!
//! FOLDER holds `texts.tsv` (language, source, text) and `words.tsv` (language, word, natural logarithm of its
//! share), which `crates/reknit-models/build_language.py` makes of packages. Snippets of 1 to 15 words are drawn
//! from both: windows of real texts, and words by their share, which know more words than the texts do. Some get
//! English words, names (words of another language) or lose their accents, so that none of these decides. Then a
//! multinomial logistic regression on the n-grams is fitted by `AdaGrad` (Duchi, Hazan and Singer 2011): once on all
//! n-grams that six snippets hold, and again on those that matter most, and rounded to whole numbers.
//!
//! One real text in ten is held out, and tells how good the model is and how much to trust it: `step` and `bias` are
//! divided by the temperature that fits them best (Guo et al. 2017).
//!
//! Fixed seeds and one thread: the same FOLDER gives the same bytes. Cost: some minutes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use reknit::text::language::training::{MAGIC, TABLES, features, place};

use crate::shell;

/// The languages of each table, as `SHARED` in `build_language.py`, in the order of the library's tables.
const LANGUAGES: [&str; TABLES] = [
    "af az ca cs cy da de en es et eu fi fr ga hr hu id is it lt lv ms nl no pl pt ro sk sl sq sv sw tl tr vi",
    "be bg kk mk mn ru sr uk",
    "ar fa ps ur",
    "hi mr ne",
];
/// N-grams a table keeps.
const KEPT: [usize; TABLES] = [50_000, 12_000, 4_000, 2_000];
/// Bits of the bucket of a hash.
const BITS: [u32; TABLES] = [15, 13, 12, 11];
/// What is written and read most, and what is written least: a prior in the number of snippets, known to be rough.
const MOST: &str = "ar es";
const MANY: &str = "de en fr it pt nl pl tr id ru sv";
const FEW: &str = "af az be ca cy et eu fa ga is kk lv mk mn ms ps sq sw tl ur";
/// Snippets an N-gram must be in.
const LEAST_SNIPPETS: u32 = 10;
const ROUNDS: [usize; 2] = [3, 6];
const RATE: f32 = 0.25;
/// How far the weights are drawn to zero at each step.
const DECAY: f32 = 2e-6;

type Failure = Box<dyn std::error::Error>;

/// A snippet: the place of its language, and its n-grams.
type Row = (u8, Vec<u32>);

/// Steele, Lea and Flood 2014 (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }
}

/// What is known of one language.
#[derive(Default)]
struct Source {
    texts: Vec<Vec<String>>,
    held: Vec<String>,
    /// Names of emoji: words without sentences.
    lists: Vec<Vec<String>>,
    /// What people say to one another, which is little beside what programs say.
    talk: Vec<Vec<String>>,
    words: Vec<String>,
    /// The running sum of the words' shares.
    sums: Vec<f64>,
}

/// `language` with the word after it.
pub(crate) fn run(folder: &str) -> bool {
    let done = build(Path::new(folder));
    if let Err(failure) = &done {
        eprintln!("language: {failure}");
    }
    done.is_ok()
}

fn build(folder: &Path) -> Result<(), Failure> {
    let sources = read(folder)?;
    let mut bytes = MAGIC.to_vec();
    for table in 0..TABLES {
        bytes.extend(learn(&sources, table)?);
    }
    let out = shell::root().join("crates/reknit-models/data/language.bin");
    std::fs::write(&out, &bytes)?;
    println!("{} bytes", bytes.len());
    Ok(())
}

fn read(folder: &Path) -> Result<BTreeMap<String, Source>, Failure> {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    for (number, line) in std::fs::read_to_string(folder.join("texts.tsv"))?.lines().enumerate() {
        let [code, kind, text] = fields(line)?;
        let source = sources.entry(code.to_owned()).or_default();
        let words = || text.split_whitespace().map(str::to_owned).collect();
        match kind {
            "emoji" => source.lists.push(words()),
            "phrases" => source.talk.push(words()),
            _ if number % 10 == 7 => source.held.push(text.to_owned()),
            "chatter" => source.talk.push(words()),
            _ => source.texts.push(words()),
        }
    }
    let mut sum = 0.0;
    for line in std::fs::read_to_string(folder.join("words.tsv"))?.lines() {
        let [code, word, share] = fields(line)?;
        let source = sources.entry(code.to_owned()).or_default();
        sum = source.sums.last().copied().unwrap_or(0.0) + (0.9 * share.parse::<f64>()?).exp();
        source.words.push(word.to_owned());
        source.sums.push(sum);
    }
    if sum == 0.0 {
        return Err("words.tsv holds nothing".into());
    }
    Ok(sources)
}

fn fields(line: &str) -> Result<[&str; 3], Failure> {
    let parts: Vec<&str> = line.split('\t').collect();
    parts.try_into().map_err(|_| format!("not three fields: {line}").into())
}

fn snippets_of(code: &str) -> usize {
    let within = |codes: &str| codes.split(' ').any(|one| one == code);
    match code {
        _ if within(MOST) => 60_000,
        _ if within(MANY) => 40_000,
        _ if within(FEW) => 20_000,
        _ => 30_000,
    }
}

/// Draws one snippet of a language.
fn draw(sources: &BTreeMap<String, Source>, code: &str, chance: &mut Chance) -> String {
    let source = &sources[code];
    let length = 1 + chance.below(8) + chance.below(8);
    let mut words: Vec<&str> = Vec::with_capacity(length + 4);
    let counted = !source.words.is_empty() && chance.happens(0.5);
    while words.len() < length {
        if counted {
            words.push(by_share(source, chance));
            continue;
        }
        let turn = chance.share();
        let from = match turn {
            _ if turn < 0.08 && !source.lists.is_empty() => &source.lists,
            _ if turn < 0.3 && !source.talk.is_empty() => &source.talk,
            _ => &source.texts,
        };
        let text = &from[chance.below(from.len())];
        let wanted = length - words.len();
        let begin = chance.below((text.len() + 1).saturating_sub(wanted));
        words.extend(text[begin..].iter().take(wanted).map(String::as_str));
    }
    let codes: Vec<&str> =
        sources.iter().filter(|(_, one)| !one.words.is_empty()).map(|(code, _)| code.as_str()).collect();
    if words.len() > 3 {
        if code != "en" && chance.happens(0.25) {
            let english = &sources["en"];
            for _ in 0..=words.len() / 5 {
                let at = chance.below(words.len() + 1);
                words.insert(at, &english.words[40 + chance.below(4_000)]);
            }
        }
        if chance.happens(0.25) {
            let other = &sources[codes[chance.below(codes.len())]];
            let at = chance.below(words.len() + 1);
            words.insert(at, &other.words[other.words.len() / 10 + chance.below(other.words.len() * 9 / 10)]);
        }
    }
    let mut text = words.join(" ");
    if chance.happens(0.2) {
        // Letters of a neighbour's keyboard, as many write them.
        text = match code {
            "fa" => text.replace('ی', "ي").replace('ک', "ك"),
            "ro" => text.replace('ș', "ş").replace('ț', "ţ"),
            _ => text,
        };
    }
    if chance.happens(0.12) { plain(&text) } else { text }
}

fn by_share<'a>(source: &'a Source, chance: &mut Chance) -> &'a str {
    let aim = chance.share() * source.sums.last().copied().unwrap_or(0.0);
    let at = source.sums.partition_point(|&sum| sum <= aim);
    &source.words[at.min(source.words.len() - 1)]
}

/// Without the accents of Latin letters, as on a foreign keyboard.
fn plain(text: &str) -> String {
    reknit::text::fold::fold(text)
}

fn learn(sources: &BTreeMap<String, Source>, table: usize) -> Result<Vec<u8>, Failure> {
    let codes: Vec<&str> = LANGUAGES[table].split(' ').collect();
    let mut chance = Chance(table as u64);
    let mut drawn: Vec<(u8, String)> = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        if !sources.contains_key(*code) {
            return Err(format!("no texts of {code}").into());
        }
        drawn.extend((0..snippets_of(code)).map(|_| (at as u8, draw(sources, code, &mut chance))));
    }
    shuffle(&mut drawn, &mut chance);
    let held: Vec<(u8, String)> = codes
        .iter()
        .enumerate()
        .flat_map(|(at, code)| sources[*code].held.iter().take(400).map(move |text| (at as u8, text.clone())))
        .collect();

    let (known, counts) = common(&drawn, table);
    let mut rows = numbered(&drawn, table, &known);
    let held = numbered(&held, table, &known);
    let width = codes.len();
    println!("{}: {} snippets, {} n-grams", LANGUAGES[table], rows.len(), counts.len());
    let first = fit(&rows, width, counts.len(), ROUNDS[0], &held);
    let keep = best(&first.weights, &counts, width, KEPT[table]);
    // The rows keep their n-gram counts; what was dropped is marked.
    let mut renumber = vec![u32::MAX; counts.len()];
    for (new, &old) in keep.iter().enumerate() {
        renumber[old as usize] = new as u32;
    }
    let renumbered = |rows: &mut Vec<Row>| {
        for (_, grams) in rows.iter_mut() {
            for gram in grams.iter_mut().filter(|gram| **gram != u32::MAX) {
                *gram = renumber[*gram as usize];
            }
        }
    };
    renumbered(&mut rows);
    let mut held = held;
    renumbered(&mut held);
    let fitted = fit(&rows, width, keep.len(), ROUNDS[1], &held);
    let hashes: Vec<u64> = {
        let mut by_number = vec![0; counts.len()];
        // Each entry is written to its own place, so their order does not matter.
        #[allow(clippy::iter_over_hash_type, reason = "each entry has its own place")]
        for (&hash, &number) in &known {
            by_number[number as usize] = hash;
        }
        keep.iter().map(|&old| by_number[old as usize]).collect()
    };
    Ok(written(&codes, &fitted, &hashes, BITS[table], &held))
}

fn shuffle<T>(items: &mut [T], chance: &mut Chance) {
    for at in (1..items.len()).rev() {
        items.swap(at, chance.below(at + 1));
    }
}

/// The n-grams of six snippets or more, numbered in the order of their hashes, and how many snippets hold each.
fn common(drawn: &[(u8, String)], table: usize) -> (HashMap<u64, u32>, Vec<u32>) {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let mut hashes = Vec::new();
    for (_, text) in drawn {
        features(text, table, &mut hashes);
        hashes.sort_unstable();
        hashes.dedup();
        for hash in &hashes {
            *counts.entry(*hash).or_default() += 1;
        }
    }
    let mut kept: Vec<(u64, u32)> =
        counts.into_iter().filter(|(_, count)| *count >= LEAST_SNIPPETS).collect();
    kept.sort_unstable();
    let known = kept.iter().enumerate().map(|(number, (hash, _))| (*hash, number as u32)).collect();
    (known, kept.into_iter().map(|(_, count)| count).collect())
}

fn numbered(texts: &[(u8, String)], table: usize, known: &HashMap<u64, u32>) -> Vec<Row> {
    let mut hashes = Vec::new();
    texts
        .iter()
        .map(|(label, text)| {
            features(text, table, &mut hashes);
            (*label, hashes.iter().map(|hash| known.get(hash).copied().unwrap_or(u32::MAX)).collect())
        })
        .filter(|(_, grams): &Row| !grams.is_empty())
        .collect()
}

struct Fitted {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Fitted {
    /// The logits of a snippet: the bias, and the sum of the rows by the root of the number of n-grams.
    fn logits(&self, grams: &[u32], logits: &mut [f32]) -> f32 {
        let width = logits.len();
        logits.fill(0.0);
        for &gram in grams.iter().filter(|gram| **gram != u32::MAX) {
            let row = &self.weights[gram as usize * width..][..width];
            for (logit, weight) in logits.iter_mut().zip(row) {
                *logit += weight;
            }
        }
        let scale = 1.0 / (grams.len() as f32).sqrt();
        logits.iter_mut().zip(&self.bias).for_each(|(logit, bias)| *logit = *logit * scale + bias);
        scale
    }
}

fn softmax(logits: &mut [f32]) {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for logit in logits.iter_mut() {
        *logit = (*logit - highest).exp();
    }
    let whole: f32 = logits.iter().sum();
    for logit in logits.iter_mut() {
        *logit /= whole;
    }
}

fn fit(rows: &[Row], width: usize, grams: usize, rounds: usize, held: &[Row]) -> Fitted {
    let mut fitted = Fitted { weights: vec![0.0; width * grams], bias: vec![0.0; width] };
    let mut seen = vec![1e-2_f32; grams];
    let mut bias_seen = 1e-2_f32;
    let mut slope = vec![0.0; width];
    for round in 0..rounds {
        let rate = RATE * (1.0 - round as f32 / rounds as f32);
        for (label, snippet) in rows {
            let scale = fitted.logits(snippet, &mut slope);
            softmax(&mut slope);
            slope[usize::from(*label)] -= 1.0;
            let square: f32 = slope.iter().map(|value| value * value).sum::<f32>();
            if square < 1e-6 {
                continue;
            }
            bias_seen += square;
            let bias_rate = 0.02 / bias_seen.sqrt();
            fitted.bias.iter_mut().zip(&slope).for_each(|(bias, slope)| *bias -= bias_rate * slope);
            for &gram in snippet.iter().filter(|gram| **gram != u32::MAX) {
                let seen = &mut seen[gram as usize];
                *seen += square * scale * scale;
                let step = rate * scale / seen.sqrt();
                let weights = &mut fitted.weights[gram as usize * width..][..width];
                for (weight, slope) in weights.iter_mut().zip(&slope) {
                    *weight -= step * slope + DECAY * *weight;
                }
            }
        }
        let (right, loss) = judge(&fitted, held, width, 1.0);
        println!("  round {round}: held out {right:.4} right, loss {loss:.4}");
    }
    fitted
}

/// The share of rows told rightly and the mean loss at a temperature.
fn judge(fitted: &Fitted, rows: &[Row], width: usize, temperature: f32) -> (f64, f64) {
    let (mut right, mut loss) = (0, 0.0);
    let mut logits = vec![0.0; width];
    for (label, snippet) in rows {
        fitted.logits(snippet, &mut logits);
        for logit in &mut logits {
            *logit /= temperature;
        }
        softmax(&mut logits);
        let own = logits[usize::from(*label)];
        right += usize::from(logits.iter().all(|other| *other <= own));
        loss -= f64::from(own.max(1e-6)).ln();
    }
    (right as f64 / rows.len().max(1) as f64, loss / rows.len().max(1) as f64)
}

/// The n-grams that matter most: how far their weights lie apart, by the root of how often they are met.
fn best(weights: &[f32], counts: &[u32], width: usize, kept: usize) -> Vec<u32> {
    let mut all: Vec<(f32, u32)> = counts
        .iter()
        .enumerate()
        .map(|(number, &count)| {
            let row = &weights[number * width..][..width];
            let mean = row.iter().sum::<f32>() / width as f32;
            let spread = row.iter().map(|weight| (weight - mean).powi(2)).sum::<f32>().sqrt();
            (spread * (count as f32).sqrt(), number as u32)
        })
        .collect();
    all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.truncate(kept);
    let mut numbers: Vec<u32> = all.into_iter().map(|(_, number)| number).collect();
    numbers.sort_unstable();
    numbers
}

/// The table as bytes: languages, bits, n-grams; step; codes; biases; starts of the buckets; fingerprints; rows.
fn written(codes: &[&str], fitted: &Fitted, hashes: &[u64], bits: u32, held: &[Row]) -> Vec<u8> {
    let width = codes.len();
    let temperatures = (5..40).map(|tenth| tenth as f32 / 10.0);
    let temperature = temperatures
        .min_by(|a, b| judge(fitted, held, width, *a).1.total_cmp(&judge(fitted, held, width, *b).1))
        .unwrap_or(1.0);
    let ranges: Vec<(f32, f32)> = fitted
        .weights
        .chunks_exact(width)
        .map(|row| {
            let least = row.iter().copied().fold(f32::INFINITY, f32::min);
            (least, row.iter().copied().fold(f32::NEG_INFINITY, f32::max) - least)
        })
        .collect();
    let mut sizes: Vec<f32> = ranges.iter().map(|(_, range)| *range).collect();
    sizes.sort_unstable_by(f32::total_cmp);
    // One row in a hundred is cut off, so that the others are told more finely.
    let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 100)).copied().unwrap_or(1.0);
    let step = largest / 15.0 / 8.0;
    println!("  temperature {temperature}, largest range {largest}");

    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_unstable_by_key(|&at| place(hashes[at], bits));
    let mut starts = vec![0_u32; (1 << bits) + 1];
    for &hash in hashes {
        starts[place(hash, bits).0 as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut bytes = Vec::new();
    for number in [width as u32, bits, hashes.len() as u32] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend((step / temperature).to_le_bytes());
    bytes.extend(codes.iter().flat_map(|code| code.bytes()));
    bytes.extend(fitted.bias.iter().flat_map(|bias| (bias / temperature).to_le_bytes()));
    bytes.extend(starts.iter().flat_map(|start| start.to_le_bytes()));
    let doublings =
        |at: usize| (0..3).find(|&times| ranges[at].1 <= 15.0 * step * f32::from(1_u8 << times)).unwrap_or(3);
    for &at in &order {
        bytes.extend((place(hashes[at], bits).1 | (doublings(at) as u16) << 14).to_le_bytes());
    }
    for &at in &order {
        let step = step * f32::from(1_u8 << doublings(at));
        let number = |language: usize| {
            let weight = fitted.weights.get(at * width + language).filter(|_| language < width);
            weight.map_or(0, |weight| ((weight - ranges[at].0) / step).round().clamp(0.0, 15.0) as u8)
        };
        let half = width.div_ceil(2);
        bytes.extend((0..half).map(|language| number(language) | number(half + language) << 4));
    }
    bytes
}
