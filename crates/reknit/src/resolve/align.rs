//! Two names, word by word.
//!
//! Names of people and of organisations are compared by what becomes of their words: each word of
//! one is paired with a word of the other that is the same, spelled otherwise, a nickname, a slip or
//! an initial of it; words joined or parted by mistake (`PolPot`, `Plat Ono Vich`) are put together.
//! What then decides is what is left over. A word left over on one side only is a middle name, a
//! patronymic, a branch that the other record did not give. Words left over on both sides contradict
//! each other, however much the rest agrees: `Sergey Ivanovich Petrov` is not `Sergey Viktorovich
//! Petrov`, and `Fund II` is not `Fund III`. All this is known without any data, so it also serves a
//! table of two records.
//!
//! Sources: token alignment with a place for nicknames, initials and left-over words as in Cohen,
//! Ravikumar and Fienberg, "A Comparison of String Metrics for Matching Names and Records" (2003).
//! Cost: the product of the numbers of words, at most 12 each.

use crate::similarity::osa;
use crate::text::company::{Class, Company, is_generic};
use crate::text::fold::fold;
use crate::text::latin::{is_coarse, latin, skeleton, spelling};
use crate::text::name::{Generation, Name, is_particle};
use crate::text::nickname;

/// Most words of a name that are aligned.
const MAX_WORDS: usize = 12;

/// A name made ready for alignment.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    list: Vec<Word>,
    generation: Option<Generation>,
    class: Option<Class>,
}

#[derive(Debug, Clone)]
struct Word {
    /// The Latin reading.
    text: String,
    spelling: String,
    /// Whether it was read from a script that is to be compared by consonants.
    coarse: bool,
    kind: Kind,
    part: Part,
}

/// What a word is a part of. Only people have nicknames, and only given names are shortened at will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Given,
    Family,
    Company,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Full,
    Initial,
    /// Digits, a number word or a Roman number.
    Number,
    /// A word many organisations have in their names.
    Generic,
    /// A particle, an article: may be missing.
    Weak,
}

impl Words {
    /// The words of a person's name in whatever order, titles and suffixes taken off.
    pub(super) fn of_person(text: &str) -> Self {
        let name = Name::read(text);
        let given = [name.given()].into_iter().chain(name.middle().iter().map(String::as_str));
        let given = given.map(|words| (words, Part::Given));
        let mut words = Self { generation: name.generation(), ..Self::default() };
        for (text, part) in given.chain([(name.family(), Part::Family)]) {
            for word in text.split([' ', '-']).filter(|word| !word.is_empty()) {
                words.push(word, part, |latin| match latin {
                    _ if latin.chars().count() == 1 => Kind::Initial,
                    _ if is_particle(latin) || matches!(latin, "ben" | "and" | "e" | "y") => Kind::Weak,
                    _ => Kind::Full,
                });
            }
        }
        words
    }

    /// The words of an organisation's name without its legal form.
    pub(super) fn of_company(text: &str) -> Self {
        let Some(company) = Company::read(text) else { return Self::default() };
        let mut words = Self { class: company.class(), ..Self::default() };
        let core = fold(company.core());
        let many = core.split(' ').count() > 1;
        for word in core.split([' ', '-']).filter(|word| !word.is_empty()) {
            words.push(number_word(word).unwrap_or(word), Part::Company, |latin| match latin {
                "the" | "of" | "and" | "for" | "in" | "de" | "und" | "et" | "al" => Kind::Weak,
                _ if is_number(latin) || many && is_roman(latin) => Kind::Number,
                _ if latin.chars().count() == 1 => Kind::Number,
                _ if is_generic(latin) => Kind::Generic,
                _ => Kind::Full,
            });
        }
        words.add_numbers();
        words
    }

