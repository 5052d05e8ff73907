//! Invented lines with what a careful reader says of them (`tests/cases/*.tsv`), for tests of the built-in readers.

/// The share of lines that `read` labels as they are: before the first TAB the label, or several of which the first
/// counts; after the last the text. Lines that begin with `#` are comments; `counts` says by its place whether one counts.
pub(super) fn right(cases: &str, counts: impl Fn(usize) -> bool, read: impl Fn(&str) -> &'static str) -> f64 {
    let lines = cases.lines().filter(|line| !line.starts_with('#')).enumerate();
    let judged: Vec<bool> = lines
        .filter(|(place, _)| counts(*place))
        .map(|(_, line)| {
            let (labels, text) = line.split_once('\t').expect("two cells");
            let text = text.rsplit('\t').next().unwrap_or(text);
            labels.split(',').next() == Some(read(text))
        })
        .collect();
    judged.iter().filter(|right| **right).count() as f64 / judged.len() as f64
}

/// Every third line is held out of some files, from the third on.
pub(super) fn is_held_out(place: usize) -> bool {
    place % 3 == 2
}