    fn push(&mut self, word: &str, part: Part, kind: impl Fn(&str) -> Kind) {
        let coarse = is_coarse(word);
        for latin in latin(word).split(' ').filter(|latin| !latin.is_empty()) {
            let text = without_digits(latin);
            if self.list.len() < MAX_WORDS && !self.list.iter().any(|known| known.text == text) {
                let kind = kind(&text);
                self.list.push(Word { spelling: spelling(&text), text, coarse, kind, part });
            }
        }
    }

    /// `forty 4` is 44.
    fn add_numbers(&mut self) {
        let tens = |word: &Word| word.text.len() == 2 && word.text.ends_with('0');
        let unit = |word: &Word| word.text.len() == 1 && word.text.bytes().all(|b| b.is_ascii_digit());
        let pair = self.list.windows(2).position(|pair| tens(&pair[0]) && unit(&pair[1]));
        if let Some(place) = pair {
            let unit = self.list.remove(place + 1).text;
            let word = &mut self.list[place];
            word.text.replace_range(1.., &unit);
            word.spelling.clone_from(&word.text);
        }
    }
}

/// Digits typed for letters in a word of letters: `S3rg10`.
fn without_digits(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || 2 * digits >= word.len() || word.len() < 4 {
        return word.to_owned();
    }
    let letter = |c: char| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    word.chars().map(letter).collect()
}

fn is_number(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

fn is_roman(word: &str) -> bool {
    matches!(word, "ii" | "iii" | "iv" | "vi" | "vii" | "viii" | "ix" | "xi" | "xii")
}

fn number_word(word: &str) -> Option<&'static str> {
    #[rustfmt::skip]
    const WORDS: [(&str, &str); 42] = [("one", "1"), ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"),
        ("six", "6"), ("seven", "7"), ("eight", "8"), ("nine", "9"), ("ten", "10"), ("eleven", "11"),
        ("twelve", "12"), ("twenty", "20"), ("thirty", "30"), ("forty", "40"), ("fifty", "50"), ("sixty", "60"),
        ("seventy", "70"), ("eighty", "80"), ("ninety", "90"), ("first", "1st"), ("second", "2nd"),
        ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th"), ("sixth", "6th"), ("seventh", "7th"),
        ("eighth", "8th"), ("ninth", "9th"), ("tenth", "10th"), ("ii", "2"), ("iii", "3"), ("iv", "4"),
        ("vi", "6"), ("vii", "7"), ("viii", "8"), ("ix", "9"), ("xi", "11"), ("xii", "12"),
        ("eins", "1"), ("zwei", "2"), ("drei", "3")];
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, digits)| *digits)
}

/// How two words fit, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Initial,
    Slip,
    Same,
}

impl Word {
    fn fit(&self, other: &Self) -> Fit {
        if self.text == other.text {
            return Fit::Same;
        }
        match (self.kind, other.kind) {
            (Kind::Number, _) | (_, Kind::Number) => return Fit::No,
            (Kind::Initial, _) | (_, Kind::Initial) => {
                let (a, b) = (self.text.as_bytes()[0], other.text.as_bytes()[0]);
                let both = self.kind == other.kind;
                return if a == b && !both { Fit::Initial } else { Fit::No };
            }
            _ => {}
        }
        if self.spelling == other.spelling {
            return Fit::Same;
        }
        if self.is_nickname(other)
            || self.is_slip(other)
            || (self.coarse || other.coarse) && self.same_skeleton(other)
        {
            return Fit::Slip;
        }
        Fit::No
    }

    fn is_nickname(&self, other: &Self) -> bool {
        let (a, b) = (self.text.as_str(), other.text.as_str());
        match (self.part, other.part) {
            (Part::Company, _) | (_, Part::Company) => false,
            (Part::Given, Part::Given) => nickname::same(a, b),
            _ => nickname::share_class(a, b),
        }
    }

    fn same_skeleton(&self, other: &Self) -> bool {
        let (a, b) = (skeleton(&self.text), skeleton(&other.text));
        a.len() >= 2 && (a == b || a.len() > 3 && osa(&a, &b) <= 1)
    }

    /// Whether one is a typing mistake for the other: one in a word of four letters, two in one of
    /// nine, but neither the mark of the other sex nor another well-known name.
    fn is_slip(&self, other: &Self) -> bool {
        let (a, b) = (self.text.as_str(), other.text.as_str());
        let shorter = a.chars().count().min(b.chars().count());
        let limit = match shorter {
            0..=3 => return false,
            4..=8 => 1,
            _ => 2,
        };
        let known = |name: &str| !nickname::classes(name).is_empty();
        if self.part != Part::Company && (gendered(a, b) || known(a) && known(b)) {
            return false;
        }
        osa(a, b) <= limit || shorter >= 5 && is_anagram(a, b)
    }
}

/// `Maria` and `Mario`, `Ivanov` and `Ivanova` differ by what marks a woman's name.
fn gendered(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    match (short.strip_suffix('o'), long.strip_suffix('a')) {
        (Some(x), Some(y)) if a.len() == b.len() => x == y,
        _ => b.strip_suffix('o').is_some_and(|x| a.strip_suffix('a') == Some(x)),
    }
}

fn is_anagram(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<u8> = text.bytes().collect();
        letters.sort_unstable();
        letters
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// What became of the words of two names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Words that are the same, slips, and initials; weak ones not counted.
    same: usize,
    slips: usize,
    initials: usize,
    /// Same or slips among words that are not generic.
    own: usize,
    /// Words and initials left over on each side, and whether a number was.
    left: [usize; 2],
    left_initials: [usize; 2],
    left_numbers: bool,
}

/// The words of one name, and which are taken.
struct Side<'a> {
    words: &'a [Word],
    taken: Vec<bool>,
}

impl<'a> Side<'a> {
    fn new(words: &'a Words) -> Self {
        Self { words: &words.list, taken: vec![false; words.list.len()] }
    }

    fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len()).filter(|&at| !self.taken[at])
    }

    /// Runs of two to four free words that stand together.
    fn runs(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let starts = 0..self.words.len();
        starts
            .flat_map(|from| (from + 2..=from + 4).map(move |to| from..to))
            .filter(|run| run.end <= self.words.len() && run.clone().all(|at| !self.taken[at]))
    }

    fn take(&mut self, run: std::ops::Range<usize>) {
        self.taken[run].fill(true);
    }
}

fn align(x: &Words, y: &Words) -> Outcome {
    let (mut x, mut y) = (Side::new(x), Side::new(y));
    let mut outcome = Outcome::default();
    pair(&mut x, &mut y, Fit::Same, &mut outcome);
    // Joined words before slips: `Jong Un` is not to pair one half of `Jongun`.
    join(&mut x, &mut y, &mut outcome);
    join(&mut y, &mut x, &mut outcome);
    pair(&mut x, &mut y, Fit::Slip, &mut outcome);
    pair(&mut x, &mut y, Fit::Initial, &mut outcome);
    abbreviate(&mut x, &mut y, &mut outcome);
    abbreviate(&mut y, &mut x, &mut outcome);
    for (side, place) in [(&x, 0), (&y, 1)] {
        for at in side.free() {
            match side.words[at].kind {
                Kind::Full | Kind::Generic => outcome.left[place] += 1,
                Kind::Initial => outcome.left_initials[place] += 1,
                Kind::Number => {
                    outcome.left[place] += 1;
                    outcome.left_numbers = true;
                }
                Kind::Weak => {}
            }
        }
    }
    outcome
}

/// Pairs the free words that fit so well.
fn pair(x: &mut Side<'_>, y: &mut Side<'_>, wanted: Fit, outcome: &mut Outcome) {
    for at in 0..x.words.len() {
        if x.taken[at] {
            continue;
        }
        let word = &x.words[at];
        let found = y.free().find(|&other| word.fit(&y.words[other]) == wanted);
        let Some(other) = found else { continue };
        (x.taken[at], y.taken[other]) = (true, true);
        outcome.count(wanted, word.kind);
    }
}

/// Words of `x` that are one word of `y`.
fn join(x: &mut Side<'_>, y: &mut Side<'_>, outcome: &mut Outcome) {
    let free: Vec<usize> = y.free().collect();
    for at in free {
        let whole = &y.words[at];
        if whole.text.len() < 5 {
            continue;
        }
        let joined = |run: &std::ops::Range<usize>| -> String {
            x.words[run.clone()].iter().map(|word| word.text.as_str()).collect()
        };
        let fits = |run: &std::ops::Range<usize>| {
            let text = joined(run);
            text.len().abs_diff(whole.text.len()) <= 2
                && (text == whole.text
                    || spelling(&text) == whole.spelling
                    || osa(&text, &whole.text) <= usize::from(whole.text.len() > 7))
        };
        let Some(run) = x.runs().find(fits) else { continue };
        // Two words agree where one was written.
        outcome.same += run.len();
        outcome.own += run.len();
        x.take(run);
        y.taken[at] = true;
    }
}

/// A short word of `x` that is made of the initials of words of `y`: `JC` of `Jean-Claude`.
fn abbreviate(x: &mut Side<'_>, y: &mut Side<'_>, outcome: &mut Outcome) {
    let free: Vec<usize> = x.free().collect();
    for at in free {
        let short = x.words[at].text.as_str();
        if !(2..=4).contains(&short.len()) {
            continue;
        }
        let initials = |run: &std::ops::Range<usize>| {
            run.len() == short.len()
                && y.words[run.clone()].iter().zip(short.chars()).all(|(word, c)| word.text.starts_with(c))
        };
        let Some(run) = y.runs().find(initials) else { continue };
        outcome.initials += 1;
        // Three words in one are hardly an accident.
        if run.len() > 2 {
            outcome.slips += 2;
            outcome.own += 2;
        }
        y.take(run);
        x.taken[at] = true;
    }
}

impl Outcome {
    fn count(&mut self, fit: Fit, kind: Kind) {
        if kind == Kind::Weak {
            return;
        }
        match fit {
            Fit::Same if kind == Kind::Initial => self.initials += 1,
            Fit::Same => self.same += 1,
            Fit::Slip => self.slips += 1,
            Fit::Initial => self.initials += 1,
            Fit::No => {}
        }
        if fit >= Fit::Slip && kind == Kind::Full {
            self.own += 1;
        }
    }

    /// Whether both names have a word the other lacks.
    fn conflicts(&self) -> bool {
        let [a, b] = self.left;
        let [i, j] = self.left_initials;
        a > 0 && b + j > 0 || b > 0 && a + i > 0 || i > 0 && j > 0
    }

    fn complete(&self) -> bool {
        self.left == [0, 0]
    }
}

/// What two names have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same words, perhaps in another order or spelling.
    Same,
    /// The same words but for slips, nicknames and initials.
    Close,
    /// One says more than the other.
    Contained,
    /// One is a single word that the other has too.
    OneWord,
    /// Father and son: `Jr.` and `Sr.`.
    OtherGeneration,
    /// One name, but two legal forms that exclude each other.
    OtherForm,
    /// Words that contradict each other, or none in common.
    Different,
}

/// Two names of people.
pub(super) fn people(x: &Words, y: &Words) -> Likeness {
    let outcome = align(x, y);
    let full = outcome.same + outcome.slips;
    if outcome.conflicts() || full == 0 {
        return Likeness::Different;
    }
    if let (Some(a), Some(b)) = (x.generation, y.generation)
        && a != b
    {
        return Likeness::OtherGeneration;
    }
    let agreed = full + outcome.initials;
    if outcome.complete() {
        return match (outcome.slips + outcome.initials, agreed) {
            (0, _) => Likeness::Same,
            // A slip in a name of one word may as well be another name.
            (_, 1) => Likeness::Different,
            _ => Likeness::Close,
        };
    }
    match (agreed, outcome.same) {
        (2.., _) => Likeness::Contained,
        (_, 1..) => Likeness::OneWord,
        _ => Likeness::Different,
    }
}

/// Two names of organisations.
pub(super) fn companies(x: &Words, y: &Words) -> Likeness {
    let outcome = align(x, y);
    if outcome.conflicts() || outcome.left_numbers || outcome.same + outcome.slips == 0 {
        return Likeness::Different;
    }
    let complete = outcome.complete();
    if !complete && (outcome.own == 0 || outcome.own == 1 && outcome.same == 0) {
        return Likeness::Different;
    }
    if let (Some(a), Some(b)) = (x.class, y.class)
        && a.conflicts(b)
    {
        return Likeness::OtherForm;
    }
    match (complete, outcome.slips) {
        (true, 0) => Likeness::Same,
        (true, _) => Likeness::Close,
        _ => Likeness::Contained,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_are_told_by_the_words_left_over() {
        use Likeness::{Close, Contained, Different, OneWord, OtherGeneration, Same};
        for (a, b, likeness) in [
            ("Perez, Ana", "Ana Pérez", Same),
            ("Пётр Чайковский", "Tchaikovsky, Pyotr", Same),
            ("Mr. Tomas Berg", "Tomas Berg", Same),
            ("TomasBerg", "Tomas Berg", Same),
            ("Bob Miller", "Robert Miller", Close),
            ("R. Miller", "Robert Miller", Close),
            ("Philly Novak", "Philomena Novak", Close),
            ("Ana Peter", "Ana Peterson", Different),
            ("Anna", "Anne", Different),
            ("JP Renard", "Jean-Paul Renard", Close),
            ("Ana Pérez", "Ana Pérez Ortega", Contained),
            ("Anna", "Anna Berg", OneWord),
            ("Oleg Ivanovich Sokolov", "Oleg Petrovich Sokolov", Different),
            ("Maria Costa", "Mario Costa", Different),
            ("J. Miller", "Robert Miller", Different),
            ("John Miller Sr.", "John Miller Jr.", OtherGeneration),
            ("Fu Bar", "Baz Qux", Different),
        ] {
            let (x, y) = (Words::of_person(a), Words::of_person(b));
            assert_eq!(people(&x, &y), likeness, "{a} | {b}");
            assert_eq!(people(&y, &x), likeness, "{b} | {a}");
        }
    }

    #[test]
    fn organisations_are_told_by_name_number_and_form() {
        use Likeness::{Contained, Different, OtherForm, Same};
        for (a, b, likeness) in [
            ("Nordwind Aktiengesellschaft", "Nordwind AG", Same),
            ("ООО Ромашка", "Romashka LLC", Same),
            ("B.C.D. Ltd", "BCD Limited", Same),
            ("Nordwind AG", "Nordwind GmbH", OtherForm),
            ("Nordwind (Austria) AG", "Nordwind AG", Contained),
            ("Harbour Fund II LP", "Harbour Fund LP", Different),
            ("Robert Shipping", "Bob Shipping", Different),
            ("Brigade Twelve", "12 Brigade", Same),
            ("Management Company", "Harbour Management Company", Different),
        ] {
            let (x, y) = (Words::of_company(a), Words::of_company(b));
            assert_eq!(companies(&x, &y), likeness, "{a} | {b}");
            assert_eq!(companies(&y, &x), likeness, "{b} | {a}");
        }
    }

    proptest! {
        #[test]
        fn any_two_texts_align(a in any::<String>(), b in any::<String>()) {
            let (x, y) = (Words::of_person(&a), Words::of_person(&b));
            let _ = people(&x, &y);
            let (x, y) = (Words::of_company(&a), Words::of_company(&b));
            let _ = companies(&x, &y);
        }
    }
}
